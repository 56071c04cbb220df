//! What has to be built from nothing, and how long that takes.

pub(crate) mod clients;
pub(crate) mod webhooks;

use std::{fs, path::PathBuf, time::Instant};

use crate::run::{cargo, root, run};

fn fetch(manifest: &str) -> Result<(), String> {
    run(&mut cargo(&["fetch", "--locked", "--manifest-path", manifest]))
}

/// Builds a package; returns where, and how many seconds it took.
fn build_from_nothing(name: &str, arguments: &[&str]) -> Result<(PathBuf, f64), String> {
    let target = root().join("target/weigh").join(name);
    // Another run's leftovers would make it look quick.
    if target.exists() {
        fs::remove_dir_all(&target).map_err(|error| format!("{}: {error}", target.display()))?;
    }
    let mut build = cargo(&["build", "--locked", "--offline", "--quiet"]);
    build.args(arguments).arg("--target-dir").arg(&target);
    let started = Instant::now();
    run(&mut build)?;
    Ok((target, started.elapsed().as_secs_f64()))
}
