//! Errors show enough, and no secret.

#![allow(clippy::unwrap_used, reason = "test code: a panic is the finding")]

use std::{error::Error as _, sync::Mutex};

use idhooks_client::{
    ApiClient, Auth, BuildError, Bytes, Error, ErrorKind, Limits, Request, Response, Retry, Settings, Transport,
    TransportError, TransportErrorKind, VendorError, async_trait,
    http::{self, StatusCode},
};
use idhooks_core::{DecodeError, payload};

payload! {
    struct Person {
        id: Box<str> = "id",
    }
}

/// Answers once.
struct Once(Mutex<Option<Result<http::Response<Bytes>, TransportError>>>);

#[async_trait]
impl Transport for Once {
    async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        self.0.lock().unwrap().take().unwrap()
    }
}

fn api(answer: Result<http::Response<Bytes>, TransportError>) -> ApiClient {
    Settings::new("test", "idhooks-test/1")
        .base_url_str("https://api.example.com")
        .transport(Once(Mutex::new(Some(answer))))
        .retry(Retry::none())
        .build(Auth::bearer("CANARY-token").unwrap())
        .unwrap()
}

fn response(status: u16, body: &'static str) -> Result<http::Response<Bytes>, TransportError> {
    let response = http::Response::builder().status(status).header("x-secret", "CANARY-header");
    Ok(response.body(Bytes::from_static(body.as_bytes())).unwrap())
}

async fn failed(answer: Result<http::Response<Bytes>, TransportError>) -> Error {
    let call = Request::get("/people/{cpf}").with("cpf", "CANARY-cpf").query("name", "CANARY-name");
    let error = api(answer).fetch::<Person>(call).await.unwrap_err();
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(!shown.contains("CANARY"), "{shown}");
    error
}

#[tokio::test]
async fn row_49_debug_shows_the_structure_and_no_secret() {
    let call = r#"call: Some((GET, "/people/{cpf}"))"#;
    let error = failed(response(429, r#"{"code":"RATE","message":"CANARY-message"}"#)).await;
    let vendor = r#"VendorError { code: Some("RATE"), request_id: None, is_auth: false, is_not_found: false, .. }"#;
    assert_eq!(
        format!("{error:?}"),
        format!(
            "Error {{ kind: Vendor, what: \"the vendor returned\", {call}, status: Some(429), vendor: {vendor}, \
             transport: None, retry_after: None, body_bytes: 42, login: false, may_have_taken_effect: false, \
             source: None }}"
        )
    );
    let shown = format!("{:?}", failed(response(200, r#"{"id":7,"name":"CANARY-body"}"#)).await);
    for part in
        ["kind: InvalidResponse", call, "status: Some(200)", "source: Some(\"id is of another type than documented\")"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let shown = format!("{:?}", failed(Err(TransportError::new(TransportErrorKind::Timeout, "too slow"))).await);
    for part in ["kind: Transport", call, "transport: Some(Timeout)", "source: Some(\"timeout: too slow\")"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    let error = BuildError::invalid("API key", "is empty").with_source(std::io::Error::other("away"));
    assert_eq!(
        format!("{error:?}"),
        r#"BuildError { variable: None, what: "API key", why: "is empty", source: Some("away") }"#
    );
    let error = TransportError::from(TransportErrorKind::Connect);
    assert_eq!(format!("{error:?}"), "TransportError { kind: Connect, source: None }");
}

#[tokio::test]
async fn every_error_has_a_kind_and_its_source() {
    let transport = failed(Err(TransportErrorKind::Connect.into())).await;
    let decode = failed(response(200, "{}")).await;
    let vendor = failed(response(404, "{}")).await;
    let other = Error::other("signing failed", std::io::Error::other("key vault away"));
    for (error, kind, text, source, status) in [
        (transport, ErrorKind::Transport, "GET /people/{cpf}: request failed", Some("no connection"), None),
        (
            decode,
            ErrorKind::InvalidResponse,
            "GET /people/{cpf}: invalid response (status 200)",
            Some("id is missing"),
            Some(StatusCode::OK),
        ),
        (vendor, ErrorKind::Vendor, "GET /people/{cpf}: the vendor returned 404", None, Some(StatusCode::NOT_FOUND)),
        (other, ErrorKind::Other, "signing failed", Some("key vault away"), None),
        (Error::invalid_request("no id"), ErrorKind::InvalidRequest, "invalid request: no id", None, None),
    ] {
        assert_eq!((error.kind(), error.status()), (kind, status));
        assert_eq!(error.to_string(), text);
        assert_eq!(error.source().map(ToString::to_string).as_deref(), source, "{text}");
    }
}

#[test]
fn a_source_can_be_downcast() {
    let response = Response::from(http::Response::new(Bytes::new()));
    let error = response.invalid(DecodeError::missing("id"));
    assert!(error.source().unwrap().is::<DecodeError>());
    assert_eq!(error.status(), Some(StatusCode::OK));
    assert!(response.error(VendorError::default(), response.body()).source().is_none());
}
