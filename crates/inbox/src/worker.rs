//! The worker: claims deliveries and calls their handlers.

mod attempt;
mod calls;
mod run;
mod while_leased;

use std::{
    fmt,
    future::{Future, pending},
    pin::Pin,
    time::Duration,
};

use tokio::time::sleep;

use self::run::WorkerLoop;
use crate::{Backoff, Handlers, Inbox, InvalidHandlers, Retention, store::MAX_LEASE, unhandled};

/// How often the retention is applied.
const RETENTION_INTERVAL: Duration = Duration::from_secs(3600);

/// How long after its start a worker applies the retention for the first time.
const RETENTION_DELAY: Duration = Duration::from_secs(60);

/// As good as forever, and still safe to add to the current time.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// Claims deliveries from an [`Inbox`] and calls their handlers.
///
/// Each handler runs as a task of its own. A panic or a timeout is a failed attempt, and the other handlers go on. The
/// worker stops a handler at an `await`; a handler that blocks its thread cannot be stopped, may overlap with the next
/// attempt, and can no longer complete the delivery.
///
/// If the worker dies, another one claims its deliveries when their leases expire. A delivery that lost two leases in a
/// row may be what kills its workers: workers handle it alone, and after [`max_lost_leases`](Self::max_lost_leases) it
/// becomes a dead letter.
#[must_use = "a worker does nothing until `run`"]
pub struct Worker {
    inbox: Inbox,
    concurrency: usize,
    lease: Duration,
    handler_timeout: Duration,
    max_attempts: u32,
    max_lost_leases: u32,
    backoff: Backoff,
    retention: Retention,
    shutdown_timeout: Duration,
    shutdown: Pin<Box<dyn Future<Output = ()> + Send>>,
    until_idle: bool,
    pub(crate) unhandled_interval: Duration,
}

impl Worker {
    pub(crate) fn new(inbox: Inbox) -> Self {
        Self {
            inbox,
            concurrency: 16,
            lease: Duration::from_secs(30),
            handler_timeout: Duration::from_secs(300),
            max_attempts: 25,
            max_lost_leases: 5,
            backoff: Backoff::default(),
            retention: Retention::default(),
            shutdown_timeout: Duration::from_secs(30),
            shutdown: Box::pin(pending()),
            until_idle: false,
            unhandled_interval: unhandled::INTERVAL,
        }
    }

    /// Sets how many deliveries are handled at the same time, at least one. Defaults to 16.
    pub fn concurrency(mut self, limit: usize) -> Self {
        self.concurrency = limit.max(1);
        self
    }

    /// Sets how long a lease lasts without a renewal, from 100 milliseconds to one hour. The worker renews it three
    /// times as often. A shorter lease frees a dead worker's deliveries earlier, and stops handlers after a shorter
    /// outage of the store. Defaults to 30 seconds.
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = time.clamp(Duration::from_millis(100), MAX_LEASE);
        self
    }

    /// Sets how long a handler may run. Defaults to 5 minutes.
    pub fn handler_timeout(mut self, timeout: Duration) -> Self {
        self.handler_timeout = timeout.min(FOREVER);
        self
    }

    /// Sets after how many failed attempts a delivery becomes a dead letter, at least one. Defaults to 25.
    pub fn max_attempts(mut self, limit: u32) -> Self {
        self.max_attempts = limit.max(1);
        self
    }

    /// Sets after how many expired leases in a row a delivery becomes a dead letter, at least one. Defaults to 5.
    pub fn max_lost_leases(mut self, limit: u32) -> Self {
        self.max_lost_leases = limit.max(1);
        self
    }

    /// Sets the delay between attempts. Defaults to [`Backoff::default`].
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Sets how long the inbox keeps what it no longer needs. Defaults to [`Retention::default`].
    pub fn retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// Sets how long handlers may run on after the shutdown has begun. The worker then stops them and releases their
    /// deliveries. Defaults to 30 seconds.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout.min(FOREVER);
        self
    }

    /// Shuts down gracefully when `signal` completes: the worker claims nothing more, and [`run`](Self::run) returns when
    /// the running handlers have ended.
    pub fn with_graceful_shutdown(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.shutdown = Box::pin(signal);
        self
    }

    /// Shuts down when nothing is ready and nothing of this worker is running, for a cron job, a Lambda or a test. The
    /// worker does not wait for later attempts, nor for deliveries that another worker holds. With a
    /// [`backoff`](Self::backoff) of zero it makes every attempt.
    ///
    /// While the store is unavailable the worker waits, so also set a limit with
    /// [`with_graceful_shutdown`](Self::with_graceful_shutdown).
    pub fn until_idle(mut self) -> Self {
        self.until_idle = true;
        self
    }

    /// Handles deliveries until the shutdown, or until the inbox is closed. While the store is unavailable, the worker
    /// waits. If the future is dropped, the handlers stop, and other workers claim their deliveries when the leases
    /// expire.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use idhooks_capa as capa;
    /// use idhooks_core::Verified;
    /// use idhooks_inbox::{Handlers, Inbox, Job};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let url = format!("sqlite:{}", folder.path().join("inbox.db").display());
    /// let inbox = Inbox::open(&url).await?; // "sqlite:inbox.db"
    /// let handlers = Handlers::new().on(|job: Job<Verified<capa::Event>>| async move { println!("{}", job.id()) });
    /// inbox.worker().concurrency(4).until_idle().run(handlers).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If this program receives deliveries (see [`Inbox::register_source`]) that have no handler, or if a kind of delivery has
    /// two.
    pub async fn run(self, handlers: Handlers) -> Result<(), InvalidHandlers> {
        handlers.check(self.inbox.sources())?;
        let watch = unhandled::watch(self.inbox.clone(), handlers.clone(), self.unhandled_interval);
        let retain = retain(self.inbox.clone(), self.retention);
        tokio::select! {
            () = WorkerLoop::new(self, handlers).run() => {}
            () = watch => {}
            () = retain => {}
        }
        Ok(())
    }
}

/// Applies the retention again and again. Never completes.
async fn retain(inbox: Inbox, retention: Retention) {
    sleep(RETENTION_DELAY.mul_f64(1.0 + fastrand::f64())).await;
    loop {
        inbox.0.outage.note(&inbox.0.store.purge(&retention).await);
        sleep(RETENTION_INTERVAL).await;
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("concurrency", &self.concurrency)
            .field("lease", &self.lease)
            .field("handler_timeout", &self.handler_timeout)
            .field("max_attempts", &self.max_attempts)
            .field("max_lost_leases", &self.max_lost_leases)
            .field("backoff", &self.backoff)
            .field("retention", &self.retention)
            .field("shutdown_timeout", &self.shutdown_timeout)
            .finish_non_exhaustive()
    }
}
