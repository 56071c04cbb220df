//! The connection that writes. Each change runs inside a transaction of the writer.

use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::{Clock, failed, file::OpenFiles, log, wait_for_others};
use crate::{
    AcceptOutcome, DeliveryId, Error,
    clock::micros,
    observe, row,
    store::{DeliveryRecord, MAX_CONFLICTS},
};

/// How often a new generation of the log begins, if anything changes.
const GENERATION: Duration = Duration::from_secs(60);

/// From this size on a growing log is reported, each time it has doubled.
const LARGE_LOG: u64 = 256 * 1024 * 1024;

pub(super) type Db<T> = Result<T, rusqlite::Error>;

/// The connection that writes.
pub(super) struct WriteConnection {
    connection: Option<Connection>,
    files: OpenFiles,
    clock: Clock,
    /// When the transaction began, in microseconds.
    now: i64,
    /// The last id or token, as this transaction knows it, and whether it has changed.
    last_id: i64,
    id_used: bool,
    /// How many rows this connection had changed when the transaction began.
    changes: u64,
    generation_since: Instant,
    /// How many rows this connection had changed when the generation began.
    generation_changes: u64,
    reported_log: u64,
}

impl WriteConnection {
    pub(super) fn new(connection: Connection, files: OpenFiles, clock: Clock) -> Self {
        let generation_since = Instant::now();
        let now = micros(clock());
        Self {
            connection: Some(connection),
            files,
            clock,
            now,
            last_id: 0,
            id_used: false,
            changes: 0,
            generation_since,
            generation_changes: 0,
            reported_log: LARGE_LOG,
        }
    }

    pub(super) fn connection(&self) -> Db<&Connection> {
        self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)
    }

    /// Returns when the transaction began, in microseconds. One time for all changes of a transaction: equal times are
    /// ordered by id.
    pub(super) fn now(&self) -> i64 {
        self.now
    }

    pub(super) fn begin(&mut self) -> Db<()> {
        self.files.check()?;
        self.connection()?.execute_batch("BEGIN IMMEDIATE")?;
        self.now = micros((self.clock)());
        self.id_used = false;
        self.changes = self.connection()?.total_changes();
        let last =
            self.connection()?.prepare_cached("SELECT last_id FROM idhooks_store")?.query_row([], |row| row.get(0));
        match last {
            Ok(last) => self.last_id = last,
            Err(error) => {
                self.roll_back();
                return Err(error);
            }
        }
        Ok(())
    }

    /// Changes the row of `idhooks_store` in each transaction that changes anything, so that the log has its generation.
    /// SQLite does not write a row that stays as it is.
    pub(super) fn commit(&mut self) -> Db<()> {
        if !self.id_used && self.connection()?.total_changes() > self.changes {
            self.next_id();
        }
        if self.id_used {
            self.connection()?.prepare_cached("UPDATE idhooks_store SET last_id = ?1")?.execute([self.last_id])?;
        }
        self.connection()?.prepare_cached("COMMIT")?.execute([]).map(drop)
    }

    /// Does nothing if SQLite has rolled back by itself, as it does after some errors.
    pub(super) fn roll_back(&mut self) {
        if let Ok(connection) = self.connection()
            && !connection.is_autocommit()
        {
            let _ = connection.execute_batch("ROLLBACK");
        }
    }

    /// Does what is due between transactions.
    pub(super) fn maintain(&mut self) {
        let size = self.files.log_bytes();
        if size > self.reported_log {
            observe::log_grows(size);
            self.reported_log = self.reported_log.saturating_mul(2);
        }
        if self.generation_since.elapsed() > GENERATION {
            self.generation_since = Instant::now();
            // The next transaction fails too if the store does, and reports it.
            let _ = self.begin_generation();
        }
    }

    fn begin_generation(&mut self) -> Db<()> {
        if self.connection()?.total_changes() > self.generation_changes {
            self.unhurried(log::begin_generation)?;
            self.generation_changes = self.connection()?.total_changes();
        }
        Ok(())
    }

    /// Empties the log, so that it holds nothing of what was purged; `false` if another program reads it.
    pub(super) fn empty_log(&mut self) -> Result<bool, Error> {
        let empty =
            |connection: &Connection| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        let busy: i64 = self.unhurried(empty).map_err(failed)?;
        // The next transaction writes the generation into the emptied log.
        Ok(busy == 0)
    }

    /// Runs something without waiting for other programs, because deliveries that arrive would wait as well.
    fn unhurried<T>(&mut self, run: impl FnOnce(&Connection) -> Db<T>) -> Db<T> {
        let connection = self.connection.as_mut().ok_or(rusqlite::Error::InvalidQuery)?;
        connection.busy_timeout(Duration::ZERO)?;
        let result = run(connection);
        connection.busy_handler(Some(wait_for_others))?;
        result
    }

    pub(super) fn close(&mut self) {
        self.connection = None;
    }

    /// Returns the next id or token.
    pub(super) fn next_id(&mut self) -> i64 {
        self.last_id = self.now().max(self.last_id.saturating_add(1));
        self.id_used = true;
        self.last_id
    }

    pub(super) fn accept(&mut self, record: &DeliveryRecord) -> Result<AcceptOutcome, Error> {
        self.store(record).map_err(failed)
    }

    fn store(&mut self, record: &DeliveryRecord) -> Db<AcceptOutcome> {
        if let Some(id) = self.insert(record, false)? {
            return Ok(AcceptOutcome::New { id, possible_replay: false });
        }
        let find = "SELECT * FROM idhooks_deliveries WHERE dedup = ?1";
        let first = self.connection()?.prepare_cached(find)?.query_row([&record.dedup], |row| row::record(row))?;
        if first.key_expired(record) {
            let free = "UPDATE idhooks_deliveries SET dedup = NULL WHERE id = ?1";
            self.connection()?.prepare_cached(free)?.execute([first.id.get()])?;
            let id = self.insert(record, true)?.ok_or(rusqlite::Error::InvalidQuery)?;
            return Ok(AcceptOutcome::New { id, possible_replay: true });
        }
        let id = first.id;
        if first.body_digest == record.body_digest {
            return Ok(AcceptOutcome::Duplicate { id });
        }
        let received_at = micros(record.received_at);
        let values = params![id.get(), &record.body_digest[..], received_at, record.body.as_deref(), MAX_CONFLICTS];
        self.connection()?.prepare_cached(include_str!("sql/accept_conflict.sql"))?.execute(values)?;
        Ok(AcceptOutcome::Conflict { id })
    }

    /// Returns the id of the new delivery, or `None` if its key is taken.
    fn insert(&mut self, record: &DeliveryRecord, possible_replay: bool) -> Db<Option<DeliveryId>> {
        let (last, used) = (self.last_id, self.id_used);
        let id = self.next_id();
        let connection = self.connection()?;
        let inserted = connection.prepare_cached(include_str!("sql/accept.sql"))?.execute(named_params! {
            ":id": id,
            ":dedup": record.dedup,
            ":dedup_until": record.dedup_until.map(micros),
            ":body_digest": &record.body_digest[..],
            ":vendor": record.kind.vendor,
            ":verified": record.kind.verified,
            ":endpoint": record.endpoint.as_deref(),
            ":event": record.event,
            ":subject": record.subject.as_ref().map(|subject| &**subject.expose()),
            ":subject_key": record.subject_key,
            ":auth": record.auth,
            ":label": record.label.as_deref(),
            ":received_at": micros(record.received_at),
            ":possible_replay": possible_replay,
            ":now": self.now(),
        })?;
        if inserted == 0 {
            (self.last_id, self.id_used) = (last, used);
            return Ok(None);
        }
        let body = "INSERT INTO idhooks_bodies (id, body) VALUES (?1, ?2)";
        connection.prepare_cached(body)?.execute(params![id, record.body.as_deref()])?;
        Ok(Some(DeliveryId::new(id)))
    }

    /// Returns state and subject key of a delivery, and whether it has a body.
    pub(super) fn find(&self, id: DeliveryId) -> Db<Option<(i16, Option<i64>, bool)>> {
        let find = "SELECT state, subject_key, EXISTS (SELECT 1 FROM idhooks_bodies AS b WHERE b.id = d.id) \
                    FROM idhooks_deliveries AS d WHERE d.id = ?1";
        let mut find = self.connection()?.prepare_cached(find)?;
        find.query_row([id.get()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()
    }

    /// Makes the next delivery of a subject ready.
    pub(super) fn unblock(&self, subject_key: Option<i64>) -> Db<()> {
        let Some(key) = subject_key else { return Ok(()) };
        self.connection()?.prepare_cached(include_str!("sql/unblock.sql"))?.execute([key, self.now()]).map(drop)
    }

    /// Adds a failed attempt to the history of a delivery.
    pub(super) fn add_failed_attempt(&self, id: DeliveryId, number: i64, reason: &str) -> Db<()> {
        let add = "INSERT INTO idhooks_attempts (delivery, number, ended_at, reason) VALUES (?1, ?2, ?3, ?4)";
        self.connection()?.prepare_cached(add)?.execute(params![id.get(), number, self.now(), reason]).map(drop)
    }

    /// Returns the time `by` before now, in microseconds.
    pub(super) fn before(&self, by: Duration) -> i64 {
        self.now().saturating_sub(span(by))
    }
}

/// Returns a duration in microseconds.
pub(super) fn span(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Returns the wall clock's time; tests bring a clock of their own.
pub(super) fn wall_clock() -> SystemTime {
    SystemTime::now()
}

#[cfg(all(test, feature = "metrics"))]
mod tests {
    use super::*;
    use crate::{
        sqlite::{connect, file::Location, schema},
        unhandled::tests::Gauges,
    };

    #[test]
    fn a_growing_log_is_reported_each_time_it_has_doubled() {
        let gauges = Gauges::default();
        let _here = metrics::set_default_local_recorder(&gauges);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        Location::parse(path.to_str().unwrap()).unwrap().create().unwrap();
        let mut connection = connect(&path).unwrap();
        schema::configure(&connection).unwrap();
        schema::migrate(&mut connection).unwrap();
        let mut write = WriteConnection::new(connection, OpenFiles::of(&path), Box::new(wall_clock));
        let reported = || gauges.value("idhooks_inbox_log_bytes");
        write.maintain();
        assert_eq!(reported(), None, "a small log is no news");
        let size = write.files.log_bytes();
        write.reported_log = size - 1;
        write.maintain();
        assert_eq!((reported(), write.reported_log), (Some(size as f64), 2 * (size - 1)));
        gauges.set("idhooks_inbox_log_bytes", 0.0);
        write.maintain();
        assert_eq!(reported(), Some(0.0), "not again before it has doubled");
    }
}
