//! What a program pays that makes one call with a client: ours and those of peers.

use std::fs;

use super::{build_from_nothing, fetch};
use crate::ci::count_crates;

const MANIFEST: &str = "xtask/weigh/Cargo.toml";

/// One after the other, so that they do not share the machine.
pub(crate) fn weigh() -> Result<(), String> {
    fetch(MANIFEST)?;
    let mut table = String::from("client         crates  clean release build  stripped\n");
    for name in ["capa", "svix", "octocrab", "async-stripe"] {
        let package = format!("weigh-{name}");
        let crates = count_crates(&["--manifest-path", MANIFEST, "--locked", "--package", &package])?;
        let (target, seconds) =
            build_from_nothing(name, &["--manifest-path", MANIFEST, "--release", "--package", &package])?;
        let program = target.join("release").join(&package);
        let bytes = fs::metadata(&program).map_err(|error| format!("{}: {error}", program.display()))?.len();
        table.push_str(&format!("{name:<14} {crates:>6} {seconds:>18.1} s {:>6.2} MB\n", bytes as f64 / 1e6));
    }
    eprintln!("\n{table}");
    Ok(())
}
