//! The server that a store connects to for the first time: whether it can hold an inbox, and the tables.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{
    errors::failed,
    session::{self, Purpose, Session, Target},
};
use crate::Error;

/// The version of the schema, and the oldest version whose programs can work on its tables.
const VERSION: i32 = 1;
const OLDEST_PROGRAM: i32 = 1;

const SCHEMA: &str = include_str!("sql/schema.sql");

/// One program at a time creates tables.
const ALONE: &str = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '120s'; \
                     SELECT pg_advisory_xact_lock(1768187252, 0)";

/// Looks for a table in the schema where tables would be created, because the `search_path` may have another one.
const FIND: &str = "SELECT a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid \
    JOIN pg_namespace AS n ON n.oid = c.relnamespace \
    WHERE n.nspname = current_schema() AND c.relname = 'idhooks_schema' AND a.attname IN ('step', 'version')";

/// How long a session of a pooler with one server session waits for the other one.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Refuses servers that do not keep the promises of PostgreSQL, and a transaction pooler that the settings do not name.
/// Changes no setting of a session before, because a pooler would hand it to other programs.
pub(super) async fn probe(target: &Arc<Target>) -> Result<(), Error> {
    let client = session::connect_raw(target).await?;
    let version = value(&client, "SELECT version()").await?.unwrap_or_default();
    if let Some(why) = unsupported(&version) {
        return Err(Error::config(why));
    }
    if target.config.transaction_pooler {
        return Ok(());
    }
    // Without a second connection there is nothing to compare with.
    let Ok(other) = session::connect_raw(target).await else { return Ok(()) };
    if is_shared(&client, &other).await? {
        return Err(Error::config(
            "the store is behind a pooler in transaction mode: set `pooler=transaction` in the URL, or connect to the \
             server or to a pooler in session mode",
        ));
    }
    Ok(())
}

/// Returns whether two connections share sessions of the server: a setting of one is lost, or visible to the other.
async fn is_shared(client: &Client, other: &Client) -> Result<bool, Error> {
    let mark = format!("{:016x}", fastrand::u64(..));
    let read = "SELECT current_setting('idhooks.probe', true)";
    client.batch_execute(&format!("SET idhooks.probe = '{mark}'")).await.map_err(failed)?;
    for _ in 0..3 {
        if value(other, &format!("BEGIN; {read}")).await?.as_deref() == Some(&*mark) {
            return Ok(true);
        }
        let Ok(own) = timeout(PROBE_TIMEOUT, value(client, read)).await else { return Ok(true) };
        if own?.as_deref() != Some(&*mark) {
            return Ok(true);
        }
        other.batch_execute("ROLLBACK").await.map_err(failed)?;
    }
    Ok(false)
}

/// Returns why a server cannot hold an inbox, by the text of its version.
fn unsupported(version: &str) -> Option<&'static str> {
    if version.contains("CockroachDB") {
        return Some(
            "CockroachDB is not supported: it has no advisory locks, on which the order of deliveries rests; use \
             PostgreSQL",
        );
    }
    if version.contains("-YB-") || version.contains("YugabyteDB") {
        return Some(
            "YugabyteDB is not supported: its advisory locks and its waiting for row locks differ from PostgreSQL's, on \
             which the order of deliveries rests; use PostgreSQL",
        );
    }
    None
}

/// Returns the first value of the last row.
async fn value(client: &Client, sql: &str) -> Result<Option<String>, Error> {
    let messages = client.simple_query(sql).await.map_err(failed)?;
    Ok(rows(&messages).last().and_then(|row| row.try_get(0).ok().flatten()).map(str::to_owned))
}

fn rows(messages: &[SimpleQueryMessage]) -> impl Iterator<Item = &tokio_postgres::SimpleQueryRow> {
    messages.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    })
}

/// Creates the tables if they are not there, and refuses those of an incompatible release.
pub(super) async fn migrate(session: &Session) -> Result<(), Error> {
    migrate_to(session, SCHEMA, VERSION, OLDEST_PROGRAM).await
}

pub(super) async fn migrate_to(session: &Session, schema: &str, version: i32, oldest: i32) -> Result<(), Error> {
    let client = session.client();
    client.simple_query(&session.target().begin(Purpose::Write)).await.map_err(failed)?;
    // Already there: skip the lock, so that no right to create tables is needed.
    if !exists(client, version).await? {
        client.batch_execute(ALONE).await.map_err(failed)?;
        if !exists(client, version).await? {
            client.batch_execute(schema).await.map_err(failed)?;
            let note = format!("INSERT INTO idhooks_schema (version, oldest_program) VALUES ({version}, {oldest})");
            client.batch_execute(&note).await.map_err(failed)?;
        }
    }
    client.batch_execute("COMMIT").await.map_err(failed)
}

/// Returns whether the tables are there, or why this program cannot work with them.
async fn exists(client: &Client, known: i32) -> Result<bool, Error> {
    let columns = client.simple_query(FIND).await.map_err(failed)?;
    match rows(&columns).next().and_then(|row| row.get(0)) {
        None => return Ok(false),
        Some("step") => {
            return Err(Error::incompatible_schema("the store has tables of an unreleased version: drop them"));
        }
        Some(_) => {}
    }
    let last = "SELECT version, oldest_program FROM idhooks_schema ORDER BY version DESC LIMIT 1";
    let last = client.simple_query(last).await.map_err(failed)?;
    let Some(row) = rows(&last).next() else { return Ok(false) };
    let number = |column| row.get(column).and_then(|number| number.parse::<i32>().ok()).unwrap_or(i32::MAX);
    let (version, oldest) = (number(0), number(1));
    if oldest > known {
        return Err(Error::incompatible_schema(format!(
            "the store has tables of version {version}, which programs of version {oldest} or later can use, and this \
             program has version {known}: upgrade it"
        )));
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_that_only_speak_the_protocol_are_named() {
        let cockroach = "CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024/05/15 21:28:29, go1.22.2)";
        assert!(unsupported(cockroach).unwrap().contains("CockroachDB"));
        let yugabyte = "PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64-pc-linux-gnu, compiled by clang version 16.0.6";
        assert!(unsupported(yugabyte).unwrap().contains("YugabyteDB"));
        let postgres = "PostgreSQL 15.20 (Debian 15.20-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc";
        assert_eq!(unsupported(postgres), None);
    }
}
