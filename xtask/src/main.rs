//! The workspace's own commands: `cargo xtask NAME`.

mod bench;
mod ci;
mod packages;
mod run;
mod tools;
mod weigh;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test    every test and doctest, with all features
cargo xtask ci      that, and the wider checks: examples, format, lints, features one by one, docs, size, packages
cargo xtask checks  the wider checks alone
cargo xtask bench [--quick] [SECTION...]
                    measures against the floor, code by hand, and peers, and says which bounds hold;
                    sections: receive, memory, axum, growth, client
cargo xtask weigh [webhooks|clients]
                    builds from nothing: each vendor's webhook half and its bare dependencies; one vendor's client
                    and those of peers
";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next();
    let words: Vec<String> = arguments.collect();
    let plain: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match (command.as_deref(), &plain[..]) {
        (Some("test"), []) => ci::test(),
        (Some("ci"), []) => ci::test().and_then(|()| ci::checks()),
        (Some("checks"), []) => ci::checks(),
        (Some("weigh"), []) => weigh::webhooks::weigh().and_then(|()| weigh::clients::weigh()),
        (Some("weigh"), ["webhooks"]) => weigh::webhooks::weigh(),
        (Some("weigh"), ["clients"]) => weigh::clients::weigh(),
        (Some("bench"), _) if bench::knows(&words) => bench::bench(&words),
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
