//! A PostgreSQL cluster of one test, where the server's programs are installed.

use std::{
    env,
    fs::Permissions,
    io::{Write as _, stderr},
    net::TcpListener,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tokio_postgres::{Client, NoTls};

/// A primary, and any number of standbys; they go when this is dropped.
pub(crate) struct Cluster {
    programs: PathBuf,
    folder: tempfile::TempDir,
    pub(crate) port: u16,
}

impl Cluster {
    /// Starts a primary. None, said once, where `initdb` is not installed, or may not run: not as root without `su`.
    pub(crate) fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let _ = writeln!(stderr(), "skipped: PostgreSQL's initdb is not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o777)).unwrap();
        let cluster = Self { programs, folder, port: free_port() };
        let data = cluster.data("primary");
        if !cluster.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]) {
            let _ = writeln!(stderr(), "skipped: initdb does not run here");
            return None;
        }
        assert!(cluster.start_server("primary", cluster.port), "the primary does not start");
        Some(cluster)
    }

    fn data(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub(crate) fn start_server(&self, name: &str, port: u16) -> bool {
        let socket = self.folder.path().display();
        let options = format!("-p {port} -k {socket} -c listen_addresses=127.0.0.1 -c max_connections=60 -c shared_buffers=16MB");
        let (data, log) = (self.data(name), self.data("log"));
        self.run("pg_ctl", &["-D", &data, "-w", "-l", &log, "-o", &options, "start"])
    }

    /// Stops a server: `fast`, or `immediate` as in a crash.
    pub(crate) fn stop_server(&self, name: &str, mode: &str) {
        assert!(self.run("pg_ctl", &["-D", &self.data(name), "-w", "-m", mode, "stop"]));
    }

    /// Starts a standby that follows the primary under this name. Returns its port.
    pub(crate) fn start_standby(&self, name: &str) -> u16 {
        let from = format!("host=127.0.0.1 port={} user=postgres application_name={name}", self.port);
        let port = free_port();
        assert!(self.run("pg_basebackup", &["-D", &self.data(name), "-d", &from, "-R", "-X", "stream", "-c", "fast"]));
        assert!(self.start_server(name, port), "the standby does not start");
        port
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) async fn client(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Sets a setting of the server, now.
    pub(crate) async fn set(&self, setting: &str) {
        let client = self.client().await;
        client.batch_execute(&format!("ALTER SYSTEM SET {setting}")).await.unwrap();
        client.batch_execute("SELECT pg_reload_conf(), pg_sleep(0.3)").await.unwrap();
    }

    /// Runs a program of the server, which does not run as root.
    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.programs.join(program);
        let is_root = std::fs::metadata(self.folder.path()).unwrap().uid() == 0;
        let mut command = if is_root {
            let words = [&[program.to_str().unwrap()], arguments].concat();
            let words: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
            let mut command = Command::new("su");
            command.args(["postgres", "-c", &words.join(" ")]);
            command
        } else {
            let mut command = Command::new(program);
            command.args(arguments);
            command
        };
        command.current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for entry in std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().join("postmaster.pid").exists() {
                self.run("pg_ctl", &["-D", &self.data(&name), "-m", "immediate", "stop"]);
            }
        }
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<_> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    let mut folders = versions.into_iter().rev().chain(env::split_paths(&path));
    folders.find(|folder: &PathBuf| Path::is_file(&folder.join("initdb")))
}
