//! What the tests share: deliveries, stores to put them into, and workers to take them out.

#![allow(dead_code, reason = "each test program uses a part of it")]

#[cfg(feature = "metrics")]
pub(crate) mod counters;
pub(crate) mod engine;
pub(crate) mod faulty;
pub(crate) mod handling;
#[cfg(feature = "postgres")]
pub(crate) mod link;
#[cfg(feature = "postgres")]
pub(crate) mod pgbouncer;
#[cfg(feature = "postgres")]
pub(crate) mod postgres;

use std::{
    collections::BTreeMap,
    future::Future,
    sync::Mutex,
    time::{Duration, Instant},
};

use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{Secret, Unverified, Verified};
use idhooks_inbox::{
    AcceptOutcome, Backoff, DeliveryDetails, DeliveryId, DeliverySummary, FencingToken, Filter, Handlers, Inbox,
    MissingHandler, Outcome, State, Worker,
    store::{ClaimRequest, Completion, DeliveryKind, DeliveryRecord, KindRequest, Lease},
};
use idhooks_unico as unico;
use serde_json::Value;
use tokio::{sync::oneshot, task::JoinHandle, time::sleep};

/// Long enough for a machine that has other things to do.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn secret() -> Secret {
    Secret::new("the secret of the tests").unwrap()
}

fn fixture(vendor: &str, name: &str, changes: &[(&str, &str)]) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(idhooks_fixtures::find(vendor, name).unwrap().body).unwrap();
    for (place, text) in changes {
        *body.pointer_mut(place).unwrap() = Value::from(*text);
    }
    body.to_string().into_bytes()
}

/// A body of Caf, whose events have ids that are unique forever.
pub(crate) fn caf_body(id: &str, profile: &str) -> Vec<u8> {
    fixture("caf", "profile-updated", &[("/id", id), ("/data/profileId", profile)])
}

/// The same event with another body.
pub(crate) fn caf_body_of(id: &str, profile: &str, status: &str) -> Vec<u8> {
    fixture("caf", "profile-updated", &[("/id", id), ("/data/profileId", profile), ("/data/status", status)])
}

pub(crate) fn signed_caf(body: Vec<u8>) -> Verified<caf::Event> {
    caf::Verifier::new(secret()).verify(&[caf::sign(&secret(), &body)], body).unwrap()
}

pub(crate) fn caf(id: &str, profile: &str) -> Verified<caf::Event> {
    signed_caf(caf_body(id, profile))
}

/// A body of Capa, whose events have no ids.
pub(crate) fn capa_body(user: &str) -> Vec<u8> {
    fixture("capa", "kyc-verified", &[("/externalUserId", user)])
}

pub(crate) fn signed_capa(body: impl Into<Vec<u8>>) -> Verified<capa::Event> {
    let body = body.into();
    capa::Verifier::new(secret()).verify(&[capa::sign(&secret(), &body)], body).unwrap()
}

pub(crate) fn capa(user: &str) -> Verified<capa::Event> {
    signed_capa(capa_body(user))
}

/// A body of Unico, whose events are told apart by process and state.
pub(crate) fn unico_body(process: &str, state: &str) -> Vec<u8> {
    fixture("unico", "finished-expired", &[("/processId", process), ("/state", state)])
}

pub(crate) fn unico(body: Vec<u8>) -> Verified<unico::Event> {
    let verifier = unico::Verifier::api_key("X-API-Key:the-key-of-the-tests").unwrap();
    verifier.verify(&[("x-api-key", "the-key-of-the-tests")], body).unwrap()
}

pub(crate) fn unverified_unico(body: Vec<u8>) -> Unverified<unico::Event> {
    unico::OpenEndpoint::new().verify(&[] as &[(&str, &str)], body).unwrap()
}

pub(crate) fn case_keeper(verification: &str) -> Unverified<case_keeper::Event> {
    let body = fixture("case-keeper", "verification-updated", &[("/data/id", verification)]);
    case_keeper::OpenEndpoint::new().verify(&[] as &[(&str, &str)], body).unwrap()
}

pub(crate) fn kind(vendor: &'static str, verified: bool) -> DeliveryKind {
    DeliveryKind { vendor: vendor.into(), verified }
}

/// The kinds that `request` asks for.
pub(crate) const KINDS: [(&str, bool); 5] =
    [("caf", true), ("capa", true), ("unico", true), ("unico", false), ("case-keeper", false)];

pub(crate) fn kinds(kinds: &[(&'static str, bool)], decoder_version: i64) -> Vec<KindRequest> {
    let request = |(vendor, verified): &(&'static str, bool)| KindRequest {
        kind: kind(vendor, *verified),
        decoder_version,
        running: 0,
    };
    kinds.iter().map(request).collect()
}

/// Asks for every kind, for long, with a decoder of that version. Expired leases are retried at once.
pub(crate) fn request_of(decoder_version: i64) -> ClaimRequest {
    ClaimRequest {
        worker: "a worker of the tests".into(),
        limit: 100,
        lease: Duration::from_secs(600),
        kinds: kinds(&KINDS, decoder_version),
        max_lost_leases: 25,
        backoff: Backoff::new(Duration::ZERO, Duration::ZERO),
        idle: true,
    }
}

pub(crate) fn request() -> ClaimRequest {
    request_of(1)
}

/// A claimed delivery.
#[derive(Clone, Debug)]
pub(crate) struct Leased {
    pub(crate) id: DeliveryId,
    pub(crate) token: FencingToken,
    pub(crate) attempt: u32,
    pub(crate) record: DeliveryRecord,
}

impl From<DeliveryRecord> for Leased {
    fn from(record: DeliveryRecord) -> Self {
        let token = record.token.unwrap();
        SUBJECT_KEYS.lock().unwrap().insert((record.id, token), record.subject_key);
        Self { id: record.id, token, attempt: record.attempt(), record }
    }
}

/// The subject keys of all leases, so that a test can complete one with its two numbers.
static SUBJECT_KEYS: Mutex<BTreeMap<(DeliveryId, FencingToken), Option<i64>>> = Mutex::new(BTreeMap::new());

/// Claims until there is nothing more to claim now, or the limit is reached.
pub(crate) async fn lease(inbox: &Inbox, request: ClaimRequest) -> Vec<Leased> {
    let mut leased: Vec<Leased> = Vec::new();
    loop {
        let limit = request.limit - leased.len();
        let claimed = inbox.store().claim(ClaimRequest { limit, ..request.clone() }).await.unwrap();
        let more = claimed.next == Some(Duration::ZERO) || !claimed.deliveries.is_empty();
        leased.extend(claimed.deliveries.into_iter().map(Leased::from));
        if !more || leased.len() >= request.limit {
            return leased;
        }
    }
}

pub(crate) async fn lease_one(inbox: &Inbox) -> (DeliveryId, FencingToken) {
    let leased = lease(inbox, ClaimRequest { limit: 1, ..request() }).await;
    assert_eq!(leased.len(), 1);
    (leased[0].id, leased[0].token)
}

/// A lease that has expired, and nothing has been done about it yet.
pub(crate) async fn lease_briefly(inbox: &Inbox) -> Leased {
    let brief = ClaimRequest { limit: 1, lease: Duration::from_millis(1), ..request() };
    let leased = lease(inbox, brief).await.pop().unwrap();
    sleep(Duration::from_millis(20)).await;
    leased
}

/// Writes the outcome of an attempt; `false` if the lease was lost.
pub(crate) async fn finish(inbox: &Inbox, id: DeliveryId, token: FencingToken, outcome: Outcome) -> bool {
    let summary = inbox.get(id).await.unwrap().map(|details| details.summary);
    let attempt = summary.map_or(1, |summary| summary.attempts + summary.lost_leases + 1);
    let lease = Lease { id, token };
    let subject_key = SUBJECT_KEYS.lock().unwrap().get(&(id, token)).copied().flatten();
    let completion = Completion { lease, subject_key, attempt, outcome };
    inbox.store().complete(&[completion]).await.unwrap().is_empty()
}

pub(crate) fn ids(leased: &[Leased]) -> Vec<DeliveryId> {
    leased.iter().map(|leased| leased.id).collect()
}

pub(crate) fn is_new(accepted: AcceptOutcome) -> bool {
    matches!(accepted, AcceptOutcome::New { possible_replay: false, .. })
}

pub(crate) async fn details(inbox: &Inbox, id: DeliveryId) -> DeliveryDetails {
    inbox.get(id).await.unwrap().unwrap()
}

pub(crate) async fn all(inbox: &Inbox) -> Vec<DeliverySummary> {
    inbox.list(&Filter::new().limit(1000)).await.unwrap().deliveries
}

/// Asks until there is an answer.
pub(crate) async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{what}: not in time");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Counts deliveries that were handled.
pub(crate) async fn count_done(inbox: &Inbox) -> u64 {
    let mut filter = Filter::new().state(State::Done).limit(1000);
    let mut count = 0;
    loop {
        let page = inbox.list(&filter).await.unwrap();
        count += page.deliveries.len() as u64;
        let Some(last) = page.next else { return count };
        filter = filter.before(last);
    }
}

/// Waits until so many are done and nothing else is left to do.
pub(crate) async fn all_done(inbox: &Inbox, number: u64) {
    eventually("all are done", || async {
        let stats = inbox.stats().await.unwrap();
        (stats.waiting() + stats.running == 0 && count_done(inbox).await == number).then_some(())
    })
    .await;
}

/// A worker that does not wait long between attempts.
pub(crate) fn eager(inbox: &Inbox) -> Worker {
    inbox.worker().backoff(Backoff::new(Duration::from_millis(1), Duration::from_millis(5)))
}

/// A worker at work.
pub(crate) struct Working {
    stop: oneshot::Sender<()>,
    pub(crate) task: JoinHandle<Result<(), MissingHandler>>,
}

pub(crate) fn start(worker: Worker, handlers: Handlers) -> Working {
    let (stop, stopped) = oneshot::channel();
    let worker = worker.with_graceful_shutdown(async move { drop(stopped.await) });
    Working { stop, task: tokio::spawn(worker.run(handlers)) }
}

impl Working {
    pub(crate) async fn stop(self) {
        drop(self.stop);
        tokio::time::timeout(PATIENCE, self.task).await.expect("the worker stops").unwrap().unwrap();
    }
}
