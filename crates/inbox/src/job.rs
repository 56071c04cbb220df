//! A delivery in the hands of a handler.

use std::{
    fmt,
    sync::Arc,
    time::{Instant, SystemTime},
};

use idhooks_core::Delivery;

use crate::{DeliveryId, Error, FencingToken};

/// A delivery in the hands of a handler: the same [`Verified`](idhooks_core::Verified) or
/// [`Unverified`](idhooks_core::Unverified) that was accepted, its event, and the attempt.
///
/// The inbox hands out each delivery at least once: again after a crash, and after a lease that the worker could not
/// renew. Make the handler idempotent, for example with [`id`](Self::id) as key, pass the [`token`](Self::token) to
/// systems that compare it, or use [`complete_in`](Self::complete_in).
pub struct Job<D: Delivery> {
    pub(crate) delivery: D,
    pub(crate) event: D::Event,
    pub(crate) context: JobContext,
}

/// Facts about an attempt.
#[derive(Clone, Debug)]
pub(crate) struct JobContext {
    pub(crate) id: DeliveryId,
    pub(crate) token: FencingToken,
    pub(crate) attempt: u32,
    pub(crate) received_at: SystemTime,
    pub(crate) deadline: Instant,
    pub(crate) possible_replay: bool,
    pub(crate) complete_statement: Option<Arc<str>>,
}

impl<D: Delivery> Job<D> {
    /// Returns the event. The worker decoded it before it called the handler.
    #[must_use]
    pub fn event(&self) -> &D::Event {
        &self.event
    }

    /// Returns the delivery as it was accepted.
    #[must_use]
    pub fn delivery(&self) -> &D {
        &self.delivery
    }

    /// Returns delivery and event.
    #[must_use]
    pub fn into_parts(self) -> (D, D::Event) {
        (self.delivery, self.event)
    }

    /// Returns the id of the delivery, the same at every attempt and never used for another delivery.
    #[must_use]
    pub fn id(&self) -> DeliveryId {
        self.context.id
    }

    /// Returns the number of this attempt, counted from 1.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.context.attempt
    }

    /// Returns the fencing token of this attempt. A later attempt at this delivery, or at another one with the same
    /// vendor, endpoint and subject, has a higher token.
    #[must_use]
    pub fn token(&self) -> FencingToken {
        self.context.token
    }

    /// Returns when the worker stops the handler.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.context.deadline
    }

    /// Returns when the inbox accepted the delivery, by the receiver's clock. Vendors do not promise any order.
    #[must_use]
    pub fn received_at(&self) -> SystemTime {
        self.context.received_at
    }

    /// Returns whether the same bytes arrived before, longer ago than the deduplication window of a vendor without event
    /// ids. It may be a second event or a replay of an old request: ask the vendor before you act on it.
    #[must_use]
    pub fn possible_replay(&self) -> bool {
        self.context.possible_replay
    }

    /// Returns the statement that completes this job inside a transaction of your own, in the same PostgreSQL database,
    /// with any driver. The effect of the handler and "done" then commit together: the effect happens exactly once.
    ///
    /// Run the statement as the last one of the transaction. It fails if the lease was lost: roll back and return
    /// the error. After the commit return [`Outcome::Done`](crate::Outcome::Done).
    ///
    /// ```no_run
    /// use idhooks_capa as capa;
    /// use idhooks_core::Verified;
    /// use idhooks_inbox::{HandlerError, Job};
    ///
    /// async fn handle(job: Job<Verified<capa::Event>>, db: &mut tokio_postgres::Client) -> Result<(), HandlerError> {
    ///     let complete = job.complete_in()?;
    ///     let transaction = db.transaction().await?;
    ///     transaction.execute("INSERT INTO ledger (delivery) VALUES ($1)", &[&job.id().get()]).await?;
    ///     transaction.execute(complete.sql(), &[&complete.id(), &complete.token()]).await?;
    ///     transaction.commit().await?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    /// If the store is not a PostgreSQL database.
    pub fn complete_in(&self) -> Result<CompleteStatement, Error> {
        let sql = self.context.complete_statement.clone();
        let sql = sql.ok_or_else(|| Error::config("a job can be completed in a transaction only with PostgreSQL"))?;
        Ok(CompleteStatement { sql, id: self.context.id.get(), token: self.context.token.get() })
    }
}

impl<D: Delivery + fmt::Debug> fmt::Debug for Job<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("delivery", &self.delivery).field("context", &self.context).finish_non_exhaustive()
    }
}

/// A SQL statement with two parameters, made by [`Job::complete_in`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "the job is not completed until the statement runs"]
pub struct CompleteStatement {
    sql: Arc<str>,
    id: i64,
    token: i64,
}

impl CompleteStatement {
    /// Returns the statement, which names its schema.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// Returns the value of `$1`, a `bigint`.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Returns the value of `$2`, a `bigint`.
    #[must_use]
    pub fn token(&self) -> i64 {
        self.token
    }
}
