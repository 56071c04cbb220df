//! Tokens under many callers, with time paused: nothing here waits.

#![allow(clippy::unwrap_used, reason = "test code: a panic is the finding")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use idhooks_client::{
    AccessToken, ApiClient, Auth, Bytes, Credentials, Error, Limits, Request, Response, Retry, Settings, TokenCache,
    TokenSource, Transport, TransportError, TransportErrorKind, async_trait,
    http::{self, StatusCode, header},
};
use tokio::time::sleep;

mod support;

use support::status;

const SECOND: Duration = Duration::from_secs(1);
const AGENT: &str = "idhooks-test/1";

/// Gives tokens `t1`, `t2`, … after `takes`, or the errors that were put in its way.
#[derive(Clone)]
struct Issuer {
    asked: Arc<AtomicUsize>,
    running: Arc<AtomicUsize>,
    takes: Duration,
    takes_now: Option<Arc<Mutex<Duration>>>,
    lifetime: Option<Duration>,
    failing: Arc<Mutex<usize>>,
}

impl Issuer {
    fn new(lifetime: u64) -> Self {
        Self {
            asked: Arc::default(),
            running: Arc::default(),
            takes: SECOND,
            takes_now: None,
            lifetime: Some(Duration::from_secs(lifetime)),
            failing: Arc::default(),
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn fail(&self, times: usize) {
        *self.failing.lock().unwrap() = times;
    }
}

/// Counts a running refresh, also one that is dropped half-way.
struct Running(Arc<AtomicUsize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl TokenSource for Issuer {
    async fn fetch(&self) -> Result<AccessToken, Error> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        assert_eq!(self.running.fetch_add(1, Ordering::SeqCst), 0, "one refresh at a time");
        let _running = Running(Arc::clone(&self.running));
        let now = self.takes_now.as_ref().map(|takes| *takes.lock().unwrap());
        sleep(now.unwrap_or(self.takes)).await;
        let mut failing = self.failing.lock().unwrap();
        if *failing > 0 {
            *failing -= 1;
            return Err(Error::other("the issuer is away", std::io::Error::other("away")));
        }
        AccessToken::new(&format!("t{number}"), self.lifetime)
    }
}

/// Accepts what `accepts` says; remembers the tokens it saw.
#[derive(Clone)]
struct Vendor {
    seen: Arc<Mutex<Vec<String>>>,
    refuses: Arc<Mutex<Vec<String>>>,
    /// What the next answer takes.
    slow: Arc<Mutex<Duration>>,
    status: u16,
}

impl Vendor {
    fn new() -> Self {
        Self { seen: Arc::default(), refuses: Arc::default(), slow: Arc::default(), status: 401 }
    }

    fn refuse(&self, token: &str) {
        self.refuses.lock().unwrap().push(token.to_owned());
    }

    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl Transport for Vendor {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        let value = request.headers().get(header::AUTHORIZATION).ok_or(TransportErrorKind::Interrupted)?;
        assert!(value.is_sensitive());
        let token = value.to_str().unwrap().trim_start_matches("Bearer ").to_owned();
        self.seen.lock().unwrap().push(token.clone());
        let refused = self.refuses.lock().unwrap().iter().any(|bad| *bad == token || bad == "*");
        let slow = std::mem::take(&mut *self.slow.lock().unwrap());
        sleep(slow).await;
        let mut response = http::Response::new(Bytes::from_static(b"{}"));
        if refused {
            *response.status_mut() = StatusCode::from_u16(self.status).unwrap();
        }
        Ok(response)
    }
}

fn api(issuer: &Issuer, vendor: &Vendor) -> ApiClient {
    let tokens = TokenCache::new(issuer.clone(), 60 * SECOND);
    settings(vendor).build(Auth::tokens(tokens)).unwrap()
}

fn settings(vendor: &Vendor) -> Settings {
    Settings::new("test", AGENT)
        .base_url_str("https://api.example.com")
        .transport(vendor.clone())
        .concurrency(10_000)
        .deadline(1_000 * SECOND)
        .retry(Retry::none())
}

fn many(api: &ApiClient, callers: usize) -> Vec<tokio::task::JoinHandle<Result<(), Error>>> {
    (0..callers)
        .map(|_| {
            let api = api.clone();
            tokio::spawn(async move { api.send(Request::get("/x")).await.map(drop) })
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_thousand_callers_share_one_refresh() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    for call in many(&api, 1_000) {
        call.await.unwrap().unwrap();
    }
    assert_eq!(issuer.asked(), 1);
    assert_eq!(vendor.seen(), vec!["t1"; 1_000]);
    // One more for each expiry, however many callers.
    sleep(3_601 * SECOND).await;
    for call in many(&api, 1_000) {
        call.await.unwrap().unwrap();
    }
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_is_shared_and_not_cached() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    issuer.fail(1);
    for call in many(&api, 1_000) {
        let error = call.await.unwrap().unwrap_err();
        assert!(error.is_login() && !error.may_have_taken_effect());
        assert_eq!(error.to_string(), "GET /x: login failed: the issuer is away");
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "away");
    }
    assert_eq!(issuer.asked(), 1, "those who waited share the failure");
    assert!(vendor.seen().is_empty());
    assert!(api.send(Request::get("/x")).await.is_ok(), "and it is not kept");
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_caller_does_not_cancel_the_refresh() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    let mut calls = many(&api, 100);
    sleep(SECOND / 2).await; // the first one leads the refresh
    assert_eq!(issuer.asked(), 1);
    for caller in [0, 50] {
        let gone = calls.remove(caller);
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
    }
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(issuer.asked(), 1, "the refresh goes on without them");
    assert_eq!(vendor.seen(), vec!["t1"; 98]);
}

/// Callers that are less patient than the login is slow must not end it for each other.
#[tokio::test(start_paused = true)]
async fn a_login_slower_than_any_caller_still_comes() {
    let (mut issuer, vendor) = (Issuer::new(3600), Vendor::new());
    issuer.takes = 3 * SECOND;
    let api = settings(&vendor)
        .deadline(2 * SECOND)
        .build(Auth::tokens(TokenCache::new(issuer.clone(), 60 * SECOND)))
        .unwrap();
    for call in many(&api, 1_000) {
        assert!(call.await.unwrap().unwrap_err().is_login());
    }
    assert_eq!(issuer.asked(), 1, "and a thousand that give up start no thousand logins");
    sleep(2 * SECOND).await;
    api.send(Request::get("/x")).await.unwrap();
    assert_eq!(issuer.asked(), 1);
}

/// A caller that is not polled while others wait, as in a `select!`, holds nobody up.
#[tokio::test(start_paused = true)]
async fn a_caller_that_sleeps_holds_nobody_up() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    let mut first = std::pin::pin!(api.send(Request::get("/x")));
    tokio::select! {
        _ = &mut first => panic!("the login takes a second"),
        () = sleep(SECOND / 2) => api.send(Request::get("/x")).await.map(drop).unwrap(),
    }
    first.await.unwrap();
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_hangs_costs_nobody_a_good_token() {
    let (mut issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let hanging = Arc::new(Mutex::new(SECOND));
    issuer.takes_now = Some(Arc::clone(&hanging));
    let api = api(&issuer, &vendor);
    api.send(Request::get("/x")).await.unwrap();
    *hanging.lock().unwrap() = 10_000 * SECOND;
    sleep(3_550 * SECOND).await;
    for _ in 0..40 {
        api.send(Request::get("/x")).await.unwrap();
        sleep(SECOND).await;
    }
    assert_eq!(issuer.asked(), 2, "one renewal, which hangs");
}

#[tokio::test(start_paused = true)]
async fn row_44_a_token_rejected_during_renewal_stays_rejected() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    api.send(Request::get("/x")).await.unwrap();
    sleep(3_550 * SECOND).await;
    issuer.fail(1);
    let renews = many(&api, 1).remove(0); // starts a renewal that is going to fail
    sleep(SECOND / 10).await;
    vendor.refuse("t1");
    let refused = api.send(Request::get("/x")).await;
    assert!(refused.is_err(), "it waited for the renewal that failed");
    renews.await.unwrap().unwrap();
    api.send(Request::get("/x")).await.unwrap();
    assert_eq!(vendor.seen(), ["t1", "t1", "t1", "t3"], "t1 is not tried again");
}

#[tokio::test(start_paused = true)]
async fn tokens_are_renewed_before_they_expire_by_one_caller() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    api.send(Request::get("/x")).await.unwrap();
    sleep(3_530 * SECOND).await; // inside the last minute before t1 is over
    api.send(Request::get("/x")).await.unwrap();
    assert_eq!(vendor.seen(), ["t1", "t1"], "not yet");
    sleep(20 * SECOND).await;
    let calls = many(&api, 100);
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(issuer.asked(), 2);
    let seen = vendor.seen();
    assert_eq!(seen, vec!["t1"; 102], "nobody waited");
    sleep(2 * SECOND).await;
    api.send(Request::get("/x")).await.unwrap();
    assert_eq!(vendor.seen().last().map(String::as_str), Some("t2"));
}

#[tokio::test(start_paused = true)]
async fn a_failed_early_renewal_costs_nobody_the_call() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    api.send(Request::get("/x")).await.unwrap();
    sleep(3_550 * SECOND).await;
    issuer.fail(1);
    for _ in 0..20 {
        api.send(Request::get("/x")).await.unwrap();
        sleep(SECOND).await;
    }
    assert_eq!(issuer.asked(), 2, "and it is not tried again at once");
    sleep(12 * SECOND).await;
    api.send(Request::get("/x")).await.unwrap();
    sleep(2 * SECOND).await;
    assert_eq!(issuer.asked(), 3);
    api.send(Request::get("/x")).await.unwrap();
    assert_eq!(vendor.seen().last().map(String::as_str), Some("t3"));
}

#[tokio::test(start_paused = true)]
async fn row_44_a_rejected_token_is_replaced_once() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    vendor.refuse("t1");
    for call in many(&api, 1_000) {
        call.await.unwrap().unwrap();
    }
    assert_eq!(issuer.asked(), 2, "a thousand refusals of one token are one refresh");

    sleep(10 * SECOND).await;
    vendor.refuse("*");
    let error = api.send(Request::get("/x")).await.unwrap_err();
    assert!(error.is_auth() && error.status() == Some(StatusCode::UNAUTHORIZED));
    assert_eq!(issuer.asked(), 3, "again: give up");
    for _ in 0..50 {
        assert!(api.send(Request::get("/x")).await.unwrap_err().is_auth());
    }
    assert_eq!(issuer.asked(), 3, "a credential that is refused for good is no login for every call");
}

#[tokio::test(start_paused = true)]
async fn row_44_a_late_rejection_keeps_the_new_token() {
    let (issuer, vendor) = (Issuer::new(3600), Vendor::new());
    let api = api(&issuer, &vendor);
    vendor.refuse("t1");
    *vendor.slow.lock().unwrap() = 20 * SECOND;
    let late = many(&api, 1).remove(0);
    sleep(5 * SECOND).await;
    api.send(Request::get("/x")).await.unwrap();
    assert_eq!(vendor.seen(), ["t1", "t1", "t2"], "the second caller has replaced t1");
    late.await.unwrap().unwrap();
    assert_eq!(vendor.seen(), ["t1", "t1", "t2", "t2"]);
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn row_44_the_vendor_decides_what_means_expired() {
    let (issuer, mut vendor) = (Issuer::new(3600), Vendor::new());
    vendor.status = 403;
    vendor.refuse("t1");
    let error = api(&issuer, &vendor).send(Request::get("/x")).await.unwrap_err();
    assert!(error.is_auth());
    assert_eq!(issuer.asked(), 1, "a 403 is a denial");

    // Unless the token is about to end anyway.
    let tokens = TokenCache::new(issuer.clone(), 60 * SECOND);
    let near_its_end = |error: &Error, age: idhooks_client::TokenAge| {
        error.status() == Some(StatusCode::FORBIDDEN) && age.left < 120 * SECOND
    };
    let api = settings(&vendor).token_rejected(near_its_end).build(Auth::tokens(tokens)).unwrap();
    api.send(Request::get("/x")).await.unwrap();
    assert_eq!(issuer.asked(), 2);
    vendor.refuse("t2");
    assert!(api.send(Request::get("/x")).await.is_err());
    assert_eq!(issuer.asked(), 2);
    sleep(3_500 * SECOND).await;
    api.send(Request::get("/x")).await.unwrap();
    assert_eq!(issuer.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_login_that_hangs_ends_with_the_call() {
    let (mut issuer, vendor) = (Issuer::new(3600), Vendor::new());
    issuer.takes = 10_000 * SECOND;
    let tokens = TokenCache::new(issuer.clone(), 60 * SECOND);
    let api = settings(&vendor).deadline(2 * SECOND).build(Auth::tokens(tokens)).unwrap();
    for call in many(&api, 10) {
        let error = call.await.unwrap().unwrap_err();
        assert!(error.is_timeout() && error.is_login() && !error.may_have_taken_effect());
    }
    assert_eq!(issuer.asked(), 1);
    // And the refresh itself is given up after two minutes.
    sleep(125 * SECOND).await;
    assert!(api.send(Request::get("/x")).await.is_err());
    assert_eq!(issuer.asked(), 2);
}

/// A token that is over when it comes is good for those who waited for it.
#[tokio::test(start_paused = true)]
async fn a_token_without_a_life_serves_those_who_waited() {
    let (issuer, vendor) = (Issuer::new(0), Vendor::new());
    let api = api(&issuer, &vendor);
    for call in many(&api, 100) {
        call.await.unwrap().unwrap();
    }
    assert_eq!(issuer.asked(), 1);
}

/// The refresh of a runtime that ends is started again by whoever waits elsewhere.
#[test]
fn a_runtime_that_ends_takes_no_other_down() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut issuer, vendor) = (Issuer::new(3600), Vendor::new());
    issuer.takes = Duration::from_millis(50);
    let api = api(&issuer, &vendor);
    let first = runtime();
    first.block_on(async {
        let call = many(&api, 1);
        sleep(Duration::from_millis(10)).await;
        drop(call);
    });
    assert_eq!(issuer.asked(), 1);
    let (second, clone) = (runtime(), api.clone());
    let waits = std::thread::spawn(move || second.block_on(clone.send(Request::get("/x"))).map(drop));
    std::thread::sleep(Duration::from_millis(100));
    drop(first);
    waits.join().unwrap().unwrap();
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn survives_odd_lifetimes() {
    for (lifetime, after, asked) in [
        (Some(Duration::ZERO), Duration::ZERO, 2),
        (Some(Duration::MAX), 1_000_000 * SECOND, 1),
        (None, 100 * SECOND, 1),
        (None, 301 * SECOND, 2),
        (Some(10 * SECOND), 4 * SECOND, 1),
        (Some(10 * SECOND), 6 * SECOND, 2),
    ] {
        let (mut issuer, vendor) = (Issuer::new(0), Vendor::new());
        (issuer.lifetime, issuer.takes) = (lifetime, Duration::ZERO);
        let api = api(&issuer, &vendor);
        api.send(Request::get("/x")).await.unwrap();
        sleep(after).await;
        api.send(Request::get("/x")).await.unwrap();
        sleep(Duration::from_millis(1)).await; // an early renewal is nobody's to wait for
        assert_eq!(issuer.asked(), asked, "{lifetime:?} {after:?}");
    }
}

/// Answers as a token endpoint.
struct Endpoint(&'static str, u16, Arc<Mutex<Vec<(String, String)>>>);

#[async_trait]
impl Transport for Endpoint {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        let form = String::from_utf8(request.body().to_vec()).unwrap();
        self.2.lock().unwrap().push((request.uri().to_string(), form));
        let mut response = http::Response::new(Bytes::from_static(self.0.as_bytes()));
        *response.status_mut() = StatusCode::from_u16(self.1).unwrap();
        Ok(response)
    }
}

/// Logs in at an endpoint that answers so, and makes a call.
async fn login(answer: &'static str, status: u16) -> (Result<(), Error>, Vec<(String, String)>) {
    let asked = Arc::default();
    let api = |host: &str| {
        Settings::new("test", AGENT)
            .base_url_str(host)
            .transport(Endpoint(answer, status, Arc::clone(&asked)))
            .retry(Retry::none())
    };
    let issuer = api("https://id.example.com").build(Auth::none()).unwrap();
    let tokens =
        TokenCache::client_credentials(issuer, "/oauth2/token", &Credentials::new("id-1", "CANARY&1")).unwrap();
    assert!(!format!("{tokens:?}").contains("CANARY"));
    let called = api("https://api.example.com").build(Auth::tokens(tokens)).unwrap().send(Request::get("/x")).await;
    let asked = asked.lock().unwrap().clone();
    (called.map(drop), asked)
}

/// Reads the response of a token endpoint.
fn read(answer: &'static str) -> Result<AccessToken, Error> {
    AccessToken::read(&Response::from(http::Response::new(Bytes::from_static(answer.as_bytes()))))
}

#[tokio::test]
async fn client_credentials_send_a_form_and_read_the_response() {
    let answer = r#"{"access_token":"CANARY","token_type":"Bearer","expires_in":3600}"#;
    assert_eq!(format!("{:?}", read(answer).unwrap()), "AccessToken { lifetime: 3600s, .. }");
    let (called, asked) = login(answer, 200).await;
    called.unwrap();
    let form = "grant_type=client_credentials&client_id=id-1&client_secret=CANARY%261";
    let wanted = [("https://id.example.com/oauth2/token", form), ("https://api.example.com/x", "")];
    assert_eq!(asked, wanted.map(|(url, form)| (url.to_owned(), form.to_owned())));

    for (answer, lifetime) in [
        (r#"{"access_token":"t","expires_in":"60"}"#, "60s"),
        (r#"{"access_token":"t","expires_in":59.5}"#, "59.5s"),
        (r#"{"access_token":"t"}"#, "300s"),
        (r#"{"access_token":"t","expires_in":null}"#, "300s"),
        (r#"{"access_token":"t","expires_in":[]}"#, "300s"),
        (r#"{"access_token":"t","expires_in":-5}"#, "0ns"),
        (r#"{"access_token":"t","expires_in":1e300}"#, "2592000s"),
    ] {
        assert_eq!(
            format!("{:?}", read(answer).unwrap()),
            format!("AccessToken {{ lifetime: {lifetime}, .. }}"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn row_44_a_rejected_login_is_an_auth_error() {
    let refused = r#"{"error":"invalid_client","error_description":"CANARY is not known"}"#;
    for wanted in [400, 401, 403] {
        let (called, _) = login(refused, wanted).await;
        let error = called.unwrap_err();
        assert!(error.is_auth() && error.is_login());
        assert_eq!((status(&error), error.code()), (Some(wanted), Some("invalid_client")));
        assert!(!format!("{error:?} {error}").contains("CANARY"));
    }
    for answer in ["{}", r#"{"access_token":""}"#, r#"{"access_token":"a\nb"}"#, "<html>", ""] {
        let (called, _) = login(answer, 200).await;
        assert!(called.unwrap_err().is_login(), "{answer}");
        let error = read(answer).unwrap_err();
        assert_eq!(status(&error), Some(200), "{answer}");
        assert!(error.may_have_taken_effect(), "a token may have been made");
        assert!(!format!("{error:?}").contains("a\nb"));
    }
}

#[test]
fn row_49_credentials_hide_the_secret_and_report_bad_ones_when_built() {
    let shown = format!("{:?}", Credentials::new("id-1", "CANARY"));
    assert!(shown.contains("id-1") && !shown.contains("CANARY"), "{shown}");
    let build = |id: &str, secret: &str| {
        let api = settings(&Vendor::new()).build(Auth::none()).unwrap();
        TokenCache::client_credentials(api, "/token", &Credentials::new(id, secret))
            .map(drop)
            .map_err(|error| error.to_string())
    };
    assert_eq!(build("id-1", "s"), Ok(()));
    assert_eq!(build("", "s"), Err("the client id is empty".to_owned()));
    assert_eq!(build("id-1", "CANARY\n"), Err("the client secret has leading or trailing whitespace".to_owned()));
}
