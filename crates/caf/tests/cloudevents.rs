//! There and back between Caf's events and those of `cloudevents-sdk`.

#![cfg(feature = "cloudevents")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use idhooks_caf::{
    CloudEventError, Event, EventBody,
    cloudevents::{self, AttributesReader as _, Data, EventBuilder as _, EventBuilderV03, EventBuilderV10},
};
use idhooks_core::WebhookEvent as _;
use idhooks_fixtures::CAF;
use proptest::{option, prelude::*, sample::select};
use serde_json::{Value, json};
use url::Url;

const CANARY: &str = "CANARY-7f3a-do-not-print";

fn read(text: &str) -> Event {
    Event::decode(text.as_bytes()).expect("readable")
}

fn there(text: &str) -> cloudevents::Event {
    cloudevents::Event::try_from(&read(text)).expect("a CloudEvent")
}

fn refused(text: &str) -> CloudEventError {
    cloudevents::Event::try_from(&read(text)).expect_err("no CloudEvent")
}

/// An event with `members` besides, or instead of, those it must have.
fn sample(members: &Value) -> String {
    let least = json!({
        "specversion": "1.0", "type": "NEW", "source": "TRANSACTION", "id": "e1", "data": {"id": "t1"},
    });
    let mut event = least.as_object().expect("an object").clone();
    for (name, value) in members.as_object().expect("an object") {
        if *value == json!("absent") {
            event.remove(name);
        } else {
            event.insert(name.clone(), value.clone());
        }
    }
    Value::from(event).to_string()
}

fn as_json(event: &impl serde::Serialize) -> Value {
    serde_json::to_value(event).expect("writes")
}

#[test]
fn every_fixture_goes_there_and_back() {
    let mut seen = 0;
    for fixture in CAF.iter().filter(|fixture| fixture.readable) {
        let event = Event::decode(fixture.body).expect("readable");
        let made = cloudevents::Event::try_from(&event).unwrap_or_else(|error| panic!("{fixture:?}: {error}"));
        assert_eq!((made.id(), made.source().as_str()), (event.id.as_str(), event.source.as_str()));
        assert_eq!(made.ty(), fixture.event);
        // What the library reads from the same bytes is the same event.
        let theirs: cloudevents::Event = serde_json::from_slice(fixture.body).expect("their own reading");
        assert_eq!(as_json(&made)["time"], as_json(&theirs)["time"], "{fixture:?}");
        let back = Event::try_from(made).unwrap_or_else(|error| panic!("{fixture:?}: {error}"));
        if fixture.known {
            assert_eq!(back, event, "{fixture:?}");
        }
        assert_eq!(as_json(&back), as_json(&event), "{fixture:?}");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn all_attributes_arrive() {
    let text = sample(&json!({
        "time": "2025-07-08T15:01:19.620-03:00", "datacontenttype": "application/json", "subject": "s",
        "dataschema": "https://caf.io/schema",
    }));
    let made = there(&text);
    assert_eq!(made.specversion().as_str(), "1.0");
    assert_eq!(made.time().map(|time| time.to_rfc3339()).as_deref(), Some("2025-07-08T18:01:19.620+00:00"));
    assert_eq!((made.datacontenttype(), made.subject()), (Some("application/json"), Some("s")));
    assert_eq!(made.dataschema().map(|url| url.as_str()), Some("https://caf.io/schema"));
    assert_eq!(made.data(), Some(&Data::Json(json!({"id": "t1"}))));
    assert_eq!(made.iter_extensions().count(), 0);
    let back = Event::try_from(&made).expect("Caf's");
    assert_eq!(back.time.as_ref().map(|time| time.as_str()), Some("2025-07-08T18:01:19.620Z"));

    let least = there(&sample(&json!({})));
    assert_eq!((least.time(), least.datacontenttype(), least.subject(), least.dataschema()), (None, None, None, None));
}

#[test]
fn data_of_each_kind() {
    for (members, wanted) in [
        (json!({"data": null}), None),
        (json!({"data": "absent"}), None),
        (json!({"data": ["x"]}), Some(Data::Json(json!(["x"])))),
        (json!({"data": "x"}), Some(Data::Json(json!("x")))),
        (json!({"data": "x", "datacontenttype": "Application/JSON; charset=utf-8"}), Some(Data::Json(json!("x")))),
        (json!({"data": "x", "datacontenttype": "text/plain"}), Some(Data::String("x".to_owned()))),
        (json!({"data": "absent", "data_base64": "AP8="}), Some(Data::Binary(vec![0, 255]))),
        (
            json!({"data": "absent", "data_base64": "WzFd", "datacontenttype": "application/json"}),
            Some(Data::Binary(b"[1]".to_vec())),
        ),
    ] {
        let text = sample(&members);
        let made = there(&text);
        assert_eq!(made.data(), wanted.as_ref(), "{members}");
        let back = Event::try_from(&made).expect("Caf's");
        assert_eq!(as_json(&back), as_json(&read(&text)), "{members}");
        assert_eq!(cloudevents::Event::try_from(&back).expect("a CloudEvent"), made, "{members}");
    }
}

/// Row 23: digits are kept, or the event is refused.
#[test]
fn numbers_keep_their_value() {
    let event = |data: &str| sample(&json!({})).replace(r#"{"id":"t1"}"#, data);
    let made = there(&event(r#"{"amount": 18500.10, "n": 9007199254740993}"#));
    let back = Event::try_from(&made).expect("Caf's");
    let EventBody::Other { data, .. } = &back.body else { panic!("{back:?}") };
    assert!(data.get().contains("18500.1") && data.get().contains("9007199254740993"), "{}", data.get());

    let long = event(r#"{"amount": 1234567890123456789012345678901234567890.5}"#);
    match cloudevents::Event::try_from(&read(&long)) {
        Err(error) => assert_eq!(error.path(), "data"),
        // Another crate switched on `arbitrary_precision`, with which no digit is lost.
        Ok(made) => assert!(as_json(&made).to_string().contains("1234567890123456789012345678901234567890.5")),
    }
    assert_eq!(refused(&event(r#"{"amount":1,"amount":2}"#)).path(), "data");

    // A field of another type than documented is left out.
    let body = |data: &str| {
        let event =
            r#"{"specversion":"1.0","type":"TRANSACTIONSTATUSUPDATED","source":"TRANSACTION","id":"e1","data":"#;
        format!("{event}{data}}}")
    };
    let drifted = body(r#"{"id":"t1","status":{"a":1,"a":2}}"#);
    assert_eq!(Event::try_from(there(&drifted)).expect("Caf's"), read(&body(r#"{"id":"t1"}"#)));
}

#[test]
fn what_is_no_cloud_event_is_refused_by_name() {
    for (attribute, value, why) in [
        ("specversion", json!("absent"), "is missing"),
        ("specversion", json!(null), "is missing"),
        ("specversion", json!(1.0), "is of another type than documented"),
        ("specversion", json!("0.3"), "is not 1.0"),
        ("id", json!(""), "is empty"),
        ("source", json!(""), "is empty"),
        ("type", json!(""), "is empty"),
        ("subject", json!(""), "is empty"),
        ("subject", json!([CANARY]), "is of another type than documented"),
        ("datacontenttype", json!(""), "is empty"),
        ("datacontenttype", json!(7), "is of another type than documented"),
        ("datacontenttype", json!("text/plain"), "is not JSON, and the data is"),
        ("time", json!("2025-07-08T18:01:19"), "is no time with an offset"),
        ("time", json!("0000-01-01T00:00:00+01:00"), "is no time with an offset"),
        ("time", json!("9999-12-31T23:30:00-01:00"), "is no time with an offset"),
        ("time", json!(CANARY), "is no time with an offset"),
        ("time", json!(1_751_997_679), "is of another type than documented"),
        ("dataschema", json!("schema/1"), "is no absolute URL"),
        ("dataschema", json!({CANARY: CANARY}), "is of another type than documented"),
        ("data_base64", json!(7), "is of another type than documented"),
    ] {
        let error = refused(&sample(&json!({ attribute: value })));
        assert_eq!((error.path(), error.to_string()), (attribute, format!("{attribute} {why}")));
        assert!(!error.is_extension() && !format!("{error} {error:?} {error:#?}").contains(CANARY));
    }
    let error = refused(&sample(&json!({"data": "absent", "data_base64": CANARY})));
    assert_eq!(error.to_string(), "data_base64 is not base64");
    assert!(!format!("{error:?}").contains("CANARY"));
}

fn theirs() -> EventBuilderV10 {
    EventBuilderV10::new().id("e1").source("TRANSACTION").ty("TRANSACTIONSTATUSUPDATED")
}

fn not_ours(event: Result<cloudevents::Event, impl std::fmt::Debug>) -> String {
    let error = Event::try_from(event.expect("built")).expect_err("not Caf's");
    assert!(!format!("{error} {error:?} {error:#?}").contains(CANARY));
    assert_eq!(error.is_extension(), error.path() == "*");
    error.to_string()
}

#[test]
fn an_event_built_by_hand_is_read() {
    let built = theirs().data("application/json", json!({"id": "t1", "status": "NEWER", "more": 1})).build();
    let event = Event::try_from(built.expect("built")).expect("Caf's");
    let EventBody::TransactionStatusUpdated(transaction) = &event.body else { panic!("{event:?}") };
    assert_eq!((transaction.id.as_str(), transaction.status.as_ref().map(|it| it.as_str())), ("t1", Some("NEWER")));

    // The form in which their binary bindings hand on a body.
    let bytes = theirs().data("application/json", br#"{"id":"t1","status":"NEWER"}"#.to_vec()).build();
    assert_eq!(Event::try_from(bytes.expect("built")).expect("Caf's").body, event.body);
}

#[test]
fn what_would_be_lost_or_guessed_is_refused_by_name() {
    let data = json!({"id": "t1"});
    let json = "application/json";
    assert_eq!(
        not_ours(theirs().data(json, data.clone()).extension(CANARY, CANARY).build()),
        "an extension attribute has no place in an event of Caf's"
    );
    let old = EventBuilderV03::new().id("e1").source("TRANSACTION").ty("NEW").data(json, data);
    assert_eq!(not_ours(old.build()), "specversion is not 1.0");
    assert_eq!(not_ours(theirs().build()), "data is missing");
    assert_eq!(not_ours(theirs().data(json, json!({ CANARY: CANARY })).build()), "data.id is missing");
    assert_eq!(not_ours(theirs().data(json, json!(CANARY)).build()), "data is of another type than documented");
    assert_eq!(not_ours(theirs().data(json, CANARY).build()), "data is text, and its content type says JSON");
    assert_eq!(not_ours(theirs().data("text/plain", CANARY).build()), "data is of another type than documented");
    assert_eq!(
        not_ours(theirs().data("text/plain", b"{}".to_vec()).build()),
        "data_base64 is not JSON according to datacontenttype"
    );
    let mut unsaid = theirs().build().expect("built");
    unsaid.set_data_unchecked(CANARY);
    assert_eq!(not_ours(Ok::<_, ()>(unsaid)), "data is text, and its content type says JSON");
}

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![4 => "\\PC{0,12}".prop_map(Value::from), 1 => Just(json!(CANARY)), 1 => Just(json!([CANARY]))]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e6..1e6).prop_map(|number: f64| json!(number)),
        text(),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z$]{1,6}", inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    /// What can be converted comes back as it was, and stays the same from then on; what cannot be
    /// is refused with the name of an attribute, and no value.
    #[test]
    fn nothing_is_lost_silently(
        kind in select(vec!["NEW", "TRANSACTIONSTATUSUPDATED", "COMMUNICATIONCREATEDEVENT", ""]),
        known in any::<bool>(),
        data in any_json(),
        subject in option::of(text()),
        schema in option::of(prop_oneof![1 => text(), 6 => Just(json!("https://caf.io/a"))]),
        time in option::of(prop_oneof![1 => text(), 6 => Just(json!("2025-07-08T18:01:19.622Z"))]),
        content_type in option::of(prop_oneof![6 => Just(json!("application/json")), 1 => text()]),
        version in prop_oneof![9 => Just(json!("1.0")), 1 => select(vec![json!("0.3"), json!(1), Value::Null])],
    ) {
        let data = if known { json!({"id": "t1", "notificationId": "n1", "status": data, "reason": data}) } else { data };
        let mut members = json!({"specversion": version, "type": kind, "id": "e1", "source": "s", "data": data});
        for (name, value) in
            [("subject", subject), ("dataschema", schema), ("time", time), ("datacontenttype", content_type)]
        {
            if let Some(value) = value {
                members[name] = value;
            }
        }
        let Ok(event) = Event::decode(members.to_string().as_bytes()) else { return Ok(()) };
        match cloudevents::Event::try_from(&event) {
            Ok(made) => {
                let back = Event::try_from(&made).expect("Caf's");
                let mut expected = as_json(&event);
                if let Some(schema) = expected.get("dataschema").and_then(Value::as_str) {
                    // The one attribute that is a `Url` there and takes its spelling: `A:` becomes `a:`.
                    let spelled = Url::parse(schema).expect("converted, so it is a URL");
                    expected["dataschema"] = json!(spelled.as_str());
                }
                prop_assert_eq!(as_json(&back), expected);
                prop_assert_eq!(cloudevents::Event::try_from(&back).expect("a CloudEvent"), made);
            }
            Err(error) => {
                let names = ["specversion", "type", "subject", "dataschema", "time", "datacontenttype", "data"];
                prop_assert!(names.contains(&error.path()), "{}", error);
                let shown = format!("{error} {error:?}");
                prop_assert!(!shown.contains(CANARY), "{}", shown);
            }
        }
    }
}
