//! Looks into one captured delivery, offline, and prints one line of JSON about it.
//!
//! ```text
//! cargo run -q --example inspect -- capa --secret s3cret-text --header 'capa-signature: 3f…' body.json
//! ```
//! Exit status: 0 verified or unverified, and readable; 1 rejected; 2 wrong usage; 3 verified or
//! unverified, but not readable. The body is taken byte for byte.
//!
//! It shows what the delivery says even if it was rejected: it is a tool for you, not a receiver.

mod arguments;
mod check;
mod compact;
mod report;

use std::{
    io::{ErrorKind, Write as _},
    process::ExitCode,
};

use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    match arguments.read().and_then(|delivery| report::Report::of(&delivery)) {
        Ok(report) => {
            let mut line = report.to_line();
            line.push('\n');
            match std::io::stdout().write_all(line.as_bytes()) {
                // A reader that closed the pipe early has seen what it wanted.
                Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                    eprintln!("inspect: standard output: {error}");
                    ExitCode::from(2)
                }
                _ => ExitCode::from(report.exit_status()),
            }
        }
        Err(problem) => {
            eprintln!("inspect: {problem}");
            ExitCode::from(2)
        }
    }
}
