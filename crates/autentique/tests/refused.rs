//! Bodies that are no event, and bodies made to hurt.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use idhooks_autentique::{Event, core::WebhookEvent as _};
use support::{body, decode};

fn error(body: &str) -> String {
    Event::decode(body.as_bytes()).map(|event| format!("{event:?}")).unwrap_err().to_string()
}

#[test]
fn a_broken_resource_is_named_in_every_order_and_shape() {
    for (kind, data, wanted) in [
        ("document.created", r#"{"name":"n"}"#, "event.data.id is missing"),
        ("document.created", r#"{"id":7}"#, "event.data.id is of another type than documented"),
        ("document.created", r#"{"id":"d","id":"d"}"#, "event.data.id is there more than once"),
        ("document.created", r#"{"object":{"name":"n"}}"#, "event.data.object.id is missing"),
        ("document.created", r#"{"object":{"id":{}}}"#, "event.data.object.id is of another type than documented"),
        (
            "document.created",
            r#"{"object":{"id":"d"},"object":{"id":"d"}}"#,
            "event.data.object is there more than once",
        ),
        ("document.created", r#"{"object":{},"object":{}}"#, "event.data.object is there more than once"),
        (
            "document.created",
            r#"{"object":{"id":"d"},"previous_attributes":[],"previous_attributes":{}}"#,
            "event.data.previous_attributes is there more than once",
        ),
        ("document.created", r#"{"id":7,"object":{"id":"d"}}"#, "event.data.id is of another type than documented"),
        ("document.created", r#"{"id":"d","id":"e","object":{"id":"d"}}"#, "event.data.id is there more than once"),
        ("document.created", r#"{"object":"document"}"#, "event.data.id is missing"),
        ("document.created", r#"{"previous_attributes":{}}"#, "event.data.object is missing"),
        ("signature.viewed", r#"{"document":"d"}"#, "event.data.public_id is missing"),
        ("signature.viewed", r#"{"object":{"document":"d"}}"#, "event.data.object.public_id is missing"),
        ("signature.viewed", "[]", "event.data is of another type than documented"),
        ("member.created", "[]", "event.data is of another type than documented"),
        ("member.created", "\"m\"", "event.data is of another type than documented"),
        ("member.created", r#"{"object":{},"object":{}}"#, "event.data.object is there more than once"),
    ] {
        let first = format!(r#"{{"event":{{"id":"e","type":"{kind}","data":{data}}}}}"#);
        let last = format!(r#"{{"event":{{"data":{data},"id":"e","type":"{kind}"}}}}"#);
        assert_eq!(error(&first), wanted, "{first}");
        assert_eq!(error(&last), wanted, "{last}");
    }
}

#[test]
fn a_broken_envelope_is_named() {
    for (body, wanted) in [
        (r#"{"id":"x"}"#, "event is missing"),
        (r#"{"event":[]}"#, "event is of another type than documented"),
        (r#"{"event":"document.created"}"#, "event is of another type than documented"),
        (r#"{"event":{}}"#, "event.type is missing"),
        (r#"{"event":{"type":"document.created","id":"e"}}"#, "event.data is missing"),
        (r#"{"event":{"type":"document.created","data":{"id":"d"}}}"#, "event.id is missing"),
        (r#"{"event":{"type":1,"id":"e","data":{}}}"#, "event.type is of another type than documented"),
        (r#"{"event":{"type":"x.y","id":{},"data":{}}}"#, "event.id is of another type than documented"),
    ] {
        assert_eq!(error(body), wanted, "{body}");
    }
}

#[test]
fn row_22_repeated_members_of_the_event_are_refused() {
    let pieces = [
        ("id", r#""id":"e""#),
        ("type", r#""type":"document.created""#),
        ("data", r#""data":{"id":"d"}"#),
        ("object", r#""object":"event""#),
        ("organization", r#""organization":1"#),
        ("previous_attributes", r#""previous_attributes":[]"#),
        ("created_at", r#""created_at":"now""#),
    ];
    let whole: Vec<_> = pieces.iter().map(|(_, piece)| *piece).collect();
    decode(&format!(r#"{{"event":{{{}}}}}"#, whole.join(",")));
    for (name, piece) in pieces {
        let body = format!(r#"{{"event":{{{},{piece}}}}}"#, whole.join(","));
        assert_eq!(error(&body), format!("event.{name} is there more than once"));
    }
    let twice = format!(r#"{{"event":{{{},"id":"f"}}}}"#, whole.join(","));
    let key = Event::envelope(twice.as_bytes()).dedup_key(twice.as_bytes()).to_string();
    assert!(key.starts_with("sha256:"), "two ids are no id: {key}");
}

/// A list of rows that hold next to nothing would take many times the memory of its text.
#[test]
fn row_21_a_million_empty_rows_stay_text() {
    let rows = |row: &str| {
        let count = 1024 * 1024 / (row.len() + 1);
        format!("[{}]", vec![row; count].join(","))
    };
    let steps = |count: usize| format!(r#"{{"public_id":"","events":[{}]}}"#, vec!["{}"; count].join(","));
    for signatures in [rows(r#"{"public_id":""}"#), rows(&steps(1)), rows(&steps(5)), rows(&steps(300_000))] {
        let body = format!(
            r#"{{"event":{{"id":"e","type":"document.created","data":{{"id":"d","signatures":{signatures},"name":"n"}}}}}}"#
        );
        let event = decode(&body);
        let document = event.body.document().unwrap();
        assert!(document.name.is_some());
        let rows = document.signatures.as_deref().unwrap_or_default();
        assert!(rows.len() < 20_000, "{} rows", rows.len());
        assert!(document.signers().is_none() || !rows.is_empty(), "what cannot be read is not nobody");
        if rows.is_empty() {
            assert!(document.signatures.error().is_some());
        }
    }
    let events = rows("{}");
    let body = format!(
        r#"{{"event":{{"id":"e","type":"signature.viewed","data":{{"public_id":"s","events":{events},"reason":"r"}}}}}}"#
    );
    let event = decode(&body);
    let signature = event.body.signature().unwrap();
    assert!(signature.reason.is_some());
    let error = signature.events.error().unwrap();
    assert!(!error.is_syntax(), "too large, not broken: {error}");
}

/// Real lists, however long, are read.
#[test]
fn a_document_of_many_signers_is_read() {
    for (name, row) in [("document-finished-2025-11", 1), ("document-finished-2026-09", 0), ("document-created", 0)] {
        let mut value: serde_json::Value = serde_json::from_str(&body(name)).unwrap();
        let row = value["event"]["data"]["signatures"][row].clone();
        for count in [10, 100, 1_000] {
            value["event"]["data"]["signatures"] = vec![row.clone(); count].into();
            let event = decode(&value.to_string());
            assert_eq!(event.body.document().unwrap().signers().map(Iterator::count), Some(count), "{name}");
        }
    }
}

#[test]
fn row_21_a_million_permissions_stay_text() {
    let permissions: String = (0..1_000_000).map(|n| format!("\"p{n}\":true,")).collect();
    let text = format!(
        r#"{{"event":{{"id":"e","type":"member.created","data":{{"permissions":{{{permissions}"last":false}}}}}}}}"#
    );
    let event = decode(&text);
    let permissions = event.body.member().unwrap().permissions.as_ref().unwrap();
    assert_eq!((permissions.get("p999999"), permissions.get("last")), (Some(true), Some(false)));
    assert_eq!(permissions.iter().filter(|(_, on)| *on).count(), 1_000_000);
    assert!(format!("{event:?}").len() < 1_000);
}

/// Neither the text of a former value nor a name in it is shown by an error.
#[test]
fn row_49_errors_quote_nothing() {
    for body in [
        r#"{"event":{"id":"e","type":"document.created","data":{"CANARY":{"CANARY":"CANARY"}}}}"#,
        r#"{"event":{"id":"e","type":"document.created","data":{"object":{"CANARY":"CANARY"}}}}"#,
        r#"{"event":{"id":"e","type":"document.created","data":{"id":["CANARY"]}}}"#,
        r#"{"event":{"id":"e","type":"document.created","data":"CANARY"}}"#,
        r#"{"event":{"CANARY":"CANARY"}}"#,
        r#"{"event":"CANARY"}"#,
        r#"{"event":{"id":"e","type":"document.created","data":{"id":"d"},"CANARY":}}"#,
    ] {
        let error = Event::decode(body.as_bytes()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("CANARY"), "{error}");
    }
}

/// Two resources in one event: neither is guessed.
#[test]
fn row_22_two_resources_in_one_event_are_refused() {
    for (kind, data) in [
        ("document.updated", r#"{"id":"D1","object":{"id":"D2"}}"#),
        ("signature.viewed", r#"{"public_id":"s1","object":{"public_id":"s2"}}"#),
    ] {
        let body = format!(r#"{{"event":{{"id":"e","type":"{kind}","data":{data}}}}}"#);
        let error = Event::decode(body.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), "event.data.object has another id than what is around it");
        assert_eq!(Event::envelope(body.as_bytes()).subject_id(), None);
    }
    let odd = br#"{"event":{"id":"e","type":"document.updated","data":{"id":7,"object":{"id":"D"}}}}"#;
    assert!(Event::decode(odd).is_err());
    assert_eq!(Event::envelope(odd).subject_id(), None);
    for (data, is_wrapped) in [
        (r#"{"id":"D","object":{"id":"D"}}"#, true),
        (r#"{"id":null,"object":{"id":"D"}}"#, true),
        (r#"{"id":"D","object":{"id":null}}"#, false),
        (r#"{"id":"D","object":{"id":7}}"#, false),
        (r#"{"id":"D","object":["D2"]}"#, false),
    ] {
        let body = format!(r#"{{"event":{{"id":"e","type":"document.updated","data":{data}}}}}"#);
        let event = decode(&body);
        let document = event.body.document().unwrap();
        assert_eq!((document.id.as_str(), document.is_wrapped()), ("D", is_wrapped), "{data}");
        assert_eq!(document.object.error().is_some(), !is_wrapped, "{data}");
        assert_eq!(Event::envelope(body.as_bytes()).subject_id(), Some("D"), "{data}");
    }
    let drifted = br#"{"event":{"id":"e","type":"signature.viewed","data":{"public_id":"p","document":"D1","object":{"document":"D2"}}}}"#;
    assert_eq!(Event::envelope(drifted).subject_id(), Some("D1"), "an `object` without an id is no resource");
}
