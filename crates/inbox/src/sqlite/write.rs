//! The changes, each inside a transaction of the writer.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter, types::Value};

use super::{
    clock::{Clock, time},
    failed,
    keys::Keys,
};
use crate::{
    Accepted, EntryId, Error, State,
    store::{
        Arrival, Batch, Expired, Kept, LEASE_RAN_OUT, LeaseRequest, Leased, MOST_CONFLICTS, Route, Token, Verdict,
    },
};

/// How many deliveries are looked at for a purge in one transaction.
const PURGED_TOGETHER: i64 = 1024;

/// A wall clock that goes back by less is not worth a look.
const STEP: i64 = 1_000_000;

/// The connection that writes.
pub(super) struct Write {
    connection: Option<Connection>,
    clock: Box<dyn Clock>,
    keys: Keys,
    /// Both clocks, when they were last compared, and in the transaction that is not committed yet.
    compared: (i64, i64),
    comparing: Option<(i64, i64)>,
}

type Db<T> = Result<T, rusqlite::Error>;

impl Write {
    pub(super) fn new(connection: Connection, clock: Box<dyn Clock>) -> Result<Self, Error> {
        let compared = (clock.wall(), clock.uptime());
        let write = Self { connection: Some(connection), clock, keys: Keys::default(), compared, comparing: None };
        write.mend_times().map_err(failed)?;
        Ok(write)
    }

    pub(super) fn begin(&mut self) -> Db<()> {
        self.connection()?.execute_batch("BEGIN IMMEDIATE")?;
        self.keys.begin();
        Ok(())
    }

    pub(super) fn commit(&mut self) -> Db<()> {
        self.connection()?.execute_batch("COMMIT")?;
        self.compared = self.comparing.take().unwrap_or(self.compared);
        Ok(())
    }

    /// After some errors SQLite has done it by itself.
    pub(super) fn roll_back(&mut self) {
        self.comparing = None;
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

    fn connection(&self) -> Db<&Connection> {
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
        if connection.prepare_cached(keep)?.execute(row)? == 1 {
            let count = "UPDATE idhooks_deliveries SET conflicts = conflicts + 1 WHERE id = ?1";
            connection.prepare_cached(count)?.execute([id])?;
        }
        Ok(Accepted::Conflict { id: first })
    }

    /// The number of the new delivery.
    fn insert(&mut self, arrival: &Arrival, possible_replay: bool) -> Db<EntryId> {
        let connection = self.connection()?;
        let insert = "INSERT INTO idhooks_deliveries (dedup, digest, key, vendor, verified, endpoint, event, subject, \
                      lane, proof, secret, label, received_at, possible_replay, state, due_at) \
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, 0, ?15)";
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
            arrival.proof(),
            arrival.secret(),
            arrival.label(),
            super::clock::micros(arrival.received_at),
            possible_replay,
            self.clock.wall(),
        ])?;
        let id = connection.last_insert_rowid();
        let body = "INSERT INTO idhooks_bodies (id, body) VALUES (?1, ?2)";
        connection.prepare_cached(body)?.execute(params![id, &arrival.body()[..]])?;
        self.keys.take(arrival.dedup, id);
        Ok(EntryId::new(id))
    }

    /// Writes keys into their index, if it is time: see [`Keys`].
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        if !self.keys.are_many() {
            return Ok(());
        }
        self.begin().map_err(failed)?;
        let connection = self.connection.as_ref().ok_or(rusqlite::Error::InvalidQuery).map_err(failed)?;
        let settled = self.keys.settle(connection).and_then(|()| self.commit());
        if settled.is_err() {
            self.roll_back();
        }
        settled.map_err(failed)
    }

    pub(super) fn lease(&mut self, request: &LeaseRequest) -> Result<Batch, Error> {
        self.follow_clock().map_err(failed)?;
        self.take_up(request).map_err(failed)
    }

    fn take_up(&self, request: &LeaseRequest) -> Db<Batch> {
        let expired = self.take_back(request.attempts)?;
        let mut leased = Vec::new();
        let mut put_behind = false;
        for (id, lane) in self.candidates(request)? {
            if leased.len() == request.most {
                break;
            }
            match self.hold(id, lane, request)? {
                Some(token) => leased.push(self.hand_out(id, token)?),
                None => {
                    self.put_behind(id)?;
                    put_behind = true;
                }
            }
        }
        // Others may be due that stood after those.
        let look_again = put_behind && leased.len() < request.most;
        let next = if look_again { Some(Duration::ZERO) } else { self.next()? };
        Ok(Batch { leased, expired, next })
    }

    /// Time until something is due that is not yet.
    fn next(&self) -> Db<Option<Duration>> {
        let now = self.clock.wall();
        let next = "SELECT due_at FROM idhooks_deliveries WHERE state = 0 AND behind = 0 AND due_at > ?1 \
                    ORDER BY due_at LIMIT 1";
        let next: Option<i64> =
            self.connection()?.prepare_cached(next)?.query_row([now], |row| row.get(0)).optional()?;
        Ok(next.map(|at| Duration::from_micros(at.saturating_sub(now).unsigned_abs())))
    }

    /// Out of sight until its lane is free, so that a lane with thousands of deliveries is not looked through for each
    /// of them.
    fn put_behind(&self, id: i64) -> Db<()> {
        let set = "UPDATE idhooks_deliveries SET behind = 1 WHERE id = ?1 AND state = 0";
        self.connection()?.prepare_cached(set)?.execute([id]).map(drop)
    }

    /// The lane is free: the next of it can be seen again, of either kind, because one worker may take only one kind.
    fn free(&self, lane: Option<i64>) -> Db<()> {
        let Some(lane) = lane else { return Ok(()) };
        let next = "UPDATE idhooks_deliveries SET behind = 0 WHERE id = (SELECT id FROM idhooks_deliveries \
                    WHERE behind = 1 AND lane = ?1 AND verified = ?2 ORDER BY due_at LIMIT 1)";
        let mut statement = self.connection()?.prepare_cached(next)?;
        [false, true].into_iter().try_for_each(|verified| statement.execute(params![lane, verified]).map(drop))
    }

    /// Leases that have run out, or were of an earlier start of the machine: whoever held them is gone.
    fn take_back(&self, attempts: u32) -> Db<Vec<Expired>> {
        let connection = self.connection()?;
        let gone: Vec<(i64, Option<i64>)> = connection
            .prepare_cached("DELETE FROM idhooks_leases WHERE boot <> ?1 OR expires_at <= ?2 RETURNING delivery, lane")?
            .query_map(params![self.clock.boot(), self.clock.uptime()], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Db<_>>()?;
        let mut expired = Vec::new();
        for (id, lane) in gone {
            self.free(lane)?;
            let find = "SELECT vendor, attempts FROM idhooks_deliveries WHERE id = ?1";
            let (vendor, made): (String, u32) =
                connection.prepare_cached(find)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let dead = made >= attempts;
            if dead {
                self.give_up(id, LEASE_RAN_OUT)?
            } else {
                self.put_back(id, Duration::ZERO, LEASE_RAN_OUT)?
            }
            expired.push(Expired { id: EntryId::new(id), vendor: vendor.into(), dead });
        }
        Ok(expired)
    }

    /// More than are asked for, because some are of one lane.
    fn candidates(&self, request: &LeaseRequest) -> Db<Vec<(i64, Option<i64>)>> {
        if request.routes.is_empty() {
            return Ok(Vec::new());
        }
        let routes = vec!["(?, ?)"; request.routes.len()].join(", ");
        let kinds = [
            ("state = 0 AND behind = 0 AND due_at <= ?", "due_at", self.clock.wall()),
            (
                "NOT EXISTS (SELECT 1 FROM idhooks_leases WHERE lane = d.lane) AND state = 4 AND reader < ?",
                "reader",
                request.reader,
            ),
        ];
        let mut found = Vec::new();
        for (condition, order, bound) in kinds {
            let sql = format!(
                "SELECT id, lane FROM idhooks_deliveries AS d WHERE {condition} \
                 AND (vendor, verified) IN (VALUES {routes}) ORDER BY {order} LIMIT ?"
            );
            let routes = request.routes.iter().flat_map(|Route { vendor, verified }| {
                [Value::Text(vendor.clone().into_owned()), Value::Integer(i64::from(*verified))]
            });
            let most = i64::try_from(request.most.saturating_mul(4)).unwrap_or(i64::MAX);
            let values = std::iter::once(Value::Integer(bound)).chain(routes).chain([Value::Integer(most)]);
            let mut statement = self.connection()?.prepare_cached(&sql)?;
            let mut rows = statement.query_map(params_from_iter(values), |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.try_for_each(|row| row.map(|row| found.push(row)))?;
        }
        Ok(found)
    }

    /// A lease, unless the lane is held; the table's uniqueness is what keeps a lane to one worker.
    fn hold(&self, id: i64, lane: Option<i64>, request: &LeaseRequest) -> Db<Option<Token>> {
        let connection = self.connection()?;
        let insert = "INSERT INTO idhooks_leases (delivery, lane, worker, boot, expires_at) VALUES (?1, ?2, ?3, ?4, ?5) \
                      ON CONFLICT DO NOTHING";
        let expires_at = self.clock.uptime().saturating_add(span(request.time));
        let row = params![id, lane, &*request.worker, self.clock.boot(), expires_at];
        let held = connection.prepare_cached(insert)?.execute(row)? == 1;
        Ok(held.then(|| Token::new(connection.last_insert_rowid())))
    }

    fn hand_out(&self, id: i64, token: Token) -> Db<Leased> {
        let connection = self.connection()?;
        let take = "UPDATE idhooks_deliveries SET state = 1, attempts = attempts + 1 WHERE id = ?1";
        connection.prepare_cached(take)?.execute([id])?;
        let find = "SELECT vendor, verified, attempts, received_at, due_at, possible_replay, proof, secret, label, \
                    endpoint, body FROM idhooks_deliveries JOIN idhooks_bodies USING (id) WHERE id = ?1";
        connection.prepare_cached(find)?.query_row([id], |row| leased(id, token, row))
    }

    pub(super) fn renew(&mut self, tokens: &[Token], more: Duration) -> Result<Vec<Token>, Error> {
        let expires_at = self.clock.uptime().saturating_add(span(more));
        let hold = "UPDATE idhooks_leases SET expires_at = ?2 WHERE token = ?1 AND boot = ?3";
        let renew = || -> Db<Vec<Token>> {
            let mut statement = self.connection()?.prepare_cached(hold)?;
            let mut lost = Vec::new();
            for token in tokens {
                if statement.execute(params![token.get(), expires_at, self.clock.boot()])? == 0 {
                    lost.push(*token);
                }
            }
            Ok(lost)
        };
        renew().map_err(failed)
    }

    pub(super) fn finish(&mut self, id: EntryId, token: Token, verdict: &Verdict) -> Result<bool, Error> {
        self.end(id.get(), token, verdict).map_err(failed)
    }

    fn end(&self, id: i64, token: Token, verdict: &Verdict) -> Db<bool> {
        let connection = self.connection()?;
        let release = "DELETE FROM idhooks_leases WHERE token = ?1 AND delivery = ?2 RETURNING lane";
        let held = connection.prepare_cached(release)?.query_row([token.get(), id], |row| row.get(0)).optional()?;
        let Some(lane) = held else { return Ok(false) };
        self.free(lane)?;
        match verdict {
            Verdict::Done => {
                let done = "UPDATE idhooks_deliveries SET state = 2, finished_at = ?2, reason = NULL WHERE id = ?1";
                connection.prepare_cached(done)?.execute([id, self.clock.wall()])?;
            }
            Verdict::Retry { after, reason } => self.put_back(id, *after, reason)?,
            Verdict::Dead { reason } => self.give_up(id, reason)?,
            Verdict::Unreadable { reader, reason } => {
                let set = "UPDATE idhooks_deliveries SET state = 4, reader = max(coalesce(reader, 0), ?2), reason = ?3, \
                           attempts = attempts - 1 WHERE id = ?1";
                connection.prepare_cached(set)?.execute(params![id, reader, reason])?;
            }
            Verdict::Released => {
                let set = "UPDATE idhooks_deliveries SET state = 0, due_at = ?2, attempts = attempts - 1 WHERE id = ?1";
                connection.prepare_cached(set)?.execute([id, self.clock.wall()])?;
            }
        }
        Ok(true)
    }

    fn put_back(&self, id: i64, after: Duration, reason: &str) -> Db<()> {
        self.remember(id, reason)?;
        let due_at = self.clock.wall().saturating_add(span(after));
        let set = "UPDATE idhooks_deliveries SET state = 0, due_at = ?2, reason = ?3 WHERE id = ?1";
        self.connection()?.prepare_cached(set)?.execute(params![id, due_at, reason]).map(drop)
    }

    fn give_up(&self, id: i64, reason: &str) -> Db<()> {
        self.remember(id, reason)?;
        let set = "UPDATE idhooks_deliveries SET state = 3, behind = 0, finished_at = ?2, reason = ?3 WHERE id = ?1";
        self.connection()?.prepare_cached(set)?.execute(params![id, self.clock.wall(), reason]).map(drop)
    }

    /// An attempt that did not do it.
    fn remember(&self, id: i64, reason: &str) -> Db<()> {
        let insert = "INSERT INTO idhooks_attempts (delivery, number, ended_at, reason) \
                      SELECT id, attempts, ?2, ?3 FROM idhooks_deliveries WHERE id = ?1";
        self.connection()?.prepare_cached(insert)?.execute(params![id, self.clock.wall(), reason]).map(drop)
    }

    /// What can not be replayed is an answer, and no failure of the transaction with what others do in it.
    pub(super) fn replay(&mut self, id: EntryId) -> Result<Result<(), Error>, Error> {
        let id = id.get();
        let find = "SELECT state, EXISTS (SELECT 1 FROM idhooks_bodies WHERE id = d.id) \
                    FROM idhooks_deliveries AS d WHERE id = ?1";
        let look = || self.connection()?.query_row(find, [id], |row| Ok((row.get(0)?, row.get(1)?))).optional();
        let Some((state, has_body)): Option<(i16, bool)> = look().map_err(failed)? else {
            return Ok(Err(Error::not_found(format!("there is no delivery {id}"))));
        };
        if state == State::Running.code() {
            return Ok(Err(Error::conflict(format!("delivery {id} is in a worker's hands"))));
        }
        if !has_body {
            return Ok(Err(Error::conflict(format!("the body of delivery {id} was purged"))));
        }
        let set = "UPDATE idhooks_deliveries SET state = 0, behind = 0, due_at = ?2, attempts = 0, finished_at = NULL \
                   WHERE id = ?1";
        let put = || self.connection()?.execute(set, [id, self.clock.wall()]);
        put().map(|_| Ok(())).map_err(failed)
    }

    /// As with [`replay`](Self::replay), a refusal is an answer.
    pub(super) fn give_up_waiting(&mut self, id: EntryId, reason: &str) -> Result<Result<(), Error>, Error> {
        let id = id.get();
        let find = "SELECT state, lane FROM idhooks_deliveries WHERE id = ?1";
        let look = || self.connection()?.query_row(find, [id], |row| Ok((row.get(0)?, row.get(1)?))).optional();
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
        let find = "SELECT id FROM idhooks_deliveries AS d WHERE id > ?1 AND id <= ?2 AND state = ?3 AND finished_at < ?4 \
                    AND (EXISTS (SELECT 1 FROM idhooks_bodies WHERE id = d.id) OR EXISTS (SELECT 1 FROM idhooks_conflicts \
                    WHERE delivery = d.id AND body IS NOT NULL AND received_at < ?4))";
        let ids: Vec<i64> = connection
            .prepare_cached(find)?
            .query_map(params![after, last, state.code(), before], |row| row.get(0))?
            .collect::<Db<_>>()?;
        for id in &ids {
            for sql in [
                "DELETE FROM idhooks_bodies WHERE id = ?1",
                "UPDATE idhooks_conflicts SET body = NULL WHERE delivery = ?1",
                "UPDATE idhooks_attempts SET reason = '' WHERE delivery = ?1",
                "UPDATE idhooks_deliveries SET key = NULL, subject = NULL, lane = NULL, event = NULL, label = NULL, \
                 reason = NULL WHERE id = ?1",
            ] {
                connection.prepare_cached(sql)?.execute([id])?;
            }
        }
        Ok(Some((ids.len() as u64, last)))
    }

    /// If the wall's clock went back, what waits for a time waits that much less, or it would wait too long.
    fn follow_clock(&mut self) -> Db<()> {
        let now = (self.clock.wall(), self.clock.uptime());
        let before = self.comparing.unwrap_or(self.compared);
        let passed = now.1.saturating_sub(before.1);
        let back = before.0.saturating_add(passed).saturating_sub(now.0);
        self.comparing = Some(now);
        if back > STEP { self.bring_forward(back) } else { Ok(()) }
    }

    /// The same, if it went back while no program looked: then what came last came in the future.
    fn mend_times(&self) -> Db<()> {
        let last = "SELECT received_at FROM idhooks_deliveries ORDER BY id DESC LIMIT 1";
        let last: Option<i64> = self.connection()?.query_row(last, [], |row| row.get(0)).optional()?;
        let back = last.map_or(0, |last| last.saturating_sub(self.clock.wall()));
        if back > 60 * STEP { self.bring_forward(back) } else { Ok(()) }
    }

    fn bring_forward(&self, by: i64) -> Db<()> {
        let set = "UPDATE idhooks_deliveries SET due_at = due_at - ?1 WHERE state = 0 AND due_at > ?2";
        self.connection()?.execute(set, [by, self.clock.wall()]).map(drop)
    }
}

fn leased(id: i64, token: Token, row: &Row<'_>) -> Db<Leased> {
    let vendor: String = row.get(0)?;
    let route = Route { vendor: vendor.into(), verified: row.get(1)? };
    let body: Vec<u8> = row.get(10)?;
    let kept =
        Kept { body: body.into(), proof: row.get(6)?, secret: row.get(7)?, label: row.get(8)?, endpoint: row.get(9)? };
    let mut leased = Leased::new(EntryId::new(id), token, route, kept);
    leased.attempt = row.get(2)?;
    leased.received_at = time(row.get(3)?);
    leased.due_at = time(row.get(4)?);
    leased.possible_replay = row.get(5)?;
    Ok(leased)
}

fn span(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
