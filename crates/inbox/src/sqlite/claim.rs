//! Claims, renewals and completions.

use std::time::Duration;

use rusqlite::{OptionalExtension as _, named_params, params};

use super::{
    failed,
    write::{Db, WriteConnection, span},
};
use crate::{
    DeliveryId, Error, Outcome, State, row,
    store::{
        ClaimRequest, Claimed, Completion, DeliveryRecord, Expired, KindRequest, LEASE_EXPIRED, Lease, MAX_LEASE,
        MAX_RETRY_DELAY,
    },
};

const CANDIDATES: &str = include_str!("sql/claim_candidates.sql");
const SUSPECTS: &str = include_str!("sql/claim_suspect.sql");

impl WriteConnection {
    pub(super) fn claim(&mut self, request: &ClaimRequest) -> Result<Claimed, Error> {
        self.claim_ready(request).map_err(failed)
    }

    fn claim_ready(&mut self, request: &ClaimRequest) -> Db<Claimed> {
        let expired = self.expire_leases(request)?;
        self.promote(request)?;
        let suspects = self.candidates(SUSPECTS, &request.kinds, 1)?;
        let (ids, suspect_waiting) = match suspects.first() {
            Some(suspect) if request.idle => (vec![*suspect], false),
            Some(_) => (Vec::new(), true),
            None => (self.candidates(CANDIDATES, &request.kinds, request.limit)?, false),
        };
        let full = ids.len() >= request.limit;
        let mut deliveries = Vec::with_capacity(ids.len());
        for id in ids {
            deliveries.extend(self.lease(id, request)?);
        }
        let next = if full { Some(Duration::ZERO) } else { self.next()? };
        Ok(Claimed { deliveries, expired, suspect_waiting, next })
    }

    /// Returns ready deliveries in fair turns: the kind that is handled least goes first, then the first in the request.
    fn candidates(&self, sql: &str, kinds: &[KindRequest], limit: usize) -> Db<Vec<DeliveryId>> {
        let mut found = Vec::new();
        for (place, KindRequest { kind, decoder_version, running }) in kinds.iter().enumerate() {
            let mut candidates = self.connection()?.prepare_cached(sql)?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = candidates.query_map(params![kind.vendor, kind.verified, decoder_version, limit], |row| {
                Ok((row.get::<_, i64>("due_at")?, row.get::<_, i64>("id")?))
            })?;
            for (turn, row) in rows.enumerate() {
                let (due_at, id) = row?;
                found.push((running + turn, place, due_at, id));
            }
        }
        found.sort_unstable();
        Ok(found.into_iter().take(limit).map(|(.., id)| DeliveryId::new(id)).collect())
    }

    fn lease(&mut self, id: DeliveryId, request: &ClaimRequest) -> Db<Option<DeliveryRecord>> {
        let token = self.next_id();
        let until = self.now().saturating_add(span(request.lease.min(MAX_LEASE)));
        let mut claim = self.connection()?.prepare_cached(include_str!("sql/claim.sql"))?;
        let values = params![id.get(), token, until, &*request.worker];
        claim.query_row(values, |row| row::record_with_body(row)).optional()
    }

    /// Returns how long until something is due that is not ready yet.
    fn next(&self) -> Db<Option<Duration>> {
        let mut next = self.connection()?.prepare_cached(include_str!("sql/next.sql"))?;
        let next: Option<i64> = next.query_row([], |row| row.get(0))?;
        Ok(next.map(|at| Duration::from_micros(at.saturating_sub(self.now()).max(0).unsigned_abs())))
    }

    fn expire_leases(&self, request: &ClaimRequest) -> Db<Vec<Expired>> {
        let now = self.now();
        let mut find = self.connection()?.prepare_cached(include_str!("sql/expired.sql"))?;
        let rows = find.query_map([now, now.saturating_add(span(MAX_LEASE))], |row| {
            let expired = Expired {
                id: DeliveryId::new(row.get("id")?),
                vendor: row.get::<_, String>("vendor")?.into(),
                dead: row.get::<_, u32>("lost_leases")? >= request.max_lost_leases,
            };
            Ok((expired, row.get("subject_key")?, row.get("attempt")?, row.get("lost_leases")?))
        })?;
        let rows: Vec<(Expired, Option<i64>, i64, u32)> = rows.collect::<Db<_>>()?;
        let mut all = Vec::with_capacity(rows.len());
        for (expired, subject_key, attempt, lost_leases) in rows {
            let state = if expired.dead { State::DeadLetter } else { State::Scheduled };
            let due_at = now.saturating_add(span(request.backoff.wait(lost_leases, 0.0)));
            let values = params![
                expired.id.get(),
                state.code(),
                due_at,
                expired.dead.then_some(now),
                LEASE_EXPIRED,
                lost_leases
            ];
            self.connection()?.prepare_cached(include_str!("sql/expire.sql"))?.execute(values)?;
            self.add_failed_attempt(expired.id, attempt, LEASE_EXPIRED)?;
            self.unblock(subject_key)?;
            all.push(expired);
        }
        Ok(all)
    }

    /// Makes ready what is due, and what an older decoder could not decode.
    fn promote(&self, request: &ClaimRequest) -> Db<()> {
        let now = self.now();
        let due = params![now, now.saturating_add(span(2 * MAX_RETRY_DELAY))];
        self.promote_found(include_str!("sql/due.sql"), due, None, now)?;
        for KindRequest { kind, decoder_version, .. } in &request.kinds {
            let undecodable = params![kind.vendor, kind.verified, decoder_version];
            self.promote_found(include_str!("sql/undecodable.sql"), undecodable, Some(*decoder_version), now)?;
        }
        Ok(())
    }

    fn promote_found(
        &self,
        find: &str,
        values: &[&dyn rusqlite::ToSql],
        decoder_version: Option<i64>,
        now: i64,
    ) -> Db<()> {
        let mut find = self.connection()?.prepare_cached(find)?;
        let found: Vec<i64> = find.query_map(values, |row| row.get("id"))?.collect::<Db<_>>()?;
        let mut promote = self.connection()?.prepare_cached(include_str!("sql/promote.sql"))?;
        for id in found {
            promote.execute(params![id, now, decoder_version])?;
        }
        Ok(())
    }

    pub(super) fn renew(&mut self, leases: &[Lease], time: Duration) -> Result<Vec<Lease>, Error> {
        let until = self.now().saturating_add(span(time.min(MAX_LEASE)));
        let renew = || -> Db<Vec<Lease>> {
            let renew = "UPDATE idhooks_deliveries SET leased_until = ?3 \
                         WHERE id = ?1 AND token = ?2 AND leased_until IS NOT NULL";
            let mut renew = self.connection()?.prepare_cached(renew)?;
            let mut lost = Vec::new();
            for lease in leases {
                if renew.execute([lease.id.get(), lease.token.get(), until])? == 0 {
                    lost.push(*lease);
                }
            }
            Ok(lost)
        };
        renew().map_err(failed)
    }

    pub(super) fn complete(&mut self, completions: &[Completion]) -> Result<Vec<Lease>, Error> {
        let complete = || -> Db<Vec<Lease>> {
            let mut lost = Vec::new();
            for completion in completions {
                if !self.complete_one(completion)? {
                    lost.push(completion.lease);
                }
            }
            Ok(lost)
        };
        complete().map_err(failed)
    }

    /// Returns whether the outcome is written, now or by an earlier call.
    fn complete_one(&self, completion: &Completion) -> Db<bool> {
        let Completion { lease: Lease { id, token }, subject_key, attempt, outcome } = completion;
        let now = self.now();
        let (state, due_at, finished_at, decoder_version) = match outcome {
            Outcome::Done => (State::Done, None, Some(now), None),
            Outcome::Retry { after, .. } => {
                let due_at = now.saturating_add(span(after.unwrap_or_default().min(MAX_RETRY_DELAY)));
                (State::Scheduled, Some(due_at), None, None)
            }
            Outcome::DeadLetter { .. } => (State::DeadLetter, None, Some(now), None),
            Outcome::Undecodable { decoder_version, .. } => (State::Undecodable, None, None, Some(*decoder_version)),
            Outcome::Released => (State::Ready, Some(now), None, None),
        };
        let failed = matches!(outcome, Outcome::Retry { .. } | Outcome::DeadLetter { .. });
        let mut complete = self.connection()?.prepare_cached(include_str!("sql/complete.sql"))?;
        let written = complete.execute(named_params! {
            ":id": id.get(),
            ":token": token.get(),
            ":state": state.code(),
            ":due_at": due_at,
            ":finished_at": finished_at,
            ":reason": outcome.reason(),
            ":failed": failed,
            ":decoder_version": decoder_version,
        })?;
        if written == 0 {
            let same = "SELECT count(*) FROM idhooks_deliveries WHERE id = ?1 AND token = ?2";
            return self.connection()?.prepare_cached(same)?.query_row([id.get(), token.get()], |row| row.get(0));
        }
        if let Some(reason) = outcome.reason().filter(|_| failed) {
            self.add_failed_attempt(*id, i64::from(*attempt), reason)?;
        }
        self.unblock(*subject_key)?;
        Ok(true)
    }
}
