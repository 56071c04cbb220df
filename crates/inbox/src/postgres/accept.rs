//! Keeps what arrives.

use std::{borrow::Cow, collections::HashMap, time::SystemTime};

use tokio_postgres::{Row, types::ToSql};

use super::{count, failed::failed, pool::Session, text};
use crate::{
    Accepted, EntryId, Error,
    store::{Arrival, MOST_CONFLICTS},
};

/// How often to look again for what another session does at the same moment.
const LOOKS: usize = 16;

/// Arrivals as rows, and the columns that are kept of them.
macro_rules! given {
    ($($part:literal)*) => {
        concat!(
            "WITH given AS (SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::text[], $4::text[], $5::bool[], \
             $6::text[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::bigint[], $12::text[], \
             $13::timestamptz[], $14::bytea[]) AS g (dedup, digest, key, vendor, verified, endpoint, event, subject, \
             lane, proof, secret, label, received_at, body)), ",
            $($part,)*
        )
    };
}

/// The new deliveries, and those that are there. One that was committed after this statement began is neither.
///
/// Ordered by key, so that two sessions with the same keys never wait for each other.
const KEEP: &str = given!(
    "new AS (
        INSERT INTO idhooks_deliveries (dedup, digest, key, vendor, verified, endpoint, event, subject, lane, proof,
            secret, label, received_at, possible_replay, state, due_at)
        SELECT dedup, digest, key, vendor, verified, endpoint, event, subject, lane, proof, secret, label, received_at,
            false, 0, statement_timestamp() FROM given ORDER BY dedup
        ON CONFLICT (dedup) DO NOTHING RETURNING id, dedup
    ), bodies AS (
        INSERT INTO idhooks_bodies (id, body) SELECT id, body FROM new JOIN given USING (dedup)
    )
    SELECT dedup, id, true, NULL::bytea, NULL::timestamptz, 0 FROM new
    UNION ALL SELECT dedup, id, false, digest, received_at, conflicts FROM idhooks_deliveries WHERE dedup = ANY ($1)"
);

/// Gives the key of `$15` to the new delivery, unless it was taken over a moment before.
const TAKE_OVER: &str = given!(
    "old AS (
        UPDATE idhooks_deliveries SET dedup = NULL WHERE id = $15 AND dedup = ANY ($1) RETURNING id
    ), new AS (
        INSERT INTO idhooks_deliveries (dedup, digest, key, vendor, verified, endpoint, event, subject, lane, proof,
            secret, label, received_at, possible_replay, state, due_at)
        SELECT dedup, digest, key, vendor, verified, endpoint, event, subject, lane, proof, secret, label, received_at,
            true, 0, statement_timestamp() FROM old, given
        RETURNING id, dedup
    ), bodies AS (
        INSERT INTO idhooks_bodies (id, body) SELECT id, body FROM new JOIN given USING (dedup)
    )
    SELECT id FROM new"
);

/// What stands under the key of an arrival.
#[derive(Clone)]
pub(super) enum Found {
    /// The arrival itself.
    New(EntryId),
    /// One that came before.
    First(First),
}

#[derive(Clone)]
pub(super) struct First {
    id: EntryId,
    digest: Vec<u8>,
    received_at: SystemTime,
    conflicts: i32,
}

/// Keeps arrivals of different keys, all or none. What another session keeps at the same moment is left out.
pub(super) async fn keep(
    session: &Session,
    arrivals: &[&Arrival],
) -> Result<HashMap<Vec<u8>, Found>, tokio_postgres::Error> {
    let statement = session.prepare(KEEP).await?;
    let rows = session.client().query(&statement, &Columns::of(arrivals).each()).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, found(row)?))).collect()
}

fn found(row: &Row) -> Result<Found, tokio_postgres::Error> {
    let id = EntryId::new(row.try_get(1)?);
    if row.try_get(2)? {
        return Ok(Found::New(id));
    }
    let (digest, received_at, conflicts) = (row.try_get(3)?, row.try_get(4)?, row.try_get(5)?);
    Ok(Found::First(First { id, digest, received_at, conflicts }))
}

/// What became of an arrival, if that is clear from what was found.
pub(super) fn clear(arrival: &Arrival, found: &Found) -> Option<Accepted> {
    let first = match found {
        Found::New(id) => return Some(Accepted::New { id: *id, possible_replay: false }),
        Found::First(first) => first,
    };
    if outlived(first, arrival) {
        return None;
    }
    if first.digest == arrival.digest {
        return Some(Accepted::Duplicate { id: first.id });
    }
    (count(first.conflicts) >= MOST_CONFLICTS).then_some(Accepted::Conflict { id: first.id })
}

/// Keeps one that has more to it: another session keeps the same key, or another body came before.
pub(super) async fn settle(
    session: &mut Session,
    arrival: &Arrival,
    mut found: Option<Found>,
) -> Result<Accepted, Error> {
    for _ in 0..LOOKS {
        let there = match found.take() {
            Some(found) => Some(found),
            None => keep(session, &[arrival]).await.map_err(failed)?.into_values().next(),
        };
        let Some(there) = there else { continue };
        if let Some(accepted) = clear(arrival, &there) {
            return Ok(accepted);
        }
        let Found::First(first) = there else { continue };
        if !outlived(&first, arrival) {
            keep_beside(session, arrival, first.id).await.map_err(failed)?;
            return Ok(Accepted::Conflict { id: first.id });
        }
        if let Some(id) = take_over(session, arrival, first.id).await? {
            return Ok(Accepted::New { id, possible_replay: true });
        }
    }
    Err(Error::unavailable("the store has too much to do at once"))
}

/// Whether so much time lies between the two that equal keys do not mean the same event.
fn outlived(first: &First, arrival: &Arrival) -> bool {
    let apart = arrival.received_at.duration_since(first.received_at).unwrap_or_else(|before| before.duration());
    arrival.window.is_some_and(|window| apart.as_micros() > window.as_micros())
}

async fn take_over(session: &Session, arrival: &Arrival, old: EntryId) -> Result<Option<EntryId>, Error> {
    let (columns, old) = (Columns::of(&[arrival]), old.get());
    let mut values = columns.each().to_vec();
    values.push(&old);
    let rows = session.query(TAKE_OVER, &values).await?;
    rows.first().map(|row| row.try_get(0).map(EntryId::new).map_err(failed)).transpose()
}

/// Counted under a lock on the first one, or two that come at once would both be the sixteenth.
async fn keep_beside(session: &mut Session, arrival: &Arrival, first: EntryId) -> Result<(), tokio_postgres::Error> {
    let first = first.get();
    let transaction = session.client_mut().transaction().await?;
    let lock = "SELECT conflicts FROM idhooks_deliveries WHERE id = $1 FOR UPDATE";
    let conflicts: i32 = transaction.query_one(lock, &[&first]).await?.try_get(0)?;
    if count(conflicts) < MOST_CONFLICTS {
        let keep = "INSERT INTO idhooks_conflicts (delivery, digest, received_at, body) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (delivery, digest) DO NOTHING";
        let (digest, body) = (&arrival.digest[..], &arrival.body()[..]);
        if transaction.execute(keep, &[&first, &digest, &arrival.received_at, &body]).await? == 1 {
            let count = "UPDATE idhooks_deliveries SET conflicts = conflicts + 1 WHERE id = $1";
            transaction.execute(count, &[&first]).await?;
        }
    }
    transaction.commit().await
}

/// What is kept of arrivals, as the statements number it.
#[derive(Default)]
struct Columns<'a> {
    dedup: Vec<&'a [u8]>,
    digest: Vec<&'a [u8]>,
    key: Vec<&'a str>,
    vendor: Vec<&'a str>,
    verified: Vec<bool>,
    endpoint: Vec<Option<Cow<'a, str>>>,
    event: Vec<Option<&'a str>>,
    subject: Vec<Option<&'a str>>,
    lane: Vec<Option<i64>>,
    method: Vec<&'a str>,
    secret_index: Vec<Option<i64>>,
    label: Vec<Option<Cow<'a, str>>>,
    received_at: Vec<SystemTime>,
    body: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    fn of(arrivals: &[&'a Arrival]) -> Self {
        let mut columns = Self::default();
        for arrival in arrivals {
            columns.dedup.push(&arrival.dedup);
            columns.digest.push(&arrival.digest);
            columns.key.push(&arrival.key);
            columns.vendor.push(arrival.vendor);
            columns.verified.push(arrival.verified);
            columns.endpoint.push(arrival.endpoint().map(text));
            columns.event.push(arrival.event.as_deref());
            columns.subject.push(arrival.subject.as_deref());
            columns.lane.push(arrival.lane);
            columns.method.push(arrival.method());
            columns.secret_index.push(arrival.secret_index());
            columns.label.push(arrival.label().map(text));
            columns.received_at.push(arrival.received_at);
            columns.body.push(arrival.body());
        }
        columns
    }

    fn each(&self) -> [&(dyn ToSql + Sync); 14] {
        [
            &self.dedup,
            &self.digest,
            &self.key,
            &self.vendor,
            &self.verified,
            &self.endpoint,
            &self.event,
            &self.subject,
            &self.lane,
            &self.method,
            &self.secret_index,
            &self.label,
            &self.received_at,
            &self.body,
        ]
    }
}
