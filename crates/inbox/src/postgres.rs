//! The engine for several machines: a PostgreSQL database, used by any number of receivers and workers at once.
//!
//! What it promises, and on what that rests:
//! - **A program dies.** The database has every acknowledged delivery. Others may be there or not; the sender retries.
//!   Workers claim the program's deliveries when its leases have expired. It can no longer complete them.
//! - **The database or its machine dies.** The log on disk has every acknowledged delivery: see `durability.rs`.
//! - **A standby takes over.** It has what was acknowledged only if the primary waited for it:
//!   [`Durability::Replicated`].
//! - **A part of the network is cut off.** A receiver there accepts nothing. A worker there stops its handlers when its
//!   leases are over by its own clock; others claim when they are over by the database's.
//! - **The database's clock is set.** Leases and delays end that much sooner or later.
//!   Ending sooner costs a second attempt, never a second "done".
//!
//! One delivery of a subject is unfinished and not blocked: `idhooks_one_active` makes sure of it. An operation that decides
//! which one (accept, complete, retry, replay) holds an advisory lock on the subject's key, in the order of keys and before any row:
//! shared to add a delivery, exclusive to end or move one. A claim needs none, because it changes neither.

mod accept;
mod admin;
mod claim;
mod complete;
mod config;
mod durability;
mod errors;
mod notify;
mod param;
mod pool;
mod read;
mod rows;
mod schema;
mod session;
#[cfg(feature = "postgres-tls")]
mod tls;
mod url;

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use async_trait::async_trait;
use tokio::sync::oneshot;

pub use self::config::{Durability, PostgresConfig};
use self::{
    accept::GroupCommit,
    claim::ClaimState,
    errors::failed,
    notify::Signals,
    pool::{Pool, READ_TIMEOUT, TIMEOUT},
    session::{Session, Target},
};
use crate::{
    AcceptOutcome, DeliveryDetails, DeliveryId, Erased, Error, Filter, Outcome, Page, Purged, Retention, Stats,
    record::without_nul,
    store::{ClaimRequest, Claimed, Completion, DeliveryKind, DeliveryRecord, Lease, Store},
};

/// How often to look for what no notification reports.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// A database that any number of programs use at the same time.
pub(crate) struct Postgres {
    target: Arc<Target>,
    receivers: Pool,
    workers: Pool,
    group_commit: GroupCommit,
    claims: Arc<ClaimState>,
    signals: Arc<Signals>,
    channel: Arc<str>,
    complete_statement: Arc<str>,
}

impl Postgres {
    /// Connects to the server, and creates the tables if they are not there.
    pub(crate) async fn open(config: PostgresConfig) -> Result<Self, Error> {
        let target = Arc::new(Target::new(config)?);
        schema::probe(&target).await?;
        let mut session = Session::open(&target, || ()).await?;
        // All sessions use the schema of the first one, not that of their own search_path.
        let rows = session.run("SELECT current_schema()::text AS schema", &[]).await?;
        let schema: Option<String> = rows.first().map(|row| row.try_get("schema")).transpose().map_err(failed)?;
        let schema = schema.unwrap_or_default();
        drop(session);
        let complete_statement = format!("SELECT {}.idhooks_complete($1, $2)", session::quoted(&schema)).into();
        let target = Arc::new(Target::new(target.config.clone().schema(&schema))?);
        let session = Session::open(&target, || ()).await?;
        schema::migrate(&session).await?;
        target.migrated.store(true, Ordering::Relaxed);
        Self::start(target, complete_statement).await
    }

    async fn start(target: Arc<Target>, complete_statement: Arc<str>) -> Result<Self, Error> {
        let receivers = Pool::new(Arc::clone(&target), target.config.receiver_connections)?;
        let workers = Pool::new(Arc::clone(&target), target.config.worker_connections)?;
        // A channel of its own for each schema of the database.
        let channel = workers.run(TIMEOUT, |mut session| async move {
            let rows = session.run("SELECT 'idhooks_' || 'idhooks_deliveries'::regclass::oid AS channel", &[]).await?;
            let channel: Option<String> = rows.first().map(|row| row.try_get("channel")).transpose().map_err(failed)?;
            Ok(Arc::from(channel.unwrap_or_default()))
        });
        let channel = channel.await?;
        let group_commit = GroupCommit::start(receivers.clone(), target.config.receiver_connections);
        let (claims, signals) = (Arc::default(), Arc::default());
        Ok(Self { target, receivers, workers, group_commit, claims, signals, channel, complete_statement })
    }
}

#[async_trait]
impl Store for Postgres {
    async fn accept(&self, record: DeliveryRecord) -> Result<AcceptOutcome, Error> {
        let accepted = self.group_commit.accept(record).await?;
        if matches!(accepted, AcceptOutcome::New { .. }) {
            self.signals.tell_all(&self.receivers, &self.channel);
        }
        Ok(accepted)
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Claimed, Error> {
        self.signals.listen(&self.target, &self.channel);
        let (pool, claims, limit) = (self.workers.clone(), Arc::clone(&self.claims), request.limit);
        let (reply, answer) = oneshot::channel();
        tokio::spawn(async move {
            let claim = |mut session: pool::Pooled| async move { claim::claim(&mut session, &claims, &request).await };
            let claimed = pool.run(TIMEOUT, claim).await;
            if let Err(Ok(claimed)) = reply.send(claimed) {
                // The worker is gone: without this, its leases would expire as if it had died in a handler.
                let _ = complete(&pool, claimed.deliveries.iter().filter_map(released).collect()).await;
            }
        });
        let claimed = answer.await.unwrap_or_else(|_| Err(Error::unavailable("the claim was stopped")))?;
        if claimed.deliveries.len() >= limit {
            // There may be more, for another worker of this program.
            self.signals.tell_here();
        }
        Ok(claimed)
    }

    async fn renew(&self, leases: &[Lease], time: Duration) -> Result<Vec<Lease>, Error> {
        let leases = leases.to_vec();
        self.claims.note_lease(time);
        self.workers
            .run(TIMEOUT, |mut session| async move { Ok(complete::renew(&mut session, leases, time).await?) })
            .await
    }

    async fn complete(&self, completions: &[Completion]) -> Result<Vec<Lease>, Error> {
        let lost = complete(&self.workers, completions.to_vec()).await?;
        for completion in completions {
            match completion.outcome {
                Outcome::Retry { after, .. } => self.claims.note_due(after.unwrap_or_default()),
                Outcome::Undecodable { .. } => self.claims.note_undecodable(),
                _ => {}
            }
        }
        // The next delivery of a subject may be ready; the worker that completed has a hand free for it.
        self.signals.tell_here();
        Ok(lost)
    }

    async fn changed(&self) {
        self.signals.listen(&self.target, &self.channel);
        self.signals.changed().await;
    }

    fn poll_interval(&self) -> Duration {
        let interval = self.target.config.poll_interval.unwrap_or(POLL_INTERVAL);
        if self.signals.is_listening() { interval } else { interval / 5 }
    }

    async fn unfinished_kinds(&self) -> Result<Vec<DeliveryKind>, Error> {
        let read = |mut session: pool::Pooled| async move { Ok(read::unfinished_kinds(&mut session).await?) };
        self.workers.run(READ_TIMEOUT, read).await
    }

    async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        let filter = filter.clone();
        self.workers.run(READ_TIMEOUT, |mut session| async move { read::list(&mut session, &filter).await }).await
    }

    async fn get(&self, id: DeliveryId) -> Result<Option<DeliveryDetails>, Error> {
        self.workers.run(READ_TIMEOUT, move |mut session| async move { read::get(&mut session, id).await }).await
    }

    async fn replay(&self, id: DeliveryId) -> Result<(), Error> {
        self.workers.run(TIMEOUT, move |mut session| async move { admin::replay(&mut session, id).await }).await?;
        self.signals.tell_all(&self.workers, &self.channel);
        Ok(())
    }

    async fn dead_letter(&self, id: DeliveryId, reason: &str) -> Result<(), Error> {
        let reason = without_nul(reason).into_owned();
        let change = |mut session: pool::Pooled| async move { admin::dead_letter(&mut session, id, &reason).await };
        self.workers.run(TIMEOUT, change).await?;
        self.signals.tell_all(&self.workers, &self.channel);
        Ok(())
    }

    async fn purge(&self, retention: &Retention) -> Result<Purged, Error> {
        admin::purge(&self.workers, retention).await
    }

    async fn erase(&self, vendor: &str, subject: &str) -> Result<Erased, Error> {
        let (vendor, subject) = (without_nul(vendor).into_owned(), without_nul(subject).into_owned());
        let erase = |mut session: pool::Pooled| async move { Ok(admin::erase(&mut session, &vendor, &subject).await?) };
        self.workers.run(READ_TIMEOUT, erase).await
    }

    async fn stats(&self) -> Result<Stats, Error> {
        let read = |mut session: pool::Pooled| async move { Ok(read::stats(&mut session).await?) };
        self.workers.run(READ_TIMEOUT, read).await
    }

    fn complete_statement(&self) -> Option<Arc<str>> {
        Some(Arc::clone(&self.complete_statement))
    }

    async fn close(&self) {
        self.signals.stop();
        self.group_commit.stop();
        self.receivers.close();
        self.workers.close();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.signals.stop();
    }
}

async fn complete(pool: &Pool, completions: Vec<Completion>) -> Result<Vec<Lease>, Error> {
    let complete = |mut session: pool::Pooled| async move { Ok(complete::complete(&mut session, &completions).await?) };
    pool.run(TIMEOUT, complete).await
}

fn released(record: &DeliveryRecord) -> Option<Completion> {
    let (lease, subject_key, attempt) = (record.lease()?, record.subject_key, record.attempt());
    Some(Completion { lease, subject_key, attempt, outcome: Outcome::Released })
}

#[cfg(test)]
mod tests;
