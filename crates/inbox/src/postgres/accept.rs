//! Keeps what arrives.

use std::time::SystemTime;

use tokio_postgres::{Row, types::ToSql};

use super::{failed::failed, pool::Session};
use crate::{Accepted, EntryId, Error, store::Arrival};

/// Bodies kept beside the first one of a key.
const MOST_CONFLICTS: i32 = 16;

/// How often to look again for what another session does at the same moment.
const LOOKS: usize = 16;

/// The new delivery, or the one that is there; neither, if that one was committed after this statement began.
const KEEP: &str = "
    WITH new AS (
        INSERT INTO idhooks_deliveries (dedup, digest, key, vendor, verified, endpoint, event, subject, lane, proof,
            secret, label, received_at, possible_replay, state, due_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, false, 0, statement_timestamp())
        ON CONFLICT (dedup) DO NOTHING RETURNING id
    ), body AS (
        INSERT INTO idhooks_bodies (id, body) SELECT id, $14 FROM new
    )
    SELECT id, true, NULL::bytea, NULL::timestamptz, 0 FROM new
    UNION ALL SELECT id, false, digest, received_at, conflicts FROM idhooks_deliveries WHERE dedup = $1";

/// Gives the key of `$15` to the new delivery, unless it was taken over a moment before.
const TAKE_OVER: &str = "
    WITH old AS (
        UPDATE idhooks_deliveries SET dedup = NULL WHERE id = $15 AND dedup = $1 RETURNING id
    ), new AS (
        INSERT INTO idhooks_deliveries (dedup, digest, key, vendor, verified, endpoint, event, subject, lane, proof,
            secret, label, received_at, possible_replay, state, due_at)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, true, 0, statement_timestamp() FROM old
        RETURNING id
    ), body AS (
        INSERT INTO idhooks_bodies (id, body) SELECT id, $14 FROM new
    )
    SELECT id FROM new";

/// What stands under a key.
struct First {
    id: i64,
    digest: Vec<u8>,
    received_at: SystemTime,
    conflicts: i32,
}

pub(super) async fn accept(session: &mut Session, arrival: &Arrival) -> Result<Accepted, Error> {
    for _ in 0..LOOKS {
        let rows = keep(session, arrival).await?;
        let Some(row) = rows.first() else { continue };
        let id: i64 = row.try_get(0).map_err(failed)?;
        if row.try_get(1).map_err(failed)? {
            return Ok(Accepted::New { id: EntryId::new(id), possible_replay: false });
        }
        let first = first(id, row).map_err(failed)?;
        if !outlived(&first, arrival) {
            return known(session, arrival, first).await;
        }
        if let Some(id) = take_over(session, arrival, first.id).await? {
            return Ok(Accepted::New { id: EntryId::new(id), possible_replay: true });
        }
    }
    Err(Error::unavailable("the store has too much to do at once"))
}

async fn keep(session: &Session, arrival: &Arrival) -> Result<Vec<Row>, Error> {
    let values = columns(arrival);
    session.query(KEEP, &values.each()).await
}

async fn take_over(session: &Session, arrival: &Arrival, old: i64) -> Result<Option<i64>, Error> {
    let columns = columns(arrival);
    let mut values = columns.each().to_vec();
    values.push(&old);
    let rows = session.query(TAKE_OVER, &values).await?;
    rows.first().map(|row| row.try_get(0).map_err(failed)).transpose()
}

/// Whether so much time lies between the two that equal keys do not mean the same event.
fn outlived(first: &First, arrival: &Arrival) -> bool {
    let apart = arrival.received_at.duration_since(first.received_at).unwrap_or_else(|before| before.duration());
    arrival.window.is_some_and(|window| apart > window)
}

async fn known(session: &mut Session, arrival: &Arrival, first: First) -> Result<Accepted, Error> {
    let id = EntryId::new(first.id);
    if first.digest == arrival.digest {
        return Ok(Accepted::Duplicate { id });
    }
    if first.conflicts < MOST_CONFLICTS {
        keep_beside(session, arrival, first.id).await.map_err(failed)?;
    }
    Ok(Accepted::Conflict { id })
}

/// Counted under a lock on the first one, or two that come at once would both be the sixteenth.
async fn keep_beside(session: &mut Session, arrival: &Arrival, first: i64) -> Result<(), tokio_postgres::Error> {
    let transaction = session.client_mut().transaction().await?;
    let lock = "SELECT conflicts FROM idhooks_deliveries WHERE id = $1 FOR UPDATE";
    let conflicts: i32 = transaction.query_one(lock, &[&first]).await?.try_get(0)?;
    if conflicts < MOST_CONFLICTS {
        let keep = "INSERT INTO idhooks_conflicts (delivery, digest, received_at, body) VALUES ($1, $2, $3, $4) \
                    ON CONFLICT (delivery, digest) DO NOTHING";
        let body = &arrival.body()[..];
        let kept = transaction.execute(keep, &[&first, &&arrival.digest[..], &arrival.received_at, &body]).await?;
        if kept == 1 {
            let count = "UPDATE idhooks_deliveries SET conflicts = conflicts + 1 WHERE id = $1";
            transaction.execute(count, &[&first]).await?;
        }
    }
    transaction.commit().await
}

fn first(id: i64, row: &Row) -> Result<First, tokio_postgres::Error> {
    Ok(First { id, digest: row.try_get(2)?, received_at: row.try_get(3)?, conflicts: row.try_get(4)? })
}

/// What is kept of an arrival, as the statements number it.
struct Columns<'a> {
    arrival: &'a Arrival,
    dedup: &'a [u8],
    digest: &'a [u8],
    endpoint: Option<&'a str>,
    proof: &'a str,
    secret: Option<i64>,
    label: Option<&'a str>,
    body: &'a [u8],
}

fn columns(arrival: &Arrival) -> Columns<'_> {
    Columns {
        arrival,
        dedup: &arrival.dedup,
        digest: &arrival.digest,
        endpoint: arrival.endpoint(),
        proof: arrival.proof(),
        secret: arrival.secret(),
        label: arrival.label(),
        body: arrival.body(),
    }
}

impl Columns<'_> {
    fn each(&self) -> [&(dyn ToSql + Sync); 14] {
        let Arrival { key, vendor, verified, event, subject, lane, received_at, .. } = self.arrival;
        [
            &self.dedup,
            &self.digest,
            key,
            vendor,
            verified,
            &self.endpoint,
            event,
            subject,
            lane,
            &self.proof,
            &self.secret,
            &self.label,
            received_at,
            &self.body,
        ]
    }
}
