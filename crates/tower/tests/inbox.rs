//! From a request to the inbox, and the responses.

#![cfg(feature = "inbox")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_core::{Secret, Unverified, Verified};
use idhooks_inbox::{
    AcceptOutcome, DeliveryDetails, DeliveryId, DeliverySummary, Erased, Error, Filter, Handlers, Inbox, Job, Page,
    Purged, Retention, State, Stats,
    store::{ClaimRequest, Claimed, Completion, DeliveryKind, DeliveryRecord, Lease, Store},
};
use idhooks_tower::{InboxService, Receiver};
use idhooks_unico as unico;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tower_service::Service as _;

const CANARY: &str = "canary-7d3f";

fn secret() -> Secret {
    Secret::new(format!("{CANARY} secret")).unwrap()
}

fn event(status: &str) -> Vec<u8> {
    let data = format!(r#"{{"profileId":"{CANARY}","status":"{status}"}}"#);
    format!(r#"{{"specversion":"1.0","type":"PROFILEUPDATEDEVENT","source":"SMARTAUTH","id":"e","data":{data}}}"#)
        .into()
}

fn signed(body: Vec<u8>) -> Request<Body> {
    Request::post("/caf")
        .header(caf::sign(&secret(), &body).0, caf::sign(&secret(), &body).1)
        .body(body.into())
        .unwrap()
}

/// A receiver with an inbox behind it.
struct Server {
    app: Router,
    inbox: Inbox,
    refused: Arc<Mutex<Vec<&'static str>>>,
    _folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        let (folder, url) = folder();
        Self::with(Inbox::open(&url).await.unwrap(), folder)
    }

    fn with(inbox: Inbox, folder: TempDir) -> Self {
        let refused = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&refused);
        let receiver =
            Receiver::new().on_rejected(move |refusal| told.lock().unwrap().push(refusal.rejection().as_str()));
        let open = unico::OpenEndpoint::new();
        let app = Router::new()
            .route_service(
                "/caf",
                InboxService::new(inbox.clone(), caf::Verifier::new(secret())).receiver(receiver.clone()),
            )
            .route_service("/unico", InboxService::new(inbox.clone(), open).receiver(receiver));
        Self { app, inbox, refused, _folder: folder }
    }

    /// The status, once it is certain that the answer tells nothing else.
    async fn send(&self, request: Request<Body>) -> StatusCode {
        let response = self.app.clone().call(request).await.unwrap();
        let (head, body) = response.into_parts();
        assert!(to_bytes(body, 1 << 20).await.unwrap().is_empty(), "bodies are empty");
        assert!(!format!("{head:?}").contains(CANARY));
        let wanted = if head.status == StatusCode::SERVICE_UNAVAILABLE { Some("10") } else { None };
        assert_eq!(retry_after(&head.headers), wanted, "{}", head.status);
        head.status
    }

    async fn kept(&self) -> Vec<DeliverySummary> {
        self.inbox.list(&Filter::new()).await.unwrap().deliveries
    }

    fn refused(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.refused.lock().unwrap())
    }
}

fn folder() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("inbox.db").display());
    (folder, url)
}

fn retry_after(headers: &HeaderMap) -> Option<&str> {
    headers.get("retry-after").map(|value| value.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_row_29_new_duplicate_and_conflict_are_answered_200() {
    let server = Server::start().await;
    for (body, conflicts) in [("APPROVED", 0), ("APPROVED", 0), ("REPROVED", 1), ("REPROVED", 1), ("APPROVED", 1)] {
        assert_eq!(server.send(signed(event(body))).await, StatusCode::OK);
        let kept = server.kept().await;
        assert_eq!((kept.len(), kept[0].conflicts), (1, conflicts));
    }
    let details = server.inbox.get(server.kept().await[0].id).await.unwrap().unwrap();
    assert_eq!(details.body.unwrap().expose()[..], event("APPROVED")[..]);
    assert!(server.refused().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn row_28_the_same_at_the_same_moment_is_answered_200_each_time() {
    let server = Arc::new(Server::start().await);
    let sends: Vec<_> = (0..16)
        .map(|_| {
            let server = Arc::clone(&server);
            tokio::spawn(async move { server.send(signed(event("APPROVED"))).await })
        })
        .collect();
    for send in sends {
        assert_eq!(send.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(server.kept().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_50_what_is_refused_is_not_kept_and_told_to_the_hook_once() {
    let server = Server::start().await;
    let name = caf::sign(&secret(), b"").0;
    let post = || Request::post("/caf");
    let forged = post().header(name, "0".repeat(64)).body(event("APPROVED").into()).unwrap();
    let unsigned = post().body(event("APPROVED").into()).unwrap();
    let malformed = post().header(name, "x").body(event("APPROVED").into()).unwrap();
    let get = Request::get("/caf").body(Body::empty()).unwrap();
    let large = signed(vec![b' '; (1 << 20) + 1]);
    let mut packed = signed(event("APPROVED"));
    packed.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    let unreadable_unverified = Request::post("/unico").body(CANARY.into()).unwrap();
    for (request, status, told) in [
        (forged, 401, "mismatch"),
        (unsigned, 401, "missing_header"),
        (malformed, 401, "malformed"),
        (get, 405, "method"),
        (large, 413, "too_large"),
        (packed, 415, "content_encoding"),
        (unreadable_unverified, 400, "undecodable"),
    ] {
        assert_eq!(server.send(request).await.as_u16(), status);
        assert_eq!(server.refused(), [told]);
    }
    assert!(server.kept().await.is_empty());
    assert_eq!(server.inbox.stats().await.unwrap().waiting(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn verified_and_not_readable_is_kept_and_answered_200() {
    let server = Server::start().await;
    for body in [&b""[..], b"\xff no JSON", br#"{"type":"PROFILEUPDATEDEVENT","id":"e","source":"SMARTAUTH"}"#] {
        assert_eq!(server.send(signed(body.to_vec())).await, StatusCode::OK);
        let newest = server.kept().await.remove(0);
        assert_eq!(newest.state, State::Ready);
        let details = server.inbox.get(newest.id).await.unwrap().unwrap();
        assert_eq!(details.body.unwrap().expose()[..], *body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unverified_deliveries_stay_unverified() {
    let server = Server::start().await;
    let body = r#"{"processId":"8263a268-5388-492a-bca2-28e1ff4a69f0","state":"PROCESS_STATE_FINISHED"}"#;
    assert_eq!(server.send(Request::post("/unico").body(body.into()).unwrap()).await, StatusCode::OK);
    let kept = server.kept().await;
    assert_eq!((&*kept[0].vendor, kept[0].verified), ("unico", false));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_store_that_fails_is_answered_503_and_never_200() {
    let (folder, url) = folder();
    let fails = Arc::new(AtomicBool::new(true));
    let failing = Failing { inner: Inbox::open(&url).await.unwrap(), fails: Arc::clone(&fails), hangs: false };
    let server = Server::with(Inbox::builder().with_store(failing), folder);
    for _ in 0..3 {
        assert_eq!(server.send(signed(event("APPROVED"))).await, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(server.refused(), ["not_stored"]);
    }
    assert!(server.kept().await.is_empty());
    fails.store(false, Ordering::SeqCst);
    assert_eq!(server.send(signed(event("APPROVED"))).await, StatusCode::OK);
    assert!(server.refused().is_empty());
    assert_eq!(server.kept().await.len(), 1);
    server.inbox.close().await;
    assert_eq!(server.send(signed(event("APPROVED"))).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_store_that_does_not_answer_is_answered_503_in_time() {
    let (folder, url) = folder();
    let failing = Failing { inner: Inbox::open(&url).await.unwrap(), fails: Arc::default(), hangs: true };
    let inbox = Inbox::builder().accept_timeout(Duration::from_millis(50)).with_store(failing);
    let server = Server::with(inbox, folder);
    let answer = tokio::time::timeout(Duration::from_secs(20), server.send(signed(event("APPROVED"))));
    assert_eq!(answer.await.expect("an answer in time"), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(server.refused(), ["not_stored"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_overload_is_shed_before_memory_grows() {
    let (folder, url) = folder();
    let failing = Failing { inner: Inbox::open(&url).await.unwrap(), fails: Arc::default(), hangs: true };
    let inbox = Inbox::builder().max_pending_bytes(4096).accept_timeout(Duration::from_secs(600)).with_store(failing);
    let server = Arc::new(Server::with(inbox, folder));
    let mut sends = JoinSet::new();
    for _ in 0..12 {
        let server = Arc::clone(&server);
        sends.spawn(async move { server.send(signed(event("APPROVED"))).await });
    }
    // Three fit into the memory, and wait for the store.
    for _ in 0..9 {
        let answer =
            tokio::time::timeout(Duration::from_secs(20), sends.join_next()).await.expect("turned away at once");
        assert_eq!(answer.unwrap().unwrap(), StatusCode::SERVICE_UNAVAILABLE);
    }
    assert!(tokio::time::timeout(Duration::from_millis(200), sends.join_next()).await.is_err());
    assert_eq!(server.refused(), ["not_stored"; 9]);

    // Their senders go away, and leave the room to others.
    sends.shutdown().await;
    let waits = tokio::time::timeout(Duration::from_millis(200), server.send(signed(event("APPROVED"))));
    assert!(waits.await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_is_told_of_the_vendors_that_an_intake_takes() {
    let server = Server::start().await;
    let run = async |handlers: Handlers| server.inbox.worker().with_graceful_shutdown(async {}).run(handlers).await;
    let error = run(Handlers::new().on(|_: Job<Verified<caf::Event>>| async {})).await.unwrap_err();
    let missing: Vec<_> = error.missing().iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["unverified deliveries of unico"]);
    let every =
        Handlers::new().on(|_: Job<Verified<caf::Event>>| async {}).on(|_: Job<Unverified<unico::Event>>| async {});
    run(every).await.unwrap();
}

#[test]
fn an_intake_is_cheap_to_share_and_shows_no_secret() {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<InboxService<capa::Verifier>>();
    let (_folder, url) = folder();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let inbox = runtime.block_on(Inbox::open(&url)).unwrap();
    let shown = format!("{:?}", InboxService::new(inbox, caf::Verifier::new(secret())));
    assert!(shown.contains("caf") && !shown.contains(CANARY), "{shown}");
}

/// Accepts nothing, or does not answer, when told so.
struct Failing {
    inner: Inbox,
    fails: Arc<AtomicBool>,
    hangs: bool,
}

#[async_trait]
impl Store for Failing {
    async fn accept(&self, record: DeliveryRecord) -> Result<AcceptOutcome, Error> {
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if self.fails.load(Ordering::SeqCst) {
            return Err(Error::unavailable(format!("{CANARY}: the disk is full")));
        }
        self.inner.store().accept(record).await
    }

    async fn claim(&self, request: ClaimRequest) -> Result<Claimed, Error> {
        self.inner.store().claim(request).await
    }

    async fn renew(&self, leases: &[Lease], time: Duration) -> Result<Vec<Lease>, Error> {
        self.inner.store().renew(leases, time).await
    }

    async fn complete(&self, completions: &[Completion]) -> Result<Vec<Lease>, Error> {
        self.inner.store().complete(completions).await
    }

    async fn changed(&self) {
        self.inner.store().changed().await;
    }

    fn poll_interval(&self) -> Duration {
        self.inner.store().poll_interval()
    }

    async fn unfinished_kinds(&self) -> Result<Vec<DeliveryKind>, Error> {
        self.inner.store().unfinished_kinds().await
    }

    async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        self.inner.store().list(filter).await
    }

    async fn get(&self, id: DeliveryId) -> Result<Option<DeliveryDetails>, Error> {
        self.inner.store().get(id).await
    }

    async fn replay(&self, id: DeliveryId) -> Result<(), Error> {
        self.inner.store().replay(id).await
    }

    async fn dead_letter(&self, id: DeliveryId, reason: &str) -> Result<(), Error> {
        self.inner.store().dead_letter(id, reason).await
    }

    async fn purge(&self, retention: &Retention) -> Result<Purged, Error> {
        self.inner.store().purge(retention).await
    }

    async fn erase(&self, vendor: &str, subject: &str) -> Result<Erased, Error> {
        self.inner.store().erase(vendor, subject).await
    }

    async fn stats(&self) -> Result<Stats, Error> {
        self.inner.store().stats().await
    }

    async fn close(&self) {
        self.inner.store().close().await;
    }
}
