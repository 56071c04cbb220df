//! Ends leases, and what people do to single deliveries.

use std::time::Duration;

use tokio_postgres::Transaction;

use super::{
    failed::failed,
    pool::{Session, Watch},
    seconds, text,
};
use crate::{
    EntryId, Error, State,
    store::{Token, Verdict},
};

/// How many deliveries one statement looks at for a purge.
pub(super) const PURGED_TOGETHER: i64 = 512;

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

/// What a person does to a delivery that nobody holds.
const GIVE_UP: &str = "
    WITH given_up AS (
        UPDATE idhooks_deliveries SET state = 3, behind = false, finished_at = statement_timestamp(), reason = $2::text
        WHERE id = $1 AND state IN (0, 4) RETURNING id, attempts
    )
    INSERT INTO idhooks_attempts (delivery, number, ended_at, reason)
    SELECT id, attempts, statement_timestamp(), $2::text FROM given_up";

/// One step: how many it purged, and the last it looked at; nothing once there are no more. Bodies are what drives it:
/// what was purged has none. What somebody is about to replay is left alone.
pub(super) const PURGE: &str = "
    WITH seen AS MATERIALIZED (
        SELECT id FROM idhooks_bodies WHERE id > $1 ORDER BY id LIMIT $4
    ), old AS MATERIALIZED (
        SELECT d.id FROM seen CROSS JOIN LATERAL (
            SELECT id FROM idhooks_deliveries
            WHERE id = seen.id AND state = $2 AND finished_at < statement_timestamp() - make_interval(secs => $3)
            FOR UPDATE SKIP LOCKED
        ) AS d
    ), bodies AS (
        DELETE FROM idhooks_bodies WHERE id = ANY (ARRAY (SELECT id FROM old))
    ), beside AS (
        UPDATE idhooks_conflicts SET body = NULL WHERE delivery = ANY (ARRAY (SELECT id FROM old)) AND body IS NOT NULL
    ), told AS (
        UPDATE idhooks_attempts SET reason = '' WHERE delivery = ANY (ARRAY (SELECT id FROM old))
    ), purged AS (
        UPDATE idhooks_deliveries
        SET key = NULL, subject = NULL, lane = NULL, event = NULL, label = NULL, reason = NULL
        WHERE id = ANY (ARRAY (SELECT id FROM old)) RETURNING id
    )
    SELECT (SELECT count(*) FROM purged), (SELECT max(id) FROM seen)";

/// The same, for bodies in conflict with a delivery that had been purged when they came; a delivery's all at once.
/// (`OFFSET 0` keeps a planner from reading all deliveries to join a few.)
pub(super) const PURGE_LATE: &str = "
    WITH seen AS MATERIALIZED (
        SELECT delivery AS id FROM idhooks_conflicts WHERE delivery > $1 AND body IS NOT NULL ORDER BY delivery LIMIT $4
    ), old AS MATERIALIZED (
        SELECT d.id, d.finished_at FROM (SELECT DISTINCT id FROM seen) AS s CROSS JOIN LATERAL (
            SELECT id, finished_at FROM idhooks_deliveries WHERE id = s.id AND state = $2 OFFSET 0
        ) AS d WHERE NOT EXISTS (SELECT FROM idhooks_bodies AS b WHERE b.id = d.id)
    ), purged AS (
        UPDATE idhooks_conflicts AS c SET body = NULL FROM old
        WHERE c.delivery = old.id AND c.body IS NOT NULL
        AND greatest(c.received_at, old.finished_at) < statement_timestamp() - make_interval(secs => $3)
        RETURNING c.delivery
    )
    SELECT (SELECT count(DISTINCT delivery) FROM purged), (SELECT max(id) FROM seen)";

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
    lock(&transaction, id).await?;
    // After the lock, so that it sees what a purge did that held it.
    let set = "UPDATE idhooks_deliveries SET state = 0, behind = false, due_at = statement_timestamp(), attempts = 0, \
               finished_at = NULL WHERE id = $1 AND EXISTS (SELECT FROM idhooks_bodies WHERE id = $1)";
    if transaction.execute(set, &[&id]).await.map_err(failed)? == 0 {
        return Err(Error::conflict(format!("the body of delivery {id} was purged")));
    }
    transaction.commit().await.map_err(failed)
}

pub(super) async fn give_up(session: &mut Session, id: EntryId, reason: &str) -> Result<(), Error> {
    let id = id.get();
    let transaction = session.client_mut().transaction().await.map_err(failed)?;
    let state = lock(&transaction, id).await?;
    if state == State::Done.code() {
        return Err(Error::conflict(format!("delivery {id} is done")));
    }
    transaction.execute(GIVE_UP, &[&id, &text(reason)]).await.map_err(failed)?;
    transaction.commit().await.map_err(failed)
}

/// The state of a delivery that no worker holds; it stays so until the transaction ends.
async fn lock(transaction: &Transaction<'_>, id: i64) -> Result<i16, Error> {
    let lock = "SELECT state FROM idhooks_deliveries WHERE id = $1 FOR UPDATE";
    let Some(row) = transaction.query_opt(lock, &[&id]).await.map_err(failed)? else {
        return Err(Error::not_found(format!("there is no delivery {id}")));
    };
    let state: i16 = row.try_get(0).map_err(failed)?;
    if state == State::Running.code() {
        return Err(Error::conflict(format!("delivery {id} is in a worker's hands")));
    }
    Ok(state)
}

/// How many were purged.
pub(super) async fn purge(session: &Session, watch: &Watch, older_than: Duration, state: State) -> Result<u64, Error> {
    let mut purged = 0;
    for sql in [PURGE, PURGE_LATE] {
        // In steps, so that none of them takes long or holds much, however much is there.
        let mut after = i64::MIN;
        loop {
            let (some, last) = watch.wait(purge_step(session, sql, after, older_than, state)).await?;
            purged += some;
            let Some(last) = last else { break };
            after = last;
        }
    }
    Ok(purged)
}

/// How many were purged of some after `after`, and the last that was looked at.
pub(super) async fn purge_step(
    session: &Session,
    sql: &'static str,
    after: i64,
    older_than: Duration,
    state: State,
) -> Result<(u64, Option<i64>), Error> {
    let (age, code) = (seconds(older_than), state.code());
    let statement = session.prepare(sql).await.map_err(failed)?;
    let row = session.client().query_one(&statement, &[&after, &code, &age, &PURGED_TOGETHER]).await.map_err(failed)?;
    let purged: i64 = row.try_get(0).map_err(failed)?;
    Ok((purged.unsigned_abs(), row.try_get(1).map_err(failed)?))
}
