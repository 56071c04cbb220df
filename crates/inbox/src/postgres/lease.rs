//! Hands deliveries out, one of a lane at a time, to however many workers ask at once.

use std::time::Duration;

use tokio::try_join;
use tokio_postgres::{Row, types::ToSql};

use super::{Vendors, count, failed::failed, pool::Session, seconds, text};
use crate::{
    EntryId, Error,
    store::{Batch, Expired, Kept, LEASE_RAN_OUT, LeaseRequest, Leased, Route, Token},
};

/// How often to look again for one lease request: each look takes another lane, or finds one that was just taken.
const LOOKS: usize = 64;

/// Leases that have run out: whoever held them is gone. What another session looks at in this moment is left to it.
const TAKE_BACK: &str = "
    WITH gone AS (
        SELECT l.token, d.id, d.attempts FROM idhooks_leases AS l JOIN idhooks_deliveries AS d ON d.id = l.delivery
        WHERE l.expires_at <= statement_timestamp() FOR UPDATE SKIP LOCKED
    ), freed AS (
        DELETE FROM idhooks_leases WHERE token IN (SELECT token FROM gone)
    ), told AS (
        INSERT INTO idhooks_attempts (delivery, number, ended_at, reason)
        SELECT id, attempts, statement_timestamp(), $2::text FROM gone
    )
    UPDATE idhooks_deliveries AS d SET
        state = CASE WHEN gone.attempts >= $1 THEN 3 ELSE 0 END,
        due_at = CASE WHEN gone.attempts >= $1 THEN due_at ELSE statement_timestamp() END,
        finished_at = CASE WHEN gone.attempts >= $1 THEN statement_timestamp() END,
        reason = $2::text
    FROM gone WHERE d.id = gone.id RETURNING d.id, d.vendor, d.state = 3";

/// How many due deliveries are looked at for each that is asked for, and for all of them. If they are nearly all of
/// lanes that are held, those behind them wait until they were put aside.
const LOOKED_AT: i64 = 4;
const LOOKED_AT_ALWAYS: i64 = 64;

/// At most so many are leased by one statement: it holds a lock of the server for each of their lanes, which has room for
/// so many of each session.
const TOGETHER: i64 = 64;

/// The unique lane in the table of leases is what keeps a lane to one worker. Rows go there ordered by lane, so that
/// two sessions never wait for each other. The last three columns are there even if nothing is leased: how many were
/// found, when the next is due, and whether others may be due: 1 if another session had some in its hands in this moment,
/// 2 if there is something to [tidy](super::tidy).
///
/// A token is taken before the row goes there, which may have to wait for another of its lane: so the lane is locked
/// first, or who waits would hold it later with a lower one. (`OFFSET 0` keeps a planner from locking before it orders.)
///
/// Of what is due only what is leased is locked, so that is done one by one after the look. By `ctid`, for which no
/// planner takes the wrong index.
const TAKE_UP: &str = concat!(
    "WITH held AS MATERIALIZED (
        SELECT lane FROM idhooks_leases WHERE lane IS NOT NULL
    ), free AS MATERIALIZED (
        SELECT lane, vendor, verified FROM idhooks_lanes WHERE lane NOT IN (SELECT lane FROM held) AND ",
    wanted!(),
    "
    ), behind AS (
        SELECT d.id, d.lane, d.due_at FROM free CROSS JOIN LATERAL (
            SELECT id, lane, due_at FROM idhooks_deliveries
            WHERE state = 0 AND behind AND lane = free.lane AND vendor = free.vendor AND verified = free.verified
            ORDER BY due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) AS d
    ), due AS (
        SELECT d.id, d.lane, d.due_at FROM (
            SELECT ctid, lane FROM idhooks_deliveries WHERE ",
    due!(),
    " ORDER BY due_at, id LIMIT $7
        ) AS seen CROSS JOIN LATERAL (
            SELECT id, lane, due_at FROM idhooks_deliveries
            WHERE ctid = seen.ctid AND state = 0 AND NOT behind AND due_at <= statement_timestamp()
            FOR UPDATE SKIP LOCKED
        ) AS d WHERE seen.lane IS NULL OR seen.lane NOT IN (SELECT lane FROM held) LIMIT $3
    ), pending AS (
        SELECT * FROM behind UNION ALL SELECT * FROM due ORDER BY due_at, id LIMIT $3
    ), unread AS (
        SELECT id, lane, due_at FROM idhooks_deliveries AS d
        WHERE state = 4 AND reader < $4 AND ",
    wanted!(),
    "
        AND (lane IS NULL OR lane NOT IN (SELECT lane FROM held))
        ORDER BY reader, id LIMIT $3 - (SELECT count(*) FROM pending) FOR UPDATE OF d SKIP LOCKED
    ), found AS (
        SELECT *, false AS unread FROM pending UNION ALL SELECT *, true FROM unread
    ), hold AS (
        INSERT INTO idhooks_leases (delivery, lane, worker, expires_at)
        SELECT id, lane, $5, statement_timestamp() + make_interval(secs => $6)
        FROM (SELECT * FROM found ORDER BY lane, unread, due_at, id OFFSET 0) AS found
        WHERE lane IS NULL OR pg_advisory_xact_lock(lane) IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING token, delivery
    ), taken AS (
        UPDATE idhooks_deliveries AS d SET state = 1, behind = false, attempts = attempts + 1
        FROM hold WHERE d.id = hold.delivery
        RETURNING d.id, hold.token, d.vendor, d.verified, d.attempts, d.received_at, d.due_at, d.possible_replay,
            d.proof, d.secret, d.label, d.endpoint
    )
    SELECT taken.id, token, vendor, verified, attempts, received_at, due_at, possible_replay, proof, secret, label,
        endpoint, body, (SELECT count(*) FROM found),
        (SELECT extract(epoch FROM min(due_at) - statement_timestamp())::float8 FROM idhooks_deliveries
            WHERE state = 0 AND NOT behind AND due_at > statement_timestamp()),
        CASE WHEN (SELECT count(*) FROM behind) < (SELECT count(*) FROM free) THEN 2
            WHEN (SELECT count(*) FROM found) < $3 THEN (SELECT CASE
                WHEN count(*) = $7 THEN 2
                WHEN count(*) FILTER (WHERE lane IS NULL OR lane NOT IN (SELECT lane FROM held))
                    > (SELECT count(*) FROM due) THEN 1
                ELSE 0 END FROM (SELECT lane FROM idhooks_deliveries WHERE ",
    due!(),
    " ORDER BY due_at, id LIMIT $7) AS seen)
            ELSE 0 END
    FROM (VALUES (1)) AS always LEFT JOIN (taken JOIN idhooks_bodies USING (id)) ON true ORDER BY due_at, taken.id"
);

const RENEW: &str = "
    UPDATE idhooks_leases SET expires_at = statement_timestamp() + make_interval(secs => $2)
    WHERE token = ANY ($1) RETURNING token";

/// What was leased, and whether there is something to tidy.
pub(super) async fn lease(session: &Session, request: &LeaseRequest) -> Result<(Batch, bool), Error> {
    let mut asked = Asked::new(request);
    let take_back = session.prepare(TAKE_BACK).await.map_err(failed)?;
    let take_up = session.prepare(TAKE_UP).await.map_err(failed)?;
    let attempts = i32::try_from(request.attempts).unwrap_or(i32::MAX);
    // Both are sent at once, and run one after the other.
    let (expired, first) = {
        let (ending, values): ([&(dyn ToSql + Sync); 2], _) = ([&attempts, &LEASE_RAN_OUT], asked.values());
        try_join!(session.client().query(&take_back, &ending), session.client().query(&take_up, &values))
            .map_err(failed)?
    };
    let mut batch =
        Batch { expired: expired.iter().map(gone).collect::<Result<_, _>>().map_err(failed)?, ..Batch::default() };
    let (mut rows, mut untidy, mut all) = (first, false, false);
    for _ in 0..LOOKS {
        let found = gather(&rows, &mut batch).map_err(failed)?;
        untidy |= found.untidy;
        // Fewer were there than were asked for: there are no more. Else what was not leased is of lanes that are
        // held by now, and others are behind it.
        if found.number < asked.most || batch.leased.len() >= request.most {
            all = found.all;
            break;
        }
        asked.want(request.most - batch.leased.len());
        // What is leased already must come to its worker, whatever becomes of the rest.
        let Ok(more) = session.client().query(&take_up, &asked.values()).await else { break };
        rows = more;
    }
    if !all {
        batch.next = Some(Duration::ZERO);
    }
    Ok((batch, untidy))
}

/// A request, as the statement numbers it.
struct Asked {
    vendors: Vendors,
    most: i64,
    reader: i64,
    worker: String,
    seconds: f64,
    looked_at: i64,
}

impl Asked {
    fn new(request: &LeaseRequest) -> Self {
        let (vendors, worker) = (Vendors::of(&request.routes), text(&request.worker).into_owned());
        let mut asked =
            Self { vendors, most: 0, reader: request.reader, worker, seconds: seconds(request.time), looked_at: 0 };
        asked.want(request.most);
        asked
    }

    fn want(&mut self, most: usize) {
        self.most = i64::try_from(most).unwrap_or(i64::MAX).min(TOGETHER);
        self.looked_at = self.most * LOOKED_AT + LOOKED_AT_ALWAYS;
    }

    fn values(&self) -> [&(dyn ToSql + Sync); 7] {
        let Vendors { verified, unverified } = &self.vendors;
        [verified, unverified, &self.most, &self.reader, &self.worker, &self.seconds, &self.looked_at]
    }
}

/// What a look found, leased or not.
#[derive(Default)]
struct Found {
    number: i64,
    all: bool,
    untidy: bool,
}

/// Adds what was leased.
fn gather(rows: &[Row], batch: &mut Batch) -> Result<Found, tokio_postgres::Error> {
    let mut found = Found::default();
    for row in rows {
        let in_the_way: i32 = row.try_get(15)?;
        found = Found { number: row.try_get(13)?, all: in_the_way == 0, untidy: in_the_way == 2 };
        let next: Option<f64> = row.try_get(14)?;
        batch.next = next.map(|next| Duration::try_from_secs_f64(next).unwrap_or_default());
        if let Some(id) = row.try_get(0)? {
            batch.leased.push(leased(id, row)?);
        }
    }
    Ok(found)
}

fn leased(id: i64, row: &Row) -> Result<Leased, tokio_postgres::Error> {
    let route = Route { vendor: row.try_get::<_, String>(2)?.into(), verified: row.try_get(3)? };
    let body: Vec<u8> = row.try_get(12)?;
    let kept = Kept {
        body: body.into(),
        method: row.try_get(8)?,
        secret_index: row.try_get(9)?,
        label: row.try_get(10)?,
        endpoint: row.try_get(11)?,
    };
    let mut leased = Leased::new(EntryId::new(id), Token::new(row.try_get(1)?), route, kept);
    leased.attempt = count(row.try_get(4)?);
    leased.received_at = row.try_get(5)?;
    leased.due_at = row.try_get(6)?;
    leased.possible_replay = row.try_get(7)?;
    Ok(leased)
}

fn gone(row: &Row) -> Result<Expired, tokio_postgres::Error> {
    let vendor: String = row.try_get(1)?;
    Ok(Expired { id: EntryId::new(row.try_get(0)?), vendor: vendor.into(), dead: row.try_get(2)? })
}

/// Those that are lost.
pub(super) async fn renew(session: &Session, tokens: &[Token], time: Duration) -> Result<Vec<Token>, Error> {
    let numbers: Vec<i64> = tokens.iter().map(|token| token.get()).collect();
    let rows = session.query(RENEW, &[&numbers, &seconds(time)]).await?;
    let held = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i64>, _>>().map_err(failed)?;
    Ok(tokens.iter().copied().filter(|token| !held.contains(&token.get())).collect())
}
