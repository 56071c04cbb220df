//! Events are confirmed by reading what they are about.

use std::{collections::VecDeque, error::Error as _};

use idhooks_case_keeper::{
    Confirmation, Event, EventKey, OpenEndpoint,
    core::{Unverified, WebhookEvent as _},
    http_client::{Bytes, Error, Limits, Transport, TransportError, async_trait, http},
    rest::EventFilter,
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
        ("verification.somethingNew", double::OPEN, "confirmed"),
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
async fn row_59_a_response_about_another_verification_confirms_nothing() {
    let (server, next) = Next::server().await;
    let client = client(&server);
    let other = "id is not the requested one";
    for (answer, expected) in [
        (json!({ "id": "v-2", "status": "verified" }), Err(other)),
        (json!({ "id": "v-2", "status": "open" }), Err(other)),
        (json!({ "id": "", "status": "verified" }), Err(other)),
        (json!({ "id": "v-1", "status": "verified" }), Ok("confirmed")),
        (json!({ "id": "V-1", "status": "verified" }), Ok("confirmed")),
        (json!({ "id": "V-1", "status": "open" }), Ok("contradicted")),
        (json!({ "status": "verified" }), Err("id is missing")),
        (json!({ "id": 1, "status": "verified" }), Err("id is of another type than documented")),
        (json!({ "data": { "id": "v-1", "status": "verified" } }), Err("id is missing")),
        (json!({ "errors": [] }), Err("id is missing")),
        (json!([]), Err("the body is of another type than documented")),
    ] {
        next.is(Reply::value(200, &answer));
        let confirmed = client.confirm_event(&event("verification.verified", "v-1")).await;
        match (confirmed.map(|confirmed| confirmed.as_str()), expected) {
            (Err(error), Err(why)) => assert!(error_chain(&error).ends_with(why), "{answer}: {error:?}"),
            (word, expected) => assert_eq!(word.ok(), expected.ok(), "{answer}"),
        }
    }
}

/// An id in an event about something else, such as a flow, is no verification's.
#[tokio::test]
async fn row_59_an_event_about_no_verification_is_an_error_before_anything_is_sent() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    for key in ["flow.notification.sent", "flow.created", "SOMETHING_NEW", "verification", "Verification.verified", ""]
    {
        let body = json!({ "key": key, "dataId": double::VERIFIED }).to_string();
        let error = client.confirm(&hint(body.as_bytes())).await.expect_err(key);
        assert!(error.to_string().contains("the event is not about a verification"), "{error}");
        assert!(!error.is_transient() && !error.may_have_taken_effect());
        assert_eq!(event(key, double::VERIFIED).verification_id(), None, "{key}");
    }
    assert!(server.received().is_empty());
    // Its record is still to be had.
    client.list_events(&EventFilter::of(&event("flow.created", "f-1"))).all().await.expect("records");
    assert!(server.last().query.starts_with("key-%24in=flow.created&dataId=f-1&"), "{}", server.last().query);
}

/// Gives out a token, and answers calls in turn: a status, and the status of the verification `v-1`.
#[derive(Default)]
struct Replica {
    script: Mutex<VecDeque<(u16, &'static str)>>,
    reads: Mutex<Vec<tokio::time::Instant>>,
}

#[async_trait]
impl Transport for Replica {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        let (status, body) = if request.uri().path() == double::TOKEN_PATH {
            (200, json!({ "access_token": "t", "expires_in": 14_400 }))
        } else {
            self.reads.lock().expect("a lock").push(tokio::time::Instant::now());
            let (status, word) = self.script.lock().expect("a lock").pop_front().expect("no further call");
            let missing = json!({ "errors": [{ "msg": "Entity could not be found.", "code": "enitityNotFound" }] });
            (status, if status == 200 { json!({ "id": "v-1", "status": word }) } else { missing })
        };
        let response = http::Response::builder().status(status).body(body.to_string().into());
        Ok(response.expect("a response"))
    }
}

/// What `confirm` says when the vendor's responses are these, and how many seconds passed before each read.
async fn confirmed_by(
    key: &str,
    script: &[(u16, &'static str)],
    deadline: Duration,
) -> (Result<&'static str, Error>, Vec<u64>) {
    let replica = Arc::new(Replica { script: Mutex::new(script.iter().copied().collect()), ..Replica::default() });
    let base: Url = "https://case-keeper.example".parse().expect("a URL");
    let builder = Client::builder(Credentials::new("id", "secret"), base.clone())
        .token_url(base.join(double::TOKEN_PATH).expect("a URL"));
    let client = builder.transport(Arc::clone(&replica)).deadline(deadline).build().expect("a client");
    let start = tokio::time::Instant::now();
    let word = client.confirm_event(&event(key, "v-1")).await.map(|word| word.as_str());
    let at = replica.reads.lock().expect("a lock").iter().map(|at| (*at - start).as_secs()).collect();
    (word, at)
}

#[tokio::test(start_paused = true)]
async fn a_404_right_after_the_webhook_is_read_again_before_gone_is_believed() {
    const LONG: Duration = Duration::from_secs(90);
    let missing = (404, "");
    for (key, script, expected, reads) in [
        ("verification.created", &[missing, (200, "open")][..], "confirmed", &[0, 1][..]),
        ("verification.updated", &[missing, missing, missing, (200, "open")], "confirmed", &[0, 1, 3, 7]),
        ("verification.verified", &[missing, (200, "open")], "contradicted", &[0, 1]),
        ("verification.verified", &[missing, missing, (403, "")], "not_yours", &[0, 1, 3]),
        ("verification.created", &[missing; 4], "gone", &[0, 1, 3, 7]),
        ("verification.dopaResult.deleted", &[missing, (200, "open")], "confirmed", &[0, 1]),
        // There is nothing to wait for.
        ("verification.deleted", &[missing], "gone", &[0]),
    ] {
        let (word, at) = confirmed_by(key, script, LONG).await;
        assert_eq!((word.ok(), &at[..]), (Some(expected), reads), "{key} {script:?}");
    }
    // The waits end with the call's time.
    let (word, at) = confirmed_by("verification.created", &[missing; 2], Duration::from_secs(3)).await;
    assert_eq!((word.ok(), &at[..]), (Some("gone"), &[0, 1][..]));
    let (word, at) = confirmed_by("verification.created", &[missing, (400, "")], LONG).await;
    assert_eq!(
        (word.map_err(|error| error.status().is_some_and(|status| status == 400)), &at[..]),
        (Err(true), &[0, 1][..])
    );
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
        let answer = client.confirm_event(&event("verification.deleted", "v-1")).await;
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
async fn a_hint_that_cannot_be_read_asks_nothing() {
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
