//! Every target of the crate in `fuzz/`, for a while each.
//!
//! With a nightly toolchain the address sanitizer watches: the workspace has no `unsafe`, but what it stands on has.
//! Without one the stable compiler does, with coverage and overflow checks and no sanitizer. `RUSTC_BOOTSTRAP=1` would
//! bring the sanitizer to stable too, as a compiler that nobody else runs, so it is not used.

use std::{
    collections::VecDeque,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
};

use crate::{
    run::{cargo, output, root, run},
    tools::Tool,
};

const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2" };

const MANIFEST: &str = "fuzz/Cargo.toml";

/// Where all of it is built and kept: programs, corpora, logs, and what made a target fail.
const FOLDER: &str = "target/fuzz";

/// For every input, which is at most as long as the largest fixture and a half. A hostile one must stay far below.
const LIMITS: &[&str] = &["-timeout=10", "-rss_limit_mb=1024", "-malloc_limit_mb=64", "-max_len=65536"];

/// What was asked for on the command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Options {
    seconds: u32,
    jobs: usize,
    /// All if empty.
    targets: Vec<String>,
}

impl Options {
    /// Ten seconds each, two at a time: what runs before a change lands.
    pub(crate) fn brief() -> Self {
        Self { seconds: 10, jobs: 2, targets: Vec::new() }
    }

    /// `[--seconds N] [--jobs N] [TARGET…]`
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self { jobs: 1, ..Self::brief() };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--seconds" => options.seconds = number(&argument, arguments.next())?,
                "--jobs" => options.jobs = number(&argument, arguments.next())?,
                flag if flag.starts_with('-') => return Err(format!("{flag}: not an option of `cargo xtask fuzz`")),
                _ => options.targets.push(argument),
            }
        }
        Ok(options)
    }
}

/// One or more: libFuzzer takes no time for all the time in the world.
fn number<N: std::str::FromStr + PartialEq + Default>(flag: &str, text: Option<String>) -> Result<N, String> {
    let number = text.as_deref().and_then(|text| text.parse().ok()).filter(|number| *number != N::default());
    number.ok_or_else(|| format!("{flag} wants a whole number from 1"))
}

/// Builds and runs the targets, prints what each did, and fails if one failed.
pub(crate) fn fuzz(options: &Options) -> Result<(), String> {
    if let Some(why) = unavailable() {
        eprintln!("\nskipped: fuzzing, which {why}");
        return Ok(());
    }
    let fuzzer = Fuzzer::new()?;
    let targets = chosen(&options.targets, fuzzer.targets()?)?;
    fuzzer.build(if options.targets.is_empty() { &[] } else { &targets })?;
    eprintln!("\n{} targets, {} s each, {} at a time", targets.len(), options.seconds, options.jobs);

    let (waiting, done) = (Mutex::new(VecDeque::from(targets)), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..options.jobs {
            scope.spawn(|| {
                let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                while let Some(target) = next() {
                    let outcome = fuzzer.run(&target, options.seconds);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((target, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by(|(one, _), (other, _)| one.cmp(other));
    report(&done)
}

/// Why no target can run on this machine.
fn unavailable() -> Option<&'static str> {
    if !cfg!(all(any(target_os = "linux", target_os = "macos"), any(target_arch = "x86_64", target_arch = "aarch64"))) {
        return Some("libFuzzer and cargo-fuzz do on Linux and macOS, on x86-64 and ARM64, and not here");
    }
    let compiler = env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let works = quiet(Command::new(compiler).arg("--version")).is_some();
    (!works).then_some("needs a C++ compiler for libFuzzer (c++, or what CXX names), and there is none")
}

/// Those asked for, or all.
fn chosen(wanted: &[String], all: Vec<String>) -> Result<Vec<String>, String> {
    match wanted.iter().find(|target| !all.contains(target)) {
        Some(unknown) => Err(format!("there is no fuzz target {unknown}; there are {}", all.join(", "))),
        None if wanted.is_empty() => Ok(all),
        None => Ok(wanted.to_vec()),
    }
}

/// How the targets are built here.
struct Fuzzer {
    program: PathBuf,
    /// The toolchain to build with, if it is not the one that runs this.
    toolchain: Option<&'static str>,
    host: String,
}

impl Fuzzer {
    fn new() -> Result<Self, String> {
        let version = quiet(Command::new("rustc").arg("-vV")).ok_or("rustc cannot be run")?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or("rustc names no host")?;
        let toolchain = quiet(Command::new("rustup").args(["run", "nightly", "rustc", "--version"]))
            .filter(|version| minor(version) >= minor(env!("CARGO_PKG_RUST_VERSION")))
            .map(|_| "nightly");
        Ok(Self { program: CARGO_FUZZ.program()?, toolchain, host: host.to_owned() })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("fuzz").args(arguments).args(["--fuzz-dir", "fuzz"]).current_dir(root()).stdin(Stdio::null());
        if let Some(toolchain) = self.toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        command
    }

    fn targets(&self) -> Result<Vec<String>, String> {
        Ok(output(&mut self.command(&["list"]))?.lines().map(str::to_owned).collect())
    }

    /// Builds these targets; all if there are none.
    fn build(&self, targets: &[String]) -> Result<(), String> {
        // cargo-fuzz cannot be told to leave the lock file alone.
        run(&mut cargo(&["fetch", "--locked", "--manifest-path", MANIFEST]))?;
        let sanitizer = if self.toolchain.is_some() { "address" } else { "none" };
        let with = ["build", "--sanitizer", sanitizer, "--target", &self.host, "--target-dir", FOLDER];
        eprintln!("\nbuilding with {}, sanitizer: {sanitizer}", self.toolchain.unwrap_or("this toolchain"));
        if targets.is_empty() {
            return run(&mut self.command(&with));
        }
        targets.iter().try_for_each(|target| run(self.command(&with).arg(target)))
    }

    /// Runs one target and reads its log.
    fn run(&self, target: &str, seconds: u32) -> Result<Outcome, String> {
        let folder = root().join(FOLDER);
        let [corpus, failures, logs] =
            [folder.join("corpus").join(target), folder.join("failures"), folder.join("logs")];
        for folder in [&corpus, &failures, &logs] {
            fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let log = logs.join(target).with_extension("log");
        let said = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let program = folder.join(&self.host).join("release").join(target);
        let mut command = Command::new(&program);
        command
            .args(LIMITS)
            .args([&format!("-max_total_time={seconds}"), "-print_final_stats=1", "-dict=fuzz/json.dict"])
            .arg(format!("-artifact_prefix={FOLDER}/failures/{target}-"))
            .arg(&corpus)
            // Freed memory is watched, but not hoarded until the limit is reached by that alone.
            .env("ASAN_OPTIONS", "detect_odr_violation=0:quarantine_size_mb=32")
            .current_dir(root())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(said);
        let status = command.status().map_err(|error| format!("{}: {error}", program.display()))?;
        let text = fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let outcome = Outcome::read(&String::from_utf8_lossy(&text), files(&corpus));
        eprintln!("{target}: {} executions", outcome.executions);
        if status.success() {
            return Ok(outcome);
        }
        let failure = outcome.failure.as_deref().unwrap_or("an input that was not written");
        Err(format!("{status}\n  why:       {}\n  again:     {} {failure}", shown(&log), shown(&program)))
    }
}

/// What a target did, by its own account.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    executions: u64,
    per_second: u64,
    /// Places in the code that were reached.
    coverage: u64,
    /// The same, told apart by how often, and what was compared.
    features: u64,
    corpus: usize,
    /// The input that made it fail.
    failure: Option<String>,
}

impl Outcome {
    /// From libFuzzer's log.
    fn read(log: &str, corpus: usize) -> Self {
        let after = |line: &str, mark: &str| {
            line.split_once(mark).and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok())
        };
        let last = |mark: &str| log.lines().rev().find_map(|line| after(line, mark)).unwrap_or_default();
        Self {
            executions: last("stat::number_of_executed_units:"),
            per_second: last("stat::average_exec_per_sec:"),
            coverage: last(" cov: "),
            features: last(" ft: "),
            corpus,
            failure: log
                .lines()
                .rev()
                .find_map(|line| line.split_once("Test unit written to "))
                .map(|(_, path)| path.to_owned()),
        }
    }
}

fn report(done: &[(String, Result<Outcome, String>)]) -> Result<(), String> {
    let width = done.iter().map(|(target, _)| target.len()).max().unwrap_or_default();
    eprintln!("\n{:width$}  executions  per second     cov      ft  corpus", "target");
    for (target, outcome) in done {
        match outcome {
            Ok(Outcome { executions, per_second, coverage, features, corpus, .. }) => {
                eprintln!(
                    "{target:width$}  {executions:>10}  {per_second:>10}  {coverage:>6}  {features:>6}  {corpus:>6}"
                );
            }
            Err(_) => eprintln!("{target:width$}  FAILED"),
        }
    }
    let failed: Vec<_> = done.iter().filter_map(|(target, outcome)| Some((target, outcome.as_ref().err()?))).collect();
    for (target, why) in &failed {
        eprintln!("\n{target}: {why}");
    }
    let names: Vec<_> = failed.iter().map(|(target, _)| target.as_str()).collect();
    if names.is_empty() { Ok(()) } else { Err(format!("fuzzing found something in {}", names.join(", "))) }
}

/// The minor number in `rustc 1.89.0 (…)` or `1.89`.
fn minor(version: &str) -> u32 {
    let number = version.split_whitespace().find(|word| word.starts_with("1."));
    number.and_then(|number| number.split('.').nth(1)?.parse().ok()).unwrap_or_default()
}

/// What a command prints, if it can be run and succeeds.
fn quiet(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).map(Iterator::count).unwrap_or_default()
}

/// A path as it is typed from the workspace's root.
fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).as_os_str().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, String> {
        Options::parse(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn arguments_are_read_or_named() {
        assert_eq!(parse(&[]), Ok(Options { seconds: 10, jobs: 1, targets: vec![] }));
        let wanted = Options { seconds: 300, jobs: 2, targets: vec!["links".to_owned()] };
        assert_eq!(parse(&["--seconds", "300", "links", "--jobs", "2"]), Ok(wanted));
        for (bad, named) in [(&["--seconds"][..], "--seconds"), (&["--jobs", "0"], "--jobs"), (&["--fast"], "--fast")] {
            assert!(parse(bad).is_err_and(|why| why.starts_with(named)), "{bad:?}");
        }
    }

    #[test]
    fn the_last_numbers_of_a_log_count() {
        let log = "\
#44\tINITED cov: 1010 ft: 2020 corp: 40/9Kb exec/s: 0 rss: 60Mb
#900\tNEW    cov: 1011 ft: 2025 corp: 41/9Kb lim: 4096 exec/s: 450 rss: 61Mb L: 7/900 MS: 1 ChangeBit-
Done 1000 runs in 2 second(s)
stat::number_of_executed_units: 1000
stat::average_exec_per_sec:     500
";
        let read = Outcome::read(log, 41);
        let wanted =
            Outcome { executions: 1000, per_second: 500, coverage: 1011, features: 2025, corpus: 41, failure: None };
        assert_eq!(read, wanted);
        let failed = Outcome::read("artifact_prefix='a/'; Test unit written to a/b-crash-0\n", 0);
        assert_eq!(failed.failure.as_deref(), Some("a/b-crash-0"));
    }

    #[test]
    fn versions_are_compared_by_their_minor_number() {
        assert_eq!([minor("rustc 1.97.0-nightly (abc 2026-05-19)"), minor("1.89"), minor("rustc 2.0")], [97, 89, 0]);
    }
}
