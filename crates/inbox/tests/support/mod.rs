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
    Accepted, Backoff, Details, Entry, EntryId, Filter, Handlers, Inbox, RunError, Worker,
    store::{LeaseRequest, Leased, Route, Token},
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

pub(crate) fn route(vendor: &'static str, verified: bool) -> Route {
    Route { vendor: vendor.into(), verified }
}

/// Asks for everything, for long.
pub(crate) fn request() -> LeaseRequest {
    let routes = [("caf", true), ("capa", true), ("unico", true), ("unico", false), ("case-keeper", false)];
    LeaseRequest {
        worker: "a worker of the tests".into(),
        most: 100,
        time: Duration::from_secs(600),
        attempts: 25,
        routes: routes.map(|(vendor, verified)| route(vendor, verified)).into(),
        reader: 1,
    }
}

pub(crate) async fn lease(inbox: &Inbox, request: LeaseRequest) -> Vec<Leased> {
    inbox.store().lease(request).await.unwrap().leased
}

pub(crate) async fn lease_one(inbox: &Inbox) -> (EntryId, Token) {
    let leased = lease(inbox, LeaseRequest { most: 1, ..request() }).await;
    assert_eq!(leased.len(), 1);
    (leased[0].id, leased[0].token)
}

/// A lease that runs out soon, and only then is anything done with it.
pub(crate) async fn lease_briefly(inbox: &Inbox) -> Leased {
    let brief = LeaseRequest { most: 1, time: Duration::from_millis(1), ..request() };
    let leased = lease(inbox, brief).await.pop().unwrap();
    sleep(Duration::from_millis(20)).await;
    leased
}

pub(crate) fn ids(leased: &[Leased]) -> Vec<EntryId> {
    leased.iter().map(|leased| leased.id).collect()
}

pub(crate) fn is_new(accepted: Accepted) -> bool {
    matches!(accepted, Accepted::New { possible_replay: false, .. })
}

pub(crate) async fn details(inbox: &Inbox, id: EntryId) -> Details {
    inbox.get(id).await.unwrap().unwrap()
}

pub(crate) async fn all(inbox: &Inbox) -> Vec<Entry> {
    inbox.list(&Filter::new().limit(1000)).await.unwrap().entries
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
        (stats.done == number && stats.pending + stats.running == 0).then_some(())
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
    pub(crate) task: JoinHandle<Result<(), RunError>>,
}

pub(crate) fn start(worker: Worker, handlers: Handlers) -> Working {
    let (stop, stopped) = oneshot::channel();
    let worker = worker.until(async move { drop(stopped.await) });
    Working { stop, task: tokio::spawn(worker.run(handlers)) }
}

impl Working {
    pub(crate) async fn stop(self) {
        drop(self.stop);
        tokio::time::timeout(PATIENCE, self.task).await.expect("the worker stops").unwrap().unwrap();
    }
}
