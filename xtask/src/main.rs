//! The workspace's own commands: `cargo xtask NAME`.

mod bench;
mod beside;
mod ci;
mod copy;
mod crash;
mod deny;
mod docs;
mod fuzz;
mod hostile;
mod links;
mod metadata;
mod msrv;
mod new_vendor;
mod packages;
mod postgres;
mod powerset;
mod public;
mod registry;
mod release;
mod run;
mod scoreboard;
mod semver;
mod tarballs;
mod tools;
mod tutorial;
mod vendors;
mod versions;
mod weigh;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test        every test and doctest, with all features
cargo xtask checks      the wider checks: examples, format, lints, features one by one, docs, links, size, packages,
                        the tutorial; and the crash proof, the fuzz targets and the benchmarks in short
cargo xtask ci          both
cargo xtask links       the links of every Markdown file, without a network; part of checks

cargo xtask new-vendor NAME --scheme hmac|credential|none [--title TEXT]
                        writes a vendor's crate, fixtures, tests and example, and adds it to every list
cargo xtask vendors [--write]
                        whether each vendor is in every list; --write adds what is missing
cargo xtask tutorial    the commands of docs/adding-a-vendor.md, on a copy of the workspace; part of checks

cargo xtask hostile     every test that fixtures/HOSTILE.md names, and the table of how each crate stands to each row
cargo xtask scoreboard  the same cases given to peers: what each accepts, refuses, or dies of
cargo xtask fuzz [--seconds N] [--jobs N] [TARGET...]
                        hostile inputs made up for each reader, ten seconds a target
cargo xtask crash [--quick] [--seed N] [sqlite|postgres]
                        kills receivers and workers of the inbox with -9 under load, breaks their store, and counts
                        what became of the deliveries
cargo xtask beside      the inbox beside sqlx and SeaORM, and with the newest rusqlite; part of checks
cargo xtask postgres [MAJOR...]
                        the suite of the inbox on PostgreSQL 14 to 18, whose servers come from npm
cargo xtask bench [--quick] [SECTION...]
                        measures against the floor, code by hand, and peers, and says which bounds hold;
                        sections: receive, memory, axum, growth, client, inbox
cargo xtask weigh [webhooks|clients]
                        builds from nothing: each vendor's webhook half and its bare dependencies; one vendor's client
                        and those of peers

cargo xtask release --dry-run
                        all that can be checked before a release, and what is left to do by hand
cargo xtask release     publishes what the registry does not have yet, from a clean tree at the version's tag
cargo xtask advisories  known holes in dependencies, from a database on the internet
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let rest = words.get(1..).unwrap_or_default();
    let done = match &plain[..] {
        ["test"] => ci::test(),
        ["checks"] => ci::checks(),
        ["ci"] => ci::test().and_then(|()| ci::checks()),
        ["links"] => links::links(),
        ["new-vendor", ..] => match new_vendor::Options::parse(rest) {
            Ok(options) => new_vendor::new_vendor(&options),
            Err(problem) => return misused(&problem),
        },
        ["tutorial"] => tutorial::tutorial(),
        ["vendors"] => vendors::check(),
        ["vendors", "--write"] => vendors::write().and_then(|_| vendors::settle()).and_then(|()| vendors::check()),
        ["hostile"] => hostile::hostile(),
        ["scoreboard"] => scoreboard::scoreboard(),
        ["bench", ..] if bench::knows(rest) => bench::bench(rest),
        ["fuzz", ..] => match fuzz::Options::parse(rest.iter().cloned()) {
            Ok(options) => fuzz::fuzz(&options),
            Err(problem) => return misused(&problem),
        },
        ["crash", ..] if crash::knows(rest) => crash::crash(rest),
        ["beside"] => beside::beside(),
        ["postgres", ..] if postgres::knows(rest) => postgres::postgres(rest),
        ["weigh"] => weigh::webhooks::weigh().and_then(|()| weigh::clients::weigh()),
        ["weigh", "webhooks"] => weigh::webhooks::weigh(),
        ["weigh", "clients"] => weigh::clients::weigh(),
        ["release", "--dry-run"] => release::rehearse(),
        ["release"] => release::publish(),
        ["advisories"] => deny::advisories(),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// Said of a command that cannot be meant.
fn misused(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}");
    ExitCode::from(2)
}
