//! Changes by operators and by the retention.

use std::time::Duration;

use tokio_postgres::Row;

use super::{
    errors::Failure,
    param::params,
    pool::{Pool, Pooled, TIMEOUT},
    rows::{age, lock_order},
    session::{Purpose, Session},
};
use crate::{DeliveryId, Erased, Error, Purged, Retention, State};

/// How many rows one step deletes.
const STEP: usize = 512;

/// The reason of what was erased.
const ERASED: &str = "erased";

const LOCK: &str = include_str!("sql/lock.sql");
const LOCK_ROW: &str = "SELECT id FROM idhooks_deliveries WHERE id = $1 FOR UPDATE";
const UNBLOCK: &str = include_str!("sql/unblock.sql");

/// A change by an operator, and the states in which it is allowed.
struct Found {
    state: i16,
    subject_key: Option<i64>,
    has_body: bool,
}

pub(super) async fn replay(session: &mut Session, id: DeliveryId) -> Result<(), Error> {
    let allowed = |found: &Found| match found.has_body {
        true => Ok(false),
        false => Err(Error::invalid_state(format!("cannot replay delivery {id}: its body was purged"))),
    };
    let number = id.get();
    change(session, id, allowed, (include_str!("sql/replay.sql"), &params![&number])).await
}

pub(super) async fn dead_letter(session: &mut Session, id: DeliveryId, reason: &str) -> Result<(), Error> {
    let allowed = |found: &Found| match State::from_code(found.state) {
        Some(State::Done) => Err(Error::invalid_state(format!("delivery {id} is done"))),
        state => Ok(state == Some(State::DeadLetter)),
    };
    let number = id.get();
    change(session, id, allowed, (include_str!("sql/dead_letter.sql"), &params![&number, &reason])).await
}

/// Changes a delivery under the lock of its subject, and unblocks the next one. `allowed` returns whether there is
/// nothing to change.
async fn change(
    session: &mut Session,
    id: DeliveryId,
    allowed: impl Fn(&Found) -> Result<bool, Error>,
    change: (&'static str, &[super::param::Param<'_>]),
) -> Result<(), Error> {
    let number = id.get();
    // Its state may change between the two transactions, but not forever.
    for _ in 0..8 {
        let found =
            find(session, id).await?.ok_or_else(|| Error::not_found(format!("delivery {id} does not exist")))?;
        if found.state == State::Running.code() {
            return Err(Error::invalid_state(format!("a worker holds delivery {id}")));
        }
        if allowed(&found)? {
            return Ok(());
        }
        let keys = lock_order([found.subject_key]);
        let keys = params![&keys];
        let row = params![&number];
        let statements: [(&str, &[_]); 4] = [(LOCK, &keys), (LOCK_ROW, &row), change, (UNBLOCK, &keys)];
        let mut results = session.transaction(Purpose::Write, &statements).await?;
        if !results.swap_remove(2).is_empty() {
            return Ok(());
        }
    }
    Err(Error::unavailable(format!("delivery {id} changes all the time")))
}

async fn find(session: &mut Session, id: DeliveryId) -> Result<Option<Found>, Failure> {
    const FIND: &str = "SELECT state, subject_key, EXISTS (SELECT FROM idhooks_bodies AS b WHERE b.id = d.id) AS has_body \
                        FROM idhooks_deliveries AS d WHERE d.id = $1";
    let rows = session.run(FIND, &params![&id.get()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let (state, subject_key) = (row.try_get("state")?, row.try_get("subject_key")?);
    Ok(Some(Found { state, subject_key, has_body: row.try_get("has_body")? }))
}

/// Purges in steps, so that deliveries that arrive do not wait for all of them.
pub(super) async fn purge(pool: &Pool, retention: &Retention) -> Result<Purged, Error> {
    let mut purged = Purged::default();
    for (state, limit) in [(State::Done, retention.done), (State::DeadLetter, retention.dead_letters)] {
        let Some(limit) = limit else { continue };
        let mut after = i64::MIN;
        loop {
            let step = |mut session: Pooled| async move { Ok(purge_step(&mut session, after, state, limit).await?) };
            let Some((deliveries, last)) = pool.run(TIMEOUT, step).await? else { break };
            purged.deliveries += deliveries;
            after = last;
        }
        let late = |mut session: Pooled| async move { Ok(purge_conflicts(&mut session, state, limit).await?) };
        purged.deliveries += pool.run(TIMEOUT, late).await?;
    }
    let Some(verified) = retention.expired_keys else { return Ok(purged) };
    let unverified = retention.done.unwrap_or(verified);
    loop {
        let step = |mut session: Pooled| async move { Ok(purge_rows(&mut session, unverified, verified).await?) };
        let rows = pool.run(TIMEOUT, step).await?;
        purged.rows += rows as u64;
        if rows < STEP {
            return Ok(purged);
        }
    }
}

/// Purges some deliveries after `after`. Returns how many, and the last that was looked at; `None` at the end.
async fn purge_step(
    session: &mut Session,
    after: i64,
    state: State,
    limit: Duration,
) -> Result<Option<(u64, i64)>, Failure> {
    let (state, limit) = (state.code(), age(limit));
    let values = params![&after, &state, &limit];
    let rows = session.run(include_str!("sql/purge.sql"), &values).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let purged: i64 = row.try_get("purged")?;
    Ok(row.try_get::<_, Option<i64>>("last")?.map(|last| (purged.unsigned_abs(), last)))
}

async fn purge_conflicts(session: &mut Session, state: State, limit: Duration) -> Result<u64, Failure> {
    let (state, limit) = (state.code(), age(limit));
    let values = params![&state, &limit];
    Ok(session.run(include_str!("sql/purge_conflicts.sql"), &values).await?.len() as u64)
}

async fn purge_rows(session: &mut Session, unverified: Duration, verified: Duration) -> Result<usize, Failure> {
    let (unverified, verified) = (age(unverified), age(verified));
    let values = params![&unverified, &verified];
    Ok(session.run(include_str!("sql/purge_rows.sql"), &values).await?.len())
}

pub(super) async fn erase(session: &mut Session, vendor: &str, subject: &str) -> Result<Erased, Failure> {
    let find = "SELECT d.id, d.subject_key FROM idhooks_bodies AS b JOIN idhooks_deliveries AS d ON d.id = b.id \
                WHERE b.subject = $2 AND d.vendor = $1";
    let found = session.run(find, &params![&vendor, &subject]).await?;
    let ids = found.iter().map(|row| row.try_get("id")).collect::<Result<Vec<i64>, _>>()?;
    let keys = found.iter().map(|row| row.try_get("subject_key")).collect::<Result<Vec<Option<i64>>, _>>()?;
    let keys = lock_order(keys);
    let (keys, of_ids) = (params![&keys], params![&ids]);
    let running = "SELECT id FROM idhooks_deliveries WHERE id = ANY ($1) AND state = 1 ORDER BY id";
    let erase = params![&ids, &ERASED];
    let statements: [(&str, &[_]); 4] =
        [(LOCK, &keys), (include_str!("sql/erase.sql"), &erase), (UNBLOCK, &keys), (running, &of_ids)];
    let results = session.transaction(Purpose::Write, &statements).await?;
    let [_, erased, _, running] = &results[..] else { return Ok(Erased::default()) };
    let running = running.iter().map(|row: &Row| Ok(DeliveryId::new(row.try_get("id")?)));
    let running = running.collect::<Result<Vec<_>, tokio_postgres::Error>>()?;
    Ok(Erased { deliveries: erased.len() as u64, running, ..Erased::default() })
}
