//! Leases: which deliveries are handed out, and how that ends.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, Row, params, params_from_iter, types::Value};

use super::{
    clock::time,
    failed,
    schema::NEW,
    write::{Db, Write, span},
};
use crate::{
    EntryId, Error,
    store::{Batch, Expired, Kept, LEASE_RAN_OUT, LeaseRequest, Leased, Route, Token, Verdict},
};

/// What may be leased, if its lane is free.
struct Candidate {
    id: i64,
    lane: Option<i64>,
    /// It goes by this among the others.
    order: i64,
}

impl Write {
    pub(super) fn lease(&mut self, request: &LeaseRequest) -> Result<Batch, Error> {
        self.follow_clock().map_err(failed)?;
        self.take_up(request).map_err(failed)
    }

    fn take_up(&self, request: &LeaseRequest) -> Db<Batch> {
        let expired = self.take_back(request.attempts)?;
        let mut leased = Vec::new();
        let mut put_behind = false;
        for Candidate { id, lane, .. } in self.candidates(request)? {
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
        let look_again = put_behind && leased.len() < request.most || self.has_new()?;
        let next = if look_again { Some(Duration::ZERO) } else { self.next()? };
        Ok(Batch { leased, expired, next })
    }

    /// Time until something is due that is not yet.
    fn next(&self) -> Db<Option<Duration>> {
        let now = self.clock.wall();
        let next = "SELECT due_at FROM idhooks_states WHERE state = 0 AND behind = 0 AND due_at > ?1 \
                    ORDER BY due_at LIMIT 1";
        let next: Option<i64> =
            self.connection()?.prepare_cached(next)?.query_row([now], |row| row.get(0)).optional()?;
        Ok(next.map(|at| Duration::from_micros(at.saturating_sub(now).unsigned_abs())))
    }

    /// Out of sight until its lane is free, so that a lane with thousands of deliveries is not looked through for each
    /// of them.
    fn put_behind(&self, id: i64) -> Db<()> {
        let set = "UPDATE idhooks_states SET behind = 1 WHERE id = ?1 AND state = 0";
        self.connection()?.prepare_cached(set)?.execute([id]).map(drop)
    }

    /// The lane is free: the next of it can be seen again, of either kind, because one worker may take only one kind.
    pub(super) fn free(&self, lane: Option<i64>) -> Db<()> {
        let Some(lane) = lane else { return Ok(()) };
        let next = "UPDATE idhooks_states SET behind = 0 WHERE id = (SELECT id FROM idhooks_states \
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
            let find = "SELECT vendor, attempts FROM idhooks_deliveries JOIN idhooks_states USING (id) WHERE id = ?1";
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

    fn candidates(&self, request: &LeaseRequest) -> Db<Vec<Candidate>> {
        // More than are asked for, because some are of one lane.
        let most = request.most.max(1).saturating_mul(4);
        let due = "s.state = 0 AND s.behind = 0 AND s.due_at <= ?";
        let mut found = self.find(request, due, "s.due_at", self.clock.wall(), most)?;
        let room = most - found.len();
        // Where there are more to try again than can be, what comes would else never come to its turn.
        let new = match found.last() {
            Some(last) if room == 0 => most * usize::from(self.has_new_before(last.order)?),
            _ => room,
        };
        if new > 0 && self.look_at_new(new)? > 0 {
            found = self.find(request, due, "s.due_at", self.clock.wall(), most)?;
        }
        let unread = "NOT EXISTS (SELECT 1 FROM idhooks_leases WHERE lane = s.lane) AND s.state = 4 AND s.reader < ?";
        found.extend(self.find(request, unread, "s.reader", request.reader, most)?);
        Ok(found)
    }

    fn find(
        &self,
        request: &LeaseRequest,
        condition: &str,
        order: &str,
        bound: i64,
        most: usize,
    ) -> Db<Vec<Candidate>> {
        let routes = vec!["(?, ?)"; request.routes.len()].join(", ");
        // A cross join is made in the order that is written.
        let sql = format!(
            "SELECT s.id, s.lane, {order} FROM idhooks_states AS s CROSS JOIN idhooks_deliveries AS d ON d.id = s.id \
             WHERE {condition} AND (d.vendor, s.verified) IN (VALUES {routes}) ORDER BY {order} LIMIT ?"
        );
        if request.routes.is_empty() {
            return Ok(Vec::new());
        }
        let routes = request.routes.iter().flat_map(|Route { vendor, verified }| {
            [Value::Text(vendor.clone().into_owned()), Value::Integer(i64::from(*verified))]
        });
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let values = std::iter::once(Value::Integer(bound)).chain(routes).chain([Value::Integer(most)]);
        let mut statement = self.connection()?.prepare_cached(&sql)?;
        let candidate = |row: &Row<'_>| Ok(Candidate { id: row.get(0)?, lane: row.get(1)?, order: row.get(2)? });
        statement.query_map(params_from_iter(values), candidate)?.collect()
    }

    /// Gives those that came last a state of their own; how many. Whoever leases does it, because an accept is waited
    /// for.
    fn look_at_new(&self, most: usize) -> Db<usize> {
        let add = format!(
            "INSERT INTO idhooks_states (id, lane, verified, state, due_at) \
             SELECT id, lane, verified, 0, min(received_at, ?1) FROM {NEW} ORDER BY id LIMIT ?2"
        );
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.connection()?.prepare_cached(&add)?.execute([self.clock.wall(), most])
    }

    /// The same for one of them, and those before it.
    pub(super) fn look_at_new_until(&self, id: i64) -> Db<()> {
        let count =
            "SELECT id - coalesce((SELECT max(id) FROM idhooks_states), 0) FROM idhooks_deliveries WHERE id = ?1";
        let new: Option<i64> = self.connection()?.query_row(count, [id], |row| row.get(0)).optional()?;
        match new.map(usize::try_from) {
            Some(Ok(new)) => self.look_at_new(new).map(drop),
            _ => Ok(()),
        }
    }

    /// Whether the first of them came earlier.
    fn has_new_before(&self, time: i64) -> Db<bool> {
        let find = format!("SELECT received_at < ?1 FROM {NEW} ORDER BY id LIMIT 1");
        let first = self.connection()?.prepare_cached(&find)?.query_row([time], |row| row.get(0)).optional()?;
        Ok(first.unwrap_or(false))
    }

    fn has_new(&self) -> Db<bool> {
        let find = format!("SELECT EXISTS (SELECT 1 FROM {NEW})");
        self.connection()?.prepare_cached(&find)?.query_row([], |row| row.get(0))
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
        let take = "UPDATE idhooks_states SET state = 1, attempts = attempts + 1 WHERE id = ?1";
        connection.prepare_cached(take)?.execute([id])?;
        let find = "SELECT d.vendor, d.verified, attempts, received_at, due_at, possible_replay, proof, secret, label, \
                    endpoint, body FROM idhooks_deliveries AS d JOIN idhooks_states USING (id) WHERE id = ?1";
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
                let done = "UPDATE idhooks_states SET state = 2, finished_at = ?2, reason = NULL WHERE id = ?1";
                connection.prepare_cached(done)?.execute([id, self.clock.wall()])?;
            }
            Verdict::Retry { after, reason } => {
                // First, or the time of this retry, which is told by the clock as it is now, would be brought forward too.
                self.follow_clock()?;
                self.put_back(id, *after, reason)?;
            }
            Verdict::Dead { reason } => self.give_up(id, reason)?,
            Verdict::Unreadable { reader, reason } => {
                let set = "UPDATE idhooks_states SET state = 4, reader = max(coalesce(reader, ?2), ?2), reason = ?3, \
                           attempts = attempts - 1 WHERE id = ?1";
                connection.prepare_cached(set)?.execute(params![id, reader, reason])?;
            }
            Verdict::Released => {
                let set = "UPDATE idhooks_states SET state = 0, due_at = ?2, attempts = attempts - 1 WHERE id = ?1";
                connection.prepare_cached(set)?.execute([id, self.clock.wall()])?;
            }
        }
        Ok(true)
    }

    fn put_back(&self, id: i64, after: Duration, reason: &str) -> Db<()> {
        self.remember(id, reason)?;
        let due_at = self.clock.wall().saturating_add(span(after));
        let set = "UPDATE idhooks_states SET state = 0, due_at = ?2, reason = ?3 WHERE id = ?1";
        self.connection()?.prepare_cached(set)?.execute(params![id, due_at, reason]).map(drop)
    }

    pub(super) fn give_up(&self, id: i64, reason: &str) -> Db<()> {
        self.remember(id, reason)?;
        let set = "UPDATE idhooks_states SET state = 3, behind = 0, finished_at = ?2, reason = ?3 WHERE id = ?1";
        self.connection()?.prepare_cached(set)?.execute(params![id, self.clock.wall(), reason]).map(drop)
    }

    /// An attempt that did not do it.
    fn remember(&self, id: i64, reason: &str) -> Db<()> {
        let insert = "INSERT INTO idhooks_attempts (delivery, number, ended_at, reason) \
                      SELECT id, attempts, ?2, ?3 FROM idhooks_states WHERE id = ?1";
        self.connection()?.prepare_cached(insert)?.execute(params![id, self.clock.wall(), reason]).map(drop)
    }
}

fn leased(id: i64, token: Token, row: &Row<'_>) -> Db<Leased> {
    let vendor: String = row.get(0)?;
    let route = Route { vendor: vendor.into(), verified: row.get(1)? };
    let body: Vec<u8> = row.get(10)?;
    let kept = Kept {
        body: body.into(),
        method: row.get(6)?,
        secret_index: row.get(7)?,
        label: row.get(8)?,
        endpoint: row.get(9)?,
    };
    let mut leased = Leased::new(EntryId::new(id), token, route, kept);
    leased.attempt = row.get(2)?;
    leased.received_at = time(row.get(3)?);
    leased.due_at = time(row.get(4)?);
    leased.possible_replay = row.get(5)?;
    Ok(leased)
}
