//! Features two by two.

use crate::{
    metadata::Metadata,
    packages::{CONVERSIONS, packages},
    run::run,
    tools::Tool,
};

pub(crate) const HACK: Tool = Tool { name: "cargo-hack", version: "0.6.46" };

/// Each crate with no feature, each one, and each pair.
///
/// Where the conversions are only passed on to `idhooks-payload` they count as one: that crate sees them two by two.
pub(crate) fn check(metadata: &Metadata) -> Result<(), String> {
    for package in packages()? {
        let here: Vec<_> = package.features_here().collect();
        let declared = metadata.published().filter(|known| known.name == package.name);
        let declared = declared.flat_map(|known| known.features.keys().map(String::as_str));
        // Sums of others, internal ones, and what cannot be built here.
        let others: Vec<_> = declared.filter(|feature| !here.contains(feature)).collect();
        let mut hack = HACK.command()?;
        hack.args(["check", "--package", &package.name, "--locked", "--quiet", "--feature-powerset", "--depth", "2"]);
        hack.args(["--exclude-features", &others.join(",")]);
        if package.name != "idhooks-payload" && CONVERSIONS.iter().all(|conversion| here.contains(conversion)) {
            hack.args(["--group-features", &CONVERSIONS.join(",")]);
        }
        run(&mut hack)?;
    }
    Ok(())
}
