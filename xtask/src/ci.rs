//! What runs before a change lands.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
};

use crate::{
    fuzz::{Options, fuzz},
    packages::{PACKAGES, Package, all_features},
    run::{cargo, output, root, run},
};

/// Small examples that end by themselves.
const EXAMPLES: &[&str] = &[
    "caf_webhook",
    "unico_webhook",
    "autentique_webhook",
    "case_keeper_webhook",
    "capa_webhook",
    "sign",
    "caf_transaction",
    "unico_get_process",
    "autentique_document",
    "case_keeper_confirm",
    "capa_webhook_settings",
    "capa_retry_failed",
];

/// Every test and doctest, with all features.
pub(crate) fn test() -> Result<(), String> {
    run(cargo(&["test", "--workspace", "--locked"]).args(all_features()))
}

/// Everything else.
pub(crate) fn checks() -> Result<(), String> {
    examples()?;
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    run(&mut cargo(&["fmt", "--check", "--manifest-path", "fuzz/Cargo.toml"]))?;
    let mut clippy = cargo(&["clippy", "--workspace", "--all-targets", "--locked"]);
    run(clippy.args(all_features()).args(["--", "-D", "warnings"]))?;
    run(&mut cargo(&["clippy", "--workspace", "--no-default-features", "--locked", "--", "-D", "warnings"]))?;
    features()?;
    with_foreign_features()?;
    docs()?;
    fuzz(&Options::brief())?;
    PACKAGES.iter().try_for_each(size)?;
    package()?;
    eprintln!("\nskipped: advisories of dependencies, which need a database from the internet");
    Ok(())
}

/// A user's other dependencies may switch on features of `serde_json` that change how it reads.
fn with_foreign_features() -> Result<(), String> {
    let vendors =
        PACKAGES.iter().map(|package| package.name).filter(|name| !matches!(*name, "idhooks" | "idhooks-axum"));
    let features = "serde_json/arbitrary_precision,serde_json/float_roundtrip,serde_json/preserve_order";
    let mut arguments = vec!["test", "--locked", "--tests", "--features", features];
    for name in vendors {
        arguments.extend(["--package", name]);
    }
    run(&mut cargo(&arguments))
}

/// The demo passes, and each small example runs without arguments.
fn examples() -> Result<(), String> {
    run(&mut cargo(&["run", "--quiet", "--locked", "--example", "receiver", "--", "--exit", "--port", "0"]))?;
    EXAMPLES.iter().try_for_each(|name| run(&mut cargo(&["run", "--quiet", "--locked", "--example", name])))
}

/// Each feature of each crate by itself.
fn features() -> Result<(), String> {
    for package in PACKAGES {
        let name = package.name;
        run(&mut cargo(&["check", "--package", name, "--no-default-features", "--locked"]))?;
        for feature in package.features_here() {
            run(&mut cargo(&["check", "--package", name, "--no-default-features", "--features", feature, "--locked"]))?;
        }
    }
    Ok(())
}

fn docs() -> Result<(), String> {
    let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    run(docs.args(all_features()).env("RUSTDOCFLAGS", "-D warnings"))
}

/// What a user of the crate has to build.
fn size(package: &Package) -> Result<(), String> {
    let name = package.name;
    for (features, most) in package.most_crates {
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

/// Each crate is built from what would be uploaded.
fn package() -> Result<(), String> {
    forget_earlier_packages()?;
    let mut arguments = vec!["package", "--locked", "--allow-dirty", "--target-dir", PACKAGING];
    for package in PACKAGES {
        arguments.extend(["--package", package.name]);
    }
    run(&mut cargo(&arguments))
}

/// Where packages are built; nothing else is.
const PACKAGING: &str = "target/packaging";

/// Cargo unpacks and builds a tarball once for each name and version, so a second run at the same
/// version would build what the first one packed.
fn forget_earlier_packages() -> Result<(), String> {
    let built = root().join(PACKAGING);
    if built.exists() {
        fs::remove_dir_all(&built).map_err(|error| format!("{}: {error}", built.display()))?;
    }
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let Some(sources) = home.map(|home| home.join("registry/src")).filter(|sources| sources.is_dir()) else {
        return Ok(());
    };
    let entries = |folder: &Path| fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()));
    for registry in entries(&sources)?.flatten() {
        for unpacked in entries(&registry.path())?.flatten() {
            if unpacked.file_name().to_string_lossy().starts_with("idhooks") {
                let folder = unpacked.path();
                fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            }
        }
    }
    Ok(())
}
