//! The engines, and fresh stores of them.

use std::{
    env, fs,
    path::PathBuf,
    process::{self, Command},
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::Outcome;

/// Where Postgres is asked for, unless this variable names another server.
const SERVER: &str = "postgres://postgres@127.0.0.1:5432/postgres";
const SERVER_VARIABLE: &str = "IDHOOKS_BENCH_POSTGRES";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "Postgres",
        }
    }
}

/// A store that nobody has used; what it keeps is removed when dropped.
pub(super) struct Fresh {
    pub(super) url: String,
    place: Place,
}

enum Place {
    Folder(PathBuf),
    Database { server: String, name: String },
}

impl Fresh {
    pub(super) fn new(engine: Engine) -> Outcome<Self> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("idhooks_bench_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        match engine {
            Engine::Sqlite => {
                let folder = folder()?.join(name);
                fs::create_dir_all(&folder)?;
                Ok(Self { url: format!("sqlite:{}", folder.join("inbox.db").display()), place: Place::Folder(folder) })
            }
            Engine::Postgres => {
                let server = server();
                sql(&server, &format!("CREATE DATABASE {name}"))?;
                let (host, _) = server.rsplit_once('/').ok_or("the server's URL names no database")?;
                Ok(Self { url: format!("{host}/{name}"), place: Place::Database { server, name } })
            }
        }
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        match &self.place {
            Place::Folder(folder) => drop(fs::remove_dir_all(folder)),
            Place::Database { server, name } => drop(sql(server, &format!("DROP DATABASE {name} WITH (FORCE)"))),
        }
    }
}

/// Beside the program, so on the disk it was built on and not in memory.
pub(super) fn folder() -> Outcome<PathBuf> {
    let program = env::current_exe()?;
    Ok(program.parent().ok_or("the program is in no folder")?.join("inbox"))
}

/// Why Postgres cannot be measured, if it cannot.
pub(super) fn no_postgres() -> Option<String> {
    if !cfg!(feature = "postgres") {
        return Some("built without the feature `postgres`".to_owned());
    }
    sql(&server(), "SELECT 1").err().map(|problem| problem.to_string())
}

fn server() -> String {
    env::var(SERVER_VARIABLE).unwrap_or_else(|_| SERVER.to_owned())
}

/// Through Postgres's own program: a client is not worth a dependency here.
fn sql(server: &str, statement: &str) -> Outcome<()> {
    let output = Command::new("psql").args(["-X", "-q", "-c", statement, server]).output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).trim().into()) }
}
