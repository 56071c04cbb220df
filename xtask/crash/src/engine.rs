//! Where the deliveries are kept.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A kind of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// Why it cannot be tried here.
    pub(crate) fn unavailable(self) -> Result<Option<String>, String> {
        if self == Self::Sqlite {
            return Ok(None);
        }
        match psql(&server(), "SELECT 1") {
            Ok(()) => Ok(None),
            // There it must be tried.
            Err(problem) if env::var_os("IDHOOKS_REQUIRE_POSTGRES").is_some() => Err(problem),
            Err(problem) => Ok(Some(problem)),
        }
    }
}

/// The server to make a schema on.
fn server() -> String {
    env::var("IDHOOKS_TEST_POSTGRES").unwrap_or_else(|_| "postgres://postgres@127.0.0.1/test".to_owned())
}

/// A store of its own and a folder beside it, both removed when dropped.
pub(crate) struct Place {
    pub(crate) store: String,
    // Before the folder, where it may lie.
    schema: Option<Schema>,
    folder: TempDir,
}

impl Place {
    pub(crate) fn new(engine: Engine) -> Result<Self, String> {
        match engine {
            Engine::Sqlite => {
                let mut place = Self::with_store(String::new())?;
                place.store = sqlite(place.folder());
                Ok(place)
            }
            Engine::Postgres => {
                let schema = Schema::new(server())?;
                let mut place = Self::with_store(schema.url())?;
                place.schema = Some(schema);
                Ok(place)
            }
        }
    }

    /// With a store that somebody else removes.
    pub(crate) fn with_store(store: String) -> Result<Self, String> {
        let folder = tempfile::Builder::new().prefix("idhooks-crash-").tempdir().map_err(|error| error.to_string())?;
        Ok(Self { store, schema: None, folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.folder().join("journal.log")
    }

    /// Leaves all of it for somebody to look at, and says where it is.
    pub(crate) fn keep(mut self) -> String {
        if let Some(schema) = &mut self.schema {
            schema.keep = true;
        }
        format!("kept: {} and what is in {}", self.store, self.folder.keep().display())
    }
}

/// The file of a store.
pub(crate) fn sqlite(folder: &Path) -> String {
    // The small disk of one part is in memory.
    format!("sqlite:{}?allow_filesystem=tmpfs", folder.join("inbox.db").display())
}

/// A schema nobody else uses.
struct Schema {
    server: String,
    name: String,
    keep: bool,
}

impl Schema {
    fn new(server: String) -> Result<Self, String> {
        let name = format!("idhooks_crash_{:016x}", fastrand::u64(..));
        psql(&server, &format!("CREATE SCHEMA {name}"))?;
        Ok(Self { server, name, keep: false })
    }

    fn url(&self) -> String {
        let join = if self.server.contains('?') { '&' } else { '?' };
        format!("{}{join}options=-csearch_path%3D{}", self.server, self.name)
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        if !self.keep
            && let Err(problem) = psql(&self.server, &format!("DROP SCHEMA {} CASCADE", self.name))
        {
            eprintln!("crash: the schema {} is still there: {problem}", self.name);
        }
    }
}

/// Has PostgreSQL's own client do it.
pub(crate) fn psql(server: &str, sql: &str) -> Result<(), String> {
    let mut command = Command::new("psql");
    command.args(["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--dbname", server, "--command", sql]);
    succeed(command.env("PGCONNECT_TIMEOUT", "5"))
}

/// Runs it; what it said is the error.
pub(crate) fn succeed(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
