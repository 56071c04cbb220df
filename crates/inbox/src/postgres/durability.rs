//! What "on disk" rests on, read from each session.

use super::config::Durability;
use crate::Error;

/// One row of what [`check`] needs, in the order of [`Server`]'s fields.
pub(super) const ASK: &str = "SELECT current_setting('fsync'), current_setting('full_page_writes'), \
    current_setting('synchronous_commit'), pg_is_in_recovery()::text, current_setting('transaction_read_only'), \
    current_setting('server_encoding'), current_schema(), current_setting('synchronous_standby_names')";

/// The rest of the row for [`Durability::Replicated`]: how many standbys are synchronous, and how many are there. The
/// first is not known to users without the right to see it.
pub(super) const ASK_STANDBYS: &str = ", (SELECT count(*) FROM pg_stat_replication \
    WHERE coalesce(sync_state, 'sync') IN ('sync', 'quorum'))";

/// Settings that a server reports.
#[derive(Clone, Copy, Debug)]
pub(super) struct Server<'s> {
    pub(super) fsync: &'s str,
    pub(super) full_page_writes: &'s str,
    pub(super) synchronous_commit: &'s str,
    pub(super) in_recovery: &'s str,
    pub(super) read_only: &'s str,
    pub(super) encoding: &'s str,
    pub(super) schema: Option<&'s str>,
    pub(super) standby_names: &'s str,
    pub(super) standbys: Option<u32>,
}

/// Names the setting under which "on disk" would not be true.
pub(super) fn check(server: Server<'_>, durability: Durability) -> Result<(), Error> {
    let Server { fsync, full_page_writes, synchronous_commit, in_recovery, read_only, encoding, .. } = server;
    if durability != Durability::Storage {
        for (name, value) in [("fsync", fsync), ("full_page_writes", full_page_writes)] {
            if value != "on" {
                return Err(Error::not_durable(format!(
                    "PostgreSQL's {name} is {value} and must be on: a power cut would damage the store"
                )));
            }
        }
    }
    if !matches!(synchronous_commit, "on" | "remote_apply") {
        return Err(Error::not_durable(format!(
            "PostgreSQL's synchronous_commit is {synchronous_commit} and must be on: a power cut would lose deliveries \
             that were acknowledged"
        )));
    }
    if let Durability::Replicated(needed) = durability {
        let named = synchronous_standbys(server.standby_names);
        if named < needed {
            return Err(Error::not_durable(format!(
                "PostgreSQL's synchronous_standby_names asks for {named} synchronous standbys and must ask for {needed}"
            )));
        }
        if let Some(standbys) = server.standbys.filter(|standbys| *standbys < needed) {
            return Err(Error::unavailable(format!(
                "{standbys} synchronous standbys are connected to the store, and {needed} are needed"
            )));
        }
    }
    if in_recovery == "true" {
        return Err(Error::unavailable("the store's server is a standby, which is read-only"));
    }
    if read_only != "off" {
        return Err(Error::unavailable("the store is read-only: PostgreSQL's default_transaction_read_only is on"));
    }
    if encoding != "UTF8" {
        return Err(Error::config(format!(
            "the database's encoding is {encoding} and must be UTF8: not every text of a vendor would fit"
        )));
    }
    Ok(())
}

/// Returns how many standbys confirm each commit: `ANY 2 (a, b, c)`, `FIRST 2 (…)`, `2 (…)`, or a list for one.
fn synchronous_standbys(names: &str) -> u32 {
    let names = names.trim();
    if names.is_empty() {
        return 0;
    }
    let Some((method, _)) = names.split_once('(') else { return 1 };
    let number = method.split_whitespace().next_back().unwrap_or_default();
    number.parse().unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Server<'static> = Server {
        fsync: "on",
        full_page_writes: "on",
        synchronous_commit: "on",
        in_recovery: "false",
        read_only: "off",
        encoding: "UTF8",
        schema: Some("public"),
        standby_names: "",
        standbys: None,
    };

    #[test]
    fn a_setting_that_promises_less_is_named() {
        use crate::ErrorKind::NotDurable;
        check(GOOD, Durability::Local).unwrap();
        check(Server { synchronous_commit: "remote_apply", ..GOOD }, Durability::Local).unwrap();
        let weak = [
            (Server { fsync: "off", ..GOOD }, "fsync is off"),
            (Server { full_page_writes: "off", ..GOOD }, "full_page_writes is off"),
            (Server { synchronous_commit: "off", ..GOOD }, "synchronous_commit is off"),
            (Server { synchronous_commit: "local", ..GOOD }, "synchronous_commit is local"),
            (Server { synchronous_commit: "remote_write", ..GOOD }, "synchronous_commit is remote_write"),
        ];
        for (server, words) in weak {
            let error = check(server, Durability::Local).unwrap_err();
            assert!(error.kind() == NotDurable && error.to_string().contains(words), "{error}");
        }
        check(Server { fsync: "off", full_page_writes: "off", ..GOOD }, Durability::Storage).unwrap();
        check(Server { synchronous_commit: "off", ..GOOD }, Durability::Storage).unwrap_err();
    }

    #[test]
    fn row_34_a_read_only_server_is_unavailable() {
        for server in [Server { in_recovery: "true", ..GOOD }, Server { read_only: "on", ..GOOD }] {
            assert!(check(server, Durability::Local).unwrap_err().is_unavailable());
        }
        assert!(check(Server { encoding: "SQL_ASCII", ..GOOD }, Durability::Local).is_err());
    }

    #[test]
    fn too_few_synchronous_standbys_are_told_apart_from_absent_ones() {
        let two = Durability::Replicated(2);
        for names in ["", "a", "a, b", "ANY 1 (a, b)", "*"] {
            let error = check(Server { standby_names: names, standbys: Some(2), ..GOOD }, two).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::NotDurable, "{names}");
        }
        for names in ["ANY 2 (a, b, c)", "FIRST 2 (a, b)", "2(a,b)", "any 3 (*)"] {
            check(Server { standby_names: names, standbys: Some(2), ..GOOD }, two).unwrap();
            let error = check(Server { standby_names: names, standbys: Some(1), ..GOOD }, two).unwrap_err();
            assert!(error.is_unavailable(), "{names}");
        }
        check(Server { standby_names: "*", standbys: Some(1), ..GOOD }, Durability::Replicated(1)).unwrap();
    }
}
