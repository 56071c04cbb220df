//! What the inbox holds, as it is listed.

use std::{
    fmt,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use idhooks_core::Pii;

/// Number of a delivery in one inbox; it grows with time and is never given twice, unless a store is put back to an
/// earlier state: from a backup, or by a standby that had not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(i64);

impl EntryId {
    /// That number, as it was shown before.
    #[must_use]
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Received, and to be handled, now or once its time has come.
    Pending,
    /// A worker holds it.
    Running,
    /// Handled.
    Done,
    /// Given up, by its handler, by hand, or after too many attempts.
    Dead,
    /// No handler was asked, because this release cannot read the body. It is read again by a later one.
    Unreadable,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Running, Self::Done, Self::Dead, Self::Unreadable];

    /// A short constant name, fit for a metric's label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Unreadable => "unreadable",
        }
    }

    /// The number that stands for it in a database.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Self::Pending => 0,
            Self::Running => 1,
            Self::Done => 2,
            Self::Dead => 3,
            Self::Unreadable => 4,
        }
    }

    /// The state a number stands for.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A delivery, as it is listed. `Debug` hides the subject, and nothing here is from inside the body but the
/// envelope's own words.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// Its number.
    pub id: EntryId,
    /// The vendor's name.
    pub vendor: Box<str>,
    /// Whether its sender was authenticated.
    pub verified: bool,
    /// The verifier's endpoint.
    pub endpoint: Option<Box<str>>,
    /// The vendor's own name of the event. It is text from outside: show it through
    /// [`Escaped`](idhooks_core::Escaped).
    pub event: Option<Box<str>>,
    /// Id of the thing it is about. At one vendor that id alone opens doors.
    pub subject: Option<Pii<Box<str>>>,
    /// The key in words; `None` once it was purged.
    pub key: Option<Box<str>>,
    /// Where it stands.
    pub state: State,
    /// When it was handed in, by the clock of the machine that took it.
    pub received_at: SystemTime,
    /// When it may be handled next, while it is pending.
    pub due_at: SystemTime,
    /// When it was done or given up.
    pub finished_at: Option<SystemTime>,
    /// How often a worker took it up.
    pub attempts: u32,
    /// The same bytes came before the window of their key.
    pub possible_replay: bool,
    /// Why the last attempt did not do it, or why it was given up.
    pub reason: Option<Box<str>>,
    /// Deliveries with the same key and another body.
    pub conflicts: u32,
    /// Whether its body was purged, and with it event, subject, key and reason.
    pub purged: bool,
}

/// All there is of one delivery.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Details {
    /// What is listed of it.
    pub entry: Entry,
    /// The bytes as they came; `None` once they were purged. They may hold personal data.
    pub body: Option<Pii<Bytes>>,
    /// Attempts that did not do it, and why it was given up by [`Inbox::give_up`](crate::Inbox::give_up); the oldest first.
    pub history: Vec<Attempt>,
    /// Deliveries with the same key and another body, the oldest first.
    pub conflicting: Vec<Conflicting>,
}

/// An attempt that did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// Its number, from 1; it starts again after a replay. If the delivery was given up by hand, how many were made before.
    pub number: u32,
    /// When it ended.
    pub ended_at: SystemTime,
    /// What the handler, the worker or whoever gave it up said: see [`Outcome`](crate::Outcome). Empty once it was purged.
    pub reason: Box<str>,
}

/// A delivery whose key was taken by another body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Conflicting {
    /// When it came.
    pub received_at: SystemTime,
    /// The bytes as they came; `None` once they were purged.
    pub body: Option<Pii<Bytes>>,
}

/// Which deliveries to list: all, unless narrowed.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Filter {
    /// In this state only.
    pub state: Option<State>,
    /// Of this vendor only.
    pub vendor: Option<Box<str>>,
    /// Of this endpoint only; with [`subject`](Self::subject), `None` is the verifier without an endpoint.
    pub endpoint: Option<Box<str>>,
    /// About this subject only; asks for a vendor.
    pub subject: Option<Pii<Box<str>>>,
    /// Older than this one: the last of the page before.
    pub before: Option<EntryId>,
    /// At most so many; 100 if 0, and never more than 1000.
    pub limit: usize,
}

impl Filter {
    /// All.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// In that state only.
    #[must_use]
    pub fn state(mut self, state: State) -> Self {
        self.state = Some(state);
        self
    }

    /// Of that vendor only, by its name, such as `case-keeper`.
    #[must_use]
    pub fn vendor(mut self, vendor: &str) -> Self {
        self.vendor = Some(vendor.into());
        self
    }

    /// Of that endpoint only.
    #[must_use]
    pub fn endpoint(mut self, endpoint: &str) -> Self {
        self.endpoint = Some(endpoint.into());
        self
    }

    /// About that subject of that vendor only.
    #[must_use]
    pub fn subject(mut self, vendor: &str, subject: &str) -> Self {
        self.vendor = Some(vendor.into());
        self.subject = Some(Pii::from(Box::from(subject)));
        self
    }

    /// The page after the one that ended with `last`.
    #[must_use]
    pub fn before(mut self, last: EntryId) -> Self {
        self.before = Some(last);
        self
    }

    /// At most so many.
    #[must_use]
    pub fn limit(mut self, most: usize) -> Self {
        self.limit = most;
        self
    }

    /// How many to list.
    #[must_use]
    pub fn most(&self) -> usize {
        if self.limit == 0 { 100 } else { self.limit.min(1000) }
    }

    /// What the subject's deliveries have in common, if one is asked for.
    #[must_use]
    pub fn lane(&self) -> Option<i64> {
        let (vendor, subject) = (self.vendor.as_deref()?, self.subject.as_ref()?);
        crate::arrival::lane_of(vendor, self.endpoint.as_deref(), subject.expose())
    }
}

/// Some of the deliveries, the newest first.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page {
    /// The deliveries.
    pub entries: Vec<Entry>,
    /// What to give to [`Filter::before`] for the next page; `None` on the last one.
    pub next: Option<EntryId>,
}

/// What was purged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Purged {
    /// Deliveries whose body, subject and key in words are gone; the digest of the key stays.
    pub deliveries: u64,
    /// Whether a log beside the SQLite file may still hold some of them, because another program went on reading it for
    /// seconds: a backup, for instance. The next purge that finds nobody reading empties it. Of PostgreSQL's logs nothing is
    /// said.
    pub in_log: bool,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// To be handled.
    pub pending: u64,
    /// Held by a worker.
    pub running: u64,
    /// Handled.
    pub done: u64,
    /// Given up.
    pub dead: u64,
    /// Not readable by the release that tried.
    pub unreadable: u64,
    /// Deliveries that came with a key that was taken by another body.
    pub conflicts: u64,
    /// How long the oldest delivery that may be handled now has been waiting for it.
    pub lag: Option<Duration>,
}

impl Stats {
    /// Says how many are in that state, for a [`Store`](crate::store::Store).
    pub fn set(&mut self, state: State, number: u64) {
        match state {
            State::Pending => self.pending = number,
            State::Running => self.running = number,
            State::Done => self.done = number,
            State::Dead => self.dead = number,
            State::Unreadable => self.unreadable = number,
        }
    }

    /// How many are in that state.
    #[must_use]
    pub fn of(&self, state: State) -> u64 {
        match state {
            State::Pending => self.pending,
            State::Running => self.running,
            State::Done => self.done,
            State::Dead => self.dead,
            State::Unreadable => self.unreadable,
        }
    }
}
