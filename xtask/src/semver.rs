//! What the release would break.

use crate::{
    packages::packages,
    run::{git, run},
    tools::Tool,
};

const SEMVER_CHECKS: Tool = Tool { name: "cargo-semver-checks", version: "0.51.0" };

/// Compares with the last release, if there is one; says what was done.
pub(crate) fn check(version: &str) -> Result<String, String> {
    let tags = git(&["tag", "--list", "v*", "--merged", "HEAD", "--sort", "-v:refname"])?;
    let Some(tag) = baseline(&tags, version) else {
        return Ok("skipped until there is an earlier tag v* to compare with".to_owned());
    };
    let manifests = git(&["grep", "--no-line-number", "-h", "^name = ", tag, "--", "crates/*/Cargo.toml"])?;
    let mut compare = SEMVER_CHECKS.command()?;
    compare.args(["check-release", "--baseline-rev", tag]);
    let known = |name: &str| manifests.contains(&format!("name = \"{name}\"\n"));
    let (old, new): (Vec<_>, Vec<_>) = packages()?.iter().map(|package| &*package.name).partition(|name| known(name));
    for name in old {
        compare.args(["--package", name]);
    }
    run(&mut compare)?;
    let new = if new.is_empty() { String::new() } else { format!("; new since then: {}", new.join(", ")) };
    Ok(format!("compared with {tag}{new}"))
}

/// The newest tag that is not the release's own; tags come newest first.
fn baseline<'a>(tags: &'a str, version: &str) -> Option<&'a str> {
    tags.lines().find(|tag| tag.strip_prefix('v') != Some(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_compared_with_the_one_before_it() {
        assert_eq!(baseline("v0.2.0\nv0.1.0\n", "0.2.0"), Some("v0.1.0"));
        assert_eq!(baseline("v0.1.0\n", "0.2.0"), Some("v0.1.0"));
        assert_eq!(baseline("v0.1.0\n", "0.1.0"), None);
        assert_eq!(baseline("", "0.1.0"), None);
    }
}
