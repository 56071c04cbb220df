//! Tokens: what is signed and sent, when a token is renewed, and what happens when there is none to be had.
#![cfg(feature = "client-rustls")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use idhooks_fixtures::{
    rest::sample,
    server::{
        Received, Reply, Server,
        unico::{API_FINISHED, FINISHED},
    },
};
use idhooks_unico::{
    Account, ApiClient, Environment, Sign, SignError, TokenErrorCode, WebClient,
    http_client::{Bytes, Limits, Transport, TransportError, async_trait, http},
};
use support::{API_KEY, ISSUER, TOKEN, account, api, api_of, double, double_but, id, vendor, web, web_of};
use tokio::time::{advance, pause, resume, sleep};

const READ: &str = "GET /client/v1/process/53060f52-f146-4c12-a234-5bb5031f6f5b";

fn sample_reply(status: u16, name: &str) -> Reply {
    Reply::sample(status, sample("unico", name))
}

fn refusal(code: &str) -> Reply {
    let body = format!(r#"{{"error":"server_error","error_description":"Falha na autenticação {code}"}}"#);
    Reply::json(401, body)
}

fn assertions(server: &Server) -> Vec<String> {
    let tokens = server.received().into_iter().filter(|request| request.line() == TOKEN);
    tokens.map(|request| request.form().remove("assertion").expect("an assertion")).collect()
}

/// The tokens' clock goes on; the server's and the assertions' do not.
async fn later(seconds: u64) {
    pause();
    advance(Duration::from_secs(seconds)).await;
    resume();
}

/// The double checks signature, header and claims; here is what it cannot see.
#[tokio::test]
async fn an_assertion_is_sent_as_documented() {
    let server = double().await;
    web(&server).get_process(&id(FINISHED)).await.expect("an answer");
    let request = server.received().remove(0);
    assert_eq!((request.line().as_str(), request.query.as_str()), (TOKEN, ""));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!((request.header("authorization"), request.header("apikey")), (None, None));
    let form = request.form();
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert_eq!(form.len(), 2);
    let assertion = &form["assertion"];
    assert_eq!(assertion.split('.').count(), 3);
    assert!(assertion.starts_with("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9."));
    assert!(!assertion.contains('='));
}

/// The path of a token host that has one is not part of the audience.
#[tokio::test]
async fn the_audience_is_the_origin_alone() {
    let vendor = vendor();
    let strip = move |request: &Received| {
        let mut request = request.clone();
        request.path = request.path.strip_prefix("/gateway/unico").unwrap_or(&request.path).to_owned();
        vendor.answer(&request)
    };
    let server = Server::start(strip).await.expect("a port");
    let account = support::account_at(server.url().join("gateway/unico/").expect("a URL"));
    web_of(&server, &account).get_process(&id(FINISHED)).await.expect("an answer");
    assert_eq!(server.count("POST /gateway/unico/oauth2/token"), 1);
}

#[tokio::test]
async fn many_callers_one_token() {
    let server = double().await;
    let client = web(&server);
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get_process(&id(FINISHED)).await.map(drop) })
        })
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("an answer");
    }
    assert_eq!(server.count(TOKEN), 1);
}

#[tokio::test]
async fn a_token_is_used_for_its_life_and_renewed_ten_minutes_before() {
    let server = double().await;
    let client = web(&server);
    for (wait, tokens) in [(0, 1), (2_990, 1), (20, 2), (2_990, 2), (600, 3)] {
        later(wait).await;
        client.get_process(&id(FINISHED)).await.expect("an answer");
        // Nobody waits for an early renewal, so it may be under way still.
        for _ in 0..500 {
            if server.count(TOKEN) >= tokens {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        sleep(Duration::from_millis(100)).await;
        assert_eq!(server.count(TOKEN), tokens, "after {wait} s more");
    }
    let made: HashSet<_> = assertions(&server).into_iter().collect();
    assert_eq!(made.len(), 3, "no assertion twice, although this machine's clock hardly moved");
}

#[tokio::test]
async fn a_token_that_is_refused_is_renewed_once() {
    for (status, code) in [(401, "0000"), (403, "10501"), (403, "10502"), (500, "10700")] {
        let refuse = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&refuse);
        let server = double_but(move |request| {
            let is_refused = request.line() != TOKEN
                && left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
            let body = format!(r#"{{"error":{{"code":"{code}","description":"-"}}}}"#);
            is_refused.then(|| Reply::json(status, body))
        })
        .await;
        let account = account(&server);
        let (web, api) = (web_of(&server, &account), api_of(&server, &account));
        web.get_process(&id(FINISHED)).await.expect("an answer");

        refuse.store(1, Ordering::SeqCst);
        later(60).await;
        api.get_process(&id(API_FINISHED)).await.expect("the second time");
        assert_eq!(server.count(TOKEN), 2, "{status} {code}");
        let last = server.received();
        let [before, .., after] = &last[..] else { panic!("{last:?}") };
        assert_ne!(before.header("authorization"), after.header("authorization"));

        // Rejected for good: one more token, then the error.
        refuse.store(99, Ordering::SeqCst);
        later(60).await;
        let error = web.get_process(&id(FINISHED)).await.expect_err("refused");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        assert_eq!(error.is_auth(), status != 500);
        assert_eq!(server.count(TOKEN), 3, "{status} {code}");
    }
}

/// A token for every call would use up the tenant's calls.
#[tokio::test]
async fn a_young_token_that_is_refused_is_not_renewed() {
    let server = support::always(sample_reply(401, "error-bare-string")).await;
    let client = web(&server);
    for _ in 0..5 {
        assert!(client.get_process(&id(FINISHED)).await.expect_err("refused").is_auth());
    }
    assert_eq!((server.count(TOKEN), server.count(READ)), (1, 5));
}

#[tokio::test]
async fn a_right_that_is_missing_is_no_reason_for_a_new_token() {
    for code in ["30017", "10201"] {
        let body = format!(r#"{{"error":{{"code":"{code}","description":"-"}}}}"#);
        let server = support::always(Reply::json(403, body)).await;
        let client = api(&server);
        assert!(client.get_process(&id(API_FINISHED)).await.expect_err("refused").is_auth());
        later(60).await;
        assert!(client.get_process(&id(API_FINISHED)).await.expect_err("refused").is_auth());
        assert_eq!(server.count(TOKEN), 1, "{code}");
    }
}

#[tokio::test]
async fn a_revoked_token_is_noticed() {
    let vendor = vendor();
    let rule = Arc::clone(&vendor);
    let server = Server::start(move |request| rule.answer(request)).await.expect("a port");
    let client = web(&server);
    client.get_process(&id(FINISHED)).await.expect("an answer");
    vendor.revoke_tokens();
    later(60).await;
    client.get_process(&id(FINISHED)).await.expect("with another token");
    assert_eq!((server.count(TOKEN), server.count(READ)), (2, 3));
}

#[tokio::test]
async fn every_code_of_the_token_host_is_told_and_the_host_is_left_alone() {
    for code in TokenErrorCode::KNOWN.iter().copied().chain(["1.2.99"]).filter(|code| *code != "1.2.7") {
        let server = double_but(move |request| (request.line() == TOKEN).then(|| refusal(code))).await;
        let account = account(&server);
        let (web, api) = (web_of(&server, &account), api_of(&server, &account));
        let first = web.get_process(&id(FINISHED)).await.expect_err("no token");
        let second = api.get_process(&id(API_FINISHED)).await.expect_err("no token");
        for error in [first, second] {
            assert_eq!((error.status().map(|status| status.as_u16()), error.code()), (Some(401), Some(code)));
            assert!(error.is_login() && error.is_auth() && !error.is_not_found(), "{code}");
            assert_eq!(TokenErrorCode::of(&error), Some(TokenErrorCode::from(code)));
            assert!(error.to_string().contains(code) && !error.to_string().contains("Falha"), "{error}");
        }
        assert_eq!(server.received().len(), 1, "{code}: the second caller got the first one's answer");
    }
}

#[tokio::test]
async fn an_assertion_that_was_used_is_replaced_once() {
    // Another process with the same account had the same assertion.
    let used = Arc::new(Mutex::new(1));
    let left = Arc::clone(&used);
    let server = double_but(move |request| {
        let mut left = left.lock().expect("no panic");
        let is_used = request.line() == TOKEN && *left > 0;
        *left -= i32::from(is_used);
        is_used.then(|| sample_reply(401, "oauth-error-assertion-used"))
    })
    .await;
    web(&server).get_process(&id(FINISHED)).await.expect("with the second");
    let made = assertions(&server);
    assert_eq!(made.len(), 2);
    assert_ne!(made[0], made[1]);

    *used.lock().expect("no panic") = 99;
    let client = web(&server);
    for _ in 0..3 {
        let error = client.get_process(&id(FINISHED)).await.expect_err("no token");
        assert_eq!(TokenErrorCode::of(&error), Some(TokenErrorCode::AssertionUsed));
    }
    assert_eq!(assertions(&server).len(), 4, "two more, whoever asks");
}

/// An assertion that may have arrived is not sent again; a fresh one may be, once.
#[tokio::test]
async fn no_assertion_is_sent_again_where_it_may_have_arrived() {
    let answers = [
        (Reply::status(503), 2, 2),
        (Reply::new(500, "text/html", "<html></html>"), 2, 2),
        (sample_reply(200, "oauth-token").cut(), 2, 2),
        (Reply::json(200, "{}"), 1, 1),
        (Reply::json(200, r#"{"access_token":""}"#), 1, 1),
        (Reply::new(200, "text/html", "<html></html>"), 1, 1),
        (Reply::status(501), 1, 1),
        (Reply::status(503).header("retry-after", "3600"), 1, 1),
        // Rejected before anything was done with it.
        (Reply::status(429), 3, 1),
    ];
    for (reply, times, different) in answers {
        let shown = format!("{reply:?}");
        let server = double_but(move |request| (request.line() == TOKEN).then(|| reply.clone())).await;
        let client = web(&server);
        let error = client.get_process(&id(FINISHED)).await.expect_err("no token");
        assert!(error.is_login() && TokenErrorCode::of(&error).is_none(), "{shown}");
        let made = assertions(&server);
        assert_eq!((made.len(), made.iter().collect::<HashSet<_>>().len()), (times, different), "{shown}");
        // That says nothing against the account, so the next caller may ask.
        assert!(client.get_process(&id(FINISHED)).await.is_err());
        assert_eq!(server.received().len(), 2 * times, "{shown}");
    }
}

/// A rule for the first call of the token host.
fn first(reply: Reply) -> impl Fn(&Received) -> Option<Reply> + Send + Sync + 'static {
    let calls = AtomicUsize::new(0);
    move |request| (request.line() == TOKEN && calls.fetch_add(1, Ordering::SeqCst) == 0).then(|| reply.clone())
}

#[tokio::test]
async fn one_failure_of_the_token_host_costs_no_call() {
    for reply in [Reply::status(503), Reply::status(502), sample_reply(200, "oauth-token").cut()] {
        let shown = format!("{reply:?}");
        let server = double_but(first(reply)).await;
        web(&server).get_process(&id(FINISHED)).await.expect(&shown);
        let made: HashSet<_> = assertions(&server).into_iter().collect();
        assert_eq!((made.len(), server.count(TOKEN)), (2, 2), "{shown}");
    }
    // What the host says about the account is no passing failure, whatever the status.
    let body = r#"{"error":"server_error","error_description":"Falha na autenticação 1.2.18"}"#;
    let server = double_but(first(Reply::json(503, body))).await;
    let error = web(&server).get_process(&id(FINISHED)).await.expect_err("locked");
    assert_eq!((TokenErrorCode::of(&error), server.count(TOKEN)), (Some(TokenErrorCode::AccountLocked), 1));
}

#[tokio::test]
async fn there_is_one_further_try_whatever_the_reasons() {
    let replies = [Reply::status(503), sample_reply(401, "oauth-error-assertion-used")];
    let calls = AtomicUsize::new(0);
    let server = double_but(move |request| match request.line().as_str() {
        TOKEN => replies.get(calls.fetch_add(1, Ordering::SeqCst)).cloned(),
        _ => None,
    })
    .await;
    let client = web(&server);
    let error = client.get_process(&id(FINISHED)).await.expect_err("no token");
    assert_eq!((TokenErrorCode::of(&error), server.count(TOKEN)), (Some(TokenErrorCode::AssertionUsed), 2));
}

/// A token host by the clock of the test: fails in passing once, and asks for a wait if it is given one.
struct Busy(Option<&'static str>, AtomicUsize);

#[async_trait]
impl Transport for Busy {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        let is_first = request.uri().path() == "/oauth2/token" && self.1.fetch_add(1, Ordering::SeqCst) == 0;
        let name = if request.uri().path() == "/oauth2/token" { "oauth-token" } else { "getprocess-web-id" };
        let mut response = http::Response::new(Bytes::from_static(sample("unico", name).body));
        if is_first {
            response = http::Response::new(Bytes::new());
            *response.status_mut() = http::StatusCode::SERVICE_UNAVAILABLE;
            let wait = self.0.and_then(|wait| wait.parse().ok());
            response.headers_mut().extend(wait.map(|wait| (http::header::RETRY_AFTER, wait)));
        }
        Ok(response)
    }
}

#[tokio::test(start_paused = true)]
async fn the_token_host_is_given_the_time_it_asks_for() {
    for (asked, millis) in [(None, Some(500)), (Some("7"), Some(7_000)), (Some("20"), Some(20_000)), (Some("21"), None)]
    {
        let busy = Arc::new(Busy(asked, AtomicUsize::new(0)));
        let account = Account::builder(ISSUER, support::key(), Environment::Sandbox);
        let account = account.transport(Arc::clone(&busy)).build().expect("an account");
        let client = WebClient::builder(&account).transport(Arc::clone(&busy)).build().expect("a client");
        let start = tokio::time::Instant::now();
        let outcome = client.get_process(&id(FINISHED)).await;
        assert_eq!(outcome.is_ok(), millis.is_some(), "{asked:?}");
        assert_eq!(start.elapsed().as_millis(), millis.unwrap_or_default(), "{asked:?}");
        assert_eq!(busy.1.load(Ordering::SeqCst), 1 + usize::from(millis.is_some()), "{asked:?}");
    }
}

/// Unico refuses an assertion that was made in its future, and too many refusals lock the account.
#[tokio::test]
async fn a_clock_that_runs_ahead_does_not_lock_the_account() {
    for behind in [5, 55] {
        let server = double_but(move |request| {
            let assertion = (request.line() == TOKEN).then(|| request.form().remove("assertion"))??;
            let claims = URL_SAFE_NO_PAD.decode(assertion.split('.').nth(1)?).ok()?;
            let claims: serde_json::Value = serde_json::from_slice(&claims).ok()?;
            let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs() - behind;
            let is_in_the_future = claims["iat"].as_u64()? > now;
            is_in_the_future.then(|| refusal("1.2.5"))
        })
        .await;
        web(&server).get_process(&id(FINISHED)).await.expect("a process");
        assert_eq!(server.count(TOKEN), 1, "{behind} seconds behind");
    }
}

#[tokio::test]
async fn the_documented_answer_without_a_life_is_a_token() {
    let reply = Reply::json(200, r#"{"access_token":"short","token_type":"Bearer"}"#);
    let server = double_but(move |request| match request.line().as_str() {
        TOKEN => Some(reply.clone()),
        _ => Some(sample_reply(200, "getprocess-web-id")),
    })
    .await;
    web(&server).get_process(&id(FINISHED)).await.expect("an answer");
    assert_eq!(server.last().header("authorization"), Some("Bearer short"));
}

#[tokio::test]
async fn an_account_or_key_that_is_not_known_is_refused() {
    let server = double().await;
    let other = Account::builder("other@tenant-1.iam.acesso.io", support::key(), Environment::Sandbox);
    let other = other.base_url(server.url()).build().expect("an account");
    let error = web_of(&server, &other).get_process(&id(FINISHED)).await.expect_err("not known");
    assert_eq!(TokenErrorCode::of(&error), Some(TokenErrorCode::WrongTenant));

    let forger = Account::builder(ISSUER, Wrong, Environment::Sandbox).base_url(server.url());
    let forger = forger.build().expect("an account");
    let error = web_of(&server, &forger).get_process(&id(FINISHED)).await.expect_err("another key");
    assert_eq!(TokenErrorCode::of(&error), Some(TokenErrorCode::AssertionUnreadableOrWrongKey));
    let wrong_key = ApiClient::builder(&account(&server), "another-key");
    let wrong_key = wrong_key.base_url(server.url()).build().expect("a client");
    let error = wrong_key.get_process(&id(API_FINISHED)).await.expect_err("another key");
    assert_eq!((error.status().map(|status| status.as_u16()), error.code()), (Some(403), Some("10201")));
}

struct Wrong;

#[async_trait]
impl Sign for Wrong {
    async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(vec![7; 256])
    }
}

struct Vault;

#[async_trait]
impl Sign for Vault {
    async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
        Err(SignError::new("the key vault did not answer"))
    }
}

#[tokio::test]
async fn a_vault_that_fails_says_so_and_nothing_is_sent() {
    let server = double().await;
    let account = Account::builder(ISSUER, Vault, Environment::Sandbox).base_url(server.url()).build();
    let error = web_of(&server, &account.expect("an account")).get_process(&id(FINISHED)).await;
    let error = error.expect_err("no signature");
    assert!(error.is_login() && !error.may_have_taken_effect() && error.status().is_none());
    assert!(format!("{error:?}").contains("the key vault did not answer"), "{error:?}");
    assert!(server.received().is_empty());
}

#[test]
fn what_cannot_be_built() {
    let long_ago = |name: &str| Account::builder(name, Vault, Environment::Production).build().map(drop);
    for name in ["", "account", "@tenant.iam.acesso.io", "account@", "a b@tenant", "account@tenant\n"] {
        let error = long_ago(name).expect_err("no account");
        assert_eq!(
            error.to_string(),
            "the service account is not of the form account@tenant.iam.acesso.io",
            "{name:?}"
        );
    }
    long_ago("account@tenant.iam.acesso.io").expect("an account");

    let account = Account::builder(ISSUER, Vault, Environment::Sandbox).build().expect("an account");
    assert_eq!(account.environment(), Environment::Sandbox);
    for key in ["", "key\n"] {
        let error = ApiClient::new(&account, key).map(drop).expect_err("no key");
        assert!(error.to_string().starts_with("the APIKEY "), "{error}");
    }
    let plain = "http://api.idcloud.unico.app".parse().expect("a URL");
    let error = WebClient::builder(&account).base_url(plain).build().map(drop).expect_err("plain http");
    assert!(error.to_string().contains("plain http"), "{error}");
    assert!(ApiClient::new(&account, API_KEY).is_ok());
    assert!(WebClient::new(&account).is_ok());
}

/// Hosts of one environment belong together.
#[test]
fn hosts_are_those_of_the_page() {
    let hosts = |of: Environment| [of.token_host(), of.web_host(), of.api_host()];
    let sandbox =
        ["https://identityhomolog.acesso.io", "https://api.idcloud.uat.unico.app", "https://api.id.uat.unico.app"];
    assert_eq!(hosts(Environment::Sandbox), sandbox);
    let production = ["https://identity.acesso.io", "https://api.idcloud.unico.app", "https://api.id.unico.app"];
    assert_eq!(hosts(Environment::Production), production);
}
