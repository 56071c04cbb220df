//! Jobs for unit tests of your own handlers.
//!
//! Feature `testing`, for tests alone: switch it on under `[dev-dependencies]` only, because it switches on
//! [`idhooks_core::testing`] too.

use std::time::{Duration, Instant, SystemTime};

use idhooks_core::{DecodeError, Delivery};

use crate::{EntryId, Job, job::About, store::Token};

/// A job with that delivery, without a store. The delivery is one that a verifier made, or
/// [`idhooks_core::testing`].
///
/// ```
/// use idhooks_capa as capa;
/// use idhooks_core::{Verified, testing::verified};
/// use idhooks_inbox::{Job, Outcome, testing::job};
///
/// async fn handle(job: Job<Verified<capa::Event>>) -> Outcome {
///     if job.attempt() < 3 { Outcome::retry("not yet") } else { Outcome::give_up("never") }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), idhooks_core::DecodeError> {
/// let delivery: Verified<capa::Event> = verified(&br#"{"type":"KYC","event":"VERIFIED_USER"}"#[..]);
/// assert_eq!(handle(job(delivery.clone()).build()?).await, Outcome::retry("not yet"));
/// assert_eq!(handle(job(delivery).attempt(3).build()?).await, Outcome::give_up("never"));
/// # Ok(())
/// # }
/// ```
pub fn job<D: Delivery>(delivery: D) -> JobBuilder<D> {
    let about = About {
        id: EntryId::new(1),
        token: Token::new(1),
        attempt: 1,
        received_at: SystemTime::now(),
        deadline: Instant::now() + Duration::from_secs(300),
        possible_replay: false,
    };
    JobBuilder { delivery, about }
}

/// A job to be: of delivery 1, received now, at its first attempt, with five minutes left, unless said.
#[derive(Clone, Debug)]
#[must_use = "it is no job until `build`"]
pub struct JobBuilder<D> {
    delivery: D,
    about: About,
}

impl<D: Delivery> JobBuilder<D> {
    /// Its number in the inbox.
    pub fn id(mut self, id: EntryId) -> Self {
        self.about.id = id;
        self
    }

    /// How often it was taken up, this time included.
    pub fn attempt(mut self, number: u32) -> Self {
        self.about.attempt = number;
        self
    }

    /// The fencing token.
    pub fn token(mut self, token: Token) -> Self {
        self.about.token = token;
        self
    }

    /// When the handler would be stopped. Nothing stops it here.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.about.deadline = deadline;
        self
    }

    /// When it was accepted.
    pub fn received_at(mut self, at: SystemTime) -> Self {
        self.about.received_at = at;
        self
    }

    /// Whether the same bytes came before the window of their key.
    pub fn possible_replay(mut self, is_one: bool) -> Self {
        self.about.possible_replay = is_one;
        self
    }

    /// The job.
    ///
    /// # Errors
    /// If the body cannot be read: then a worker asks no handler.
    pub fn build(self) -> Result<Job<D>, DecodeError> {
        let event = self.delivery.decode()?;
        Ok(Job { delivery: self.delivery, event, about: self.about })
    }
}
