//! The inbox: accept, list, replay, purge.

use std::{
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
    AcceptOutcome, DeliveryDetails, DeliveryId, DeliveryKind, DeliverySummary, Erased, Error, ErrorKind, Filter,
    Handlers, InvalidHandlers, Page, Purged, Retention, State, Stats, Worker, observe,
    outcome::storable_reason,
    record::storable_subject,
    store::{DeliveryRecord, Store},
};

/// Bytes that a waiting delivery counts besides its body.
const RECORD_OVERHEAD: usize = 1024;

/// A durable inbox: a delivery that it has accepted is on disk, and handled at least once and by one worker at a time.
///
/// Cheap to clone; clones share the store.
///
/// ```
/// use idhooks_capa as capa;
/// use idhooks_core::{Secret, Verified};
/// use idhooks_inbox::{AcceptOutcome, Handlers, Inbox, Job};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let file = folder.path().join("inbox.db");
/// # let url = format!("sqlite:{}", file.display());
/// let inbox = Inbox::open(&url).await?; // "sqlite:inbox.db"
///
/// // In the receiver: respond with 200 once the delivery is accepted.
/// let secret = Secret::new("the secret of Capa's panel")?;
/// let body = br#"{"type":"KYC","event":"VERIFIED_USER","externalUserId":"customer-1"}"#;
/// let delivery = capa::Verifier::new(secret.clone()).verify(&[capa::sign(&secret, body)], &body[..])?;
/// assert!(matches!(inbox.accept(&delivery).await?, AcceptOutcome::New { .. }));
/// assert!(matches!(inbox.accept(&delivery).await?, AcceptOutcome::Duplicate { .. }));
///
/// // In the worker, in the same process or another one.
/// let handlers = Handlers::new().on(|job: Job<Verified<capa::Event>>| async move { println!("{:?}", job.delivery()) });
/// inbox.worker().until_idle().run(handlers).await?; // a service uses `with_graceful_shutdown`
/// assert_eq!(inbox.stats().await?.waiting(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Inbox(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) store: Box<dyn Store>,
    settings: InboxBuilder,
    /// Bytes that may still wait to be stored.
    memory: Arc<AtomicUsize>,
    sources: Mutex<BTreeSet<DeliveryKind>>,
    pub(crate) outage: observe::Outage,
}

impl Inbox {
    /// Opens a store, and creates it if it does not exist.
    ///
    /// The URL is `sqlite:` and a path (feature `sqlite`), or `postgres://user:password@host/database` (feature
    /// `postgres`); the crate's README lists the parameters.
    ///
    /// # Errors
    /// If the URL is wrong or names an engine that was not built in, or if the store cannot be reached, is not durable,
    /// or has an incompatible schema.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Self::builder().open(url).await
    }

    /// Creates a builder with the default settings.
    #[must_use]
    pub fn builder() -> InboxBuilder {
        InboxBuilder::default()
    }

    /// Stores a delivery. Respond with 200 after any `Ok`, and with 503 after an error.
    ///
    /// If the future is dropped, the delivery is stored or not; the sender retries in both cases.
    ///
    /// # Errors
    /// If the delivery is not known to be on disk.
    pub async fn accept<D: Delivery>(&self, delivery: &D) -> Result<AcceptOutcome, Error> {
        let started = Instant::now();
        let vendor = <D::Event as WebhookEvent>::VENDOR;
        let accepted = self.store_delivery(delivery).await;
        self.0.outage.note(&accepted);
        observe::accepted(vendor, &accepted, started.elapsed());
        accepted
    }

    async fn store_delivery<D: Delivery>(&self, delivery: &D) -> Result<AcceptOutcome, Error> {
        let InboxBuilder { dedup_window, accept_timeout, .. } = self.0.settings;
        let Some(permit) = self.0.take_memory(delivery.body().len()) else {
            return Err(Error::busy("too many bytes wait to be stored"));
        };
        let window = dedup_window.unwrap_or(<D::Event as WebhookEvent>::DEDUP_WINDOW);
        let record = DeliveryRecord::with_permit(delivery, window, Some(Arc::new(permit)));
        let late = |_| Err(Error::unavailable("the store did not respond in time"));
        timeout(accept_timeout, self.0.store.accept(record)).await.unwrap_or_else(late)
    }

    /// Registers that this program receives deliveries of this kind. A worker of the same program then refuses to start
    /// without a handler for them. The receiver of `idhooks-axum` registers its verifier.
    ///
    /// ```no_run
    /// # async fn register() -> Result<(), idhooks_inbox::Error> {
    /// use idhooks_capa as capa;
    /// use idhooks_core::Verified;
    /// use idhooks_inbox::Inbox;
    ///
    /// let inbox = Inbox::open("sqlite:inbox.db").await?;
    /// inbox.register_source::<Verified<capa::Event>>();
    /// # Ok(())
    /// # }
    /// ```
    pub fn register_source<D: Delivery>(&self) {
        self.0.sources.lock().unwrap_or_else(PoisonError::into_inner).insert(DeliveryKind::of::<D>());
    }

    pub(crate) fn sources(&self) -> BTreeSet<DeliveryKind> {
        self.0.sources.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs a worker with the default settings until the future is dropped: see [`Worker::run`].
    ///
    /// # Errors
    /// As [`Worker::run`].
    pub async fn run(&self, handlers: Handlers) -> Result<(), InvalidHandlers> {
        self.worker().run(handlers).await
    }

    /// Creates a worker.
    pub fn worker(&self) -> Worker {
        Worker::new(self.clone())
    }

    /// Lists deliveries, the newest first.
    ///
    /// ```no_run
    /// # async fn list(inbox: &idhooks_inbox::Inbox) -> Result<(), idhooks_inbox::Error> {
    /// use idhooks_inbox::Filter;
    ///
    /// for delivery in inbox.list(&Filter::new().vendor("caf").subject("profile-1")).await?.deliveries {
    ///     println!("{} {}", delivery.id, delivery.state.as_str());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the store cannot be read, or if the filter has a subject and no vendor.
    pub async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        if filter.subject.is_some() && filter.vendor.is_none() {
            return Err(Error::config("a filter by subject needs a vendor"));
        }
        self.0.store.list(filter).await
    }

    /// Lists the newest 100 dead letters; [`list`](Self::list) pages through all.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn dead_letters(&self) -> Result<Vec<DeliverySummary>, Error> {
        Ok(self.list(&Filter::new().state(State::DeadLetter)).await?.deliveries)
    }

    /// Returns everything about one delivery, or `None` if it does not exist.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn get(&self, id: DeliveryId) -> Result<Option<DeliveryDetails>, Error> {
        self.0.store.get(id).await
    }

    /// Makes a delivery ready again with all its attempts, in every state but running: a dead letter, a scheduled or undecodable
    /// one, or one that is done.
    ///
    /// ```no_run
    /// # async fn replay(inbox: &idhooks_inbox::Inbox) -> Result<(), idhooks_inbox::Error> {
    /// for delivery in inbox.dead_letters().await? {
    ///     inbox.replay(delivery.id).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the delivery does not exist, a worker holds it, or its body was purged.
    pub async fn replay(&self, id: DeliveryId) -> Result<(), Error> {
        self.0.store.replay(id).await
    }

    /// Makes a waiting or undecodable delivery a dead letter. A dead letter stays as it is.
    ///
    /// The reason is stored up to 1000 bytes and listed, so it must not hold personal data.
    ///
    /// # Errors
    /// If the delivery does not exist, a worker holds it, or it is done.
    pub async fn dead_letter(&self, id: DeliveryId, reason: &str) -> Result<(), Error> {
        self.0.store.dead_letter(id, &storable_reason(reason)).await
    }

    /// Purges deliveries that were handled longer ago than `age`: see [`Retention`], which workers apply by themselves.
    ///
    /// # Errors
    /// If the store is unavailable; earlier steps stay.
    pub async fn purge(&self, age: Duration) -> Result<Purged, Error> {
        self.0.store.purge(&Retention { done: Some(age), ..Retention::forever() }).await
    }

    /// Purges dead letters that are older than `age`.
    ///
    /// # Errors
    /// As [`purge`](Self::purge).
    pub async fn purge_dead_letters(&self, age: Duration) -> Result<Purged, Error> {
        self.0.store.purge(&Retention { dead_letters: Some(age), ..Retention::forever() }).await
    }

    /// Erases a person: removes bodies, conflicting bodies, reasons, events and names of all deliveries of a vendor about
    /// a subject, at whichever endpoint they arrived. Deduplication digests stay. Waiting deliveries become dead letters.
    /// A delivery that a worker holds is left alone and reported, so call it again.
    ///
    /// ```no_run
    /// # async fn erase(inbox: &idhooks_inbox::Inbox) -> Result<(), idhooks_inbox::Error> {
    /// let erased = inbox.erase("caf", "profile-1").await?;
    /// println!("{} erased, {} running", erased.deliveries, erased.running.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the store is unavailable.
    pub async fn erase(&self, vendor: &str, subject: &str) -> Result<Erased, Error> {
        self.0.store.erase(vendor, &storable_subject(subject)).await
    }

    /// Counts unfinished deliveries, and sets the gauges of the `metrics` feature.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn stats(&self) -> Result<Stats, Error> {
        let stats = self.0.store.stats().await;
        self.0.outage.note(&stats);
        let stats = stats?;
        observe::stats(&stats);
        Ok(stats)
    }

    /// Sets the gauges of the `metrics` feature again and again, every `interval`. Spawn the future; it ends when the inbox is
    /// closed.
    ///
    /// ```no_run
    /// # async fn watch(inbox: &idhooks_inbox::Inbox) {
    /// use std::time::Duration;
    ///
    /// tokio::spawn(inbox.watch(Duration::from_secs(15)));
    /// # }
    /// ```
    pub fn watch(&self, interval: Duration) -> impl Future<Output = ()> + Send + 'static {
        let inbox = self.clone();
        async move {
            while !matches!(inbox.stats().await, Err(error) if error.kind() == ErrorKind::Closed) {
                tokio::time::sleep(interval).await;
            }
        }
    }

    /// Checks that the store responds, for a health probe. It reads one row by its key, and waits as long as
    /// [`accept`](Self::accept) does.
    ///
    /// ```no_run
    /// # async fn ready(inbox: &idhooks_inbox::Inbox) -> u16 {
    /// if inbox.ping().await.is_ok() { 200 } else { 503 }
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the store is unavailable.
    pub async fn ping(&self) -> Result<(), Error> {
        let late = |_| Err(Error::unavailable("the store did not respond in time"));
        let read = self.0.store.get(DeliveryId::default());
        let read = timeout(self.0.settings.accept_timeout, read).await.unwrap_or_else(late);
        self.0.outage.note(&read);
        read.map(drop)
    }

    /// Stops background tasks. Later calls fail, also those of clones.
    pub async fn close(&self) {
        self.0.store.close().await;
    }

    /// Returns the engine, for a [`Store`] that wraps it and for tests of one.
    #[cfg(feature = "unstable-store")]
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.0.store
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}

impl Shared {
    fn take_memory(&self, body: usize) -> Option<MemoryPermit> {
        let bytes = body.saturating_add(RECORD_OVERHEAD);
        let taken = self.memory.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |free| free.checked_sub(bytes));
        taken.ok().map(|_| MemoryPermit { memory: Arc::clone(&self.memory), bytes })
    }
}

/// Memory of a delivery that waits to be stored; free again when it is dropped.
pub(crate) struct MemoryPermit {
    memory: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for MemoryPermit {
    fn drop(&mut self) {
        self.memory.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

/// The settings of an [`Inbox`].
///
/// ```no_run
/// use std::time::Duration;
/// use idhooks_inbox::Inbox;
///
/// # async fn open() -> Result<(), idhooks_inbox::Error> {
/// let inbox = Inbox::builder().accept_timeout(Duration::from_secs(2)).open("sqlite:inbox.db").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct InboxBuilder {
    dedup_window: Option<Duration>,
    accept_timeout: Duration,
    max_pending_bytes: usize,
}

impl Default for InboxBuilder {
    fn default() -> Self {
        Self { dedup_window: None, accept_timeout: Duration::from_secs(5), max_pending_bytes: 64 * 1024 * 1024 }
    }
}

impl InboxBuilder {
    /// Sets how long equal bytes mean the same event where the vendor gives no id. Later ones are new and flagged as a
    /// possible replay. Defaults to the vendor's [`WebhookEvent::DEDUP_WINDOW`], which covers its retries.
    #[must_use]
    pub fn dedup_window(mut self, window: Duration) -> Self {
        self.dedup_window = Some(window);
        self
    }

    /// Sets how long [`Inbox::accept`] waits for the store. A delivery that is stored later is a duplicate when the
    /// sender retries. Defaults to 5 seconds.
    #[must_use]
    pub fn accept_timeout(mut self, timeout: Duration) -> Self {
        self.accept_timeout = timeout;
        self
    }

    /// Sets how many bytes may wait to be stored; a delivery counts 1 KiB besides its body. What exceeds it fails at
    /// once. Defaults to 64 MiB.
    #[must_use]
    pub fn max_pending_bytes(mut self, bytes: usize) -> Self {
        self.max_pending_bytes = bytes;
        self
    }

    /// Opens a store: see [`Inbox::open`].
    ///
    /// # Errors
    /// As [`Inbox::open`].
    pub async fn open(self, url: &str) -> Result<Inbox, Error> {
        match url.split_once(':').unwrap_or((url, "")) {
            #[cfg(feature = "sqlite")]
            ("sqlite", path) => Ok(self.build(crate::sqlite::Sqlite::open(path).await?)),
            #[cfg(not(feature = "sqlite"))]
            ("sqlite", _) => Err(Error::config(
                "this program has no SQLite engine: add the feature `inbox-sqlite` of idhooks (`sqlite` of idhooks-inbox)",
            )),
            #[cfg(feature = "postgres")]
            ("postgres" | "postgresql", _) => self.open_postgres(crate::PostgresConfig::new(url)?).await,
            #[cfg(not(feature = "postgres"))]
            ("postgres" | "postgresql", _) => Err(Error::config(
                "this program has no PostgreSQL engine: add the feature `inbox-postgres` of idhooks (`postgres` of \
                 idhooks-inbox)",
            )),
            _ => Err(Error::config("unknown store URL: it must begin with `sqlite:` or `postgres:`")),
        }
    }

    /// Opens a PostgreSQL store with settings that do not fit in a URL.
    ///
    /// # Errors
    /// As [`Inbox::open`].
    #[cfg(feature = "postgres")]
    pub async fn open_postgres(self, config: crate::PostgresConfig) -> Result<Inbox, Error> {
        Ok(self.build(crate::postgres::Postgres::open(config).await?))
    }

    /// Creates an inbox on an engine of your own.
    #[cfg(feature = "unstable-store")]
    #[must_use]
    pub fn with_store(self, store: impl Store) -> Inbox {
        self.build(store)
    }

    #[cfg_attr(not(any(feature = "sqlite", feature = "postgres", feature = "unstable-store")), expect(dead_code))]
    fn build(self, store: impl Store) -> Inbox {
        observe::describe();
        let memory = Arc::new(AtomicUsize::new(self.max_pending_bytes));
        Inbox(Arc::new(Shared {
            store: Box::new(store),
            settings: self,
            memory,
            sources: Mutex::default(),
            outage: observe::Outage::default(),
        }))
    }
}
