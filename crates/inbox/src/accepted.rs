//! What became of a delivery that was handed in.

use crate::EntryId;

/// What became of a delivery that was handed in. Each is answered 200: a sender that is told of a
/// duplicate tries again, and in the end switches the endpoint off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Accepted {
    /// It is on disk, and will be handled.
    New {
        /// Its number in the inbox.
        id: EntryId,
        /// The same bytes came before, longer ago than the window of keys that are made of bytes.
        /// It may be a second event or an old request sent again: ask the vendor.
        possible_replay: bool,
    },
    /// It was here before, with the same body.
    Duplicate {
        /// The first one.
        id: EntryId,
    },
    /// Its key was here before, with another body. The first stays the truth; this one is kept
    /// beside it, up to sixteen of them, and shown by [`Inbox::get`](crate::Inbox::get).
    Conflict {
        /// The first one.
        id: EntryId,
    },
}

impl Accepted {
    /// The entry that stands for the delivery, this one or the first.
    #[must_use]
    pub fn id(&self) -> EntryId {
        match self {
            Self::New { id, .. } | Self::Duplicate { id } | Self::Conflict { id } => *id,
        }
    }

    /// A short constant name, fit for a metric's label.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Duplicate { .. } => "duplicate",
            Self::Conflict { .. } => "conflict",
        }
    }
}
