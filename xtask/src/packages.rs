//! The published crates and their features, as the manifests have them.

use std::{
    collections::BTreeMap,
    env,
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::metadata::{self, Metadata};

/// A published crate.
pub(crate) struct Package {
    pub(crate) name: String,
    /// Each feature that is not a sum of others.
    features: Vec<String>,
    /// Most crates its normal dependency tree may have with these features enabled, itself included.
    pub(crate) most_crates: BTreeMap<String, usize>,
}

/// Ends the names of features that link to the system's OpenSSL on Linux.
const NATIVE_TLS: &str = "native-tls";

/// Features that only enable others, and so are checked with them.
const SUMS: &[&str] = &["default", "all-vendors"];

/// Conversions to other libraries, one each.
pub(crate) const CONVERSIONS: &[&str] = &["jiff-02", "time-03", "chrono-04", "rust_decimal-1", "bigdecimal-04"];

/// Returns the published crates, in the order they are published.
///
/// # Errors
/// When cargo cannot read the manifests, or two crates depend on each other.
pub(crate) fn packages() -> Result<&'static [Package], String> {
    static PACKAGES: OnceLock<Vec<Package>> = OnceLock::new();
    if let Some(packages) = PACKAGES.get() {
        return Ok(packages);
    }
    let packages = in_order(&Metadata::of_workspace()?)?;
    Ok(PACKAGES.get_or_init(|| packages))
}

/// Each crate behind those it depends on.
fn in_order(metadata: &Metadata) -> Result<Vec<Package>, String> {
    let mut left: Vec<_> = metadata.published().collect();
    let mut packages = Vec::new();
    while !left.is_empty() {
        let waits = |name: &str| left.iter().any(|other| other.name == name);
        let (ready, rest): (Vec<_>, Vec<_>) =
            left.iter().copied().partition(|package| !package.siblings().any(|sibling| waits(&sibling.name)));
        if ready.is_empty() {
            let names: Vec<_> = rest.iter().map(|package| package.name.as_str()).collect();
            return Err(format!("crates depend on each other: {}", names.join(", ")));
        }
        packages.extend(ready.into_iter().map(Package::new));
        left = rest;
    }
    Ok(packages)
}

impl Package {
    fn new(package: &metadata::Package) -> Self {
        let is_own = |feature: &&String| !feature.starts_with("__") && !SUMS.contains(&feature.as_str());
        Self {
            name: package.name.clone(),
            features: package.features.keys().filter(is_own).cloned().collect(),
            most_crates: package.own().most_crates.clone(),
        }
    }

    /// Returns each feature that can be built here.
    pub(crate) fn features_here(&self) -> impl Iterator<Item = &str> {
        let native_tls = has_native_tls();
        let features = self.features.iter().map(String::as_str);
        features.filter(move |feature| native_tls || !feature.ends_with(NATIVE_TLS))
    }
}

/// Whether `native-tls` can be built here: on Linux it needs OpenSSL's headers.
fn has_native_tls() -> bool {
    if !cfg!(target_os = "linux") || env::var_os("OPENSSL_DIR").is_some() {
        return true;
    }
    let mut ask = Command::new("pkg-config");
    ask.args(["--exists", "openssl"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    ask.status().is_ok_and(|status| status.success())
}

/// Returns the arguments that enable every feature that can be built here.
pub(crate) fn all_features() -> Result<Vec<String>, String> {
    if has_native_tls() {
        return Ok(vec!["--all-features".to_owned()]);
    }
    eprintln!("\nskipped: the features {NATIVE_TLS}, which need OpenSSL's headers (libssl-dev, pkg-config) here");
    let features = packages()?
        .iter()
        .flat_map(|package| package.features_here().map(|feature| format!("{}/{feature}", package.name)));
    let fixtures = ["idhooks-fixtures/server".to_owned(), "idhooks-fixtures/suite".to_owned()];
    Ok(vec!["--features".to_owned(), features.chain(fixtures).collect::<Vec<_>>().join(",")])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(core_needs: &str) -> Metadata {
        let text = format!(
            r#"{{"packages": [
                {{"name": "caf", "version": "1.0.0", "rust_version": null, "source": null, "publish": null,
                  "metadata": {{"docs": {{}}, "idhooks": {{"vendor": "Caf", "scheme": "hmac", "most-crates": {{"": 30}}}}}},
                  "dependencies": [{{"name": "core", "req": "^1", "kind": null, "path": "/core"}}],
                  "features": {{"default": [], "__tls": [], "client": []}}}},
                {{"name": "core", "version": "1.0.0", "rust_version": null, "source": null, "publish": null,
                  "metadata": null, "dependencies": {core_needs}}}
            ]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn crates_follow_what_they_depend_on() {
        let packages = in_order(&workspace("[]")).unwrap();
        assert_eq!(packages.iter().map(|package| &*package.name).collect::<Vec<_>>(), ["core", "caf"]);
        assert_eq!(packages[1].features, ["client"]);
        assert_eq!(packages[1].most_crates, BTreeMap::from([(String::new(), 30)]));

        let circle = workspace(r#"[{"name": "caf", "req": "^1", "kind": null, "path": "/caf"}]"#);
        assert_eq!(in_order(&circle).err(), Some("crates depend on each other: caf, core".to_owned()));
    }
}
