//! Case Keeper's unverified events.

use idhooks_case_keeper::Event;
use idhooks_core::WebhookEvent as _;
use serde_json::value::RawValue;

use super::{ExpectedEnvelope, Object, Verdict, assert_agrees, decided, decode, is_null, text};

/// Members that may be there once only.
const NAMES: [&str; 9] = ["key", "data", "dataId", "id", "userId", "user", "createdAt", "updatedAt", "deletedAt"];

struct Wanted {
    key: String,
    subject: String,
}

pub fn compare(body: &[u8]) {
    envelope(body).compare::<Event>(body);
    let Some((event, wanted)) = decided(decode::<Event>(body), verdict(body), body) else { return };
    assert_eq!(event.key.as_str(), wanted.key);
    assert_eq!(event.subject_id().map(|id| id.as_str()), Some(&*wanted.subject));
    let verification = Some(&*wanted.subject).filter(|_| wanted.key.starts_with("verification."));
    assert_eq!(event.verification_id().map(|id| id.as_str()), verification);
    assert_agrees(&Event::envelope(body), &wanted.subject, body);
}

fn verdict(body: &[u8]) -> Verdict<Wanted> {
    let Some(object) = Object::of(body).filter(|object| !object.has_twice(&NAMES)) else { return Verdict::Rejected };
    let Some(key) = text(object.get("key")) else { return Verdict::Rejected };
    let inner = match object.get("data") {
        Some(data) if data.get().starts_with('{') => {
            let Some(data) = Object::inside(data).filter(|data| !data.has_twice(&["id"])) else {
                return Verdict::Rejected;
            };
            data.get("id")
        }
        _ => None,
    };
    let (Ok(inner), Ok(outer)) = (usable(inner), usable(object.get("dataId"))) else { return Verdict::Rejected };
    match (inner, outer) {
        (Some(inner), Some(outer)) if !inner.eq_ignore_ascii_case(&outer) => Verdict::Rejected,
        (Some(subject), _) | (None, Some(subject)) => Verdict::Read(Wanted { key, subject }),
        (None, None) => Verdict::Rejected,
    }
}

/// An id that is there must be text, and not empty.
fn usable(id: Option<&RawValue>) -> Result<Option<String>, ()> {
    if is_null(id) {
        return Ok(None);
    }
    text(id).filter(|id| !id.is_empty()).map(Some).ok_or(())
}

fn envelope(body: &[u8]) -> ExpectedEnvelope {
    let object = Object::of(body);
    let names = ["key", "data", "dataId"];
    let Some(object) = object.as_ref().and_then(|it| it.reliable(&names)) else { return ExpectedEnvelope::default() };
    let (event, data, outer) = (text(object.get("key")), object.get("data"), object.get("dataId"));
    let no_subject = ExpectedEnvelope { event: event.clone(), ..ExpectedEnvelope::default() };
    let inner = match data {
        Some(data) if data.get().starts_with('{') => {
            let data = Object::inside(data);
            let Some(data) = data.as_ref().and_then(|data| data.reliable(&["id"])) else { return no_subject };
            data.get("id")
        }
        _ => None,
    };
    let ids: Vec<_> = [inner, outer].into_iter().filter(|id| !is_null(*id)).map(text).collect();
    let subject = match &ids[..] {
        [one] => one.clone(),
        [Some(inner), Some(outer)] if inner.eq_ignore_ascii_case(outer) => Some(inner.clone()),
        _ => None,
    };
    ExpectedEnvelope { event, subject: subject.filter(|id| !id.is_empty()), ..ExpectedEnvelope::default() }
}
