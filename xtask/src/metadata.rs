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
    /// The workspace as the lock file pins it.
    pub(crate) fn read() -> Result<Self, String> {
        let text = output(&mut cargo(&["metadata", "--format-version", "1", "--locked"]))?;
        serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))
    }

    /// What goes to the registry.
    pub(crate) fn published(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none() && package.publish.is_none())
    }
}

impl Package {
    /// What users of the package get along with it from this workspace.
    pub(crate) fn siblings(&self) -> impl Iterator<Item = &Dependency> {
        let dev = |dependency: &Dependency| dependency.kind.as_deref() == Some("dev");
        self.dependencies.iter().filter(move |dependency| dependency.path.is_some() && !dev(dependency))
    }
}
