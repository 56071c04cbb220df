//! PgBouncer in front of the server that the tests use, if it is installed.

use std::{
    env,
    io::{Write as _, stderr},
    net::TcpListener,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::time::sleep;
use tokio_postgres::config::Host;

use super::postgres::Database;

/// A pooler of one test.
pub(crate) struct PgBouncer {
    process: Child,
    port: u16,
    database: String,
    schema: String,
    _folder: tempfile::TempDir,
}

impl PgBouncer {
    /// Starts a pooler with two sessions of the server. None, said once, where PgBouncer is not installed; with
    /// `IDHOOKS_REQUIRE_PGBOUNCER` set, as in CI, that is a failure.
    pub(crate) async fn start(database: &Database, mode: &str) -> Option<Self> {
        let Some(program) = find("pgbouncer") else {
            assert!(env::var_os("IDHOOKS_REQUIRE_PGBOUNCER").is_none(), "pgbouncer is not installed");
            let _ = writeln!(stderr(), "skipped: pgbouncer is not installed (apt-get install pgbouncer)");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let file = folder.path().join("pgbouncer.ini");
        let server: tokio_postgres::Config = database.url().parse().unwrap();
        let Host::Tcp(host) = &server.get_hosts()[0] else { panic!("the tests' server is reached by TCP") };
        let mut to = format!("host={host} port={}", server.get_ports().first().copied().unwrap_or(5432));
        to.push_str(&format!(" dbname={} user={}", server.get_dbname().unwrap(), server.get_user().unwrap()));
        if let Some(password) = server.get_password() {
            to.push_str(&format!(" password={}", String::from_utf8_lossy(password)));
        }
        let settings = format!(
            "[databases]\n{} = {to}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n\
             pool_mode = {mode}\ndefault_pool_size = {}\nmax_client_conn = 200\nunix_socket_dir =\n",
            server.get_dbname().unwrap(),
            if mode == "session" { 20 } else { 2 },
        );
        std::fs::write(&file, settings).unwrap();
        let mut command = Command::new(program);
        // It does not run as root, who alone owns what root creates.
        if std::fs::metadata(&file).unwrap().uid() == 0 {
            command.args(["-u", "postgres"]);
        }
        let process = command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let database_name = server.get_dbname().unwrap().to_owned();
        let pooler =
            Self { process, port, database: database_name, schema: database.schema().to_owned(), _folder: folder };
        for _ in 0..200 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Some(pooler);
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("pgbouncer does not start");
    }

    /// The URL through the pooler, with parameters.
    pub(crate) fn url(&self, parameters: &str) -> String {
        let Self { port, database, schema, .. } = self;
        format!("postgres://anybody@127.0.0.1:{port}/{database}?schema={schema}{parameters}")
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Finds a program, also where the path of a user does not lead.
pub(crate) fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}
