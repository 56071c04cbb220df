//! The workspace's own commands: `cargo xtask NAME`.

mod ci;
mod deny;
mod docs;
mod links;
mod metadata;
mod msrv;
mod packages;
mod powerset;
mod public;
mod registry;
mod release;
mod run;
mod semver;
mod tarballs;
mod tools;
mod versions;
mod weigh;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test    every test and doctest, with all features
cargo xtask ci      that, and the wider checks: examples, format, lints, features one by one, docs, size, packages
cargo xtask checks  the wider checks alone
cargo xtask links   the links of every Markdown file, without a network; part of checks
cargo xtask bench   verify and decode against the floor, code by hand, and peers; then a client against bare reqwest
cargo xtask weigh   builds one vendor's client and those of peers from nothing: crates, seconds, size
cargo xtask release --dry-run  all that can be checked before a release, and what is left to do by hand
cargo xtask release            publishes what the registry does not have yet, from a clean tree at the version's tag
cargo xtask advisories         known holes in dependencies, from a database on the internet
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let option = arguments.next();
    let done = match (command.as_deref(), option.as_deref()) {
        (Some("test"), None) => ci::test(),
        (Some("ci"), None) => ci::test().and_then(|()| ci::checks()),
        (Some("checks"), None) => ci::checks(),
        (Some("links"), None) => links::links(),
        (Some("advisories"), None) => deny::advisories(),
        (Some("release"), None) => release::publish(),
        (Some("release"), Some("--dry-run")) => release::rehearse(),
        (Some("weigh"), None) => weigh::weigh(),
        (Some("bench"), None) => run::run(&mut run::cargo(&[
            "run",
            "--release",
            "--locked",
            "--manifest-path",
            "xtask/bench/Cargo.toml",
            "--target-dir",
            "target/bench",
        ])),
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
