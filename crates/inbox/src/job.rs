//! A delivery in a handler's hands.

use std::{fmt, time::Instant, time::SystemTime};

use idhooks_core::Delivery;

use crate::{EntryId, store::Token};

/// A delivery in a handler's hands: the same [`Verified`](idhooks_core::Verified) or
/// [`Unverified`](idhooks_core::Unverified) that was accepted, its event, and what the inbox knows of it.
///
/// It is handled at least once: after a crash, or if it takes longer than the worker could hold it, it comes again.
/// So make what you do with it safe to repeat, by [`id`](Self::id) or by the delivery's key. Where another system
/// can compare numbers, give it the [`token`](Self::token) along, and let it refuse a lower one than it has seen for
/// the same subject.
pub struct Job<D: Delivery> {
    pub(crate) delivery: D,
    pub(crate) event: D::Event,
    pub(crate) about: About,
}

#[derive(Clone, Debug)]
pub(crate) struct About {
    pub(crate) id: EntryId,
    pub(crate) token: Token,
    pub(crate) attempt: u32,
    pub(crate) received_at: SystemTime,
    pub(crate) deadline: Instant,
    pub(crate) possible_replay: bool,
}

impl<D: Delivery> Job<D> {
    /// The event. It was read before the handler was asked; what cannot be read waits for a release that can.
    #[must_use]
    pub fn event(&self) -> &D::Event {
        &self.event
    }

    /// The delivery, as it was accepted.
    #[must_use]
    pub fn delivery(&self) -> &D {
        &self.delivery
    }

    /// Both, to keep.
    #[must_use]
    pub fn into_parts(self) -> (D, D::Event) {
        (self.delivery, self.event)
    }

    /// Its number in the inbox, the same at every attempt.
    #[must_use]
    pub fn id(&self) -> EntryId {
        self.about.id
    }

    /// How often it was taken up, this time included.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.about.attempt
    }

    /// The fencing token of this attempt. Any later attempt at the same delivery, or at another of the same vendor,
    /// endpoint and subject, has a higher one. Others run beside it, so theirs may be higher or lower.
    #[must_use]
    pub fn token(&self) -> Token {
        self.about.token
    }

    /// When the handler is stopped, if it is still at it.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.about.deadline
    }

    /// When it was accepted, by the clock of the machine that did. Vendors do not promise to deliver in order.
    #[must_use]
    pub fn received_at(&self) -> SystemTime {
        self.about.received_at
    }

    /// The vendor gives no id, and the same bytes came before, longer ago than the window of such keys: it is a second
    /// event, or an old request sent again. Ask the vendor before you act on it.
    #[must_use]
    pub fn possible_replay(&self) -> bool {
        self.about.possible_replay
    }
}

impl<D: Delivery + fmt::Debug> fmt::Debug for Job<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("delivery", &self.delivery).field("about", &self.about).finish_non_exhaustive()
    }
}
