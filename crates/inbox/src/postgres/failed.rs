//! What PostgreSQL said, without the words of its messages, which may name what was stored.

use std::{error::Error as _, io};

use deadpool::managed::PoolError;
use tokio_postgres::error::SqlState;

use crate::Error;

pub(super) fn failed(error: tokio_postgres::Error) -> Error {
    if let Some(state) = error.code() {
        return Error::unavailable(meaning(state)).caused_by(format!("SQLSTATE {}", state.code()));
    }
    if is_tls(&error) {
        return Error::unavailable(
            "no TLS that can be trusted, as the URL asks for: verified are the server's name and its certificate",
        );
    }
    if let Some(io) = error.source().and_then(|source| source.downcast_ref::<io::Error>()) {
        if io.kind() == io::ErrorKind::PermissionDenied {
            return Error::unavailable("none of the store's servers takes writes");
        }
        return Error::unavailable(format!("the store cannot be reached: {}", io.kind()));
    }
    // Its kind is private, and its text is fixed unless it speaks of a column.
    let text = error.to_string();
    match text.as_str() {
        "connection closed" => Error::unavailable("the connection to the store was cut"),
        "authentication error" => Error::unavailable("the store asks for a proof that the URL does not hold"),
        _ => Error::unavailable("the store answered what was not asked for: are its tables an inbox's?"),
    }
}

/// Whether the two did not agree on TLS.
pub(super) fn is_tls(error: &tokio_postgres::Error) -> bool {
    error.to_string() == "error performing TLS handshake"
}

fn meaning(state: &SqlState) -> &'static str {
    match *state {
        SqlState::DISK_FULL => "the disk of the store is full",
        SqlState::TOO_MANY_CONNECTIONS => "the store has too many connections",
        SqlState::READ_ONLY_SQL_TRANSACTION => "the store is read-only",
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => {
            "the store did not answer in time"
        }
        SqlState::T_R_DEADLOCK_DETECTED | SqlState::T_R_SERIALIZATION_FAILURE => "the store has too much to do at once",
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "the store refuses the user or the password of the URL"
        }
        SqlState::INVALID_CATALOG_NAME => "the store's server has no such database",
        SqlState::INVALID_SCHEMA_NAME => "the first schema of the search_path is not there",
        SqlState::INSUFFICIENT_PRIVILEGE => "the user of the URL may not do that in the store",
        SqlState::UNDEFINED_TABLE | SqlState::UNDEFINED_COLUMN => {
            "the tables of the inbox are not in the store any more"
        }
        SqlState::PROGRAM_LIMIT_EXCEEDED => "the delivery is larger than PostgreSQL takes",
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => "the store is damaged",
        _ => match state.code().get(..2) {
            Some("08") => "the connection to the store was cut",
            Some("53") => "the store has not enough memory or disk",
            Some("57") => "the store is starting or stopping",
            Some("58") => "the disk of the store fails",
            _ => "PostgreSQL could not do it",
        },
    }
}

pub(super) fn no_session(error: PoolError<Error>) -> Error {
    match error {
        PoolError::Backend(error) => error,
        PoolError::Closed => closed(),
        _ => Error::unavailable("no connection to the store is free"),
    }
}

pub(super) fn closed() -> Error {
    Error::closed()
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
            ("08006", "cut"),
            ("28P01", "password"),
            ("3D000", "no such database"),
            ("3F000", "search_path"),
            ("42P01", "tables"),
            ("40P01", "too much"),
            ("58030", "fails"),
            ("XX000", "could not"),
        ];
        for (code, word) in cases {
            let text = meaning(&SqlState::from_code(code));
            assert!(text.contains(word), "{code}: {text}");
        }
    }
}
