//! Sessions that are kept between operations, and the operations that own one until the server has answered.

use std::{future::Future, pin::pin, sync::Arc, time::Duration};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use tokio::{sync::oneshot, time::timeout};
use tokio_postgres::{CancelToken, NoTls};

use super::{
    errors::no_session,
    session::{Session, Target},
};
use crate::Error;

/// How long to wait for a session that is free.
const FREE_TIMEOUT: Duration = Duration::from_secs(4);

/// How long a caller waits for an answer. The server gives up before, unless the way to it is cut or a standby is away.
pub(super) const TIMEOUT: Duration = Duration::from_secs(8);

/// The same for what may read much.
pub(super) const READ_TIMEOUT: Duration = Duration::from_secs(65);

/// How long a cancel request may take, and then its effect. A server that does not react is not reached any more: its
/// session is given up.
const CANCEL_TIMEOUT: Duration = Duration::from_secs(3);

/// Sessions that are kept between operations.
#[derive(Clone)]
pub(super) struct Pool(managed::Pool<Manager>);

/// A session that goes back to its pool when it is dropped.
pub(super) type Pooled = managed::Object<Manager>;

impl Pool {
    pub(super) fn new(target: Arc<Target>, size: usize) -> Result<Self, Error> {
        let pool = managed::Pool::builder(Manager { target }).max_size(size.max(1)).build();
        pool.map(Self).map_err(|_| Error::config("cannot create a pool of connections"))
    }

    /// Runs an operation in a task of its own, which goes on when the caller stops waiting: an operation whose answer is
    /// missing still has its session, so that there are never more sessions than the pool allows.
    pub(super) async fn run<T, F, P>(&self, limit: Duration, operation: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(Pooled) -> P,
        P: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let late = |_| Error::unavailable("no connection to the store is free");
        let session = timeout(FREE_TIMEOUT, self.0.get()).await.map_err(late)?.map_err(no_session)?;
        let (cancel, target) = (session.cancel_token(), Arc::clone(session.target()));
        let operation = operation(session);
        let (reply, answer) = oneshot::channel();
        tokio::spawn(async move {
            let mut operation = pin!(operation);
            if let Ok(result) = timeout(limit, &mut operation).await {
                let _ = reply.send(result);
                return;
            }
            let _ = reply.send(Err(Error::unavailable("the store did not respond in time")));
            let _ = timeout(CANCEL_TIMEOUT, send_cancel(&cancel, &target)).await;
            let _ = timeout(CANCEL_TIMEOUT, operation).await;
        });
        answer.await.unwrap_or_else(|_| Err(Error::unavailable("the operation was stopped")))
    }

    pub(super) fn close(&self) {
        self.0.close();
    }
}

async fn send_cancel(cancel: &CancelToken, target: &Target) {
    #[cfg(feature = "postgres-tls")]
    if let Some(tls) = &target.tls
        && cancel.cancel_query(tls.clone()).await.is_ok()
    {
        return;
    }
    let _ = target;
    let _ = cancel.cancel_query(NoTls).await;
}

pub(super) struct Manager {
    target: Arc<Target>,
}

impl managed::Manager for Manager {
    type Type = Session;
    type Error = Error;

    async fn create(&self) -> Result<Session, Error> {
        Session::open(&self.target, || ()).await
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<Error> {
        if !session.is_usable() {
            return Err(RecycleError::message("a response is missing"));
        }
        Ok(session.refresh().await?)
    }
}
