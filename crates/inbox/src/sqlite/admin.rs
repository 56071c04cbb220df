//! Changes by operators and by the retention.

use std::{collections::BTreeSet, time::Duration};

use rusqlite::{params, types::Value};

use super::{
    failed,
    write::{Db, WriteConnection},
};
use crate::{DeliveryId, Erased, Error, Retention, State};

/// How many deliveries are looked at for a purge in one transaction.
const STEP: usize = 512;

/// Everything that names a person, except the body of the delivery itself.
const FORGET: [&str; 3] = [
    "DELETE FROM idhooks_bodies WHERE id = ?1",
    "UPDATE idhooks_conflicts SET body = NULL WHERE delivery = ?1",
    "UPDATE idhooks_attempts SET reason = '' WHERE delivery = ?1",
];

/// The reason of a dead letter that was erased while it waited.
const ERASED: &str = "erased";

impl WriteConnection {
    /// A delivery that cannot be replayed is a result, not a failure of the transaction that others share.
    pub(super) fn replay(&mut self, id: DeliveryId) -> Result<Result<(), Error>, Error> {
        let Some((state, _, has_body)) = self.find(id).map_err(failed)? else { return Ok(Err(not_found(id))) };
        if state == State::Running.code() {
            return Ok(Err(is_running(id)));
        }
        if !has_body {
            return Ok(Err(Error::invalid_state(format!("cannot replay delivery {id}: its body was purged"))));
        }
        let replay = || -> Db<()> {
            let reset =
                "UPDATE idhooks_deliveries SET attempts = 0, lost_leases = 0, decoder_version = NULL WHERE id = ?1";
            self.connection()?.execute(reset, [id.get()])?;
            if state == State::Blocked.code() {
                return Ok(());
            }
            let mut promote = self.connection()?.prepare_cached(include_str!("sql/promote.sql"))?;
            promote.execute(params![id.get(), self.now(), None::<i64>]).map(drop)
        };
        replay().map(Ok).map_err(failed)
    }

    pub(super) fn dead_letter(&mut self, id: DeliveryId, reason: &str) -> Result<Result<(), Error>, Error> {
        let Some((state, subject_key, _)) = self.find(id).map_err(failed)? else { return Ok(Err(not_found(id))) };
        match State::from_code(state) {
            Some(State::Running) => Ok(Err(is_running(id))),
            Some(State::Done) => Ok(Err(Error::invalid_state(format!("delivery {id} is done")))),
            Some(State::DeadLetter) => Ok(Ok(())),
            _ => self.make_dead_letter(id, subject_key, reason).map(Ok).map_err(failed),
        }
    }

    fn make_dead_letter(&self, id: DeliveryId, subject_key: Option<i64>, reason: &str) -> Db<()> {
        let attempt = "SELECT attempts + lost_leases FROM idhooks_deliveries WHERE id = ?1";
        let attempt = self.connection()?.prepare_cached(attempt)?.query_row([id.get()], |row| row.get(0))?;
        self.add_failed_attempt(id, attempt, reason)?;
        let set = "UPDATE idhooks_deliveries SET state = 5, finished_at = ?2, reason = ?3 WHERE id = ?1";
        self.connection()?.prepare_cached(set)?.execute(params![id.get(), self.now(), reason])?;
        self.unblock(subject_key)
    }

    /// Purges some deliveries after `after`. Returns how many, and the last that was looked at; `None` at the end.
    ///
    /// An id is the time at which the delivery was accepted, so newer deliveries cannot have been finished long enough.
    pub(super) fn purge_step(&mut self, after: i64, state: State, age: Duration) -> Result<Option<(u64, i64)>, Error> {
        let before = self.before(age);
        let purge = || -> Db<Option<(u64, i64)>> {
            let connection = self.connection()?;
            let mut find = connection.prepare_cached(include_str!("sql/purge_find.sql"))?;
            let ids: Vec<i64> = find.query_map([after, before], |row| row.get(0))?.collect::<Db<_>>()?;
            let Some(last) = ids.last().copied() else { return Ok(None) };
            let mut purged = 0;
            for id in ids {
                let values = params![id, state.code(), before];
                if connection.prepare_cached(include_str!("sql/purge.sql"))?.execute(values)? == 1 {
                    self.forget(id)?;
                    purged += 1;
                }
            }
            Ok(Some((purged, last)))
        };
        purge().map_err(failed)
    }

    /// Purges bodies in conflict with deliveries that were purged before they arrived. Returns how many deliveries.
    pub(super) fn purge_late_conflicts(&mut self, state: State, age: Duration) -> Result<u64, Error> {
        let before = self.before(age);
        let purge = || -> Db<u64> {
            let mut purge = self.connection()?.prepare_cached(include_str!("sql/purge_late_conflicts.sql"))?;
            let purged = purge.query_map(params![state.code(), before], |row| row.get(0))?;
            Ok(purged.collect::<Db<BTreeSet<i64>>>()?.len() as u64)
        };
        purge().map_err(failed)
    }

    /// Deletes some purged rows whose key has expired. Returns how many, and whether there may be more.
    pub(super) fn purge_rows(&mut self, retention: &Retention) -> Result<(u64, bool), Error> {
        let Some(age) = retention.expired_keys else { return Ok((0, false)) };
        let unverified = self.before(retention.done.unwrap_or(age));
        let verified = self.before(age);
        let purge = || -> Db<Vec<i64>> {
            let mut delete = self.connection()?.prepare_cached(include_str!("sql/purge_rows.sql"))?;
            let ids: Vec<i64> = delete.query_map([unverified, verified], |row| row.get(0))?.collect::<Db<_>>()?;
            for id in &ids {
                for table in ["idhooks_attempts", "idhooks_conflicts"] {
                    let delete = format!("DELETE FROM {table} WHERE delivery = ?1");
                    self.connection()?.prepare_cached(&delete)?.execute([id])?;
                }
            }
            Ok(ids)
        };
        let deleted = purge().map_err(failed)?.len();
        Ok((deleted as u64, deleted == STEP))
    }

    pub(super) fn erase(&mut self, vendor: &str, subject: &str) -> Result<Erased, Error> {
        self.erase_subject(vendor, subject).map_err(failed)
    }

    fn erase_subject(&self, vendor: &str, subject: &str) -> Db<Erased> {
        let find =
            "SELECT id, state, subject_key FROM idhooks_deliveries WHERE subject = ?1 AND vendor = ?2 ORDER BY id";
        let mut find = self.connection()?.prepare_cached(find)?;
        let rows = find.query_map([subject, vendor], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        let found: Vec<(i64, i16, Option<i64>)> = rows.collect::<Db<_>>()?;
        let mut erased = Erased::default();
        for (id, state, subject_key) in found {
            let state = State::from_code(state);
            if state == Some(State::Running) {
                erased.running.push(DeliveryId::new(id));
                continue;
            }
            if !matches!(state, Some(State::Done | State::DeadLetter)) {
                self.make_dead_letter(DeliveryId::new(id), subject_key, ERASED)?;
            }
            self.forget(id)?;
            let names = "UPDATE idhooks_deliveries SET event = NULL, subject = NULL, subject_key = NULL, label = NULL, \
                         reason = ?2 WHERE id = ?1";
            self.connection()?.prepare_cached(names)?.execute([Value::from(id), Value::from(ERASED.to_owned())])?;
            erased.deliveries += 1;
        }
        Ok(erased)
    }

    fn forget(&self, id: i64) -> Db<()> {
        FORGET.iter().try_for_each(|sql| self.connection()?.prepare_cached(sql)?.execute([id]).map(drop))
    }
}

fn not_found(id: DeliveryId) -> Error {
    Error::not_found(format!("delivery {id} does not exist"))
}

fn is_running(id: DeliveryId) -> Error {
    Error::invalid_state(format!("a worker holds delivery {id}"))
}
