//! A store that fails on demand. It also shows that an engine can be written outside the crate.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use idhooks_inbox::{
    AcceptOutcome, DeliveryDetails, DeliveryId, DeliveryKind, Erased, Error, Filter, Inbox, Page, Purged, Retention,
    Stats,
    store::{ClaimRequest, Claimed, Completion, DeliveryRecord, Lease, Store, async_trait},
};

/// How late a late store responds.
pub(crate) const LATE: Duration = Duration::from_millis(700);

/// What is wrong with a store at the moment.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) accept: AtomicBool,
    pub(crate) claim: AtomicBool,
    pub(crate) renew: AtomicBool,
    pub(crate) complete: AtomicBool,
    pub(crate) complete_panics: AtomicBool,
    pub(crate) read: AtomicBool,
    /// Responds to nothing that a worker asks.
    pub(crate) hangs: AtomicBool,
    pub(crate) renew_hangs: AtomicBool,
    /// Writes outcomes at once and responds [late](LATE).
    pub(crate) complete_is_late: AtomicBool,
    /// Writes outcomes at once, and then fails.
    pub(crate) complete_fails_after_write: AtomicBool,
    /// Reports every lease as lost.
    pub(crate) loses: AtomicBool,
    /// How often a fault was met.
    pub(crate) failed: AtomicU32,
}

impl Faults {
    pub(crate) fn set(&self, fault: &AtomicBool, on: bool) {
        fault.store(on, Ordering::SeqCst);
    }

    pub(crate) fn failed(&self) -> u32 {
        self.failed.load(Ordering::SeqCst)
    }

    fn check(&self, fault: &AtomicBool) -> Result<(), Error> {
        if !fault.load(Ordering::SeqCst) {
            return Ok(());
        }
        self.failed.fetch_add(1, Ordering::SeqCst);
        Err(Error::unavailable("the store was told to fail"))
    }

    async fn hang(&self, fault: &AtomicBool) {
        if fault.load(Ordering::SeqCst) {
            self.failed.fetch_add(1, Ordering::SeqCst);
            std::future::pending::<()>().await;
        }
    }
}

/// Creates an inbox that fails on demand, over the store of another one.
pub(crate) fn faulty(inner: Inbox) -> (Inbox, Arc<Faults>) {
    let faults = Arc::new(Faults::default());
    (Inbox::builder().with_store(Faulty { inner, faults: Arc::clone(&faults) }), faults)
}

struct Faulty {
    inner: Inbox,
    faults: Arc<Faults>,
}

#[async_trait]
impl Store for Faulty {
    async fn accept(&self, record: DeliveryRecord) -> Result<AcceptOutcome, Error> {
        self.faults.check(&self.faults.accept)?;
        self.inner.store().accept(record).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Claimed, Error> {
        self.faults.hang(&self.faults.hangs).await;
        self.faults.check(&self.faults.claim)?;
        self.inner.store().claim(request).await
    }

    async fn renew(&self, leases: &[Lease], time: Duration) -> Result<Vec<Lease>, Error> {
        self.faults.hang(&self.faults.hangs).await;
        self.faults.hang(&self.faults.renew_hangs).await;
        self.faults.check(&self.faults.renew)?;
        if self.faults.loses.load(Ordering::SeqCst) {
            return Ok(leases.to_vec());
        }
        self.inner.store().renew(leases, time).await
    }

    async fn complete(&self, completions: &[Completion]) -> Result<Vec<Lease>, Error> {
        self.faults.hang(&self.faults.hangs).await;
        self.faults.check(&self.faults.complete)?;
        assert!(self.faults.check(&self.faults.complete_panics).is_ok(), "the store was told to panic");
        let lost = self.inner.store().complete(completions).await;
        self.faults.check(&self.faults.complete_fails_after_write)?;
        if self.faults.complete_is_late.load(Ordering::SeqCst) {
            tokio::time::sleep(LATE).await;
        }
        lost
    }

    async fn changed(&self) {
        self.inner.store().changed().await;
    }

    fn poll_interval(&self) -> Duration {
        self.inner.store().poll_interval()
    }

    async fn unfinished_kinds(&self) -> Result<Vec<DeliveryKind>, Error> {
        self.faults.check(&self.faults.read)?;
        self.inner.store().unfinished_kinds().await
    }

    async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        self.faults.check(&self.faults.read)?;
        self.inner.store().list(filter).await
    }

    async fn get(&self, id: DeliveryId) -> Result<Option<DeliveryDetails>, Error> {
        self.faults.check(&self.faults.read)?;
        self.inner.store().get(id).await
    }

    async fn replay(&self, id: DeliveryId) -> Result<(), Error> {
        self.inner.store().replay(id).await
    }

    async fn dead_letter(&self, id: DeliveryId, reason: &str) -> Result<(), Error> {
        self.inner.store().dead_letter(id, reason).await
    }

    async fn purge(&self, retention: &Retention) -> Result<Purged, Error> {
        self.inner.store().purge(retention).await
    }

    async fn erase(&self, vendor: &str, subject: &str) -> Result<Erased, Error> {
        self.inner.store().erase(vendor, subject).await
    }

    async fn stats(&self) -> Result<Stats, Error> {
        self.faults.check(&self.faults.read)?;
        self.inner.store().stats().await
    }

    async fn close(&self) {
        self.inner.store().close().await;
    }
}
