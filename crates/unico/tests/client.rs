//! The clients against a real server on this machine: what they send, and what they make of the answers.
#![cfg(feature = "client-rustls")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

mod support;

use std::sync::{Arc, Mutex};

use idhooks_core::WebhookEvent;
use idhooks_fixtures::{
    error_chain,
    rest::sample,
    server::{
        Reply,
        unico::{API_DIVERGENCE, API_FINISHED, API_GONE, CREATED, EXPIRED, FINISHED, INVALID_IDENTITY},
    },
};
use idhooks_unico::{
    Account, ApiClient, Confirmation, Environment, Error, Event, OpenEndpoint, WebClient,
    core::Unverified,
    http_client::{Bytes, Limits, Retry, Transport, TransportError, async_trait, http},
    rest::{api::UnicoIdResult, web::ProcessResult},
};
use support::{API_KEY, TOKEN, always, api, api_of, double, double_but, id, web, web_of};

fn sample_reply(status: u16, name: &str) -> Reply {
    Reply::sample(status, sample("unico", name))
}

#[tokio::test]
async fn web_calls_are_what_the_pages_say() {
    let server = double().await;
    let client = web(&server);

    let process = client.get_process(&id(FINISHED)).await.expect("an answer");
    assert_eq!(process.id.as_str(), FINISHED);
    assert_eq!(*process.result, Some(ProcessResult::Ok));
    let request = server.last();
    assert_eq!(request.line(), format!("GET /client/v1/process/{FINISHED}"));
    assert_eq!((request.query.as_str(), request.body.len()), ("", 0));
    let token = request.header("authorization").expect("a token");
    assert!(token.starts_with("Bearer token-of-the-double-"), "{token}");
    assert_eq!(request.header("apikey"), None, "Web & SDK sends no key");
    assert_eq!(request.header("accept"), Some("application/json"));
    let agent = concat!("idhooks-unico/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), Some(agent));

    let selfie = client.get_selfie(&id(FINISHED)).await.expect("a picture");
    assert_eq!(selfie.bytes().expect("base64").expose()[..2], [0xff, 0xd8]);
    assert_eq!(server.last().line(), format!("GET /client/v1/process/{FINISHED}/selfie"));

    let evidence = client.get_evidence_set(&id(FINISHED)).await.expect("a file");
    assert!(evidence.bytes().expect("base64").expose().starts_with(b"%PDF"));
    assert_eq!(server.last().line(), format!("GET /client/v1/process/{FINISHED}/evidenceset"));
    let error = client.get_evidence_set(&id(CREATED)).await.expect_err("not finished");
    assert!(error.is_not_found());

    assert_eq!(server.count(TOKEN), 1, "one token for all");
}

#[tokio::test]
async fn api_calls_are_what_the_pages_say() {
    let server = double().await;
    let client = api(&server);

    let process = client.get_process(&id(API_FINISHED)).await.expect("an answer");
    assert!(process.is_finished());
    assert_eq!(*process.unico_id.as_ref().expect("one").result, Some(UnicoIdResult::Yes));
    let request = server.last();
    assert_eq!(request.line(), format!("GET /processes/v1/{API_FINISHED}"));
    assert_eq!((request.query.as_str(), request.body.len()), ("", 0));
    assert_eq!(request.header("apikey"), Some(API_KEY));
    assert!(request.header("authorization").is_some_and(|value| value.starts_with("Bearer ")));
    assert!(process.process_additional_info.is_absent());

    let process = client.get_process_v2(&id(API_FINISHED)).await.expect("an answer");
    assert_eq!(server.last().line(), format!("GET /processes/v2/{API_FINISHED}"));
    assert_eq!(server.last().header("apikey"), Some(API_KEY));
    assert!(!process.process_additional_info.is_absent());
}

#[tokio::test]
async fn one_account_signs_in_once_for_both_contracts() {
    let server = double().await;
    let account = support::account(&server);
    let (web, api) = (web_of(&server, &account), api_of(&server, &account));
    web.get_process(&id(FINISHED)).await.expect("an answer");
    api.get_process(&id(API_FINISHED)).await.expect("an answer");
    web.clone().get_process(&id(EXPIRED)).await.expect("an answer");
    assert_eq!(server.count(TOKEN), 1);
}

#[tokio::test]
async fn odd_ids_stay_one_part_of_the_path() {
    let server = always(sample_reply(404, "error-flat-web-404")).await;
    let (web, api) = (web(&server), api(&server));
    for (odd, escaped) in [("a/b", "a%2Fb"), ("a?b#c", "a%3Fb%23c"), ("../x", "..%2Fx"), ("é", "%C3%A9")] {
        assert!(web.get_process(&id(odd)).await.is_err());
        assert_eq!(server.last().path, format!("/client/v1/process/{escaped}"));
        assert!(web.get_selfie(&id(odd)).await.is_err());
        assert_eq!(server.last().path, format!("/client/v1/process/{escaped}/selfie"));
        assert!(web.get_evidence_set(&id(odd)).await.is_err());
        assert_eq!(server.last().path, format!("/client/v1/process/{escaped}/evidenceset"));
        assert!(api.get_process(&id(odd)).await.is_err());
        assert_eq!(server.last().path, format!("/processes/v1/{escaped}"));
        assert!(api.get_process_v2(&id(odd)).await.is_err());
        assert_eq!(server.last().path, format!("/processes/v2/{escaped}"));
    }
    let before = server.received().len();
    for bad in ["", ".", ".."] {
        let error = web.get_process(&id(bad)).await.expect_err("no path");
        assert!(error.status().is_none() && !error.may_have_taken_effect(), "{bad:?}");
        assert!(api.get_process_v2(&id(bad)).await.is_err());
    }
    assert_eq!(server.received().len(), before, "nothing was sent");
}

/// Every shape of an error answer the pages have, with the statuses they come under.
#[tokio::test]
async fn errors_keep_status_code_and_words() {
    let text = |name: &str| String::from_utf8(sample("unico", name).body.to_vec()).expect("text");
    let bad_id = r#"{"code":3,"message":"invalid argument","details":[]}"#.to_owned();
    let code = |code: &str| format!(r#"{{"error":{{"code":"{code}","description":"Mensagem"}}}}"#);
    // status, body, code, message, is_auth, is_not_found, is_transient
    let table = [
        (400, bad_id, Some("3"), Some("invalid argument"), [false, false, false]),
        (401, text("error-bare-string"), Some("unauthorized"), Some("unauthorized"), [true, false, false]),
        (403, text("error-flat-web-403"), Some("7"), Some("permission denied"), [true, false, false]),
        (
            404,
            text("error-flat-web-404"),
            Some("5"),
            Some("error getting process: rpc error: code = NotFound desc = process not found"),
            [false, true, false],
        ),
        (
            500,
            text("error-flat-web-500"),
            Some("99999"),
            Some("Internal failure! Try again later"),
            [false, false, true],
        ),
        (400, text("error-nested-code-description"), Some("0000"), Some("error description"), [false, false, false]),
        (404, text("error-nested-code-message"), Some("404"), Some("error message"), [false, true, false]),
        (400, code("20002"), Some("20002"), Some("Mensagem"), [false, false, false]),
        (403, text("error-api-token-expired"), Some("10502"), Some("O token expirou."), [true, false, false]),
        (403, code("30017"), Some("30017"), Some("Mensagem"), [true, false, false]),
        (409, code("0000"), Some("0000"), Some("Mensagem"), [false, false, false]),
        (410, code("0000"), Some("0000"), Some("Mensagem"), [false, true, false]),
        (429, String::new(), None, None, [false, false, true]),
        (500, code("510"), Some("510"), Some("Mensagem"), [false, false, true]),
        (502, "<html>bad gateway</html>".to_owned(), None, None, [false, false, true]),
        (503, "upstream connect error".to_owned(), None, None, [false, false, true]),
        (302, String::new(), None, None, [false, false, false]),
    ];
    for (status, body, code, message, predicates) in table {
        let server = always(Reply::new(status, "application/json", body.clone())).await;
        let errors = [
            web(&server).get_process(&id(FINISHED)).await.expect_err("an error"),
            web(&server).get_selfie(&id(FINISHED)).await.expect_err("an error"),
            api(&server).get_process(&id(API_FINISHED)).await.expect_err("an error"),
        ];
        for error in errors {
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{body}");
            assert_eq!((error.code(), error.message()), (code, message), "{status} {body}");
            let said = [error.is_auth(), error.is_not_found(), error.is_transient()];
            assert_eq!(said, predicates, "{status} {body}");
            assert!(!error.is_login());
            assert!(message.is_none_or(|message| code == Some(message) || !error.to_string().contains(message)));
        }
    }
}

#[tokio::test]
async fn rejects_responses_that_do_not_fit() {
    for body in ["<html>hello</html>", "", r#"{"process":{"id":"#, "{}", r#"{"process":null}"#, "[]"] {
        let server = always(Reply::new(200, "text/html", body)).await;
        let error = web(&server).get_process(&id(FINISHED)).await.expect_err("unreadable");
        assert_eq!((error.status().map(|status| status.as_u16()), error.code()), (Some(200), None), "{body}");
        assert!(!error.is_transient() && !error.is_not_found(), "{body}");
        let error = api(&server).get_process(&id(API_FINISHED)).await.expect_err("unreadable");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{body}");
        assert_eq!(server.received().len(), 4, "two tokens, two calls, no repetition: {body}");
    }
}

#[tokio::test]
async fn reading_is_repeated_and_creating_does_not_exist() {
    let path = format!("/client/v1/process/{FINISHED}");
    for reply in [Reply::status(429), Reply::status(503), Reply::json(200, "{").cut()] {
        let server = always(reply).await;
        let error = web(&server).get_process(&id(FINISHED)).await.expect_err("never better");
        assert!(error.is_transient());
        assert_eq!(server.count(&format!("GET {path}")), 3);
    }
    let tries = std::sync::atomic::AtomicUsize::new(0);
    let server = double_but(move |request| {
        let first = request.line() != TOKEN && tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0;
        first.then(|| Reply::status(429).header("retry-after", "0"))
    })
    .await;
    web(&server).get_process(&id(FINISHED)).await.expect("the second time");
    assert_eq!(server.count(&format!("GET {path}")), 2);
}

#[tokio::test]
async fn a_long_retry_after_is_told_and_not_waited_for() {
    let server = always(Reply::status(429).header("retry-after", "3600")).await;
    let error = web(&server).get_process(&id(FINISHED)).await.expect_err("too many");
    assert_eq!(error.retry_after().map(|wait| wait.as_secs()), Some(3600));
    assert_eq!(server.received().len(), 2);
}

fn hint(body: &str) -> Unverified<Event> {
    OpenEndpoint::new().verify(&[] as &[(&str, &str)], body.as_bytes().to_vec()).expect("a hint")
}

fn finished(id: &str, result: &str) -> Unverified<Event> {
    hint(&format!(r#"{{"processId":"{id}","state":"PROCESS_STATE_FINISHED","result":{result}}}"#))
}

fn checked(id: &str, status: &str) -> Unverified<Event> {
    hint(&format!(r#"{{"event":"update_process","data":{{"id":"{id}","status":{status},"score":1}}}}"#))
}

fn word<T>(outcome: Result<Confirmation<T>, Error>) -> &'static str {
    outcome.expect("an answer").as_str()
}

#[tokio::test]
async fn notices_of_finished_processes_are_confirmed_by_reading() {
    let server = double().await;
    let client = web(&server);
    for (id, result, wanted) in [
        (FINISHED, "null", "confirmed"),
        (FINISHED, r#""ok""#, "confirmed"),
        (FINISHED, r#""expired""#, "contradicted"),
        (FINISHED, r#""invalid_identity""#, "contradicted"),
        (FINISHED, r#""SOMETHING_NEW""#, "contradicted"),
        (EXPIRED, r#""expired""#, "confirmed"),
        (EXPIRED, r#""ok""#, "contradicted"),
        (INVALID_IDENTITY, r#""invalid_identity""#, "confirmed"),
        (INVALID_IDENTITY, r#""ok""#, "contradicted"),
        (CREATED, "null", "contradicted"),
        (CREATED, r#""ok""#, "contradicted"),
    ] {
        assert_eq!(word(client.confirm(&finished(id, result)).await), wanted, "{id} {result}");
    }
    // What is handed over was read from Unico; letter case is no difference.
    let upper = finished(&FINISHED.to_ascii_uppercase(), r#""ok""#);
    let process = client.confirm(&upper).await.expect("an answer").confirmed().expect("the same process");
    assert_eq!(process.id.as_str(), FINISHED);
    // A verified delivery says as little about its body.
    let verified = idhooks_core::testing::verified::<Event>(upper.body().to_vec());
    assert_eq!(word(client.confirm(&verified).await), "confirmed");
}

#[tokio::test]
async fn row_59_a_response_about_another_process_is_an_error() {
    let server = always(sample_reply(200, "getprocess-web-idlive")).await;
    let web = web(&server);
    let confirm = web.confirm(&finished(FINISHED, "null")).await.map(drop);
    let mut errors = vec![confirm, web.get_process(&id(FINISHED)).await.map(drop)];
    let server = always(sample_reply(200, "getprocess-api-full")).await;
    let api = api(&server);
    errors.push(api.confirm(&checked(API_DIVERGENCE, "3")).await.map(drop));
    errors.push(api.get_process(&id(API_DIVERGENCE)).await.map(drop));
    errors.push(api.get_process_v2(&id(API_DIVERGENCE)).await.map(drop));
    for error in errors {
        let error = error.expect_err("another process");
        assert!(error_chain(&error).ends_with("id is not the requested one"), "{error:?}");
        assert!(!error.is_transient() && !error.is_not_found());
    }
}

#[tokio::test]
async fn row_59_an_id_in_another_letter_case_is_the_same_process() {
    let server = double().await;
    let account = support::account(&server);
    let (web, api) = (web_of(&server, &account), api_of(&server, &account));
    let upper = |text: &str| id(&text.to_ascii_uppercase());
    assert_eq!(web.get_process(&upper(FINISHED)).await.expect("an answer").id.as_str(), FINISHED);
    assert_eq!(api.get_process(&upper(API_FINISHED)).await.expect("an answer").id.as_str(), API_FINISHED);
    assert_eq!(api.get_process_v2(&upper(API_FINISHED)).await.expect("an answer").id.as_str(), API_FINISHED);
}

/// Answers with a token, then with the given responses in turn, by the clock of the test.
struct Replica(Mutex<Vec<(u16, &'static str)>>);

#[async_trait]
impl Transport for Replica {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        let (status, name) = match request.uri().path() {
            "/oauth2/token" => (200, "oauth-token"),
            _ => self.0.lock().expect("a lock").pop().expect("no further call"),
        };
        let body = Bytes::from_static(sample("unico", name).body);
        Ok(http::Response::builder().status(status).body(body).expect("a response"))
    }
}

/// A notice can overtake Unico's own database.
#[tokio::test(start_paused = true)]
async fn a_404_right_after_the_notice_is_read_again_before_gone_is_believed() {
    const MISSING: (u16, &str) = (404, "error-flat-web-404");
    for (script, wanted, seconds) in [
        (&[MISSING, (200, "getprocess-web-id")][..], "confirmed", 1),
        (&[MISSING, MISSING, MISSING, (200, "getprocess-web-id")], "confirmed", 7),
        (&[MISSING; 4], "gone", 7),
        (&[(410, "error-flat-web-404")], "gone", 0),
    ] {
        let replica = Arc::new(Replica(Mutex::new(script.iter().rev().copied().collect())));
        let account = Account::builder(support::ISSUER, support::key(), Environment::Sandbox);
        let account = account.transport(Arc::clone(&replica)).build().expect("an account");
        let client = WebClient::builder(&account).transport(Arc::clone(&replica)).build().expect("a client");
        let start = tokio::time::Instant::now();
        assert_eq!(word(client.confirm(&finished(FINISHED, r#""ok""#)).await), wanted, "{script:?}");
        assert_eq!(start.elapsed().as_secs(), seconds, "{script:?}");
        assert!(replica.0.lock().expect("a lock").is_empty(), "{script:?}");
    }
    let script = vec![(200, "getprocess-api-full"), MISSING];
    let replica = Arc::new(Replica(Mutex::new(script)));
    let account = Account::builder(support::ISSUER, support::key(), Environment::Sandbox);
    let account = account.transport(Arc::clone(&replica)).build().expect("an account");
    let client = ApiClient::builder(&account, API_KEY).transport(replica).build().expect("a client");
    assert_eq!(word(client.confirm(&checked(API_FINISHED, "3")).await), "confirmed");
}

#[tokio::test]
async fn check_notices_are_confirmed_by_reading() {
    let server = double().await;
    let client = api(&server);
    for (id, status, wanted) in [
        (API_FINISHED, "3", "confirmed"),
        (API_FINISHED, "2", "confirmed"),
        (API_FINISHED, "null", "confirmed"),
        (API_FINISHED, "4", "contradicted"),
        (API_FINISHED, "99", "contradicted"),
        (API_DIVERGENCE, "2", "confirmed"),
        (API_DIVERGENCE, "3", "contradicted"),
        (API_GONE, "5", "gone"),
    ] {
        assert_eq!(word(client.confirm(&checked(id, status)).await), wanted, "{id} {status}");
    }
}

#[tokio::test]
async fn notices_that_cannot_be_asked_about_are_errors_and_nothing_is_sent() {
    let server = double().await;
    let (web, api) = (web(&server), api(&server));
    let other = hint(r#"{"processId":"p","state":"PROCESS_STATE_CREATED"}"#);
    for error in [
        web.confirm(&checked(API_FINISHED, "3")).await.expect_err("the other contract"),
        web.confirm(&other).await.expect_err("no end"),
        web.confirm(&hint("{}")).await.expect_err("unreadable"),
        api.confirm(&finished(FINISHED, "null")).await.map(drop).expect_err("the other contract"),
    ] {
        assert!(error.status().is_none() && !error.is_transient(), "{error}");
    }
    assert!(server.received().is_empty());
    // A call that fails is no answer about the notice.
    let server = always(Reply::status(503)).await;
    let error = support::web(&server).confirm(&finished(FINISHED, "null")).await.expect_err("no answer");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    let error = support::web(&double().await).confirm(&finished("not%an%id", "null")).await.expect_err("400");
    assert_eq!((error.status().map(|status| status.as_u16()), error.code()), (Some(400), Some("3")));
}

/// The notices of the webhook half and the answers of the REST half name one process alike.
#[test]
fn a_hint_is_read_as_any_event_is() {
    let notice = finished(FINISHED, r#""ok""#);
    assert_eq!(Event::decode(notice.body()).expect("readable"), notice.decode().expect("readable"));
}

#[tokio::test]
async fn nothing_secret_or_personal_is_printed() {
    let server = double().await;
    let account = support::account(&server);
    let (web, api) = (web_of(&server, &account), api_of(&server, &account));
    let process = web.get_process(&id(FINISHED)).await.expect("an answer");
    let file = web.get_selfie(&id(FINISHED)).await.expect("a file");
    let v2 = api.get_process_v2(&id(API_FINISHED)).await.expect("an answer");
    let confirmation = web.confirm(&finished(FINISHED, "null")).await.expect("an answer");
    let canary = r#"{"error":{"code":"CANARY person","description":"CANARY said"}}"#;
    let refused = always(Reply::json(403, canary)).await;
    let error = support::api(&refused).get_process(&id("CANARY-id")).await.expect_err("refused");
    let builders = (
        idhooks_unico::Account::builder(support::ISSUER, support::key(), idhooks_unico::Environment::Sandbox),
        idhooks_unico::WebClient::builder(&account),
        idhooks_unico::ApiClient::builder(&account, API_KEY),
    );
    let shown = format!(
        "{account:?} {web:?} {api:?} {process:#?} {file:?} {v2:?} {confirmation:?} {error} {error:?} {builders:?} {:?}",
        support::key(),
    );
    let token = server.received().into_iter().find_map(|request| {
        request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).map(str::to_owned)
    });
    let assertion = server.received()[0].form()["assertion"].clone();
    let signature = assertion.rsplit('.').next().expect("a signature").to_owned();
    let secrets = [token.expect("a token"), assertion, signature];
    let personal = ["CANARY", "John Doe", "73689290074", "Luke Skywalker", "12345678909", "/9j/4AAQ", "files.example"];
    for hidden in secrets.iter().map(String::as_str).chain(personal) {
        assert!(!shown.contains(hidden), "{hidden} is shown");
    }
    assert!(shown.contains(FINISHED) && shown.contains("403"), "{shown}");
}

#[tokio::test]
async fn calls_wait_their_turn() {
    let server = double().await;
    let client = web(&server);
    let calls: Vec<_> = (0..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.get_process(&id(FINISHED)).await })
        })
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("an answer");
    }
    assert_eq!((server.count(TOKEN), server.received().len()), (1, 21));
}

#[tokio::test]
async fn a_host_that_is_not_there() {
    let server = double().await;
    let account = support::account(&server);
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let nowhere = format!("http://{free}").parse().expect("a URL");
    let client = idhooks_unico::WebClient::builder(&account).base_url(nowhere).retry(Retry::none());
    let error = client.build().expect("a client").get_process(&id(FINISHED)).await.expect_err("nobody is there");
    assert!(error.is_transient() && error.status().is_none() && !error.may_have_taken_effect());
}
