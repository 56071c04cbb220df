//! The settings of the engine.

use std::{error, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use tokio_postgres::Config;

use super::url;
use crate::Error;

type Source = Box<dyn error::Error + Send + Sync>;
pub(super) type PasswordCallback =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<String, Source>> + Send>> + Send + Sync>;

/// What "on disk" means: see [`PostgresConfig::durability`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// The server's disk: `fsync` and `full_page_writes` are on, and `synchronous_commit` is `on` or `remote_apply`.
    #[default]
    Local,
    /// The server's disk and those of at least so many synchronous standbys. A commit waits while they are away.
    Replicated(u32),
    /// As `Local`, without `fsync` and `full_page_writes`: for services whose storage replaces them.
    Storage,
}

/// The settings of a PostgreSQL store, for [`InboxBuilder::open_postgres`](crate::InboxBuilder::open_postgres).
///
/// Each of them except [`password`](Self::password) is also a parameter of the URL.
///
/// ```no_run
/// use idhooks_inbox::{Inbox, PostgresConfig};
///
/// # async fn token() -> Result<String, std::io::Error> { Ok(String::new()) }
/// # async fn open() -> Result<(), idhooks_inbox::Error> {
/// let config = PostgresConfig::new("postgres://inbox@db.example/app")?
///     .schema("inbox")
///     .worker_connections(4)
///     .password(|| async { Ok(token().await?) }); // asked for each new connection
/// let inbox = Inbox::builder().open_postgres(config).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct PostgresConfig {
    pub(super) server: Config,
    /// The file of certificates to trust in place of the system's.
    pub(super) roots: Option<std::path::PathBuf>,
    pub(super) schema: Option<Box<str>>,
    pub(super) receiver_connections: usize,
    pub(super) worker_connections: usize,
    pub(super) poll_interval: Option<Duration>,
    pub(super) durability: Durability,
    pub(super) transaction_pooler: bool,
    pub(super) password: Option<PasswordCallback>,
}

impl PostgresConfig {
    /// Reads a URL: `postgres://user:password@host/database`, with the parameters that the crate's README lists.
    ///
    /// # Errors
    /// If the URL is wrong or has a parameter that is not known. The error quotes no value.
    pub fn new(url: &str) -> Result<Self, Error> {
        url::parse(url)
    }

    pub(super) fn of(server: Config) -> Self {
        Self {
            server,
            roots: None,
            schema: None,
            receiver_connections: 4,
            worker_connections: 8,
            poll_interval: None,
            durability: Durability::Local,
            transaction_pooler: false,
            password: None,
        }
    }

    /// Sets how many connections store deliveries at most. Defaults to 4.
    #[must_use]
    pub fn receiver_connections(mut self, connections: usize) -> Self {
        self.receiver_connections = connections;
        self
    }

    /// Sets how many connections everything else uses at most; a worker has one more that waits for notifications.
    /// Defaults to 8.
    #[must_use]
    pub fn worker_connections(mut self, connections: usize) -> Self {
        self.worker_connections = connections;
        self
    }

    /// Sets the schema of the tables, which must exist. Defaults to the first schema of the user's `search_path`.
    #[must_use]
    pub fn schema(mut self, schema: &str) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Sets a function that returns the password of each new connection, such as a token that expires.
    #[must_use]
    pub fn password<F, P>(mut self, password: F) -> Self
    where
        F: Fn() -> P + Send + Sync + 'static,
        P: Future<Output = Result<String, Source>> + Send + 'static,
    {
        self.password = Some(Arc::new(move || Box::pin(password())));
        self
    }

    /// Sets how often a worker looks for deliveries that no notification reports. Defaults to one second, and to a fifth
    /// of it while notifications do not arrive, as behind a transaction pooler.
    #[must_use]
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = Some(interval);
        self
    }

    /// Sets what a commit must survive. The store fails with [`ErrorKind::NotDurable`](crate::ErrorKind::NotDurable) if
    /// the server promises less. Defaults to [`Durability::Local`].
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// Sets whether a pooler hands the server's sessions from transaction to transaction (`pool_mode = transaction`).
    /// The store then sets and checks all settings in each transaction, prepares no statements, and polls instead of
    /// listening. Defaults to `false`, where such a pooler is detected and refused.
    #[must_use]
    pub fn transaction_pooler(mut self, pooler: bool) -> Self {
        self.transaction_pooler = pooler;
        self
    }
}

impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresConfig")
            .field("hosts", &url::hosts(&self.server))
            .field("schema", &self.schema)
            .field("receiver_connections", &self.receiver_connections)
            .field("worker_connections", &self.worker_connections)
            .field("poll_interval", &self.poll_interval)
            .field("durability", &self.durability)
            .field("transaction_pooler", &self.transaction_pooler)
            .finish_non_exhaustive()
    }
}
