//! The crates that are published, and their features.

use std::{
    env,
    process::{Command, Stdio},
};

use crate::metadata::Metadata;

/// A published crate.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// Each feature that is no sum of others, in groups.
    features: &'static [&'static [&'static str]],
    /// Most crates its normal dependency tree may have with these features switched on, itself included.
    pub(crate) most_crates: &'static [(&'static str, usize)],
}

/// Ends the names of features that link to the system's OpenSSL on Linux.
const NATIVE_TLS: &str = "native-tls";

/// Features that only switch on others, and so are checked with them.
const SUMS: &[&str] = &["default", "all-vendors"];

/// The webhook half, and with a client over rustls.
const VENDOR: &[(&str, usize)] = &[("", 30), ("client-rustls", 115)];

/// Caf's, with the conversions to `cloudevents-sdk` too.
const CAF: &[(&str, usize)] = &[("", 30), ("client-rustls", 115), ("cloudevents", 75)];
/// Conversions to other libraries, one each.
pub(crate) const CONVERSIONS: &[&str] = &["jiff-02", "time-03", "chrono-04", "rust_decimal-1", "bigdecimal-04"];

/// The features of core, which every crate on it passes on.
const COMMON: &[&str] = &["jiff-02", "time-03", "chrono-04", "rust_decimal-1", "bigdecimal-04", "testing"];

/// What brings the REST calls.
const CLIENT: &[&str] = &["client", "client-rustls", "client-rustls-no-provider", "client-native-tls", "tracing"];

/// In the order they are published.
pub(crate) const PACKAGES: &[Package] = &[
    Package { name: "idhooks-payload", features: &[CONVERSIONS], most_crates: &[("", 12)] },
    Package { name: "idhooks-core", features: &[COMMON], most_crates: &[("", 29)] },
    Package {
        name: "idhooks-client",
        features: &[&["rustls", "rustls-no-provider", NATIVE_TLS, "tracing"]],
        most_crates: &[("", 80), ("rustls", 113)],
    },
    Package { name: "idhooks-caf", features: &[COMMON, CLIENT, &["unstable-rest", "cloudevents"]], most_crates: CAF },
    Package { name: "idhooks-unico", features: &[COMMON, CLIENT, &["aws-lc-rs"]], most_crates: VENDOR },
    Package { name: "idhooks-autentique", features: &[COMMON, CLIENT], most_crates: VENDOR },
    Package { name: "idhooks-case-keeper", features: &[COMMON, CLIENT], most_crates: VENDOR },
    Package { name: "idhooks-capa", features: &[COMMON, CLIENT], most_crates: VENDOR },
    Package {
        name: "idhooks-inbox",
        features: &[&["sqlite", "postgres", "postgres-rustls", "metrics", "tracing", "testing"]],
        most_crates: &[("", 34), ("sqlite", 50), ("postgres", 75), ("postgres-rustls", 95)],
    },
    Package { name: "idhooks-axum", features: &[&["inbox"]], most_crates: &[("", 50), ("inbox", 50)] },
    Package {
        name: "idhooks",
        features: &[
            COMMON,
            CLIENT,
            &["caf", "unico", "autentique", "case-keeper", "capa", "axum", "unstable-rest", "cloudevents", "aws-lc-rs"],
            &["inbox-sqlite", "inbox-postgres", "inbox-postgres-tls", "metrics"],
        ],
        most_crates: &[("", 29), ("capa,client-rustls", 115), ("capa,inbox-sqlite", 52), ("capa,inbox-postgres", 77)],
    },
];

impl Package {
    /// Each feature that can be built here.
    pub(crate) fn features_here(&self) -> impl Iterator<Item = &'static str> {
        let native_tls = has_native_tls();
        self.features
            .iter()
            .copied()
            .flatten()
            .copied()
            .filter(move |feature| native_tls || !feature.ends_with(NATIVE_TLS))
    }
}

/// Every feature of every crate stands in the list above, or is a sum of those that do.
pub(crate) fn list_is_complete(metadata: &Metadata) -> Result<(), String> {
    let mut missing = Vec::new();
    for known in metadata.published() {
        let listed = PACKAGES.iter().filter(|package| package.name == known.name).flat_map(|package| package.features);
        let listed: Vec<_> = listed.copied().flatten().copied().chain(SUMS.iter().copied()).collect();
        let strange = |feature: &&String| !feature.starts_with("__") && !listed.contains(&feature.as_str());
        missing.extend(known.features.keys().filter(strange).map(|feature| format!("{}/{feature}", known.name)));
    }
    if missing.is_empty() { Ok(()) } else { Err(format!("xtask/src/packages.rs does not list {}", missing.join(", "))) }
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

/// The arguments that switch on every feature that can be built here.
pub(crate) fn all_features() -> Vec<String> {
    if has_native_tls() {
        return vec!["--all-features".to_owned()];
    }
    eprintln!("\nskipped: the features {NATIVE_TLS}, which need OpenSSL's headers (libssl-dev, pkg-config) here");
    let features = PACKAGES
        .iter()
        .flat_map(|package| package.features_here().map(|feature| format!("{}/{feature}", package.name)));
    let fixtures = ["idhooks-fixtures/server".to_owned(), "idhooks-fixtures/suite".to_owned()];
    vec!["--features".to_owned(), features.chain(fixtures).collect::<Vec<_>>().join(",")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_nobody_listed_is_named() {
        let with = |features: &str| -> Metadata {
            let text = format!(
                r#"{{"packages": [{{"name": "idhooks-capa", "version": "1.2.3", "rust_version": "1.89", "source": null,
                    "publish": null, "dependencies": [], "features": {features}}}]}}"#
            );
            serde_json::from_str(&text).unwrap()
        };
        assert_eq!(list_is_complete(&with(r#"{"default": [], "__tls": [], "client": []}"#)), Ok(()));
        let problem = "xtask/src/packages.rs does not list idhooks-capa/surprise";
        assert_eq!(list_is_complete(&with(r#"{"surprise": [], "client": []}"#)), Err(problem.to_owned()));
    }
}
