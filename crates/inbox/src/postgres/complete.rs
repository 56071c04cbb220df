//! Completions and renewals.

use std::{collections::HashSet, time::Duration};

use tokio_postgres::Row;

use super::{
    errors::Failure,
    param::params,
    rows::{delay, lock_order},
    session::{Purpose, Session},
};
use crate::{
    DeliveryId, FencingToken, Outcome, State,
    store::{Completion, Lease, MAX_LEASE},
};

const LOCK: &str = include_str!("sql/lock.sql");
const COMPLETE: &str = include_str!("sql/complete.sql");
const COMPLETED: &str = include_str!("sql/completed.sql");
const UNBLOCK: &str = include_str!("sql/unblock.sql");
const RENEW: &str = include_str!("sql/renew.sql");

/// Outcomes as the columns of a statement, in the order of their ids.
#[derive(Default)]
struct Columns<'a> {
    id: Vec<i64>,
    token: Vec<i64>,
    state: Vec<i16>,
    delay: Vec<Option<f64>>,
    reason: Vec<Option<&'a str>>,
    number: Vec<Option<i32>>,
    decoder_version: Vec<Option<i64>>,
}

impl<'a> Columns<'a> {
    fn of(completions: &'a [Completion]) -> Self {
        let mut completions: Vec<_> = completions.iter().collect();
        completions.sort_unstable_by_key(|completion| completion.lease.id);
        let mut columns = Self::default();
        for Completion { lease, attempt, outcome, .. } in completions {
            let (state, after, decoder_version) = match outcome {
                Outcome::Done => (State::Done, None, None),
                Outcome::Retry { after, .. } => (State::Scheduled, Some(delay(after.unwrap_or_default())), None),
                Outcome::DeadLetter { .. } => (State::DeadLetter, None, None),
                Outcome::Undecodable { decoder_version, .. } => (State::Undecodable, None, Some(*decoder_version)),
                Outcome::Released => (State::Ready, None, None),
            };
            let failed = matches!(outcome, Outcome::Retry { .. } | Outcome::DeadLetter { .. });
            columns.id.push(lease.id.get());
            columns.token.push(lease.token.get());
            columns.state.push(state.code());
            columns.delay.push(after);
            columns.reason.push(outcome.reason());
            columns.number.push(failed.then_some(i32::try_from(*attempt).unwrap_or(i32::MAX)));
            columns.decoder_version.push(decoder_version);
        }
        columns
    }
}

/// Writes outcomes. Returns the leases that were lost.
pub(super) async fn complete(session: &mut Session, completions: &[Completion]) -> Result<Vec<Lease>, Failure> {
    let Columns { id, token, state, delay, reason, number, decoder_version } = &Columns::of(completions);
    let keys = lock_order(completions.iter().map(|completion| completion.subject_key));
    let keys = params![&keys];
    let values = params![id, token, state, delay, reason, number, decoder_version];
    let statements: [(&str, &[_]); 3] = [(LOCK, &keys), (COMPLETE, &values), (UNBLOCK, &keys)];
    let mut results = session.transaction(Purpose::Write, &statements).await?;
    let held: Vec<Lease> = completions.iter().map(|completion| completion.lease).collect();
    let missing = without(held, &results.swap_remove(1))?;
    if missing.is_empty() {
        return Ok(missing);
    }
    let (id, token) = split(&missing);
    without(missing, &session.run(COMPLETED, &params![&id, &token]).await?)
}

/// Extends leases. Returns those that are lost.
pub(super) async fn renew(session: &mut Session, held: Vec<Lease>, time: Duration) -> Result<Vec<Lease>, Failure> {
    let ((id, token), time) = (split(&held), time.min(MAX_LEASE).as_secs_f64());
    without(held, &session.run(RENEW, &params![&id, &token, &time]).await?)
}

/// Returns ids and tokens, in the order of the ids, so that two transactions rarely wait for each other.
fn split(leases: &[Lease]) -> (Vec<i64>, Vec<i64>) {
    let mut leases = leases.to_vec();
    leases.sort_unstable_by_key(|lease| lease.id);
    leases.iter().map(|lease| (lease.id.get(), lease.token.get())).unzip()
}

/// Removes the leases that are among the rows.
fn without(mut leases: Vec<Lease>, rows: &[Row]) -> Result<Vec<Lease>, Failure> {
    let lease = |row: &Row| {
        Ok(Lease { id: DeliveryId::new(row.try_get("id")?), token: FencingToken::new(row.try_get("token")?) })
    };
    let found = rows.iter().map(lease).collect::<Result<HashSet<_>, tokio_postgres::Error>>()?;
    leases.retain(|lease| !found.contains(lease));
    Ok(leases)
}
