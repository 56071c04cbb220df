//! The crash proof of the inbox: `cargo xtask crash`.
//!
//! `drive` sends deliveries of four vendors over HTTP to two receivers while two workers handle them, kills all four
//! with `kill -9` again and again, and counts. `receive` and `work` are what it kills.

#[cfg(unix)]
mod child;
#[cfg(unix)]
mod count;
#[cfg(unix)]
mod deliveries;
#[cfg(unix)]
mod drive;
#[cfg(unix)]
mod engine;
#[cfg(unix)]
mod journal;
#[cfg(unix)]
mod ledger;
#[cfg(unix)]
mod options;
#[cfg(unix)]
mod parts;
#[cfg(unix)]
mod receive;
#[cfg(unix)]
mod send;
#[cfg(unix)]
mod table;
#[cfg(unix)]
mod vendors;
#[cfg(unix)]
mod work;

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match &words[..] {
        ["receive", store] => receive::receive(store),
        ["work", store, journal, seed, manner] => match work::Settings::parse(journal, seed, manner) {
            Ok(settings) => work::work(store, &settings),
            Err(problem) => return misused(&problem),
        },
        ["drive", options @ ..] => match options::Options::parse(options) {
            Ok(options) => drive::drive(&options),
            Err(problem) => return misused(&problem),
        },
        _ => return misused("begin with drive, receive or work"),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("crash: {problem}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(unix)]
fn misused(problem: &str) -> ExitCode {
    eprintln!("crash: {problem}");
    ExitCode::from(2)
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("skipped: the crash proof, which kills with signals that only Unix has");
    ExitCode::SUCCESS
}
