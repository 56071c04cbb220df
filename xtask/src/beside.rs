//! The inbox in programs that have another database library, and with the newest `rusqlite` that it allows.

use crate::{
    copy,
    run::{cargo, remove_folder, root, run},
};

/// Programs of their own, with the default features of a library that links SQLite too.
const PROGRAMS: [&str; 2] = ["sqlx", "sea-orm"];

/// The newest `rusqlite` that the manifest allows. The lock file has the oldest, because of the sqlx beside it.
const NEWEST_RUSQLITE: &str = "0.43.0";

/// A copy of the workspace, for a lock file of its own.
const COPY: &str = "target/rusqlite/workspace";

/// Builds and runs the programs, and tests the SQLite engine with the newest `rusqlite`.
pub(crate) fn beside() -> Result<(), String> {
    for program in PROGRAMS {
        let manifest = root().join("xtask/beside").join(program).join("Cargo.toml");
        let mut command = cargo(&["run", "--quiet", "--locked", "--manifest-path"]);
        command.arg(manifest).env("CARGO_TARGET_DIR", root().join("target/beside"));
        run(&mut command)?;
    }
    let copy = root().join(COPY);
    copy::workspace(&copy)?;
    // Its sqlx allows one rusqlite only.
    remove_folder(&copy.join("examples/exactly_once"))?;
    run(cargo(&["update", "--quiet", "--package", "rusqlite", "--precise", NEWEST_RUSQLITE]).current_dir(&copy))?;
    let features = ["--no-default-features", "--features", "sqlite,unstable-store,testing"];
    let mut test =
        cargo(&["test", "--quiet", "--locked", "--package", "idhooks-inbox", "--lib", "--test", "conformance"]);
    run(test.args(features).current_dir(&copy).env("CARGO_TARGET_DIR", root().join("target/rusqlite/build")))
}
