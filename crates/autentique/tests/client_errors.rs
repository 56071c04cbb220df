//! What goes wrong: each status and shape of error, answers that cannot be read, repetitions, and what is printed.

#![cfg(feature = "client-rustls")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use idhooks_autentique::{
    BuildError, Client, ClientBuilder, DocumentId, Error, OrganizationId, SignatureId, errors_of,
    http_client::{HttpTransport, Retry, Url},
    rest::{DocumentFilter, EndpointEvent, EndpointKind, ErrorCategory, ErrorCode, NewEndpoint},
};
use idhooks_fixtures::{
    error_chain,
    rest::sample,
    server::{
        Reply, Server,
        autentique::{self as double, API_KEY, REQUEST_ID},
    },
};
use serde_json::{Value, json};

const KEY: &str = "CANARY-key-4e1b";

thread_local! {
    /// One a test, because each one reads the system's certificates.
    static TRANSPORT: HttpTransport = HttpTransport::new().expect("a transport");
}

fn builder(server: &Server) -> ClientBuilder {
    let quick = Retry::new().base(Duration::from_millis(1)).cap(Duration::from_millis(5));
    Client::builder(KEY).base_url(server.url()).retry(quick).transport(TRANSPORT.with(Clone::clone))
}

fn client(server: &Server) -> Client {
    builder(server).build().expect("a client")
}

async fn always(reply: Reply) -> (Server, Client) {
    let server = Server::start(move |_| reply.clone()).await.expect("a port");
    let client = client(&server);
    (server, client)
}

/// `first`, and from then on the sample.
async fn once(first: Reply, then: &'static str) -> (Server, Client) {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => first.clone(),
        _ => Reply::sample(200, sample("autentique", then)),
    });
    let server = server.await.expect("a port");
    let client = client(&server);
    (server, client)
}

fn of(name: &str) -> Reply {
    Reply::sample(200, sample("autentique", name))
}

async fn read(client: &Client) -> Error {
    client.get_document(&DocumentId::from("d1")).await.expect_err("an error")
}

fn endpoint() -> NewEndpoint {
    let url = "https://hooks.example.com/CANARY-path";
    NewEndpoint::new(OrganizationId::from(1), url, EndpointKind::Member, "CANARY", &[EndpointEvent::MemberCreated])
}

/// One after the other, each mutation.
async fn mutate(client: &Client) -> [Result<(), Error>; 3] {
    [
        client.resend_signatures(&["s1".into()]).await.map(drop),
        client.create_link_to_signature(&"s1".into()).await.map(drop),
        client.create_endpoint(&endpoint()).await.map(drop),
    ]
}

#[tokio::test]
async fn a_refused_key() {
    let (_server, client) = always(Reply::sample(401, sample("autentique", "error-unauthorized"))).await;
    let error = read(&client).await;
    assert_eq!(
        (error.status().map(|status| status.as_u16()), error.code(), error.message()),
        (Some(401), Some("unauthorized"), Some("unauthorized"))
    );
    assert!(error.is_auth() && !error.is_transient() && !error.may_have_taken_effect());
    assert!(errors_of(&error).is_empty());

    let server = double::start().await.expect("a port");
    let client = self::client(&server);
    for error in mutate(&client).await {
        let error = error.expect_err("the key is not known");
        assert!(error.is_auth());
        assert_eq!(error.request_id(), Some(REQUEST_ID));
    }
    assert!(client.me().await.expect_err("the key is not known").is_auth());
    assert!(client.list_documents(&DocumentFilter::new()).next().await.expect_err("the same").is_auth());
}

#[tokio::test]
async fn a_refused_rate() {
    let reply = Reply::sample(429, sample("autentique", "error-rate-limit")).header("retry-after", "7");
    let (server, client) = always(reply).await;
    let error = read(&client).await;
    assert_eq!(
        (error.status().map(|status| status.as_u16()), error.code(), error.message()),
        (Some(429), None, Some("Too Many Attempts."))
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    assert!(error.is_transient() && !error.is_auth() && !error.may_have_taken_effect());
    assert_eq!(server.received().len(), 1, "longer than we wait: the caller is told");
}

#[tokio::test]
async fn errors_under_status_200() {
    for (name, code) in [
        ("error-coded", Some("too_many_resent_emails")),
        ("error-document-not-found", Some("document_not_found")),
        ("error-no-enterprise-access", Some("no_enterprise_access")),
        ("error-validation", Some("validation")),
        ("error-endpoint-validation", Some("validation")),
        ("error-partial", Some("without_permission")),
        ("error-not-found", None),
        ("error-invalid-variable", None),
    ] {
        let (server, client) = always(of(name).header("X-Attq-Request-Id", "r-1")).await;
        let error = read(&client).await;
        assert_eq!((error.status().map(|status| status.as_u16()), error.code()), (Some(200), code), "{name}");
        assert!(error.message().is_some_and(|message| !message.is_empty()), "{name}");
        assert_eq!(error.request_id(), Some("r-1"), "{name}");
        assert!(!error.is_transient(), "{name}");
        assert_eq!(error.is_auth(), matches!(name, "error-no-enterprise-access" | "error-partial"), "{name}");
        assert_eq!(error.is_not_found(), name == "error-document-not-found", "{name}");
        assert_eq!(server.received().len(), 1, "{name} is not repeated");
        let body: Value = serde_json::from_slice(sample("autentique", name).body).expect("JSON");
        let items = errors_of(&error);
        assert_eq!(items.len(), body["errors"].as_array().expect("a list").len(), "{name}");
        assert_eq!(items[0].message.as_ref().map(|it| &**it.expose()), body["errors"][0]["message"].as_str(), "{name}");
    }
    let (_server, client) = always(of("error-endpoint-validation")).await;
    let error = client.create_endpoint(&endpoint()).await.expect_err("an error");
    let [item] = &errors_of(&error)[..] else { panic!("one error") };
    assert_eq!(
        item.extensions.as_ref().and_then(|it| it.category.clone().into_option()),
        Some(ErrorCategory::Validation)
    );
    assert_eq!(item.violations().len(), 3);
}

#[tokio::test]
async fn a_missing_scope_is_a_matter_of_the_key() {
    let (_server, client) = always(of("error-missing-scope")).await;
    let error = read(&client).await;
    assert!(error.is_auth());
    assert_eq!(
        (error.status().map(|status| status.as_u16()), error.code(), error.message()),
        (Some(200), Some("Unauthorized"), Some("Unauthorized"))
    );
    assert_eq!(errors_of(&error)[0].code(), Some(ErrorCode::MissingScope));
}

#[tokio::test]
async fn half_an_answer_is_an_error_without_the_half() {
    let (_server, client) = always(of("error-partial")).await;
    let error = read(&client).await;
    let codes: Vec<_> = errors_of(&error).iter().filter_map(|item| item.code()).collect();
    assert_eq!(codes, [ErrorCode::WithoutPermission, ErrorCode::SignatureNotFound]);
    let body = String::from_utf8(error.body().expect("a body").to_vec()).expect("text");
    assert!(!body.contains("Bruno") && !body.contains("data"), "{body}");

    // Errors behind more data than an error keeps.
    let many = json!({ "data": { "document": { "id": "d", "name": "x".repeat(100_000) } },
        "errors": [{ "message": "without_permission" }] });
    let text = format!(r#"{{"data":{},"errors":{}}}"#, many["data"], many["errors"]);
    let (_server, client) = always(Reply::json(200, text)).await;
    assert_eq!(errors_of(&read(&client).await)[0].code(), Some(ErrorCode::WithoutPermission));
}

#[tokio::test]
async fn an_empty_list_of_errors_is_none_and_an_odd_one_is_one() {
    for nothing in ["[]", "[ ]", "null", "[\n]"] {
        let (_server, client) =
            always(Reply::json(200, format!(r#"{{"data":{{"document":{{"id":"d1"}}}},"errors":{nothing}}}"#))).await;
        let document = client.get_document(&DocumentId::from("d1")).await.expect(nothing);
        assert_eq!(document.id.as_str(), "d1");
    }
    for odd in ["[null]", "{}", "\"x\"", "true", "[{}]", "[[]]", r#"[{"message":7}]"#, r#"{"message":"x"}"#] {
        let (_server, client) =
            always(Reply::json(200, format!(r#"{{"data":{{"document":{{"id":"d1"}}}},"errors":{odd}}}"#))).await;
        let error = read(&client).await;
        assert_eq!((error.status().map(|status| status.as_u16()), error.code()), (Some(200), None), "{odd}");
        drop(errors_of(&error));
    }
}

#[tokio::test]
async fn statuses_of_something_in_between() {
    let html = "<html><body>CANARY</body></html>";
    for (status, transient, auth, not_found, uncertain) in [
        (301, false, false, false, true),
        (400, false, false, false, false),
        (403, false, true, false, false),
        (404, false, false, true, false),
        (408, true, false, false, true),
        (500, true, false, false, true),
        (502, true, false, false, true),
        (503, true, false, false, true),
        (504, true, false, false, true),
    ] {
        for reply in [Reply::new(status, "text/html", html), Reply::status(status), Reply::json(status, "{\"mess")] {
            let server = Server::start(move |_| reply.clone()).await.expect("a port");
            let client = builder(&server).retry(Retry::none()).build().expect("a client");
            let error = read(&client).await;
            assert_eq!(
                (error.status().map(|status| status.as_u16()), error.code(), error.message()),
                (Some(status), None, None),
                "{status}"
            );
            assert_eq!(
                (error.is_transient(), error.is_auth(), error.is_not_found(), error.may_have_taken_effect()),
                (transient, auth, not_found, uncertain),
                "{status}"
            );
            assert!(!format!("{error} {error:?}").contains("CANARY"));
        }
    }
}

#[tokio::test]
async fn rejects_responses_that_do_not_fit() {
    for (body, where_it_says) in [
        ("", "is empty"),
        ("<html>CANARY</html>", "JSON"),
        (r#"{"data":{"document":{"id":"CANARY"#, "JSON"),
        ("{}", "data is missing"),
        ("[]", "data is missing"),
        (r#"{"message":"CANARY"}"#, "data is missing"),
        (r#"{"data":null}"#, "data.document is missing"),
        (r#"{"data":[]}"#, "data.document is missing"),
        (r#"{"data":{}}"#, "data.document is missing"),
        (r#"{"data":{"me":{}}}"#, "data.document is missing"),
        (r#"{"data":{"document":{"name":"CANARY"}}}"#, "data.document.id is missing"),
        (r#"{"data":{"document":"CANARY"}}"#, "data.document"),
        (r#"{"data":{"document":[]}}"#, "data.document"),
    ] {
        let (server, client) = always(Reply::json(200, body)).await;
        let error = read(&client).await;
        let said = error_chain(&error);
        assert!(said.contains(where_it_says), "{body}: {said}");
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{body}: {said}");
        assert_eq!(error.status().map(|status| status.as_u16()), Some(200), "{body}");
        assert!(error.may_have_taken_effect() && !error.is_transient(), "{body}");
        assert_eq!(server.received().len(), 1, "{body}");
    }
    for body in [
        r#"{"data":{"resendSignatures":null,"createLinkToSignature":null,"createEndpoint":null}}"#,
        r#"{"data":{"resendSignatures":"yes","createLinkToSignature":[],"createEndpoint":{"secret":null}}}"#,
    ] {
        let (_server, client) = always(Reply::json(200, body)).await;
        for outcome in mutate(&client).await {
            let error = outcome.expect_err("nothing was promised");
            assert!(error.may_have_taken_effect(), "{error}");
        }
    }
    for body in [
        r#"{"data":{"documents":null}}"#,
        r#"{"data":{"documents":{"data":[]}}}"#,
        r#"{"data":{"documents":{"data":null,"has_more_pages":false}}}"#,
        r#"{"data":{"documents":{"data":[{"name":"x"}],"has_more_pages":false}}}"#,
    ] {
        let (_server, client) = always(Reply::json(200, body)).await;
        assert!(client.list_documents(&DocumentFilter::new()).next().await.is_err(), "{body}");
    }
}

#[tokio::test]
async fn reading_is_repeated() {
    for (first, times) in [
        (Reply::sample(429, sample("autentique", "error-rate-limit")), 2),
        (Reply::status(503), 2),
        (Reply::new(502, "text/html", "<html>"), 2),
        (Reply::json(200, "{\"da").cut(), 2),
    ] {
        let (server, client) = once(first.clone(), "document-response").await;
        let id = DocumentId::from("7b1c40de9a3f5c2286e0d94b71af53c8e26d0a9b4f7c31e58");
        client.get_document(&id).await.expect("the second answer");
        assert_eq!(server.count("POST /v2/graphql"), times);
        assert_eq!(server.received()[0].body, server.received()[1].body);

        let (server, client) = once(first.clone(), "documents-page-2").await;
        client.list_documents(&DocumentFilter::new()).all().await.expect("the second answer");
        assert_eq!(server.received().len(), times);

        let (server, client) = once(first, "me-response").await;
        client.me().await.expect("the second answer");
        assert_eq!(server.received().len(), times);
    }
}

#[tokio::test]
async fn a_list_goes_on_where_it_failed() {
    let asked = AtomicUsize::new(0);
    let server = Server::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 => of("documents-page-1"),
        1 => of("error-missing-scope"),
        _ => of("documents-page-2"),
    });
    let server = server.await.expect("a port");
    let mut pages = client(&server).list_documents(&DocumentFilter::new().limit(2));
    assert_eq!(pages.next().await.expect("a page").expect("a page").items.len(), 2);
    assert!(pages.next().await.expect_err("once").is_auth());
    assert_eq!(pages.next().await.expect("a page").expect("a page").items.len(), 1);
    assert!(pages.next().await.expect("the end").is_none());
    let numbers: Vec<_> = server.received().iter().map(|it| it.json()["variables"]["page"].clone()).collect();
    assert_eq!(numbers, [1, 2, 2]);
}

#[tokio::test]
async fn what_may_have_been_done_is_not_done_again() {
    for reply in [
        Reply::status(503),
        Reply::new(502, "text/html", "<html>"),
        Reply::status(500),
        Reply::json(200, "{\"data\":{").cut(),
        Reply::json(200, "{\"data\":{"),
    ] {
        let (server, client) = always(reply).await;
        for outcome in mutate(&client).await {
            let error = outcome.expect_err("an error");
            assert!(error.may_have_taken_effect(), "{error}");
        }
        assert_eq!(server.count("POST /v2/graphql"), 2, "each exactly once");
        assert_eq!(server.count("POST /v2/graphql/corporate"), 1, "exactly once");
    }
    let late = of("resend-response").after(Duration::from_millis(80));
    let server = Server::start(move |_| late.clone()).await.expect("a port");
    let client = builder(&server).timeout(Duration::from_millis(20)).build().expect("a client");
    let error = client.resend_signatures(&["s1".into()]).await.expect_err("too late");
    assert!(error.is_timeout() && error.may_have_taken_effect());
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn what_was_refused_is_asked_again() {
    let busy = Reply::sample(429, sample("autentique", "error-rate-limit"));
    let (server, client) = once(busy.clone(), "resend-response").await;
    assert!(client.resend_signatures(&["s1".into()]).await.expect("the second answer"));
    assert_eq!(server.received().len(), 2);
    let (server, client) = once(busy.clone(), "create-link-response").await;
    client.create_link_to_signature(&"s1".into()).await.expect("the second answer");
    assert_eq!(server.received().len(), 2);
    let (server, client) = once(busy, "create-endpoint-response").await;
    client.create_endpoint(&endpoint()).await.expect("the second answer");
    assert_eq!(server.count("POST /v2/graphql/corporate"), 2);
}

#[tokio::test]
async fn nothing_is_sent_for_an_empty_id() {
    let (server, client) = always(of("resend-response")).await;
    let errors = [
        client.get_document(&DocumentId::from("")).await.map(drop).expect_err("empty"),
        client.resend_signatures(&[]).await.map(drop).expect_err("none"),
        client.resend_signatures(&["s1".into(), "".into()]).await.map(drop).expect_err("empty"),
        client.create_link_to_signature(&SignatureId::from("--")).await.map(drop).expect_err("empty"),
    ];
    for error in errors {
        assert!(error.status().is_none() && !error.may_have_taken_effect() && !error.is_transient(), "{error}");
    }
    assert_eq!(server.received().len(), 0);
}

#[test]
fn rejects_invalid_settings() {
    let build = |key: &str| Client::builder(key).build().map(drop);
    for (key, why) in [
        ("", "the API key is empty"),
        ("CANARY\n", "the API key has leading or trailing whitespace"),
        ("CANARY\u{7}x", "the key cannot be sent in a header"),
    ] {
        let error: BuildError = build(key).expect_err(why);
        assert_eq!(error.to_string(), why);
        assert!(!format!("{error:?}").contains("CANARY"));
    }
    let base = |base: &str| Client::builder(KEY).base_url(Url::parse(base).expect("a URL")).build();
    assert!(base("http://api.autentique.com.br").is_err(), "the key must not be shown on the way");
    assert!(base("https://user:pass@api.autentique.com.br").is_err());
    assert!(base("https://gateway.example.com/autentique/").is_ok());
    if std::env::var_os("AUTENTIQUE_API_KEY").is_none() {
        let error = ClientBuilder::from_env().expect_err("not set");
        assert!(error.is_missing());
        assert_eq!(error.variable(), Some("AUTENTIQUE_API_KEY"));
    }
}

#[tokio::test]
async fn a_base_with_a_path_keeps_it() {
    let (server, _) = always(of("me-response")).await;
    let base = server.url().join("gateway/").expect("a URL");
    let client = Client::builder(KEY).base_url(base).build().expect("a client");
    client.me().await.expect("an account");
    assert_eq!(server.last().line(), "POST /gateway/v2/graphql");
}

#[tokio::test]
async fn row_49_nothing_personal_and_no_key_is_printed() {
    let personal =
        ["CANARY", "Bruno", "111.444.777-35", "bruno.assinante", "assina.ae", "O endereço", API_KEY, "\"$folder"];
    let clean = |shown: &str| {
        for canary in personal {
            assert!(!shown.contains(canary), "{canary} in {shown}");
        }
    };
    let (server, client) = always(of("document-response")).await;
    clean(&format!("{:?} {client:?} {client:#?}", builder(&server)));
    clean(&format!("{:?}", client.get_document(&DocumentId::from("d1")).await));
    clean(&format!("{:?}", client.list_documents(&DocumentFilter::new().signer("CANARY").search("CANARY"))));
    let (_server, client) = always(of("documents-page-1")).await;
    clean(&format!("{:?}", client.list_documents(&DocumentFilter::new()).next().await));
    let (_server, client) = always(of("create-endpoint-response")).await;
    let created = client.create_endpoint(&endpoint()).await.expect("an endpoint");
    assert!(!format!("{created:?}").contains(created.secret.expose()));
    clean(&format!("{created:?} {:?}", endpoint()));

    let quoting = json!({ "errors": [{ "message": "CANARY is not a person", "path": ["CANARY"],
        "extensions": { "category": "CANARY", "validation": { "CANARY": ["CANARY:CANARY"] } } }] });
    for reply in
        [of("error-invalid-variable"), of("error-partial"), Reply::value(200, &quoting), Reply::value(422, &quoting)]
    {
        let (_server, client) = always(reply.header("X-Attq-Request-Id", "CANARY with blanks")).await;
        let error = read(&client).await;
        clean(&format!("{error} {error:?} {error:#?}"));
        assert!(error.message().is_some(), "on demand it is there");
    }
}
