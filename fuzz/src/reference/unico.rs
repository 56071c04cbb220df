//! Unico's two envelopes.

use idhooks_core::WebhookEvent as _;
use idhooks_unico::Event;

use super::{ExpectedEnvelope, Object, Verdict, assert_agrees, decided, decode, is_null, text};

/// Members that may be there once only.
const NAMES: [&str; 9] =
    ["processId", "state", "flow", "result", "lastEvent", "lastEventDescription", "eventDate", "event", "data"];
const IN_DATA: [&str; 3] = ["id", "status", "score"];

const CHECK: &str = "update_process";
const FINISHED: [&str; 2] = ["PROCESS_STATE_FINISHED", "finished"];

enum Wanted {
    Finished(String),
    Check(String),
    Kept { name: String, body: String },
}

pub fn compare(body: &[u8]) {
    envelope(body).compare::<Event>(body);
    let Some((event, wanted)) = decided(decode::<Event>(body), verdict(body), body) else { return };
    let process = match (&event, &wanted) {
        (Event::Finished(process), Wanted::Finished(id)) => (process.process_id.as_str(), id),
        (Event::Check(update), Wanted::Check(id)) => (update.data.id.as_str(), id),
        (Event::Other { name, body, .. }, Wanted::Kept { name: wanted, body: raw }) => {
            assert_eq!((&**name, body.get()), (&**wanted, &**raw));
            return;
        }
        _ => panic!("another kind of event: {}", String::from_utf8_lossy(body)),
    };
    assert_eq!(process.0, process.1);
    assert_agrees(&Event::envelope(body), process.0, body);
}

fn verdict(body: &[u8]) -> Verdict<Wanted> {
    let Some(object) = Object::of(body).filter(|object| !object.has_twice(&NAMES)) else { return Verdict::Rejected };
    let data = object.get("data").and_then(Object::inside);
    let data = data.as_ref().and_then(|data| data.reliable(&IN_DATA));
    let (process, checked) = (text(object.get("processId")), text(data.and_then(|data| data.get("id"))));
    let (state, event) = (object.get("state"), object.get("event"));
    let is_check = text(event).as_deref() == Some(CHECK);
    if is_check && process.as_ref().zip(checked.as_ref()).is_some_and(|(one, other)| !one.eq_ignore_ascii_case(other)) {
        return Verdict::Rejected;
    }
    let name = if is_null(state) { event } else { state };
    let Some(name) = text(name) else { return Verdict::Rejected };
    Verdict::read(if !is_null(state) && FINISHED.contains(&&*name) {
        process.map(Wanted::Finished)
    } else if is_null(state) && is_check {
        checked.map(Wanted::Check)
    } else {
        let body = String::from_utf8_lossy(body).trim_matches([' ', '\t', '\r', '\n']).to_owned();
        Some(Wanted::Kept { name, body })
    })
}

fn envelope(body: &[u8]) -> ExpectedEnvelope {
    let object = Object::of(body);
    let names = ["processId", "state", "event", "data", "eventDate"];
    let Some(object) = object.as_ref().and_then(|it| it.reliable(&names)) else { return ExpectedEnvelope::default() };
    let data = object.get("data").and_then(Object::inside);
    let data = data.as_ref().and_then(|data| data.reliable(&IN_DATA));
    let [id, status, score] = IN_DATA.map(|name| data.and_then(|data| data.get(name)));
    let [process, event, id] = [object.get("processId"), object.get("event"), id].map(text);
    let is_check = event.as_deref() == Some(CHECK);
    let lower = |id: Option<String>| id.map(|id| id.to_ascii_lowercase());
    if is_check && process.is_some() && id.is_some() && lower(process.clone()) != lower(id.clone()) {
        return ExpectedEnvelope::default();
    }
    if !is_null(object.get("state")) {
        let state = text(object.get("state"));
        let identity = Some(vec![lower(process.clone()), state.clone()]);
        return ExpectedEnvelope { event: state, subject: process, time: None, identity, is_body_in_key: true };
    }
    let raw = |member: Option<&serde_json::value::RawValue>| Some(member.map_or("null", |raw| raw.get()).to_owned());
    let identity = is_check.then(|| vec![lower(id.clone()), event.clone(), raw(status), raw(score)]);
    ExpectedEnvelope { event, subject: id, time: text(object.get("eventDate")), identity, is_body_in_key: false }
}
