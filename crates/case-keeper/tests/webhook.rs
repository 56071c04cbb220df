//! Events: their keys and the one verification each names.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use idhooks_case_keeper::{
    Action, Event, EventKey, Target,
    core::{DedupKey, WebhookEvent as _},
};
use idhooks_fixtures::CASE_KEEPER;

fn decode(body: &str) -> Event {
    Event::decode(body.as_bytes()).unwrap_or_else(|error| panic!("{body}: {error}"))
}

fn refused(body: &str) -> String {
    assert!(serde_json::from_str::<Event>(body).is_err(), "{body}: no way around the check");
    Event::decode(body.as_bytes()).expect_err(body).to_string()
}

fn subject(body: &str) -> Option<String> {
    Event::envelope(body.as_bytes()).subject_id().map(str::to_owned)
}

#[test]
fn all_36_keys_follow_the_grammar() {
    assert_eq!(EventKey::KNOWN.len(), 36);
    for text in EventKey::KNOWN {
        let key = EventKey::from(*text);
        assert!(key.is_known(), "{text}");
        let words: Vec<_> = text.split('.').collect();
        let (target, field) = match words[..] {
            ["verification", _] => (None, None),
            ["verification", target, _] => (Some(target), None),
            ["verification", target, field, _] => (Some(target), Some(field)),
            _ => panic!("{text}"),
        };
        assert_eq!(key.target().as_ref().map(Target::as_str), target, "{text}");
        assert!(key.target().is_none_or(|target| target.is_known()), "{text}");
        assert_eq!(key.field(), field, "{text}");
        let action = key.action().expect("an action");
        assert!(action.is_known(), "{text}");
        assert_eq!(action.as_str(), *words.last().expect("a word"), "{text}");
    }
    let unique: std::collections::BTreeSet<_> = EventKey::KNOWN.iter().collect();
    assert_eq!(unique.len(), 36);
}

#[test]
fn every_known_key_has_a_fixture() {
    for key in EventKey::KNOWN {
        assert!(CASE_KEEPER.iter().any(|fixture| fixture.event == *key), "{key}");
    }
}

#[test]
fn row_25_unknown_keys_are_read_as_far_as_they_go() {
    let parts = |text: &str| {
        let key = EventKey::from(text);
        assert!(!key.is_known(), "{text}");
        assert_eq!(key.as_str(), text);
        let target = key.target().map(|target| target.as_str().to_owned());
        let action = key.action().map(|action| action.as_str().to_owned());
        (target, key.field().map(str::to_owned), action)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(parts("verification.livenessResult.created"), (some("livenessResult"), None, some("created")));
    assert_eq!(parts("verification.handResult.printUrl.read"), (some("handResult"), some("printUrl"), some("read")));
    assert_eq!(parts("verification.paused"), (None, None, some("paused")));
    assert_eq!(EventKey::from("verification.paused").action().map(|action| action.is_known()), Some(false));
    assert_eq!(EventKey::from("verification.livenessResult.read").target(), Some(Target::LivenessResult));
    assert_eq!(EventKey::from("verification.x.deleted").action(), Some(Action::Deleted));
    for text in [
        "",
        "verification",
        "verification.",
        "verification..created",
        "verification.a..created",
        "verification.a.b.",
        "verification.a.b.c.d",
        ".created",
        "Verification.created",
        "verifications.created",
        "flow.created",
        "flow.notification.sent",
        "SOMETHING_NEW",
    ] {
        assert_eq!(parts(text), (None, None, None), "{text}");
    }
}

#[test]
fn every_event_names_its_verification() {
    for fixture in CASE_KEEPER {
        let event = Event::decode(fixture.body).expect("a readable fixture");
        assert_eq!(event.key.as_str(), fixture.event);
        let claimed = event.data.as_ref().map(|data| data.decode().expect("a verification"));
        let ids = [claimed.as_ref().and_then(|data| data.id.as_ref()), event.data_id.as_ref()];
        assert!(
            ids.iter().flatten().count() > 0 && ids.iter().flatten().all(|id| Some(*id) == event.verification_id())
        );
        let envelope = Event::envelope(fixture.body);
        assert_eq!(
            envelope.subject_id(),
            Some(event.verification_id().expect("a verification").as_str()),
            "{fixture:?}"
        );
        assert_eq!((envelope.event_name(), envelope.time()), (Some(fixture.event), None));
        assert!(matches!(envelope.dedup_key(fixture.body), DedupKey::BodyDigest(_)));
    }
}

#[test]
fn row_26_either_place_will_do() {
    for body in [
        r#"{"key":"k","data":{"id":"v-1"}}"#,
        r#"{"key":"k","dataId":"v-1"}"#,
        r#"{"key":"k","dataId":"v-1","data":null}"#,
        r#"{"key":"k","dataId":"v-1","data":{}}"#,
        r#"{"key":"k","dataId":"v-1","data":{"id":null}}"#,
        r#"{"key":"k","dataId":null,"data":{"id":"v-1"}}"#,
        r#"{"key":"k","dataId":"v-1","data":{"id":"v-1"}}"#,
        r#"{"key":"k","dataId":"v-1","data":{"id":"\u0076-1"}}"#,
        r#"{"key":"k","dataId":"v-1","data":{"verificationId":"v-2"}}"#,
        r#"{"key":"k","dataId":"v-1","id":"e-1"}"#,
    ] {
        assert_eq!(decode(body).subject_id().map(|id| id.as_str()), Some("v-1"), "{body}");
        assert_eq!(subject(body).as_deref(), Some("v-1"), "{body}");
    }
}

#[test]
fn ids_are_of_a_verification_if_the_key_says_so() {
    for (key, is_verification) in [
        ("verification.updated", true),
        ("verification.livenessResult.created", true),
        ("verification.", true),
        ("verification", false),
        ("Verification.updated", false),
        ("flow.notification.sent", false),
    ] {
        let event = decode(&format!(r#"{{"key":"{key}","data":{{"id":"v-1"}}}}"#));
        let id = event.subject_id();
        assert_eq!(id.map(|id| id.as_str()), Some("v-1"), "{key}");
        assert_eq!(event.verification_id(), id.filter(|_| is_verification), "{key}");
    }
}

#[test]
fn data_of_another_type_is_kept_and_the_other_id_decides() {
    for data in ["7", "\"v-2\"", "[]", "[{\"id\":\"v-2\"}]", "true"] {
        let body = format!(r#"{{"key":"k","dataId":"v-1","data":{data}}}"#);
        let event = decode(&body);
        assert_eq!(event.subject_id().map(|id| id.as_str()), Some("v-1"));
        let claimed = event.data.as_ref().expect("data");
        assert_eq!(claimed.raw().get(), data);
        assert_eq!(claimed.decode().expect_err(data).to_string(), "data is of another type than documented");
        assert_eq!(subject(&body).as_deref(), Some("v-1"), "{body}");
        assert_eq!(
            serde_json::to_string(&event).expect("writes"),
            format!(r#"{{"key":"k","data":{data},"dataId":"v-1"}}"#)
        );
        let alone = format!(r#"{{"key":"k","data":{data}}}"#);
        assert_eq!(refused(&alone), "data.id is missing, and so is dataId");
        assert_eq!(subject(&alone), None);
    }
}

#[test]
fn ids_that_differ_are_refused() {
    for (inner, outer) in [("v-1", "v-2"), ("v-1", "v-1 "), ("v-1", "v\u{2010}1"), ("é", "e\u{301}"), ("é", "É")] {
        let body = format!(r#"{{"key":"k","dataId":"{outer}","data":{{"id":"{inner}"}}}}"#);
        assert_eq!(refused(&body), "data.id is not the same as dataId");
        assert_eq!(subject(&body), None, "{body}");
        assert_eq!(Event::envelope(body.as_bytes()).event_name(), Some("k"));
    }
}

#[test]
fn ids_that_differ_only_in_case_are_equal() {
    for (inner, outer) in [("v-1a", "V-1A"), ("V-1A", "v-1a"), ("v-1A", "V-1a")] {
        let body = format!(r#"{{"key":"verification.updated","dataId":"{outer}","data":{{"id":"{inner}"}}}}"#);
        let event = decode(&body);
        assert_eq!(event.verification_id().map(|id| id.as_str()), Some(inner), "kept as sent");
        assert_eq!(event.verification_id(), event.data_id.as_ref());
        assert_eq!(subject(&body).as_deref(), Some(inner));
    }
}

#[test]
fn an_event_without_an_id_is_refused() {
    for body in [
        r#"{"key":"k"}"#,
        r#"{"key":"k","data":{}}"#,
        r#"{"key":"k","data":{"id":null},"dataId":null}"#,
        r#"{"key":"k","id":"e-1","data":{"verificationId":"v-1"}}"#,
    ] {
        assert_eq!(refused(body), "data.id is missing, and so is dataId");
        assert_eq!(subject(body), None, "{body}");
    }
}

#[test]
fn an_id_that_is_there_must_be_usable() {
    for (body, why) in [
        (r#"{"key":"k","data":{"id":""}}"#, "data.id is empty"),
        (r#"{"key":"k","dataId":""}"#, "dataId is empty"),
        (r#"{"key":"k","dataId":"v-1","data":{"id":""}}"#, "data.id is empty"),
        (r#"{"key":"k","dataId":"","data":{"id":"v-1"}}"#, "dataId is empty"),
        (r#"{"key":"k","data":{"id":7}}"#, "data.id is of another type than documented"),
        (r#"{"key":"k","dataId":"v-1","data":{"id":{"CANARY":1}}}"#, "data.id is of another type than documented"),
        (r#"{"key":"k","dataId":["CANARY"],"data":{"id":"v-1"}}"#, "dataId is of another type than documented"),
    ] {
        assert_eq!(refused(body), why, "{body}");
        assert_eq!(subject(body), None, "{body}");
    }
}

/// Row 22: the last one must not win.
#[test]
fn row_22_members_that_decide_are_there_once() {
    for (body, why) in [
        (r#"{"key":"k","key":"l","dataId":"v-1"}"#, "key is there more than once"),
        (r#"{"key":"k","dataId":"v-1","dataId":"v-1"}"#, "dataId is there more than once"),
        (r#"{"key":"k","data":{"id":"v-1"},"data":{"id":"v-2"}}"#, "data is there more than once"),
        (r#"{"key":"k","data":{"id":"v-1","id":"v-2"}}"#, "data.id is there more than once"),
        (r#"{"key":"k","dataId":"v-1","data":{"id":"v-1","id":"v-2"}}"#, "data.id is there more than once"),
        (r#"{"key":"k","dataId":"v-1","data":{"id":"v-1","i\u0064":"v-2"}}"#, "data.id is there more than once"),
    ] {
        assert_eq!(refused(body), why, "{body}");
    }
    // What decides nothing is refused once somebody asks for it.
    let twice = decode(r#"{"key":"k","dataId":"v-1","data":{"id":"v-1","status":"open","status":"verified"}}"#);
    let error = twice.data.as_ref().expect("data").decode().expect_err("twice");
    assert_eq!(error.to_string(), "data.status is there more than once");
}

#[test]
fn row_24_odd_ids_are_kept_and_safe_to_print() {
    let event = decode(r#"{"key":"verification.\u202e\n.created","dataId":"\u202e../\n'%2e\u0000"}"#);
    assert_eq!(event.verification_id().expect("a verification").as_str(), "\u{202e}../\n'%2e\0");
    assert_eq!(event.key.to_string(), "verification.\\u{202e}\\u{a}.created");
    assert!(format!("{event:?} {}", event.key).chars().all(|c| !c.is_control() && c != '\u{202e}'));
    assert!(Event::decode(br#"{"key":"k","dataId":"\ud800"}"#).is_err(), "a lone surrogate is no id");
}

/// The id is a capability, so no output shows all of it.
#[test]
fn row_49_an_id_is_never_printed_whole() {
    for fixture in CASE_KEEPER {
        let event = Event::decode(fixture.body).expect("a readable fixture");
        let id = event.verification_id().expect("a verification").as_str();
        assert!(!format!("{event:?} {event:#?}").contains(id), "{fixture:?}");
        assert!(format!("{event:?}").contains(id.get(..8).expect("a UUID")), "{fixture:?}");
    }
}

#[test]
fn the_record_s_own_fields_are_read() {
    let body = r#"{"key":"k","dataId":"v-1","id":"e-1","userId":"u-1","user":{"email":"a@example.com"},
        "createdAt":"2030-01-01T00:00:00.123Z","updatedAt":"2030-01-01T00:00:01.123Z","deletedAt":null}"#;
    let event = decode(body);
    assert_eq!(event.id.as_ref().map(|id| id.as_str()), Some("e-1"));
    assert_eq!(event.user_id.as_ref().map(|id| id.as_str()), Some("u-1"));
    assert_eq!(event.user.as_ref().map(|user| user.get()), Some(r#"{"email":"a@example.com"}"#));
    assert_eq!(event.created_at.as_ref().map(|time| time.as_str()), Some("2030-01-01T00:00:00.123Z"));
    assert_eq!(event.updated_at.as_ref().map(|time| time.as_str()), Some("2030-01-01T00:00:01.123Z"));
    assert!(event.deleted_at.is_absent());
    assert!(!format!("{event:?}").contains("example.com"));
}

#[test]
fn the_documented_sample() {
    let fixture = idhooks_fixtures::find("case-keeper", "verification-updated").expect("a fixture");
    let event = Event::decode(fixture.body).expect("the vendor's own sample");
    assert_eq!(event.verification_id().expect("a verification").as_str(), "01234567-89ab-cdef-0123-456789abcdef");
    assert_eq!((event.key.target(), event.key.action()), (None, Some(Action::Updated)));
}

/// What `decode` refuses as ambiguous has no subject either.
#[test]
fn row_22_ambiguous_ids_are_no_fact() {
    for body in [
        r#"{"key":"k","dataId":"a","data":{"id":"a","id":"b"}}"#,
        r#"{"key":"k","dataId":"a","data":{},"data":{}}"#,
        r#"{"key":"k","dataId":"a","data":{"id":"b"}}"#,
    ] {
        assert!(Event::decode(body.as_bytes()).is_err(), "{body}");
        assert_eq!(Event::envelope(body.as_bytes()).subject_id(), None, "{body}");
    }
}
