//! What is already published.

use crate::run::{cargo, run};

/// Whether the registry has this version of the crate. A registry that cannot be asked is an error, not a no.
pub(crate) fn has(name: &str, version: &str) -> Result<bool, String> {
    let crate_and_version = format!("{name}@{version}");
    let mut info = cargo(&["info", &crate_and_version, "--registry", "crates-io"]);
    // An answer from the cache may be old; the words looked for must be the plain ones.
    info.args(["--color", "never", "--config", "net.offline=false"]).env("LC_ALL", "C");
    let answer = info.output().map_err(|error| format!("cargo info: {error}"))?;
    if answer.status.success() {
        return Ok(true);
    }
    let said = String::from_utf8_lossy(&answer.stderr);
    if said.contains(&format!("could not find `{crate_and_version}` in registry")) {
        return Ok(false);
    }
    Err(format!("the registry does not say whether it has {crate_and_version}: {}", said.trim()))
}

/// Uploads one crate and waits until others can ask for it. Its tarball was built before.
pub(crate) fn upload(name: &str) -> Result<(), String> {
    run(&mut cargo(&["publish", "--no-verify", "--locked", "--registry", "crates-io", "--package", name]))
}
