//! Runs the tests that `fixtures/HOSTILE.md` names, and prints how each crate stands to each row.

mod table;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use idhooks_fixtures::hostile::{Cell, Row, Target, Test, places, rows};
use serde_json::Value;

use crate::{
    packages::all_features,
    run::{cargo, output, root},
};

/// Which of the tests that are meant passed, by their paths.
type Ended = BTreeMap<String, bool>;

/// Tests of one program.
struct Program {
    place: &'static str,
    target: Target,
    executable: PathBuf,
}

/// Runs them all, prints the table, and fails if a test failed or was not there to be run.
pub(crate) fn hostile() -> Result<(), String> {
    let rows = rows().map_err(|error| error.to_string())?;
    let programs = programs()?;
    let mut ended: HashMap<(&str, &Target), Ended> = HashMap::new();
    for program in &programs {
        let tests: Vec<_> =
            shown(&rows).filter(|(place, test)| program.has(place, test)).map(|(_, test)| test).collect();
        if !tests.is_empty() {
            ended.insert((program.place, &program.target), program.run(&tests)?);
        }
    }
    let results = |place: &str, test: &Test| -> Vec<bool> {
        let target = test.target();
        ended
            .get(&(place, &target))
            .into_iter()
            .flatten()
            .filter(|(path, _)| test.is(path))
            .map(|(_, passed)| *passed)
            .collect()
    };
    table::print(&rows, results)
}

/// Each test that the table names, and the place it is in.
fn shown(rows: &[Row]) -> impl Iterator<Item = (&'static str, &Test)> {
    rows.iter().flat_map(|row| &row.cells).flat_map(|(place, cell)| {
        let tests = if let Cell::Shown(tests) = cell { tests.as_slice() } else { &[] };
        tests.iter().map(move |test| (*place, test))
    })
}

/// Builds every test program, with the features of `cargo xtask test`, so that none is built twice.
fn programs() -> Result<Vec<Program>, String> {
    let mut build = cargo(&["test", "--workspace", "--locked", "--no-run", "--message-format=json-render-diagnostics"]);
    let messages = output(build.args(all_features()?))?;
    messages.lines().filter_map(|line| program(line).transpose()).collect()
}

/// The test program that a message of cargo tells of.
fn program(message: &str) -> Result<Option<Program>, String> {
    let message: Value = serde_json::from_str(message).map_err(|error| format!("cargo's message: {error}"))?;
    let text = |place| message.pointer(place).and_then(Value::as_str);
    let is_test = message.pointer("/profile/test") == Some(&Value::Bool(true));
    let Some(executable) = text("/executable").filter(|_| is_test) else {
        return Ok(None);
    };
    let crates = root().join("crates");
    let is_of = |place: &&str| text("/manifest_path").map(Path::new) == Some(&crates.join(place).join("Cargo.toml"));
    let Some(place) = places().find(is_of) else {
        return Ok(None);
    };
    let target = match (text("/target/kind/0"), text("/target/name")) {
        (Some("lib"), _) => Target::Library,
        (Some("test"), Some(name)) => Target::File(name.to_owned()),
        _ => return Ok(None),
    };
    Ok(Some(Program { place, target, executable: executable.into() }))
}

impl Program {
    fn has(&self, place: &str, test: &Test) -> bool {
        place == self.place && test.target() == self.target
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.executable);
        command.current_dir(root().join("crates").join(self.place)).stdin(Stdio::null());
        command
    }

    fn name(&self) -> String {
        match &self.target {
            Target::Library => format!("{} src", self.place),
            Target::File(name) => format!("{} tests/{name}", self.place),
        }
    }

    /// Runs `tests` and no others; what went wrong with one is printed.
    fn run(&self, tests: &[&Test]) -> Result<Ended, String> {
        let name = self.name();
        let output = |command: &mut Command| command.output().map_err(|error| format!("{name}: {error}"));
        let list = output(self.command().args(["--list", "--format", "terse"]))?;
        let list = String::from_utf8_lossy(&list.stdout);
        let paths = list.lines().filter_map(|line| line.strip_suffix(": test"));
        let paths: Vec<_> = paths.filter(|path| tests.iter().any(|test| test.is(path))).collect();
        if paths.is_empty() {
            return Ok(Ended::new());
        }
        eprintln!("{name}: {} tests", paths.len());
        let done = output(self.command().args(["--exact", "--color", "never"]).args(&paths))?;
        let told = String::from_utf8_lossy(&done.stdout);
        if !done.status.success() {
            eprintln!("{told}{}", String::from_utf8_lossy(&done.stderr));
        }
        Ok(ended(&told))
    }
}

/// Reads what a test program prints; a test that was ignored did not run.
fn ended(told: &str) -> Ended {
    let lines = told.lines().filter_map(|line| line.strip_prefix("test ")?.rsplit_once(" ... "));
    let results = lines.filter_map(|(path, result)| match result {
        "ok" => Some((path.to_owned(), true)),
        "FAILED" => Some((path.to_owned(), false)),
        _ => None,
    });
    results.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_test_program_prints() {
        let told = "\nrunning 3 tests\ntest a::b ... ok\ntest c ... FAILED\ntest d ... ignored, slow\n\
            test e has been running for over 60 seconds\n\ntest result: FAILED. 1 passed; 1 failed\n";
        assert_eq!(ended(told), [("a::b".to_owned(), true), ("c".to_owned(), false)].into());
    }

    #[test]
    fn finds_test_programs_among_cargos_messages() {
        let manifest = root().join("crates/caf/Cargo.toml");
        let message = |kind: &str, name: &str, test: bool| {
            serde_json::json!({
                "reason": "compiler-artifact",
                "manifest_path": manifest,
                "target": { "kind": [kind], "name": name },
                "profile": { "test": test },
                "executable": "/t/x",
            })
            .to_string()
        };
        let found = program(&message("test", "signature", true)).unwrap().unwrap();
        assert_eq!((found.place, found.target), ("caf", Target::File("signature".to_owned())));
        let found = program(&message("lib", "idhooks_caf", true)).unwrap().unwrap();
        assert_eq!(found.target, Target::Library);
        assert!(program(&message("bin", "tool", false)).unwrap().is_none());
        assert!(program(r#"{"reason":"build-finished","success":true}"#).unwrap().is_none());
        assert!(program("no JSON").is_err());
    }
}
