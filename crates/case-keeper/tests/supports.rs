//! Which state bears out which event.

#![cfg(feature = "client")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use idhooks_case_keeper::{EventKey, Verification, core::json, rest::supports};
use serde_json::{Value, json};

fn fits(key: &str, state: &Value) -> bool {
    let verification: Verification = json::decode(state.to_string().as_bytes()).expect("a verification");
    supports(&EventKey::from(key), &verification)
}

#[track_caller]
fn check(key: &str, rows: &[(Value, bool)]) {
    for (state, expected) in rows {
        assert_eq!(fits(key, state), *expected, "{key}: {state}");
    }
}

#[test]
fn only_the_status_says_verified() {
    check(
        "verification.verified",
        &[
            (json!({ "status": "verified" }), true),
            (json!({ "status": "completed" }), false),
            (json!({ "status": "completed", "verifiedAt": "2030-01-01T00:00:00.000Z" }), false),
            (json!({ "status": "completed", "kycStatus": "verified" }), false),
            (json!({ "status": "in_progress" }), false),
            (json!({ "status": "expired" }), false),
            (json!({ "status": "VERIFIED" }), false),
            (json!({ "status": "SOMETHING_NEW" }), false),
            (json!({ "status": true }), false),
            (json!({}), false),
        ],
    );
    check(
        "verification.completed",
        &[
            (json!({ "status": "completed" }), true),
            (json!({ "status": "verified" }), true),
            (json!({ "status": "in_progress", "verifiedAt": "2030-01-01T00:00:00.000Z" }), false),
            (json!({ "status": "cancelled" }), false),
            (json!({}), false),
        ],
    );
}

#[test]
fn deleted_needs_a_time() {
    check(
        "verification.deleted",
        &[
            (json!({ "deletedAt": "2030-01-01T00:00:00.000Z" }), true),
            (json!({ "deletedAt": null }), false),
            (json!({ "deletedAt": "" }), false),
            (json!({ "deletedAt": false }), false),
            (json!({ "status": "cancelled" }), false),
        ],
    );
}

#[test]
fn existence_is_all_that_created_and_unknown_keys_need() {
    for key in [
        "verification.created",
        "verification.updated",
        "verification.paused",
        "verification.handResult.created",
        "verification.handResult.printUrl.read",
        "verification.frontIdCardResult.deleted",
        "verification.appointment.deleted",
        "flow.created",
        "flow.notification.sent",
        "SOMETHING_NEW",
        "",
    ] {
        check(key, &[(json!({ "status": "open" }), true), (json!({ "status": "verified" }), true)]);
    }
}

/// Every target of a result: nothing there, `null`, a result, an attempt in the list, and what is none.
#[test]
fn every_result_is_looked_up() {
    for target in [
        "frontIdCardResult",
        "backIdCardResult",
        "dopaResult",
        "passportResult",
        "idFaceRecognitionResult",
        "dipChipResult",
        "criminalCheckResult",
        "employmentVerificationResult",
        "bankruptcyResult",
        "livenessResult",
        "faceRecognitionResult",
        "chipDopaResult",
        "amloResult",
        "educationCheckResult",
        "incomeCheckResult",
        "referenceCheckResult",
        "sanction",
    ] {
        let field = if target == "sanction" { "sanctionResult" } else { target };
        let list = format!("{field}s");
        for action in ["created", "confirmed", "updated", "somethingNew", "resultDocumentUrl.read"] {
            let key = format!("verification.{target}.{action}");
            check(
                &key,
                &[
                    (json!({ "status": "verified" }), false),
                    (json!({ field: null, &list: null }), false),
                    (json!({ &list: [] }), false),
                    (json!({ field: "" }), false),
                    (json!({ field: false }), false),
                    (json!({ field: [] }), false),
                    (json!({ field: {} }), true),
                    (json!({ field: { "id": "r-1", "verified": false } }), true),
                    (json!({ field: null, &list: [{ "id": "r-1" }] }), true),
                    (json!({ "vaccinePassportResult": {} }), false),
                ],
            );
        }
        let key = format!("verification.{target}.verified");
        check(
            &key,
            &[
                (json!({ field: { "verified": true } }), true),
                (json!({ field: { "verified": false } }), false),
                (json!({ field: { "verified": "true" } }), false),
                (json!({ field: {} }), false),
                (json!({ &list: [{ "verified": true }] }), false),
            ],
        );
    }
}

#[test]
fn a_result_of_another_check_does_not_help() {
    check("verification.dopaResult.created", &[(json!({ "chipDopaResult": {}, "frontIdCardResult": {} }), false)]);
    check("verification.livenessResult.created", &[(json!({ "idFaceRecognitionResult": {} }), false)]);
}

#[test]
fn a_result_that_cannot_be_read_is_there() {
    let body = br#"{"frontIdCardResult":{"id":"a","id":"b"}}"#;
    let verification: Verification = json::decode(body).expect("a verification");
    let result = &verification.front_id_card_result;
    assert!(result.is_none() && result.error().is_some());
    assert!(supports(&EventKey::from("verification.frontIdCardResult.created"), &verification));
}

#[test]
fn sanction_is_looked_for_under_both_names() {
    check(
        "verification.sanction.created",
        &[
            (json!({ "sanction": {} }), true),
            (json!({ "sanctionResult": {} }), true),
            (json!({ "sanction": 7 }), false),
        ],
    );
    check("verification.sanction.verified", &[(json!({ "sanction": { "verified": true } }), true)]);
}

#[test]
fn v3_has_two_results_for_one_key() {
    check(
        "verification.idFaceRecognitionResult.created",
        &[(json!({ "livenessResult": {} }), true), (json!({ "faceRecognitionResults": [{}] }), true)],
    );
    check(
        "verification.idFaceRecognitionResult.verified",
        &[
            (json!({ "livenessResult": { "verified": true } }), false),
            (json!({ "livenessResult": { "verified": true }, "faceRecognitionResult": { "verified": false } }), false),
            (json!({ "livenessResult": { "verified": true }, "faceRecognitionResult": { "verified": true } }), true),
        ],
    );
}

#[test]
fn appointments_are_made_and_validated() {
    for action in ["created", "updated"] {
        check(
            &format!("verification.appointment.{action}"),
            &[
                (json!({ "appointment": {} }), true),
                (json!({ "appointment": { "validated": false } }), true),
                (json!({ "appointment": null }), false),
                (json!({}), false),
            ],
        );
    }
    check(
        "verification.appointment.validated",
        &[
            (json!({ "appointment": { "validated": true } }), true),
            (json!({ "appointment": { "validated": false } }), false),
            (json!({ "appointment": {} }), false),
            (json!({}), false),
        ],
    );
}
