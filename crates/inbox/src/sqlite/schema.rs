//! The tables, and the settings of a connection.

use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, TransactionBehavior, config::DbConfig};

use super::{BUSY_TIMEOUT, failed};
use crate::Error;

/// The version of the schema, and the oldest one whose programs can work on it.
const VERSION: i64 = 1;
const OLDEST_PROGRAM: i64 = 1;

const SETTINGS: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA secure_delete = ON;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA trusted_schema = OFF;
    PRAGMA temp_store = MEMORY;
";

/// Configures a connection, and refuses one that is not durable.
pub(super) fn configure(connection: &Connection) -> Result<(), Error> {
    set_wal(connection).map_err(failed)?;
    connection.execute_batch(SETTINGS).map_err(failed)?;
    // Otherwise SQLite plans some statements again for each value, which costs more than running them.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    check(connection)
}

/// SQLite does not ask the busy handler during the switch to WAL, so several programs that open a new file at the same
/// moment retry here.
fn set_wal(connection: &Connection) -> Result<(), rusqlite::Error> {
    let deadline = Instant::now() + BUSY_TIMEOUT;
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
}

/// Names the setting that makes the store not durable.
pub(super) fn check(connection: &Connection) -> Result<(), Error> {
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map_err(failed)?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(Error::not_durable(format!(
            "SQLite's journal_mode is {mode} and cannot be set to WAL: the store must be a file on a local disk"
        )));
    }
    let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0)).map_err(failed)?;
    if synchronous < 2 {
        return Err(Error::not_durable(format!(
            "SQLite's synchronous is {synchronous} and must be 2 (FULL): a power cut would lose acknowledged deliveries"
        )));
    }
    Ok(())
}

/// Creates the tables, or says why this release cannot work with those that exist.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let tables = "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'";
    let tables: i64 = transaction.query_row(tables, [], |row| row.get(0)).map_err(failed)?;
    if tables == 0 {
        transaction.execute_batch(include_str!("sql/schema.sql")).map_err(failed)?;
        transaction.execute("INSERT INTO idhooks_schema VALUES (?1, ?2)", [VERSION, OLDEST_PROGRAM]).map_err(failed)?;
        return transaction.commit().map_err(failed);
    }
    let columns = "SELECT group_concat(name) FROM pragma_table_info('idhooks_schema')";
    let columns: Option<String> = transaction.query_row(columns, [], |row| row.get(0)).map_err(failed)?;
    match columns.as_deref() {
        None => Err(Error::incompatible_schema(
            "the file is a database of another program: give the inbox a file of its own",
        )),
        Some("version,oldest_program") => check_version(&transaction),
        Some(_) => Err(Error::incompatible_schema(
            "the store was written by an unreleased version of idhooks and cannot be migrated: delete the file",
        )),
    }
}

fn check_version(connection: &Connection) -> Result<(), Error> {
    let last = "SELECT version, oldest_program FROM idhooks_schema ORDER BY version DESC LIMIT 1";
    let last = connection.query_row(last, [], |row| Ok((row.get(0)?, row.get(1)?))).optional().map_err(failed)?;
    let (version, oldest): (i64, i64) = last.unwrap_or_default();
    if oldest > VERSION {
        return Err(Error::incompatible_schema(format!(
            "the store has schema version {version}, which needs programs of version {oldest}; this one has version \
             {VERSION}: upgrade it"
        )));
    }
    Ok(())
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
    fn settings_that_are_not_durable_are_named() {
        let memory = Connection::open_in_memory().unwrap();
        let error = configure(&memory).unwrap_err();
        assert!(error.to_string().contains("journal_mode is memory"), "{error}");

        let (_folder, connection) = file();
        configure(&connection).unwrap();
        for weaker in ["OFF", "NORMAL"] {
            connection.execute_batch(&format!("PRAGMA synchronous = {weaker}")).unwrap();
            let error = check(&connection).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::NotDurable);
            assert!(error.to_string().contains("synchronous"), "{error}");
        }
    }

    #[test]
    fn row_42_programs_refuse_only_tables_that_are_too_new() {
        let (_folder, mut connection) = file();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("INSERT INTO idhooks_schema VALUES (?1, ?2)", [VERSION + 1, VERSION]).unwrap();
        migrate(&mut connection).expect("a newer schema that this release can work with");
        connection.execute("INSERT INTO idhooks_schema VALUES (?1, ?1)", [VERSION + 2]).unwrap();
        let error = migrate(&mut connection).unwrap_err();
        assert!(error.to_string().contains("upgrade"), "{error}");
    }

    #[test]
    fn other_databases_are_refused() {
        for (tables, hint) in [
            ("CREATE TABLE theirs (x)", "of its own"),
            ("CREATE TABLE idhooks_schema (step INTEGER PRIMARY KEY, oldest INTEGER)", "unreleased"),
        ] {
            let (_folder, mut connection) = file();
            connection.execute_batch(tables).unwrap();
            let error = migrate(&mut connection).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::IncompatibleSchema);
            assert!(error.to_string().contains(hint), "{error}");
        }
    }
}
