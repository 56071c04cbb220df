//! Every call against a real server on this machine: what is sent, and what becomes of each answer.

#![cfg(feature = "client-rustls")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{
    env,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use idhooks_caf::{
    BuildError, Client, ClientBuilder, Credentials, Error,
    http_client::Retry,
    rest::{Attributes, FileType, NewTransaction},
};
use idhooks_fixtures::{
    rest::sample,
    server::{
        Received, Reply, Server,
        caf::{CLIENT_ID, CLIENT_SECRET, CPF, start},
    },
};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

const TOKEN: &str = "POST /oauth2/token";
const CREATE: &str = "POST /v1/transactions";

fn builder(server: &Server) -> ClientBuilder {
    Client::builder(Credentials::new(CLIENT_ID, CLIENT_SECRET))
        .base_url(server.url())
        .retry(Retry::new().base(Duration::from_millis(1)).cap(Duration::from_millis(5)))
}

fn client(server: &Server) -> Client {
    builder(server).build().expect("a client")
}

/// Logs in whoever asks, and gives `answer` to everything else.
async fn answering(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Server {
    let rule = move |request: &Received| if request.line() == TOKEN { issued("token-1") } else { answer(request) };
    Server::start(rule).await.expect("a port")
}

fn issued(token: &str) -> Reply {
    Reply::value(200, &json!({ "access_token": token, "token_type": "Bearer", "expires_in": 3600 }))
}

fn least() -> NewTransaction {
    NewTransaction::new("6021a21b3811c35ecb8dea20")
}

/// The error of a creation that was answered so, which must have been asked for once.
async fn refused(reply: Reply) -> Error {
    let server = answering(move |_| reply.clone()).await;
    let error = client(&server).create_transaction(&least()).await.expect_err("no creation");
    assert_eq!(server.count(CREATE), 1);
    error
}

#[tokio::test]
async fn a_transaction_is_created() {
    let server = start().await.expect("a port");
    let client = client(&server);
    let new = least().attributes(Attributes::new().cpf(CPF)).file(FileType::Selfie, "selfie.jpg");
    let created = client.create_transaction(&new).await.expect("created");
    assert_eq!(created.id.as_str(), "6021a21b3811c35ecb8dea20");
    let request = created.request_id.as_ref().map(|id| id.as_str());
    assert_eq!(request, Some("6cb8093c-14ef-4fd1-810b-ee9fa5f9aae9"));

    let sent = server.last();
    assert_eq!((sent.line().as_str(), sent.query.as_str()), (CREATE, "origin=TRUST"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    let issued: Value = serde_json::from_slice(sample("caf", "oauth2-token-issued").body).expect("JSON");
    let token = issued["access_token"].as_str().expect("a token");
    assert_eq!(sent.header("authorization"), Some(format!("Bearer {token}").as_str()));
    let body = json!({
        "templateId": "6021a21b3811c35ecb8dea20",
        "files": [{ "data": "selfie.jpg", "type": "SELFIE" }],
        "attributes": { "cpf": "00011122233" },
    });
    assert_eq!(sent.json(), body);

    let second = client.create_transaction(&new).await.expect("created");
    assert_ne!(second.id, created.id);
    assert_eq!(server.count(TOKEN), 1, "the token is kept");
}

/// The page calls the credentials optional; they are always sent.
#[tokio::test]
async fn it_logs_in_with_all_three_fields() {
    let server = start().await.expect("a port");
    client(&server).create_transaction(&least()).await.expect("created");
    let login = server.received().into_iter().next().expect("a login");
    assert_eq!((login.line().as_str(), login.query.as_str()), (TOKEN, ""));
    assert_eq!(login.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(login.header("authorization"), None);
    let form = [("client_id", CLIENT_ID), ("client_secret", CLIENT_SECRET), ("grant_type", "client_credentials")];
    assert_eq!(login.form(), form.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
}

#[tokio::test]
async fn bad_credentials_are_an_auth_error_and_nothing_is_created() {
    let server = start().await.expect("a port");
    let wrong = Client::builder(Credentials::new(CLIENT_ID, "another-secret")).base_url(server.url());
    let error = wrong.build().expect("a client").create_transaction(&least()).await.expect_err("no login");
    assert_eq!((error.status().map(|status| status.as_u16()), error.is_auth()), (Some(401), true));
    assert!(!error.may_have_taken_effect());
    assert_eq!((server.count(TOKEN), server.count(CREATE)), (1, 0));
}

/// A token may be withdrawn before its time. One new one is fetched, and if that is refused too, it is not the token.
#[tokio::test]
async fn a_refused_token_is_renewed_once() {
    for (good, created) in [("Bearer token-2", true), ("Bearer token-9", false)] {
        let logins = AtomicUsize::new(0);
        let rule = move |request: &Received| {
            if request.line() == TOKEN {
                issued(&format!("token-{}", logins.fetch_add(1, Ordering::Relaxed) + 1))
            } else if request.header("authorization") == Some(good) {
                Reply::sample(200, sample("caf", "create-transaction"))
            } else {
                Reply::sample(401, sample("caf", "error-unauthorized"))
            }
        };
        let server = Server::start(rule).await.expect("a port");
        let result = client(&server).create_transaction(&least()).await;
        assert_eq!(result.is_ok(), created);
        assert_eq!(result.err().map(|error| error.is_auth()), (!created).then_some(true));
        assert_eq!((server.count(TOKEN), server.count(CREATE)), (2, 2), "{good}");
    }
}

/// Caf's tokens are good for an hour; one is renewed in the last minute.
#[tokio::test]
async fn a_token_is_renewed_a_minute_early() {
    for (later, logins) in [(3_530, 1), (3_545, 2)] {
        let server = start().await.expect("a port");
        let client = client(&server);
        client.create_transaction(&least()).await.expect("created");
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(later)).await;
        tokio::time::resume();
        client.create_transaction(&least()).await.expect("created");
        // Nobody waits for an early renewal, so it may be under way still.
        for _ in 0..500 {
            if server.count(TOKEN) >= logins {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(server.count(TOKEN), logins, "after {later} s");
    }
}

/// A hundred callers at once are one login.
#[tokio::test]
async fn one_login_serves_all_who_wait() {
    let server = start().await.expect("a port");
    let client = client(&server);
    let callers = (0..100).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.create_transaction(&least()).await })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await.expect("no panic").expect("created");
    }
    assert_eq!((server.count(TOKEN), server.count(CREATE)), (1, 100));
}

#[tokio::test]
async fn errors_say_what_caf_said() {
    for (status, name, message, request) in [
        (400, "error-bad-request", "templateId is required", Some("00000000-0000-4000-8000-00000000e400")),
        (403, "error-forbidden", "User is not authorized to access this resource", None),
        (404, "error-not-found", "Not found", Some("00000000-0000-4000-8000-00000000e404")),
        (500, "error-server", "Internal server error", Some("00000000-0000-4000-8000-00000000e500")),
    ] {
        let error = refused(Reply::sample(status, sample("caf", name))).await;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status), "{name}");
        assert_eq!(error.message(), Some(message), "{name}");
        assert_eq!(error.request_id(), request, "{name}");
        assert_eq!(error.code(), None, "{name}");
        assert_eq!(error.is_auth(), status == 403, "{name}");
        assert_eq!(error.is_not_found(), status == 404, "{name}");
        assert_eq!(error.is_transient(), status == 500, "{name}");
        assert_eq!(error.may_have_taken_effect(), status == 500, "{name}");
        assert!(!format!("{error} {error:?}").contains(message), "{name}");
    }
}

/// Gateways answer in HTML, or not at all.
#[tokio::test]
async fn answers_that_are_no_json() {
    let page = Reply::new(502, "text/html", "<html>bad gateway</html>");
    let error = refused(page).await;
    assert_eq!((error.status().map(|status| status.as_u16()), error.message()), (Some(502), None));
    assert!(error.is_transient());

    for odd in [
        Reply::new(200, "text/html", "<html>hello</html>"),
        Reply::status(200),
        Reply::json(200, r#"{"requestId":"r","#),
        Reply::json(200, r#"{"requestId":"r"}"#),
        Reply::json(200, "[]"),
    ] {
        let error = refused(odd.clone()).await;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{odd:?}");
        assert!(!error.is_transient() && error.may_have_taken_effect(), "{odd:?}");
    }
    for status in [301, 302, 307] {
        let error = refused(Reply::status(status).header("location", "/elsewhere")).await;
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
}

/// Each creation is billed, so what may have been carried out is not asked for again.
#[tokio::test]
async fn a_creation_is_never_repeated_once_it_may_have_been_carried_out() {
    for status in [500, 502, 503, 504] {
        let error = refused(Reply::status(status)).await;
        assert!(error.may_have_taken_effect() && error.is_transient(), "{status}");
    }
    assert!(refused(Reply::status(408)).await.is_transient());
    let error = refused(Reply::sample(200, sample("caf", "create-transaction")).cut()).await;
    assert!(error.may_have_taken_effect() && error.is_transient());

    let late = Reply::sample(200, sample("caf", "create-transaction")).after(Duration::from_millis(80));
    let server = answering(move |_| late.clone()).await;
    let hasty = builder(&server).timeout(Duration::from_millis(20)).build().expect("a client");
    let error = hasty.create_transaction(&least()).await.expect_err("no answer in time");
    assert!(error.is_timeout() && error.may_have_taken_effect());
}

/// 429 says that it was not even begun.
#[tokio::test]
async fn a_creation_that_was_turned_away_is_repeated() {
    let asked = AtomicUsize::new(0);
    let server = answering(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::status(429),
        _ => Reply::sample(200, sample("caf", "create-transaction")),
    })
    .await;
    client(&server).create_transaction(&least()).await.expect("created");
    assert_eq!(server.count(CREATE), 2);
}

#[tokio::test]
async fn nothing_is_shown_that_is_secret_or_personal() {
    let builder = Client::builder(Credentials::new("canary-id", "canary-secret"))
        .base_url("http://127.0.0.1:9/".parse().expect("a URL"));
    assert!(!format!("{builder:?} {builder:#?}").contains("canary-secret"));

    let echo = Server::start(|request: &Received| match request.line().as_str() {
        TOKEN => issued("canary-token"),
        _ => Reply::json(400, json!({ "message": "canary-message", "requestId": "r-1" }).to_string()),
    })
    .await
    .expect("a port");
    let client = Client::builder(Credentials::new("canary-id", "canary-secret")).base_url(echo.url());
    let client = client.build().expect("a client");
    let new = NewTransaction::new("t").attributes(Attributes::new().cpf("canary-cpf").name("canary-name"));
    let error = client.create_transaction(&new).await.expect_err("refused");
    assert_eq!(error.message(), Some("canary-message"));
    let shown = format!("{client:?} {client:#?} {new:?} {error} {error:?} {error:#?}");
    assert!(!shown.contains("canary"), "{shown}");
}

#[test]
fn a_client_can_be_shared() {
    fn shared<T: Clone + std::fmt::Debug + Send + Sync + 'static>() {}
    shared::<Client>();
    shared::<ClientBuilder>();
    shared::<Error>();
}

#[test]
fn bad_settings_are_refused_when_built() {
    let build = |id: &str, secret: &str| {
        Client::builder(Credentials::new(id, secret)).build().err().map(|error| error.to_string())
    };
    assert_eq!(build("id", "secret"), None);
    for (id, secret) in [("", "secret"), ("id", ""), ("id", "secret\n"), (" id", "secret")] {
        let said = build(id, secret).expect("refused");
        assert!(!said.contains("secret\n"), "{said}");
    }
    let _: fn(ClientBuilder) -> Result<Client, BuildError> = ClientBuilder::build;
}

/// A process cannot safely change its own environment, so this test starts itself again.
#[tokio::test(flavor = "multi_thread")]
async fn settings_come_from_the_environment() {
    const EXPECTED: &str = "IDHOOKS_CAF_EXPECTED_FAULT";
    if let Ok(fault) = env::var(EXPECTED) {
        let built = ClientBuilder::from_env();
        assert_eq!(built.as_ref().err().and_then(BuildError::variable).unwrap_or_default(), fault);
        if let Ok(builder) = built {
            builder.build().expect("a client").create_transaction(&least()).await.expect("created");
        }
        return;
    }
    let server = start().await.expect("a port");
    let (base, id, secret) = ("CAF_BASE_URL", "CAF_CLIENT_ID", "CAF_CLIENT_SECRET");
    let good = [(base, server.url().to_string()), (id, CLIENT_ID.to_owned()), (secret, CLIENT_SECRET.to_owned())];
    for (fault, variable, text) in [
        ("", "UNRELATED", ""),
        (id, id, ""),
        (secret, secret, ""),
        (secret, secret, "secret\n"),
        (base, base, "no URL"),
    ] {
        let mut again = Command::new(env::current_exe().expect("a program"));
        again.args(["--exact", "settings_come_from_the_environment"]);
        again.envs(good.clone()).env(variable, text).env(EXPECTED, fault);
        let ended = spawn_blocking(move || again.output()).await.expect("no panic").expect("a process");
        assert!(ended.status.success(), "{fault} {text}: {}", String::from_utf8_lossy(&ended.stdout));
    }
    assert_eq!(server.count(CREATE), 1);
}
