//! The loop of a worker. It alone writes outcomes: handlers run as tasks and return theirs to it.

use std::{
    collections::{HashMap, HashSet},
    future::{Future, pending, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    task::{Id, JoinError, JoinSet},
    time::{sleep_until, timeout},
};

use super::{
    Worker,
    attempt::{Attempt, Ended, Running},
    calls::InFlight,
    while_leased::{WhileLeased, micros},
};
use crate::{
    Error, Handlers, Outcome, clock,
    job::JobContext,
    observe,
    store::{ClaimRequest, Claimed, Completion, DeliveryKind, DeliveryRecord, KindRequest, Lease, is_suspect},
};

/// How long to wait after the store failed.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// How long the last outcomes and releases may take during the shutdown. Other workers claim the rest when its leases
/// expire.
const RELEASE_TIMEOUT: Duration = Duration::from_secs(5);

/// How many outcomes are written together at most.
const MAX_COMPLETIONS: usize = 64;

/// A worker at work.
pub(super) struct WorkerLoop {
    worker: Worker,
    handlers: Handlers,
    /// The kinds with a handler and their decoder versions, the one that was claimed last at the end.
    kinds: Vec<(DeliveryKind, i64)>,
    name: Arc<str>,
    tasks: JoinSet<Option<Outcome>>,
    /// Deliveries whose handlers run.
    running: HashMap<Id, Running>,
    /// Attempts that ended, and whose outcome is not written yet.
    ended: Vec<Ended>,
    /// The same, while the store writes them.
    completing: Vec<Ended>,
    /// With the uptime at which the worker asked, from which its leases count.
    claim: InFlight<Claimed, Duration>,
    complete: InFlight<Vec<Lease>>,
    /// With the leases that it asks for, and the uptime.
    renew: InFlight<Vec<Lease>, (Vec<Lease>, Duration)>,
    /// No claim before.
    claim_at: Instant,
    /// Whether a change in the store ends the wait for `claim_at`.
    claim_on_change: bool,
    complete_at: Instant,
    renew_at: Instant,
    /// A suspect waits for the running handlers, or runs alone.
    alone: bool,
    /// Nothing was left to do when the current or last claim began.
    claimed_when_idle: bool,
    /// That claim found nothing either.
    idle: bool,
    closed: bool,
    /// The shutdown has begun: what a late claim brings is released.
    draining: bool,
}

impl WorkerLoop {
    pub(super) fn new(worker: Worker, handlers: Handlers) -> Self {
        let now = Instant::now();
        let renew_at = now + worker.lease / 3;
        let kinds = handlers.kinds().map(|(kind, decoder_version)| (kind.clone(), decoder_version)).collect();
        Self {
            worker,
            handlers,
            kinds,
            name: format!("{}-{:08x}", std::process::id(), fastrand::u32(..)).into(),
            tasks: JoinSet::new(),
            running: HashMap::new(),
            ended: Vec::new(),
            completing: Vec::new(),
            claim: InFlight::none(),
            complete: InFlight::none(),
            renew: InFlight::none(),
            claim_at: now,
            claim_on_change: false,
            complete_at: now,
            renew_at,
            alone: false,
            claimed_when_idle: false,
            idle: false,
            closed: false,
            draining: false,
        }
    }

    pub(super) async fn run(mut self) {
        let mut shutdown = std::mem::replace(&mut self.worker.shutdown, Box::pin(pending()));
        self.work(&mut shutdown).await;
        self.drain().await;
    }

    /// Claims and handles until the shutdown begins, the inbox is closed, or the worker is idle and was asked to stop then.
    async fn work(&mut self, shutdown: &mut Pin<Box<dyn Future<Output = ()> + Send>>) {
        loop {
            if self.closed || self.idle && self.worker.until_idle {
                return;
            }
            tokio::select! {
                biased;
                // Before a claim, because a worker that shuts down claims nothing.
                () = shutdown.as_mut() => return,
                () = ready(()) => {}
            }
            self.start_calls(true);
            let changed = self.claim_on_change && self.claim.is_none() && self.room() > 0;
            let inbox = self.worker.inbox.clone();
            tokio::select! {
                biased;
                () = shutdown.as_mut() => return,
                () = self.step() => {}
                () = async { if changed { inbox.0.store.changed().await } else { pending().await } } => {
                    self.claim_at = Instant::now();
                    self.claim_on_change = false;
                }
            }
        }
    }

    /// Lets the running handlers end, then stops and releases the rest.
    async fn drain(&mut self) {
        self.draining = true;
        let stop_at = Instant::now() + self.worker.shutdown_timeout;
        while !(self.closed || self.running.is_empty() && self.quiet()) {
            self.start_calls(false);
            tokio::select! {
                () = self.step() => {}
                () = sleep_until(stop_at.into()) => break,
            }
        }
        for running in self.running.values() {
            running.abort.abort();
        }
        let release = async {
            while !(self.closed || self.running.is_empty() && self.quiet()) {
                self.start_calls(false);
                self.step().await;
            }
        };
        // A handler that blocks its thread does not end, and a store that is away does not answer.
        let _ = timeout(RELEASE_TIMEOUT, release).await;
    }

    /// Returns whether nothing is left to write.
    fn quiet(&self) -> bool {
        self.claim.is_none() && self.complete.is_none() && self.ended.is_empty()
    }

    fn room(&self) -> usize {
        self.worker.concurrency.saturating_sub(self.running.len())
    }

    /// Starts the calls to the store that are due. Each kind of call is made once at a time.
    fn start_calls(&mut self, may_claim: bool) {
        let now = Instant::now();
        if self.complete.is_none() && !self.ended.is_empty() && now >= self.complete_at {
            let batch = self.ended.len().min(MAX_COMPLETIONS);
            self.completing.extend(self.ended.drain(..batch));
            let completions: Vec<Completion> = self.completing.iter().map(Ended::completion).collect();
            let inbox = self.worker.inbox.clone();
            self.complete.start(async move { inbox.0.store.complete(&completions).await }, ());
        }
        if self.renew.is_none() && now >= self.renew_at {
            self.start_renewal();
        }
        let room = self.room();
        let may_claim = may_claim && (!self.alone || self.running.is_empty()) && now >= self.claim_at;
        if self.claim.is_none() && room > 0 && may_claim {
            let request = self.claim_request(room);
            let inbox = self.worker.inbox.clone();
            self.claimed_when_idle = self.running.is_empty() && self.complete.is_none() && self.ended.is_empty();
            self.claim.start(async move { inbox.0.store.claim(request).await }, clock::uptime());
        }
    }

    fn claim_request(&self, limit: usize) -> ClaimRequest {
        let mut running = HashMap::<&DeliveryKind, usize>::new();
        for held in self.running.values() {
            *running.entry(&held.attempt.kind).or_default() += 1;
        }
        let kinds = self.kinds.iter().map(|(kind, decoder_version)| KindRequest {
            kind: kind.clone(),
            decoder_version: *decoder_version,
            running: running.get(kind).copied().unwrap_or_default(),
        });
        ClaimRequest {
            worker: Arc::clone(&self.name),
            limit,
            lease: self.worker.lease,
            kinds: kinds.collect(),
            max_lost_leases: self.worker.max_lost_leases,
            backoff: self.worker.backoff,
            idle: self.running.is_empty(),
        }
    }

    /// Waits for the next event and applies it.
    async fn step(&mut self) {
        let next = [
            (self.complete.is_none() && !self.ended.is_empty()).then_some(self.complete_at),
            self.renew.is_none().then_some(self.renew_at),
            (self.claim.is_none() && self.room() > 0).then_some(self.claim_at).filter(|at| *at > Instant::now()),
            self.first_lease_end(),
        ];
        let wake = next.into_iter().flatten().min();
        tokio::select! {
            biased;
            Some(ended) = self.tasks.join_next_with_id() => {
                self.task_ended(ended);
                while let Some(ended) = self.tasks.try_join_next_with_id() {
                    self.task_ended(ended);
                }
            }
            (lost, ()) = self.complete.result() => self.completed(lost),
            (claimed, asked) = self.claim.result() => self.claimed(claimed, asked),
            (lost, (leases, asked)) = self.renew.result() => self.renewed(lost, &leases, asked),
            () = async { match wake { Some(at) => sleep_until(at.into()).await, None => pending().await } } => {}
        }
        self.stop_expired();
    }

    /// Returns when the first lease of a running handler ends, unless it is renewed.
    fn first_lease_end(&self) -> Option<Instant> {
        let ends = self.running.values().map(|held| held.lease_end.load(Ordering::Relaxed));
        let end = Duration::from_micros(ends.filter(|end| *end > 0).min()?);
        Instant::now().checked_add(end.saturating_sub(clock::uptime()))
    }

    /// Stops the handlers whose leases are over. A renewal that the store does not respond to must not hold this up.
    fn stop_expired(&self) {
        let now = micros(clock::uptime());
        for held in self.running.values() {
            let end = held.lease_end.load(Ordering::Relaxed);
            if end > 0 && end <= now {
                held.lease_end.store(0, Ordering::Relaxed);
                held.abort.abort();
            }
        }
    }

    fn claimed(&mut self, claimed: Result<Claimed, Error>, asked: Duration) {
        let now = Instant::now();
        self.note(&claimed);
        let claimed = match claimed {
            Ok(claimed) => claimed,
            Err(_) => {
                // Not at each change either: a store that fails must not be asked for every delivery that arrives.
                (self.claim_at, self.claim_on_change) = (now + AFTER_FAILURE, false);
                return;
            }
        };
        for expired in &claimed.expired {
            observe::lease_expired(&expired.vendor, expired.dead);
        }
        let more = !claimed.deliveries.is_empty() || claimed.next == Some(Duration::ZERO);
        self.idle = self.claimed_when_idle && !more && !claimed.suspect_waiting;
        self.alone = claimed.suspect_waiting || claimed.deliveries.first().is_some_and(is_suspect);
        let poll = self.worker.inbox.0.store.poll_interval();
        let wait = if more { Duration::ZERO } else { claimed.next.map_or(poll, |next| next.min(poll)) };
        (self.claim_at, self.claim_on_change) = (now + wait, true);
        let claimed_kinds: HashSet<_> = claimed.deliveries.iter().map(|record| record.kind.clone()).collect();
        // Stable, so that the kinds that were not claimed stay first.
        self.kinds.sort_by_key(|(kind, _)| claimed_kinds.contains(kind));
        for record in claimed.deliveries {
            self.start(record, asked);
        }
    }

    fn start(&mut self, record: DeliveryRecord, asked: Duration) {
        let Some(lease) = record.lease() else { return };
        observe::started(&record);
        let handler_timeout = self.worker.handler_timeout;
        let context = JobContext {
            id: record.id,
            token: lease.token,
            attempt: record.attempt(),
            received_at: record.received_at,
            deadline: Instant::now() + handler_timeout,
            possible_replay: record.possible_replay,
            complete_statement: self.worker.inbox.0.store.complete_statement(),
        };
        let attempt = Attempt::new(&record, lease);
        if self.draining {
            self.ended.push(attempt.end(Outcome::Released, &self.worker));
            return;
        }
        let lease_end = Arc::new(AtomicU64::new(micros(asked + self.worker.lease)));
        let handler = self.handlers.get(&record.kind).cloned();
        let end = Arc::clone(&lease_end);
        let abort = self.tasks.spawn(async move {
            let Some(handler) = handler else { return Some(Outcome::Released) };
            let span = (record.id.get(), context.attempt, record.kind.vendor.clone());
            let handling = match handler.start(&record, context) {
                Ok(handling) => handling,
                Err(undecodable) => return Some(undecodable),
            };
            drop(record);
            let handling = observe::handling((span.0, span.1, &span.2), handling);
            let leased = WhileLeased::new(handling, end);
            timeout(handler_timeout, leased).await.unwrap_or_else(|_| Some(Outcome::retry("handler timed out")))
        });
        self.running.insert(abort.id(), Running { attempt, abort, lease_end });
    }

    fn task_ended(&mut self, ended: Result<(Id, Option<Outcome>), JoinError>) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, outcome),
            // Without the words of the panic, which may quote the delivery.
            Err(error) if error.is_panic() => (error.id(), Some(Outcome::retry("handler panicked"))),
            Err(error) => (error.id(), Some(Outcome::Released)),
        };
        let Some(Running { attempt, lease_end, .. }) = self.running.remove(&id) else { return };
        if self.running.is_empty() && std::mem::take(&mut self.alone) {
            self.claim_at = Instant::now();
        }
        match outcome {
            Some(outcome) if lease_end.load(Ordering::Relaxed) > 0 => {
                self.ended.push(attempt.end(outcome, &self.worker));
            }
            _ => observe::ended(&attempt.logged(), "lease_lost", None, attempt.took()),
        }
    }

    fn completed(&mut self, lost: Result<Vec<Lease>, Error>) {
        self.note(&lost);
        match lost {
            Ok(lost) => {
                for Ended { attempt, outcome, took } in self.completing.drain(..) {
                    let name = if lost.contains(&attempt.lease) { "lease_lost" } else { outcome.as_str() };
                    observe::ended(&attempt.logged(), name, outcome.reason(), took);
                }
                // The next delivery of a subject may be ready.
                self.claim_at = if self.claim_on_change { Instant::now() } else { self.claim_at };
            }
            Err(_) => {
                self.complete_at = Instant::now() + AFTER_FAILURE;
                self.ended.splice(0..0, self.completing.drain(..));
            }
        }
    }

    fn start_renewal(&mut self) {
        let unwritten = self.ended.iter().chain(&self.completing).map(|ended| ended.attempt.lease);
        // A handler that blocks its thread is stopped but still there: its delivery is for another worker.
        let running = self.running.values().filter(|held| held.is_leased());
        let leases: Vec<Lease> = running.map(|held| held.attempt.lease).chain(unwritten).collect();
        self.renew_at = Instant::now() + self.worker.lease / 3;
        if leases.is_empty() {
            return;
        }
        let (inbox, time, asked) = (self.worker.inbox.clone(), self.worker.lease, leases.clone());
        self.renew.start(async move { inbox.0.store.renew(&asked, time).await }, (leases, clock::uptime()));
    }

    /// Extends the leases that were renewed, and stops the handlers of those that are lost. The store itself rejects the
    /// outcome of a lost lease.
    fn renewed(&mut self, lost: Result<Vec<Lease>, Error>, asked_for: &[Lease], asked: Duration) {
        self.note(&lost);
        if lost.is_err() {
            self.renew_at = Instant::now() + AFTER_FAILURE.min(self.worker.lease / 3);
        }
        let is_lost = |lease: &Lease| lost.as_ref().is_ok_and(|lost| lost.contains(lease));
        for held in self.running.values() {
            let lease = &held.attempt.lease;
            if is_lost(lease) {
                held.lease_end.store(0, Ordering::Relaxed);
                held.abort.abort();
            } else if lost.is_ok() && asked_for.contains(lease) && held.is_leased() {
                held.lease_end.store(micros(asked + self.worker.lease), Ordering::Relaxed);
            }
        }
    }

    fn note<T>(&mut self, result: &Result<T, Error>) {
        self.worker.inbox.0.outage.note(result);
        self.closed |= matches!(result, Err(error) if error.kind() == crate::ErrorKind::Closed);
    }
}
