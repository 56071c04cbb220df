//! What each fixture says, and what may not be confused.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use idhooks_core::{DedupKey, WebhookEvent, testing::verified};
use idhooks_fixtures::{UNICO, find};
use idhooks_unico::{
    CheckEvent, CheckStatus, CheckUpdate, Event, Flow, LastEvent, OpenEndpoint, ProcessFinished, ProcessId,
    ProcessResult, ProcessState, Verifier,
};

const ID: &str = "8263a268-5388-492a-bca2-28e1ff4a69f0";
const CHECK_ID: &str = "f4dd6bc9-74d3-4dba-8deb-eb09ad4ea704";

fn body(name: &str) -> &'static [u8] {
    find("unico", name).expect("a fixture").body
}

fn finished(body: &[u8]) -> ProcessFinished {
    match Event::decode(body).expect("readable") {
        Event::Finished(process) => process,
        other => panic!("{other:?}"),
    }
}

fn check(body: &[u8]) -> CheckUpdate {
    match Event::decode(body).expect("readable") {
        Event::Check(update) => update,
        other => panic!("{other:?}"),
    }
}

fn key(body: impl AsRef<[u8]>) -> String {
    verified::<Event>(body.as_ref().to_vec()).dedup_key().to_string()
}

fn error(body: &str) -> String {
    Event::decode(body.as_bytes()).expect_err("does not fit").to_string()
}

#[test]
fn finished_processes() {
    let ok = finished(body("finished-ok"));
    assert_eq!(ok.process_id.as_str(), ID);
    assert_eq!(ok.state, ProcessState::Finished);
    assert!(ok.state.is_finished());
    assert_eq!(*ok.flow, Some(Flow::Id));
    assert_eq!(*ok.result, Some(ProcessResult::Ok));
    assert!(ok.last_event.is_absent() && ok.last_event_description.is_absent());

    let expired = finished(body("finished-expired"));
    assert_eq!(*expired.result, Some(ProcessResult::Expired));
    assert_eq!(*expired.last_event, Some(LastEvent::SessionEnded));
    let description = expired.last_event_description.as_ref().expect("a description").expose();
    assert_eq!(&**description, "Session ended by timeout or by new session created");
    assert!(!format!("{expired:?}").contains("timeout"));

    let invalid = finished(body("finished-invalid-identity"));
    assert_eq!(*invalid.result, Some(ProcessResult::InvalidIdentity));
    assert_eq!(*invalid.flow, Some(Flow::IdUnicoSign));
}

#[test]
fn a_result_may_be_absent() {
    let process = finished(body("finished-without-result"));
    assert!(process.result.is_absent());
    assert_eq!(process.process_id.as_str(), ID);

    let process =
        finished(format!(r#"{{"processId":"{ID}","state":"PROCESS_STATE_FINISHED","result":null}}"#).as_bytes());
    assert!(process.result.is_absent());
}

/// The answers of `GetProcess` have a vocabulary of their own; its words are none here.
#[test]
fn a_result_of_get_process_is_no_result_of_a_webhook() {
    let body = format!(r#"{{"processId":"{ID}","state":"PROCESS_STATE_FINISHED","result":"PROCESS_RESULT_OK"}}"#);
    let result = finished(body.as_bytes()).result.into_option().expect("a result");
    assert!(!result.is_known());
    assert_eq!(result.as_str(), "PROCESS_RESULT_OK");
}

#[test]
fn the_legacy_spelling_of_the_state_is_read_and_written_back() {
    let process = finished(body("finished-legacy-state"));
    assert_eq!(process.state, ProcessState::FinishedLegacy);
    assert!(process.state.is_finished());
    assert_eq!(process.state.as_str(), "finished");
    assert!(!ProcessState::from("Finished").is_finished(), "letter case is not guessed");
}

#[test]
fn every_documented_last_event_and_flow_is_known() {
    let events = [
        "EVENT_TYPE_PROCESS_CREATED",
        "EVENT_TYPE_QR_CODE_READ",
        "EVENT_TYPE_PROCESS_STARTED_BY_USER",
        "EVENT_TYPE_IDENTITY_VALIDATION_STEP_FINISHED",
        "EVENT_TYPE_DOCUMENT_STEP_STARTED",
        "EVENT_TYPE_DOCUMENT_PHOTO_CAPTURED",
        "EVENT_TYPE_DOCUMENT_UPLOADED_FROM_GALLERY",
        "EVENT_TYPE_DOCUMENT_STEP_FINISHED",
        "EVENT_TYPE_SESSION_ENDED",
        "EVENT_TYPE_ERROR_ON_DOCUMENT_STEP",
    ];
    assert_eq!(LastEvent::KNOWN, events);
    let flows = "idlive id idlivetrust idcheck iddocs idsign iddocssign idchecktrust idchecktrustdocs \
        idchecktrustsign idchecktrustdocssign idcheckserpro idcheckserprodocs idcheckserprodocssign \
        creditoconsignado idtrust idunicodocs idunicosign idunicodocssign idunicoserprodocssign idtrustdocs \
        idtrustsign idtrustdocssign idtoken idtokentrust idtokensign idsmart idage idagedocumentless";
    assert_eq!(Flow::KNOWN, flows.split_whitespace().collect::<Vec<_>>());
    assert_eq!(Flow::from("our own flow").as_str(), "our own flow");
}

#[test]
fn check_notices() {
    let update = check(body("check-update-process"));
    assert_eq!(update.event, CheckEvent::UpdateProcess);
    assert_eq!(update.data.id.as_str(), CHECK_ID);
    assert_eq!(*update.data.status, Some(CheckStatus::FINISHED));
    assert_eq!(update.data.score.as_ref().map(|score| score.as_str()), Some("14"));
    let date = update.event_date.as_ref().expect("a date");
    assert_eq!(date.as_str(), "2023-04-19T13:10:00.0000000Z", "seven digits, kept");
    assert!(date.has_offset());

    let divergence = check(body("check-divergence"));
    assert_eq!(*divergence.data.status, Some(CheckStatus::DIVERGENCE));
    assert_eq!(divergence.data.id, update.data.id);
}

#[test]
fn three_four_and_five_are_final_and_nothing_else() {
    let last: Vec<_> = (-10..100).filter(|code| CheckStatus::from(*code).is_final()).collect();
    assert_eq!(last, [3, 4, 5]);
    let update = check(format!(r#"{{"event":"update_process","data":{{"id":"{CHECK_ID}","status":9}}}}"#).as_bytes());
    let status = update.data.status.expect("a status");
    assert_eq!((status.get(), status.to_string().as_str(), status.is_final()), (9, "9", false));
}

/// Row 23.
#[test]
fn scores_keep_their_digits_and_sign() {
    for score in ["-42", "0", "85.5", "9007199254740993"] {
        let body = format!(r#"{{"event":"update_process","data":{{"id":"{CHECK_ID}","score":{score}}}}}"#);
        assert_eq!(check(body.as_bytes()).data.score.as_ref().map(|score| score.as_str()), Some(score));
    }
}

#[test]
fn ids_are_equal_whatever_their_case_and_kept_as_sent() {
    let lower = ProcessId::from(ID);
    let upper = ProcessId::from(ID.to_uppercase().as_str());
    assert_eq!(lower, upper);
    assert_eq!(upper.as_str(), ID.to_uppercase());
    assert_eq!(serde_json::to_string(&upper).expect("writes"), format!("\"{}\"", ID.to_uppercase()));
    assert_eq!(HashSet::from([lower.clone(), upper.clone()]).len(), 1);
    assert_eq!(BTreeSet::from([lower.clone(), upper.clone()]).len(), 1);
    assert!(ProcessId::from("A") < ProcessId::from("b") && ProcessId::from("a") < ProcessId::from("B"));
    assert_ne!(lower, ProcessId::from(&ID[1..]));
    assert_ne!(ProcessId::from("É"), ProcessId::from("é"), "ASCII alone is folded");
    assert_eq!(ProcessId::from("a\n\u{202e}b").to_string(), "a\\u{a}\\u{202e}b", "row 24");
}

#[test]
fn facts_of_both_envelopes() {
    let delivery = verified::<Event>(body("finished-ok"));
    let envelope = delivery.envelope();
    assert_eq!(envelope.event_name(), Some("PROCESS_STATE_FINISHED"));
    assert_eq!((envelope.subject_id(), envelope.time()), (Some(ID), None));
    // sha256sum finished-ok--documented.json, in `fixtures/unico`
    let digest = "sha256:0ad3bfb7b6fbc70981641e928a1ca895bbaac22069d851ad4280613764f37e57";
    assert_eq!(delivery.dedup_key().to_string(), format!("{ID}/PROCESS_STATE_FINISHED/{digest}"));

    let delivery = verified::<Event>(body("check-update-process"));
    let envelope = delivery.envelope();
    assert_eq!(envelope.event_name(), Some("update_process"));
    assert_eq!((envelope.subject_id(), envelope.time()), (Some(CHECK_ID), Some("2023-04-19T13:10:00.0000000Z")));
    assert_eq!(delivery.dedup_key().to_string(), format!("{CHECK_ID}/update_process/3/14"));

    let upper = String::from_utf8_lossy(body("finished-ok")).replace(ID, &ID.to_uppercase());
    let delivery = verified::<Event>(upper.clone());
    assert_eq!(delivery.envelope().subject_id(), Some(&*ID.to_uppercase()), "the subject is as sent");
    assert!(key(upper).starts_with(&format!("{ID}/PROCESS_STATE_FINISHED/sha256:")), "the key is not");
    let upper = String::from_utf8_lossy(body("check-update-process")).replace(CHECK_ID, &CHECK_ID.to_uppercase());
    assert_eq!(key(upper), key(body("check-update-process")));
}

/// Row 31: what is new has a new key; row 28: what is not has the old one.
#[test]
fn row_31_a_later_state_has_a_key_of_its_own() {
    let current = |id: &str, state: &str| format!(r#"{{"processId":"{id}","state":"{state}"}}"#);
    let check = |id: &str, rest: &str| format!(r#"{{"event":"update_process","data":{{"id":"{id}"{rest}}}}}"#);
    let bodies = [
        current(ID, "PROCESS_STATE_FINISHED"),
        current(ID, "PROCESS_STATE_FAILED"),
        current(ID, "finished"),
        current(CHECK_ID, "PROCESS_STATE_FINISHED"),
        current(ID, "update_process"),
        check(ID, ""),
        check(ID, r#","status":2"#),
        check(ID, r#","status":2,"score":0"#),
        check(ID, r#","status":3,"score":0"#),
        check(ID, r#","status":3,"score":14"#),
        check(ID, r#","status":3,"score":-14"#),
        check(ID, r#","score":2"#),
        check(ID, r#","status":{"code":3}"#),
        check(CHECK_ID, r#","status":3,"score":14"#),
        // Row 32: written to look like another one's key.
        current(&format!("{ID}/update_process"), "3"),
        current(ID, "update_process/3/14"),
        check(&format!("{ID}/update_process"), r#","status":3,"score":14"#),
        check(ID, r#","status":"3/14""#),
    ];
    let keys: BTreeSet<_> = bodies.iter().map(key).collect();
    assert_eq!(keys.len(), bodies.len(), "{keys:#?}");
    assert!(keys.iter().all(|key| !key.starts_with("sha256:")), "{keys:#?}");

    assert_eq!(key(check(ID, r#","status":null,"score":null"#)), key(check(ID, "")), "null is absent");
    let other_date = String::from_utf8_lossy(body("check-update-process")).replace("13:10:00", "13:25:00");
    assert_eq!(key(other_date), key(body("check-update-process")), "the date is no part of it");
    assert_ne!(key(body("check-divergence")), key(body("check-update-process")), "2, then 3");
    assert_ne!(key(body("finished-ok")), key(body("finished-expired")), "expired, then ok");
}

/// Neither an id nor a time tells the two notifications of one process apart, so their content does.
#[test]
fn expired_and_later_ok_are_two_deliveries() {
    let verifier = Verifier::basic("made-up-user", "made-up-password").expect("a credential");
    let headers = [("authorization", "Basic bWFkZS11cC11c2VyOm1hZGUtdXAtcGFzc3dvcmQ=")];
    let verify = |name: &str| verifier.verify(&headers, body(name)).expect("the credential");
    let (expired, ok) = (verify("finished-expired-first"), verify("finished-ok-later"));

    let [expired_envelope, ok_envelope] = [expired.envelope(), ok.envelope()];
    assert_eq!(expired_envelope.subject_id(), Some("00000000-0000-4000-8000-0000000b0023"));
    assert_eq!(expired_envelope.subject_id(), ok_envelope.subject_id());
    assert_eq!(expired_envelope.event_name(), ok_envelope.event_name());

    assert_ne!(expired.dedup_key(), ok.dedup_key(), "news");
    assert_eq!(expired.dedup_key(), verify("finished-expired-first").dedup_key(), "a duplicate");
    for delivery in [&expired, &ok] {
        assert!(matches!(delivery.dedup_key(), DedupKey::VendorId(_)), "good forever");
        let shown = delivery.dedup_key().to_string();
        assert!(shown.starts_with("00000000-0000-4000-8000-0000000b0023/PROCESS_STATE_FINISHED/sha256:"), "{shown}");
        assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()), "{shown}");
    }
}

#[test]
fn the_key_is_bounded_whatever_the_ids() {
    let long = "\u{202e}".repeat(10_000);
    let shown = key(format!(r#"{{"processId":"{long}","state":"{long}"}}"#));
    assert!(shown.len() < 256 && shown.bytes().all(|byte| byte.is_ascii_graphic()), "{shown}");
}

/// Retries are registered for each endpoint, and nothing says for how long at most.
#[test]
fn without_ids_equal_bytes_are_a_duplicate_for_a_day() {
    assert_eq!(Event::DEDUP_WINDOW, Duration::from_secs(24 * 60 * 60));
    let unverified = OpenEndpoint::new().verify::<[(&str, &str)]>(&[], body("finished-ok-later")).expect("open");
    assert!(matches!(unverified.dedup_key(), DedupKey::BodyDigest(_)));
}

/// Without an id, or under a name nobody knows the meaning of, only the bytes tell events apart.
#[test]
fn what_has_no_known_identity_gets_the_digest_of_its_body() {
    for body in [
        r#"{"state":"PROCESS_STATE_FINISHED"}"#,
        r#"{"processId":"","state":"PROCESS_STATE_FINISHED"}"#,
        r#"{"processId":7,"state":"PROCESS_STATE_FINISHED"}"#,
        r#"{"processId":"a","state":7}"#,
        r#"{"processId":"a","state":"x","state":"y"}"#,
        r#"{"state":7,"event":"update_process","data":{"id":"a","status":3,"score":14}}"#,
        r#"{"event":"update_process","data":{"status":3}}"#,
        r#"{"event":"update_process","data":null}"#,
        r#"{"event":"score_removed","data":{"id":"a","status":3,"score":14}}"#,
        r#"{"processId":"a"}"#,
        "[]",
        "",
    ] {
        assert!(key(body).starts_with("sha256:"), "{body}: {}", key(body));
    }
}

#[test]
fn unknown_states_and_events_are_kept_whole() {
    for (body, name) in [
        (r#"{"processId":"a","state":"PROCESS_STATE_FAILED","why":1.10}"#, "PROCESS_STATE_FAILED"),
        (r#"{"state":"PROCESS_STATE_FAILED"}"#, "PROCESS_STATE_FAILED"),
        (r#"{"event":"score_removed","data":[1]}"#, "score_removed"),
        (r#"{"event":"","data":{}}"#, ""),
        (r#"{"state":null,"event":"approved"}"#, "approved"),
    ] {
        match Event::decode(body.as_bytes()).expect("readable") {
            Event::Other { name: found, body: raw, .. } => assert_eq!((&*found, raw.get()), (name, body)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_known_event_that_does_not_fit_is_an_error_that_says_where() {
    for (body, why) in [
        ("{}", "processId is missing"),
        (r#"{"state":null}"#, "processId is missing"),
        (r#"{"processId":"a"}"#, "state is missing"),
        (r#"{"data":{"id":"a"}}"#, "event is missing"),
        (r#"{"state":"PROCESS_STATE_FINISHED"}"#, "processId is missing"),
        (r#"{"processId":null,"state":"finished"}"#, "processId is missing"),
        (r#"{"processId":7,"state":"finished"}"#, "processId is of another type than documented"),
        (r#"{"processId":"a","state":7}"#, "state is of another type than documented"),
        (r#"{"event":7,"data":{"id":"a"}}"#, "event is of another type than documented"),
        (r#"{"event":"update_process"}"#, "data is missing"),
        (r#"{"event":"update_process","data":"a"}"#, "data is of another type than documented"),
        (r#"{"event":"update_process","data":["a",3,14]}"#, "data is of another type than documented"),
        (r#"{"event":"update_process","data":{}}"#, "data.id is missing"),
        (r#"{"event":"update_process","data":{"id":7}}"#, "data.id is of another type than documented"),
        (r#"{"processId":"a","state":"finished","state":"finished"}"#, "state is there more than once"),
        (r#"{"processId":"a","processId":"b","state":"finished"}"#, "processId is there more than once"),
    ] {
        assert_eq!(error(body), why, "{body}");
    }
    let twice = r#"{"event":"update_process","data":{"id":"a","id":"b"}}"#;
    assert_eq!(error(twice), "data.id is there more than once", "row 22");
}

/// `state` decides which envelope it is, for the reader and for the key alike.
#[test]
fn a_body_that_is_both_is_the_current_one() {
    let both = r#"{"processId":"a","state":"finished","event":"update_process","data":{"id":"a","status":3}}"#;
    assert_eq!(finished(both.as_bytes()).process_id.as_str(), "a");
    assert!(key(both).starts_with("a/finished/sha256:"), "{}", key(both));

    let null = r#"{"processId":"b","state":null,"event":"update_process","data":{"id":"b","status":3}}"#;
    assert_eq!(check(null.as_bytes()).data.id.as_str(), "b");
    assert_eq!(key(null), "b/update_process/3/null");
}

#[test]
fn names_are_the_vendors_own() {
    for fixture in UNICO {
        let event = Event::decode(fixture.body).expect("readable");
        assert_eq!(event.name(), fixture.event, "{fixture:?}");
        assert!(event.is_known(), "{fixture:?}");
    }
}

/// A body in both envelopes at once is refused if it speaks of two processes, and is no fact.
#[test]
fn row_22_two_processes_in_one_body_are_refused() {
    for state in ["", r#""state":"PROCESS_STATE_FINISHED","#] {
        let body = |id: &str| {
            format!(r#"{{"processId":"a",{state}"event":"update_process","data":{{"id":"{id}","status":3}}}}"#)
        };
        let two = body("b");
        let error = Event::decode(two.as_bytes()).expect_err("two processes");
        assert_eq!(error.to_string(), "data.id is not the same as processId");
        assert_eq!(Event::envelope(two.as_bytes()).subject_id(), None);
        assert!(Event::decode(body("A").as_bytes()).is_ok(), "letter case is no difference");
    }
    for (member, body) in [
        ("id", r#"{"event":"update_process","data":{"id":"a","id":"b","status":3}}"#),
        ("status", r#"{"event":"update_process","data":{"id":"a","status":3,"status":4}}"#),
    ] {
        let error = Event::decode(body.as_bytes()).expect_err("a repeated member");
        assert_eq!(error.to_string(), format!("data.{member} is there more than once"));
        assert!(Event::envelope(body.as_bytes()).dedup_key(body.as_bytes()).to_string().starts_with("sha256:"));
    }
}
