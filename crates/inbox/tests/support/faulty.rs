//! A store that fails when told to; also, that an engine can be written outside the crate.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use idhooks_inbox::{
    Accepted, Details, EntryId, Error, Filter, Inbox, Page, Purged, Stats,
    store::{Arrival, Batch, LeaseRequest, Route, Store, Token, Verdict},
};

/// How late a store answers that is told to be late.
pub(crate) const LATE: Duration = Duration::from_millis(700);

/// What is wrong with a store at the moment.
#[derive(Default)]
pub(crate) struct Faults {
    pub(crate) accept: AtomicBool,
    pub(crate) lease: AtomicBool,
    pub(crate) renew: AtomicBool,
    pub(crate) finish: AtomicBool,
    pub(crate) finish_panics: AtomicBool,
    pub(crate) read: AtomicBool,
    /// Answers nothing that a worker asks.
    pub(crate) hangs: AtomicBool,
    pub(crate) renew_hangs: AtomicBool,
    /// Writes verdicts down at once, and tells of it [late](LATE).
    pub(crate) finish_is_late: AtomicBool,
    /// Says of every lease that it is lost.
    pub(crate) loses: AtomicBool,
    /// How often something failed.
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

/// An inbox whose store fails when told to, over the store of another.
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
    async fn accept(&self, arrival: Arrival) -> Result<Accepted, Error> {
        self.faults.check(&self.faults.accept)?;
        self.inner.store().accept(arrival).await
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Batch, Error> {
        self.faults.hang(&self.faults.hangs).await;
        self.faults.check(&self.faults.lease)?;
        self.inner.store().lease(request).await
    }

    async fn renew(&self, tokens: &[Token], time: Duration) -> Result<Vec<Token>, Error> {
        self.faults.hang(&self.faults.hangs).await;
        self.faults.hang(&self.faults.renew_hangs).await;
        self.faults.check(&self.faults.renew)?;
        if self.faults.loses.load(Ordering::SeqCst) {
            return Ok(tokens.to_vec());
        }
        self.inner.store().renew(tokens, time).await
    }

    async fn finish(&self, id: EntryId, token: Token, verdict: Verdict) -> Result<bool, Error> {
        self.faults.hang(&self.faults.hangs).await;
        self.faults.check(&self.faults.finish)?;
        assert!(self.faults.check(&self.faults.finish_panics).is_ok(), "the store was told to panic");
        let finished = self.inner.store().finish(id, token, verdict).await;
        if self.faults.finish_is_late.load(Ordering::SeqCst) {
            tokio::time::sleep(LATE).await;
        }
        finished
    }

    async fn changed(&self) {
        self.inner.store().changed().await;
    }

    fn poll_interval(&self) -> Duration {
        self.inner.store().poll_interval()
    }

    async fn unfinished(&self) -> Result<Vec<Route>, Error> {
        self.faults.hang(&self.faults.hangs).await;
        self.faults.check(&self.faults.read)?;
        self.inner.store().unfinished().await
    }

    async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        self.faults.check(&self.faults.read)?;
        self.inner.store().list(filter).await
    }

    async fn get(&self, id: EntryId) -> Result<Option<Details>, Error> {
        self.faults.check(&self.faults.read)?;
        self.inner.store().get(id).await
    }

    async fn replay(&self, id: EntryId) -> Result<(), Error> {
        self.inner.store().replay(id).await
    }

    async fn give_up(&self, id: EntryId, reason: &str) -> Result<(), Error> {
        self.inner.store().give_up(id, reason).await
    }

    async fn purge(&self, older_than: Duration, dead: bool) -> Result<Purged, Error> {
        self.inner.store().purge(older_than, dead).await
    }

    async fn stats(&self) -> Result<Stats, Error> {
        self.faults.check(&self.faults.read)?;
        self.inner.store().stats().await
    }

    async fn close(&self) {
        self.inner.store().close().await;
    }
}
