//! Tells whether SQLite's log (`-wal`) belongs to the database file beside it.
//!
//! After a crash a log stays beside the file. If a backup is then copied over the file, SQLite replays the log onto
//! the copy. So both carry a generation: the file in `user_version`, the log in `idhooks_store`, whose row every
//! transaction changes. A new generation begins when the store is opened and once a minute while it changes. `log_pending`
//! marks the moment in which the log has the new generation and the file may still have the old one.
//!
//! A copy that is less than a minute older than the crash is not recognised: before a restore, remove the log and its
//! index (`-shm`).

use std::{path::Path, thread, time::Duration};

use rusqlite::{Connection, Transaction, TransactionBehavior, config::DbConfig};

use super::{failed, file};
use crate::Error;

type Db<T> = Result<T, rusqlite::Error>;

/// How often to look again: another program may begin a generation at this moment.
const LOOKS: u32 = 20;

/// Returns whether a log with content lies beside the database. Ask before SQLite opens it.
pub(super) fn exists(database: &Path) -> bool {
    std::fs::metadata(file::log_path(database)).is_ok_and(|log| log.len() > 0)
}

/// Refuses a log of another database. Call it before anything else, because a commit or the end of the last connection
/// copies the log into the database.
pub(super) fn check(connection: &Connection, database: &Path) -> Result<(), Error> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(failed)?;
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name = 'idhooks_store'";
    let tables: i64 = connection.query_row(tables, [], |row| row.get(0)).map_err(failed)?;
    if tables == 1 {
        compare(connection, database)?;
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(failed).map(drop)
}

fn compare(connection: &Connection, database: &Path) -> Result<(), Error> {
    for _ in 0..LOOKS {
        let (log, pending) = generation(connection).map_err(failed)?;
        let Some(file) = file::raw_user_version(database) else { return Ok(()) };
        if file == log || pending && file == log - 1 {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(10));
    }
    let log = file::log_path(database);
    Err(Error::incompatible_schema(format!(
        "{} does not belong to the database file beside it, which was probably restored from a backup. Move the log \
         away, together with the `-shm` file, and start again",
        log.display()
    )))
}

/// Begins a generation, unless another program reads the log; the next call then goes on.
pub(super) fn begin_generation(connection: &Connection) -> Db<()> {
    // Immediate, so that two programs that open the store do not both begin the same one, or one of them an older one.
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let (log, pending) = generation(connection)?;
    if !pending {
        let log = log + 1;
        transaction.execute_batch(&format!(
            "UPDATE idhooks_store SET log = {log}, log_pending = 1; PRAGMA user_version = {log}"
        ))?;
    }
    transaction.commit()?;
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |row| row.get(0))?;
    if busy == 0 {
        connection.execute("UPDATE idhooks_store SET log_pending = 0", [])?;
    }
    Ok(())
}

fn generation(connection: &Connection) -> Db<(i64, bool)> {
    connection.query_row("SELECT log, log_pending FROM idhooks_store", [], |row| Ok((row.get(0)?, row.get(1)?)))
}
