//! What "on disk" rests on, read from each session.

use crate::Error;

/// Read on every new session, because users and databases may have settings of their own. What is read of
/// `synchronous_commit` is made the session's own, or a server that reads its settings again would change it.
pub(super) const ASK: &str = "SELECT current_setting('fsync'), current_setting('full_page_writes'), \
    set_config('synchronous_commit', current_setting('synchronous_commit'), false), pg_is_in_recovery()::text, \
    current_setting('default_transaction_read_only'), current_setting('server_encoding')";

/// What a session says of itself.
#[derive(Clone, Copy)]
pub(super) struct Session<'s> {
    pub(super) fsync: &'s str,
    pub(super) full_page_writes: &'s str,
    pub(super) synchronous_commit: &'s str,
    pub(super) in_recovery: &'s str,
    pub(super) read_only: &'s str,
    pub(super) encoding: &'s str,
}

/// Names the setting that would make "on disk" a lie.
pub(super) fn check(session: Session<'_>) -> Result<(), Error> {
    let Session { fsync, full_page_writes, synchronous_commit, in_recovery, read_only, encoding } = session;
    for (name, value) in [("fsync", fsync), ("full_page_writes", full_page_writes)] {
        if value != "on" {
            return Err(Error::weak(format!(
                "PostgreSQL's {name} is {value} and must be on: a power cut would damage the store"
            )));
        }
    }
    if !matches!(synchronous_commit, "on" | "remote_apply") {
        return Err(Error::weak(format!(
            "PostgreSQL's synchronous_commit is {synchronous_commit} and must be on: a power cut would lose deliveries \
             that were answered 200"
        )));
    }
    if in_recovery != "false" {
        return Err(Error::unavailable("the store's server is a standby, which takes no writes"));
    }
    if read_only != "off" {
        return Err(Error::unavailable("PostgreSQL's default_transaction_read_only is on: the store is read-only"));
    }
    if encoding != "UTF8" {
        return Err(Error::settings(format!(
            "the database's encoding is {encoding} and must be UTF8: vendors' texts would not fit"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Session<'static> = Session {
        fsync: "on",
        full_page_writes: "on",
        synchronous_commit: "on",
        in_recovery: "false",
        read_only: "off",
        encoding: "UTF8",
    };

    #[test]
    fn a_setting_that_promises_less_is_named() {
        check(GOOD).unwrap();
        check(Session { synchronous_commit: "remote_apply", ..GOOD }).unwrap();
        let weak = [
            (Session { fsync: "off", ..GOOD }, "fsync is off"),
            (Session { full_page_writes: "off", ..GOOD }, "full_page_writes is off"),
            (Session { synchronous_commit: "off", ..GOOD }, "synchronous_commit is off"),
            (Session { synchronous_commit: "local", ..GOOD }, "synchronous_commit is local"),
            (Session { synchronous_commit: "remote_write", ..GOOD }, "synchronous_commit is remote_write"),
        ];
        for (session, words) in weak {
            let error = check(session).unwrap_err();
            assert!(error.is_weak() && error.to_string().contains(words), "{error}");
        }
    }

    #[test]
    fn row_34_a_server_that_takes_no_writes_is_unavailable() {
        for session in [Session { in_recovery: "true", ..GOOD }, Session { read_only: "on", ..GOOD }] {
            assert!(check(session).unwrap_err().is_unavailable());
        }
        assert!(check(Session { encoding: "SQL_ASCII", ..GOOD }).is_err());
    }
}
