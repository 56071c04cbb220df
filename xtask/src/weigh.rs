//! What a program pays that makes one call with a client: ours and those of peers, built from nothing.

use std::{fs, time::Instant};

use crate::{
    ci::count_crates,
    run::{cargo, root, run},
};

const MANIFEST: &str = "xtask/weigh/Cargo.toml";

/// One after the other, so that they do not share the machine.
pub(crate) fn weigh() -> Result<(), String> {
    run(&mut cargo(&["fetch", "--locked", "--manifest-path", MANIFEST]))?;
    let mut table = String::from("client         crates  clean release build  stripped\n");
    for name in ["capa", "svix", "octocrab", "async-stripe"] {
        let package = format!("weigh-{name}");
        let crates = count_crates(&["--manifest-path", MANIFEST, "--locked", "--package", &package])?;
        let target = root().join("target/weigh").join(name);
        // Another run's leftovers would make it look quick.
        if target.exists() {
            fs::remove_dir_all(&target).map_err(|error| format!("{}: {error}", target.display()))?;
        }
        let mut build = cargo(&["build", "--release", "--locked", "--offline", "--manifest-path", MANIFEST]);
        build.args(["--quiet", "--package", &package, "--target-dir"]).arg(&target);
        let started = Instant::now();
        run(&mut build)?;
        let seconds = started.elapsed().as_secs_f64();
        let program = target.join("release").join(&package);
        let bytes = fs::metadata(&program).map_err(|error| format!("{}: {error}", program.display()))?.len();
        table.push_str(&format!("{name:<14} {crates:>6} {seconds:>18.1} s {:>6.2} MB\n", bytes as f64 / 1e6));
    }
    eprintln!("\n{table}");
    Ok(())
}
