//! All crates move together: one version, one changelog.

use std::fs;

use crate::{
    metadata::Metadata,
    run::{at, root},
};

/// The version of every published crate, if they agree about it.
pub(crate) fn agreed(metadata: &Metadata) -> Result<String, String> {
    let problems = problems(metadata);
    let version = metadata.published().next().map(|package| package.version.clone());
    match version {
        Some(version) if problems.is_empty() => Ok(version),
        Some(_) => Err(problems.join("\n  ")),
        None => Err("no crate of this workspace is to be published".to_owned()),
    }
}

fn problems(metadata: &Metadata) -> Vec<String> {
    let mut problems = Vec::new();
    let Some(version) = metadata.published().next().map(|package| &package.version) else { return problems };
    for package in metadata.published() {
        let name = &package.name;
        if package.version != *version {
            problems.push(format!("{name} has version {}, others have {version}", package.version));
        }
        if package.own().most_crates.is_empty() {
            problems.push(format!("{name} has neither `publish = false` nor `[package.metadata.idhooks.most-crates]`"));
        }
        for sibling in package.siblings() {
            if sibling.req != format!("^{version}") {
                let asked = format!("{} {}", sibling.name, sibling.req);
                problems.push(format!("{name} asks for {asked}: [workspace.dependencies] must say {version}"));
            }
            if !metadata.published().any(|package| package.name == sibling.name) {
                problems.push(format!("{name} depends on {}, which is not published", sibling.name));
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

    fn workspace(core: &str, caf: &str, req: &str) -> String {
        let own = r#""metadata": {"idhooks": {"most-crates": {"": 30}}}"#;
        format!(
            r#"{{"packages": [
                {{"name": "core", "version": "{core}", "rust_version": "1.89", "source": null, "publish": null, {own},
                  "dependencies": [{{"name": "fixtures", "req": "*", "kind": "dev", "path": "/fixtures"}}]}},
                {{"name": "caf", "version": "{caf}", "rust_version": "1.89", "source": null, "publish": null, {own},
                  "dependencies": [{{"name": "core", "req": "{req}", "kind": null, "path": "/core"}}]}},
                {{"name": "fixtures", "version": "9.9.9", "rust_version": null, "source": null, "publish": [],
                  "dependencies": []}},
                {{"name": "http", "version": "1.5.0", "rust_version": null, "source": "registry+x", "publish": null,
                  "dependencies": []}}
            ]}}"#
        )
    }

    fn found(workspace: &str) -> String {
        problems(&serde_json::from_str(workspace).unwrap()).join("; ")
    }

    #[test]
    fn one_version_is_no_problem() {
        assert_eq!(found(&workspace("0.2.0", "0.2.0", "^0.2.0")), "");
    }

    #[test]
    fn each_disagreement_is_named() {
        assert_eq!(found(&workspace("0.2.0", "0.1.0", "^0.2.0")), "caf has version 0.1.0, others have 0.2.0");
        assert_eq!(
            found(&workspace("0.2.0", "0.2.0", "^0.1.0")),
            "caf asks for core ^0.1.0: [workspace.dependencies] must say 0.2.0"
        );
        let good = workspace("0.2.0", "0.2.0", "^0.2.0");
        assert_eq!(
            found(&good.replacen(r#"{"": 30}"#, "{}", 1)),
            "core has neither `publish = false` nor `[package.metadata.idhooks.most-crates]`"
        );
        assert_eq!(
            found(&good.replacen(r#""publish": null"#, r#""publish": []"#, 1)),
            "caf depends on core, which is not published"
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
