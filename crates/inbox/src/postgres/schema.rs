//! The tables, and how they came to be.

use tokio_postgres::Transaction;

use super::{failed::failed, pool::Session};
use crate::Error;

/// Steps from nothing to the tables of this release. A step is never changed once it was released; each is written so
/// that the release before it can work on (columns are added with defaults, and statements name theirs).
/// The number beside it is that of the oldest step whose programs can work on tables of this one.
pub(super) const STEPS: &[(&str, i32)] = &[(include_str!("step1.sql"), 1)];

/// One program at a time changes tables, whatever their schema; the rest wait here. Freed when the transaction ends.
const ALONE: &str = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '120s'; \
                     SELECT pg_advisory_xact_lock(7163094027145)";

/// Brings the tables to this release's, or says why it cannot work with them.
pub(super) async fn migrate(session: &mut Session) -> Result<(), Error> {
    apply(session, STEPS).await
}

pub(super) async fn apply(session: &mut Session, steps: &[(&str, i32)]) -> Result<(), Error> {
    let known = i32::try_from(steps.len()).unwrap_or(i32::MAX);
    let transaction = session.client_mut().transaction().await.map_err(failed)?;
    let (there, _) = version(&transaction, known).await?;
    // Else nothing is to be done, which needs neither a lock nor the right to make tables.
    if there < known {
        transaction.batch_execute(ALONE).await.map_err(failed)?;
        let (there, _) = version(&transaction, known).await?;
        let mut number = 0;
        for (sql, oldest) in steps {
            number += 1;
            if number > there {
                transaction.batch_execute(sql).await.map_err(failed)?;
                let set = "INSERT INTO idhooks_schema (step, oldest) VALUES ($1, $2)";
                transaction.execute(set, &[&number, oldest]).await.map_err(failed)?;
            }
        }
    }
    transaction.commit().await.map_err(failed)
}

/// The last step that was taken, and the oldest whose programs can work with it; 0 if there are no tables.
///
/// Looked for in the schema where tables would be made: one of the same name may be in another of the search_path. And
/// as a row, because a name that was looked for once is known to be missing until the transaction ends.
async fn version(transaction: &Transaction<'_>, known: i32) -> Result<(i32, i32), Error> {
    let find = "SELECT current_schema() IS NOT NULL, \
                EXISTS (SELECT FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace \
                        WHERE nspname = current_schema() AND relname = 'idhooks_schema')";
    let row = transaction.query_one(find, &[]).await.map_err(failed)?;
    if !row.try_get(0).map_err(failed)? {
        return Err(Error::settings("no schema of the search_path is there: create it, or name another in the URL"));
    }
    if !row.try_get(1).map_err(failed)? {
        return Ok((0, 0));
    }
    let last = "SELECT step, oldest FROM idhooks_schema ORDER BY step DESC LIMIT 1";
    let Some(row) = transaction.query_opt(last, &[]).await.map_err(failed)? else { return Ok((0, 0)) };
    let (there, oldest) = (row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?);
    if oldest > known {
        return Err(Error::schema(format!(
            "the store has tables of step {there}, which programs before step {oldest} cannot work with; this one is \
             of step {known}: upgrade it"
        )));
    }
    Ok((there, oldest))
}
