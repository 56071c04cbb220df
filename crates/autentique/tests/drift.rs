//! Every variant of a field that the vendor has sent or documents, one by one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use idhooks_autentique::{Event, EventBody, SignatureEventKind, SignatureId, core::WebhookEvent as _};
use support::{assert_writes_back, assert_writes_back_without, body, changed, decode};

/// The flat fixture, put into the older wrapper.
fn wrapped(name: &str, previous: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(&body(name)).unwrap();
    let event = value["event"].as_object_mut().unwrap();
    let data = event.remove("data").unwrap();
    event.remove("previous_attributes");
    let previous: serde_json::Value = serde_json::from_str(previous).unwrap();
    event.insert("data".to_owned(), serde_json::json!({ "object": data, "previous_attributes": previous }));
    value.to_string()
}

#[test]
fn row_26_every_family_comes_in_both_shapes() {
    for name in ["document-finished-2025-11", "signature-viewed", "member-created"] {
        // Maps of permissions are compared as text, so blanks have to go here too.
        let flat = decode(&serde_json::from_str::<serde_json::Value>(&body(name)).unwrap().to_string());
        let text = wrapped(name, r#"{"x":1}"#);
        let nested = decode(&text);
        assert_writes_back(&text);
        match (&flat.body, &nested.body) {
            (EventBody::DocumentFinished(flat), EventBody::DocumentFinished(nested)) => {
                assert_eq!(**flat, **nested);
                assert!(nested.is_wrapped() && !flat.is_wrapped());
            }
            (EventBody::SignatureViewed(flat), EventBody::SignatureViewed(nested)) => {
                assert_eq!(**flat, **nested);
                assert!(nested.is_wrapped() && !flat.is_wrapped());
            }
            (EventBody::MemberCreated(flat), EventBody::MemberCreated(nested)) => {
                assert_eq!(**flat, **nested);
                assert!(nested.is_wrapped() && !flat.is_wrapped());
                assert!(nested.user.is_some());
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(nested.previous().unwrap().get("x").unwrap().get(), "1");
        assert_eq!(Event::envelope(text.as_bytes()).subject_id(), flat.body.document_id().map(|id| id.as_str()));
    }
}

#[test]
fn empty_former_values_read_as_none_in_either_place() {
    for empty in ["[]", "{}", "null", "[ ]", "{\n}"] {
        let beside =
            changed("signature-viewed", "\"previous_attributes\": []", &format!("\"previous_attributes\": {empty}"));
        assert_eq!(decode(&beside).previous(), None, "{empty}");
        assert_writes_back(&beside);
        let inside = wrapped("signature-viewed", empty);
        assert_eq!(decode(&inside).previous(), None, "{empty}");
        assert_writes_back(&inside);
    }
    let both = wrapped("signature-viewed", r#"{"x":1}"#)
        .replace("\"created_at\":\"2026-10-05T13:05:10.147514Z\"", "\"previous_attributes\":[]");
    assert!(decode(&both).previous().is_some(), "an empty one does not hide the other");
    assert_writes_back(&both);
    for odd in ["7", "\"none\"", "[[]]", "[1]", "[{}]", "false"] {
        let body =
            changed("signature-viewed", "\"previous_attributes\": []", &format!("\"previous_attributes\": {odd}"));
        let event = decode(&body);
        assert!(event.previous_attributes.error().is_some(), "{odd}");
        assert_eq!(event.previous(), None, "{odd}");
        assert_writes_back_without(&body, &["/event/previous_attributes"]);
    }
}

#[test]
fn yes_and_no_as_words_and_as_numbers() {
    for (sent, read) in [("true", Some(true)), ("1", Some(true)), ("0", Some(false)), ("2", None), ("\"1\"", None)] {
        let body = changed("document-finished-2026-09", "\"sandbox\": true", &format!("\"sandbox\": {sent}"));
        let event = decode(&body);
        let sandbox = &event.body.document().unwrap().sandbox;
        assert_eq!(sandbox.map(bool::from), read, "{sent}");
        assert_eq!(sandbox.error().is_some(), read.is_none(), "{sent}");
        match read {
            Some(_) => assert_writes_back(&body),
            None => assert_writes_back_without(&body, &["/event/data/sandbox"]),
        }
    }
}

#[test]
fn made_by_api_under_either_name() {
    for (sent, read) in
        [("\"api\": true", Some(true)), ("\"is_from_api\": false", Some(false)), ("\"other\": true", None)]
    {
        let body = changed("document-finished-2026-09", "\"api\": true", sent);
        assert_eq!(decode(&body).body.document().unwrap().made_by_api(), read, "{sent}");
    }
}

#[test]
fn the_signer_inline_or_under_user() {
    let inline = changed(
        "signature-viewed",
        "\"user\": {\n        \"name\"",
        "\"name\": \"Inline\",\n      \"was\": {\n        \"name\"",
    );
    let event = decode(&inline);
    let signature = event.body.signature().unwrap();
    assert!(signature.user.is_absent());
    assert_eq!(signature.signer().unwrap().name.as_ref().map(|name| &**name.expose()), Some("Inline"));
    let both = changed("signature-viewed", "\"public_id\"", "\"name\": \"Inline\", \"public_id\"");
    let event = decode(&both);
    let signer = event.body.signature().unwrap().signer().unwrap();
    let name = signer.name.as_ref().unwrap();
    assert_ne!(&**name.expose(), "Inline", "today's place counts");
    assert_writes_back(&both);
}

#[test]
fn identity_checks_under_either_name() {
    let older = body("signature-biometric-approved")
        .replace("\"biometric_approved\": \"", "\"validation_approved\": \"")
        .replace("\"biometric_unapproved\": \"", "\"validation_unapproved\": \"");
    let newer = decode(&body("signature-biometric-approved"));
    let older = decode(&older);
    let (newer, older) = (newer.body.signature().unwrap(), older.body.signature().unwrap());
    assert!(newer.identity_approved().is_some());
    assert_eq!(newer.identity_approved(), older.identity_approved());
    assert_eq!(newer.identity_pending(), older.identity_pending());
    assert!(older.biometric_approved.is_absent());

    let rejected = changed("signature-viewed", "\"biometric_rejected\": null", "\"validation_rejected\": \"then\"");
    let rejected = decode(&rejected);
    assert_eq!(rejected.body.signature().unwrap().identity_rejected().map(|time| time.as_str()), Some("then"));
}

#[test]
fn an_empty_array_in_place_of_an_object() {
    let geolocation: String = {
        let text = body("signature-viewed");
        let start = text.find("\"geolocation\"").unwrap();
        let end = start + text[start..].find('}').unwrap() + 1;
        text[start..end].to_owned()
    };
    let text = changed("signature-viewed", &geolocation, "\"geolocation\": []");
    let event = decode(&text);
    let steps = event.body.signature().unwrap().events.as_ref().unwrap();
    let step = &steps[0];
    assert_eq!(step.geolocation.as_ref(), None);
    assert!(step.geolocation.is_none() && step.geolocation.error().is_some());
    assert!(step.ip.is_some(), "its neighbours are read");
    assert_writes_back_without(&text, &["/event/data/events/0/geolocation"]);
}

#[test]
fn an_empty_array_in_place_of_a_map() {
    let text =
        r#"{"event":{"id":"e","type":"member.created","data":{"user":[],"group":{"configs":[]},"permissions":[]}}}"#;
    let event = decode(text);
    let member = event.body.member().unwrap();
    let configs = &member.group.as_ref().unwrap().configs;
    assert!(member.user.is_none() && member.user.error().is_some());
    assert!(member.permissions.is_none() && member.permissions.error().is_some());
    assert!(configs.is_none() && configs.error().is_some());
    assert_writes_back_without(text, &["/event/data/user", "/event/data/permissions", "/event/data/group/configs"]);
}

#[test]
fn an_object_of_the_api_in_place_of_text() {
    let text = body("signature-viewed")
        .replace("\"action\": \"Sign\"", "\"action\": {\"name\": \"SIGN\"}")
        .replace("\"rejected\": null", "\"rejected\": {\"ip\": \"192.0.2.1\", \"created_at\": \"2026-10-05\"}");
    let event = decode(&text);
    let signature = event.body.signature().unwrap();
    assert_eq!(signature.action.as_ref(), None);
    assert!(signature.is_signer(), "an action this release cannot read is an action");
    assert!(signature.action.error().is_some());
    assert_eq!(signature.rejected.as_ref(), None);
    assert!(signature.rejected.error().is_some());
    assert!(signature.viewed.is_some());
    assert_writes_back_without(&text, &["/event/data/action", "/event/data/rejected"]);
    assert!(!format!("{event:?}").contains("192.0.2.1"), "a value of another type is hidden");
}

#[test]
fn coordinates_as_numbers_and_as_text() {
    let number = decode(&body("signature-viewed"));
    let text = changed("signature-viewed", "\"latitude\": -23.5475", "\"latitude\": \"-23.5475\"");
    assert_writes_back(&text);
    let text = decode(&text);
    let latitude = |event: &Event| {
        let steps = event.body.signature().unwrap().events.as_ref().unwrap();
        steps[0].geolocation.as_ref().unwrap().latitude.as_ref().unwrap().expose().clone()
    };
    assert_eq!(latitude(&number), latitude(&text));
}

#[test]
fn signing_under_either_name() {
    for (word, is_accepted) in [("accepted", true), ("signed", true), ("viewed", false), ("SOMETHING_NEW", false)] {
        let kind = SignatureEventKind::from(word);
        assert_eq!((kind.is_accepted(), kind.as_str()), (is_accepted, word));
    }
    assert_ne!(SignatureEventKind::Accepted, SignatureEventKind::Signed);
}

#[test]
fn ids_with_and_without_dashes() {
    let webhook = SignatureId::from("f8911dcd-dfcd-11ef-9465-42010a2b610e");
    let api = SignatureId::from("f8911dcddfcd11ef946542010a2b610e");
    assert_ne!(webhook, api);
    assert!(webhook.same_as(&api) && api.same_as(&webhook));
    assert_eq!(webhook.without_dashes(), api.as_str());
    assert!(!webhook.same_as(&SignatureId::from("f8911dcd")));
}

/// `object` drifting to an object does not make a resource a wrapper, as long as it stands on its own.
#[test]
fn a_resource_with_an_odd_object_is_still_a_resource() {
    let text = changed("document-finished-2026-09", "\"object\": \"document\"", "\"object\": {\"kind\": \"document\"}");
    let event = decode(&text);
    let document = event.body.document().unwrap();
    assert!(!document.is_wrapped());
    assert!(document.object.is_none() && document.object.error().is_some() && document.name.is_some());
    assert_writes_back_without(&text, &["/event/data/object"]);
}

#[test]
fn an_unknown_type_keeps_its_body_in_either_order() {
    for (name, family) in
        [("document-created", "document"), ("signature-viewed", "signature"), ("member-created", "folder")]
    {
        let value: serde_json::Value = serde_json::from_str(&body(name)).unwrap();
        let (data, id) = (&value["event"]["data"], &value["event"]["id"]);
        for inner in [
            format!(r#"{{"id":{id},"type":"{family}.new","data":{data}}}"#),
            format!(r#"{{"data":{data},"type":"{family}.new","id":{id}}}"#),
        ] {
            let text = format!(r#"{{"event":{inner}}}"#);
            let event = decode(&text);
            let EventBody::Other { name, data: kept, .. } = &event.body else { panic!("{event:?}") };
            assert_eq!((&**name, kept.get()), (&*format!("{family}.new"), &*data.to_string()));
            assert!(!format!("{event:?}").contains("@"), "no e-mail address is shown");
            assert_eq!(Event::envelope(text.as_bytes()).subject_id().is_some(), family != "folder");
        }
    }
    let bare = decode(r#"{"event":{"id":"e","type":"folder.created"}}"#);
    assert!(!bare.body.is_known());
}
