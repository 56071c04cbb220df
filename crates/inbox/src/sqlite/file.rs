//! The file of the store: its path, its file system, and whether it is still the one that was opened.

use std::{
    collections::{HashMap, hash_map::Entry},
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use rusqlite::ffi;

use crate::Error;

/// The device and number of a file.
type FileId = (u64, u64);

/// The part of the URL behind `sqlite:`.
pub(super) struct Location {
    pub(super) path: PathBuf,
    allowed: Option<String>,
}

impl Location {
    /// Reads the path as it stands behind the colon; a leading `//` is skipped, as other URLs have it.
    pub(super) fn parse(rest: &str) -> Result<Self, Error> {
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, parameters) = rest.split_once('?').map_or((rest, None), |(path, rest)| (path, Some(rest)));
        let allowed = match parameters.map(|parameters| parameters.split_once('=').unwrap_or((parameters, ""))) {
            None => None,
            Some(("allow_filesystem", name)) => Some(name.to_owned()),
            Some(_) => return Err(Error::config("a `sqlite:` URL takes one parameter: `allow_filesystem`")),
        };
        if path.is_empty() {
            return Err(Error::config("the store's URL names no file: write `sqlite:inbox.db`"));
        }
        if path == ":memory:" {
            return Err(Error::not_durable(
                "SQLite in memory is not durable: the store must be a file on a local disk",
            ));
        }
        // SQLite would read such a name as a URL with another path.
        let path = if path.starts_with("file:") { Path::new(".").join(path) } else { PathBuf::from(path) };
        Ok(Self { path, allowed })
    }

    /// Refuses file systems that lose data on a restart or do not lock reliably, unless the URL allows them by name.
    pub(super) fn check_file_system(&self) -> Result<(), Error> {
        let Some(name) = file_system(&self.path) else { return Ok(()) };
        if self.allowed.as_deref() == Some(name) {
            return Ok(());
        }
        let why = match name {
            "tmpfs" | "ramfs" => "it keeps files in memory and loses them at a restart",
            _ => "SQLite's locks and syncs are not reliable on a network file system",
        };
        Err(Error::not_durable(format!(
            "{} is on {name}: {why}. Use a local disk, or allow it with `?allow_filesystem={name}`",
            self.path.display()
        )))
    }

    /// Creates the file for its user only, because it will hold personal data. An existing file is left to SQLite: a
    /// process that closes any handle of a file loses all its locks on it.
    pub(super) fn create(&self) -> Result<(), Error> {
        static CREATING: Mutex<()> = Mutex::new(());
        let _creating = CREATING.lock().unwrap_or_else(PoisonError::into_inner);
        let path = &self.path;
        if path.exists() {
            return Ok(());
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).map(drop).map_err(|error| {
            let what = match error.kind() {
                io::ErrorKind::NotFound => format!("the folder of {} does not exist", path.display()),
                kind => format!("cannot write {}: {kind}", path.display()),
            };
            Error::unavailable(what).caused_by(error)
        })
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn file_system(path: &Path) -> Option<&'static str> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let target = if path.exists() { path } else { folder };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "magic numbers have 32 bits")]
    file_system_name(rustix::fs::statfs(target).ok()?.f_type as u32)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn file_system(_path: &Path) -> Option<&'static str> {
    None
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn file_system_name(magic: u32) -> Option<&'static str> {
    match magic {
        0x0102_1994 => Some("tmpfs"),
        0x8584_58f6 => Some("ramfs"),
        0x6969 => Some("nfs"),
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => Some("smb"),
        0x0102_1997 => Some("9p"),
        _ => None,
    }
}

/// The database file and its log, as they were when the store was opened.
pub(super) struct OpenFiles {
    files: Vec<(PathBuf, Option<FileId>)>,
}

impl OpenFiles {
    pub(super) fn of(database: &Path) -> Self {
        let files = [database.to_owned(), log_path(database)];
        Self { files: files.into_iter().map(|path| (path.clone(), file_id(&path))).collect() }
    }

    /// SQLite does not look, and what it writes into a file without a name is lost when the program ends.
    pub(super) fn check(&self) -> Result<(), rusqlite::Error> {
        let same = self.files.iter().all(|(path, id)| file_id(path) == *id);
        let moved = || rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_READONLY_DBMOVED), None);
        if same { Ok(()) } else { Err(moved()) }
    }

    /// Returns the size of the log in bytes.
    pub(super) fn log_bytes(&self) -> u64 {
        self.files.get(1).and_then(|(path, _)| fs::metadata(path).ok()).map_or(0, |log| log.len())
    }
}

/// Returns the path of the log beside a database.
pub(super) fn log_path(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push("-wal");
    path.into()
}

#[cfg(unix)]
fn file_id(path: &Path) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn file_id(_path: &Path) -> Option<FileId> {
    None
}

/// Reads `user_version` from the database file itself, past the log. `None` if the file is too short.
///
/// The handles stay open for as long as the program runs: closing one would drop the locks that SQLite holds.
#[cfg(unix)]
pub(super) fn raw_user_version(database: &Path) -> Option<i64> {
    use std::os::unix::fs::FileExt as _;
    static HANDLES: Mutex<Option<HashMap<FileId, File>>> = Mutex::new(None);
    let id = file_id(database)?;
    let mut handles = HANDLES.lock().unwrap_or_else(PoisonError::into_inner);
    let handles = handles.get_or_insert_default();
    let handle = match handles.entry(id) {
        Entry::Occupied(handle) => handle.into_mut(),
        Entry::Vacant(place) => place.insert(File::open(database).ok()?),
    };
    let mut version = [0; 4];
    handle.read_exact_at(&mut version, 60).ok()?;
    Some(i64::from(u32::from_be_bytes(version)))
}

#[cfg(not(unix))]
pub(super) fn raw_user_version(_database: &Path) -> Option<i64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locations_are_paths_with_at_most_one_parameter() {
        let path = |rest| Location::parse(rest).map(|location| location.path.display().to_string());
        assert_eq!(path("inbox.db").unwrap(), "inbox.db");
        assert_eq!(path("///var/inbox.db").unwrap(), "/var/inbox.db");
        assert_eq!(path("inbox.db?allow_filesystem=nfs").unwrap(), "inbox.db");
        assert_eq!(path("file:x").unwrap(), "./file:x");
        for wrong in ["", "//", ":memory:", "inbox.db?mode=ro"] {
            assert!(path(wrong).is_err(), "{wrong}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn file_systems_without_durability_are_refused_unless_allowed_by_name() {
        for (magic, name) in
            [(0x0102_1994, "tmpfs"), (0x8584_58f6, "ramfs"), (0x6969, "nfs"), (0xfe53_4d42, "smb"), (0x0102_1997, "9p")]
        {
            assert_eq!(file_system_name(magic), Some(name));
        }
        assert_eq!(file_system_name(0xef53), None, "ext4");
        if file_system(Path::new("/dev/shm/inbox.db")) == Some("tmpfs") {
            let error = Location::parse("/dev/shm/inbox.db").unwrap().check_file_system().unwrap_err();
            assert!(error.to_string().contains("?allow_filesystem=tmpfs"), "{error}");
            let allowed = Location::parse("/dev/shm/inbox.db?allow_filesystem=tmpfs").unwrap();
            allowed.check_file_system().unwrap();
            assert!(Location::parse("/dev/shm/inbox.db?allow_filesystem=nfs").unwrap().check_file_system().is_err());
        }
    }
}
