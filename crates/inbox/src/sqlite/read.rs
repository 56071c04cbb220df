//! What is only looked at.

use bytes::Bytes;
use idhooks_core::Pii;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter, types::Value};

use super::{clock::time, failed};
use crate::{Attempt, Conflicting, Details, Entry, EntryId, Error, Filter, Page, State, Stats, store::Route};

type Db<T> = Result<T, rusqlite::Error>;

const COLUMNS: &str = "d.id, d.vendor, d.verified, d.endpoint, d.event, d.subject, d.key, d.state, d.received_at, \
                       d.due_at, d.finished_at, d.attempts, d.possible_replay, d.reason, d.conflicts, \
                       EXISTS (SELECT 1 FROM idhooks_bodies WHERE id = d.id)";

pub(super) fn unfinished(connection: &Connection) -> Result<Vec<Route>, Error> {
    let read = || -> Db<Vec<Route>> {
        let sql = "SELECT DISTINCT vendor, verified FROM idhooks_deliveries WHERE state = 0 \
                   UNION SELECT DISTINCT vendor, verified FROM idhooks_deliveries WHERE state = 4 \
                   UNION SELECT DISTINCT vendor, verified FROM idhooks_deliveries \
                   WHERE id IN (SELECT delivery FROM idhooks_leases)";
        let mut statement = connection.prepare_cached(sql)?;
        let route = |row: &Row<'_>| Ok(Route { vendor: row.get::<_, String>(0)?.into(), verified: row.get(1)? });
        statement.query_map([], route)?.collect()
    };
    read().map_err(failed)
}

pub(super) fn list(connection: &Connection, filter: &Filter) -> Result<Page, Error> {
    let most = filter.most();
    let mut entries = select(connection, filter, most + 1).map_err(failed)?;
    let more = entries.len() > most;
    entries.truncate(most);
    let next = entries.last().filter(|_| more).map(|entry| entry.id);
    Ok(Page { entries, next })
}

fn select(connection: &Connection, filter: &Filter, most: usize) -> Db<Vec<Entry>> {
    let text = |text: &Option<Box<str>>| text.as_deref().map(|text| Value::Text(text.to_owned()));
    let conditions = [
        // As a number in the text, so that SQLite sees which of its partial indexes fits.
        (filter.state.map(|state| format!("d.state = {}", state.code())), None),
        (Some("d.vendor = ?".to_owned()), text(&filter.vendor)),
        (Some("d.endpoint = ?".to_owned()), text(&filter.endpoint)),
        (Some("d.lane = ?".to_owned()), filter.lane().map(Value::Integer)),
        (Some("d.id < ?".to_owned()), filter.before.map(|id| Value::Integer(id.get()))),
    ];
    let mut sql = format!("SELECT {COLUMNS} FROM idhooks_deliveries AS d WHERE true");
    let mut values = Vec::new();
    for (condition, value) in conditions {
        let Some(condition) = condition.filter(|condition| !condition.contains('?') || value.is_some()) else {
            continue;
        };
        sql.push_str(" AND ");
        sql.push_str(&condition);
        values.extend(value);
    }
    sql.push_str(" ORDER BY d.id DESC LIMIT ?");
    values.push(Value::Integer(i64::try_from(most).unwrap_or(i64::MAX)));
    connection.prepare_cached(&sql)?.query_map(params_from_iter(values), entry)?.collect()
}

fn entry(row: &Row<'_>) -> Db<Entry> {
    let text =
        |place: usize| -> Db<Option<Box<str>>> { Ok(row.get::<_, Option<String>>(place)?.map(String::into_boxed_str)) };
    let has_body: bool = row.get(15)?;
    Ok(Entry {
        id: EntryId::new(row.get(0)?),
        vendor: row.get::<_, String>(1)?.into(),
        verified: row.get(2)?,
        endpoint: text(3)?,
        event: text(4)?,
        subject: text(5)?.map(Pii::from),
        key: text(6)?,
        state: State::from_code(row.get(7)?).ok_or(rusqlite::Error::InvalidQuery)?,
        received_at: time(row.get(8)?),
        due_at: time(row.get(9)?),
        finished_at: row.get::<_, Option<i64>>(10)?.map(time),
        attempts: row.get(11)?,
        possible_replay: row.get(12)?,
        reason: text(13)?,
        conflicts: row.get(14)?,
        purged: !has_body,
    })
}

pub(super) fn get(connection: &mut Connection, id: EntryId) -> Result<Option<Details>, Error> {
    details(connection, id.get()).map_err(failed)
}

/// In one transaction, so that all of it is of one moment.
fn details(connection: &mut Connection, id: i64) -> Db<Option<Details>> {
    let connection = connection.transaction()?;
    let sql = format!("SELECT {COLUMNS} FROM idhooks_deliveries AS d WHERE d.id = ?1");
    let Some(entry) = connection.query_row(&sql, [id], entry).optional()? else { return Ok(None) };
    let find = "SELECT body FROM idhooks_bodies WHERE id = ?1";
    let body: Option<Vec<u8>> = connection.query_row(find, [id], |row| row.get(0)).optional()?;
    let history = connection
        .prepare_cached("SELECT number, ended_at, reason FROM idhooks_attempts WHERE delivery = ?1 ORDER BY id")?
        .query_map([id], |row| {
            let reason: String = row.get(2)?;
            Ok(Attempt { number: row.get(0)?, ended_at: time(row.get(1)?), reason: reason.into() })
        })?
        .collect::<Db<_>>()?;
    let conflicting = connection
        .prepare_cached("SELECT received_at, body FROM idhooks_conflicts WHERE delivery = ?1 ORDER BY id")?
        .query_map([id], |row| {
            let body: Option<Vec<u8>> = row.get(1)?;
            Ok(Conflicting { received_at: time(row.get(0)?), body: body.map(|body| Pii::from(Bytes::from(body))) })
        })?
        .collect::<Db<_>>()?;
    Ok(Some(Details { entry, body: body.map(|body| Pii::from(Bytes::from(body))), history, conflicting }))
}

pub(super) fn stats(connection: &Connection, now: i64) -> Result<Stats, Error> {
    count(connection, now).map_err(failed)
}

fn count(connection: &Connection, now: i64) -> Db<Stats> {
    let mut stats = Stats::default();
    let mut statement = connection.prepare_cached("SELECT state, count(*) FROM idhooks_deliveries GROUP BY state")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i16>(0)?, row.get::<_, u64>(1)?)))?;
    for row in rows {
        let (code, number) = row?;
        if let Some(state) = State::from_code(code) {
            stats.set(state, number);
        }
    }
    stats.conflicts = connection.query_row("SELECT count(*) FROM idhooks_conflicts", [], |row| row.get(0))?;
    // One look for each half of the index.
    let oldest = "SELECT min(due_at) FROM (\
                  SELECT min(due_at) AS due_at FROM idhooks_deliveries WHERE state = 0 AND behind = 0 AND due_at <= ?1 \
                  UNION ALL SELECT min(due_at) FROM idhooks_deliveries WHERE state = 0 AND behind = 1 AND due_at <= ?1)";
    let oldest: Option<i64> = connection.query_row(oldest, [now], |row| row.get(0))?;
    stats.lag = oldest.map(|oldest| std::time::Duration::from_micros(now.abs_diff(oldest)));
    Ok(stats)
}
