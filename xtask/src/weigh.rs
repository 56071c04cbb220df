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
    let mut table = String::from("client         crates  debug build  release build  stripped\n");
    for name in ["capa", "svix", "octocrab", "async-stripe"] {
        let package = format!("weigh-{name}");
        let crates = count_crates(&["--manifest-path", MANIFEST, "--locked", "--package", &package])?;
        let target = root().join("target/weigh").join(name);
        let mut seconds = [0.0; 2];
        for (seconds, profile) in seconds.iter_mut().zip(["dev", "release"]) {
            // Another run's leftovers would make it look quick.
            if target.exists() {
                fs::remove_dir_all(&target).map_err(|error| format!("{}: {error}", target.display()))?;
            }
            let mut build = cargo(&["build", "--quiet", "--locked", "--offline", "--manifest-path", MANIFEST]);
            build.args(["--package", &package, "--profile", profile, "--target-dir"]).arg(&target);
            let started = Instant::now();
            run(&mut build)?;
            *seconds = started.elapsed().as_secs_f64();
        }
        let program = target.join("release").join(&package);
        let bytes = fs::metadata(&program).map_err(|error| format!("{}: {error}", program.display()))?.len();
        let [debug, release] = seconds;
        let size = bytes as f64 / 1_000_000.0;
        table.push_str(&format!("{name:<14} {crates:>6} {debug:>10.1} s {release:>12.1} s {size:>6.2} MB\n"));
    }
    eprintln!("\n{table}");
    Ok(())
}
