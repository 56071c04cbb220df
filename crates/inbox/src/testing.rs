//! Jobs for unit tests of your handlers.
//!
//! Enable the feature `testing` in `[dev-dependencies]` only, because it also enables [`idhooks_core::testing`].

use std::time::{Duration, Instant, SystemTime};

use idhooks_core::{DecodeError, Delivery};

use crate::{DeliveryId, FencingToken, Job, job::JobContext};

/// Creates the builder of a job without a store. A verifier or [`idhooks_core::testing`] makes the delivery.
///
/// ```
/// use idhooks_capa as capa;
/// use idhooks_core::{Verified, testing::verified};
/// use idhooks_inbox::{Job, Outcome, testing::job};
///
/// async fn handle(job: Job<Verified<capa::Event>>) -> Outcome {
///     if job.attempt() < 3 { Outcome::retry("not yet") } else { Outcome::dead_letter("never") }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), idhooks_core::DecodeError> {
/// let delivery: Verified<capa::Event> = verified(&br#"{"type":"KYC","event":"VERIFIED_USER"}"#[..]);
/// assert_eq!(handle(job(delivery.clone()).build()?).await, Outcome::retry("not yet"));
/// assert_eq!(handle(job(delivery).attempt(3).build()?).await, Outcome::dead_letter("never"));
/// # Ok(())
/// # }
/// ```
pub fn job<D: Delivery>(delivery: D) -> JobBuilder<D> {
    let context = JobContext {
        id: DeliveryId::new(1),
        token: FencingToken::new(1),
        attempt: 1,
        received_at: SystemTime::now(),
        deadline: Instant::now() + Duration::from_secs(300),
        possible_replay: false,
        complete_statement: None,
    };
    JobBuilder { delivery, context }
}

/// Builds a [`Job`]. Defaults to delivery 1, received now, at its first attempt, with five minutes left.
#[derive(Clone, Debug)]
#[must_use = "call `build`"]
pub struct JobBuilder<D> {
    delivery: D,
    context: JobContext,
}

impl<D: Delivery> JobBuilder<D> {
    /// Sets the id. Defaults to 1.
    pub fn id(mut self, id: DeliveryId) -> Self {
        self.context.id = id;
        self
    }

    /// Sets the number of the attempt. Defaults to 1.
    pub fn attempt(mut self, number: u32) -> Self {
        self.context.attempt = number;
        self
    }

    /// Sets the fencing token. Defaults to 1.
    pub fn token(mut self, token: FencingToken) -> Self {
        self.context.token = token;
        self
    }

    /// Sets the deadline; nothing stops the handler here. Defaults to five minutes from now.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.context.deadline = deadline;
        self
    }

    /// Sets when the delivery was accepted. Defaults to now.
    pub fn received_at(mut self, at: SystemTime) -> Self {
        self.context.received_at = at;
        self
    }

    /// Sets whether the delivery is a possible replay. Defaults to `false`.
    pub fn possible_replay(mut self, is_one: bool) -> Self {
        self.context.possible_replay = is_one;
        self
    }

    /// Builds the job.
    ///
    /// # Errors
    /// If the body cannot be decoded; a worker then calls no handler.
    pub fn build(self) -> Result<Job<D>, DecodeError> {
        let event = self.delivery.decode()?;
        Ok(Job { delivery: self.delivery, event, context: self.context })
    }
}
