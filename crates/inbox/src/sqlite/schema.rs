//! The tables, how they came to be, and what the connection must be set to.

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, config::DbConfig};

use super::failed;
use crate::Error;

/// Steps from an empty file to the tables of this release. A step is never changed once it was released; each is
/// written so that the release before it can work on (columns are added with defaults, and statements name theirs).
/// The number beside it is that of the oldest step whose programs can work on tables of this one.
const STEPS: &[(&str, i64)] = &[(include_str!("step1.sql"), 1)];

/// Deliveries that no worker has looked at: they have no state of their own yet.
pub(super) const NEW: &str =
    "idhooks_deliveries WHERE id > coalesce((SELECT id FROM idhooks_states ORDER BY id DESC LIMIT 1), 0)";

/// What every connection is set to. The first two are what "on disk" rests on, and are read back.
const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA secure_delete = ON;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
";

/// Sets a connection up, and refuses one that would promise less.
pub(super) fn configure(connection: &Connection) -> Result<(), Error> {
    connection.execute_batch(SETTINGS).map_err(failed)?;
    // Else SQLite plans some statements anew for each value, which costs more than to run them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    check(connection)
}

/// Names the setting that would make "on disk" a lie.
pub(super) fn check(connection: &Connection) -> Result<(), Error> {
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map_err(failed)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(Error::weak(format!(
            "SQLite's journal_mode is {mode} and cannot be set to WAL: the store must be a file on a disk of this machine"
        )));
    }
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).map_err(failed)?;
    if synchronous < 2 {
        return Err(Error::weak(format!(
            "SQLite's synchronous is {synchronous} and must be 2 (FULL): a power cut would lose deliveries that were answered 200"
        )));
    }
    Ok(())
}

/// What a program that was killed had written and not yet synced is found again, from memory: a duplicate of it would be
/// answered 200 without a write, and a power cut would take it. A checkpoint syncs the log first.
pub(super) fn sync_log(connection: &Connection) -> Result<(), Error> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).map_err(failed)
}

/// Brings the tables to this release's, or says why it cannot work with them.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    apply(connection, STEPS)
}

fn apply(connection: &mut Connection, steps: &[(&str, i64)]) -> Result<(), Error> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let (there, oldest) = version(&transaction)?;
    if oldest > known {
        return Err(Error::schema(format!(
            "the store has tables of step {there}, which programs before step {oldest} cannot work with; this one is \
             of step {known}: upgrade it"
        )));
    }
    let mut number = 0;
    for (sql, oldest) in steps {
        number += 1;
        if number > there {
            transaction.execute_batch(sql).map_err(failed)?;
            let set = "INSERT INTO idhooks_schema (step, oldest) VALUES (?1, ?2)";
            transaction.execute(set, (number, oldest)).map_err(failed)?;
        }
    }
    transaction.commit().map_err(failed)
}

/// The last step that was taken, and the oldest whose programs can work with it; 0 of an empty file.
fn version(transaction: &Transaction<'_>) -> Result<(i64, i64), Error> {
    let find = "SELECT 1 FROM sqlite_schema WHERE name = 'idhooks_schema'";
    let found: Option<i64> = transaction.query_row(find, [], |row| row.get(0)).optional().map_err(failed)?;
    if found.is_none() {
        let count = "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'";
        let others: i64 = transaction.query_row(count, [], |row| row.get(0)).map_err(failed)?;
        if others > 0 {
            return Err(Error::schema("the file is a database of something else: give the inbox one of its own"));
        }
        return Ok((0, 0));
    }
    let last = "SELECT step, oldest FROM idhooks_schema ORDER BY step DESC LIMIT 1";
    transaction.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?))).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("inbox.db")).unwrap();
        (folder, connection)
    }

    #[test]
    fn a_setting_that_promises_less_is_named() {
        let memory = Connection::open_in_memory().unwrap();
        let error = configure(&memory).unwrap_err();
        assert!(error.is_weak() && error.to_string().contains("journal_mode is memory"), "{error}");

        let (_folder, connection) = file();
        configure(&connection).unwrap();
        for weaker in ["OFF", "NORMAL"] {
            connection.execute_batch(&format!("PRAGMA synchronous = {weaker}")).unwrap();
            let error = check(&connection).unwrap_err();
            assert!(error.is_weak() && error.to_string().contains("synchronous"), "{error}");
        }
    }

    #[test]
    fn row_42_old_and_new_tables() {
        let (_folder, mut connection) = file();
        configure(&connection).unwrap();
        let first = STEPS[0];
        apply(&mut connection, &[first]).unwrap();
        apply(&mut connection, &[first]).unwrap();

        let column = ("ALTER TABLE idhooks_deliveries ADD COLUMN added INTEGER NOT NULL DEFAULT 0", 1);
        apply(&mut connection, &[first, column]).unwrap();
        apply(&mut connection, &[first]).expect("the release before works on");

        let breaking = ("ALTER TABLE idhooks_deliveries DROP COLUMN added", 3);
        apply(&mut connection, &[first, column, breaking]).unwrap();
        let error = apply(&mut connection, &[first, column]).unwrap_err();
        assert!(error.is_schema() && error.to_string().contains("upgrade"), "{error}");
    }

    #[test]
    fn a_step_that_fails_leaves_the_tables_as_they_were() {
        let (_folder, mut connection) = file();
        configure(&connection).unwrap();
        apply(&mut connection, &[STEPS[0], ("CREATE TABLE half (x); NONSENSE", 1)]).unwrap_err();
        apply(&mut connection, STEPS).unwrap();
    }

    #[test]
    fn somebody_elses_database_is_left_alone() {
        let (_folder, mut connection) = file();
        connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
        let error = migrate(&mut connection).unwrap_err();
        assert!(error.is_schema(), "{error}");
    }
}
