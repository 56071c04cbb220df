//! The oldest Rust and the oldest dependencies the crates say they work with.

use std::{collections::BTreeSet, fs};

use crate::{
    copy,
    metadata::Metadata,
    packages::all_features,
    run::{at, cargo, output, root, run},
};

/// A copy of the workspace, resolved to the oldest dependencies its manifests allow.
const COPY: &str = "target/minimal/workspace";

/// No dependency of a published crate asks for a newer Rust than the crates say they build with. Those of an example may.
pub(crate) fn dependencies_agree(metadata: &Metadata) -> Result<(), String> {
    let asked = metadata.published().find_map(|package| package.rust_version.as_deref());
    let asked = asked.ok_or("no published crate has a rust-version")?;
    let newer = newer(metadata, &used(metadata)?, asked);
    if newer.is_empty() { Ok(()) } else { Err(format!("Rust {asked} is too old for {}", newer.join(", "))) }
}

/// Returns name and version of every crate that builds or tests a published crate, on any platform.
fn used(metadata: &Metadata) -> Result<BTreeSet<String>, String> {
    let mut tree = cargo(&["tree", "--locked", "--all-features", "--target", "all", "--prefix", "none"]);
    tree.args(["--format", "{p}"]);
    for package in metadata.published() {
        tree.args(["--package", &package.name]);
    }
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(output(&mut tree)?.lines().map(name_and_version).collect())
}

fn newer(metadata: &Metadata, used: &BTreeSet<String>, asked: &str) -> Vec<String> {
    let asked = numbers(asked);
    let used =
        metadata.packages.iter().filter(|package| used.contains(&format!("{} v{}", package.name, package.version)));
    let declared = used.filter_map(|package| Some((package, package.rust_version.as_deref()?)));
    let newer = declared.filter(|(_, version)| numbers(version) > asked);
    newer.map(|(package, version)| format!("{} {} (Rust {version})", package.name, package.version)).collect()
}

/// Major, minor, patch; cargo lets none but numbers stand in a rust-version.
fn numbers(version: &str) -> [u32; 3] {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(u32::MAX));
    [(); 3].map(|()| numbers.next().unwrap_or(0))
}

/// The crates build with the oldest version of each dependency that their manifests allow.
pub(crate) fn minimal_versions() -> Result<(), String> {
    let copy = root().join(COPY);
    copy::workspace(&copy)?;
    let lock = copy.join("Cargo.lock");
    fs::remove_file(&lock).map_err(|error| at(&lock, &error))?;
    // Only cargo's resolver is asked for something unstable; what it finds is built as usual.
    let mut resolve = cargo(&["update", "--quiet", "-Z", "direct-minimal-versions"]);
    run(resolve.env("RUSTC_BOOTSTRAP", "1").current_dir(&copy))?;
    let mut check = cargo(&["check", "--workspace", "--lib", "--locked", "--target-dir", "../build"]);
    run(check.args(all_features()?).current_dir(&copy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_number() {
        assert!(numbers("1.100") > numbers("1.89"));
        assert!(numbers("1.89.1") > numbers("1.89"));
        assert_eq!(numbers("1.89"), numbers("1.89.0"));
    }

    #[test]
    fn a_dependency_that_needs_a_newer_rust_is_named() {
        let package = |name, rust| {
            format!(
                r#"{{"name": "{name}", "version": "1.2.3", "rust_version": {rust}, "source": "registry+x",
                    "publish": null, "dependencies": []}}"#
            )
        };
        let packages = [package("old", r#""1.56""#), package("same", r#""1.89.0""#), package("new", r#""1.90""#)];
        let others = [package("silent", "null"), package("of-an-example", r#""1.94""#)];
        let text = format!(r#"{{"packages": [{}, {}]}}"#, packages.join(","), others.join(","));
        let metadata: Metadata = serde_json::from_str(&text).unwrap();
        let used = ["old", "same", "new", "silent"].map(|name| format!("{name} v1.2.3")).into();
        assert_eq!(newer(&metadata, &used, "1.89"), ["new 1.2.3 (Rust 1.90)"]);
    }
}
