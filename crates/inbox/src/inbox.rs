//! The inbox itself.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use idhooks_core::{Delivery, WebhookEvent};
use tokio::time::timeout;

use crate::{
    Accepted, Details, Entry, EntryId, Error, Filter, Handlers, Page, Purged, RunError, State, Stats, Worker,
    handlers::route_of,
    observe,
    outcome::keepable,
    store::{Arrival, Route, Store},
};

/// A durable inbox: what it has accepted is on disk, and is handled at least once and by one worker at a time.
///
/// Cheap to clone; clones share the store.
///
/// ```
/// use idhooks_capa as capa;
/// use idhooks_core::{Secret, Verified};
/// use idhooks_inbox::{Accepted, Handlers, Inbox, Job};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("inbox.db");
/// # let url = format!("sqlite:{}", file.display());
/// let inbox = Inbox::open(&url).await?; // "sqlite:inbox.db"
///
/// // Where the request is: answer 200 once it is accepted.
/// let secret = Secret::new("the secret of Capa's panel")?;
/// let body = br#"{"type":"KYC","event":"VERIFIED_USER","externalUserId":"customer-1"}"#;
/// let delivery = capa::Verifier::new(secret.clone()).verify(&[capa::sign(&secret, body)], &body[..])?;
/// let accepted = inbox.accept(&delivery).await?;
/// assert!(matches!(accepted, Accepted::New { .. }));
/// assert!(matches!(inbox.accept(&delivery).await?, Accepted::Duplicate { .. }));
///
/// // Where the work is done, in the same process or another one.
/// let handlers = Handlers::new().on(|job: Job<Verified<capa::Event>>| async move { println!("{:?}", job.delivery()) });
/// inbox.worker().until_idle().run(handlers).await?; // a service says `until(ctrl_c)`
/// assert_eq!(inbox.stats().await?.done, 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Inbox(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) store: Box<dyn Store>,
    settings: InboxBuilder,
    /// Bytes of bodies that may still wait to be stored.
    room: Arc<AtomicUsize>,
    expected: Mutex<BTreeSet<Route>>,
}

impl Inbox {
    /// Opens a store, and makes it first if it is not there.
    ///
    /// `sqlite:inbox.db` (the path as it stands behind the colon, from the working directory or absolute) with the
    /// feature `sqlite`; `postgres://user:password@host/database` with the feature `postgres`.
    ///
    /// # Errors
    /// If the URL names no engine that is built in, the store cannot be reached, was written by a release this one
    /// cannot work beside, or would promise less than "on disk".
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::builder().open(url).await
    }

    /// With settings of your own.
    #[must_use]
    pub fn builder() -> InboxBuilder {
        InboxBuilder::default()
    }

    /// Keeps a delivery. Once this returns, answer 200, whatever became of it.
    ///
    /// If it is dropped half-way the delivery is kept or not; the sender comes again in either case.
    ///
    /// # Errors
    /// If it is not known to be on disk: the sender must not be answered with success. See
    /// [`Error::is_unavailable`].
    pub async fn accept<D: Delivery>(&self, delivery: &D) -> Result<Accepted, Error> {
        let started = Instant::now();
        let vendor = <D::Event as WebhookEvent>::VENDOR;
        let settings = &self.0.settings;
        let accepted = match self.0.take_room(delivery.body().len()) {
            None => Err(Error::busy("more deliveries are waiting to be stored than there is memory for")),
            Some(room) => {
                let room = Some(Arc::new(room));
                let arrival = Arrival { room, ..Arrival::new(delivery, settings.content_window) };
                let late = || Error::unavailable("the store did not answer in time");
                timeout(settings.accept_deadline, self.0.store.accept(arrival)).await.unwrap_or_else(|_| Err(late()))
            }
        };
        observe::accepted(vendor, &accepted, started.elapsed());
        accepted
    }

    /// Says that deliveries of this kind will come, so that a worker of this process without a handler for them
    /// is told at its start. The intake of `idhooks-axum` says it for its verifier.
    pub fn expect<D: Delivery>(&self) {
        self.0.expected.lock().unwrap_or_else(PoisonError::into_inner).insert(route_of::<D>());
    }

    /// Handles deliveries, with the default settings of a [`Worker`], until the future is dropped.
    ///
    /// # Errors
    /// If something in the store, or expected, has no handler; or the store cannot be read at the start. What
    /// happens to the store later is waited out.
    pub async fn run(&self, handlers: Handlers) -> Result<(), RunError> {
        self.worker().run(handlers).await
    }

    /// Handles deliveries, with settings of your own.
    pub fn worker(&self) -> Worker {
        Worker::new(self.clone())
    }

    /// Some of the deliveries, the newest first.
    ///
    /// # Errors
    /// If the store cannot be read, or a subject is asked for without its vendor.
    pub async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        if filter.subject.is_some() && filter.vendor.is_none() {
            return Err(Error::settings("a subject is one vendor's: filter by the vendor too"));
        }
        self.0.store.list(filter).await
    }

    /// Those given up, the newest first: the first hundred. [`list`](Self::list) gives the others.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn dead_letters(&self) -> Result<Vec<Entry>, Error> {
        Ok(self.list(&Filter::new().state(State::Dead)).await?.entries)
    }

    /// All there is of one delivery.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn get(&self, id: EntryId) -> Result<Option<Details>, Error> {
        self.0.store.get(id).await
    }

    /// Has a delivery handled again, now and with all attempts before it, wherever it stands: one that waits for its
    /// next attempt, was given up, could not be read, or is done.
    ///
    /// # Errors
    /// If there is none, a worker holds it, or its body was purged.
    pub async fn replay(&self, id: EntryId) -> Result<(), Error> {
        self.0.store.replay(id).await
    }

    /// Makes a delivery a dead letter that nobody is to handle: one that waits for an attempt, or that could not be
    /// read and never will be. Then [`purge_dead_letters`](Self::purge_dead_letters) removes its body, and
    /// [`replay`](Self::replay) brings it back before that. One that is dead stays as it is.
    ///
    /// The reason is kept and listed, its first thousand bytes: write one of your own, without personal data.
    ///
    /// # Errors
    /// If there is none, a worker holds it, or it is done.
    pub async fn give_up(&self, id: EntryId, reason: &str) -> Result<(), Error> {
        self.0.store.give_up(id, &keepable(Cow::Borrowed(reason))).await
    }

    /// Removes what was handled longer ago: body, subject, key in words, the event's name, the secret's label, conflicting
    /// bodies, reasons of attempts that failed. A digest of the key stays, so the same delivery is still a duplicate for as
    /// long as its key is good.
    /// What is not handled is never touched, and what was given up only by
    /// [`purge_dead_letters`](Self::purge_dead_letters).
    ///
    /// # Errors
    /// If the store is not available; what was purged before stays purged.
    pub async fn purge(&self, older_than: Duration) -> Result<Purged, Error> {
        self.0.store.purge(older_than, false).await
    }

    /// As [`purge`](Self::purge), for what was given up longer ago.
    ///
    /// # Errors
    /// If the store is not available; what was purged before stays purged.
    pub async fn purge_dead_letters(&self, older_than: Duration) -> Result<Purged, Error> {
        self.0.store.purge(older_than, true).await
    }

    /// How much there is; also given to the `metrics` facade as gauges, if the feature is on. It counts every delivery
    /// of the store, so ask once a minute rather than once a second.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn stats(&self) -> Result<Stats, Error> {
        let stats = self.0.store.stats().await?;
        observe::stats(&stats);
        Ok(stats)
    }

    /// Ends what runs in the background. What comes later, from clones too, is an error.
    pub async fn close(&self) {
        self.0.store.close().await;
    }

    /// The engine below, for a [`Store`] of your own that wraps it, and for tests of one.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }

    pub(crate) fn expected(&self) -> Vec<Route> {
        self.0.expected.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Shared {
    /// Room for a body of that size, given back when dropped.
    fn take_room(&self, bytes: usize) -> Option<Room> {
        let bytes = bytes.saturating_add(1024);
        let taken = self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |room| room.checked_sub(bytes));
        taken.ok().map(|_| Room { room: Arc::clone(&self.room), bytes })
    }
}

pub(crate) struct Room {
    room: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Room {
    fn drop(&mut self) {
        self.room.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

/// Settings of an [`Inbox`].
#[derive(Clone, Debug)]
pub struct InboxBuilder {
    content_window: Duration,
    accept_deadline: Duration,
    max_waiting: usize,
}

impl Default for InboxBuilder {
    fn default() -> Self {
        Self {
            content_window: Duration::from_secs(24 * 3600),
            accept_deadline: Duration::from_secs(5),
            max_waiting: 64 * 1024 * 1024,
        }
    }
}

impl InboxBuilder {
    /// For how long equal bytes mean the same event, where the vendor gives no id: a day, unless said. Later ones are
    /// accepted and flagged as a possible replay.
    #[must_use]
    pub fn content_window(mut self, window: Duration) -> Self {
        self.content_window = window;
        self
    }

    /// How long a store may take to accept before the sender is told to come again: five seconds, unless said. What is
    /// accepted after that is kept all the same, and a duplicate when the sender comes.
    #[must_use]
    pub fn accept_deadline(mut self, deadline: Duration) -> Self {
        self.accept_deadline = deadline;
        self
    }

    /// Memory for bodies that wait to be stored, in bytes: 64 MiB, unless said. What does not fit is turned away at
    /// once. Each body counts 1 KiB besides its length.
    #[must_use]
    pub fn max_waiting(mut self, bytes: usize) -> Self {
        self.max_waiting = bytes;
        self
    }

    /// Opens a store: see [`Inbox::open`].
    ///
    /// # Errors
    /// As [`Inbox::open`].
    pub async fn open(self, url: &str) -> Result<Inbox, Error> {
        let (scheme, rest) = url.split_once(':').unwrap_or((url, ""));
        match scheme {
            "sqlite" => {
                #[cfg(feature = "sqlite")]
                return Ok(self.with_store(crate::sqlite::Sqlite::open(rest).await?));
                #[cfg(not(feature = "sqlite"))]
                {
                    let _ = rest;
                    Err(Error::settings("this program was built without the feature `sqlite` of idhooks-inbox"))
                }
            }
            "postgres" | "postgresql" => {
                #[cfg(feature = "postgres")]
                return Ok(self.with_store(crate::postgres::Postgres::open(url).await?));
                #[cfg(not(feature = "postgres"))]
                Err(Error::settings("this program was built without the feature `postgres` of idhooks-inbox"))
            }
            _ => Err(Error::settings("the store's URL must begin with `sqlite:` or `postgres:`")),
        }
    }

    /// An inbox over an engine of your own.
    #[must_use]
    pub fn with_store(self, store: impl Store) -> Inbox {
        let room = Arc::new(AtomicUsize::new(self.max_waiting));
        Inbox(Arc::new(Shared { store: Box::new(store), settings: self, room, expected: Mutex::default() }))
    }
}
