//! The interface between the inbox and an engine. It changes with every release (feature `unstable-store`).
//!
//! The engines of this crate pass one conformance suite, `tests/conformance`.

use std::{sync::Arc, time::Duration};

pub use async_trait::async_trait;

pub use crate::record::{DeliveryKind, DeliveryRecord, Lease};
use crate::{
    AcceptOutcome, Backoff, DeliveryDetails, DeliveryId, Erased, Error, Filter, Outcome, Page, Purged, Retention, Stats,
};

/// How many conflicting bodies a store keeps for one key.
pub const MAX_CONFLICTS: u32 = 16;

/// The reason in the history of a delivery whose lease expired.
pub const LEASE_EXPIRED: &str = "lease expired: the worker died or lost the store";

/// No lease is longer. A lease that ends later was given before the clock was set back, and counts as expired.
pub const MAX_LEASE: Duration = Duration::from_secs(3600);

/// No retry is delayed longer, because a slip of a unit in a handler must not lose a delivery for years. A delivery that is
/// due later was scheduled before the clock was set back, and is due now.
pub const MAX_RETRY_DELAY: Duration = Duration::from_secs(30 * 24 * 3600);

/// Stores deliveries.
///
/// Every method that changes something returns after a commit that survives power loss, or returns an error. Every
/// future may be dropped: the change then happens completely or not at all (a purge goes in steps, each of them so).
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Stores a delivery, unless one with the same `dedup` exists.
    ///
    /// If one exists, the new one is a duplicate if its `body_digest` is equal. Otherwise it is a conflict, and up to
    /// [`MAX_CONFLICTS`] conflicting bodies are stored. If the key of the existing one
    /// [has expired](DeliveryRecord::key_expired), the delivery is new, flagged as a possible replay, and takes the
    /// key over.
    async fn accept(&self, record: DeliveryRecord) -> Result<AcceptOutcome, Error>;

    /// Claims ready deliveries for a worker, the longest due first, never two of one subject at once.
    ///
    /// Also moves on what time has moved on: scheduled deliveries that are due, leases that have expired, and
    /// undecodable deliveries of an older decoder than the request's.
    async fn claim(&self, request: ClaimRequest) -> Result<Claimed, Error>;

    /// Extends leases to `time` from now. Returns those that are lost.
    async fn renew(&self, leases: &[Lease], time: Duration) -> Result<Vec<Lease>, Error>;

    /// Writes the outcomes of attempts, all in one commit, and unblocks the next delivery of each subject. Returns the
    /// leases that were lost, whose outcome is not written. A repeated call with the same completions changes nothing
    /// and reports none of them as lost.
    async fn complete(&self, completions: &[Completion]) -> Result<Vec<Lease>, Error>;

    /// Completes when something may be ready that was not ready before, as far as the store knows. May never complete,
    /// and may complete without a reason.
    async fn changed(&self);

    /// Returns how often a worker should look for what [`changed`](Self::changed) does not report.
    fn poll_interval(&self) -> Duration;

    /// Returns the kinds of all unfinished deliveries, without dead letters.
    async fn unfinished_kinds(&self) -> Result<Vec<DeliveryKind>, Error>;

    /// Lists deliveries, the newest first.
    async fn list(&self, filter: &Filter) -> Result<Page, Error>;

    /// Returns everything about one delivery.
    async fn get(&self, id: DeliveryId) -> Result<Option<DeliveryDetails>, Error>;

    /// Makes a delivery ready again with all its attempts, unless a worker holds it or its body was purged.
    async fn replay(&self, id: DeliveryId) -> Result<(), Error>;

    /// Makes a waiting delivery a dead letter. A dead letter stays as it is.
    async fn dead_letter(&self, id: DeliveryId, reason: &str) -> Result<(), Error>;

    /// Removes what the retention no longer keeps.
    async fn purge(&self, retention: &Retention) -> Result<Purged, Error>;

    /// Removes bodies, conflicts, reasons and names of all deliveries about a subject.
    async fn erase(&self, vendor: &str, subject: &str) -> Result<Erased, Error>;

    /// Counts unfinished deliveries.
    async fn stats(&self) -> Result<Stats, Error>;

    /// Returns the SQL statement that completes a lease inside a transaction of the handler, with the delivery's id and
    /// the lease's token as `$1` and `$2`. `None` if the engine has none.
    fn complete_statement(&self) -> Option<Arc<str>> {
        None
    }

    /// Stops background tasks. Leases stay.
    async fn close(&self);
}

/// The request of a worker for deliveries.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "workers make it, stores read it")]
pub struct ClaimRequest {
    /// The worker's name, for operators.
    pub worker: Arc<str>,
    /// How many deliveries to claim at most.
    pub limit: usize,
    /// How long the leases last.
    pub lease: Duration,
    /// The kinds that the worker has handlers for, the one that was claimed last at the end.
    pub kinds: Vec<KindRequest>,
    /// Deliveries that lost this many leases become dead letters.
    pub max_lost_leases: u32,
    /// How long a delivery waits after its lease expired.
    pub backoff: Backoff,
    /// Whether nothing is running, so that a suspect may be claimed alone.
    pub idle: bool,
}

/// One kind in a [`ClaimRequest`].
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "workers make it, stores read it")]
pub struct KindRequest {
    /// The kind.
    pub kind: DeliveryKind,
    /// The version of the worker's decoder.
    pub decoder_version: i64,
    /// How many deliveries of this kind the worker handles now: the kind with the fewest goes first, and of equal ones the
    /// first in the request.
    pub running: usize,
}

/// The answer to a [`ClaimRequest`].
#[derive(Clone, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "stores make it, workers read it")]
pub struct Claimed {
    /// The claimed deliveries, with body and token. If the first one [is a suspect](is_suspect), it is the only one.
    pub deliveries: Vec<DeliveryRecord>,
    /// The deliveries whose leases had expired.
    pub expired: Vec<Expired>,
    /// Whether a suspect waits: a busy worker claims nothing until it is idle.
    pub suspect_waiting: bool,
    /// How long until something is due, as far as the store knows. Zero if more may be ready now.
    pub next: Option<Duration>,
}

/// A delivery whose lease had expired.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "stores make it, workers read it")]
pub struct Expired {
    /// The delivery.
    pub id: DeliveryId,
    /// Its vendor.
    pub vendor: Box<str>,
    /// Whether it became a dead letter.
    pub dead: bool,
}

/// The outcome of one attempt.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "workers make it, stores read it")]
pub struct Completion {
    /// The lease.
    pub lease: Lease,
    /// The subject key of the delivery.
    pub subject_key: Option<i64>,
    /// The number of the attempt.
    pub attempt: u32,
    /// The outcome; a retry names its delay.
    pub outcome: Outcome,
}

/// Returns whether a delivery is claimed alone, because it may be what kills its workers.
#[must_use]
pub fn is_suspect(record: &DeliveryRecord) -> bool {
    record.lost_leases >= crate::record::SUSPECT_AFTER
}
