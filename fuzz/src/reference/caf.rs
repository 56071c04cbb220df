//! Caf's CloudEvents.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use idhooks_caf::{Event, EventBody};
use idhooks_core::WebhookEvent as _;

use super::{ExpectedEnvelope, Object, Verdict, assert_agrees, decided, decode, text};

/// Members that may stand in the envelope once only.
const ENVELOPE: [&str; 10] =
    ["type", "data", "id", "source", "specversion", "time", "datacontenttype", "subject", "dataschema", "data_base64"];

struct Wanted {
    name: String,
    id: String,
    source: String,
    body: Body,
}

enum Body {
    /// The id of what the event is about.
    Known(String),
    Kept(String),
}

pub fn compare(body: &[u8]) {
    envelope(body).compare::<Event>(body);
    let Some((event, wanted)) = decided(decode::<Event>(body), verdict(body), body) else { return };
    assert_eq!(event.body.name(), wanted.name);
    assert_eq!((event.id.as_str(), event.source.as_str()), (&*wanted.id, &*wanted.source));
    let id = match &event.body {
        EventBody::TransactionProcessStarted(transaction)
        | EventBody::TransactionStatusUpdated(transaction)
        | EventBody::TransactionDocumentscopyRequested(transaction) => transaction.id.as_str(),
        EventBody::FaceAuthentication(attempt) => attempt.attempt_id.as_str(),
        EventBody::ProfileUpdated(profile) => profile.profile_id.as_str(),
        EventBody::CommunicationCreated(message)
        | EventBody::CommunicationSentToDestination(message)
        | EventBody::CommunicationDelivered(message)
        | EventBody::CommunicationRejected(message)
        | EventBody::CommunicationNotDelivered(message) => message.notification_id.as_str(),
        EventBody::Other { data, .. } => {
            assert!(matches!(&wanted.body, Body::Kept(raw) if raw == data.get()), "{}", data.get());
            return;
        }
        other => panic!("an event without a line here: {}", other.name()),
    };
    assert!(matches!(&wanted.body, Body::Known(wanted) if wanted == id), "{id}");
    assert_agrees(&Event::envelope(body), id, body);
}

fn verdict(body: &[u8]) -> Verdict<Wanted> {
    let Some(object) = Object::of(body).filter(|object| !object.has_twice(&ENVELOPE)) else { return Verdict::Rejected };
    let [name, id, source] = ["type", "id", "source"].map(|member| text(object.get(member)));
    let (Some(name), Some(id), Some(source)) = (name, id, source) else { return Verdict::Rejected };
    let is_known = EventBody::KNOWN.contains(&&*name);
    let read = match (object.get("data"), text(object.get("data_base64"))) {
        (Some(_), Some(_)) => Verdict::Rejected,
        (Some(data), None) => inside(&name, data.get()),
        (None, None) if is_known => Verdict::Rejected,
        (None, None) => Verdict::Read(Body::Kept("null".to_owned())),
        (None, Some(encoded)) if says_json(&object) => {
            let json = BASE64_STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            json.map_or(Verdict::Rejected, |json| inside(&name, &json))
        }
        (None, Some(_)) if is_known => Verdict::Rejected,
        (None, Some(encoded)) => Verdict::Read(Body::Kept(serde_json::to_string(&encoded).expect("a text"))),
    };
    read.map(|body| Wanted { name, id, source, body })
}

fn says_json(object: &Object<'_>) -> bool {
    let Some(said) = text(object.get("datacontenttype")) else { return false };
    let media = said.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media == "application/json" || media.ends_with("+json")
}

/// What stands in `data`, or in `data_base64`.
fn inside(name: &str, json: &str) -> Verdict<Body> {
    if !EventBody::KNOWN.contains(&name) {
        let raw: Option<&serde_json::value::RawValue> = serde_json::from_str(json).ok();
        return Verdict::read(raw.map(|raw| Body::Kept(raw.get().to_owned())));
    }
    let Some(object) = Object::of(json.as_bytes()) else { return Verdict::Rejected };
    let id = match name {
        name if name.starts_with("TRANSACTION") => "id",
        name if name.starts_with("COMMUNICATION") => "notificationId",
        "FACEAUTHENTICATIONEVENT" => "attemptId",
        _ => "profileId",
    };
    let Some(id) = text(object.get(id)) else { return Verdict::Rejected };
    let is_match = object.get("isMatch").map(|raw| raw.get());
    if name == "FACEAUTHENTICATIONEVENT" && !matches!(is_match, Some("true" | "false")) {
        return Verdict::Rejected;
    }
    if object.repeats() { Verdict::Open } else { Verdict::Read(Body::Known(id)) }
}

fn envelope(body: &[u8]) -> ExpectedEnvelope {
    let object = Object::of(body);
    let Some(object) = object.as_ref().and_then(|it| it.reliable(&["type", "source", "id", "time", "data"])) else {
        return ExpectedEnvelope { identity: Some(vec![None]), ..ExpectedEnvelope::default() };
    };
    let event = text(object.get("type"));
    let data = object.get("data").and_then(Object::inside);
    let names = ["id", "notificationId", "attemptId", "profileId"];
    let data = data.as_ref().and_then(|data| data.reliable(&names));
    let [transaction, notification, attempt, profile] = names.map(|name| text(data.and_then(|data| data.get(name))));
    let subject = match event.as_deref() {
        None => None,
        Some(name) if name.starts_with("TRANSACTION") => transaction,
        Some(name) if name.starts_with("COMMUNICATION") => notification,
        Some("FACEAUTHENTICATIONEVENT") => attempt,
        Some("PROFILEUPDATEDEVENT") => profile,
        Some(_) => [transaction, notification, attempt, profile].into_iter().flatten().next(),
    };
    let identity = ["source", "id"].map(|name| text(object.get(name)));
    ExpectedEnvelope {
        event,
        subject,
        time: text(object.get("time")),
        identity: Some(identity.into()),
        is_body_in_key: false,
    }
}
