//! The result of accepting a delivery.

use crate::DeliveryId;

/// The result of [`Inbox::accept`](crate::Inbox::accept). Respond with 200 to each of them: a sender that sees an error
/// for a duplicate retries, and in the end disables the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AcceptOutcome {
    /// The delivery is on disk and will be handled.
    New {
        /// Its id.
        id: DeliveryId,
        /// Whether the same bytes arrived before, longer ago than the deduplication window. It may be a second event or
        /// a replay of an old request: ask the vendor.
        possible_replay: bool,
    },
    /// The inbox has the delivery already.
    Duplicate {
        /// The id of the first one.
        id: DeliveryId,
    },
    /// The inbox has a delivery with the same key and other content. The first one is handled. This one is stored
    /// beside it, up to sixteen of them, and [`Inbox::get`](crate::Inbox::get) shows it.
    Conflict {
        /// The id of the first one.
        id: DeliveryId,
    },
}

impl AcceptOutcome {
    /// Returns the id of the delivery, or of the first one with the same key.
    #[must_use]
    pub fn id(&self) -> DeliveryId {
        match self {
            Self::New { id, .. } | Self::Duplicate { id } | Self::Conflict { id } => *id,
        }
    }

    /// Returns a short constant name, fit for a metric's label.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::New { .. } => "new",
            Self::Duplicate { .. } => "duplicate",
            Self::Conflict { .. } => "conflict",
        }
    }
}
