//! Ends leases, and what people do to single deliveries.

use std::{collections::HashSet, time::Duration};

use tokio_postgres::Row;

use super::{
    failed::failed,
    pool::{Session, Watch},
    seconds, text,
};
use crate::{
    EntryId, Error, State,
    store::{Token, Verdict},
};

/// How many deliveries are purged in one transaction.
const PURGED_TOGETHER: i64 = 256;

/// Each verdict is one statement that does nothing once the lease is gone: that is the fence.
///
/// The delivery is locked before its lease, as leasing does, or the two could wait for each other: whoever leases may
/// hold the lock of a delivery that was leased by another since it looked, and wait for the lease of its lane to end.
macro_rules! ends {
    ($(($told:literal))? $set:literal) => {
        concat!(
            "WITH locked AS (SELECT id FROM idhooks_deliveries WHERE id = $2 FOR UPDATE), freed AS (\
             DELETE FROM idhooks_leases WHERE token = $1 AND delivery = (SELECT id FROM locked) RETURNING delivery) ",
            $(", told AS (INSERT INTO idhooks_attempts (delivery, number, ended_at, reason) ",
            "SELECT id, attempts, statement_timestamp(), ", $told, " FROM idhooks_deliveries JOIN freed ON id = delivery) ",)?
            "UPDATE idhooks_deliveries SET ", $set, " FROM freed WHERE id = delivery"
        )
    };
}

const DONE: &str = ends!("state = 2, finished_at = statement_timestamp(), reason = NULL");
const RETRY: &str = ends!(("$3") "state = 0, due_at = statement_timestamp() + make_interval(secs => $4), reason = $3");
const DEAD: &str = ends!(("$3") "state = 3, finished_at = statement_timestamp(), reason = $3");
const UNREADABLE: &str = ends!("state = 4, reader = greatest(reader, $4), reason = $3, attempts = attempts - 1");
const RELEASED: &str = ends!("state = 0, due_at = statement_timestamp(), attempts = attempts - 1");

/// Bodies are what drives it: what was purged has none. What somebody is about to replay is left alone.
const PURGE: &str = "
    WITH old AS (
        SELECT d.id FROM idhooks_bodies AS b JOIN idhooks_deliveries AS d USING (id)
        WHERE d.id > $1 AND d.state = $2 AND d.finished_at < statement_timestamp() - make_interval(secs => $3)
        ORDER BY d.id LIMIT $4 FOR UPDATE OF d SKIP LOCKED
    ), bodies AS (
        DELETE FROM idhooks_bodies WHERE id IN (SELECT id FROM old)
    ), beside AS (
        UPDATE idhooks_conflicts SET body = NULL WHERE delivery IN (SELECT id FROM old)
    ), told AS (
        UPDATE idhooks_attempts SET reason = '' WHERE delivery IN (SELECT id FROM old)
    )
    UPDATE idhooks_deliveries AS d SET key = NULL, subject = NULL, lane = NULL, event = NULL, label = NULL, reason = NULL
    FROM old WHERE d.id = old.id RETURNING d.id";

/// Bodies in conflict with a delivery that had been purged when they came.
const PURGE_LATE: &str = "
    UPDATE idhooks_conflicts AS c SET body = NULL FROM idhooks_deliveries AS d
    WHERE d.id = c.delivery AND c.body IS NOT NULL AND d.state = $1
    AND greatest(c.received_at, d.finished_at) < statement_timestamp() - make_interval(secs => $2)
    AND NOT EXISTS (SELECT FROM idhooks_bodies AS b WHERE b.id = d.id)
    RETURNING d.id";

/// `false` if the lease was lost.
pub(super) async fn finish(session: &Session, id: EntryId, token: Token, verdict: &Verdict) -> Result<bool, Error> {
    let (token, id) = (token.get(), id.get());
    let ended = match verdict {
        Verdict::Done => session.execute(DONE, &[&token, &id]).await,
        Verdict::Retry { after, reason } => {
            session.execute(RETRY, &[&token, &id, &text(reason), &seconds(*after)]).await
        }
        Verdict::Dead { reason } => session.execute(DEAD, &[&token, &id, &text(reason)]).await,
        Verdict::Unreadable { reader, reason } => {
            session.execute(UNREADABLE, &[&token, &id, &text(reason), reader]).await
        }
        Verdict::Released => session.execute(RELEASED, &[&token, &id]).await,
    };
    Ok(ended? > 0)
}

pub(super) async fn replay(session: &mut Session, id: EntryId) -> Result<(), Error> {
    let id = id.get();
    let transaction = session.client_mut().transaction().await.map_err(failed)?;
    let lock = "SELECT state FROM idhooks_deliveries WHERE id = $1 FOR UPDATE";
    let Some(row) = transaction.query_opt(lock, &[&id]).await.map_err(failed)? else {
        return Err(Error::not_found(format!("there is no delivery {id}")));
    };
    let state: i16 = row.try_get(0).map_err(failed)?;
    if state == State::Running.code() {
        return Err(Error::conflict(format!("delivery {id} is in a worker's hands")));
    }
    // After the lock, so that it sees what a purge did that held it.
    let set = "UPDATE idhooks_deliveries SET state = 0, behind = false, due_at = statement_timestamp(), attempts = 0, \
               finished_at = NULL WHERE id = $1 AND EXISTS (SELECT FROM idhooks_bodies WHERE id = $1)";
    if transaction.execute(set, &[&id]).await.map_err(failed)? == 0 {
        return Err(Error::conflict(format!("the body of delivery {id} was purged")));
    }
    transaction.commit().await.map_err(failed)
}

/// How many were purged.
pub(super) async fn purge(session: &Session, watch: &Watch, older_than: Duration, state: State) -> Result<u64, Error> {
    let (age, code) = (seconds(older_than), state.code());
    let (mut purged, mut after) = (0, i64::MIN);
    // In steps, so that none of them takes long or holds much.
    loop {
        let step = watch.wait(session.query(PURGE, &[&after, &code, &age, &PURGED_TOGETHER])).await?;
        let Some(last) = numbers(&step)?.into_iter().max() else { break };
        purged += step.len() as u64;
        after = last;
    }
    let late = watch.wait(session.query(PURGE_LATE, &[&code, &age])).await?;
    let late: HashSet<i64> = numbers(&late)?.into_iter().collect();
    Ok(purged + late.len() as u64)
}

fn numbers(rows: &[Row]) -> Result<Vec<i64>, Error> {
    rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(failed)
}
