//! What is only looked at.

use std::time::Duration;

use bytes::Bytes;
use idhooks_core::Pii;
use rusqlite::{Connection, OptionalExtension as _, Row, params_from_iter, types::Value};

use super::{clock::time, failed, schema::NEW};
use crate::{Attempt, Conflicting, Details, Entry, EntryId, Error, Filter, Page, State, Stats, store::Route};

type Db<T> = Result<T, rusqlite::Error>;

/// One that no worker has looked at has no state yet: it is pending, and was due when it came.
const ENTRIES: &str = "SELECT d.id, d.vendor, d.verified, endpoint, event, subject, key, coalesce(state, 0), received_at, \
                       coalesce(due_at, received_at), finished_at, coalesce(attempts, 0), possible_replay, reason, \
                       (SELECT count(*) FROM idhooks_conflicts WHERE delivery = d.id), body IS NOT NULL \
                       FROM idhooks_deliveries AS d LEFT JOIN idhooks_states AS s ON s.id = d.id WHERE true";

pub(super) fn unfinished(connection: &Connection) -> Result<Vec<Route>, Error> {
    let read = || -> Db<Vec<Route>> {
        let sql = format!(
            "SELECT DISTINCT vendor, verified FROM idhooks_deliveries WHERE id IN (\
                 SELECT id FROM idhooks_states WHERE state = 0 UNION ALL SELECT id FROM idhooks_states WHERE state = 4 \
                 UNION ALL SELECT delivery FROM idhooks_leases) \
             UNION SELECT DISTINCT vendor, verified FROM {NEW}"
        );
        let mut statement = connection.prepare_cached(&sql)?;
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
        (filter.state.map(of_state), None),
        (Some("d.vendor = ?".to_owned()), text(&filter.vendor)),
        (Some("d.endpoint = ?".to_owned()), text(&filter.endpoint)),
        (Some("d.lane = ?".to_owned()), filter.lane().map(Value::Integer)),
        (Some("d.id < ?".to_owned()), filter.before.map(|id| Value::Integer(id.get()))),
    ];
    let mut sql = ENTRIES.to_owned();
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

/// Through what there is for each state to find its deliveries by, if they are few among all.
fn of_state(state: State) -> String {
    let code = state.code();
    match state {
        State::Pending => {
            format!("d.id IN (SELECT id FROM idhooks_states WHERE state = {code} UNION ALL SELECT id FROM {NEW})")
        }
        State::Running => "d.id IN (SELECT delivery FROM idhooks_leases)".to_owned(),
        State::Dead | State::Unreadable => format!("d.id IN (SELECT id FROM idhooks_states WHERE state = {code})"),
        State::Done => format!("s.state = {code}"),
    }
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
    let sql = format!("{ENTRIES} AND d.id = ?1");
    let Some(entry) = connection.query_row(&sql, [id], entry).optional()? else { return Ok(None) };
    let find = "SELECT body FROM idhooks_deliveries WHERE id = ?1";
    let body: Option<Vec<u8>> = connection.query_row(find, [id], |row| row.get(0))?;
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

pub(super) fn stats(connection: &mut Connection, now: i64) -> Result<Stats, Error> {
    count(connection, now).map_err(failed)
}

/// In one transaction, so that none is counted twice that a worker takes up meanwhile.
fn count(connection: &mut Connection, now: i64) -> Db<Stats> {
    let connection = connection.transaction()?;
    let mut stats = Stats::default();
    let mut statement = connection.prepare_cached("SELECT state, count(*) FROM idhooks_states GROUP BY state")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, i16>(0)?, row.get::<_, u64>(1)?)))?;
    for row in rows {
        let (code, number) = row?;
        if let Some(state) = State::from_code(code) {
            stats.set(state, number);
        }
    }
    // Numbers have no gaps.
    let new = format!(
        "SELECT (SELECT coalesce(max(id), 0) FROM idhooks_deliveries) - (SELECT coalesce(max(id), 0) FROM idhooks_states), \
         (SELECT received_at FROM {NEW} ORDER BY id LIMIT 1)"
    );
    let (new, first): (u64, Option<i64>) = connection.query_row(&new, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    stats.set(State::Pending, stats.pending + new);
    stats.conflicts = connection.query_row("SELECT count(*) FROM idhooks_conflicts", [], |row| row.get(0))?;
    // One look for each half of the index.
    let due = "SELECT min(due_at) FROM (\
               SELECT min(due_at) AS due_at FROM idhooks_states WHERE state = 0 AND behind = 0 AND due_at <= ?1 \
               UNION ALL SELECT min(due_at) FROM idhooks_states WHERE state = 0 AND behind = 1 AND due_at <= ?1)";
    let due: Option<i64> = connection.query_row(due, [now], |row| row.get(0))?;
    let oldest = [due, first].into_iter().flatten().min();
    stats.lag = oldest.map(|oldest| Duration::from_micros(now.saturating_sub(oldest).max(0).unsigned_abs()));
    Ok(stats)
}
