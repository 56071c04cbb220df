//! From a hint to a fact.

use std::error::Error as _;

use idhooks_case_keeper::{
    Confirmation, Event, EventKey, OpenEndpoint,
    core::{Unverified, WebhookEvent as _},
};
use idhooks_fixtures::{CASE_KEEPER, find};

use super::*;

pub(super) fn hint(body: &[u8]) -> Unverified<Event> {
    let headers: [(&str, &str); 0] = [];
    OpenEndpoint::new().verify(&headers, body.to_vec()).expect("a hint")
}

pub(super) fn event(key: &str, id: &str) -> Event {
    Event::decode(json!({ "key": key, "data": { "id": id } }).to_string().as_bytes()).expect("an event")
}

async fn word(client: &Client, key: &str, id: &str) -> &'static str {
    client.confirm_event(&event(key, id)).await.expect("an answer").as_str()
}

#[tokio::test]
async fn the_vendor_has_the_last_word() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    let unknown = "00000000-0000-4000-8000-00000000dead";
    for (key, id, expected) in [
        ("verification.verified", double::VERIFIED, "confirmed"),
        ("verification.verified", double::COMPLETED, "contradicted"),
        ("verification.verified", double::OPEN, "contradicted"),
        ("verification.verified", unknown, "gone"),
        ("verification.verified", double::FOREIGN, "not_yours"),
        // A later state is no contradiction.
        ("verification.created", double::VERIFIED, "confirmed"),
        ("verification.completed", double::VERIFIED, "confirmed"),
        ("verification.completed", double::COMPLETED, "confirmed"),
        ("verification.completed", double::OPEN, "contradicted"),
        ("verification.updated", double::OPEN, "confirmed"),
        ("verification.deleted", double::DELETED, "confirmed"),
        ("verification.deleted", double::VERIFIED, "contradicted"),
        ("verification.deleted", unknown, "gone"),
        ("verification.frontIdCardResult.confirmed", double::VERIFIED, "confirmed"),
        ("verification.frontIdCardResult.confirmed", double::OPEN, "contradicted"),
        ("verification.appointment.validated", double::COMPLETED, "confirmed"),
        ("verification.appointment.validated", double::VERIFIED, "contradicted"),
        ("verification.criminalCheckResult.resultDocumentUrl.read", double::COMPLETED, "confirmed"),
        ("verification.sanction.created", double::COMPLETED, "confirmed"),
        ("verification.livenessResult.created", double::VERIFIED, "confirmed"),
        ("verification.livenessResult.created", double::OPEN, "contradicted"),
    ] {
        assert_eq!(word(&client, key, id).await, expected, "{key} of {id}");
        assert_eq!(server.last().line(), format!("GET {V3}/verifications/{id}"));
    }
    assert_eq!(tokens(&server), 1);
    let sent = server.received().len();
    let error = client.confirm_event(&event("SOMETHING_NEW", double::OPEN)).await.expect_err("no verification");
    assert_eq!(error.to_string(), "invalid request: the event is not about a verification");
    assert_eq!(server.received().len(), sent);
}

/// A hint whose data say otherwise changes nothing.
#[tokio::test]
async fn row_47_what_comes_back_was_read() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    let lie = json!({
        "key": "verification.verified",
        "data": { "id": double::COMPLETED, "status": "verified", "firstName": "Mallory", "idFaceRecognitionResult": null },
    });
    let answer = client.confirm(&hint(lie.to_string().as_bytes())).await.expect("an answer");
    let mut read = read("verification-v2-completed");
    // The double's links lead to itself.
    let Confirmation::Contradicted(told) = answer else { panic!("{answer:?}") };
    let mut told = told.into_inner();
    for verification in [&mut read, &mut told] {
        verification.criminal_check_result = Default::default();
        verification.id_face_recognition_result = Default::default();
    }
    assert_eq!(told, read);
}

/// Each fixture told by the vendor itself is confirmed; told of a verification that was only opened, only those that
/// need no more than that.
#[tokio::test]
async fn every_documented_event_can_be_confirmed_and_contradicted() {
    let body = |name: &str| find("case-keeper", name).map(|fixture| fixture.body);
    let server = api(move |request| {
        let (_, name) = request.path.rsplit_once('/').expect("a path");
        let fixture: Option<Value> = body(name).and_then(|body| serde_json::from_slice(body).ok());
        let data = fixture.map_or_else(|| json!({ "status": "open" }), |fixture| fixture["data"].clone());
        let mut data = if data.is_object() { data } else { json!({}) };
        data["id"] = name.into();
        // A delivery is partial, an answer is not.
        if name.starts_with("verification-verified") {
            data["status"] = "verified".into();
        }
        Reply::value(200, &data)
    })
    .await;
    let client = client(&server);
    let mut contradicted = 0;
    for fixture in CASE_KEEPER {
        assert_eq!(word(&client, fixture.event, fixture.name).await, "confirmed", "{fixture:?}");
        let existence = ["verification.created", "verification.updated"].contains(&fixture.event);
        let expected = if existence { "confirmed" } else { "contradicted" };
        assert_eq!(word(&client, fixture.event, "only-opened").await, expected, "{fixture:?}");
        contradicted += usize::from(!existence);
    }
    assert!(contradicted >= EventKey::KNOWN.len() - 2);
}

#[tokio::test]
async fn row_59_another_verification_is_an_error() {
    let (server, next) = Next::server().await;
    let client = client(&server);
    for (answer, expected) in [
        (json!({ "id": "v-2", "status": "verified" }), None),
        (json!({ "id": "v-2", "status": "opened" }), None),
        (json!({ "id": "V-1", "status": "verified" }), Some("confirmed")),
        (json!({ "id": "v-1", "status": "verified" }), Some("confirmed")),
        (json!({ "status": "verified" }), None),
        (json!({ "id": 1, "status": "verified" }), None),
        (json!({ "data": { "id": "v-1", "status": "verified" } }), None),
        (json!({ "errors": [] }), None),
        (json!([]), None),
    ] {
        next.is(Reply::value(200, &answer));
        let word = client.confirm_event(&event("verification.verified", "v-1")).await;
        assert_eq!(word.map(|word| word.as_str()).ok(), expected, "{answer}");
    }
}

/// A wrong base URL answers 404 to everything, a firewall 403; neither says anything about a verification.
#[tokio::test]
async fn only_the_vendors_own_no_counts() {
    let (server, next) = Next::server().await;
    let client = client(&server);
    let html = |status| Reply::new(status, "text/html", "<html>no</html>");
    let gateway = |status| Reply::json(status, r#"{"message":"no Route matched with those values"}"#);
    for (reply, expected) in [
        (recorded(NOT_FOUND), Ok("gone")),
        (recorded(NOT_FOUND_WITHOUT_CODE), Ok("gone")),
        (Reply::json(404, r#"{"errors":[{"msg":"Entity could not be found.","code":"entityNotFound"}]}"#), Ok("gone")),
        (Reply::json(404, r#"{"errors":[]}"#), Ok("gone")),
        (recorded(PERMISSION_DENIED), Ok("not_yours")),
        (html(404), Err(Some(404))),
        (Reply::status(404), Err(Some(404))),
        (gateway(404), Err(Some(404))),
        (html(403), Err(Some(403))),
        (gateway(403), Err(Some(403))),
        (Reply::json(401, r#"{"errors":[{"msg":"x"}]}"#), Err(Some(401))),
        (Reply::json(400, r#"{"errors":[{"msg":"x"}]}"#), Err(Some(400))),
        (Reply::json(503, r#"{"errors":[{"msg":"x"}]}"#), Err(Some(503))),
        (Reply::json(200, "{").cut(), Err(None)),
    ] {
        let shown = format!("{reply:?}");
        next.is(reply);
        let answer = client.confirm_event(&event("verification.verified", "v-1")).await;
        assert_eq!(
            answer.map(|answer| answer.as_str()).map_err(|error| error.status().map(|status| status.as_u16())),
            expected,
            "{shown}"
        );
    }
    for status in [403, 404] {
        let denied =
            Server::start(move |_| Reply::json(status, r#"{"errors":[{"msg":"x"}]}"#)).await.expect("a server");
        let error =
            super::client(&denied).confirm_event(&event("verification.deleted", "v-1")).await.expect_err("no login");
        assert!(error.is_login(), "the token endpoint's {status} is about the client, not about a verification");
    }
}

#[tokio::test]
async fn a_hint_that_can_not_be_read_asks_nothing() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    for body in ["", "{}", "[]", r#"{"key":"k"}"#, r#"{"key":"k","dataId":"CANARY","data":{"id":"v-2"}}"#] {
        let error = client.confirm(&hint(body.as_bytes())).await.expect_err(body);
        assert_eq!(error.to_string(), "decoding the delivery failed");
        assert!(error.source().is_some() && !error.is_transient() && !error.may_have_taken_effect());
        assert!(!format!("{error:?}").contains("CANARY"));
    }
    for odd in [".", ".."] {
        let error = client.confirm_event(&event("verification.deleted", odd)).await.expect_err(odd);
        assert!(!error.is_transient() && error.status().is_none());
    }
    assert!(server.received().is_empty());
    let answer = client.confirm_event(&event("verification.deleted", "a/../b")).await.expect("an answer");
    assert_eq!((answer, &*server.last().path), (Confirmation::Gone, "/api/v3/case-keeper/verifications/a%2F..%2Fb"));
}
