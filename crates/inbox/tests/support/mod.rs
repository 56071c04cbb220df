//! Deliveries, stores and workers for all tests.

#![allow(dead_code, reason = "each test program uses a part of it")]

#[cfg(feature = "postgres")]
pub(crate) mod cluster;
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
    future::Future,
    time::{Duration, Instant},
};

use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{Secret, Unverified, Verified};
use idhooks_inbox::{
    AcceptOutcome, Backoff, DeliveryDetails, DeliveryId, DeliveryKind, DeliverySummary, Filter, Handlers, Inbox,
    InvalidHandlers, Outcome, State, Worker,
    store::{ClaimRequest, Completion, DeliveryRecord, KindRequest},
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

/// A body of Unico, whose events are identified by process and state.
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

/// Requests these kinds, for a worker that runs none of them.
pub(crate) fn kinds(kinds: &[(&'static str, bool)], decoder_version: i64) -> Vec<KindRequest> {
    let kinds = kinds.iter().map(|(vendor, verified)| kind(vendor, *verified));
    kinds.map(|kind| KindRequest { kind, decoder_version, running: 0 }).collect()
}

/// Asks for every kind, with long leases and without a delay after an expired one.
pub(crate) fn request() -> ClaimRequest {
    request_with_decoder(1)
}

pub(crate) fn request_with_decoder(version: i64) -> ClaimRequest {
    let all = [("caf", true), ("capa", true), ("unico", true), ("unico", false), ("case-keeper", false)];
    ClaimRequest {
        worker: "a worker of the tests".into(),
        limit: 100,
        lease: Duration::from_secs(600),
        kinds: kinds(&all, version),
        max_lost_leases: 25,
        backoff: Backoff::NONE,
        idle: true,
    }
}

/// Claims until there is nothing more to claim now, or the limit is reached.
pub(crate) async fn claim(inbox: &Inbox, request: ClaimRequest) -> Vec<DeliveryRecord> {
    let mut claimed = Vec::new();
    loop {
        let limit = request.limit - claimed.len();
        let batch = inbox.store().claim(ClaimRequest { limit, ..request.clone() }).await.unwrap();
        let more = batch.next == Some(Duration::ZERO) || !batch.deliveries.is_empty();
        claimed.extend(batch.deliveries);
        if !more || claimed.len() >= request.limit {
            return claimed;
        }
    }
}

pub(crate) async fn claim_one(inbox: &Inbox) -> DeliveryRecord {
    let mut claimed = claim(inbox, ClaimRequest { limit: 1, ..request() }).await;
    assert_eq!(claimed.len(), 1);
    claimed.remove(0)
}

/// Claims one delivery, and returns when its lease has expired.
pub(crate) async fn claim_briefly(inbox: &Inbox) -> DeliveryRecord {
    let brief = ClaimRequest { limit: 1, lease: Duration::from_millis(1), ..request() };
    let claimed = claim(inbox, brief).await.pop().unwrap();
    sleep(Duration::from_millis(20)).await;
    claimed
}

pub(crate) fn completion(record: &DeliveryRecord, outcome: Outcome) -> Completion {
    let (lease, attempt) = (record.lease().unwrap(), record.attempt());
    Completion { lease, subject_key: record.subject_key, attempt, outcome }
}

/// Returns whether the outcome was written.
pub(crate) async fn complete(inbox: &Inbox, record: &DeliveryRecord, outcome: Outcome) -> bool {
    inbox.store().complete(&[completion(record, outcome)]).await.unwrap().is_empty()
}

/// Claims the next delivery and completes it.
pub(crate) async fn complete_next(inbox: &Inbox, outcome: Outcome) -> DeliveryId {
    let record = claim_one(inbox).await;
    assert!(complete(inbox, &record, outcome).await);
    record.id
}

pub(crate) fn ids(records: &[DeliveryRecord]) -> Vec<DeliveryId> {
    records.iter().map(|record| record.id).collect()
}

pub(crate) fn is_new(accepted: AcceptOutcome) -> bool {
    matches!(accepted, AcceptOutcome::New { possible_replay: false, .. })
}

pub(crate) async fn details(inbox: &Inbox, id: DeliveryId) -> DeliveryDetails {
    inbox.get(id).await.unwrap().unwrap()
}

pub(crate) async fn summary(inbox: &Inbox, id: DeliveryId) -> DeliverySummary {
    details(inbox, id).await.summary
}

/// Lists everything that the filter selects, page by page.
pub(crate) async fn list(inbox: &Inbox, filter: &Filter) -> Vec<DeliverySummary> {
    let (mut deliveries, mut filter) = (Vec::new(), filter.clone().limit(1000));
    loop {
        let page = inbox.list(&filter).await.unwrap();
        deliveries.extend(page.deliveries);
        let Some(last) = page.next else { return deliveries };
        filter = filter.before(last);
    }
}

pub(crate) async fn all(inbox: &Inbox) -> Vec<DeliverySummary> {
    list(inbox, &Filter::new()).await
}

/// Counts deliveries that were handled, which `stats` does not.
pub(crate) async fn count_done(inbox: &Inbox) -> u64 {
    list(inbox, &Filter::new().state(State::Done)).await.len() as u64
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
    inbox.worker().backoff(Backoff::new(Duration::from_millis(1), Duration::from_millis(5)).unwrap())
}

/// A worker at work.
pub(crate) struct Working {
    stop: oneshot::Sender<()>,
    pub(crate) task: JoinHandle<Result<(), InvalidHandlers>>,
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
