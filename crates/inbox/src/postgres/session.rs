//! A session of the server: how it is opened and checked, and how a transaction runs on it.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use tokio_postgres::{
    AsyncMessage, CancelToken, Client, Connection, NoTls, Row, SimpleQueryMessage, Socket, Statement, error::Severity,
    types::ToSql,
};

use super::{
    config::{Durability, PostgresConfig},
    durability::{self, Server},
    errors::{Failure, failed, not_connected},
    param::Param,
};
use crate::Error;

/// How long to wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);

/// How long a session's checks hold: a server that reads its settings again may turn `fsync` off.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

/// The settings of a session, or with `LOCAL` of a transaction. Warnings are asked for, because one of them says that a
/// commit may not have been replicated.
const SETTINGS: [&str; 5] = [
    "statement_timeout = '5s'",
    "lock_timeout = '4s'",
    "idle_in_transaction_session_timeout = '10s'",
    "client_min_messages = warning",
    "jit = off",
];

/// Keeps bodies out of the server's log, where the user may do that.
const HIDE_PARAMETERS: &str = "SELECT set_config('log_parameter_max_length', '0', $local) \
    WHERE current_setting('is_superuser') = 'on' AND current_setting('log_parameter_max_length', true) IS NOT NULL";

const RAISE_IDS: &str = include_str!("sql/raise_ids.sql");
const LOCK_IDS: &str =
    "SELECT pg_advisory_xact_lock(1768187252, ('idhooks_ids'::regclass::oid::bigint & 2147483647)::int)";

/// Where the sessions of a store connect to, and what they have in common.
pub(super) struct Target {
    pub(super) config: PostgresConfig,
    #[cfg(feature = "postgres-tls")]
    pub(super) tls: Option<super::tls::Tls>,
    /// Whether the tables are there.
    pub(super) migrated: AtomicBool,
}

/// The purpose of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Write,
    /// A batch of deliveries, most of which must not wait long for a locked subject.
    WriteBatch,
    /// All statements see one snapshot, and may read much.
    Read,
}

/// A connection that was checked.
pub(super) struct Session {
    client: Client,
    target: Arc<Target>,
    statements: HashMap<&'static str, Statement>,
    /// The SQLSTATE of a warning since the current transaction began.
    warning: Arc<Mutex<Option<String>>>,
    /// Whether a response is still missing.
    busy: bool,
    checked: Instant,
}

impl Session {
    /// Connects; `hear` is called for each notification.
    pub(super) async fn open(target: &Arc<Target>, hear: impl Fn() + Send + 'static) -> Result<Self, Error> {
        within(target, Self::connect(target, hear)).await
    }

    async fn connect(target: &Arc<Target>, hear: impl Fn() + Send + 'static) -> Result<Self, Error> {
        let warning = Arc::new(Mutex::new(None));
        let client = connect(target, Messages { warning: Arc::clone(&warning), hear }).await?;
        let (target, now) = (Arc::clone(target), Instant::now());
        let mut session = Self { client, target, statements: HashMap::new(), warning, busy: false, checked: now };
        if !session.target.config.transaction_pooler {
            let settings = session.target.settings("");
            session.client.simple_query(&settings).await.map_err(failed)?;
        }
        session.check().await?;
        Ok(session)
    }

    pub(super) fn target(&self) -> &Arc<Target> {
        &self.target
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn cancel_token(&self) -> CancelToken {
        self.client.cancel_token()
    }

    pub(super) fn is_usable(&self) -> bool {
        !self.busy && !self.client.is_closed()
    }

    /// Checks again what may have changed, if the last check is old.
    pub(super) async fn refresh(&mut self) -> Result<(), Error> {
        if self.checked.elapsed() < CHECK_INTERVAL {
            return Ok(());
        }
        // A plan that was made for a small table is not kept for a large one.
        if !self.target.config.transaction_pooler {
            self.client.batch_execute("DISCARD PLANS").await.map_err(failed)?;
        }
        self.check().await
    }

    async fn check(&mut self) -> Result<(), Error> {
        let check = self.target.check();
        if !self.target.config.transaction_pooler {
            self.target.checked(&self.client.simple_query(&check).await.map_err(failed)?)?;
        }
        if self.target.migrated.load(Ordering::Relaxed) {
            self.transaction(Purpose::Write, &[(LOCK_IDS, &[]), (RAISE_IDS, &[])]).await?;
        } else {
            self.transaction(Purpose::Write, &[]).await?;
        }
        self.checked = Instant::now();
        Ok(())
    }

    /// Runs statements as one transaction and returns their rows. All of it is sent at once, so that a caller that is
    /// dropped leaves no transaction open.
    pub(super) async fn transaction(
        &mut self,
        purpose: Purpose,
        statements: &[(&'static str, &[Param<'_>])],
    ) -> Result<Vec<Vec<Row>>, Failure> {
        self.busy = true;
        if !self.target.config.transaction_pooler {
            for (sql, params) in statements {
                self.prepare(sql, params).await?;
            }
        }
        *self.warning.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let begin = self.target.begin(purpose);
        let calls = statements.iter().map(|(sql, params)| self.query(sql, params)).collect();
        let (begun, rows, committed) = tokio::join!(
            biased;
            self.client.simple_query(&begin),
            all(calls),
            self.client.batch_execute("COMMIT"),
        );
        self.busy = false;
        let begun = begun?;
        let rows = rows.into_iter().collect::<Result<Vec<_>, _>>()?;
        committed?;
        if purpose == Purpose::Read {
            return Ok(rows);
        }
        if self.target.config.transaction_pooler {
            self.target.checked(&begun)?;
        }
        if let Some(state) = self.warning.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let why = "the server warned that a commit may not hold: a synchronous standby may not have it";
            return Err(Error::unavailable(why).caused_by(format!("SQLSTATE {state}")).into());
        }
        Ok(rows)
    }

    /// Runs one statement as a transaction.
    pub(super) async fn run(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<Vec<Row>, Failure> {
        Ok(self.transaction(Purpose::Write, &[(sql, params)]).await?.pop().unwrap_or_default())
    }

    /// Prepares a statement once.
    async fn prepare(&mut self, sql: &'static str, params: &[Param<'_>]) -> Result<(), tokio_postgres::Error> {
        if !self.statements.contains_key(sql) {
            let types: Vec<_> = params.iter().map(|param| param.kind.clone()).collect();
            let statement = self.client.prepare_typed(sql, &types).await?;
            self.statements.insert(sql, statement);
        }
        Ok(())
    }

    fn query<'a>(&'a self, sql: &'static str, params: &'a [Param<'a>]) -> Query<'a> {
        Box::pin(async move {
            if let Some(statement) = self.statements.get(sql) {
                let params: Vec<_> = params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
                return self.client.query(statement, &params).await;
            }
            let params: Vec<_> =
                params.iter().map(|param| (param as &(dyn ToSql + Sync), param.kind.clone())).collect();
            self.client.query_typed(sql, &params).await
        })
    }
}

type Query<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, tokio_postgres::Error>> + Send + 'a>>;

/// Polls futures in order until all are complete.
async fn all<T>(mut futures: Vec<Pin<Box<dyn Future<Output = T> + Send + '_>>>) -> Vec<T> {
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut pending = false;
        for (future, result) in futures.iter_mut().zip(&mut results) {
            if result.is_none() {
                match future.as_mut().poll(context) {
                    Poll::Ready(value) => *result = Some(value),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    results.into_iter().flatten().collect()
}

impl Target {
    pub(super) fn new(config: PostgresConfig) -> Result<Self, Error> {
        Ok(Self {
            #[cfg(feature = "postgres-tls")]
            tls: super::tls::Tls::of(&config)?,
            config,
            migrated: AtomicBool::new(false),
        })
    }

    fn settings(&self, local: &str) -> String {
        let mut settings: String = SETTINGS.map(|setting| format!("SET {local} {setting}; ")).concat();
        if let Some(schema) = &self.config.schema {
            settings.push_str(&format!("SET {local} search_path = {}; ", quoted(schema)));
        }
        settings.push_str(match local {
            // A server that reads its settings again must not change it.
            "" => "SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false); ",
            _ => "SET LOCAL synchronous_commit = on; ",
        });
        settings + &HIDE_PARAMETERS.replace("$local", if local.is_empty() { "false" } else { "true" })
    }

    /// Returns the statements that begin a transaction. Behind a transaction pooler they set and ask everything, because
    /// another client of the pool may have changed it.
    pub(super) fn begin(&self, purpose: Purpose) -> String {
        let mut begin = match purpose {
            Purpose::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY".to_owned(),
            Purpose::Write | Purpose::WriteBatch => "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE".to_owned(),
        };
        if self.config.transaction_pooler {
            begin.push_str(&format!("; {}", self.settings("LOCAL")));
        }
        if self.config.transaction_pooler && purpose != Purpose::Read {
            begin.push_str(&format!("; {}", self.check()));
        }
        match purpose {
            Purpose::Read => begin.push_str("; SET LOCAL statement_timeout = '60s'"),
            Purpose::WriteBatch => begin.push_str("; SET LOCAL lock_timeout = '1s'"),
            Purpose::Write => {}
        }
        begin
    }

    fn check(&self) -> String {
        let standbys = matches!(self.config.durability, Durability::Replicated(_));
        format!("{}{}", durability::ASK, if standbys { durability::ASK_STANDBYS } else { "" })
    }

    /// Checks the answer to [`check`](Self::check), the last row.
    fn checked(&self, messages: &[SimpleQueryMessage]) -> Result<(), Error> {
        let row = messages.iter().rev().find_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        let value = |place| row.and_then(|row| row.try_get(place).ok().flatten());
        let known = |place| value(place).unwrap_or("unknown");
        let server = Server {
            fsync: known(0),
            full_page_writes: known(1),
            synchronous_commit: known(2),
            in_recovery: known(3),
            read_only: known(4),
            encoding: known(5),
            schema: value(6),
            standby_names: known(7),
            standbys: value(8).and_then(|number| number.parse().ok()),
        };
        match (server.schema, &self.config.schema) {
            (None, None) => return Err(Error::config("no schema of the search_path exists: set `schema` in the URL")),
            (here, Some(schema)) if here != Some(schema) => {
                return Err(Error::config(format!("the schema `{schema}` does not exist: create it, or name another")));
            }
            _ => {}
        }
        durability::check(server, self.config.durability)
    }
}

/// Quotes an identifier.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Reads what the server sends without being asked.
struct Messages<F> {
    warning: Arc<Mutex<Option<String>>>,
    hear: F,
}

impl<F: Fn()> Messages<F> {
    fn read(&self, message: &AsyncMessage) {
        match message {
            AsyncMessage::Notice(notice) if notice.parsed_severity() == Some(Severity::Warning) => {
                let state = Some(notice.code().code().to_owned());
                *self.warning.lock().unwrap_or_else(PoisonError::into_inner) = state;
            }
            AsyncMessage::Notification(_) => (self.hear)(),
            _ => {}
        }
    }
}

/// Connects without a setting or a check.
pub(super) async fn connect_raw(target: &Target) -> Result<Client, Error> {
    within(target, connect(target, Messages { warning: Arc::default(), hear: || () })).await
}

async fn within<T>(target: &Target, connecting: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    timeout(CONNECT_TIMEOUT, connecting).await.unwrap_or_else(|_| {
        let hosts = super::url::hosts(&target.config.server);
        Err(Error::unavailable(format!("cannot connect to {hosts}: it did not respond in time")))
    })
}

async fn connect<F: Fn() + Send + 'static>(target: &Target, messages: Messages<F>) -> Result<Client, Error> {
    let mut server = target.config.server.clone();
    if let Some(password) = &target.config.password {
        let failed = |error| Error::unavailable("cannot get a password for the store").caused_by(error);
        server.password(password().await.map_err(failed)?);
    }
    let server = &server;
    #[cfg(feature = "postgres-tls")]
    if let Some(tls) = &target.tls {
        match server.connect(tls.clone()).await {
            Ok((client, connection)) => {
                tokio::spawn(drive(connection, messages));
                return Ok(client);
            }
            // `prefer` takes what it gets, also a certificate that cannot be verified: it does not protect from an attacker anyway.
            Err(error)
                if server.get_ssl_mode() == tokio_postgres::config::SslMode::Prefer
                    && super::errors::is_tls(&error) => {}
            Err(error) => return Err(not_connected(&error, server)),
        }
    }
    let (client, connection) = server.connect(NoTls).await.map_err(|error| not_connected(&error, server))?;
    tokio::spawn(drive(connection, messages));
    Ok(client)
}

/// Runs a connection until the client is dropped and what it sent was answered.
async fn drive<S, F: Fn()>(mut connection: Connection<Socket, S>, messages: Messages<F>)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        messages.read(&message);
    }
}

#[cfg(test)]
#[path = "tests/session.rs"]
mod tests;
