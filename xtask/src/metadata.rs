//! What cargo knows about the workspace and its dependencies.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::run::{cargo, output};

/// The parts of `cargo metadata` that are looked at.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
}

/// A package of the workspace, or one it depends on.
#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) rust_version: Option<String>,
    /// Where it comes from; nothing for a package of the workspace.
    source: Option<String>,
    /// Registries it may go to; nothing means any, an empty list means none.
    publish: Option<Vec<String>>,
    pub(crate) dependencies: Vec<Dependency>,
    #[serde(default)]
    pub(crate) features: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    metadata: Option<Extra>,
}

/// A manifest's `[package.metadata]`.
#[derive(Default, Deserialize)]
struct Extra {
    #[serde(default)]
    idhooks: Own,
}

/// A manifest's `[package.metadata.idhooks]`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Own {
    /// The vendor's name as it is written in prose. A crate with one is a vendor's.
    pub(crate) vendor: Option<String>,
    /// The scheme of a vendor's deliveries.
    pub(crate) scheme: Option<Scheme>,
    /// The most crates that a build may take, by the features it has.
    #[serde(default)]
    pub(crate) most_crates: BTreeMap<String, usize>,
}

/// The proof that a delivery carries.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scheme {
    /// An HMAC of the body.
    Hmac,
    /// A credential of the receiver's choice.
    Credential,
    /// Nothing.
    None,
}

/// What a package asks for.
#[derive(Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) req: String,
    kind: Option<String>,
    /// Set for a package of the workspace.
    path: Option<String>,
}

impl Metadata {
    /// Reads the workspace and its dependencies, as the lock file pins them.
    pub(crate) fn read() -> Result<Self, String> {
        Self::ask(&["metadata", "--format-version", "1", "--locked"])
    }

    /// Reads the workspace's own manifests.
    pub(crate) fn of_workspace() -> Result<Self, String> {
        Self::ask(&["metadata", "--format-version", "1", "--no-deps"])
    }

    fn ask(arguments: &[&str]) -> Result<Self, String> {
        let text = output(&mut cargo(arguments))?;
        serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))
    }

    /// What goes to the registry.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none() && package.publish.is_none())
    }
}

impl Package {
    /// Returns the manifest's section for this program.
    pub(crate) fn own(&self) -> &Own {
        static NOTHING: Own = Own { vendor: None, scheme: None, most_crates: BTreeMap::new() };
        self.metadata.as_ref().map_or(&NOTHING, |extra| &extra.idhooks)
    }

    /// What users of the package get along with it from this workspace.
    pub(crate) fn siblings(&self) -> impl Iterator<Item = &Dependency> {
        let dev = |dependency: &Dependency| dependency.kind.as_deref() == Some("dev");
        self.dependencies.iter().filter(move |dependency| dependency.path.is_some() && !dev(dependency))
    }
}
