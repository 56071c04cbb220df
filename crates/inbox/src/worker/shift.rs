//! A worker at work: takes deliveries up, has them handled, and ends their leases.

use std::{
    collections::HashMap,
    future::{Future, pending, ready},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    task::{AbortHandle, Id, JoinError, JoinSet},
    time::{sleep, sleep_until, timeout, timeout_at},
};

use super::{
    Worker,
    limits::{AFTER_FAILURE, Limits},
};
use crate::{
    Error, Handlers, Inbox,
    job::About,
    observe,
    store::{LeaseRequest, Leased, Route, Token, Verdict},
};

/// How long the store is waited for at most, however long the leases are.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long verdicts and handing back may take when a worker stops; what is still held then is handed out when its
/// lease runs out.
const HANDING_BACK: Duration = Duration::from_secs(5);

/// A worker at work.
pub(super) struct Shift {
    worker: Arc<Limits>,
    inbox: Inbox,
    handlers: Handlers,
    /// What every lease asks for, and what it asks for in turn.
    request: LeaseRequest,
    releases: Vec<(i64, Arc<[Route]>)>,
    until: Pin<Box<dyn Future<Output = ()> + Send>>,
    until_idle: bool,
    grace: Duration,
    running: JoinSet<()>,
    held: HashMap<Id, Held>,
    renew_at: Instant,
    /// No lease is asked for before: the store has just failed.
    lease_at: Instant,
    /// When the store was last asked it had nothing to handle, and nothing was running.
    idle: bool,
    /// The inbox is, so there is nothing more to come.
    closed: bool,
}

/// A delivery that is being handled.
struct Held {
    leased: Leased,
    abort: AbortHandle,
    started: Instant,
    /// Until when nobody else has it for certain.
    until: Instant,
    /// It was told to stop, and is held no longer: one that blocks its thread may still run for a long time.
    stopped: bool,
    /// Its handler has ended: if the lease is gone now, it may be by the verdict, and the store has yet to say so.
    decided: Arc<AtomicBool>,
}

impl Shift {
    pub(super) fn new(worker: Worker, handlers: Handlers) -> Self {
        let Worker { inbox, concurrency, lease, time_limit, attempts, backoff, grace, until, until_idle, .. } = worker;
        let request = LeaseRequest {
            worker: format!("{}-{:08x}", std::process::id(), fastrand::u32(..)).into(),
            most: concurrency,
            time: lease,
            attempts,
            routes: Arc::default(),
            reader: 0,
        };
        let mut releases: Vec<_> =
            handlers.releases().into_iter().map(|(reader, routes)| (reader, routes.into())).collect();
        if releases.is_empty() {
            // Without a handler there are still leases of others that have run out.
            releases.push((0, Arc::default()));
        }
        let limits = Limits { inbox: inbox.clone(), time_limit, attempts, backoff };
        Self {
            worker: Arc::new(limits),
            inbox,
            handlers,
            request,
            releases,
            until,
            until_idle,
            grace,
            running: JoinSet::new(),
            held: HashMap::new(),
            renew_at: Instant::now(),
            lease_at: Instant::now(),
            idle: false,
            closed: false,
        }
    }

    pub(super) async fn work(mut self) {
        tokio::select! {
            biased;
            // Told so while the store was looked at before the start.
            () = &mut self.until => return,
            () = ready(()) => {}
        }
        loop {
            let wake = self.take_up().await;
            if self.closed || self.idle && self.until_idle {
                break;
            }
            let look_at = self.look_at();
            tokio::select! {
                // What is rarely ready comes first, so that what is always ready cannot keep it waiting.
                biased;
                () = &mut self.until => break,
                () = sleep_until(look_at.into()) => self.renew().await,
                Some(ended) = self.running.join_next_with_id() => self.ended(ended).await,
                () = wake.wait(&self.inbox) => {}
            }
            // What ended meanwhile makes room for one lease of several instead of many of one.
            while let Some(ended) = self.running.try_join_next_with_id() {
                self.ended(ended).await;
            }
        }
        self.wind_down().await;
    }

    /// Leases what there is room for. Says when to look again.
    async fn take_up(&mut self) -> Wake {
        let mut wait = self.inbox.0.store.poll_interval();
        let mut more = false;
        for _ in 0..self.releases.len() {
            let room = self.request.most.saturating_sub(self.held.len());
            if room == 0 {
                return Wake::WithRoom;
            }
            let asked_at = Instant::now();
            if asked_at < self.lease_at {
                return Wake::At(self.lease_at);
            }
            // Who is asked comes last the next time, as it may take all the room. Who is not, for want of room, keeps its
            // turn: leases are renewed in between, and it would lose it each time.
            let Some((reader, routes)) = self.releases.first().cloned() else { break };
            self.releases.rotate_left(1);
            let answer_by = self.answer_by(asked_at);
            let request = LeaseRequest { most: room, routes, reader, ..self.request.clone() };
            let asked = self.inbox.0.store.lease(request);
            let late = |_| Err(Error::unavailable("the store did not answer in time"));
            let batch = match timeout_at(answer_by.into(), asked).await.unwrap_or_else(late) {
                Ok(batch) => batch,
                Err(error) => {
                    observe::store_failed(&error);
                    self.closed = error.is_closed();
                    self.lease_at = Instant::now() + AFTER_FAILURE;
                    return Wake::At(self.lease_at);
                }
            };
            more |= !batch.leased.is_empty() || batch.next == Some(Duration::ZERO);
            wait = batch.next.map_or(wait, |next| next.min(wait));
            for expired in &batch.expired {
                observe::lease_expired(&expired.vendor, expired.dead);
            }
            for leased in batch.leased {
                self.start(leased, asked_at);
            }
        }
        self.idle = !more && self.held.is_empty();
        Wake::Within(wait)
    }

    fn start(&mut self, leased: Leased, asked_at: Instant) {
        observe::started(&leased);
        let started = Instant::now();
        let about = About {
            id: leased.id,
            token: leased.token,
            attempt: leased.attempt,
            received_at: leased.received_at,
            deadline: started + self.worker.time_limit,
            possible_replay: leased.possible_replay,
        };
        let limits = Arc::clone(&self.worker);
        let handler = self.handlers.of(&leased.route).cloned();
        let kept = Leased { stored: None, ..leased.clone() };
        let (id, token, attempt) = (leased.id, leased.token, leased.attempt);
        let vendor = leased.route.vendor.clone();
        let span = (id.get(), attempt, vendor.clone());
        let decided = Arc::<AtomicBool>::default();
        let abort = self.running.spawn({
            let decided = Arc::clone(&decided);
            async move {
                let verdict = match handler.map(|handler| handler.start(leased, about)) {
                    Some(Ok(running)) => {
                        let running = observe::handling((span.0, span.1, &span.2), running);
                        match timeout(limits.time_limit, running).await {
                            Ok(outcome) => limits.verdict(outcome, attempt),
                            Err(_) => limits.again(attempt, None, "the handler did not end in time".into()),
                        }
                    }
                    Some(Err(unreadable)) => unreadable,
                    // The store gave what was not asked for.
                    None => Verdict::Released,
                };
                decided.store(true, Ordering::SeqCst);
                limits.finish(id, token, verdict, &vendor, started).await;
            }
        });
        let until = asked_at + self.request.time;
        self.held.insert(abort.id(), Held { leased: kept, abort, started, until, stopped: false, decided });
    }

    /// A task is over, by itself, by a panic of its handler, or because it was stopped.
    async fn ended(&mut self, ended: Result<(Id, ()), JoinError>) {
        let id = match &ended {
            Ok((id, ())) => *id,
            Err(error) => error.id(),
        };
        let Some(held) = self.held.remove(&id) else { return };
        let Err(error) = ended else { return };
        // A panic after the handler's end is the store's, which would not take the verdict the next time either.
        if error.is_cancelled() || held.decided.load(Ordering::SeqCst) {
            observe::ended(&held.leased.route.vendor, "lease_lost", held.started.elapsed());
        } else {
            // Without the panic's own words: they are the handler's, and may quote what it handled.
            let verdict = self.worker.again(held.leased.attempt, None, "the handler panicked".into());
            let limits = Arc::clone(&self.worker);
            held.decided.store(true, Ordering::SeqCst);
            // In its own task, so that a store that is slow now does not keep the worker from renewing the others.
            let finish = self.running.spawn({
                let (leased, started) = (held.leased.clone(), held.started);
                async move { limits.finish(leased.id, leased.token, verdict, &leased.route.vendor, started).await }
            });
            self.held.insert(finish.id(), Held { abort: finish, ..held });
        }
    }

    /// When the first of the leases may be over. Those that are over do not count: what is asked of the store must not
    /// end before it is answered, because a lease that is given to nobody is an attempt.
    fn soonest(&self) -> Option<Instant> {
        self.held.values().filter(|held| !held.stopped).map(|held| held.until).min()
    }

    /// How long the store is waited for: if it does not answer, that must neither keep handlers running on leases that are
    /// over, nor a stop waiting.
    fn answer_by(&self, asked_at: Instant) -> Instant {
        let patience = asked_at + (self.request.time / 3).clamp(Duration::from_secs(1), PATIENCE);
        self.soonest().map_or(patience, |soonest| soonest.min(patience))
    }

    /// When the leases are to be looked at next: also when one is over before it could be renewed, so that its handler is
    /// stopped then and not later.
    fn look_at(&self) -> Instant {
        self.soonest().map_or(self.renew_at, |soonest| soonest.min(self.renew_at))
    }

    async fn renew(&mut self) {
        let renewal = self.request.time / 3;
        let next = if self.hold_on().await { renewal } else { renewal.min(AFTER_FAILURE) };
        self.renew_at = Instant::now() + next;
    }

    /// Holds on to what is being handled, and stops what others may have taken. Whether the store answered.
    async fn hold_on(&mut self) -> bool {
        let tokens: Vec<Token> =
            self.held.values().filter(|held| !held.stopped).map(|held| held.leased.token).collect();
        if tokens.is_empty() {
            return true;
        }
        let asked_at = Instant::now();
        let answer =
            timeout_at(self.answer_by(asked_at).into(), self.inbox.0.store.renew(&tokens, self.request.time)).await;
        let lost = match answer {
            Ok(Ok(lost)) => Some(lost),
            Ok(Err(error)) => {
                observe::store_failed(&error);
                None
            }
            Err(_) => None,
        };
        for held in self.held.values_mut() {
            if let Some(lost) = lost.as_ref().filter(|_| tokens.contains(&held.leased.token)) {
                if !lost.contains(&held.leased.token) {
                    held.until = asked_at + self.request.time;
                } else if !held.decided.load(Ordering::SeqCst) {
                    held.until = asked_at;
                }
            }
            if held.until <= Instant::now() {
                held.abort.abort();
                held.stopped = true;
            }
        }
        lost.is_some()
    }

    /// Lets handlers end, for as long as they are given, and hands the rest back.
    async fn wind_down(mut self) {
        let stop_at = tokio::time::Instant::now() + self.grace;
        while !self.running.is_empty() {
            let look_at = self.look_at();
            tokio::select! {
                () = sleep_until(stop_at) => break,
                Some(ended) = self.running.join_next_with_id() => self.ended(ended).await,
                () = sleep_until(look_at.into()) => self.renew().await,
            }
        }
        for held in self.held.values().filter(|held| !held.decided.load(Ordering::SeqCst)) {
            held.abort.abort();
        }
        // What blocks its thread does not end: it is handed out when its lease runs out, and no sooner.
        let hand_back = async {
            while let Some(ended) = self.running.join_next_with_id().await {
                let Err(stopped) = ended else { continue };
                let Some(Held { leased, started, .. }) = self.held.remove(&stopped.id()) else { continue };
                let limits = Arc::clone(&self.worker);
                // All at once: one after another, the last of many would not be handed back in time.
                self.running.spawn(async move {
                    limits.finish_once(leased.id, leased.token, Verdict::Released, &leased.route.vendor, started).await;
                });
            }
        };
        // In vain if the store does not answer.
        let _ = timeout(HANDING_BACK, hand_back).await;
    }
}

/// When it is worth leasing again.
enum Wake {
    /// Not before something ends.
    WithRoom,
    /// Not before that, whatever changes: what arrives must not have a store that fails asked, and its failure logged,
    /// each time.
    At(Instant),
    /// After that, or as soon as something changes.
    Within(Duration),
}

impl Wake {
    async fn wait(self, inbox: &Inbox) {
        match self {
            Self::WithRoom => pending().await,
            Self::At(time) => sleep_until(time.into()).await,
            Self::Within(time) => tokio::select! {
                () = sleep(time) => {}
                () = inbox.0.store.changed() => {}
            },
        }
    }
}
