//! Features two by two.

use crate::{
    packages::{DATES, PACKAGES},
    run::run,
    tools::HACK,
};

/// Each crate with no feature, each one, and each pair.
///
/// Where the date libraries are only passed on to core they count as one: core sees them two by two.
pub(crate) fn check() -> Result<(), String> {
    for package in PACKAGES {
        let features: Vec<_> = package.features_here().collect();
        let mut hack = HACK.command()?;
        hack.args(["check", "--package", package.name, "--locked", "--quiet", "--feature-powerset", "--depth", "2"]);
        hack.args(["--include-features", &features.join(",")]);
        if package.name != "idhooks-core" && DATES.iter().all(|date| features.contains(date)) {
            hack.args(["--group-features", &DATES.join(",")]);
        }
        if !features.is_empty() {
            run(&mut hack)?;
        }
    }
    Ok(())
}
