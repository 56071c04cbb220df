//! The workspace's own commands: `cargo xtask NAME`.

mod ci;
mod fuzz;
mod packages;
mod run;
mod tools;
mod weigh;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test    every test and doctest, with all features
cargo xtask ci      that, and the wider checks: examples, format, lints, features one by one, docs, size, packages
cargo xtask checks  the wider checks alone
cargo xtask bench   verify and decode against the floor, code by hand, and peers; then a client against bare reqwest
cargo xtask fuzz    [--seconds N] [--jobs N] [TARGET…]: hostile inputs made up for each reader, ten seconds a target
cargo xtask weigh   builds one vendor's client and those of peers from nothing: crates, seconds, size
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let done = match (command.as_deref(), arguments.next()) {
        (Some("test"), None) => ci::test(),
        (Some("ci"), None) => ci::test().and_then(|()| ci::checks()),
        (Some("checks"), None) => ci::checks(),
        (Some("fuzz"), first) => {
            fuzz::Options::parse(first.into_iter().chain(arguments)).and_then(|options| fuzz::fuzz(&options))
        }
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
