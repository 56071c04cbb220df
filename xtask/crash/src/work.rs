//! A worker, to be killed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};

use idhooks_autentique as autentique;
use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{Delivery, Unverified, Verified, WebhookEvent};
use idhooks_inbox::{Backoff, Handlers, Inbox, Job, Outcome};

use crate::{
    child,
    deliveries::{gives_up, marker},
    journal::{Ended, Journal, Line, Run, now},
    ledger::Ledger,
};

/// Short, so that what a killed worker held is soon with another.
pub(crate) const LEASE: Duration = Duration::from_secs(1);

/// How long a slow handler takes.
pub(crate) const SLOW: Duration = Duration::from_millis(400);

/// Why a lively worker gives up what it is asked to.
pub(crate) const GIVEN_UP: &str = "asked to give up";

/// Why a slow worker's second handler gives up.
pub(crate) const TAKEN_OVER: &str = "taken over";

/// What a worker is told by the driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) journal: PathBuf,
    pub(crate) seed: u64,
    pub(crate) manner: Manner,
}

/// How its handlers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Mostly done in a few milliseconds; some fail, some panic, some hang.
    Lively,
    /// Blocks its thread for a while and is done; at a second attempt it gives up. So the store tells which of two
    /// handlers finished.
    Slow,
    /// Writes a line to the ledger and completes the job in one transaction; some fail before and after the commit.
    Ledger,
}

impl Manner {
    const ALL: [Self; 3] = [Self::Lively, Self::Slow, Self::Ledger];

    fn name(self) -> &'static str {
        match self {
            Self::Lively => "lively",
            Self::Slow => "slow",
            Self::Ledger => "ledger",
        }
    }
}

impl Settings {
    pub(crate) fn words(&self) -> [String; 3] {
        let manner = self.manner.name().to_owned();
        [self.journal.to_string_lossy().into_owned(), self.seed.to_string(), manner]
    }

    pub(crate) fn parse(journal: &str, seed: &str, manner: &str) -> Result<Self, String> {
        let seed = seed.parse().map_err(|_| "a seed is a whole number")?;
        let manner = Manner::ALL.into_iter().find(|known| known.name() == manner);
        let manner = manner.ok_or("a worker is lively, slow or ledger")?;
        Ok(Self { journal: Path::new(journal).to_owned(), seed, manner })
    }
}

/// Handles what is in the store, until it is killed.
pub(crate) fn work(store: &str, settings: &Settings) -> Result<(), String> {
    child::end_with_parent();
    let journal = Journal::open(&settings.journal).map_err(|error| error.to_string())?;
    let ledger = Ledger::new(store);
    let desk = Arc::new(Desk { journal, ledger, seed: settings.seed, manner: settings.manner });
    let runtime = child::runtime()?;
    runtime.block_on(async {
        let inbox = child::open(Inbox::builder(), store).await?;
        child::say_ready(0)?;
        let backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(200));
        let backoff = backoff.map_err(|error| error.to_string())?;
        let worker = inbox.worker().lease(LEASE).concurrency(8).backoff(backoff);
        // The driver kills workers all the time, and the deliveries are not at fault.
        let worker = worker.handler_timeout(Duration::from_millis(700)).max_lost_leases(10_000);
        worker.run(desk.clone().handlers()).await.map_err(|error| error.to_string())
    })
}

struct Desk {
    journal: Journal,
    ledger: Ledger,
    seed: u64,
    manner: Manner,
}

impl Desk {
    fn handlers(self: Arc<Self>) -> Handlers {
        let [one, two, three, four] = [&self; 4].map(Arc::clone);
        Handlers::new()
            .on(move |job: Job<Verified<caf::Event>>| Arc::clone(&one).handle(job))
            .on(move |job: Job<Verified<autentique::Event>>| Arc::clone(&two).handle(job))
            .on(move |job: Job<Verified<capa::Event>>| Arc::clone(&three).handle(job))
            .on(move |job: Job<Unverified<case_keeper::Event>>| Arc::clone(&four).handle(job))
    }

    async fn handle<D: Delivery>(self: Arc<Self>, job: Job<D>) -> Outcome {
        let Some(number) = marker(job.delivery().body()) else { return Outcome::dead_letter("not one of ours") };
        let vendor = <D::Event as WebhookEvent>::VENDOR;
        let run = Run {
            entry: job.id().get(),
            number,
            lane: format!("{vendor}/{}", job.delivery().envelope().subject_id().unwrap_or("-")),
            token: job.token().get(),
            attempt: job.attempt(),
            pid: std::process::id(),
        };
        // Of its own for each attempt, so that an attempt that hangs is followed by one that does not.
        let random = fastrand::Rng::with_seed(self.seed ^ (u64::from(number) << 32) ^ u64::from(run.attempt));
        self.journal.write(&Line { run: run.clone(), at: now(), ended: None });
        // Writes the end down however it comes, unless by `kill -9`.
        let mut end = End { journal: &self.journal, run, ended: Ended::Dropped };
        let (outcome, ended) = match self.manner {
            Manner::Lively => lively(number, random).await,
            Manner::Slow => slow(end.run.attempt),
            Manner::Ledger => self.ledger.handle(&job, number, random).await,
        };
        end.ended = ended;
        outcome
    }
}

async fn lively(number: u32, mut random: fastrand::Rng) -> (Outcome, Ended) {
    tokio::time::sleep(Duration::from_micros(random.u64(500..8_000))).await;
    match random.u16(..1000) {
        0..80 => return (Outcome::retry("asked to fail"), Ended::Retry),
        // Without the hook's message: there will be hundreds.
        80..100 => std::panic::resume_unwind(Box::new("asked to panic")),
        100..102 => std::future::pending().await,
        _ => {}
    }
    if gives_up(number) {
        return (Outcome::dead_letter(GIVEN_UP), Ended::GaveUp);
    }
    (Outcome::Done, Ended::Done)
}

fn slow(attempt: u32) -> (Outcome, Ended) {
    thread::sleep(SLOW);
    if attempt == 1 { (Outcome::Done, Ended::Done) } else { (Outcome::dead_letter(TAKEN_OVER), Ended::GaveUp) }
}

struct End<'j> {
    journal: &'j Journal,
    run: Run,
    ended: Ended,
}

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.journal.write(&Line { run: self.run.clone(), at: now(), ended: Some(self.ended) });
    }
}
