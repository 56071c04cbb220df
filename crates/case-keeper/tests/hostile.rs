//! Bodies made to fill memory or to exhaust the stack.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeSet;

use idhooks_case_keeper::{Event, Verification, core::WebhookEvent};
use idhooks_fixtures::{CASE_KEEPER, find};
use serde_json::{Value, json};

fn decode(body: &str) -> Verification {
    let event = Event::decode(body.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    event.data.as_ref().expect("data").decode().expect("a verification")
}

/// A verification with `filling` at the place of `%`, repeated until the body is as big as it may be.
fn filled(place: &str, filling: &str) -> Verification {
    let times = (Event::MAX_BODY - 1024) / (filling.len() + 1);
    let list = format!("[{}]", vec![filling; times].join(","));
    decode(&format!(r#"{{"key":"k","data":{{"id":"v-1",{}}}}}"#, place.replace('%', &list)))
}

/// Row 21: three bytes of JSON must not become half a kilobyte of memory, a million times.
#[test]
fn row_21_lists_stay_in_proportion_to_the_body() {
    let found = filled(r#""frontIdCardResults":%,"status":"open""#, "{}");
    assert!(found.front_id_card_results.error().is_some());
    assert!(found.status.is_some(), "the rest is read");
    assert!(filled(r#""dipChipResults":%"#, r#"{"insight":{}}"#).dip_chip_results.error().is_some());
    assert!(filled(r#""reusedResults":%"#, r#""x""#).reused_results.error().is_some());

    let front = |inside: &str, filling: &str| {
        let found = filled(&format!(r#""frontIdCardResult":{{{inside}}}"#), filling);
        *found.front_id_card_result.into_option().expect("the result itself is read")
    };
    assert!(front(r#""errors":%"#, "{}").errors.error().is_some());
    assert!(front(r#""failedReasons":%"#, "\"\"").failed_reasons.error().is_some());
    assert!(front(r#""comparisons":%"#, "{}").comparisons.error().is_some());
    let compared = front(r#""comparisons":[{"comparisonResult":[{"values":%}]}]"#, "null");
    assert_eq!(common::unread(&compared), BTreeSet::from(["values".to_owned()]));
    assert!(front(r#""idCardImageFrames":%"#, "{}").id_card_image_frames.error().is_some());

    let view = front(r#""response":{"comparisons":%,"result":{}}"#, "{}");
    assert!(view.response_comparisons().is_none(), "a view is held to the same");
    assert!(view.ocr().is_some());

    let config = filled(r#""frontIdCardConfig":{"validations":%}"#, "\"\"").front_id_card_config;
    assert!(config.as_ref().is_some_and(|config| config.validations.error().is_some()));
    let sanction = filled(r#""sanctionResult":{"persons":%}"#, "{}").sanction_result;
    assert!(sanction.as_ref().is_some_and(|result| result.persons.error().is_some()));
    let bankruptcy = filled(r#""bankruptcyResult":{"result":{"data":%}}"#, "[]").bankruptcy_result;
    let case = bankruptcy.as_ref().and_then(|result| result.result.as_ref());
    assert!(case.is_some_and(|case| case.data.error().is_some()));
}

/// The same limit must never touch a genuine body: ten attempts at everything are read.
#[test]
fn many_genuine_attempts_are_read() {
    for name in ["verification-completed-v2-full", "verification-verified-v3-full"] {
        let fixture = find("case-keeper", name).expect("a fixture");
        let mut body: Value = serde_json::from_slice(fixture.body).expect("a body");
        let data = body.get_mut("data").and_then(Value::as_object_mut).expect("data");
        let mut lists = 0;
        for (_, list) in data.iter_mut().filter(|(name, _)| name.ends_with("Results") && *name != "reusedResults") {
            let list = list.as_array_mut().expect("a list");
            let one = list.last().expect("an attempt").clone();
            list.resize(10, one);
            lists += 1;
        }
        assert!(lists >= 8);
        let found = decode(&body.to_string());
        assert_eq!(common::unread(&found), BTreeSet::new(), "{name}");
    }
    // As small as attempts can be, all at once.
    let processes =
        ["frontIdCard", "backIdCard", "passport", "liveness", "faceRecognition", "dopa", "dipChip", "chipDopa"];
    let mut data = json!({ "id": "v-1" });
    for process in processes {
        data[format!("{process}Results")] = json!([{ "id": "r-1" }]);
    }
    let found = decode(&json!({ "key": "k", "data": data }).to_string());
    assert_eq!(common::unread(&found), BTreeSet::new());
    assert!(found.front_id_card_results.is_some() && found.chip_dopa_results.is_some());
}

/// A web server's thread may have little stack, and unoptimised code takes most.
const STACK: usize = 256 * 1024;

fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread").join().expect("enough stack");
}

#[test]
fn full_bodies_fit_a_small_stack() {
    on_a_small_stack(|| {
        for fixture in CASE_KEEPER {
            let event = Event::decode(fixture.body).expect("a readable fixture");
            assert!(serde_json::to_vec(&event).is_ok());
            assert!(!format!("{event:?}").is_empty());
            assert_eq!(event, event.clone());
            // Values of another type deep inside take the same path.
            let text = std::str::from_utf8(fixture.body).expect("a fixture");
            let bent = text.replace("true", "7").replace("false", "7");
            assert!(Event::decode(bent.as_bytes()).is_ok(), "{fixture:?}");
        }
    });
}

#[test]
fn row_21_verifications_inside_verifications_stay_raw() {
    on_a_small_stack(|| {
        let depth = 50_000;
        let parents = r#"{"id":"v","verification":"#.repeat(depth);
        let children = r#"{"verifications":["#.repeat(depth);
        for nested in [
            format!("{parents}{{}}{}", "}".repeat(depth)),
            format!("{{\"verifications\":{children}{}}}", "]}".repeat(depth)),
            format!("{{\"response\":{}{}}}", "[".repeat(depth), "]".repeat(depth)),
        ] {
            let inside = nested.strip_prefix('{').expect("an object").replacen(r#""id":"v","#, "", 1);
            let body = format!(r#"{{"key":"k","dataId":"v","data":{{"status":"open",{inside}}}"#);
            let event = Event::decode(body.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
            let data = event.data.as_ref().expect("data").decode().expect("a verification");
            assert!(data.status.is_some());
            assert!(data.verification.is_some() || data.verifications.is_some() || inside.starts_with("\"response\""));
            assert!(format!("{event:?} {data:?}").len() < 10_000);
            assert!(serde_json::to_vec(&event).is_ok() && serde_json::to_vec(&data).is_ok());
            assert_eq!((&event, &data), (&event.clone(), &data.clone()));
        }
    });
}
