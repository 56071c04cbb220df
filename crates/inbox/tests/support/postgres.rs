//! A schema for each test, on the server that `IDHOOKS_TEST_POSTGRES` names.

use std::{
    env,
    io::{Write as _, stderr},
    sync::Once,
    thread,
    time::Duration,
};

use tokio_postgres::{Client, NoTls};

const DEFAULT: &str = "postgres://postgres@127.0.0.1/test";

/// A schema that is dropped with this, also in a panic.
pub(crate) struct Database {
    server: String,
    schema: String,
    url: String,
}

/// Returns `None`, and says so once, if there is no server. With `IDHOOKS_REQUIRE_POSTGRES` set, as in CI, it panics.
pub(crate) async fn database() -> Option<Database> {
    static SKIPPED: Once = Once::new();
    let server = env::var("IDHOOKS_TEST_POSTGRES").unwrap_or_else(|_| DEFAULT.to_owned());
    let client = match tokio::time::timeout(Duration::from_secs(10), connect(&server)).await {
        Ok(Ok(client)) => client,
        unreachable => {
            let why =
                unreachable.map_or_else(|_| "it does not respond".to_owned(), |error| error.unwrap_err().to_string());
            assert!(env::var_os("IDHOOKS_REQUIRE_POSTGRES").is_none(), "no PostgreSQL to test against: {why}");
            SKIPPED.call_once(|| {
                // Past the macros, whose output of a test that passes is not shown.
                let _ = writeln!(
                    stderr(),
                    "skipped: no PostgreSQL to test against ({why}). Start one and name it: \
                     IDHOOKS_TEST_POSTGRES={DEFAULT}"
                );
            });
            return None;
        }
    };
    let schema = format!("idhooks_test_{}_{:016x}", std::process::id(), fastrand::u64(..));
    client.batch_execute(&format!("CREATE SCHEMA {schema}")).await.unwrap();
    let url = with_options(&server, &format!("-csearch_path%3D{schema}"));
    Some(Database { server, schema, url })
}

impl Database {
    /// The URL of this schema.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The name of this schema.
    #[allow(dead_code, reason = "not each test program needs it")]
    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    /// The URL with a setting for its sessions besides.
    pub(crate) fn url_with(&self, setting: &str) -> String {
        with_options(&self.server, &format!("-csearch_path%3D{}%20-c{}", self.schema, setting.replace('=', "%3D")))
    }

    /// The URL of this schema by another way: through what listens on a port of this machine.
    #[allow(dead_code, reason = "not each test program needs it")]
    pub(crate) fn url_through(&self, port: u16) -> String {
        let (user, rest) = parts(&self.url);
        let (_, path) = rest.split_once('/').unwrap();
        format!("{user}localhost:{port}/{path}")
    }

    /// Host and port of the server.
    #[allow(dead_code, reason = "not each test program needs it")]
    pub(crate) fn address(&self) -> String {
        let (_, rest) = parts(&self.url);
        let (host, _) = rest.split_once('/').unwrap();
        if host.contains(':') { host.to_owned() } else { format!("{host}:5432") }
    }

    /// A session in this schema.
    pub(crate) async fn client(&self) -> Client {
        connect(&self.url).await.unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, schema) = (self.server.clone(), self.schema.clone());
        // A runtime of its own, because the test's may be on its way out.
        let dropped = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let client = connect(&server).await?;
                let quietly = "SET client_min_messages = warning; SET lock_timeout = '10s'";
                client.batch_execute(&format!("{quietly}; DROP SCHEMA {schema} CASCADE")).await
            })
        });
        if !matches!(dropped.join(), Ok(Ok(()))) {
            eprintln!("the schema {} could not be dropped", self.schema);
        }
    }
}

/// Scheme and user, and what is after them.
#[allow(dead_code, reason = "not each test program needs it")]
fn parts(url: &str) -> (&str, &str) {
    let at = url.find('@').map_or_else(|| url.find("://").unwrap() + 3, |at| at + 1);
    url.split_at(at)
}

fn with_options(server: &str, options: &str) -> String {
    format!("{server}{}options={options}", if server.contains('?') { '&' } else { '?' })
}

async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
