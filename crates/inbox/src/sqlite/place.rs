//! Whether the file that is open is still the one behind its path.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ffi};

/// The path of a file that is open, and which file stood there then.
pub(super) struct Place {
    path: PathBuf,
    file: Option<(u64, u64)>,
}

impl Place {
    pub(super) fn of(connection: &Connection) -> Self {
        let path = PathBuf::from(connection.path().unwrap_or_default());
        Self { file: file(&path), path }
    }

    /// SQLite does not look, and what is written into a file without a name is gone with the last who has it open.
    pub(super) fn check(&self) -> Result<(), rusqlite::Error> {
        let moved = || rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_READONLY_DBMOVED), None);
        if file(&self.path) == self.file { Ok(()) } else { Err(moved()) }
    }
}

/// The device and its number of the file.
#[cfg(unix)]
fn file(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// Elsewhere a file that is open cannot be removed.
#[cfg(not(unix))]
fn file(_path: &Path) -> Option<(u64, u64)> {
    None
}
