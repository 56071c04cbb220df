//! One route for many tenants.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{
    io,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use idhooks_caf as caf;
use idhooks_core::{Secret, Verified, VerifyError};
use idhooks_tower::{Receiver, Rejection, Tenants};
use tokio::time::sleep;

fn secret(tenant: &str) -> Secret {
    Secret::new(format!("the secret of {tenant}")).unwrap()
}

/// A database of tenants that counts its queries.
#[derive(Clone, Default)]
struct Database {
    queries: Arc<AtomicUsize>,
    is_down: Arc<AtomicBool>,
}

impl Database {
    async fn verifier(self, tenant: String) -> Result<Option<caf::Verifier>, io::Error> {
        self.queries.fetch_add(1, Ordering::SeqCst);
        sleep(Duration::from_millis(20)).await;
        if self.is_down.load(Ordering::SeqCst) {
            return Err(io::Error::other("CANARY: the database is down"));
        }
        let is_known = ["acme", "globex"].contains(&&*tenant);
        Ok(is_known.then(|| caf::Verifier::new(secret(&tenant)).endpoint(&tenant)))
    }

    fn queries(&self) -> usize {
        self.queries.load(Ordering::SeqCst)
    }

    fn by_path(&self) -> Tenants<caf::Verifier> {
        let database = self.clone();
        Tenants::by_path("/hooks/caf/", move |tenant| database.clone().verifier(tenant))
    }
}

async fn send(
    tenants: &Tenants<caf::Verifier>,
    path: &str,
    host: &str,
    signer: &str,
) -> Result<Verified<caf::Event>, Rejection> {
    let (name, value) = caf::sign(&secret(signer), b"{}");
    let request = Request::post(path).header("host", host).header(name, value);
    Receiver::new().receive(request.body(Full::new(Bytes::from_static(b"{}"))).unwrap(), tenants).await
}

#[tokio::test]
async fn each_tenant_has_its_own_secret_and_endpoint() {
    let database = Database::default();
    let tenants = database.by_path();
    for tenant in ["acme", "globex"] {
        let delivery = send(&tenants, &format!("/hooks/caf/{tenant}"), "x", tenant).await.unwrap();
        assert_eq!(delivery.endpoint(), Some(tenant));
    }
    let wrong = Err(Rejection::VerifyError(VerifyError::Mismatch));
    let unit = |received: Result<Verified<caf::Event>, _>| received.map(drop);
    assert_eq!(unit(send(&tenants, "/hooks/caf/acme", "x", "globex").await), wrong, "another tenant's secret");
    for path in ["/hooks/caf/initech", "/hooks/caf/", "/hooks/caf", "/", &format!("/hooks/caf/{}", "a".repeat(5000))] {
        let unknown = send(&tenants, path, "x", "acme").await.unwrap_err();
        assert_eq!(unknown.as_str(), "unknown_tenant", "{path}");
        assert_eq!(unknown.status(), 401, "as a wrong signature: {path}");
    }
    assert_eq!(database.queries(), 3, "found and unknown tenants are cached, impossible keys not looked up");
}

#[tokio::test]
async fn requests_that_arrive_together_share_one_lookup() {
    let database = Database::default();
    let tenants = database.by_path();
    let sends = (0..50).map(|_| {
        let tenants = tenants.clone();
        tokio::spawn(async move { send(&tenants, "/hooks/caf/acme", "x", "acme").await.is_ok() })
    });
    for sent in sends.collect::<Vec<_>>() {
        assert!(sent.await.unwrap());
    }
    assert_eq!(database.queries(), 1);
}

#[tokio::test]
async fn results_expire_and_can_be_forgotten() {
    let database = Database::default();
    let tenants = database.by_path().ttl(Duration::from_millis(100)).capacity(4);
    let ask = async || send(&tenants, "/hooks/caf/acme", "x", "acme").await.unwrap();
    ask().await;
    ask().await;
    assert_eq!(database.queries(), 1);
    sleep(Duration::from_millis(120)).await;
    ask().await;
    assert_eq!(database.queries(), 2);
    tenants.forget("acme");
    ask().await;
    assert_eq!(database.queries(), 3);
}

#[tokio::test]
async fn a_lookup_that_fails_is_503_and_not_cached() {
    let database = Database::default();
    let tenants = database.by_path();
    database.is_down.store(true, Ordering::SeqCst);
    let rejection = send(&tenants, "/hooks/caf/acme", "x", "acme").await.unwrap_err();
    assert_eq!(rejection.status(), 503);
    database.is_down.store(false, Ordering::SeqCst);
    send(&tenants, "/hooks/caf/acme", "x", "acme").await.unwrap();
}

#[tokio::test]
async fn a_tenant_is_found_by_its_host() {
    let database = Database::default();
    let tenants = Tenants::by_host(move |host: String| {
        database.clone().verifier(host.strip_suffix(".hooks.example.com").unwrap_or_default().to_owned())
    });
    send(&tenants, "/", "ACME.hooks.example.com:8443", "acme").await.unwrap();
    send(&tenants, "/", "globex.hooks.example.com", "globex").await.unwrap();
    assert!(send(&tenants, "/", "hooks.example.com", "acme").await.is_err());
}

#[tokio::test]
async fn a_rejection_names_known_tenants_only() {
    let names = Arc::new(Mutex::new(Vec::new()));
    let list = Arc::clone(&names);
    let receiver =
        Receiver::new().on_rejected(move |refusal| list.lock().unwrap().push(refusal.endpoint().map(str::to_owned)));
    let tenants = Database::default().by_path();
    for path in ["/hooks/caf/acme", "/hooks/caf/made-up-by-a-stranger"] {
        let request = Request::post(path).body(Full::new(Bytes::new())).unwrap();
        receiver.receive(request, &tenants).await.unwrap_err();
    }
    assert_eq!(*names.lock().unwrap(), [Some("acme".to_owned()), None]);
}
