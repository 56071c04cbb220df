//! The engine for one machine: a SQLite file.

mod admin;
mod claim;
mod file;
mod log;
mod read;
mod schema;
#[cfg(test)]
mod tests;
mod write;
mod writer;

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use async_trait::async_trait;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, ffi};
use tokio::{sync::Notify, time::sleep};

use self::{
    file::{Location, OpenFiles},
    write::{WriteConnection, wall_clock},
    writer::WriterHandle,
};
use crate::{
    AcceptOutcome, DeliveryDetails, DeliveryId, Erased, Error, Filter, Page, Purged, Retention, State, Stats,
    store::{ClaimRequest, Claimed, Completion, DeliveryKind, DeliveryRecord, Lease, Store},
};

/// How long to wait for another program that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(4);

/// How often to look whether it has ended.
const BUSY_INTERVAL: Duration = Duration::from_millis(1);

/// How often to look whether another program still reads the log.
const LOG_INTERVAL: Duration = Duration::from_millis(50);

/// How often to look for what other programs have written.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

type Clock = Box<dyn Fn() -> SystemTime + Send>;

/// A file that one thread writes, so that it can commit in batches, and that a second connection reads.
pub(crate) struct Sqlite {
    writer: WriterHandle,
    /// `None` once the store is closed.
    reader: Arc<Mutex<Option<Connection>>>,
    files: OpenFiles,
    changed: Notify,
}

impl Sqlite {
    /// Opens the file behind `sqlite:`, or creates it.
    pub(crate) async fn open(rest: &str) -> Result<Self, Error> {
        let location = Location::parse(rest)?;
        blocking(move || Self::open_file(&location, Box::new(wall_clock))).await
    }

    fn open_file(location: &Location, clock: Clock) -> Result<Self, Error> {
        location.check_file_system()?;
        location.create()?;
        let path = &location.path;
        let had_log = log::exists(path);
        let mut connection = connect(path)?;
        if had_log {
            log::check(&connection, path)?;
        }
        schema::configure(&connection)?;
        schema::migrate(&mut connection)?;
        // Also syncs what a killed program wrote and did not sync: a duplicate of it is acknowledged without a write.
        log::begin_generation(&connection).map_err(failed)?;
        let reader = connect(path)?;
        schema::configure(&reader)?;
        reader.execute_batch("PRAGMA query_only = ON").map_err(failed)?;
        let writer = WriterHandle::start(WriteConnection::new(connection, OpenFiles::of(path), clock))?;
        let reader = Arc::new(Mutex::new(Some(reader)));
        Ok(Self { writer, reader, files: OpenFiles::of(path), changed: Notify::new() })
    }

    /// Returns whether the log is empty.
    async fn empty_log(&self) -> Result<bool, Error> {
        let deadline = Instant::now() + BUSY_TIMEOUT;
        loop {
            if self.writer.empty_log().await? {
                return Ok(true);
            }
            if Instant::now() > deadline {
                return Ok(false);
            }
            sleep(LOG_INTERVAL).await;
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

    /// Purges in steps, so that deliveries that arrive do not wait for all of them.
    async fn purge_state(&self, state: State, age: Option<Duration>, purged: &mut Purged) -> Result<(), Error> {
        let Some(age) = age else { return Ok(()) };
        let mut after = i64::MIN;
        while let Some((step, last)) = self.writer.run(move |write| write.purge_step(after, state, age)).await? {
            purged.deliveries += step;
            after = last;
        }
        purged.deliveries += self.writer.run(move |write| write.purge_late_conflicts(state, age)).await?;
        Ok(())
    }
}

#[async_trait]
impl Store for Sqlite {
    async fn accept(&self, record: DeliveryRecord) -> Result<AcceptOutcome, Error> {
        let accepted = self.writer.run(move |write| write.accept(&record)).await?;
        if matches!(accepted, AcceptOutcome::New { .. }) {
            self.changed.notify_one();
        }
        Ok(accepted)
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Claimed, Error> {
        self.writer.run_if_awaited(move |write| write.claim(&request)).await
    }

    async fn renew(&self, leases: &[Lease], time: Duration) -> Result<Vec<Lease>, Error> {
        let leases = leases.to_vec();
        self.writer.run(move |write| write.renew(&leases, time)).await
    }

    async fn complete(&self, completions: &[Completion]) -> Result<Vec<Lease>, Error> {
        let completions = completions.to_vec();
        let lost = self.writer.run(move |write| write.complete(&completions)).await?;
        // Another delivery of a subject may be ready.
        self.changed.notify_one();
        Ok(lost)
    }

    async fn changed(&self) {
        self.changed.notified().await;
    }

    fn poll_interval(&self) -> Duration {
        POLL_INTERVAL
    }

    async fn unfinished_kinds(&self) -> Result<Vec<DeliveryKind>, Error> {
        self.read(|connection| read::unfinished_kinds(connection)).await
    }

    async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        let filter = filter.clone();
        self.read(move |connection| read::list(connection, &filter)).await
    }

    async fn get(&self, id: DeliveryId) -> Result<Option<DeliveryDetails>, Error> {
        self.read(move |connection| read::get(connection, id)).await
    }

    async fn replay(&self, id: DeliveryId) -> Result<(), Error> {
        self.writer.run(move |write| write.replay(id)).await??;
        self.changed.notify_one();
        Ok(())
    }

    async fn dead_letter(&self, id: DeliveryId, reason: &str) -> Result<(), Error> {
        let reason = reason.to_owned();
        self.writer.run(move |write| write.dead_letter(id, &reason)).await??;
        self.changed.notify_one();
        Ok(())
    }

    async fn purge(&self, retention: &Retention) -> Result<Purged, Error> {
        let (mut purged, retention) = (Purged::default(), *retention);
        self.purge_state(State::Done, retention.done, &mut purged).await?;
        self.purge_state(State::DeadLetter, retention.dead_letters, &mut purged).await?;
        let mut more = true;
        while more {
            let (rows, again) = self.writer.run(move |write| write.purge_rows(&retention)).await?;
            purged.rows += rows;
            more = again;
        }
        // Also if nothing was purged: an earlier purge may have left something there.
        purged.in_log = !self.empty_log().await?;
        Ok(purged)
    }

    async fn erase(&self, vendor: &str, subject: &str) -> Result<Erased, Error> {
        let (vendor, subject) = (vendor.to_owned(), subject.to_owned());
        let mut erased = self.writer.run(move |write| write.erase(&vendor, &subject)).await?;
        erased.in_log = !self.empty_log().await?;
        self.changed.notify_one();
        Ok(erased)
    }

    async fn stats(&self) -> Result<Stats, Error> {
        let stats = self.read(|connection| read::stats(connection, SystemTime::now())).await?;
        Ok(Stats { log_bytes: self.files.log_bytes(), ..stats })
    }

    async fn close(&self) {
        let reader = Arc::clone(&self.reader);
        let close = move || {
            *reader.lock().unwrap_or_else(PoisonError::into_inner) = None;
            Ok(())
        };
        // The connection that writes is the last one, because it removes the log.
        let _ = blocking(close).await;
        self.writer.close().await;
    }
}

fn closed() -> Error {
    Error::closed()
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    #[allow(unused_mut, reason = "busy_handler takes `&self` in rusqlite 0.39 and `&mut self` in 0.43")]
    let mut connection = Connection::open_with_flags(path, flags)
        .map_err(|error| failed(error).caused_by(format!("cannot open {}", path.display())))?;
    // SQLite opens a file that it may not write for reading, and fails at the first change.
    if connection.is_readonly(MAIN_DB).map_err(failed)? {
        return Err(Error::unavailable(format!("cannot write {}", path.display())));
    }
    connection.busy_handler(Some(wait_for_others)).map_err(failed)?;
    Ok(connection)
}

/// Looks each millisecond. SQLite's own handler looks ten times a second in the end, and hardly ever finds the file free
/// beside a program that commits without a pause.
fn wait_for_others(looks: i32) -> bool {
    std::thread::sleep(BUSY_INTERVAL);
    u128::try_from(looks).is_ok_and(|looks| looks < BUSY_TIMEOUT.as_millis() / BUSY_INTERVAL.as_millis())
}

async fn blocking<T: Send + 'static>(run: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    let stopped = |_| Error::unavailable("the program is shutting down");
    tokio::task::spawn_blocking(run).await.map_err(stopped)?
}

/// Translates an error of SQLite without its message, which may quote what was stored.
fn failed(error: rusqlite::Error) -> Error {
    let rusqlite::Error::SqliteFailure(code, _) = error else {
        return Error::unavailable("cannot read a row of the store: is the file an inbox?");
    };
    let message = match code.code {
        ErrorCode::DiskFull => "the disk is full",
        ErrorCode::ReadOnly if code.extended_code == ffi::SQLITE_READONLY_DBMOVED => {
            "the database file or its log was deleted or replaced: restart the process"
        }
        ErrorCode::ReadOnly => "the store is read-only",
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => "another program has locked the store",
        ErrorCode::CannotOpen | ErrorCode::PermissionDenied => "cannot open the file of the store",
        ErrorCode::DatabaseCorrupt => {
            "the file of the store is damaged: was a backup restored beside an old `-wal` file?"
        }
        ErrorCode::NotADatabase => "the file is not a SQLite database",
        ErrorCode::SystemIoFailure => "the disk of the store failed",
        ErrorCode::TooBig => "the delivery is larger than SQLite allows",
        _ => "SQLite failed",
    };
    let cause = format!("SQLite error {}", code.extended_code);
    let error = match code.code {
        ErrorCode::NotADatabase => Error::incompatible_schema(message),
        _ => Error::unavailable(message),
    };
    error.caused_by(cause)
}
