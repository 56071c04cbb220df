//! The documentation.

use crate::{
    packages::all_features,
    run::{cargo, run},
};

/// For what needs rustdoc's unstable features. Apart from the rest, because with them on cargo builds everything anew.
pub(crate) const UNSTABLE: &str = "target/unstable-docs";

/// Every link leads somewhere.
pub(crate) fn check() -> Result<(), String> {
    let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--locked"]);
    run(docs.args(all_features()?).env("RUSTDOCFLAGS", "-D warnings"))
}

/// As docs.rs builds it, where each item says which feature it needs.
pub(crate) fn as_hosted() -> Result<(), String> {
    unstable("--cfg docsrs -D warnings")
}

/// What tools read: `doc/NAME.json` in [`UNSTABLE`].
pub(crate) fn as_json() -> Result<(), String> {
    unstable("-Z unstable-options --output-format json --cap-lints allow")
}

fn unstable(flags: &str) -> Result<(), String> {
    let mut docs = cargo(&["doc", "--workspace", "--lib", "--no-deps", "--locked", "--target-dir", UNSTABLE]);
    run(docs.args(all_features()?).env("RUSTC_BOOTSTRAP", "1").env("RUSTDOCFLAGS", flags))
}
