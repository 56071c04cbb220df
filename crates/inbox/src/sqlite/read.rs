//! Queries of the connection that reads.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter, types::Value};

use super::{failed, write::Db};
use crate::{
    DeliveryDetails, DeliveryId, DeliverySummary, Error, Filter, Page, State, Stats,
    clock::{micros, time},
    row,
    store::DeliveryKind,
};

const LIST: &str = include_str!("sql/list.sql");

/// The states of unfinished deliveries that an index has by kind.
const BY_KIND: [&str; 3] = ["state = 0 AND lost_leases < 2", "state = 0 AND lost_leases >= 2", "state = 6"];

impl row::Row for Row<'_> {
    type Error = rusqlite::Error;

    fn int(&self, column: &str) -> Db<Option<i64>> {
        self.get(column)
    }

    fn text(&self, column: &str) -> Db<Option<String>> {
        self.get(column)
    }

    fn bytes(&self, column: &str) -> Db<Option<Vec<u8>>> {
        self.get(column)
    }

    fn time(&self, column: &str) -> Db<Option<SystemTime>> {
        Ok(self.int(column)?.map(time))
    }

    fn unexpected(_column: &str) -> rusqlite::Error {
        rusqlite::Error::InvalidQuery
    }
}

pub(super) fn unfinished_kinds(connection: &Connection) -> Result<Vec<DeliveryKind>, Error> {
    let read = || -> Db<BTreeSet<DeliveryKind>> {
        let mut statement = connection.prepare_cached(include_str!("sql/unfinished_kinds.sql"))?;
        let mut kinds = statement.query_map([], kind)?.collect::<Db<BTreeSet<_>>>()?;
        for of_state in BY_KIND {
            // From one kind to the next, because a backlog of one kind may be large.
            let next = format!(
                "SELECT * FROM (SELECT vendor, verified FROM idhooks_deliveries \
                 WHERE {of_state} AND vendor = ?1 AND verified > ?2 ORDER BY verified LIMIT 1) \
                 UNION ALL SELECT * FROM (SELECT vendor, verified FROM idhooks_deliveries \
                 WHERE {of_state} AND vendor > ?1 ORDER BY vendor, verified LIMIT 1) LIMIT 1"
            );
            let mut next = connection.prepare_cached(&next)?;
            let mut last = (String::new(), true);
            while let Some(found) = next.query_row(params![last.0, last.1], kind).optional()? {
                last = (found.vendor.clone().into_owned(), found.verified);
                kinds.insert(found);
            }
        }
        Ok(kinds)
    };
    Ok(read().map_err(failed)?.into_iter().collect())
}

fn kind(row: &Row<'_>) -> Db<DeliveryKind> {
    Ok(DeliveryKind { vendor: row.get::<_, String>(0)?.into(), verified: row.get(1)? })
}

pub(super) fn list(connection: &Connection, filter: &Filter) -> Result<Page, Error> {
    let size = filter.page_size();
    let summaries = select(connection, filter, size + 1).map_err(failed)?;
    Ok(Page::new(summaries, size))
}

fn select(connection: &Connection, filter: &Filter, limit: usize) -> Db<Vec<DeliverySummary>> {
    let text = |text: &str| Value::Text(text.to_owned());
    let conditions = [
        ("d.vendor = ?", filter.vendor.as_deref().map(text)),
        ("d.endpoint = ?", filter.endpoint.as_deref().map(text)),
        ("d.event = ?", filter.event.as_deref().map(text)),
        ("d.received_at >= ?", filter.received_from.map(|from| Value::Integer(micros(from)))),
        ("d.received_at < ?", filter.received_until.map(|until| Value::Integer(micros(until)))),
        ("d.subject = ?", filter.subject.as_ref().map(|subject| text(subject.expose()))),
        ("d.id < ?", filter.before.map(|id| Value::Integer(id.get()))),
    ];
    let mut sql = LIST.to_owned();
    if let Some(state) = filter.state {
        // As a number in the text, so that SQLite sees which partial index fits.
        sql.push_str(&format!(" AND d.state = {}", state.code()));
    }
    let mut values = Vec::new();
    for (condition, value) in conditions {
        if let Some(value) = value {
            sql.push_str(" AND ");
            sql.push_str(condition);
            values.push(value);
        }
    }
    sql.push_str(" ORDER BY d.id DESC LIMIT ?");
    values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
    connection.prepare_cached(&sql)?.query_map(params_from_iter(values), |row| row::summary(row))?.collect()
}

/// Reads in one transaction, so that all of it is of one moment.
pub(super) fn get(connection: &mut Connection, id: DeliveryId) -> Result<Option<DeliveryDetails>, Error> {
    let mut read = || -> Db<Option<DeliveryDetails>> {
        let (connection, id) = (connection.transaction()?, id.get());
        let sql = format!("{LIST} AND d.id = ?1");
        let Some(summary) = connection.query_row(&sql, [id], |row| row::summary(row)).optional()? else {
            return Ok(None);
        };
        let body = "SELECT body FROM idhooks_bodies WHERE id = ?1";
        let body: Option<Vec<u8>> = connection.query_row(body, [id], |row| row.get(0)).optional()?;
        let attempts = connection
            .prepare_cached("SELECT number, ended_at, reason FROM idhooks_attempts WHERE delivery = ?1 ORDER BY rowid")?
            .query_map([id], |row| row::failed_attempt(row))?
            .collect::<Db<_>>()?;
        let conflicts = connection
            .prepare_cached("SELECT received_at, body FROM idhooks_conflicts WHERE delivery = ?1 ORDER BY rowid")?
            .query_map([id], |row| row::conflict(row))?
            .collect::<Db<_>>()?;
        Ok(Some(DeliveryDetails::new(summary, body.map(Into::into), attempts, conflicts)))
    };
    read().map_err(failed)
}

/// Reads in one transaction, so that no delivery is counted twice.
pub(super) fn stats(connection: &mut Connection, now: SystemTime) -> Result<Stats, Error> {
    let mut read = || -> Db<Stats> {
        let connection = connection.transaction()?;
        let mut stats = Stats::default();
        let mut counts = connection.prepare_cached(include_str!("sql/stats.sql"))?;
        for row in counts.query_map([], |row| Ok((row.get::<_, i16>(0)?, row.get::<_, u64>(1)?)))? {
            let (code, number) = row?;
            if let Some(state) = State::from_code(code) {
                stats.set(state, stats.of(state) + number);
            }
        }
        let oldest = "SELECT min(due_at) FROM (SELECT vendor, verified, min(due_at) AS due_at FROM idhooks_deliveries \
                      WHERE state = 0 AND lost_leases < 2 GROUP BY vendor, verified)";
        let oldest: Option<i64> = connection.prepare_cached(oldest)?.query_row([], |row| row.get(0))?;
        let age = |oldest| micros(now).saturating_sub(oldest).max(0).unsigned_abs();
        stats.oldest_ready = oldest.map(|oldest| Duration::from_micros(age(oldest)));
        Ok(stats)
    };
    read().map_err(failed)
}
