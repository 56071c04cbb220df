//! Runs the benchmarks, which are a workspace of their own.

use crate::run::{cargo, run};

const PLACE: [&str; 5] = ["--locked", "--manifest-path", "xtask/bench/Cargo.toml", "--target-dir", "target/bench"];

/// Shows that everything can be measured; the figures mean nothing.
const QUICK: &str = "--quick";

/// As the program knows them; asked here too, because it takes minutes to build.
const WORDS: [&str; 7] = [QUICK, "receive", "memory", "axum", "growth", "client", "inbox"];

/// Whether these can be asked for.
pub(crate) fn knows(words: &[String]) -> bool {
    words.iter().all(|word| WORDS.contains(&word.as_str()))
}

pub(crate) fn bench(words: &[String]) -> Result<(), String> {
    // What measures nothing need not be optimised, which is most of the time a build takes.
    let profile = if words.iter().any(|word| word == QUICK) { "dev" } else { "release" };
    // `cargo run` alone would leave out the program that counts allocations.
    run(cargo(&["build", "--profile", profile]).args(PLACE))?;
    run(cargo(&["run", "--quiet", "--profile", profile]).args(PLACE).arg("--").args(words))
}

/// For CI: keeps the benchmarks from rotting.
pub(crate) fn quick() -> Result<(), String> {
    bench(&[QUICK.to_owned()])
}
