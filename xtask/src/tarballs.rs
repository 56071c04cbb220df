//! What would be uploaded: built as a user builds it, and looked into.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    packages::packages,
    run::{at, cargo, output, remove_folder, root, run},
};

/// Where packages are built; nothing else is.
const PACKAGING: &str = "target/packaging";

/// Texts every crate must carry, word for word those of the workspace.
const LICENCES: &[&str] = &["LICENSE-MIT", "LICENSE-APACHE"];

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
    run(package.args(options).args(selected()?))?;
    packages()?.iter().try_for_each(|package| look_into(&package.name, version))
}

/// What cargo would do to publish them all, in the order of their dependencies, and does not do.
pub(crate) fn rehearse() -> Result<(), String> {
    let mut publish = cargo(&["publish", "--dry-run", "--no-verify", "--locked", "--allow-dirty"]);
    run(publish.args(["--target-dir", PACKAGING]).args(selected()?))
}

fn selected() -> Result<impl Iterator<Item = &'static str>, String> {
    Ok(packages()?.iter().flat_map(|package| ["--package", &*package.name]))
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
    let packaging = root().join(PACKAGING);
    let folder = format!("{name}-{version}");
    let tarball = packaging.join("package").join(format!("{folder}.crate"));
    let list = output(tar("-tzf").arg(&tarball))?;
    let files: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix(&folder)?.strip_prefix('/')).collect();
    let unpacked = packaging.join("unpacked");
    fs::create_dir_all(&unpacked).map_err(|error| at(&unpacked, &error))?;
    output(tar("-xzf").arg(&tarball).arg("-C").arg(&unpacked))?;
    let unpacked = unpacked.join(folder);
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| at(path, &error));
    for licence in LICENCES {
        if !files.contains(licence) || read(&unpacked.join(licence))? != read(&root().join(licence))? {
            return Err(format!("the tarball of {name} lacks {licence}, or has another text under that name"));
        }
    }
    for file in files.iter().filter(|file| file.ends_with(".rs")) {
        let file = unpacked.join(file);
        for page in pages(&read(&file)?) {
            if !read(&file.with_file_name(page)).is_ok_and(|text| !text.trim().is_empty()) {
                return Err(format!("the tarball of {name} lacks {page}, which its documentation is made of"));
            }
        }
    }
    match files.iter().find(|file| STRANGERS.iter().any(|folder| file.starts_with(folder))) {
        Some(file) => Err(format!("the tarball of {name} holds {file}, which no user can build")),
        None => Ok(()),
    }
}

/// The pages that a source file takes into the documentation. Some are taken only there or only with a feature, so that
/// building the tarball does not miss them, and docs.rs does.
fn pages(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').filter(|text| text.starts_with("../") && text.ends_with(".md"))
}

fn tar(mode: &str) -> Command {
    let mut command = Command::new("tar");
    command.arg(mode).stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_found_however_they_are_taken_in() {
        let source = r#"#![cfg_attr(doc, doc = include_str!("../guide/links.md"))]
            pages! { inbox = "../guide/inbox.md"; }
            const QUERY: &str = include_str!("query.graphql"); // "no page""#;
        assert_eq!(pages(source).collect::<Vec<_>>(), ["../guide/links.md", "../guide/inbox.md"]);
    }
}
