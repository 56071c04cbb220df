//! An attempt in the hands of the loop, and its outcome.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::task::AbortHandle;

use super::Worker;
use crate::{
    Outcome,
    observe::Logged,
    store::{Completion, DeliveryKind, DeliveryRecord, Lease, MAX_RETRY_DELAY},
};

/// An attempt at a delivery, without its body.
pub(super) struct Attempt {
    pub(super) lease: Lease,
    pub(super) kind: DeliveryKind,
    endpoint: Option<Arc<str>>,
    event: Option<Box<str>>,
    subject_key: Option<i64>,
    number: u32,
    failed: u32,
    started: Instant,
}

/// A delivery whose handler runs.
pub(super) struct Running {
    pub(super) attempt: Attempt,
    pub(super) abort: AbortHandle,
    /// The uptime in microseconds at which the lease ends; 0 once the handler was stopped.
    pub(super) lease_end: Arc<AtomicU64>,
}

impl Running {
    pub(super) fn is_leased(&self) -> bool {
        self.lease_end.load(Ordering::Relaxed) > 0
    }
}

/// An attempt that ended.
pub(super) struct Ended {
    pub(super) attempt: Attempt,
    pub(super) outcome: Outcome,
    pub(super) took: Duration,
}

impl Attempt {
    pub(super) fn new(record: &DeliveryRecord, lease: Lease) -> Self {
        Self {
            lease,
            kind: record.kind.clone(),
            endpoint: record.endpoint.clone(),
            event: record.event.clone(),
            subject_key: record.subject_key,
            number: record.attempt(),
            failed: record.attempts,
            started: Instant::now(),
        }
    }

    pub(super) fn logged(&self) -> Logged<'_> {
        Logged {
            id: self.lease.id.get(),
            vendor: &self.kind.vendor,
            endpoint: self.endpoint.as_deref(),
            event: self.event.as_deref(),
            attempt: self.number,
        }
    }

    pub(super) fn took(&self) -> Duration {
        self.started.elapsed()
    }

    /// Ends the attempt: turns a last retry into a dead letter, and gives every other retry its delay.
    pub(super) fn end(self, outcome: Outcome, worker: &Worker) -> Ended {
        let failed = self.failed.saturating_add(1);
        let outcome = match outcome {
            Outcome::Retry { reason, .. } if failed >= worker.max_attempts => Outcome::DeadLetter { reason },
            Outcome::Retry { after, reason } => {
                let after = after.unwrap_or_else(|| worker.backoff.wait(failed, fastrand::f64()));
                Outcome::Retry { after: Some(after.min(MAX_RETRY_DELAY)), reason }
            }
            outcome => outcome,
        };
        Ended { took: self.took(), attempt: self, outcome: outcome.storable() }
    }
}

impl Ended {
    pub(super) fn completion(&self) -> Completion {
        let Attempt { lease, subject_key, number, .. } = self.attempt;
        Completion { lease, subject_key, attempt: number, outcome: self.outcome.clone() }
    }
}
