//! What an engine has to do: implement [`Store`] to keep deliveries somewhere else.
//!
//! The engines of this crate pass one suite of tests, `tests/conformance`; what its tests say is what a store promises.

use std::{borrow::Cow, fmt, sync::Arc, time::Duration, time::SystemTime};

/// What an implementation of [`Store`] is written with.
pub use async_trait::async_trait;
use bytes::Bytes;
use idhooks_core::__stored::Stored;

pub use crate::arrival::Arrival;
use crate::{Accepted, Details, EntryId, Error, Filter, Page, Purged, Stats};

/// Bodies that a store keeps beside the first one of a key.
pub const MOST_CONFLICTS: u32 = 16;

/// Why an attempt ended whose lease ran out, for its history.
pub const LEASE_RAN_OUT: &str = "the lease ran out: the worker died, or lost the store";

/// Keeps deliveries. Every method that changes something returns after a commit that survives power loss, or with
/// an error that [`is_unavailable`](Error::is_unavailable).
///
/// Every method may be dropped half-way: what it was doing then happens wholly or not at all, and of a
/// [`purge`](Self::purge), which goes in steps, each step does.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Keeps a delivery, unless one with the same [`dedup`](Arrival::dedup) is there.
    ///
    /// One that is there makes it a duplicate if its body's digest is equal, else a conflict, whose
    /// body is kept too, up to [`MOST_CONFLICTS`]. If the key has a
    /// window and the one that is there came longer ago (or, with a clock that jumped, that much later), it is new,
    /// flagged, and takes the key over.
    async fn accept(&self, arrival: Arrival) -> Result<Accepted, Error>;

    /// Gives deliveries to a worker: pending ones whose time has come, the longest due first, and unreadable ones
    /// of an older [`reader`](LeaseRequest::reader) after them; never two of one lane, and none of a lane that is held.
    ///
    /// Leases that have run out are taken back first: their deliveries are pending again at once, with an entry in
    /// their history, or dead if that was the last attempt.
    async fn lease(&self, request: LeaseRequest) -> Result<Batch, Error>;

    /// Holds leases for another `time` from now. Gives back those that are lost.
    async fn renew(&self, tokens: &[Token], time: Duration) -> Result<Vec<Token>, Error>;

    /// Ends a lease with a verdict; `false` if it was lost, and then nothing is changed. A lease that has run out
    /// but was taken by nobody is not lost.
    async fn finish(&self, id: EntryId, token: Token, verdict: Verdict) -> Result<bool, Error>;

    /// Returns once something may be due that was not before, as far as the store learns of it. May never return,
    /// and may return in vain.
    async fn changed(&self);

    /// How often to look for what [`changed`](Self::changed) does not learn of.
    fn poll_interval(&self) -> Duration;

    /// The vendors, and whether verified, of what is not handled yet, dead ones not counted.
    async fn unfinished(&self) -> Result<Vec<Route>, Error>;

    /// Some of the deliveries, the newest first.
    async fn list(&self, filter: &Filter) -> Result<Page, Error>;

    /// All there is of one.
    async fn get(&self, id: EntryId) -> Result<Option<Details>, Error>;

    /// Makes a delivery due now, with all its attempts before it.
    ///
    /// # Errors
    /// If there is none, a worker holds it, or its body was purged.
    async fn replay(&self, id: EntryId) -> Result<(), Error>;

    /// Makes a delivery that waits, or that could not be read, a dead letter, with the reason in its history. One that
    /// is dead stays as it is.
    ///
    /// # Errors
    /// If there is none, a worker holds it, or it is done.
    async fn give_up(&self, id: EntryId, reason: &str) -> Result<(), Error>;

    /// Removes body, subject, key in words, the event's name, the secret's label, conflicting bodies and all reasons
    /// of what was handled (or, if `dead`, given up) longer ago. The digests stay.
    async fn purge(&self, older_than: Duration, dead: bool) -> Result<Purged, Error>;

    /// How much there is.
    async fn stats(&self) -> Result<Stats, Error>;

    /// Ends what runs in the background. Leases stay.
    async fn close(&self);
}

/// Proof that a worker holds a delivery. No two leases of a store have the same, and it grows with each lease of a
/// delivery and of a lane, so whoever was told of a newer one can turn an older one away: that is what makes it a
/// fencing token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token(i64);

impl Token {
    /// That number.
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

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Deliveries that one handler takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "the two things that choose a handler")]
pub struct Route {
    /// The vendor's name.
    pub vendor: Cow<'static, str>,
    /// Whether the sender was authenticated.
    pub verified: bool,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.verified { "Verified" } else { "Unverified" };
        write!(f, "{kind} of {}", self.vendor)
    }
}

/// What a worker asks for.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "made by workers and taken apart by stores")]
pub struct LeaseRequest {
    /// Name of the worker, for people who look into the store.
    pub worker: Arc<str>,
    /// At most so many.
    pub most: usize,
    /// For how long.
    pub time: Duration,
    /// Deliveries that were taken up so often are dead when their lease runs out.
    pub attempts: u32,
    /// What the worker has handlers for.
    pub routes: Arc<[Route]>,
    /// Number of the release that reads, of the crates of events: unreadable deliveries are given to a higher one than
    /// found them so.
    pub reader: i64,
}

/// What a worker got.
#[derive(Clone, Debug, Default)]
#[allow(clippy::exhaustive_structs, reason = "made by stores and taken apart by workers")]
pub struct Batch {
    /// The deliveries.
    pub leased: Vec<Leased>,
    /// The leases that had run out.
    pub expired: Vec<Expired>,
    /// Time until the next pending delivery is due that is not yet; `None` if there is none. Zero if some that are due may
    /// not have been looked at: a worker that is told so, or gets deliveries, asks again, and else takes it that there
    /// are none.
    pub next: Option<Duration>,
}

/// A lease that had run out.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "made by stores and taken apart by workers")]
pub struct Expired {
    /// The delivery.
    pub id: EntryId,
    /// Its vendor.
    pub vendor: Box<str>,
    /// Whether that was its last attempt.
    pub dead: bool,
}

/// A delivery in a worker's hands.
#[derive(Clone)]
#[non_exhaustive]
pub struct Leased {
    /// Its number.
    pub id: EntryId,
    /// The lease.
    pub token: Token,
    /// Which handler takes it.
    pub route: Route,
    /// How often it was taken up, this time included.
    pub attempt: u32,
    /// When it was handed in.
    pub received_at: SystemTime,
    /// Since when it could have been handled.
    pub due_at: SystemTime,
    /// The same bytes came before the window of their key.
    pub possible_replay: bool,
    /// What was kept; `None` if this release does not know its method of authentication.
    pub(crate) stored: Option<Stored>,
}

impl Leased {
    /// A delivery in a worker's hands, put together from what was kept.
    #[must_use]
    pub fn new(id: EntryId, token: Token, route: Route, kept: Kept) -> Self {
        let Kept { body, method, secret_index, label, endpoint } = kept;
        let stored = idhooks_core::__stored::method(&method).map(|method| Stored {
            body,
            method,
            secret_index: secret_index.and_then(|index| usize::try_from(index).ok()),
            label: label.map(Arc::from),
            endpoint: endpoint.map(Arc::from),
        });
        let now = SystemTime::now();
        Self { id, token, route, attempt: 1, received_at: now, due_at: now, possible_replay: false, stored }
    }
}

impl fmt::Debug for Leased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leased")
            .field("id", &self.id)
            .field("token", &self.token)
            .field("route", &self.route)
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

/// What was kept of a delivery, as [`Arrival`] gave it.
#[allow(clippy::exhaustive_structs, reason = "made by stores")]
pub struct Kept {
    /// [`Arrival::body`].
    pub body: Bytes,
    /// [`Arrival::method`].
    pub method: String,
    /// [`Arrival::secret_index`].
    pub secret_index: Option<i64>,
    /// [`Arrival::label`].
    pub label: Option<String>,
    /// [`Arrival::endpoint`].
    pub endpoint: Option<String>,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kept({} bytes)", self.body.len())
    }
}

/// What becomes of a delivery when its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums, reason = "a store must know them all")]
pub enum Verdict {
    /// It was handled.
    Done,
    /// It is to be handled again.
    Retry {
        /// Not before that much time has passed.
        after: Duration,
        /// Why, for its history.
        reason: Cow<'static, str>,
    },
    /// It is given up.
    Dead {
        /// Why, for its history.
        reason: Cow<'static, str>,
    },
    /// This release cannot read it.
    Unreadable {
        /// Number of the release.
        reader: i64,
        /// Why, for [`Entry::reason`](crate::Entry::reason); it is no attempt of a handler, so its history has none.
        reason: Cow<'static, str>,
    },
    /// The worker stops: it is as if it had not been taken up.
    Released,
}
