//! Runs docs/adding-a-vendor.md: its commands and its diffs, in order, on a copy of the workspace.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    copy,
    run::{at, root, run},
};

const PAGE: &str = "docs/adding-a-vendor.md";

/// Where the copy stands. Always there, so that a second run builds little.
const COPY: &str = "target/tutorial/workspace";

/// Where it is built. Not in `target`, where the copy's `xtask` would replace this one.
const BUILD: &str = "target/tutorial/build";

/// The vendor of the page, and what stands in its place to try the other schemes.
const VENDORS: [(&str, &str); 3] = [("acme", "hmac"), ("big-bank", "credential"), ("globex", "none")];

/// One step of the page.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// Run these commands.
    Shell(String),
    /// Change files like this.
    Diff(String),
}

/// Follows the page once for each scheme, one vendor after the other in one workspace.
pub(crate) fn tutorial() -> Result<(), String> {
    let copy = root().join(COPY);
    copy::workspace(&copy)?;
    let page = root().join(PAGE);
    let page = fs::read_to_string(&page).map_err(|error| at(&page, &error))?;
    for (name, scheme) in VENDORS {
        for step in steps(&rewritten(&page, name, scheme)) {
            match step {
                Step::Diff(diff) => apply(&copy, &diff)?,
                Step::Shell(script) => {
                    let mut shell = Command::new("sh");
                    shell.args(["-euc", &script]).current_dir(&copy).stdin(Stdio::null());
                    run(shell.env("CARGO_TARGET_DIR", root().join(BUILD)))?;
                }
            }
        }
    }
    Ok(())
}

/// The page for another vendor.
fn rewritten(page: &str, name: &str, scheme: &str) -> String {
    let module = name.replace('-', "_");
    let example = page.replace("acme_webhook", &format!("{module}_webhook"));
    let example = example.replace("fixtures/src/acme", &format!("fixtures/src/{module}"));
    let title: String = name.split('-').map(|word| format!("{}{}", word[..1].to_uppercase(), &word[1..])).collect();
    example.replace("acme", name).replace("Acme", &title).replace("--scheme hmac", &format!("--scheme {scheme}"))
}

/// The fenced blocks that are `sh` or `diff`.
fn steps(page: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        match kind {
            "sh" => steps.push(Step::Shell(block)),
            "diff" => steps.push(Step::Diff(block)),
            _ => {}
        }
    }
    steps
}

/// Changes the files of a diff. Its hunks have no line numbers: the lines they show must be there exactly once.
fn apply(folder: &Path, diff: &str) -> Result<(), String> {
    for change in diff.split("--- a/").skip(1) {
        let (name, hunks) = change.split_once('\n').unwrap_or((change, ""));
        let path = folder.join(name);
        let mut text = fs::read_to_string(&path).map_err(|error| at(&path, &error))?;
        for hunk in hunks.split("@@\n").skip(1) {
            text = patched(&text, hunk).map_err(|problem| format!("{PAGE}: {name}: {problem}"))?;
        }
        fs::write(&path, text).map_err(|error| at(&path, &error))?;
    }
    Ok(())
}

fn patched(text: &str, hunk: &str) -> Result<String, String> {
    let side = |other: char| -> String {
        let lines = hunk.lines().filter(|line| !line.starts_with(other));
        lines.map(|line| format!("{}\n", line.get(1..).unwrap_or_default())).collect()
    };
    let (before, after) = (side('+'), side('-'));
    match text.matches(&before).count() {
        1 => Ok(text.replacen(&before, &after, 1)),
        count => Err(format!("these lines are there {count} times, not once:\n{before}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_diffs_are_found_in_order() {
        let page = "# T\n\n```sh\na\nb\n```\n\n```rust\nx\n```\n\n```diff\n--- a/f\n@@\n+c\n```\n";
        assert_eq!(steps(page), [Step::Shell("a\nb\n".into()), Step::Diff("--- a/f\n@@\n+c\n".into())]);
    }

    #[test]
    fn a_hunk_changes_the_lines_it_shows() {
        assert_eq!(patched("a\nb\nc\n", " a\n-b\n+d\n+e\n c\n").as_deref(), Ok("a\nd\ne\nc\n"));
        assert!(patched("a\na\n", " a\n+b\n").is_err_and(|why| why.contains("2 times")));
        assert!(patched("c\n", " a\n+b\n").is_err_and(|why| why.contains("0 times")));
    }

    #[test]
    fn the_page_is_rewritten_for_other_vendors() {
        let page = "new-vendor acme --scheme hmac --title \"Acme\"\nfixtures/acme fixtures/src/acme.rs acme_webhook";
        let wanted = "new-vendor big-bank --scheme none --title \"BigBank\"\n\
            fixtures/big-bank fixtures/src/big_bank.rs big_bank_webhook";
        assert_eq!(rewritten(page, "big-bank", "none"), wanted);
    }
}
