//! Sessions of the server: how they are made, checked, kept and thrown away.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use deadpool::managed::{self, Metrics, RecycleError, RecycleResult};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_postgres::{
    AsyncMessage, Client, Config, Connection, NoTls, Row, SimpleQueryMessage, Socket, Statement, types::ToSql,
};

#[cfg(feature = "postgres-rustls")]
use super::failed::is_tls;
use super::{
    failed::{failed, no_session},
    promise,
    url::Target,
};
use crate::Error;
#[cfg(feature = "postgres-rustls")]
use tokio_postgres::config::SslMode;

/// How long to wait for the server to take a connection.
const CONNECT: Duration = Duration::from_secs(4);

/// How long to wait for a session that is free.
const FREE: Duration = Duration::from_secs(4);

/// How long to wait for an answer. The server gives up before, so this passes only if the way to it is cut.
const ANSWER: Duration = Duration::from_secs(8);

/// The same for what reads much.
const ANSWER_LONG: Duration = Duration::from_secs(65);

/// For how long a session is taken at its word: a server that reads its settings again may turn `fsync` off.
const PROMISED: Duration = Duration::from_secs(10);

/// For the rest of a transaction that may have to read all there is.
pub(super) const PATIENT: &str = "SET LOCAL statement_timeout = '60s'; SET LOCAL enable_seqscan = on";

/// The last three: each statement here finds few rows by an index, and in the index's order, but a planner that knows
/// nothing of a new table, or that it has become long, would rather read and sort all of it.
const SETTINGS: &str = "SET statement_timeout = '5s'; SET lock_timeout = '4s'; \
    SET idle_in_transaction_session_timeout = '10s'; SET default_transaction_isolation = 'read committed'; \
    SET jit = off; SET enable_seqscan = off; SET enable_bitmapscan = off";

/// Sessions that are kept between uses.
#[derive(Clone)]
pub(super) struct Pool(managed::Pool<Manager>);

pub(super) type Taken = managed::Object<Manager>;

impl Pool {
    pub(super) fn new(target: Target, size: usize) -> Result<Self, Error> {
        let pool = managed::Pool::builder(Manager { target }).max_size(size).build();
        pool.map(Self).map_err(|_| Error::settings("no pool of connections could be made"))
    }

    /// A session, and the watch that is to be kept on its answers.
    pub(super) async fn take(&self) -> Result<(Taken, Watch), Error> {
        let late = |_| Error::unavailable("no connection to the store is free");
        let taken = timeout(FREE, self.0.get()).await.map_err(late)?.map_err(no_session)?;
        let watch = taken.watch.clone();
        Ok((taken, watch))
    }

    pub(super) fn close(&self) {
        self.0.close();
    }
}

pub(super) struct Manager {
    target: Target,
}

impl managed::Manager for Manager {
    type Type = Session;
    type Error = Error;

    async fn create(&self) -> Result<Session, Error> {
        Session::open(&self.target, |_| {}).await
    }

    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<Error> {
        if session.client.is_closed() || session.watch.0.load(Ordering::Relaxed) {
            return Err(RecycleError::message("the connection was cut"));
        }
        if session.checked.elapsed() > PROMISED {
            check(&session.client).await?;
            session.checked = Instant::now();
        }
        Ok(())
    }
}

/// A connection that was checked, and when, with the statements it has prepared.
pub(super) struct Session {
    client: Client,
    prepared: Mutex<HashMap<&'static str, Statement>>,
    watch: Watch,
    pub(super) checked: Instant,
}

/// Notices that a session does not answer.
#[derive(Clone, Default)]
pub(super) struct Watch(Arc<AtomicBool>);

impl Watch {
    /// Waits for an answer. If none comes, the session is not used again.
    pub(super) async fn wait<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.wait_for(ANSWER, answer).await
    }

    /// The same for what began with [`PATIENT`].
    pub(super) async fn wait_long<T>(&self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.wait_for(ANSWER_LONG, answer).await
    }

    async fn wait_for<T>(&self, limit: Duration, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        timeout(limit, answer).await.unwrap_or_else(|_| {
            self.0.store(true, Ordering::Relaxed);
            Err(Error::unavailable("the store did not answer in time"))
        })
    }
}

impl Session {
    /// Connects; `told` hears what the server says unasked.
    pub(super) async fn open(target: &Target, told: impl FnMut(AsyncMessage) + Send + 'static) -> Result<Self, Error> {
        let late = |_| Error::unavailable("the store did not take a connection in time");
        timeout(CONNECT, Self::begin(target, told)).await.map_err(late)?
    }

    async fn begin(target: &Target, told: impl FnMut(AsyncMessage) + Send + 'static) -> Result<Self, Error> {
        let client = connect(target, told).await?;
        client.batch_execute(SETTINGS).await.map_err(failed)?;
        check(&client).await?;
        Ok(Self { client, prepared: Mutex::default(), watch: Watch::default(), checked: Instant::now() })
    }

    pub(super) fn watch(&self) -> &Watch {
        &self.watch
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn client_mut(&mut self) -> &mut Client {
        &mut self.client
    }

    /// The statement, prepared once in each session.
    pub(super) async fn prepare(&self, sql: &'static str) -> Result<Statement, tokio_postgres::Error> {
        let known = self.prepared.lock().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(sql).await?;
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner).insert(sql, statement.clone());
        Ok(statement)
    }

    pub(super) async fn query(&self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Error> {
        let statement = self.prepare(sql).await.map_err(failed)?;
        self.client.query(&statement, values).await.map_err(failed)
    }

    /// How many rows were changed.
    pub(super) async fn execute(&self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<u64, Error> {
        let statement = self.prepare(sql).await.map_err(failed)?;
        self.client.execute(&statement, values).await.map_err(failed)
    }
}

#[cfg(not(feature = "postgres-rustls"))]
async fn connect(target: &Target, told: impl FnMut(AsyncMessage) + Send + 'static) -> Result<Client, Error> {
    plainly(&target.config, told).await
}

#[cfg(feature = "postgres-rustls")]
async fn connect(target: &Target, told: impl FnMut(AsyncMessage) + Send + 'static) -> Result<Client, Error> {
    let Some(tls) = &target.tls else { return plainly(&target.config, told).await };
    match target.config.connect(tls.clone()).await {
        Ok((client, connection)) => {
            tokio::spawn(drive(connection, told));
            Ok(client)
        }
        // `prefer` takes what it gets, a certificate that cannot be verified included: it guards against nobody.
        Err(error) if target.config.get_ssl_mode() == SslMode::Prefer && is_tls(&error) => {
            plainly(&target.config, told).await
        }
        Err(error) => Err(failed(error)),
    }
}

async fn plainly(config: &Config, told: impl FnMut(AsyncMessage) + Send + 'static) -> Result<Client, Error> {
    let (client, connection) = config.connect(NoTls).await.map_err(failed)?;
    tokio::spawn(drive(connection, told));
    Ok(client)
}

/// Ends when the client is dropped, after what was sent has been answered.
async fn drive<S>(mut connection: Connection<Socket, S>, mut told: impl FnMut(AsyncMessage))
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
        told(message);
    }
}

async fn check(client: &Client) -> Result<(), Error> {
    let answer = client.simple_query(promise::ASK).await.map_err(failed)?;
    let row = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let value = |place| row.and_then(|row| row.try_get(place).ok().flatten()).unwrap_or("unknown");
    promise::check(promise::Session {
        fsync: value(0),
        full_page_writes: value(1),
        synchronous_commit: value(2),
        in_recovery: value(3),
        read_only: value(4),
        encoding: value(5),
    })
}
