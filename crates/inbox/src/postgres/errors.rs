//! The meaning of PostgreSQL's errors, without the words of its messages, which may quote what was stored.

use std::{error::Error as _, io};

use deadpool::managed::PoolError;
use tokio_postgres::error::SqlState;

use super::url;
use crate::Error;

/// An error of a statement, with its SQLSTATE if the server sent one.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) state: Option<SqlState>,
}

impl Failure {
    /// Returns whether one of the deliveries may be to blame for the failure of a batch: bad data, a locked subject, or
    /// another session that made its subject busy at the same moment.
    pub(super) fn may_be_of_one(&self) -> bool {
        let code = self.state.as_ref().map(SqlState::code).unwrap_or_default();
        matches!(code.get(..2), Some("22" | "54")) || matches!(code, "55P03" | "40P01" | "23505")
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self { state: error.code().cloned(), error: failed(error) }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, state: None }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// Returns the meaning of an error on a connection.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn failed(error: tokio_postgres::Error) -> Error {
    if let Some(state) = error.code() {
        return Error::unavailable(meaning(state)).caused_by(format!("SQLSTATE {}", state.code()));
    }
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        return Error::unavailable(format!("the connection to the store was lost: {io}"));
    }
    // Its kind is private, and its text is fixed unless it speaks of a column.
    match error.to_string().as_str() {
        "connection closed" => Error::unavailable("the connection to the store was lost"),
        _ => Error::unavailable("the store sent an unexpected response: are its tables those of an inbox?"),
    }
}

/// Returns the meaning of an error while connecting; it names the servers.
pub(super) fn not_connected(error: &tokio_postgres::Error, server: &tokio_postgres::Config) -> Error {
    let hosts = url::hosts(server);
    if let Some(db) = error.as_db_error() {
        let state = db.code();
        if let Some(parameter) = rejected_parameter(db.message()) {
            return Error::config(format!(
                "cannot connect to {hosts}: the pooler rejects the start-up parameter `{parameter}`: remove it from the \
                 URL, or add it to the pooler's `ignore_startup_parameters`"
            ));
        }
        let why = format!("cannot connect to {hosts}: {}", meaning(state));
        return Error::unavailable(why).caused_by(format!("SQLSTATE {}", state.code()));
    }
    if is_tls(error) {
        return Error::unavailable(format!(
            "cannot connect to {hosts}: the TLS handshake failed: the server must support TLS, and its certificate must \
             be valid for this name"
        ));
    }
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        if io.kind() == io::ErrorKind::PermissionDenied {
            return Error::unavailable(format!("cannot connect to {hosts}: the server is read-only or a standby"));
        }
        return Error::unavailable(format!("cannot connect to {hosts}: {io}"));
    }
    match error.to_string().as_str() {
        "authentication error" => Error::unavailable(format!(
            "cannot connect to {hosts}: authentication failed: the server requires credentials that the URL does not \
             contain"
        )),
        "connection closed" => Error::unavailable(format!(
            "cannot connect to {hosts}: it closed the connection; a pooler may reject a start-up parameter, such as \
             `options` in the URL"
        )),
        _ => Error::unavailable(format!("cannot connect to {hosts}: it did not respond as PostgreSQL does")),
    }
}

/// Returns the parameter that PgBouncer names: `unsupported startup parameter: options`.
fn rejected_parameter(message: &str) -> Option<&str> {
    let name = message.strip_prefix("unsupported startup parameter")?.rsplit([' ', ':']).next()?;
    Some(name).filter(|name| name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.')))
}

/// Returns whether the two did not agree on TLS.
pub(super) fn is_tls(error: &tokio_postgres::Error) -> bool {
    error.to_string() == "error performing TLS handshake"
}

fn meaning(state: &SqlState) -> &'static str {
    match *state {
        SqlState::DISK_FULL => "the disk of the store is full",
        SqlState::TOO_MANY_CONNECTIONS => "the store has too many connections",
        SqlState::READ_ONLY_SQL_TRANSACTION => "the store is read-only",
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => {
            "the store did not respond in time"
        }
        SqlState::T_R_DEADLOCK_DETECTED | SqlState::T_R_SERIALIZATION_FAILURE => "the store is overloaded",
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "the server rejects the user or the password of the URL"
        }
        SqlState::INVALID_CATALOG_NAME => "the server has no such database",
        SqlState::INVALID_SCHEMA_NAME => "the schema does not exist",
        SqlState::INSUFFICIENT_PRIVILEGE => "the user of the URL lacks a privilege in the store",
        SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_COLUMN => "the tables of the inbox are missing in the store",
        SqlState::PROGRAM_LIMIT_EXCEEDED => "the delivery is larger than PostgreSQL allows",
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => "the store is damaged",
        SqlState::INVALID_SQL_STATEMENT_NAME | SqlState::DUPLICATE_PSTATEMENT => {
            "a prepared statement got lost: behind a transaction pooler set `pooler=transaction` in the URL"
        }
        _ => match state.code().get(..2) {
            Some("08") => "the connection to the store was lost",
            Some("53") => "the store has not enough memory or disk",
            Some("57") => "the store is starting or stopping",
            Some("58") => "the disk of the store fails",
            _ => "PostgreSQL reported an error",
        },
    }
}

/// Returns the meaning of a pool's error.
pub(super) fn no_session(error: PoolError<Error>) -> Error {
    match error {
        PoolError::Backend(error) => error,
        PoolError::Closed => Error::closed(),
        _ => Error::unavailable("no connection to the store is free"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_34_each_reason_to_be_unavailable_is_told_apart() {
        let cases = [
            ("53100", "full"),
            ("53200", "memory"),
            ("53300", "too many connections"),
            ("25006", "read-only"),
            ("57014", "in time"),
            ("55P03", "in time"),
            ("57P01", "stopping"),
            ("57P03", "starting"),
            ("08006", "lost"),
            ("26000", "pooler=transaction"),
            ("28P01", "password"),
            ("3D000", "no such database"),
            ("3F000", "schema"),
            ("42P01", "tables"),
            ("40P01", "overloaded"),
            ("58030", "fails"),
            ("XX000", "reported"),
        ];
        for (code, word) in cases {
            let text = meaning(&SqlState::from_code(code));
            assert!(text.contains(word), "{code}: {text}");
        }
    }

    #[test]
    fn names_the_parameter_that_a_pooler_rejects() {
        assert_eq!(rejected_parameter("unsupported startup parameter: options"), Some("options"));
        let in_options = "unsupported startup parameter in options: statement_timeout";
        assert_eq!(rejected_parameter(in_options), Some("statement_timeout"));
        assert_eq!(rejected_parameter("password authentication failed for user \"canary\""), None);
    }
}
