//! Lookups that fail in unusual ways, and what a rejection tells.
#![cfg(feature = "tenants")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use idhooks_caf as caf;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{Credential, Secret};
use idhooks_tower::{Receiver, Tenants};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};
use std::time::Duration;

fn secret() -> Secret {
    Secret::new("the secret of all").unwrap()
}
fn post(path: &str) -> Request<Full<Bytes>> {
    let (name, value) = caf::sign(&secret(), b"{}");
    Request::post(path).header(name, value).body(Full::new(Bytes::from_static(b"{}"))).unwrap()
}

#[tokio::test]
async fn a_lookup_that_panics_is_503() {
    let tenants = Tenants::by_path("/", |key: String| async move {
        assert!(key.is_empty(), "the lookup panics");
        Ok::<Option<caf::Verifier>, ()>(None)
    });
    let sent =
        tokio::spawn(async move { Receiver::new().receive(post("/acme"), &tenants).await.unwrap_err().status() });
    assert_eq!(sent.await.unwrap().as_u16(), 503);
}

#[tokio::test]
async fn an_unknown_tenant_has_its_own_reason() {
    let tenants = Tenants::by_path("/", |_: String| async { Ok::<Option<caf::Verifier>, ()>(None) });
    let error = Receiver::new().receive(post("/nobody"), &tenants).await.unwrap_err();
    assert_ne!(error.as_str(), "mismatch");
}

#[tokio::test]
async fn a_secret_in_the_path_of_an_unknown_tenant_is_not_logged() {
    let tenants = Tenants::by_path("/hooks/", |key: String| async move {
        // The verifier that is found first looks for a header, and says nothing about the other tenants.
        let guard = Credential::in_header("x-gateway", "a secret of the test").unwrap();
        let open = case_keeper::OpenEndpoint::with_shared_secret(guard);
        Ok::<_, ()>((key == "acme").then(|| open.endpoint(&key)))
    });
    let lines = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&lines);
    let receiver = Receiver::new().on_rejected(move |refusal| list.lock().unwrap().push(refusal.to_string()));
    let body = r#"{"key":"verification.created","data":{"id":"v"}}"#;
    let request = Request::post("/hooks/typo/CANARY-right").body(Full::new(Bytes::from(body))).unwrap();
    receiver.receive(request, &tenants).await.unwrap_err();
    let known = Request::post("/hooks/acme").body(Full::new(Bytes::from(body))).unwrap();
    receiver.receive(known, &tenants).await.unwrap_err();
    let again = Request::post("/hooks/typo/CANARY-right").body(Full::new(Bytes::from(body))).unwrap();
    receiver.receive(again, &tenants).await.unwrap_err();
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 3);
    assert!(!lines.concat().contains("CANARY"), "{lines:?}");
}

#[tokio::test]
async fn a_verifier_without_an_endpoint_is_503() {
    let tenants = Tenants::by_path("/", |_: String| async { Ok::<_, ()>(Some(caf::Verifier::new(secret()))) });
    assert_eq!(Receiver::new().receive(post("/acme"), &tenants).await.unwrap_err().status().as_u16(), 503);
}

#[tokio::test]
async fn lookups_are_bounded() {
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let gauge = (Arc::clone(&running), Arc::clone(&most));
    let tenants = Tenants::by_path("/", move |_: String| {
        let (running, most) = gauge.clone();
        async move {
            most.fetch_max(running.fetch_add(1, SeqCst) + 1, SeqCst);
            tokio::time::sleep(Duration::from_millis(20)).await;
            running.fetch_sub(1, SeqCst);
            Ok::<Option<caf::Verifier>, ()>(None)
        }
    });
    let tasks: Vec<_> = (0..300)
        .map(|n| {
            let tenants = tenants.clone();
            tokio::spawn(async move { drop(Receiver::new().receive(post(&format!("/{n}")), &tenants).await) })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert!(most.load(SeqCst) <= 16, "{} lookups at the same time", most.load(SeqCst));
}
