//! Fixtures, read.

#![allow(dead_code, reason = "each test binary uses some of it")]

use idhooks_autentique::{Document, Event, Resource, Signature, core::WebhookEvent as _};

pub(crate) fn body(name: &str) -> String {
    let fixture = idhooks_fixtures::find("autentique", name).unwrap_or_else(|| panic!("no fixture {name}"));
    String::from_utf8(fixture.body.to_vec()).unwrap()
}

pub(crate) fn read(name: &str) -> Event {
    decode(&body(name))
}

pub(crate) fn decode(body: &str) -> Event {
    Event::decode(body.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn document(name: &str) -> Resource<Document> {
    read(name).body.document().unwrap().clone()
}

pub(crate) fn signature(name: &str) -> Resource<Signature> {
    read(name).body.signature().unwrap().clone()
}

/// A fixture with one piece of its text changed. It stays in the vendor's order, type before data.
pub(crate) fn changed(name: &str, from: &str, to: &str) -> String {
    let body = body(name);
    assert!(body.contains(from), "{name} has no {from}");
    body.replace(from, to)
}

/// What is written back equals what came, except for nulls.
pub(crate) fn assert_writes_back(body: &str) {
    assert_writes_back_without(body, &[]);
}

/// What is written back equals what came, except for nulls and the members at these JSON pointers: they are there, but
/// of another type than documented.
pub(crate) fn assert_writes_back_without(body: &str, drifted: &[&str]) {
    let mut sent: serde_json::Value = serde_json::from_str(body).unwrap();
    for pointer in drifted {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        let parent = sent.pointer_mut(parent).and_then(|parent| parent.as_object_mut()).unwrap();
        assert!(parent.remove(member).is_some(), "{pointer}");
    }
    assert_eq!(without_nulls(serde_json::to_value(decode(body)).unwrap()), without_nulls(sent));
}

fn without_nulls(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name, without_nulls(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}
