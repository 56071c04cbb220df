//! The calls known from public code alone, against a real server on this machine.

#![cfg(all(feature = "client-rustls", feature = "unstable-rest"))]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use idhooks_caf::{
    AttemptId, Client, Credentials, Error, ProfileStatus, TransactionId, TransactionStatus,
    http_client::Retry,
    rest::{NewTransaction, TransactionOptions},
};
use idhooks_fixtures::{
    error_chain,
    rest::sample,
    server::{
        Reply, Server,
        caf::{ATTEMPT, CLIENT_ID, CLIENT_SECRET, CNPJ, CPF, start},
    },
};

fn client(server: &Server) -> Client {
    Client::builder(Credentials::new(CLIENT_ID, CLIENT_SECRET))
        .base_url(server.url())
        .retry(Retry::new().base(Duration::from_millis(1)).cap(Duration::from_millis(5)))
        .build()
        .expect("a client")
}

/// Accepts every login, and gives the replies to all other requests, the last one again and again.
async fn answering(replies: Vec<Reply>) -> Server {
    let asked = AtomicUsize::new(0);
    let rule = move |request: &idhooks_fixtures::server::Received| {
        if request.path == "/oauth2/token" {
            return Reply::sample(200, sample("caf", "oauth2-token-issued"));
        }
        let turn = asked.fetch_add(1, Ordering::Relaxed);
        replies.get(turn).or(replies.last()).expect("a reply").clone()
    };
    Server::start(rule).await.expect("a port")
}

#[tokio::test]
async fn a_transaction_is_read_back() {
    let server = start().await.expect("a port");
    let client = client(&server);
    let created = client.create_transaction(&NewTransaction::new("t")).await.expect("created");
    let read = client.get_transaction(&created.id, &TransactionOptions::new()).await.expect("read");
    assert_eq!(read.id.as_ref(), Some(&created.id));
    assert_eq!(*read.status, Some(TransactionStatus::Reproved));
    assert!(read.raw().get().contains("JOANA"));
    assert!(!format!("{read:?}").contains("JOANA"));
    let sent = server.last();
    let path = format!("GET /v1/transactions/{}", created.id);
    assert_eq!((sent.line(), sent.query.as_str()), (path, ""));
    assert!(sent.body.is_empty() && sent.header("content-type").is_none());
    assert!(sent.header("authorization").is_some_and(|value| value.starts_with("Bearer ")));
}

#[tokio::test]
async fn options_become_the_query() {
    let server = answering(vec![Reply::json(200, r#"{"id":"t"}"#)]).await;
    let client = client(&server);
    let id = TransactionId::from("t");
    for (options, query) in [
        (TransactionOptions::new().include_cropped_images(), "_includeCroppedImages=true"),
        (TransactionOptions::new().include_pf_relationships(), "_includePfRelationships=true"),
        (TransactionOptions::new().include_execution_details(), "_includeExecutionDetails=true"),
        (TransactionOptions::new().lang("p t"), "_lang=p+t"),
        (
            TransactionOptions::new().include_cropped_images().include_execution_details().lang("pt"),
            "_includeCroppedImages=true&_includeExecutionDetails=true&_lang=pt",
        ),
    ] {
        client.get_transaction(&id, &options).await.expect("read");
        assert_eq!(server.last().query, query);
    }
}

#[tokio::test]
async fn profiles_and_attempts_are_read() {
    let server = start().await.expect("a port");
    let client = client(&server);
    let person = client.get_person_profile(CPF).await.expect("read");
    assert_eq!(person.cpf.as_ref().map(|cpf| &**cpf.expose()), Some(CPF));
    assert_eq!(server.last().line(), format!("GET /v1/profiles/peoples/{CPF}"));

    let company = client.get_company_profile(CNPJ).await.expect("read");
    assert_eq!(*company.status, Some(ProfileStatus::Pending));
    assert!(company.raw().get().contains("PADARIA"));
    assert_eq!(server.last().line(), format!("GET /v1/profiles/companies/{CNPJ}"));

    let attempt = client.get_face_attempt(&AttemptId::from(ATTEMPT)).await.expect("read");
    let id = attempt.data.as_ref().and_then(|data| data.id.as_ref());
    assert_eq!(id.map(AttemptId::as_str), Some(ATTEMPT));
    assert_eq!(server.last().line(), format!("GET /v1/faces/attempts/{ATTEMPT}"));
}

#[tokio::test]
async fn row_59_a_response_about_another_object_is_an_error() {
    let server = answering(vec![
        Reply::json(200, r#"{"requestId":"r","id":"t-2","status":"APPROVED"}"#),
        Reply::json(200, r#"{"id":"p","cpf":"00011122234"}"#),
        Reply::json(200, r#"{"data":{"id":"a-2"}}"#),
        Reply::json(200, r#"{"id":"p","cpf":"000.111.222-33"}"#),
        Reply::json(200, r#"{"id":"p","cpf":"***.111.222-**"}"#),
    ])
    .await;
    let client = client(&server);
    for (error, field) in [
        (client.get_transaction(&"t-1".into(), &TransactionOptions::new()).await.err(), "id"),
        (client.get_person_profile("00011122233").await.err(), "cpf"),
        (client.get_face_attempt(&"a-1".into()).await.err(), "data.id"),
    ] {
        let error = error_chain(&error.expect("another object"));
        assert!(error.ends_with(&format!(": {field} is not the requested one")), "{error}");
    }
    assert!(client.get_person_profile("00011122233").await.is_ok(), "marks are no difference");
    assert!(client.get_person_profile("00011122233").await.is_ok(), "a masked one tells nothing");
}

#[tokio::test]
async fn a_response_without_a_known_field_is_an_error() {
    for body in ["{}", r#"{"message":"no route"}"#, r#"{"requestId":"r"}"#, r#"{"requestId":"r","message":"no"}"#] {
        let server = answering(vec![Reply::json(200, body)]).await;
        let client = client(&server);
        for error in [
            client.get_transaction(&"t".into(), &TransactionOptions::new()).await.err(),
            client.get_person_profile(CPF).await.err(),
            client.get_company_profile(CNPJ).await.err(),
            client.get_face_attempt(&ATTEMPT.into()).await.err(),
        ] {
            let error = error.expect(body);
            assert!(error_chain(&error).ends_with("the body has no documented field"), "{error:?}");
            assert!(!error.is_transient());
        }
    }
}

#[tokio::test]
async fn odd_ids_stay_in_their_place() {
    let server = start().await.expect("a port");
    let client = client(&server);
    let odd = "../é?a=1#b/%2e";
    let escaped = "..%2F%C3%A9%3Fa%3D1%23b%2F%252e";
    let mut errors = vec![
        client.get_transaction(&odd.into(), &TransactionOptions::new()).await.err(),
        client.get_person_profile(odd).await.err(),
        client.get_company_profile(odd).await.err(),
        client.get_face_attempt(&odd.into()).await.err(),
    ];
    assert!(errors.iter().flatten().filter(|error| error.is_not_found()).count() == 4);
    let asked: Vec<_> = server.received().iter().skip(1).map(|request| request.line()).collect();
    let routes = ["transactions", "profiles/peoples", "profiles/companies", "faces/attempts"];
    assert_eq!(asked, routes.map(|route| format!("GET /v1/{route}/{escaped}")));

    errors.clear();
    for nothing in ["", ".", ".."] {
        errors.push(client.get_person_profile(nothing).await.err());
        errors.push(client.get_transaction(&nothing.into(), &TransactionOptions::new()).await.err());
    }
    assert_eq!(errors.iter().flatten().filter(|error| error.status().is_none()).count(), 6);
    assert_eq!(server.received().len(), 5, "nothing was sent");
}

#[tokio::test]
async fn reading_is_repeated() {
    let good = Reply::sample(200, sample("caf", "get-person-profile"));
    for bad in [Reply::status(503), Reply::status(429), good.clone().cut()] {
        let server = answering(vec![bad, good.clone()]).await;
        client(&server).get_person_profile(CPF).await.expect("read");
        assert_eq!(server.count(&format!("GET /v1/profiles/peoples/{CPF}")), 2);
    }
}

/// The number stands in the path, so it must stay out of whatever is said about the call.
#[tokio::test]
async fn no_error_shows_whom_it_is_about() {
    const CANARY: &str = "CANARY-7f3a-do-not-print";
    let quoting = format!(r#"{{"message":"{CANARY}","code":"{CANARY} x","requestId":"r"}}"#);
    let replies = [
        Reply::json(404, quoting),
        Reply::json(200, format!(r#"["{CANARY}"]"#)),
        Reply::new(500, "text/html", CANARY),
        Reply::status(302).header("location", &format!("/v1/profiles/peoples/{CANARY}")),
        Reply::json(200, "{}").cut(),
    ];
    let mut errors: Vec<Error> = Vec::new();
    for reply in replies {
        let server = answering(vec![reply]).await;
        errors.push(client(&server).get_person_profile(CANARY).await.expect_err("no profile"));
        assert!(server.last().path.contains(CANARY));
    }
    // Tokens from one host, and nobody at the other.
    let tokens = start().await.expect("a port");
    let closed = Server::start(|_| Reply::status(200)).await.expect("a port").url();
    let nobody =
        Client::builder(Credentials::new(CLIENT_ID, CLIENT_SECRET)).base_url(closed).token_base_url(tokens.url());
    let nobody = nobody.retry(Retry::none()).build().expect("a client");
    errors.push(nobody.get_person_profile(CANARY).await.expect_err("nobody there"));
    assert_eq!(tokens.received().len(), 1, "the login alone");
    for error in &errors {
        let shown = format!("{error} {error:?} {error:#?}");
        assert!(!shown.contains(CANARY), "{shown}");
        assert!(shown.contains("GET /v1/profiles/peoples/{cpf}"), "{shown}");
    }
}
