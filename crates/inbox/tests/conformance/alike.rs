//! The two engines side by side: both respond alike to any sequence of calls (differential test).

mod steps;

use std::{
    collections::BTreeSet,
    mem::swap,
    time::{Duration, SystemTime},
};

use fastrand::Rng;
use idhooks_inbox::{
    AcceptOutcome, DeliveryDetails, DeliveryId, DeliverySummary, Error, Inbox,
    store::{ClaimRequest, DeliveryRecord, Lease},
};

use self::steps::{FAR, Step, step};
use crate::support::{completion, engine::Engine};

/// Set these higher for a longer search. A difference is reduced to few steps.
const SEEDS: u64 = 12;
const STEPS: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_respond_alike() {
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

/// Reduces the steps to those that a difference needs.
async fn fewest(mut steps: Vec<Step>) -> String {
    let mut told = "at a second run both responded alike".to_owned();
    for place in (0..steps.len()).rev() {
        let mut fewer = steps.clone();
        fewer.remove(place);
        if let Some(Some(difference)) = differ(&fewer).await {
            (steps, told) = (fewer, difference);
        }
    }
    format!("{steps:#?}\n{told}")
}

/// Returns the first difference, if there is one; `None` if there is no server to test against.
async fn differ(steps: &[Step]) -> Option<Option<String>> {
    let (mut sqlite, mut postgres) = (Side::of(Engine::sqlite()).await, Side::of(Engine::postgres().await?).await);
    for step in steps.iter().chain([&Step::Look]) {
        let mut step = step.clone();
        if let Step::Accept(record, window, _) = &mut step {
            record.received_at = SystemTime::now();
            record.dedup_until = record.dedup_until.map(|_| record.received_at + *window);
        }
        let (one, other) = (sqlite.tell(&step).await, postgres.tell(&step).await);
        if one != other {
            return Some(Some(format!("to {step:?}\nSQLite     {one}\nPostgreSQL {other}")));
        }
    }
    Some(None)
}

/// One of the two, opened three times: one claims and completes, the others do the rest by turns. Ids differ, so places
/// among all deliveries and leases are compared.
struct Side {
    engine: Engine,
    /// The one that claims. It knows by itself what is due when; another one may look a second later.
    worker: Inbox,
    inbox: Inbox,
    beside: Inbox,
    ids: Vec<DeliveryId>,
    claimed: Vec<DeliveryRecord>,
}

impl Side {
    async fn of(engine: Engine) -> Self {
        let (worker, inbox, beside) = (engine.open().await, engine.open().await, engine.open().await);
        Self { engine, worker, inbox, beside, ids: Vec::new(), claimed: Vec::new() }
    }

    fn place(&self, id: DeliveryId) -> Option<usize> {
        self.ids.iter().position(|known| *known == id)
    }

    /// Now and then one that does not exist.
    fn id(&self, place: usize) -> DeliveryId {
        let nowhere = [0, -1, i64::MIN, i64::MAX];
        let known = (!place.is_multiple_of(9) && !self.ids.is_empty()).then(|| self.ids[place % self.ids.len()]);
        known.unwrap_or_else(|| DeliveryId::new(nowhere[place / 9 % nowhere.len()]))
    }

    fn lost(&self, lost: &[Lease]) -> String {
        let place = |lost: &Lease| self.claimed.iter().position(|record| record.token == Some(lost.token));
        let mut places: Vec<_> = lost.iter().map(place).collect();
        places.sort_unstable();
        format!("lost {places:?}")
    }

    async fn tell(&mut self, step: &Step) -> String {
        swap(&mut self.inbox, &mut self.beside);
        self.respond(step).await.unwrap_or_else(|error| {
            // Its words name ids.
            let words = error.to_string().replace(|c: char| c.is_ascii_digit() || c == '-', "");
            format!("{:?} {words}", error.kind())
        })
    }

    async fn respond(&mut self, step: &Step) -> Result<String, Error> {
        let store = self.inbox.store();
        Ok(match step {
            Step::Accept(record, ..) => {
                let accepted = store.accept(DeliveryRecord::clone(record)).await?;
                if self.place(accepted.id()).is_none() {
                    self.ids.push(accepted.id());
                }
                let is_replay = matches!(accepted, AcceptOutcome::New { possible_replay: true, .. });
                format!("{} {is_replay} {:?}", accepted.as_str(), self.place(accepted.id()))
            }
            Step::Claim(request) => self.claim(request.clone()).await?,
            Step::Complete(_) if self.claimed.is_empty() => String::new(),
            Step::Complete(outcomes) => {
                let completion = |(place, is_other, outcome): &(usize, bool, _)| {
                    let record = &self.claimed[place % self.claimed.len()];
                    let mut completion = completion(record, Clone::clone(outcome));
                    if *is_other {
                        completion.lease.id = self.id(*place);
                    }
                    completion
                };
                let mut completions: Vec<_> = outcomes.iter().map(completion).collect();
                // A worker completes a lease once in a call.
                completions.sort_by_key(|completion| completion.lease.token);
                completions.dedup_by_key(|completion| completion.lease.token);
                self.lost(&self.worker.store().complete(&completions).await?)
            }
            Step::Renew(places, time) => {
                let known = places.iter().filter_map(|place| self.claimed.get(*place)?.lease());
                let leases: Vec<_> = known.collect();
                self.lost(&self.worker.store().renew(&leases, *time).await?)
            }
            Step::Replay(place) => format!("{:?}", store.replay(self.id(*place)).await?),
            Step::DeadLetter(place, reason) => format!("{:?}", self.inbox.dead_letter(self.id(*place), reason).await?),
            Step::Purge(retention) => {
                let purged = store.purge(retention).await?;
                format!("{} {}", purged.deliveries, purged.rows)
            }
            Step::Erase(vendor, subject) => {
                let erased = self.inbox.erase(vendor, subject).await?;
                let running: BTreeSet<_> = erased.running.iter().map(|id| self.place(*id)).collect();
                format!("{} {running:?}", erased.deliveries)
            }
            Step::List(filter, before) => {
                let mut filter = filter.clone();
                filter.before = before.map(|place| self.id(place));
                let page = self.inbox.list(&filter).await?;
                let deliveries: Vec<_> = page.deliveries.iter().map(|delivery| self.summary(delivery)).collect();
                format!("{deliveries:#?} {:?}", page.next.map(|id| self.place(id)))
            }
            Step::Get(place) => format!("{:?}", store.get(self.id(*place)).await?.map(|there| self.details(there))),
            Step::Look => {
                let mut stats = store.stats().await?;
                stats.oldest_ready = stats.oldest_ready.map(|_| Duration::ZERO);
                stats.log_bytes = 0;
                let unfinished: BTreeSet<_> = store.unfinished_kinds().await?.into_iter().collect();
                let mut all = Vec::new();
                for id in &self.ids {
                    all.push(store.get(*id).await?.map(|there| self.details(there)));
                }
                format!("{stats:?} {unfinished:?} {all:#?}")
            }
            Step::Open => {
                self.inbox.close().await;
                self.inbox = self.engine.open().await;
                self.worker.close().await;
                self.worker = self.engine.open().await;
                String::new()
            }
        })
    }

    /// Claims as a worker does: again, until nothing comes and nothing more is announced.
    async fn claim(&mut self, mut request: ClaimRequest) -> Result<String, Error> {
        let (mut expired, mut claimed, mut next, mut suspect_waiting) = (BTreeSet::new(), Vec::new(), None, false);
        for _ in 0..200 {
            let batch = self.worker.store().claim(request.clone()).await?;
            expired.extend(batch.expired.iter().map(|gone| (self.place(gone.id), gone.vendor.clone(), gone.dead)));
            (next, suspect_waiting) = (batch.next, batch.suspect_waiting);
            request.limit -= batch.deliveries.len();
            let is_last = batch.deliveries.is_empty() && next != Some(Duration::ZERO);
            claimed.extend(batch.deliveries);
            if request.limit == 0 || is_last {
                break;
            }
        }
        assert!(request.limit == 0 || next != Some(Duration::ZERO), "claims without an end");
        claimed.sort_by_key(|record| record.id);
        let tell = |it: &DeliveryRecord| {
            let place = self.place(it.id);
            let (lost, replay) = (it.lost_leases, it.possible_replay);
            format!("{place:?} {} {} {lost} {replay} {:?} {:?}", it.kind, it.attempt(), it.received_at, it.body)
        };
        let told: Vec<_> = claimed.iter().map(tell).collect();
        self.claimed.extend(claimed);
        // When more is due is not compared: an engine may look earlier than it must.
        Ok(format!("{told:#?}, expired: {expired:?}, suspect waiting: {suspect_waiting}"))
    }

    /// Without the times of each engine's own clock.
    fn summary(&self, summary: &DeliverySummary) -> String {
        let mut summary = summary.clone();
        let is_far = summary.due_at > SystemTime::now() + FAR / 2;
        summary.id = DeliveryId::new(self.place(summary.id).unwrap() as i64);
        summary.due_at = SystemTime::UNIX_EPOCH;
        summary.finished_at = summary.finished_at.map(|_| SystemTime::UNIX_EPOCH);
        summary.endpoint = summary.endpoint.as_deref().map(stored);
        summary.reason = summary.reason.as_deref().map(stored);
        format!("{summary:?} {:?} far: {is_far}", summary.subject.as_ref().map(|subject| subject.expose()))
    }

    fn details(&self, details: DeliveryDetails) -> String {
        let failed = details.failed_attempts.iter();
        let failed: Vec<_> = failed.map(|attempt| (attempt.number, stored(&attempt.reason))).collect();
        let conflicts = details.conflicts.iter();
        let conflicts: Vec<_> =
            conflicts.map(|other| (other.received_at, other.body.as_ref().map(|body| body.expose()))).collect();
        let body = details.body.as_ref().map(|body| body.expose());
        format!("{} {failed:?} {conflicts:?} {body:?}", self.summary(&details.summary))
    }
}

/// PostgreSQL has no NUL in a text, and stores this.
fn stored(text: &str) -> Box<str> {
    text.replace('\0', "\u{fffd}").into()
}
