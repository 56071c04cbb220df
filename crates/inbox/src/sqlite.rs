//! The engine for one machine: a SQLite file.

mod clock;
mod keys;
mod lease;
mod place;
mod read;
mod schema;
mod write;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, ffi};
use tokio::{sync::Notify, time::sleep};

use self::{
    clock::{Clock, Machine},
    write::Write,
    writer::Writer,
};
use crate::{
    Accepted, Details, EntryId, Error, Filter, Page, Purged, Stats,
    store::{Arrival, Batch, LeaseRequest, Route, Store, Token, Verdict},
};

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(4);

/// How often to ask whether it has ended.
const ASK_AGAIN: Duration = Duration::from_millis(1);

/// How often to ask whether somebody still reads the log that is to be emptied.
const ASK_FOR_LOG: Duration = Duration::from_millis(50);

/// How often to look for what other processes have written: one read of an index that is in memory.
const POLL: Duration = Duration::from_millis(100);

/// A file that one thread writes, so that what arrives together is committed together, and a second connection reads.
pub(crate) struct Sqlite {
    writer: Writer,
    /// `None` once the store is closed.
    reader: Arc<Mutex<Option<Connection>>>,
    changed: Notify,
}

impl Sqlite {
    /// Opens the file behind `sqlite:`, or makes it.
    pub(crate) async fn open(rest: &str) -> Result<Self, Error> {
        let path = path(rest)?;
        blocking(move || Self::open_file(&path, Machine::new())).await
    }

    fn open_file(path: &Path, clock: impl Clock) -> Result<Self, Error> {
        create(path)?;
        let mut connection = connect(path)?;
        schema::configure(&connection)?;
        schema::migrate(&mut connection)?;
        schema::sync_log(&connection)?;
        let reader = connect(path)?;
        schema::configure(&reader)?;
        reader.execute_batch("PRAGMA query_only = ON").map_err(failed)?;
        let writer = Writer::start(Write::new(connection, Box::new(clock))?)?;
        Ok(Self { writer, reader: Arc::new(Mutex::new(Some(reader))), changed: Notify::new() })
    }

    /// Whether the log could be emptied.
    async fn empty_log(&self) -> Result<bool, Error> {
        let give_up_at = Instant::now() + BUSY;
        loop {
            if self.writer.checkpoint().await? {
                return Ok(true);
            }
            if Instant::now() > give_up_at {
                return Ok(false);
            }
            sleep(ASK_FOR_LOG).await;
        }
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let reader = Arc::clone(&self.reader);
        let run = move || {
            let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            reader.as_mut().ok_or_else(closed).and_then(read)
        };
        blocking(run).await
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn accept(&self, arrival: Arrival) -> Result<Accepted, Error> {
        let accepted = self.writer.run(move |write| write.accept(&arrival)).await?;
        if matches!(accepted, Accepted::New { .. }) {
            self.changed.notify_one();
        }
        Ok(accepted)
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Batch, Error> {
        self.writer.run_for_asker(move |write| write.lease(&request)).await
    }

    async fn renew(&self, tokens: &[Token], time: Duration) -> Result<Vec<Token>, Error> {
        let tokens = tokens.to_vec();
        self.writer.run(move |write| write.renew(&tokens, time)).await
    }

    async fn finish(&self, id: EntryId, token: Token, verdict: Verdict) -> Result<bool, Error> {
        let finished = self.writer.run(move |write| write.finish(id, token, &verdict)).await?;
        // Another delivery of the same subject may be next.
        self.changed.notify_one();
        Ok(finished)
    }

    async fn changed(&self) {
        self.changed.notified().await;
    }

    fn poll_interval(&self) -> Duration {
        POLL
    }

    async fn unfinished(&self) -> Result<Vec<Route>, Error> {
        self.read(|connection| read::unfinished(connection)).await
    }

    async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        let filter = filter.clone();
        self.read(move |connection| read::list(connection, &filter)).await
    }

    async fn get(&self, id: EntryId) -> Result<Option<Details>, Error> {
        self.read(move |connection| read::get(connection, id)).await
    }

    async fn replay(&self, id: EntryId) -> Result<(), Error> {
        self.writer.run(move |write| write.replay(id)).await??;
        self.changed.notify_one();
        Ok(())
    }

    async fn give_up(&self, id: EntryId, reason: &str) -> Result<(), Error> {
        let reason = reason.to_owned();
        self.writer.run(move |write| write.give_up_waiting(id, &reason)).await??;
        // Another delivery of the same subject may be next.
        self.changed.notify_one();
        Ok(())
    }

    async fn purge(&self, older_than: Duration, dead: bool) -> Result<Purged, Error> {
        let (mut purged, mut after) = (Purged::default(), 0);
        // In steps, so that what arrives meanwhile does not wait for all of it.
        while let Some((step, last)) = self.writer.run(move |write| write.purge(after, older_than, dead)).await? {
            purged.deliveries += step;
            after = last;
        }
        // Also if nothing was purged: an earlier purge may have left something there.
        purged.in_log = !self.empty_log().await?;
        Ok(purged)
    }

    async fn stats(&self) -> Result<Stats, Error> {
        let now = clock::micros(std::time::SystemTime::now());
        self.read(move |connection| read::stats(connection, now)).await
    }

    async fn close(&self) {
        let reader = Arc::clone(&self.reader);
        let close = move || {
            *reader.lock().unwrap_or_else(PoisonError::into_inner) = None;
            Ok(())
        };
        // The one that writes is the last, because it tidies the log up as it goes.
        let _ = blocking(close).await;
        self.writer.close().await;
    }
}

fn closed() -> Error {
    Error::closed()
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|error| {
        let what = format!("{} cannot be opened", path.display());
        failed(error).caused_by(what)
    })?;
    // What may not be written SQLite opens for reading, and says so at the first change.
    if connection.is_readonly(MAIN_DB).map_err(failed)? {
        return Err(Error::unavailable(format!("{} cannot be written", path.display())));
    }
    connection.busy_handler(Some(wait_for_others)).map_err(failed)?;
    Ok(connection)
}

/// Asks each millisecond. SQLite's own handler asks ten times a second in the end, and beside a program that commits
/// without a pause hardly ever finds the file free.
fn wait_for_others(asked: i32) -> bool {
    std::thread::sleep(ASK_AGAIN);
    u128::try_from(asked).is_ok_and(|asked| asked < BUSY.as_millis() / ASK_AGAIN.as_millis())
}

/// The path as it stands behind the colon; two slashes before it, as other URLs have them, are passed over.
fn path(rest: &str) -> Result<PathBuf, Error> {
    let path = rest.strip_prefix("//").unwrap_or(rest);
    if path.is_empty() {
        return Err(Error::settings("the store's URL names no file: write `sqlite:inbox.db`"));
    }
    if path.contains('?') {
        return Err(Error::settings("a `sqlite:` URL takes a path and no parameters"));
    }
    if path == ":memory:" {
        return Err(Error::weak("SQLite in memory keeps nothing: the store must be a file on a disk of this machine"));
    }
    // What begins like this SQLite takes for a URL, whose path is another one than was made here for its user alone.
    Ok(if path.starts_with("file:") { Path::new(".").join(path) } else { PathBuf::from(path) })
}

/// Makes the file for this user alone: it will hold personal data. One that is there is left to SQLite, because a process
/// that closes any handle of a file loses all its locks on it.
fn create(path: &Path) -> Result<(), Error> {
    /// Nobody else of this process has locks yet on what is closed here.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    if path.exists() {
        return Ok(());
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(|error| {
        let what = match error.kind() {
            std::io::ErrorKind::NotFound => format!("the folder of {} does not exist", path.display()),
            kind => format!("{} cannot be written: {kind}", path.display()),
        };
        Error::unavailable(what).caused_by(error)
    })
}

async fn blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let stopped = |_| Error::unavailable("the program is stopping");
    tokio::task::spawn_blocking(run).await.map_err(stopped)?
}

/// What SQLite said, without the words of its message, which may name what was stored.
fn failed(error: rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(code, _) = error else {
        return Error::unavailable("a row of the store cannot be read: is the file an inbox's?");
    };
    let what = match code.code {
        ErrorCode::DiskFull => "the disk of the store is full",
        ErrorCode::ReadOnly if code.extended_code == ffi::SQLITE_READONLY_DBMOVED => {
            "the file of the store was deleted or replaced: what has it open must start again"
        }
        ErrorCode::ReadOnly => "the store is read-only",
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => "the store is locked by another program",
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => "the file of the store cannot be opened",
        ErrorCode::DatabaseCorrupt => "the file of the store is damaged",
        ErrorCode::NotADatabase => "the file is not a database of SQLite",
        ErrorCode::SystemIoFailure => "the disk of the store fails",
        ErrorCode::TooBig => "the delivery is larger than SQLite takes",
        _ => "SQLite could not do it",
    };
    let cause = format!("SQLite error {}", code.extended_code);
    if code.code == ErrorCode::NotADatabase { Error::schema(what) } else { Error::unavailable(what) }.caused_by(cause)
}

#[cfg(test)]
mod tests;
