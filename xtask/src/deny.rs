//! What the dependencies may be; the rules stand in deny.toml.

use crate::{run::run, tools::Tool};

pub(crate) const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };

/// Licences, sources, duplicates, and crates that are not wanted.
pub(crate) fn policy() -> Result<(), String> {
    check(&["licenses", "bans", "sources"])
}

/// Known holes and crates nobody looks after; fetches a database from the internet.
pub(crate) fn advisories() -> Result<(), String> {
    check(&["advisories"])
}

fn check(what: &[&str]) -> Result<(), String> {
    run(DENY.command()?.args(["--locked", "--all-features", "check", "--hide-inclusion-graph"]).args(what))
}
