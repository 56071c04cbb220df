//! The crates that are published, and their features.

/// A published crate.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    /// Each feature that is no sum of others.
    pub(crate) features: &'static [&'static str],
    /// Most crates its normal dependency tree may have, itself included.
    pub(crate) most_crates: usize,
}

/// What core has, and the vendor crates pass on.
const COMMON: &[&str] = &["jiff-02", "time-03", "chrono-04", "testing"];

/// In the order they are published.
pub(crate) const PACKAGES: &[Package] = &[
    Package { name: "idhooks-core", features: COMMON, most_crates: 29 },
    Package { name: "idhooks-caf", features: COMMON, most_crates: 30 },
    Package { name: "idhooks-unico", features: COMMON, most_crates: 30 },
    Package { name: "idhooks-autentique", features: COMMON, most_crates: 30 },
    Package { name: "idhooks-case-keeper", features: COMMON, most_crates: 30 },
    Package { name: "idhooks-capa", features: COMMON, most_crates: 30 },
    Package { name: "idhooks-axum", features: &[], most_crates: 50 },
    Package {
        name: "idhooks",
        features: &[
            "caf",
            "unico",
            "autentique",
            "case-keeper",
            "capa",
            "axum",
            "jiff-02",
            "time-03",
            "chrono-04",
            "testing",
        ],
        most_crates: 29,
    },
];
