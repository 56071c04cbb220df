//! Every call, against a server on this machine that reads the query as Autentique would.

#![cfg(feature = "client-rustls")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use idhooks_autentique::http_client::ErrorKind;
use std::collections::BTreeSet;

use idhooks_autentique::{
    Client, DocumentId, OrganizationId, SignatureId, core, errors_of,
    http_client::Url,
    rest::{Direction, Document, DocumentFilter, DocumentStatus, EndpointEvent, EndpointKind, ErrorCode, NewEndpoint},
};
use idhooks_fixtures::{
    error_chain,
    rest::sample,
    server::{
        Received, Reply, Server,
        autentique::{self as double, API_KEY, API_KEY_WITHOUT_CORPORATE, PDF, asked_for},
    },
};
use serde_json::{Value, json};

const DOCUMENT: &str = "7b1c40de9a3f5c2286e0d94b71af53c8e26d0a9b4f7c31e58";
/// As a webhook writes it.
const SIGNATURE: &str = "f0a1b2c3-d4e5-11f0-9c87-42010a2b610e";
const SIGNATURE_OF_THE_API: &str = "f0a1b2c3d4e511f09c8742010a2b610e";
const PENDING: &str = "5a5b5c5d11f011f09c8742010a2b610e";

async fn start() -> (Server, Client) {
    let server = double::start().await.expect("a port");
    let client = client(&server);
    (server, client)
}

fn client(server: &Server) -> Client {
    with_key(server, API_KEY)
}

fn with_key(server: &Server, key: &str) -> Client {
    Client::builder(key).base_url(server.url()).build().expect("a client")
}

async fn answering(reply: Reply) -> (Server, Client) {
    let server = Server::start(move |_| reply.clone()).await.expect("a port");
    let client = client(&server);
    (server, client)
}

/// What was sent: nothing but the constant text and the variables.
fn variables(request: &Received) -> Value {
    let body = request.json();
    let names: Vec<_> = body.as_object().expect("an object").keys().cloned().collect();
    assert_eq!(names, ["query", "variables"]);
    body["variables"].clone()
}

fn query(request: &Received) -> String {
    request.json()["query"].as_str().expect("a text").to_owned()
}

fn codes(error: &idhooks_autentique::Error) -> Vec<ErrorCode> {
    errors_of(error).iter().filter_map(|item| item.code()).collect()
}

/// An id is never put into the text of a query.
#[tokio::test]
async fn row_32_odd_ids_stay_in_the_variables() {
    let (server, client) = start().await;
    client.get_document(&DocumentId::from(DOCUMENT)).await.expect("an answer");
    let usual = query(&server.last());
    for id in ["a\"b", "a\\", "x\") { id } organization(id: \"1", "../x", "{{x}}", "$id", "a\nb\0", &"a".repeat(10_240)]
    {
        // What the double answers for an id it does not know is not what is looked at.
        drop(client.get_document(&DocumentId::from(id)).await);
        let request = server.last();
        assert_eq!(query(&request), usual);
        assert_eq!(variables(&request), json!({ "id": id }));
    }
}

#[tokio::test]
async fn a_document_by_its_id() {
    let (server, client) = start().await;
    let document = client.get_document(&DocumentId::from(DOCUMENT)).await.expect("an answer");
    assert_eq!(document.id.as_str(), DOCUMENT);
    assert_eq!((*document.signatures_count, *document.signed_count), (Some(2), Some(1)));
    assert_eq!(document.signers().map(Iterator::count), Some(2));

    let request = server.last();
    assert_eq!(request.line(), "POST /v2/graphql");
    assert_eq!(request.query, "");
    assert_eq!(request.header("authorization"), Some(&*format!("Bearer {API_KEY}")));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("user-agent"), Some(concat!("idhooks-autentique/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(variables(&request), json!({ "id": DOCUMENT }));
}

#[tokio::test]
async fn a_missing_document_is_an_error_and_so_is_null() {
    let (server, client) = start().await;
    let usual = {
        client.get_document(&DocumentId::from(DOCUMENT)).await.expect("an answer");
        query(&server.last())
    };
    for odd in ["\"}) { me { id } } #", "a/b?c#d%2e", "á\r\n\u{202e}", "$id", "..", "\\"] {
        let error = client.get_document(&DocumentId::from(odd)).await.expect_err(odd);
        assert_eq!(codes(&error), [ErrorCode::DocumentNotFound], "{odd:?}");
        let request = server.last();
        assert_eq!((query(&request), variables(&request)), (usual.clone(), json!({ "id": odd })));
    }

    let (_server, client) = answering(Reply::sample(200, sample("autentique", "document-null-response"))).await;
    let error = client.get_document(&DocumentId::from(DOCUMENT)).await.expect_err("null");
    assert!(error.is_not_found());
    assert_eq!(error_chain(&error), "POST /v2/graphql: the vendor returned 200: data.document is null");
}

#[tokio::test]
async fn documents_page_by_page() {
    let (server, client) = start().await;
    let mut pages = client.list_documents(&DocumentFilter::new().show_sandbox(true).limit(2));
    let mut seen = Vec::new();
    while let Some(page) = pages.next().await.expect("a page") {
        assert_eq!(page.total, Some(3));
        seen.push(page.items.len());
    }
    assert_eq!(seen, [2, 1]);
    let asked: Vec<_> = server.received().iter().map(variables).collect();
    let page = |number: u64| json!({ "limit": 2, "page": number, "showSandbox": true });
    assert_eq!(asked, [page(1), page(2)], "and none after the last page");
    assert!(server.received().iter().all(|request| request.line() == "POST /v2/graphql"));
}

#[tokio::test]
async fn a_list_that_starts_later_and_lists_with_one_page_or_none() {
    let (server, client) = start().await;
    let whole = client.list_documents(&DocumentFilter::new().show_sandbox(true).limit(2).page(2)).all().await;
    assert_eq!(whole.expect("a page").len(), 1);
    assert_eq!(variables(&server.last())["page"], 2);

    let outside_the_sandbox = client.list_documents(&DocumentFilter::new()).all().await.expect("a page");
    assert!(outside_the_sandbox.iter().all(|document| *document.sandbox == Some(false)));
    assert_eq!(outside_the_sandbox.len(), 1);

    let (server, client) = answering(Reply::sample(200, sample("autentique", "documents-empty"))).await;
    assert_eq!(client.list_documents(&DocumentFilter::new()).all().await.expect("a page"), []);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn every_filter_is_sent_under_the_vendors_name() {
    let (server, client) = start().await;
    let filter = DocumentFilter::new()
        .status(DocumentStatus::Pending)
        .name("a")
        .signer("b")
        .search("c")
        .start_date("2026-10-01")
        .end_date("2026-10-31")
        .include_deleted(true)
        .include_archived(true)
        .order_by("created_at", Direction::Ascending)
        .show_sandbox(true)
        .only_sandbox(false)
        .context(idhooks_autentique::rest::Context::Organization)
        .folder_id(&"f".into())
        .group_uuid(&"g".into())
        .member_id(&"m".into())
        .organization_id(OrganizationId::from(179));
    // The double refuses names and types that are not the vendor's, and variables that are given and not used.
    client.list_documents(&filter).all().await.expect("a page");
    assert_eq!(variables(&server.last()), serde_json::to_value(&filter).expect("writes"));
    assert_eq!(variables(&server.last()).as_object().map(|it| it.len()), Some(18));
}

#[tokio::test]
async fn row_60_a_list_ends_at_its_total_also_when_that_is_text() {
    for total in [json!(2), json!("2"), json!(3)] {
        // The server ignores the page, and says that more follow; each document is billed.
        let documents = json!({ "total": total, "has_more_pages": true, "data": [{ "id": "d1" }, { "id": "d2" }] });
        let (server, client) = answering(Reply::value(200, &json!({ "data": { "documents": documents } }))).await;
        let mut pages = client.list_documents(&DocumentFilter::new().limit(2));
        while pages.next().await.is_ok_and(|page| page.is_some()) {}
        assert_eq!(server.received().len(), if total == 3 { 2 } else { 1 }, "{total}");
    }
}

#[tokio::test]
async fn row_59_a_response_about_another_document_is_an_error() {
    let (_server, client) = answering(Reply::json(200, r#"{"data":{"document":{"id":"ab12"}}}"#)).await;
    let error = client.get_document(&"ab13".into()).await.expect_err("another document");
    assert!(error_chain(&error).ends_with("data.document.id is not the requested one"), "{error:?}");
    assert!(!error.is_not_found() && !error.is_transient());
    let same = client.get_document(&"AB12".into()).await.expect("the same document");
    assert_eq!(same.id.as_str(), "ab12");
}

#[tokio::test]
async fn a_response_without_a_documented_field_is_an_error() {
    for object in ["{}", r#"{"message":"no"}"#] {
        let body = format!(r#"{{"data":{{"me":{object},"createLinkToSignature":{object}}}}}"#);
        let (_server, client) = answering(Reply::json(200, body)).await;
        for error in [
            client.me().await.map(drop).expect_err(object),
            client.create_link_to_signature(&"s-1".into()).await.map(drop).expect_err(object),
        ] {
            assert!(error_chain(&error).ends_with(" has no documented field"), "{error:?}");
            assert!(!error.is_transient());
        }
    }
}

#[tokio::test]
async fn a_null_among_documents_is_passed_over() {
    let mut body: Value = serde_json::from_slice(sample("autentique", "documents-page-2").body).expect("JSON");
    body["data"]["documents"]["data"].as_array_mut().expect("a list").insert(0, Value::Null);
    let (_server, client) = answering(Reply::value(200, &body)).await;
    assert_eq!(client.list_documents(&DocumentFilter::new()).all().await.expect("a page").len(), 1);
}

#[tokio::test]
async fn who_the_key_acts_for() {
    let (server, client) = start().await;
    let me = client.me().await.expect("an account");
    assert_eq!(me.id.as_ref().map(|id| id.as_str()), Some("1ac41a793ed27015abd0a381eb2846e1c3e7fe01"));
    assert_eq!(server.last().line(), "POST /v2/graphql");
    assert_eq!(variables(&server.last()), json!({}));
}

#[tokio::test]
async fn signers_are_asked_again() {
    let (server, client) = start().await;
    assert!(client.resend_signatures(&[SignatureId::from(SIGNATURE)]).await.expect("an answer"));
    assert_eq!(server.last().line(), "POST /v2/graphql");
    assert_eq!(variables(&server.last()), json!({ "public_ids": [SIGNATURE_OF_THE_API] }));

    let error = client.resend_signatures(&[SignatureId::from(SIGNATURE)]).await.expect_err("a short while ago");
    assert_eq!(codes(&error), [ErrorCode::TooManyResentEmails]);
    assert_eq!(error.code(), Some("too_many_resent_emails"));
    let both = [SignatureId::from(SIGNATURE), SignatureId::from(PENDING)];
    assert!(client.resend_signatures(&both).await.expect("one of them was not asked lately"));
    let error = client.resend_signatures(&["nobody".into()]).await.expect_err("nobody");
    assert!(codes(&error).iter().all(ErrorCode::is_not_found) && !codes(&error).is_empty());

    let (_server, client) = answering(Reply::json(200, r#"{"data":{"resendSignatures":false}}"#)).await;
    assert!(!client.resend_signatures(&both).await.expect("an answer"), "what the API says is passed on");
    let (_server, client) = answering(Reply::sample(200, sample("autentique", "resend-response"))).await;
    assert!(client.resend_signatures(&both).await.expect("an answer"));
}

#[tokio::test]
async fn a_link_for_one_signer() {
    let (server, client) = start().await;
    let link = client.create_link_to_signature(&SignatureId::from(SIGNATURE)).await.expect("a link");
    assert_eq!(link.short_link.as_ref().map(|it| &**it.expose()), Some("https://assina.ae/A9pQN40FuNc10Na8K8"));
    assert_eq!(link.id.as_ref().map(|id| id.as_str()), Some("8841274"));
    assert_eq!(server.last().line(), "POST /v2/graphql");
    assert_eq!(variables(&server.last()), json!({ "public_id": SIGNATURE_OF_THE_API }));
    let error = client.create_link_to_signature(&"nobody".into()).await.expect_err("nobody");
    assert_eq!(codes(&error), [ErrorCode::SignatureNotFound]);

    let (_server, client) = answering(Reply::sample(200, sample("autentique", "create-link-response"))).await;
    assert!(client.create_link_to_signature(&SIGNATURE.into()).await.expect("a link").id.is_absent());
}

#[tokio::test]
async fn an_endpoint_by_the_corporate_api() {
    let (server, client) = start().await;
    let asked = [EndpointEvent::SignatureAccepted, EndpointEvent::DocumentFinished, EndpointEvent::SignatureRejected];
    let new = NewEndpoint::new(
        OrganizationId::from(179),
        "https://hooks.example.com/a",
        EndpointKind::Signature,
        "Signatures",
        &asked,
    );
    let created = client.create_endpoint(&new).await.expect("an endpoint");
    assert_eq!(created.secret.expose(), "constructed-endpoint-secret-5d1f");
    let events = created.webhook_endpoint.as_ref().and_then(|it| it.events.as_ref()).expect("events");
    assert_eq!(**events, [EndpointEvent::SignatureAccepted, EndpointEvent::SignatureRejected], "one was dropped");
    assert_eq!(server.last().line(), "POST /v2/graphql/corporate");
    assert_eq!(variables(&server.last()), serde_json::to_value(&new).expect("writes"));

    client.create_endpoint(&new.clone().folder_id(&"folder-1".into())).await.expect("an endpoint");
    assert_eq!(variables(&server.last())["folder_id"], "folder-1");

    let error = with_key(&server, API_KEY_WITHOUT_CORPORATE).create_endpoint(&new).await.expect_err("no such plan");
    assert_eq!(codes(&error), [ErrorCode::NoEnterpriseAccess]);
}

/// A member that is asked for and has no field would be paid for and dropped; a field that is not asked for would
/// always be `None`.
#[tokio::test]
async fn what_is_asked_for_is_what_the_types_have() {
    let (server, client) = start().await;
    client.get_document(&DocumentId::from(DOCUMENT)).await.expect("an answer");
    let asked: BTreeSet<_> = asked_for(&query(&server.last())).expect("a query").into_iter().collect();
    let in_list = {
        client.list_documents(&DocumentFilter::new()).all().await.expect("a page");
        asked_for(&query(&server.last())).expect("a query")
    };
    let of_documents = in_list.iter().filter_map(|path| path.strip_prefix("documents.data."));
    let wanted: BTreeSet<_> = asked.iter().filter_map(|path| path.strip_prefix("document.")).collect();
    assert_eq!(of_documents.collect::<BTreeSet<_>>(), wanted, "one document and a list ask for the same");

    // One document in which every member that is asked for is an object or a value that its field can hold.
    let written = |document: &Document| serde_json::to_value(document).expect("writes");
    let mut whole = json!({ "id": "text", "signatures": [{ "public_id": "text" }] });
    for path in wanted.iter().filter(|path| **path != "signatures") {
        let is_object = wanted.iter().any(|other| other.starts_with(&format!("{path}.")));
        let candidates = if is_object { vec![json!({})] } else { vec![json!("text"), json!(true), json!(7)] };
        let with = |value| {
            let mut whole = whole.clone();
            put(&mut whole, path, value);
            whole
        };
        let fits = |whole: &Value| {
            let read = core::json::decode(whole.to_string().as_bytes());
            read.is_ok_and(|document: Document| written(&document) == *whole)
        };
        whole = candidates.into_iter().map(with).find(fits).unwrap_or_else(|| panic!("no field for {path}"));
    }
    let body = json!({ "data": { "document": whole } });
    let (_server, client) = answering(Reply::value(200, &body)).await;
    let read: Document = client.get_document(&"text".into()).await.expect("an answer").into_inner();
    assert_eq!(written(&read), whole);

    // And every member of the sample, which holds all fields, is asked for.
    let sample: Value = serde_json::from_slice(sample("autentique", "document-response").body).expect("JSON");
    let mut in_sample = BTreeSet::new();
    walk(&sample["data"]["document"], "", &mut in_sample);
    assert_eq!(in_sample.iter().map(String::as_str).filter(|path| !wanted.contains(path)).collect::<Vec<_>>(), [""; 0]);
}

/// Sets the member at `path`, which goes through the first element of every array.
fn put(value: &mut Value, path: &str, what: Value) {
    let mut here = value;
    for name in path.split('.') {
        here = if here.is_array() { &mut here[0][name] } else { &mut here[name] };
    }
    *here = what;
}

fn walk(value: &Value, before: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                found.insert(format!("{before}{name}"));
                walk(inner, &format!("{before}{name}."), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, before, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_signed_file() {
    let (server, client) = start().await;
    let document = client.get_document(&DocumentId::from(DOCUMENT)).await.expect("an answer");
    let files = document.files.as_ref().expect("files");
    let link = files.signed.as_ref().expect("a link").expose();
    let client = loopback(&server, API_KEY);
    let file = client.download(link).await.expect("a file");
    assert_eq!((&file.body()[..], file.content_type()), (PDF, Some("application/pdf")));
    assert_eq!(server.last().line(), format!("GET /documentos/{DOCUMENT}/assinado.pdf"));
    assert_eq!(server.last().header("authorization"), Some(&*format!("Bearer {API_KEY}")));

    let error = loopback(&server, "another-key").download(link).await.expect_err("not with that key");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(403));

    let before = server.received().len();
    let rejected = with_key(&server, API_KEY).download(link).await.expect_err("not allowed");
    assert!(rejected.kind() == ErrorKind::InvalidRequest);
    assert!(!format!("{rejected} {rejected:?} {client:?}").contains(API_KEY));
    assert_eq!(server.received().len(), before, "nothing was sent");
}

#[tokio::test]
async fn files_are_fetched_from_the_vendor_alone() {
    let elsewhere = Server::start(|_| Reply::status(200)).await.expect("a port");
    let production = Client::builder(API_KEY).downloader(|files| files.allow_loopback()).build().expect("a client");
    let mut links = vec![elsewhere.url().to_string()];
    links.extend(
        [
            "http://api.autentique.com.br/documentos/1/assinado.pdf",
            "https://api.autentique.com.br.example.com/a.pdf",
            "https://xapi.autentique.com.br/a.pdf",
            "https://api.autentique.com.br:8443/a.pdf",
            "https://user@api.autentique.com.br/a.pdf",
            "file:///etc/passwd",
            "",
        ]
        .map(str::to_owned),
    );
    for link in links {
        assert!(production.download(&link).await.expect_err(&link).kind() == ErrorKind::InvalidRequest, "{link}");
    }
    assert_eq!(elsewhere.received().len(), 0);

    // A redirect is not followed, so the key cannot be led away.
    let target = elsewhere.url().to_string();
    let leading_away = Server::start(move |_| Reply::status(302).header("location", &target)).await.expect("a port");
    let client = loopback(&leading_away, API_KEY);
    let error = client.download(leading_away.url().as_str()).await.expect_err("a redirect");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(302));
    assert_eq!(elsewhere.received().len(), 0);

    // A base that only looks like this machine gives nothing away.
    let base = Url::parse("https://127.0.0.1.example.com").expect("a URL");
    let builder = Client::builder(API_KEY).base_url(base).downloader(|files| files.allow_loopback());
    let client = builder.build().expect("a client");
    assert!(
        client.download(elsewhere.url().as_str()).await.expect_err("not on the list").kind()
            == ErrorKind::InvalidRequest
    );
    let lookalike = client.download("https://127.0.0.1.example.com/a.pdf").await;
    assert!(lookalike.expect_err("not on the list").kind() == ErrorKind::InvalidRequest);
}

/// A client that downloads from this machine.
fn loopback(server: &Server, key: &str) -> Client {
    let builder = Client::builder(key).base_url(server.url()).downloader(|files| files.allow_loopback());
    builder.build().expect("a client")
}

/// The vendor's own sample has a file on another host, which is allowed on request and never gets the key.
#[tokio::test]
async fn an_extra_host_never_gets_the_key() {
    let storage = Server::start(|_| Reply::new(200, "application/pdf", "x")).await.expect("a port");
    let client = |host: Option<&str>| {
        let builder = Client::builder(API_KEY).downloader(|files| files.allow_loopback());
        host.into_iter().fold(builder, |builder, host| builder.extra_download_host(host)).build().expect("a client")
    };
    let link = storage.url().join("original.pdf").expect("a URL").to_string();
    assert!(client(None).download(&link).await.expect_err("not allowed").kind() == ErrorKind::InvalidRequest);
    client(Some("127.0.0.1")).download(&link).await.expect("a file");
    assert_eq!(storage.last().header("authorization"), None);

    // Allowed by its name, so that only the resolver stops it here.
    let sample = "https://storage.googleapis.com/autentique/original.pdf";
    let unresolved = Client::builder(API_KEY).extra_download_host("storage.googleapis.com");
    let unresolved = unresolved.downloader(|files| files.resolver(Nobody)).build().expect("a client");
    assert!(unresolved.download(sample).await.expect_err("no address").kind() != ErrorKind::InvalidRequest);
}

struct Nobody;

#[idhooks_autentique::http_client::async_trait]
impl idhooks_autentique::http_client::Resolve for Nobody {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<std::net::IpAddr>> {
        Err(std::io::ErrorKind::NotFound.into())
    }
}
