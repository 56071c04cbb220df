//! Autentique's envelope, the event in it, and the two shapes of what the event is about.

use idhooks_autentique::{Event, EventBody};
use idhooks_core::WebhookEvent as _;
use serde_json::value::RawValue;

use super::{ExpectedEnvelope, Object, Verdict, assert_agrees, decided, decode, text};

/// Members that may be there once only.
const ENVELOPE: [&str; 6] = ["event", "id", "object", "name", "format", "url"];
const EVENT: [&str; 7] = ["id", "object", "organization", "type", "data", "previous_attributes", "created_at"];

struct Wanted {
    id: String,
    name: String,
    endpoint: Option<String>,
    body: Body,
}

enum Body {
    Known(Resource),
    Kept(String),
}

struct Resource {
    /// The document's id or the signature's public one; members have none.
    id: Option<String>,
    is_wrapped: bool,
}

pub fn compare(body: &[u8]) {
    envelope(body).compare::<Event>(body);
    let Some((event, wanted)) = decided(decode::<Event>(body), verdict(body), body) else { return };
    assert_eq!((event.id.as_str(), event.body.name()), (&*wanted.id, &*wanted.name));
    assert_eq!(event.webhook.id.as_ref().map(AsRef::as_ref), wanted.endpoint.as_deref());
    let resource = match (&event.body, &wanted.body) {
        (EventBody::Other { data, .. }, Body::Kept(raw)) => {
            assert_eq!(data.get(), raw);
            return;
        }
        (body, Body::Known(resource)) if body.is_known() => resource,
        _ => panic!("another kind of event: {}", String::from_utf8_lossy(body)),
    };
    let (id, is_wrapped) = if let Some(document) = event.body.document() {
        (Some(document.id.as_str()), document.is_wrapped())
    } else if let Some(signature) = event.body.signature() {
        (Some(signature.public_id.as_str()), signature.is_wrapped())
    } else {
        (None, event.body.member().is_some_and(|member| member.is_wrapped()))
    };
    assert_eq!((id, is_wrapped), (resource.id.as_deref(), resource.is_wrapped), "{}", String::from_utf8_lossy(body));
    if let Some(document) = event.body.document_id() {
        assert_agrees(&Event::envelope(body), document.as_str(), body);
    }
}

fn verdict(body: &[u8]) -> Verdict<Wanted> {
    let Some(object) = Object::of(body).filter(|object| !object.has_twice(&ENVELOPE)) else { return Verdict::Rejected };
    let event = object.get("event").and_then(Object::inside).filter(|event| !event.has_twice(&EVENT));
    let Some(event) = event else { return Verdict::Rejected };
    let (Some(id), Some(name)) = (text(event.get("id")), text(event.get("type"))) else { return Verdict::Rejected };
    let data = event.get("data");
    let read = match data {
        Some(data) if EventBody::KNOWN.contains(&&*name) => resource(&name, data).map(Body::Known),
        None if EventBody::KNOWN.contains(&&*name) => Verdict::Rejected,
        _ => Verdict::Read(Body::Kept(data.map_or("null", RawValue::get).to_owned())),
    };
    let endpoint = text(object.get("id"));
    read.map(|body| Wanted { id, name, endpoint, body })
}

/// The resource itself, or an older wrapper around it.
fn resource(name: &str, data: &RawValue) -> Verdict<Resource> {
    let Some(outside) = Object::inside(data) else { return Verdict::Rejected };
    let flat = itself(name, &outside).map(|id| Resource { id, is_wrapped: false });
    if outside.repeats() {
        return Verdict::Open;
    }
    let Some(inside) = outside.get("object").filter(|object| object.get().starts_with('{')) else { return flat };
    let Some(inside) = Object::inside(inside) else { return flat };
    if inside.repeats() {
        return Verdict::Open;
    }
    let conflicts = |member| {
        let inner = text(inside.get(member));
        outside.get(member).is_some() && inner.is_some() && text(outside.get(member)) != inner
    };
    if conflicts("id") || conflicts("public_id") {
        return Verdict::Rejected;
    }
    match itself(name, &inside) {
        Verdict::Read(id) => Verdict::Read(Resource { id, is_wrapped: true }),
        _ => flat,
    }
}

/// Whether the object is what the event is about, and its id.
fn itself(name: &str, object: &Object<'_>) -> Verdict<Option<String>> {
    match name.split_once('.') {
        Some(("document", _)) => Verdict::read(text(object.get("id")).map(Some)),
        Some(("signature", _)) => Verdict::read(text(object.get("public_id")).map(Some)),
        _ => Verdict::Read(None),
    }
}

fn envelope(body: &[u8]) -> ExpectedEnvelope {
    let nothing = ExpectedEnvelope { identity: Some(vec![None]), ..ExpectedEnvelope::default() };
    let object = Object::of(body);
    let event = object.as_ref().and_then(|object| object.get("event")).and_then(Object::inside);
    let names = ["id", "type", "created_at", "data"];
    let Some(event) = event.as_ref().and_then(|event| event.reliable(&names)) else { return nothing };
    let kind = text(event.get("type"));
    let data = event.get("data").and_then(Object::inside);
    let data = data.as_ref().and_then(|data| data.reliable(&["object", "id", "document"]));
    let wrapped = data.and_then(|data| data.get("object")).and_then(Object::inside);
    let wrapped = wrapped.as_ref().and_then(|object| object.reliable(&["id", "document", "public_id"]));
    let outer = |member| data.and_then(|data| data.get(member));
    let inner = |member| wrapped.and_then(|wrapped| wrapped.get(member));
    let subject = match kind.as_deref().and_then(|kind| kind.split_once('.')) {
        Some(("document", _)) => match (inner("id"), outer("id")) {
            (Some(inner), Some(outer)) if text(Some(inner)) != text(Some(outer)) => None,
            (inner, outer) => text(inner.or(outer)),
        },
        Some(("signature", _)) => match (inner("public_id"), inner("document")) {
            (Some(_), Some(inner)) => text(Some(inner)),
            _ => text(outer("document")),
        },
        _ => None,
    };
    let time = text(event.get("created_at"));
    ExpectedEnvelope { event: kind, subject, time, identity: Some(vec![text(event.get("id"))]), is_body_in_key: false }
}
