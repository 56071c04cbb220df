//! The crates that are published, and their features.

use std::{
    env,
    process::{Command, Stdio},
};

/// A published crate.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// Each feature that is no sum of others.
    pub(crate) features: &'static [&'static str],
    /// Most crates its normal dependency tree may have with these features switched on, itself included.
    pub(crate) most_crates: &'static [(&'static str, usize)],
}

/// Links to the system's OpenSSL on Linux.
pub(crate) const NATIVE_TLS: &str = "native-tls";

/// The webhook half, and with a client over rustls.
const VENDOR: &[(&str, usize)] = &[("", 30), ("rustls", 115)];

/// In the order they are published.
pub(crate) const PACKAGES: &[Package] = &[
    Package {
        name: "idhooks-core",
        features: &["jiff-02", "time-03", "chrono-04", "testing"],
        most_crates: &[("", 29)],
    },
    Package {
        name: "idhooks-http",
        features: &["rustls", "rustls-no-provider", NATIVE_TLS, "tracing"],
        most_crates: &[("", 80), ("rustls", 113)],
    },
    Package {
        name: "idhooks-caf",
        features: &[
            "jiff-02",
            "time-03",
            "chrono-04",
            "testing",
            "client",
            "rustls",
            "rustls-no-provider",
            NATIVE_TLS,
            "tracing",
            "unstable-rest",
        ],
        most_crates: VENDOR,
    },
    Package {
        name: "idhooks-unico",
        features: &[
            "jiff-02",
            "time-03",
            "chrono-04",
            "testing",
            "client",
            "rustls",
            "rustls-no-provider",
            NATIVE_TLS,
            "tracing",
            "aws-lc-rs",
        ],
        most_crates: VENDOR,
    },
    Package {
        name: "idhooks-autentique",
        features: &[
            "jiff-02",
            "time-03",
            "chrono-04",
            "testing",
            "client",
            "rustls",
            "rustls-no-provider",
            NATIVE_TLS,
            "tracing",
        ],
        most_crates: VENDOR,
    },
    Package {
        name: "idhooks-case-keeper",
        features: &[
            "jiff-02",
            "time-03",
            "chrono-04",
            "testing",
            "client",
            "rustls",
            "rustls-no-provider",
            NATIVE_TLS,
            "tracing",
        ],
        most_crates: VENDOR,
    },
    Package {
        name: "idhooks-capa",
        features: &[
            "jiff-02",
            "time-03",
            "chrono-04",
            "testing",
            "client",
            "rustls",
            "rustls-no-provider",
            NATIVE_TLS,
            "tracing",
        ],
        most_crates: VENDOR,
    },
    Package { name: "idhooks-axum", features: &[], most_crates: &[("", 50)] },
    Package {
        name: "idhooks",
        features: &[
            "caf",
            "unico",
            "autentique",
            "case-keeper",
            "capa",
            "axum",
            "client",
            "rustls",
            "rustls-no-provider",
            NATIVE_TLS,
            "tracing",
            "unstable-rest",
            "aws-lc-rs",
            "jiff-02",
            "time-03",
            "chrono-04",
            "testing",
        ],
        most_crates: &[("", 29)],
    },
];

/// Whether `native-tls` can be built here: on Linux it needs OpenSSL's headers.
pub(crate) fn has_native_tls() -> bool {
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
    eprintln!("\nskipped: the feature {NATIVE_TLS}, which needs OpenSSL's headers (libssl-dev, pkg-config) here");
    let features = PACKAGES.iter().flat_map(|package| {
        let here = package.features.iter().filter(|feature| **feature != NATIVE_TLS);
        here.map(|feature| format!("{}/{feature}", package.name))
    });
    let fixtures = ["idhooks-fixtures/server".to_owned(), "idhooks-fixtures/suite".to_owned()];
    vec!["--features".to_owned(), features.chain(fixtures).collect::<Vec<_>>().join(",")]
}
