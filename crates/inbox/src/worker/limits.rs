//! What becomes of an attempt, and how that is written down.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use tokio::time::sleep;

use crate::{
    Backoff, EntryId, Inbox, Outcome, observe,
    outcome::Kind,
    store::{Token, Verdict},
};

/// No retry is put off longer, whatever a handler asks for: a slip of a unit must not lose a delivery for years.
const LONGEST_RETRY: Duration = Duration::from_secs(30 * 24 * 3600);

/// How long to wait after the store failed.
pub(super) const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// What a task needs to know of the worker's settings.
pub(super) struct Limits {
    pub(super) inbox: Inbox,
    pub(super) time_limit: Duration,
    pub(super) attempts: u32,
    pub(super) backoff: Backoff,
}

impl Limits {
    pub(super) fn verdict(&self, outcome: Outcome, attempt: u32) -> Verdict {
        match outcome.into_kind() {
            Kind::Done => Verdict::Done,
            Kind::GiveUp { reason } => Verdict::Dead { reason },
            Kind::Retry { after, reason } => self.again(attempt, after, reason),
        }
    }

    pub(super) fn again(&self, attempt: u32, after: Option<Duration>, reason: Cow<'static, str>) -> Verdict {
        if attempt >= self.attempts {
            return Verdict::Dead { reason };
        }
        let after = after.unwrap_or_else(|| self.backoff.wait(attempt, fastrand::f64())).min(LONGEST_RETRY);
        Verdict::Retry { after, reason }
    }

    /// Writes the verdict down, however long the store takes: until then the lease is held and renewed, and when it is
    /// lost this is stopped.
    pub(super) async fn finish(&self, id: EntryId, token: Token, verdict: Verdict, vendor: &str, started: Instant) {
        while !self.finish_once(id, token, verdict.clone(), vendor, started).await {
            sleep(AFTER_FAILURE).await;
        }
    }

    /// Whether there is no use in asking again: the store answered, or never will.
    pub(super) async fn finish_once(
        &self,
        id: EntryId,
        token: Token,
        verdict: Verdict,
        vendor: &str,
        started: Instant,
    ) -> bool {
        let outcome = match &verdict {
            Verdict::Done => "done",
            Verdict::Retry { .. } => "retry",
            Verdict::Dead { .. } => "dead",
            Verdict::Unreadable { .. } => "unreadable",
            Verdict::Released => "released",
        };
        match self.inbox.0.store.finish(id, token, verdict).await {
            Ok(true) => observe::ended(vendor, outcome, started.elapsed()),
            Ok(false) => observe::ended(vendor, "lease_lost", started.elapsed()),
            Err(error) => {
                observe::store_failed(&error);
                return error.is_closed();
            }
        }
        true
    }
}
