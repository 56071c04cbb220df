//! Takes deliveries out of the store and has them handled.

mod limits;
mod shift;

use std::{
    error, fmt,
    future::{Future, pending, ready},
    pin::Pin,
    time::Duration,
};

use tokio::time::sleep;

use self::shift::Shift;
use crate::{Backoff, Error, Handlers, Inbox, NoHandler, unhandled};

/// As good as forever, and still a time that can be added to now.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// How long the look at the store before the start may still take once the worker is told to stop.
const LOOKING: Duration = Duration::from_secs(5);

/// Takes deliveries out of an [`Inbox`] and has them handled.
///
/// The defaults: 16 at a time, leases of thirty seconds that are renewed while the handler runs, five minutes for a
/// handler, 25 attempts, ten seconds to an hour between them, and thirty seconds for handlers to end at a stop.
///
/// A handler runs as a task of its own: if it panics, or is still running at its deadline, that is a failed attempt and
/// its neighbours go on. It is stopped where it waits, so one that blocks its thread cannot be stopped; it may then
/// overlap with the next attempt, and can no longer finish the delivery.
///
/// If the worker dies, what it held is handed out again when the lease runs out.
#[must_use = "it does nothing until `run`"]
pub struct Worker {
    inbox: Inbox,
    concurrency: usize,
    lease: Duration,
    time_limit: Duration,
    attempts: u32,
    backoff: Backoff,
    grace: Duration,
    until: Pin<Box<dyn Future<Output = ()> + Send>>,
    until_idle: bool,
    pub(crate) look_for_unhandled: Duration,
}

impl Worker {
    pub(crate) fn new(inbox: Inbox) -> Self {
        Self {
            inbox,
            concurrency: 16,
            lease: Duration::from_secs(30),
            time_limit: Duration::from_secs(300),
            attempts: 25,
            backoff: Backoff::default(),
            grace: Duration::from_secs(30),
            until: Box::pin(pending()),
            until_idle: false,
            look_for_unhandled: unhandled::EVERY,
        }
    }

    /// How many deliveries are handled at the same time; at least one.
    pub fn concurrency(mut self, most: usize) -> Self {
        self.concurrency = most.max(1);
        self
    }

    /// How long others leave a delivery alone after this worker was last heard of; at least a tenth of a second.
    /// Shorter means that a dead worker's deliveries are taken over sooner, and that a shorter silence of the store
    /// stops handlers.
    pub fn lease(mut self, time: Duration) -> Self {
        self.lease = time.clamp(Duration::from_millis(100), LONGEST);
        self
    }

    /// How long a handler may take.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit.min(LONGEST);
        self
    }

    /// How often a delivery is taken up before it becomes a dead letter; at least once. A worker that dies, or is cut off
    /// from the store just as it is given a delivery, has used an attempt although no handler may have seen it: leave a few.
    pub fn attempts(mut self, most: u32) -> Self {
        self.attempts = most.max(1);
        self
    }

    /// How long to wait between attempts.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// How long handlers may take to end once the worker is told to stop. What is still running then is handed back.
    pub fn grace(mut self, grace: Duration) -> Self {
        self.grace = grace.min(LONGEST);
        self
    }

    /// Stops once `stop` is there, Ctrl-C for instance: nothing new is taken up, and [`run`](Self::run) returns when
    /// what is being handled has ended.
    pub fn until(mut self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        self.until = Box::pin(stop);
        self
    }

    /// Stops once everything that can be handled now is handled, for a cron job, a Lambda or a test: nothing is due, and
    /// nothing that this worker took up is running. What waits for a later attempt is not waited for, nor what another
    /// worker holds or has no handler here. With a [`backoff`](Self::backoff) of zero every attempt is made.
    ///
    /// A store that fails meanwhile is waited for, so give a limit by [`until`](Self::until) as well: it stops at
    /// whichever comes first.
    pub fn until_idle(mut self) -> Self {
        self.until_idle = true;
        self
    }

    /// Handles deliveries until told to stop, or until the inbox is closed. Dropping it stops the handlers where they
    /// are; their deliveries are handed out again when the leases run out.
    ///
    /// # Errors
    /// If something in the store, or expected, has no handler; or the store cannot be read at the start. What
    /// happens to the store later is waited out.
    pub async fn run(mut self, handlers: Handlers) -> Result<(), RunError> {
        let until = &mut self.until;
        let stopped = async {
            until.as_mut().await;
            // It is there once, and is waited for again.
            *until = Box::pin(ready(()));
            sleep(LOOKING).await;
        };
        let missing = tokio::select! {
            missing = unhandled::missing(&self.inbox, &handlers) => missing.map_err(RunError::Store)?,
            () = stopped => return Ok(()),
        };
        if let Some(missing) = missing {
            return Err(RunError::NoHandler(missing));
        }
        let watch = unhandled::watch(self.inbox.clone(), handlers.clone(), self.look_for_unhandled);
        tokio::select! {
            () = Shift::new(self, handlers).work() => Ok(()),
            never = watch => match never {},
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("concurrency", &self.concurrency)
            .field("lease", &self.lease)
            .field("time_limit", &self.time_limit)
            .field("attempts", &self.attempts)
            .field("backoff", &self.backoff)
            .field("grace", &self.grace)
            .finish_non_exhaustive()
    }
}

/// Why a worker did not start. `Debug` says it in words, as a `main` that fails prints it.
#[non_exhaustive]
pub enum RunError {
    /// Deliveries are in the store, or expected, that no handler takes.
    NoHandler(NoHandler),
    /// The store could not be read.
    Store(Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHandler(missing) => missing.fmt(f),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHandler(missing) => missing.fmt(f),
            Self::Store(error) => fmt::Debug::fmt(error, f),
        }
    }
}

impl error::Error for RunError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::NoHandler(_) => None,
            Self::Store(error) => error.source(),
        }
    }
}
