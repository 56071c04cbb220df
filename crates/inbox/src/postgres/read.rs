//! What is only looked at.

use std::time::Duration;

use bytes::Bytes;
use idhooks_core::Pii;
use tokio_postgres::{
    IsolationLevel, Row,
    types::{ToSql, Type},
};

use super::{
    count,
    failed::failed,
    pool::{PATIENT, Session},
    text,
};
use crate::{Attempt, Conflicting, Details, Entry, EntryId, Error, Filter, Page, State, Stats, store::Route};

type Db<T> = Result<T, tokio_postgres::Error>;

const COLUMNS: &str = "d.id, d.vendor, d.verified, d.endpoint, d.event, d.subject, d.key, d.state, d.received_at, \
                       d.due_at, d.finished_at, d.attempts, d.possible_replay, d.reason, d.conflicts, \
                       EXISTS (SELECT FROM idhooks_bodies AS b WHERE b.id = d.id)";

/// Reads all that is pending or unreadable, but for what is behind.
const UNFINISHED: &str = "
    SELECT DISTINCT vendor, verified FROM idhooks_deliveries WHERE state = 0 AND NOT behind
    UNION SELECT vendor, verified FROM idhooks_lanes AS l WHERE (
        SELECT id FROM idhooks_deliveries
        WHERE state = 0 AND behind AND lane = l.lane AND vendor = l.vendor AND verified = l.verified LIMIT 1) IS NOT NULL
    UNION SELECT DISTINCT vendor, verified FROM idhooks_deliveries WHERE state = 4
    UNION SELECT DISTINCT vendor, verified FROM idhooks_deliveries WHERE id IN (SELECT delivery FROM idhooks_leases)";

pub(super) async fn unfinished(session: &mut Session) -> Result<Vec<Route>, Error> {
    kinds(session).await.map_err(failed)
}

async fn kinds(session: &mut Session) -> Db<Vec<Route>> {
    let transaction = session.client_mut().transaction().await?;
    transaction.batch_execute(PATIENT).await?;
    let rows = transaction.query(UNFINISHED, &[]).await?;
    let route = |row: &Row| Ok(Route { vendor: row.try_get::<_, String>(0)?.into(), verified: row.try_get(1)? });
    rows.iter().map(route).collect()
}

pub(super) async fn list(session: &Session, filter: &Filter) -> Result<Page, Error> {
    let most = filter.most();
    let rows = select(session, filter, most + 1).await.map_err(failed)?;
    let mut entries = rows.iter().map(entry).collect::<Db<Vec<Entry>>>().map_err(failed)?;
    let more = entries.len() > most;
    entries.truncate(most);
    let next = entries.last().filter(|_| more).map(|entry| entry.id);
    Ok(Page { entries, next })
}

async fn select(session: &Session, filter: &Filter, most: usize) -> Db<Vec<Row>> {
    let (lane, before) = (filter.lane(), filter.before.map(EntryId::get));
    let (vendor, endpoint) = (filter.vendor.as_deref().map(text), filter.endpoint.as_deref().map(text));
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut sql = format!("SELECT {COLUMNS} FROM idhooks_deliveries AS d WHERE true");
    if let Some(state) = filter.state {
        // As a number in the text, so that the planner sees which of the partial indexes fits.
        sql.push_str(&format!(" AND d.state = {}", state.code()));
    }
    let mut values: Vec<(&(dyn ToSql + Sync), Type)> = Vec::new();
    let mut narrow = |condition: &str, value, kind| {
        values.push((value, kind));
        sql.push_str(&format!(" AND {condition} ${}", values.len()));
    };
    if let Some(vendor) = &vendor {
        narrow("d.vendor =", vendor, Type::TEXT);
    }
    if let Some(endpoint) = &endpoint {
        narrow("d.endpoint =", endpoint, Type::TEXT);
    }
    if let Some(lane) = &lane {
        narrow("d.lane =", lane, Type::INT8);
    }
    if let Some(before) = &before {
        narrow("d.id <", before, Type::INT8);
    }
    values.push((&most, Type::INT8));
    sql.push_str(&format!(" ORDER BY d.id DESC LIMIT ${}", values.len()));
    session.client().query_typed(&sql, &values).await
}

fn entry(row: &Row) -> Db<Entry> {
    let text = |place: usize| -> Db<Option<Box<str>>> { row.try_get(place) };
    let has_body: bool = row.try_get(15)?;
    let state = row.try_get(7)?;
    Ok(Entry {
        id: EntryId::new(row.try_get(0)?),
        vendor: row.try_get(1)?,
        verified: row.try_get(2)?,
        endpoint: text(3)?,
        event: text(4)?,
        subject: text(5)?.map(Pii::from),
        key: text(6)?,
        // Only a newer program writes others, and it says that it cannot be worked beside.
        state: State::from_code(state).unwrap_or(State::Unreadable),
        received_at: row.try_get(8)?,
        due_at: row.try_get(9)?,
        finished_at: row.try_get(10)?,
        attempts: count(row.try_get(11)?),
        possible_replay: row.try_get(12)?,
        reason: text(13)?,
        conflicts: count(row.try_get(14)?),
        purged: !has_body,
    })
}

pub(super) async fn get(session: &mut Session, id: EntryId) -> Result<Option<Details>, Error> {
    details(session, id.get()).await.map_err(failed)
}

/// In one transaction, so that all of it is of one moment.
async fn details(session: &mut Session, id: i64) -> Db<Option<Details>> {
    let builder = session.client_mut().build_transaction().read_only(true);
    let transaction = builder.isolation_level(IsolationLevel::RepeatableRead).start().await?;
    let sql = format!("SELECT {COLUMNS} FROM idhooks_deliveries AS d WHERE d.id = $1");
    let Some(row) = transaction.query_opt(&sql, &[&id]).await? else { return Ok(None) };
    let body = "SELECT body FROM idhooks_bodies WHERE id = $1";
    let body: Option<Vec<u8>> = transaction.query_opt(body, &[&id]).await?.map(|row| row.try_get(0)).transpose()?;
    let history = "SELECT number, ended_at, reason FROM idhooks_attempts WHERE delivery = $1 ORDER BY id";
    let history = transaction.query(history, &[&id]).await?;
    let conflicting = "SELECT received_at, body FROM idhooks_conflicts WHERE delivery = $1 ORDER BY id";
    let conflicting = transaction.query(conflicting, &[&id]).await?;
    let bytes = |body: Option<Vec<u8>>| body.map(|body| Pii::from(Bytes::from(body)));
    let attempt =
        |row: &Row| Ok(Attempt { number: count(row.try_get(0)?), ended_at: row.try_get(1)?, reason: row.try_get(2)? });
    let conflict = |row: &Row| Ok(Conflicting { received_at: row.try_get(0)?, body: bytes(row.try_get(1)?) });
    Ok(Some(Details {
        entry: entry(&row)?,
        body: bytes(body),
        history: history.iter().map(attempt).collect::<Db<_>>()?,
        conflicting: conflicting.iter().map(conflict).collect::<Db<_>>()?,
    }))
}

pub(super) async fn stats(session: &mut Session) -> Result<Stats, Error> {
    count_all(session).await.map_err(failed)
}

async fn count_all(session: &mut Session) -> Db<Stats> {
    let transaction = session.client_mut().transaction().await?;
    transaction.batch_execute(PATIENT).await?;
    let states = "SELECT state, count(*) FROM idhooks_deliveries GROUP BY state";
    let states = transaction.query(states, &[]).await?;
    let rest = "SELECT (SELECT count(*) FROM idhooks_conflicts), \
                (SELECT extract(epoch FROM statement_timestamp() - least( \
                    (SELECT min(due_at) FROM idhooks_deliveries \
                     WHERE state = 0 AND NOT behind AND due_at <= statement_timestamp()), \
                    (SELECT min(due_at) FROM idhooks_lanes AS l CROSS JOIN LATERAL (SELECT due_at FROM idhooks_deliveries \
                     WHERE state = 0 AND behind AND lane = l.lane AND vendor = l.vendor AND verified = l.verified \
                     ORDER BY due_at LIMIT 1) AS first)))::float8)";
    let rest = transaction.query_one(rest, &[]).await?;
    add_up(&states, &rest)
}

fn add_up(states: &[Row], rest: &Row) -> Db<Stats> {
    let mut stats = Stats::default();
    for row in states {
        let number = row.try_get::<_, i64>(1)?.unsigned_abs();
        if let Some(state) = State::from_code(row.try_get(0)?) {
            stats.set(state, number);
        }
    }
    stats.conflicts = rest.try_get::<_, i64>(0)?.unsigned_abs();
    let lag: Option<f64> = rest.try_get(1)?;
    stats.lag = lag.map(|lag| Duration::try_from_secs_f64(lag).unwrap_or_default());
    Ok(stats)
}
