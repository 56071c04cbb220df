//! Queries that change nothing.

use std::time::{Duration, SystemTime};

use super::{
    errors::Failure,
    param::params,
    rows::Mapped,
    session::{Purpose, Session},
};
use crate::{
    DeliveryDetails, DeliveryId, DeliverySummary, Error, Filter, Page, State, Stats, record::without_nul, row,
    store::DeliveryKind,
};

const LIST: &str = include_str!("sql/list.sql");

/// Runs one query that may read much.
async fn read(
    session: &mut Session,
    sql: &'static str,
    params: &[super::param::Param<'_>],
) -> Result<Vec<tokio_postgres::Row>, Failure> {
    Ok(session.transaction(Purpose::Read, &[(sql, params)]).await?.pop().unwrap_or_default())
}

pub(super) async fn list(session: &mut Session, filter: &Filter) -> Result<Page, Error> {
    let size = filter.page_size();
    let (id, state) = (None::<i64>, filter.state.map(State::code));
    // Stored text has no NUL.
    let vendor = filter.vendor.as_deref().map(without_nul);
    let endpoint = filter.endpoint.as_deref().map(without_nul);
    let subject = filter.subject.as_ref().map(|subject| without_nul(subject.expose()));
    let (vendor, endpoint, subject) = (vendor.as_deref(), endpoint.as_deref(), subject.as_deref());
    let event = filter.event.as_deref().map(without_nul);
    let (event, from, until) = (event.as_deref(), filter.received_from, filter.received_until);
    let (before, limit) = (filter.before.map(DeliveryId::get), i64::try_from(size + 1).unwrap_or(i64::MAX));
    let values = params![&id, &state, &vendor, &endpoint, &subject, &event, &from, &until, &before, &limit];
    let rows = read(session, LIST, &values).await?;
    let deliveries = rows.iter().map(|row| row::summary(&Mapped(row))).collect::<Result<Vec<_>, _>>()?;
    Ok(Page::new(deliveries, size))
}

/// Reads in one snapshot.
pub(super) async fn get(session: &mut Session, id: DeliveryId) -> Result<Option<DeliveryDetails>, Error> {
    let (id, only, none, never) = (id.get(), Some(id.get()), None::<&str>, None::<SystemTime>);
    let values = params![&only, &None::<i16>, &none, &none, &none, &none, &never, &never, &None::<i64>, &1_i64];
    let of_id = params![&id];
    let statements: [(&str, &[_]); 4] = [
        (LIST, &values),
        ("SELECT body FROM idhooks_bodies WHERE id = $1", &of_id),
        // A later attempt has a higher number, except after a replay.
        ("SELECT number, ended_at, reason FROM idhooks_attempts WHERE delivery = $1 ORDER BY ended_at, number", &of_id),
        ("SELECT received_at, body FROM idhooks_conflicts WHERE delivery = $1 ORDER BY received_at", &of_id),
    ];
    let results = session.transaction(Purpose::Read, &statements).await?;
    let [summary, body, attempts, conflicts] = &results[..] else { return Ok(None) };
    let Some(summary) = summary.first() else { return Ok(None) };
    let summary: DeliverySummary = row::summary(&Mapped(summary))?;
    let body = body.first().map(|row| row.try_get::<_, Vec<u8>>("body")).transpose().map_err(Failure::from)?;
    let attempts = attempts.iter().map(|row| row::failed_attempt(&Mapped(row))).collect::<Result<_, _>>()?;
    let conflicts = conflicts.iter().map(|row| row::conflict(&Mapped(row))).collect::<Result<_, _>>()?;
    Ok(Some(DeliveryDetails::new(summary, body.map(Into::into), attempts, conflicts)))
}

pub(super) async fn stats(session: &mut Session) -> Result<Stats, Failure> {
    let mut stats = Stats::default();
    for row in read(session, include_str!("sql/stats.sql"), &[]).await? {
        let number: i64 = row.try_get("number")?;
        if let Some(state) = State::from_code(row.try_get("state")?) {
            stats.set(state, stats.of(state) + number.unsigned_abs());
        }
        let (oldest, now): (Option<SystemTime>, SystemTime) = (row.try_get("oldest")?, row.try_get("now")?);
        let age = oldest.map(|oldest| now.duration_since(oldest).unwrap_or(Duration::ZERO));
        stats.oldest_ready = stats.oldest_ready.max(age);
    }
    Ok(stats)
}

pub(super) async fn unfinished_kinds(session: &mut Session) -> Result<Vec<DeliveryKind>, Failure> {
    let rows = read(session, include_str!("sql/unfinished_kinds.sql"), &[]).await?;
    let kind = |row: &tokio_postgres::Row| {
        Ok(DeliveryKind { vendor: row.try_get::<_, String>("vendor")?.into(), verified: row.try_get("verified")? })
    };
    Ok(rows.iter().map(kind).collect::<Result<_, tokio_postgres::Error>>()?)
}
