//! What runs before a change lands.

use std::{collections::BTreeSet, fs};

use crate::{
    bench, beside, crash, docs,
    fuzz::{Options, fuzz},
    links::links,
    metadata::Metadata,
    msrv,
    packages::{Package, all_features, packages},
    postgres,
    run::{at, cargo, output, remove_folder, root, run},
    tarballs,
    tutorial::tutorial,
    vendors, versions,
};

/// Examples that want arguments, or that serve; every other one ends by itself.
const NOT_BY_ITSELF: &[&str] = &["inspect", "receiver"];

/// Every test and doctest, with all features.
pub(crate) fn test() -> Result<(), String> {
    run(cargo(&["test", "--workspace", "--locked"]).args(all_features()?))
}

/// Everything else.
pub(crate) fn checks() -> Result<(), String> {
    let metadata = Metadata::read()?;
    let version = versions::agreed(&metadata)?;
    msrv::dependencies_agree(&metadata)?;
    vendors::check()?;
    examples()?;
    crash::quick()?;
    beside::beside()?;
    postgres::oldest_and_newest()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["fmt", "--check", "--manifest-path", "fuzz/Cargo.toml"]))?;
    lints()?;
    run(&mut cargo(&["clippy", "--workspace", "--no-default-features", "--locked", "--", "-D", "warnings"]))?;
    features()?;
    with_foreign_features()?;
    docs::check()?;
    links()?;
    tutorial()?;
    packages()?.iter().try_for_each(size)?;
    tarballs::build(&version)?;
    fuzz(&Options::brief())?;
    bench::quick()?;
    eprintln!("\nskipped: advisories of dependencies, which need a database from the internet");
    Ok(())
}

/// Lints of everything with all features, `incompatible_msrv` among them: what the oldest Rust does not have yet.
pub(crate) fn lints() -> Result<(), String> {
    let mut clippy = cargo(&["clippy", "--workspace", "--all-targets", "--locked"]);
    run(clippy.args(all_features()?).args(["--", "-D", "warnings", "-D", "clippy::incompatible_msrv"]))
}

/// A user's other dependencies may switch on features of `serde_json` that change how it reads. Three crates read
/// nothing themselves.
fn with_foreign_features() -> Result<(), String> {
    let readers = packages()?.iter().map(|package| package.name.as_str());
    let readers = readers.filter(|name| {
        !matches!(*name, "idhooks" | "idhooks-actix" | "idhooks-axum" | "idhooks-inbox" | "idhooks-tower")
    });
    let features = "serde_json/arbitrary_precision,serde_json/float_roundtrip,serde_json/preserve_order";
    let mut arguments = vec!["test", "--locked", "--tests", "--features", features];
    for name in readers {
        arguments.extend(["--package", name]);
    }
    run(&mut cargo(&arguments))
}

/// The demo passes, on a new store and on what it left there, and each small example runs without arguments.
fn examples() -> Result<(), String> {
    let fresh = root().join("target/receiver-check");
    remove_folder(&fresh)?;
    fs::create_dir_all(&fresh).map_err(|error| at(&fresh, &error))?;
    let store = format!("sqlite:{}", fresh.join("inbox.db").display());
    for _ in ["new", "left by the first"] {
        let mut demo = cargo(&["run", "--quiet", "--locked", "--example", "receiver", "--"]);
        run(demo.args(["--exit", "--port", "0", "--store", &store]))?;
    }
    let folder = root().join("examples");
    let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let names: BTreeSet<_> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let mut small = names.iter().filter(|name| !NOT_BY_ITSELF.contains(&name.as_str()));
    small.try_for_each(|name| run(&mut cargo(&["run", "--quiet", "--locked", "--example", name])))
}

/// Each feature of each crate by itself.
fn features() -> Result<(), String> {
    for package in packages()? {
        let name = &package.name;
        run(&mut cargo(&["check", "--package", name, "--no-default-features", "--locked"]))?;
        for feature in package.features_here() {
            run(&mut cargo(&["check", "--package", name, "--no-default-features", "--features", feature, "--locked"]))?;
        }
    }
    Ok(())
}

/// What a user of the crate has to build.
fn size(package: &Package) -> Result<(), String> {
    let name = &package.name;
    for (features, most) in &package.most_crates {
        let crates = count_crates(&["--package", name, "--no-default-features", "--features", features, "--locked"])?;
        let with = if features.is_empty() { String::new() } else { format!(" with {features}") };
        eprintln!("{name}{with}: {crates} crates (at most {most})");
        if crates > *most {
            return Err(format!("{name}{with} has become too heavy"));
        }
    }
    Ok(())
}

/// How many crates are built, the one asked for included; two versions of one are two.
pub(crate) fn count_crates(arguments: &[&str]) -> Result<usize, String> {
    let mut tree = cargo(&["tree", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    let tree = output(tree.args(arguments))?;
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    Ok(tree.lines().filter(|line| !line.is_empty()).map(name_and_version).collect::<BTreeSet<_>>().len())
}
