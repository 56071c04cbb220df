//! Runs the scoreboard, which is a workspace of its own, so that peers stay out of the product's lock file.

use crate::run::{cargo, run};

pub(crate) fn scoreboard() -> Result<(), String> {
    let place = ["--locked", "--manifest-path", "xtask/scoreboard/Cargo.toml", "--target-dir", "target/bench"];
    run(cargo(&["run", "--quiet"]).args(place))
}
