//! The two engines side by side: what one answers, the other answers, whatever is asked of them in whatever order.

mod steps;

use std::{
    collections::BTreeSet,
    mem::swap,
    time::{Duration, SystemTime},
};

use fastrand::Rng;
use idhooks_inbox::{
    DeliveryDetails, DeliveryId, DeliverySummary, Error, ErrorKind, FencingToken, Inbox,
    store::{Arrival, ClaimRequest, Leased},
};

use self::steps::{FAR, Step, step};
use crate::support::engine::Engine;

/// For a longer search set these higher: what differs is found and made small.
const SEEDS: u64 = 6;
const STEPS: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_answer_alike() {
    for seed in 0..SEEDS {
        let mut random = Rng::with_seed(seed);
        let steps: Vec<_> = (0..STEPS).map(|_| step(&mut random)).collect();
        match differ(&steps).await {
            None => return,
            Some(None) => {}
            Some(Some(_)) => panic!("seed {seed}: {}", fewest(steps).await),
        }
    }
}

/// As few steps as are needed for a difference.
async fn fewest(mut steps: Vec<Step>) -> String {
    let mut told = "another time they answered alike".to_owned();
    for place in (0..steps.len()).rev() {
        let mut fewer = steps.clone();
        fewer.remove(place);
        if let Some(Some(difference)) = differ(&fewer).await {
            (steps, told) = (fewer, difference);
        }
    }
    format!("{steps:#?}\n{told}")
}

/// What is answered differently first, if anything is; `None` where there is no server to test against.
async fn differ(steps: &[Step]) -> Option<Option<String>> {
    let (mut sqlite, mut postgres) = (Side::of(Engine::sqlite()).await, Side::of(Engine::postgres().await?).await);
    for step in steps.iter().chain([&Step::Look]) {
        let mut step = step.clone();
        if let Step::Accept(arrival, _) = &mut step {
            arrival.received_at = SystemTime::now();
        }
        let (one, other) = (sqlite.tell(&step).await, postgres.tell(&step).await);
        if one != other {
            return Some(Some(format!("to {step:?}\nSQLite answers {one}\nPostgreSQL     {other}")));
        }
    }
    Some(None)
}

/// One of the two, opened twice. Numbers of deliveries may have gaps, so places among all that came are compared.
struct Side {
    engine: Engine,
    inbox: Inbox,
    beside: Inbox,
    ids: Vec<DeliveryId>,
    leases: Vec<(DeliveryId, FencingToken)>,
}

impl Side {
    async fn of(engine: Engine) -> Self {
        let (inbox, beside) = (engine.open().await, engine.open().await);
        Self { engine, inbox, beside, ids: Vec::new(), leases: Vec::new() }
    }

    fn place(&self, id: DeliveryId) -> Option<usize> {
        self.ids.iter().position(|known| *known == id)
    }

    /// Now and then one that there is not.
    fn id(&self, place: usize) -> DeliveryId {
        let nowhere = [0, -1, i64::MIN, i64::MAX];
        let known = (!place.is_multiple_of(9) && !self.ids.is_empty()).then(|| self.ids[place % self.ids.len()]);
        known.unwrap_or_else(|| DeliveryId::new(nowhere[place / 9 % nowhere.len()]))
    }

    async fn tell(&mut self, step: &Step) -> String {
        swap(&mut self.inbox, &mut self.beside);
        self.answer(step).await.unwrap_or_else(|error| {
            let kinds =
                (error.kind() == ErrorKind::NotFound, error.kind() == ErrorKind::InvalidState, error.is_unavailable());
            // Numbers of deliveries are in its words.
            format!("{kinds:?} {}", error.to_string().replace(|c: char| c.is_ascii_digit() || c == '-', ""))
        })
    }

    async fn answer(&mut self, step: &Step) -> Result<String, Error> {
        let store = self.inbox.store();
        Ok(match step {
            Step::Accept(arrival, _) => {
                let accepted = store.accept(Arrival::clone(arrival)).await?;
                if self.place(accepted.id()).is_none() {
                    self.ids.push(accepted.id());
                }
                let is_replay = matches!(accepted, idhooks_inbox::AcceptOutcome::New { possible_replay: true, .. });
                format!("{} {is_replay} {:?}", accepted.as_str(), self.place(accepted.id()))
            }
            Step::Lease(request) => self.lease(request.clone()).await?,
            Step::Finish(_, _, _) if self.leases.is_empty() => String::new(),
            Step::Finish(place, is_other, verdict) => {
                let (id, token) = self.leases[place % self.leases.len()];
                let id = if *is_other { self.id(*place) } else { id };
                store.finish(id, token, verdict.clone()).await?.to_string()
            }
            Step::Renew(places, time) => {
                let known = places.iter().filter_map(|place| self.leases.get(*place));
                let tokens: Vec<_> = known.map(|(_, token)| *token).collect();
                let lost = store.renew(&tokens, *time).await?;
                let place = |lost: &FencingToken| self.leases.iter().position(|(_, token)| token == lost);
                format!("{:?}", lost.iter().map(place).collect::<Vec<_>>())
            }
            Step::Replay(place) => format!("{:?}", store.replay(self.id(*place)).await?),
            Step::GiveUp(place, reason) => format!("{:?}", store.dead_letter(self.id(*place), reason).await?),
            Step::Purge(age, dead) => store.purge(*age, *dead).await?.deliveries.to_string(),
            Step::List(filter, before) => {
                let mut filter = filter.clone();
                filter.before = before.map(|place| self.id(place));
                let page = store.list(&filter).await?;
                let entries: Vec<_> = page.deliveries.iter().map(|entry| self.entry(entry)).collect();
                format!("{entries:#?} {:?}", page.next.map(|id| self.place(id)))
            }
            Step::Get(place) => format!("{:?}", store.get(self.id(*place)).await?.map(|there| self.details(there))),
            Step::Look => {
                let mut stats = store.stats().await?;
                stats.lag = stats.lag.map(|_| Duration::ZERO);
                let unfinished: BTreeSet<_> = store.unfinished().await?.into_iter().collect();
                let mut all = Vec::new();
                for id in &self.ids {
                    all.push(store.get(*id).await?.map(|there| self.details(there)));
                }
                format!("{stats:?} {unfinished:?} {all:#?}")
            }
            Step::Open => {
                self.inbox.close().await;
                self.inbox = self.engine.open().await;
                String::new()
            }
        })
    }

    /// As a worker asks: again, for as long as it gets some or is told that there may be more.
    async fn lease(&mut self, mut request: ClaimRequest) -> Result<String, Error> {
        let (mut expired, mut leased, mut next) = (BTreeSet::new(), Vec::<Leased>::new(), None);
        for _ in 0..100 {
            let batch = self.inbox.store().lease(request.clone()).await?;
            expired.extend(batch.expired.iter().map(|gone| (self.place(gone.id), gone.vendor.clone(), gone.dead)));
            next = batch.next;
            request.most -= batch.leased.len();
            let is_last = batch.leased.is_empty() && next != Some(Duration::ZERO);
            leased.extend(batch.leased);
            if request.most == 0 || is_last {
                break;
            }
        }
        assert!(request.most == 0 || next != Some(Duration::ZERO), "it has no end");
        leased.sort_by_key(|leased| leased.id);
        self.leases.extend(leased.iter().map(|leased| (leased.id, leased.token)));
        let tell = |it: &Leased| {
            format!("{:?} {} {} {:?} {}", self.place(it.id), it.route, it.attempt, it.received_at, it.possible_replay)
        };
        let told: Vec<_> = leased.iter().map(tell).collect();
        // Who got all that was asked for may not be told.
        let has_next = request.most > 0 && next.is_some();
        Ok(format!("{told:#?}, expired: {expired:?}, next: {has_next}"))
    }

    /// Without the times that each engine's own clock told.
    fn entry(&self, entry: &DeliverySummary) -> String {
        let mut entry = entry.clone();
        let is_far = entry.due_at > SystemTime::now() + FAR / 2;
        entry.id = DeliveryId::new(self.place(entry.id).unwrap() as i64);
        entry.due_at = SystemTime::UNIX_EPOCH;
        entry.finished_at = entry.finished_at.map(|_| SystemTime::UNIX_EPOCH);
        entry.endpoint = entry.endpoint.as_deref().map(kept);
        entry.reason = entry.reason.as_deref().map(kept);
        format!("{entry:?} {:?} far: {is_far}", entry.subject.as_ref().map(|subject| subject.expose()))
    }

    fn details(&self, details: DeliveryDetails) -> String {
        let history: Vec<_> =
            details.failed_attempts.iter().map(|attempt| (attempt.number, kept(&attempt.reason))).collect();
        let conflicting = details.conflicts.iter();
        let conflicting: Vec<_> =
            conflicting.map(|other| (other.received_at, other.body.as_ref().map(|body| body.expose()))).collect();
        let body = details.body.as_ref().map(|body| body.expose());
        format!("{} {history:?} {conflicting:?} {body:?}", self.entry(&details.summary))
    }
}

/// PostgreSQL has no place for a NUL, and keeps this.
fn kept(text: &str) -> Box<str> {
    text.replace('\0', "\u{fffd}").into()
}
