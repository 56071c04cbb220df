//! Lists, details and counts for operators.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use idhooks_core::Pii;

use crate::{
    DeliveryId, State,
    record::{DeliveryRecord, storable_subject, without_nul},
};

/// The largest page of a list.
const MAX_PAGE: usize = 1000;

/// A delivery as it is listed. `Debug` hides the subject; nothing else comes from inside the body except the name of
/// the event.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeliverySummary {
    /// The id.
    pub id: DeliveryId,
    /// The vendor's name.
    pub vendor: Box<str>,
    /// Whether the sender was authenticated.
    pub verified: bool,
    /// The name of the verifier's endpoint.
    pub endpoint: Option<Box<str>>,
    /// The vendor's name of the event. It is text from outside: print it through [`Escaped`](idhooks_core::Escaped).
    pub event: Option<Box<str>>,
    /// The id of the thing that the event is about, or a digest if the id is longer than 256 bytes. At one vendor this id
    /// alone gives access.
    pub subject: Option<Pii<Box<str>>>,
    /// The state.
    pub state: State,
    /// When the inbox accepted the delivery, by the receiver's clock.
    pub received_at: SystemTime,
    /// Since when, or from when on, the delivery may be handled.
    pub due_at: SystemTime,
    /// When the delivery was handled or became a dead letter.
    pub finished_at: Option<SystemTime>,
    /// How many attempts failed.
    pub attempts: u32,
    /// How many leases expired since the last attempt that ended: the worker died, or lost the store.
    pub lost_leases: u32,
    /// Whether the same bytes arrived before, longer ago than the deduplication window.
    pub possible_replay: bool,
    /// Why the last attempt failed, or why the delivery is a dead letter.
    pub reason: Option<Box<str>>,
    /// How many deliveries arrived with the same key and other content.
    pub conflicts: u32,
    /// Whether the body was purged, and with it event, subject, label and reason.
    pub purged: bool,
}

impl DeliverySummary {
    /// Creates the summary of a record, for a [`Store`](crate::store::Store).
    #[must_use]
    pub fn new(record: DeliveryRecord, conflicts: u32, has_body: bool) -> Self {
        Self {
            id: record.id,
            vendor: record.kind.vendor.into_owned().into(),
            verified: record.kind.verified,
            endpoint: record.endpoint.as_deref().map(Box::from),
            event: record.event,
            subject: record.subject,
            state: record.state,
            received_at: record.received_at,
            due_at: record.due_at,
            finished_at: record.finished_at,
            attempts: record.attempts,
            lost_leases: record.lost_leases,
            possible_replay: record.possible_replay,
            reason: record.reason,
            conflicts,
            purged: !has_body,
        }
    }
}

/// Everything that the inbox stores about one delivery.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeliveryDetails {
    /// The delivery as it is listed.
    pub summary: DeliverySummary,
    /// The body as it arrived; `None` after a purge. It may hold personal data.
    pub body: Option<Pii<Bytes>>,
    /// The attempts that failed, the oldest first.
    pub failed_attempts: Vec<FailedAttempt>,
    /// Deliveries that arrived with the same key and other content, the oldest first.
    pub conflicts: Vec<Conflict>,
}

impl DeliveryDetails {
    /// Creates the details, for a [`Store`](crate::store::Store).
    #[must_use]
    pub fn new(
        summary: DeliverySummary,
        body: Option<Bytes>,
        failed_attempts: Vec<FailedAttempt>,
        conflicts: Vec<Conflict>,
    ) -> Self {
        Self { summary, body: body.map(Pii::from), failed_attempts, conflicts }
    }
}

/// A failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FailedAttempt {
    /// Its number, from 1; it starts again after a replay.
    pub number: u32,
    /// When it ended.
    pub ended_at: SystemTime,
    /// The reason that the handler, the worker or the operator gave; empty after a purge.
    pub reason: Box<str>,
}

impl FailedAttempt {
    /// Creates one, for a [`Store`](crate::store::Store).
    #[must_use]
    pub fn new(number: u32, ended_at: SystemTime, reason: impl Into<Box<str>>) -> Self {
        Self { number, ended_at, reason: reason.into() }
    }
}

/// A delivery that arrived with the key of another one and other content.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conflict {
    /// When it arrived.
    pub received_at: SystemTime,
    /// The body as it arrived; `None` after a purge.
    pub body: Option<Pii<Bytes>>,
}

impl Conflict {
    /// Creates one, for a [`Store`](crate::store::Store).
    #[must_use]
    pub fn new(received_at: SystemTime, body: Option<Bytes>) -> Self {
        Self { received_at, body: body.map(Pii::from) }
    }
}

/// Selects deliveries for a list. Selects all by default.
///
/// ```
/// use idhooks_inbox::{Filter, State};
///
/// let filter = Filter::new().vendor("capa").state(State::DeadLetter).limit(20);
/// # let _ = filter;
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Filter {
    /// Only deliveries in this state.
    pub state: Option<State>,
    /// Only deliveries of this vendor.
    pub vendor: Option<Box<str>>,
    /// Only deliveries of this endpoint.
    pub endpoint: Option<Box<str>>,
    /// Only deliveries of this event.
    pub event: Option<Box<str>>,
    /// Only deliveries about this subject.
    pub subject: Option<Pii<Box<str>>>,
    /// Only deliveries that the inbox accepted at this time or later.
    pub received_from: Option<SystemTime>,
    /// Only deliveries that the inbox accepted before this time.
    pub received_until: Option<SystemTime>,
    /// Only deliveries that are older than this one.
    pub before: Option<DeliveryId>,
    /// The size of a page, up to 1000. 0 stands for the default of 100.
    pub limit: usize,
}

impl Filter {
    /// Creates a filter that selects all deliveries.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects deliveries in this state only.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Selects deliveries of this vendor only, such as `case-keeper`.
    #[must_use]
    pub fn vendor(mut self, vendor: &str) -> Self {
        self.vendor = Some(without_nul(vendor).into());
        self
    }

    /// Selects deliveries of this endpoint only.
    #[must_use]
    pub fn endpoint(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(without_nul(endpoint).into());
        self
    }

    /// Selects deliveries of this event only, by the vendor's name, such as `document.finished`.
    #[must_use]
    pub fn event(mut self, event: &str) -> Self {
        self.event = Some(without_nul(event).into());
        self
    }

    /// Selects deliveries that the inbox accepted in this range of time: from the first one on, before the second one.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use idhooks_inbox::Filter;
    ///
    /// let now = SystemTime::now();
    /// let last_hour = Filter::new().received(now - Duration::from_secs(3600), now);
    /// # let _ = last_hour;
    /// ```
    #[must_use]
    pub fn received(mut self, from: SystemTime, until: SystemTime) -> Self {
        (self.received_from, self.received_until) = (Some(from), Some(until));
        self
    }

    /// Selects deliveries about this subject only, at whichever endpoint they arrived. Needs a [`vendor`](Self::vendor).
    #[must_use]
    pub fn subject(mut self, subject: &str) -> Self {
        self.subject = Some(Pii::from(storable_subject(subject)));
        self
    }

    /// Selects the page after the one that ended with `last`.
    #[must_use]
    pub fn before(mut self, last: DeliveryId) -> Self {
        self.before = Some(last);
        self
    }

    /// Sets the size of a page, up to 1000. Defaults to 100.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Returns the size of a page, for a [`Store`](crate::store::Store).
    #[must_use]
    pub fn page_size(&self) -> usize {
        if self.limit == 0 { 100 } else { self.limit.min(MAX_PAGE) }
    }
}

/// One page of deliveries, the newest first.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page {
    /// The deliveries.
    pub deliveries: Vec<DeliverySummary>,
    /// The argument of [`Filter::before`] for the next page; `None` on the last one.
    pub next: Option<DeliveryId>,
}

impl Page {
    /// Creates the page of a query that asked for one more than `size`, for a [`Store`](crate::store::Store).
    #[must_use]
    pub fn new(mut deliveries: Vec<DeliverySummary>, size: usize) -> Self {
        let more = deliveries.len() > size;
        deliveries.truncate(size);
        let next = deliveries.last().filter(|_| more).map(|last| last.id);
        Self { deliveries, next }
    }
}

/// How long the inbox keeps what it no longer needs. The worker applies it once an hour.
///
/// A purge removes body, subject, event, label, conflicting bodies and all reasons. The digests stay, so a repeated
/// delivery is still a duplicate for as long as its key is good.
///
/// ```
/// use std::time::Duration;
/// use idhooks_inbox::Retention;
///
/// const DAY: Duration = Duration::from_secs(24 * 3600);
/// let retention = Retention::default().done(7 * DAY).dead_letters(30 * DAY);
/// # let _ = retention;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Retention {
    /// When to purge what was handled; never if `None`.
    pub done: Option<Duration>,
    /// When to purge dead letters; never if `None`.
    pub dead_letters: Option<Duration>,
    /// When to delete purged rows whose deduplication key has expired; never if `None`. Rows of unverified deliveries
    /// go when their key has expired and they are purged.
    pub expired_keys: Option<Duration>,
}

impl Default for Retention {
    /// 30 days for what was handled, 90 days for dead letters, 400 days for expired keys.
    fn default() -> Self {
        let days = |days: u64| Some(Duration::from_secs(days * 24 * 3600));
        Self { done: days(30), dead_letters: days(90), expired_keys: days(400) }
    }
}

impl Retention {
    /// Keeps everything forever.
    #[must_use]
    pub fn forever() -> Self {
        Self { done: None, dead_letters: None, expired_keys: None }
    }

    /// Sets when to purge what was handled. Defaults to 30 days.
    #[must_use]
    pub fn done(mut self, age: Duration) -> Self {
        self.done = Some(age);
        self
    }

    /// Sets when to purge dead letters. Defaults to 90 days.
    #[must_use]
    pub fn dead_letters(mut self, age: Duration) -> Self {
        self.dead_letters = Some(age);
        self
    }

    /// Sets when to delete purged rows whose key has expired. A replay that arrives later is not flagged as one.
    /// Defaults to 400 days.
    #[must_use]
    pub fn expired_keys(mut self, age: Duration) -> Self {
        self.expired_keys = Some(age);
        self
    }
}

/// The result of a purge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// How many deliveries lost their body, subject and reasons.
    pub deliveries: u64,
    /// How many rows were deleted, because their deduplication key has expired.
    pub rows: u64,
    /// Whether SQLite's log may still hold some of the purged bodies, because another program kept reading it, such as
    /// a backup. The next purge without a reader empties the log. Says nothing about PostgreSQL's log.
    pub in_log: bool,
}

/// The result of [`Inbox::erase`](crate::Inbox::erase).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erased {
    /// How many deliveries lost their body, subject and reasons. Deliveries that waited are dead letters now.
    pub deliveries: u64,
    /// Deliveries that a worker holds: call `erase` again when they have ended.
    pub running: Vec<DeliveryId>,
    /// Whether SQLite's log may still hold some of it: see [`Purged::in_log`].
    pub in_log: bool,
}

/// How many deliveries are unfinished, by state. Deliveries that were handled are not counted: a store keeps their
/// digests for years, and counting them would read them all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Ready to be claimed.
    pub ready: u64,
    /// Held by a worker.
    pub running: u64,
    /// Waiting for their next attempt.
    pub scheduled: u64,
    /// Waiting for an earlier delivery of the same subject.
    pub blocked: u64,
    /// Dead letters.
    pub dead_letters: u64,
    /// Deliveries that this release cannot decode.
    pub undecodable: u64,
    /// How long the oldest ready delivery has waited; `None` if none is ready.
    pub oldest_ready: Option<Duration>,
    /// The size of SQLite's log in bytes; 0 with PostgreSQL.
    pub log_bytes: u64,
}

impl Stats {
    /// Returns how many deliveries wait for a worker: ready, scheduled or blocked.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.ready + self.scheduled + self.blocked
    }

    /// Returns the count of one state; 0 for [`State::Done`].
    #[must_use]
    pub fn of(&self, state: State) -> u64 {
        match state {
            State::Ready => self.ready,
            State::Running => self.running,
            State::Scheduled => self.scheduled,
            State::Blocked => self.blocked,
            State::DeadLetter => self.dead_letters,
            State::Undecodable => self.undecodable,
            State::Done => 0,
        }
    }

    /// Sets the count of one state, for a [`Store`](crate::store::Store).
    pub fn set(&mut self, state: State, count: u64) {
        match state {
            State::Ready => self.ready = count,
            State::Running => self.running = count,
            State::Scheduled => self.scheduled = count,
            State::Blocked => self.blocked = count,
            State::DeadLetter => self.dead_letters = count,
            State::Undecodable => self.undecodable = count,
            State::Done => {}
        }
    }
}
