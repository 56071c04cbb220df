//! The connection that writes, and the changes it makes, each inside a transaction of the writer.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::{
    clock::Clock,
    failed,
    keys::{Keys, PART},
    place::Place,
};
use crate::{
    Accepted, EntryId, Error, State,
    store::{Arrival, MOST_CONFLICTS},
};

/// How many deliveries are looked at for a purge in one transaction.
const PURGED_TOGETHER: i64 = 1024;

/// A wall clock that goes back by less is not worth a look.
const STEP: u64 = 1_000_000;

/// How far from the future what came last may seem to come before the clock is held to have gone back, in microseconds.
const FUTURE: i64 = 60_000_000;

/// The connection that writes.
pub(super) struct Write {
    connection: Option<Connection>,
    place: Place,
    pub(super) clock: Box<dyn Clock>,
    keys: Keys,
}

pub(super) type Db<T> = Result<T, rusqlite::Error>;

impl Write {
    pub(super) fn new(connection: Connection, clock: Box<dyn Clock>) -> Result<Self, Error> {
        let place = Place::of(&connection);
        let mut write = Self { connection: Some(connection), place, clock, keys: Keys::default() };
        write.begin().and_then(|()| write.mend_times()).and_then(|()| write.commit()).map_err(failed)?;
        Ok(write)
    }

    pub(super) fn begin(&mut self) -> Db<()> {
        self.place.check()?;
        self.connection()?.execute_batch("BEGIN IMMEDIATE")?;
        self.keys.begin();
        Ok(())
    }

    pub(super) fn commit(&mut self) -> Db<()> {
        self.connection()?.execute_batch("COMMIT")
    }

    /// After some errors SQLite has done it by itself.
    pub(super) fn roll_back(&mut self) {
        self.keys.forget();
        if let Ok(connection) = self.connection()
            && !connection.is_autocommit()
        {
            let _ = connection.execute_batch("ROLLBACK");
        }
    }

    /// So that what was purged is in no log either; `false` if somebody reads the log. Who reads is not waited for, because
    /// what arrives would wait as well.
    pub(super) fn checkpoint(&mut self) -> Result<bool, Error> {
        let connection = self.connection.as_mut().ok_or_else(super::closed)?;
        connection.busy_timeout(Duration::ZERO).map_err(failed)?;
        let emptied = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0));
        connection.busy_handler(Some(super::wait_for_others)).map_err(failed)?;
        emptied.map_err(failed)
    }

    pub(super) fn close(&mut self) {
        self.connection = None;
    }

    pub(super) fn connection(&self) -> Db<&Connection> {
        self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)
    }

    pub(super) fn accept(&mut self, arrival: &Arrival) -> Result<Accepted, Error> {
        self.keep(arrival).map_err(failed)
    }

    fn keep(&mut self, arrival: &Arrival) -> Db<Accepted> {
        let connection = self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery)?;
        let Some(id) = self.keys.find(connection, &arrival.dedup)? else {
            return Ok(Accepted::New { id: self.insert(arrival, false)?, possible_replay: false });
        };
        let first = EntryId::new(id);
        let find = "SELECT digest, received_at FROM idhooks_deliveries WHERE id = ?1";
        let (digest, came_at): (Vec<u8>, i64) =
            connection.prepare_cached(find)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let apart = super::clock::micros(arrival.received_at).abs_diff(came_at);
        if arrival.window.is_some_and(|window| u128::from(apart) > window.as_micros()) {
            self.keys.free(connection, &arrival.dedup, id)?;
            return Ok(Accepted::New { id: self.insert(arrival, true)?, possible_replay: true });
        }
        if digest == arrival.digest {
            return Ok(Accepted::Duplicate { id: first });
        }
        let keep = "INSERT INTO idhooks_conflicts (delivery, digest, received_at, body) SELECT ?1, ?2, ?3, ?4 \
                    WHERE (SELECT count(*) FROM idhooks_conflicts WHERE delivery = ?1) < ?5 \
                    ON CONFLICT (delivery, digest) DO NOTHING";
        let received_at = super::clock::micros(arrival.received_at);
        let row = params![id, &arrival.digest[..], received_at, &arrival.body()[..], MOST_CONFLICTS];
        connection.prepare_cached(keep)?.execute(row)?;
        Ok(Accepted::Conflict { id: first })
    }

    /// The number of the new delivery.
    fn insert(&mut self, arrival: &Arrival, possible_replay: bool) -> Db<EntryId> {
        let connection = self.connection()?;
        let insert = "INSERT INTO idhooks_deliveries (dedup, digest, key, vendor, verified, endpoint, event, subject, \
                      lane, proof, secret, label, received_at, possible_replay, body) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
        connection.prepare_cached(insert)?.execute(params![
            &arrival.dedup[..],
            &arrival.digest[..],
            arrival.key,
            arrival.vendor,
            arrival.verified,
            arrival.endpoint(),
            arrival.event,
            arrival.subject,
            arrival.lane,
            arrival.method(),
            arrival.secret_index(),
            arrival.label(),
            super::clock::micros(arrival.received_at),
            possible_replay,
            &arrival.body()[..],
        ])?;
        let id = connection.last_insert_rowid();
        self.keys.take(arrival.dedup, id);
        Ok(EntryId::new(id))
    }

    /// Writes keys into their index, if it is time: see [`Keys`].
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        if !self.keys.want_settling() {
            return Ok(());
        }
        self.begin().map_err(failed)?;
        let connection = self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery).map_err(failed)?;
        let settled = self.keys.settle(connection, PART).and_then(|()| self.commit());
        if settled.is_err() {
            self.roll_back();
        }
        settled.map_err(failed)
    }

    /// What cannot be replayed is an answer, and no failure of the transaction with what others do in it.
    pub(super) fn replay(&mut self, id: EntryId) -> Result<Result<(), Error>, Error> {
        let id = id.get();
        let find = "SELECT state, s.lane, body IS NOT NULL FROM idhooks_deliveries JOIN idhooks_states AS s USING (id) \
                    WHERE id = ?1";
        let look = || {
            self.look_at_new_until(id)?;
            self.connection()?.query_row(find, [id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()
        };
        let Some((state, lane, has_body)): Option<(i16, Option<i64>, bool)> = look().map_err(failed)? else {
            return Ok(Err(Error::not_found(format!("there is no delivery {id}"))));
        };
        if state == State::Running.code() {
            return Ok(Err(Error::conflict(format!("delivery {id} is in a worker's hands"))));
        }
        if !has_body {
            return Ok(Err(Error::conflict(format!("the body of delivery {id} was purged"))));
        }
        let set = "UPDATE idhooks_states SET state = 0, behind = 0, due_at = ?2, attempts = 0, finished_at = NULL \
                   WHERE id = ?1";
        let put = || self.connection()?.execute(set, [id, self.clock.wall()]).map(drop);
        // It may be the one of its lane that can be seen, and others of it have waited longer now.
        put().and_then(|()| self.free(lane)).map(Ok).map_err(failed)
    }

    /// As with [`replay`](Self::replay), a refusal is an answer.
    pub(super) fn give_up_waiting(&mut self, id: EntryId, reason: &str) -> Result<Result<(), Error>, Error> {
        let id = id.get();
        let find = "SELECT state, lane FROM idhooks_states WHERE id = ?1";
        let look = || {
            self.look_at_new_until(id)?;
            self.connection()?.query_row(find, [id], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        };
        let Some((state, lane)): Option<(i16, Option<i64>)> = look().map_err(failed)? else {
            return Ok(Err(Error::not_found(format!("there is no delivery {id}"))));
        };
        match State::from_code(state) {
            Some(State::Running) => Ok(Err(Error::conflict(format!("delivery {id} is in a worker's hands")))),
            Some(State::Done) => Ok(Err(Error::conflict(format!("delivery {id} is done")))),
            Some(State::Dead) => Ok(Ok(())),
            // It may be the one of its lane that can be seen.
            _ => self.give_up(id, reason).and_then(|()| self.free(lane)).map(Ok).map_err(failed),
        }
    }

    /// Looks at some deliveries after `after`: how many it purged, and the last it looked at; `None` once there are no
    /// more. In the order of their numbers, so that each is looked at once.
    pub(super) fn purge(&mut self, after: i64, older_than: Duration, dead: bool) -> Result<Option<(u64, i64)>, Error> {
        let state = if dead { State::Dead } else { State::Done };
        let before = self.clock.wall().saturating_sub(span(older_than));
        self.empty(after, state, before).map_err(failed)
    }

    fn empty(&self, after: i64, state: State, before: i64) -> Db<Option<(u64, i64)>> {
        let connection = self.connection()?;
        let last: Option<i64> = connection
            .prepare_cached("SELECT max(id) FROM idhooks_deliveries WHERE id > ?1")?
            .query_row([after], |row| row.get(0))?;
        let Some(last) = last.map(|last| last.min(after.saturating_add(PURGED_TOGETHER))) else { return Ok(None) };
        // The last part: bodies in conflict with a delivery that had been purged when they came.
        let find = "SELECT id FROM idhooks_states JOIN idhooks_deliveries AS d USING (id) \
                    WHERE id > ?1 AND id <= ?2 AND state = ?3 AND finished_at < ?4 \
                    AND (body IS NOT NULL OR EXISTS (SELECT 1 FROM idhooks_conflicts AS c \
                    WHERE c.delivery = d.id AND c.body IS NOT NULL AND c.received_at < ?4))";
        let ids: Vec<i64> = connection
            .prepare_cached(find)?
            .query_map(params![after, last, state.code(), before], |row| row.get(0))?
            .collect::<Db<_>>()?;
        // Those that came after a purge have an age of their own.
        let beside = "UPDATE idhooks_conflicts SET body = NULL WHERE delivery = ?1 AND (received_at < ?2 \
                      OR EXISTS (SELECT 1 FROM idhooks_deliveries WHERE id = ?1 AND body IS NOT NULL))";
        for id in &ids {
            connection.prepare_cached(beside)?.execute([*id, before])?;
            for sql in [
                "UPDATE idhooks_attempts SET reason = '' WHERE delivery = ?1",
                "UPDATE idhooks_states SET lane = NULL, reason = NULL WHERE id = ?1",
                "UPDATE idhooks_deliveries SET key = NULL, subject = NULL, lane = NULL, event = NULL, label = NULL, \
                 body = NULL WHERE id = ?1",
            ] {
                connection.prepare_cached(sql)?.execute([id])?;
            }
        }
        Ok(Some((ids.len() as u64, last)))
    }

    /// If the wall's clock went back, what waits for a time waits that much less, or it would wait too long. What is known of
    /// the clock stands in the file, so that of several programs one does it, whichever saw the clock before.
    pub(super) fn follow_clock(&self) -> Db<()> {
        let ahead = self.clock.wall().saturating_sub(self.clock.uptime());
        match self.ahead_before()? {
            Some(before) if before.abs_diff(ahead) <= STEP => return Ok(()),
            Some(before) if before > ahead => self.bring_forward(before.saturating_sub(ahead))?,
            _ => {}
        }
        let set = "INSERT OR REPLACE INTO idhooks_clock (id, boot, ahead) VALUES (1, ?1, ?2)";
        self.connection()?.prepare_cached(set)?.execute(params![self.clock.boot(), ahead]).map(drop)
    }

    /// By how much the wall's clock was ahead of the uptime, if that was at the same start of the machine.
    fn ahead_before(&self) -> Db<Option<i64>> {
        let find = "SELECT ahead FROM idhooks_clock WHERE boot = ?1";
        self.connection()?.prepare_cached(find)?.query_row([self.clock.boot()], |row| row.get(0)).optional()
    }

    /// The same when a program begins. At the first of a start of the machine, or where its starts cannot be told apart,
    /// there is nothing to compare with; but if what came last came in the future, the clock went back.
    fn mend_times(&self) -> Db<()> {
        if self.clock.boot().is_empty() || self.ahead_before()?.is_none() {
            let last = "SELECT received_at FROM idhooks_deliveries ORDER BY id DESC LIMIT 1";
            let last: Option<i64> = self.connection()?.query_row(last, [], |row| row.get(0)).optional()?;
            let back = last.map_or(0, |last| last.saturating_sub(self.clock.wall()));
            if back > FUTURE {
                self.bring_forward(back)?;
            }
        }
        self.follow_clock()
    }

    fn bring_forward(&self, by: i64) -> Db<()> {
        let set = "UPDATE idhooks_states SET due_at = due_at - ?1 WHERE state = 0 AND due_at > ?2";
        self.connection()?.execute(set, [by, self.clock.wall()]).map(drop)
    }
}

pub(super) fn span(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
