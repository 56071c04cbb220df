//! What would be uploaded: built as a user builds it, and looked into.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    packages::PACKAGES,
    run::{at, cargo, output, remove_folder, root, run},
};

/// Where packages are built; nothing else is.
const PACKAGING: &str = "target/packaging";

/// Texts every crate must carry, word for word those of the workspace.
const LICENCES: &[&str] = &["LICENSE-MIT", "LICENSE-APACHE"];

/// Pages that a crate takes into its documentation, some only with a feature, which building the tarball leaves out.
const PAGES: &[&str] = &["README.md", "CLIENT.md"];

/// Folders that have no place in a tarball: tests need packages that are not published.
const STRANGERS: &[&str] = &["tests/", "benches/", "examples/", "target/"];

/// Each crate is built from what would be uploaded, and holds what a user needs.
pub(crate) fn build(version: &str) -> Result<(), String> {
    forget_unpacked()?;
    package(version, &[])
}

/// What would be uploaded holds what a user needs; nothing is built.
pub(crate) fn pack(version: &str) -> Result<(), String> {
    package(version, &["--no-verify"])
}

fn package(version: &str, options: &[&str]) -> Result<(), String> {
    remove_folder(&root().join(PACKAGING))?;
    let mut package = cargo(&["package", "--locked", "--allow-dirty", "--target-dir", PACKAGING]);
    run(package.args(options).args(selected()))?;
    PACKAGES.iter().try_for_each(|package| look_into(package.name, version))
}

/// What cargo would do to publish them all, in the order of their dependencies, and does not do.
pub(crate) fn rehearse() -> Result<(), String> {
    let mut publish = cargo(&["publish", "--dry-run", "--no-verify", "--locked", "--allow-dirty"]);
    run(publish.args(["--target-dir", PACKAGING]).args(selected()))
}

fn selected() -> impl Iterator<Item = &'static str> {
    PACKAGES.iter().flat_map(|package| ["--package", package.name])
}

/// Cargo unpacks and builds a tarball once for each name and version, so a second run at the same
/// version would build what the first one packed.
fn forget_unpacked() -> Result<(), String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let Some(sources) = home.map(|home| home.join("registry/src")).filter(|sources| sources.is_dir()) else {
        return Ok(());
    };
    let entries = |folder: &Path| fs::read_dir(folder).map_err(|error| at(folder, &error));
    for registry in entries(&sources)?.flatten() {
        for unpacked in entries(&registry.path())?.flatten() {
            if unpacked.file_name().to_string_lossy().starts_with("idhooks") {
                remove_folder(&unpacked.path())?;
            }
        }
    }
    Ok(())
}

fn look_into(name: &str, version: &str) -> Result<(), String> {
    let folder = format!("{name}-{version}");
    let tarball = root().join(PACKAGING).join("package").join(format!("{folder}.crate"));
    let list = output(tar("-tzf").arg(&tarball))?;
    let files: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix(&folder)?.strip_prefix('/')).collect();
    let read = |file: &str| output(tar("-xOzf").arg(&tarball).arg(format!("{folder}/{file}")));
    for licence in LICENCES {
        let path = root().join(licence);
        let ours = fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
        if !files.contains(licence) || read(licence)? != ours {
            return Err(format!("the tarball of {name} lacks {licence}, or has another text under that name"));
        }
    }
    let library = read("src/lib.rs")?;
    for page in PAGES.iter().filter(|page| library.contains(&format!("\"../{page}\""))) {
        if !files.contains(page) || read(page)?.trim().is_empty() {
            return Err(format!("the tarball of {name} lacks {page}, which its documentation is made of"));
        }
    }
    match files.iter().find(|file| STRANGERS.iter().any(|folder| file.starts_with(folder))) {
        Some(file) => Err(format!("the tarball of {name} holds {file}, which no user can build")),
        None => Ok(()),
    }
}

fn tar(mode: &str) -> Command {
    let mut command = Command::new("tar");
    command.arg(mode).stdin(Stdio::null());
    command
}
