//! All crates move together: one version, one changelog.

use std::fs;

use crate::{
    metadata::Metadata,
    packages::PACKAGES,
    run::{at, root},
};

/// The version of every published crate, if they agree about it.
pub(crate) fn agreed(metadata: &Metadata) -> Result<String, String> {
    let names: Vec<&str> = PACKAGES.iter().map(|package| package.name).collect();
    let problems = problems(metadata, &names);
    let version = metadata.published().next().map(|package| package.version.clone());
    match version {
        Some(version) if problems.is_empty() => Ok(version),
        Some(_) => Err(problems.join("\n  ")),
        None => Err("no crate of this workspace is to be published".to_owned()),
    }
}

/// `order` is the order they are published in.
fn problems(metadata: &Metadata, order: &[&str]) -> Vec<String> {
    let mut problems = Vec::new();
    let place = |name: &str| order.iter().position(|known| *known == name);
    for name in order {
        if !metadata.published().any(|package| package.name == *name) {
            problems.push(format!("{name} stands in xtask/src/packages.rs, but is not a crate that may be published"));
        }
    }
    let Some(version) = metadata.published().next().map(|package| &package.version) else { return problems };
    for package in metadata.published() {
        let name = &package.name;
        if package.version != *version {
            problems.push(format!("{name} has version {}, others have {version}", package.version));
        }
        let Some(own) = place(name) else {
            problems.push(format!("{name} is missing in xtask/src/packages.rs, or lacks `publish = false`"));
            continue;
        };
        for sibling in package.siblings() {
            if sibling.req != format!("^{version}") {
                let asked = format!("{} {}", sibling.name, sibling.req);
                problems.push(format!("{name} asks for {asked}: [workspace.dependencies] must say {version}"));
            }
            if place(&sibling.name).is_none_or(|place| place >= own) {
                problems.push(format!("{name} depends on {}, which is not published before it", sibling.name));
            }
        }
    }
    problems
}

/// Whether the changelog has a heading for that version.
pub(crate) fn in_changelog(version: &str) -> Result<bool, String> {
    let path = root().join("CHANGELOG.md");
    let text = fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
    Ok(has_heading(&text, version))
}

/// `## 0.1.0`, with or without brackets, and whatever follows the version.
fn has_heading(changelog: &str, version: &str) -> bool {
    let heading = |line: &str| {
        let word = line.strip_prefix("## ")?.split_whitespace().next()?;
        Some(word.trim_start_matches('[').trim_end_matches(']') == version)
    };
    changelog.lines().any(|line| heading(line) == Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(core: &str, caf: &str, req: &str) -> Metadata {
        let text = format!(
            r#"{{"packages": [
                {{"name": "core", "version": "{core}", "rust_version": "1.89", "source": null, "publish": null,
                  "dependencies": [{{"name": "fixtures", "req": "*", "kind": "dev", "path": "/fixtures"}}]}},
                {{"name": "caf", "version": "{caf}", "rust_version": "1.89", "source": null, "publish": null,
                  "dependencies": [{{"name": "core", "req": "{req}", "kind": null, "path": "/core"}}]}},
                {{"name": "fixtures", "version": "9.9.9", "rust_version": null, "source": null, "publish": [],
                  "dependencies": []}},
                {{"name": "http", "version": "1.5.0", "rust_version": null, "source": "registry+x", "publish": null,
                  "dependencies": []}}
            ]}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn one_version_is_no_problem() {
        assert_eq!(problems(&workspace("0.2.0", "0.2.0", "^0.2.0"), &["core", "caf"]), Vec::<String>::new());
    }

    #[test]
    fn each_disagreement_is_named() {
        let found = |core, caf, req, order: &[&str]| problems(&workspace(core, caf, req), order).join("; ");
        assert_eq!(found("0.2.0", "0.1.0", "^0.2.0", &["core", "caf"]), "caf has version 0.1.0, others have 0.2.0");
        assert_eq!(
            found("0.2.0", "0.2.0", "^0.1.0", &["core", "caf"]),
            "caf asks for core ^0.1.0: [workspace.dependencies] must say 0.2.0"
        );
        assert_eq!(
            found("0.2.0", "0.2.0", "^0.2.0", &["caf", "core"]),
            "caf depends on core, which is not published before it"
        );
        assert_eq!(
            found("0.2.0", "0.2.0", "^0.2.0", &["core"]),
            "caf is missing in xtask/src/packages.rs, or lacks `publish = false`"
        );
        assert_eq!(
            found("0.2.0", "0.2.0", "^0.2.0", &["core", "caf", "fixtures"]),
            "fixtures stands in xtask/src/packages.rs, but is not a crate that may be published"
        );
    }

    #[test]
    fn a_heading_is_that_of_the_version_and_of_no_other() {
        for text in ["## 0.1.0", "# C\n\n## [0.1.0] - 2026-11-26\n", "## Unreleased\n\n## 0.1.0 (today)"] {
            assert!(has_heading(text, "0.1.0"), "{text}");
        }
        for text in ["## Unreleased", "## 0.1.0-rc.1", "## 0.1.01", "### 0.1.0", "about ## 0.1.0", "##", ""] {
            assert!(!has_heading(text, "0.1.0"), "{text}");
        }
    }
}
