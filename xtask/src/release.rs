//! A release: rehearsed as a whole, then published crate by crate.

use std::{env, time::Instant};

use crate::{
    ci, deny, docs, metadata::Metadata, msrv, packages::packages, powerset, public, registry, run::git, semver,
    tarballs, versions,
};

/// Where cargo looks for leave to publish, before it looks into the file that `cargo login` writes.
const TOKEN: &str = "CARGO_REGISTRY_TOKEN";

const BY_HAND: &str = "\
By hand, once:
  1. An account of the registry for each maintainer, with a confirmed address. The workflow cannot create crates, so
     the first version of each is published from a maintainer's machine: `cargo login`, the steps 5 and 6 without the
     push, `cargo xtask release`. The registry slows down who creates many crates at once: run it again until it says
     that all are published.
  2. Owners of each crate: a team of the organisation beside the people (`cargo owner --add github:ORG:TEAM NAME`).
  3. A trusted publisher for each crate, in its settings at the registry: this repository, workflow release.yml,
     environment release. Then let nothing else publish, revoke the token of step 1, and push the tag.
  4. In the repository: the environment `release` with a reviewer, for tags v* only; a ruleset by which only
     maintainers create tags v* and nobody moves or deletes them; on the main branch, reviews and the jobs of ci.yml
     required; private reports of vulnerabilities switched on.
By hand, each time:
  5. The version under [workspace.package] and at each idhooks crate under [workspace.dependencies]; in the changelog
     that version and a date in place of \"Unreleased\"; `cargo xtask release --dry-run`; a reviewed merge.
  6. `git tag -s vVERSION` on the merged commit, push the tag, approve the environment. What was interrupted goes on
     when the job is run again.";

/// Everything that can be checked without publishing. What fails keeps nothing else from being checked, because all of
/// it takes most of an hour.
pub(crate) fn rehearse() -> Result<(), String> {
    let metadata = Metadata::read()?;
    let version = versions::agreed(&metadata)?;
    let mut ledger = Ledger::default();
    ledger.step("versions agree", || Ok(version.clone()));
    ledger.step("tree, tag and changelog", || match obstacles(&version)? {
        told if told.is_empty() => Ok("ready to publish".to_owned()),
        told => Ok(format!("not yet ready to publish: {}", told.join("; "))),
    });
    ledger.step("tools, built once", || passed(deny::DENY.program().and_then(|_| powerset::HACK.program()).map(drop)));
    ledger.step("Rust of dependencies", || passed(msrv::dependencies_agree(&metadata)));
    ledger.step("lints, incompatible_msrv among them", || passed(ci::lints()));
    ledger.step("licences, sources, duplicates", || passed(deny::policy()));
    ledger.step("advisories", || {
        Ok("skipped: they need a database from the internet; the workflow has it (`cargo xtask advisories`)".to_owned())
    });
    ledger.step("what the release breaks", || semver::check(&version));
    ledger.step("docs as docs.rs builds them", || passed(docs::as_hosted()));
    ledger.step("foreign types in public signatures", || passed(public::dependencies()));
    ledger.step("minimal versions", || passed(msrv::minimal_versions()));
    ledger.step("features two by two", || passed(powerset::check(&metadata)));
    ledger.step("each crate from its own tarball", || passed(tarballs::build(&version)));
    ledger.step("order of publishing", || {
        tarballs::rehearse()?;
        let there = published(&version)?.len();
        Ok(format!("{there} of {} are in the registry at {version}", packages()?.len()))
    });
    ledger.end()?;
    eprintln!("\n{BY_HAND}");
    Ok(())
}

/// Uploads what the registry does not have yet.
pub(crate) fn publish() -> Result<(), String> {
    let version = versions::agreed(&Metadata::read()?)?;
    let obstacles = obstacles(&version)?;
    if !obstacles.is_empty() {
        return Err(format!("{version} is not published, nothing was uploaded: {}", obstacles.join("; ")));
    }
    let names = names()?;
    let mut there = published(&version)?;
    if there.len() < names.len() {
        // A token in the environment can be read by the build script of any dependency, so nothing is built
        // beside it: whoever set it has rehearsed before, as the workflow does.
        let tarballs = if env::var_os(TOKEN).is_some() { tarballs::pack } else { tarballs::build };
        tarballs(&version).map_err(|problem| format!("{problem}\n{}", state(&names, &there, &version)))?;
    }
    for name in names.iter().copied() {
        if there.contains(&name) {
            eprintln!("\n{name} {version} is in the registry already");
            continue;
        }
        registry::upload(name).map_err(|problem| {
            format!("{problem}\nwhether {name} arrived is not known\n{}", state(&names, &there, &version))
        })?;
        there.push(name);
    }
    eprintln!("\n{}", state(&names, &there, &version));
    Ok(())
}

/// Every crate, in the order they are published.
fn names() -> Result<Vec<&'static str>, String> {
    Ok(packages()?.iter().map(|package| &*package.name).collect())
}

/// The crates the registry has at that version.
fn published(version: &str) -> Result<Vec<&'static str>, String> {
    let mut there = Vec::new();
    for name in names()? {
        if registry::has(name, version)? {
            there.push(name);
        }
    }
    Ok(there)
}

/// What stands in the way of publishing that version.
fn obstacles(version: &str) -> Result<Vec<String>, String> {
    let mut obstacles = Vec::new();
    if !git(&["status", "--porcelain"])?.is_empty() {
        obstacles.push("the tree has changes that are not committed".to_owned());
    }
    let tag = format!("v{version}");
    if !git(&["tag", "--points-at", "HEAD"])?.lines().any(|line| line == tag) {
        obstacles.push(format!("HEAD has no tag {tag}"));
    }
    if !versions::in_changelog(version)? {
        obstacles.push(format!("CHANGELOG.md has no heading `## {version}`"));
    }
    Ok(obstacles)
}

/// What is published and what is not, and how to go on.
fn state(names: &[&str], there: &[&str], version: &str) -> String {
    let missing: Vec<_> = names.iter().copied().filter(|name| !there.contains(name)).collect();
    let list = |names: &[&str]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let published = format!("published at {version}: {}", list(there));
    if missing.is_empty() {
        return format!("{published}\nall are published");
    }
    format!("{published}\nnot published: {}\nrun it again to go on: what is published is skipped", list(&missing))
}

fn passed(done: Result<(), String>) -> Result<String, String> {
    done.map(|()| "passed".to_owned())
}

/// What was done, how long it took, and how it ended.
#[derive(Default)]
struct Ledger {
    lines: Vec<String>,
    problems: Vec<String>,
}

impl Ledger {
    fn step(&mut self, name: &str, work: impl FnOnce() -> Result<String, String>) {
        eprintln!("\n── {name}");
        let start = Instant::now();
        let result = work();
        let shown = result.as_deref().unwrap_or("FAILED");
        let line = format!("{:>7.1} s  {name}: {shown}", start.elapsed().as_secs_f64());
        eprintln!("\n{line}");
        self.lines.push(line);
        self.problems.extend(result.err().map(|problem| format!("{name}: {problem}")));
    }

    /// Prints it all, and fails if a step has.
    fn end(self) -> Result<(), String> {
        eprintln!("\n{}\n\nNothing was uploaded.", self.lines.join("\n"));
        match self.problems.len() {
            0 => Ok(()),
            failed => Err(format!("{failed} of {} steps failed\n{}", self.lines.len(), self.problems.join("\n"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_with_how_to_go_on() {
        let said = state(&["idhooks-core", "idhooks-client", "idhooks"], &["idhooks-core"], "1.2.3");
        assert!(said.starts_with("published at 1.2.3: idhooks-core\nnot published: idhooks-client, "), "{said}");
        assert!(said.ends_with("idhooks\nrun it again to go on: what is published is skipped"), "{said}");
    }

    #[test]
    fn a_complete_release_asks_for_nothing() {
        let all = ["idhooks-core", "idhooks"];
        assert!(state(&all, &all, "1.2.3").ends_with("\nall are published"));
        assert!(state(&all, &[], "1.2.3").starts_with("published at 1.2.3: none\n"));
    }

    #[test]
    fn a_step_that_fails_is_named_and_keeps_no_other_from_being_done() {
        let mut ledger = Ledger::default();
        ledger.step("one", || Err("broken".to_owned()));
        ledger.step("two", || Ok("passed".to_owned()));
        assert!(ledger.lines[0].ends_with(" s  one: FAILED") && ledger.lines[1].ends_with(" s  two: passed"));
        assert_eq!(ledger.end(), Err("1 of 2 steps failed\none: broken".to_owned()));
        let mut ledger = Ledger::default();
        ledger.step("one", || Ok("passed".to_owned()));
        assert_eq!(ledger.end(), Ok(()));
    }
}
