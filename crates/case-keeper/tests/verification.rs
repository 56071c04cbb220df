//! Every field of a verification.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeSet;

use common::{data, fixture, get, number, text, v2, v3};
use idhooks_case_keeper::{
    ApprovalStatus, ComparedFields, DocumentStatus, Event, FaceProvider, Masterdata, NotifyType, Process,
    ProcessConfig, Translation, Validation, VerificationStatus,
    core::{Lenient, Timestamp, WebhookEvent as _},
};
use idhooks_fixtures::CASE_KEEPER;
use serde_json::{Value, json};

/// The suite writes every field back; this shows that every value has the type of its field.
#[test]
fn every_field_of_every_fixture_has_a_type() {
    for fixture in CASE_KEEPER {
        let event = Event::decode(fixture.body).expect("a readable fixture");
        assert_eq!(common::unread(&event), BTreeSet::new(), "{fixture:?}");
        let claimed = event.data.as_ref().map(|data| data.decode().expect("a verification"));
        assert_eq!(common::unread(&claimed), BTreeSet::new(), "{fixture:?}");
    }
}

/// No field of ours is without a place in a full body, but for those nobody saw.
#[test]
fn every_field_is_used() {
    let unused: Vec<_> = common::fields(&v2())
        .into_iter()
        .zip(common::fields(&v3()))
        .filter(|((_, in_v2), (_, in_v3))| !in_v2 && !in_v3)
        .map(|((name, _), _)| name)
        .collect();
    let (times, unseen): (Vec<_>, Vec<_>) = unused.into_iter().partition(|name| name.ends_with("_at"));
    assert_eq!(unseen, ["liveness_result_id", "face_recognition_result_id", "chip_dopa_result_id", "sanction"]);

    // These are `null` in both.
    let wire = |name: &str| {
        let (first, rest) = name.split_once('_').expect("words");
        let rest = rest.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
        format!("{first}{}", rest.collect::<String>())
    };
    let filled: serde_json::Map<_, _> =
        times.iter().map(|name| (wire(name), json!("2030-01-01T00:00:00.000Z"))).collect();
    let found = common::fields(&data(Value::Object(filled)));
    assert_eq!(
        found.iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect::<Vec<_>>(),
        times.iter().collect::<Vec<_>>()
    );
    assert_eq!(times.len(), 7);
}

#[test]
fn the_verification_itself() {
    let found = v2();
    let status = |field: &Lenient<VerificationStatus>| field.as_ref().map(|status| status.as_str().to_owned());
    let time = |field: &Lenient<Timestamp>| field.as_ref().map(|time| time.as_str().to_owned());
    assert_eq!(found.id.as_ref().map(|id| id.as_str()), Some("00000000-0000-4000-8000-000000000001"));
    assert_eq!(found.verification_id.as_ref().map(|id| id.as_str()), Some("00000000-0000-4000-8000-000000000002"));
    assert_eq!(*found.status, Some(VerificationStatus::Completed));
    assert_eq!(time(&found.created_at).as_deref(), Some("2030-01-01T00:00:00.123Z"));
    assert_eq!(time(&found.updated_at).as_deref(), Some("2030-01-01T00:21:00.123Z"));
    assert_eq!(time(&found.expires_at).as_deref(), Some("2030-01-31T00:00:00.000Z"));
    assert_eq!(time(&found.notifies_at).as_deref(), Some("2030-01-03T00:00:00.000Z"));
    assert_eq!(found.reused_results.as_deref(), Some(&[Process::FrontIdCard, Process::Passport][..]));
    assert_eq!(found.reference.as_deref(), Some("POLICY-0001"));
    assert_eq!(found.user_id.as_ref().map(|id| id.as_str()), Some("00000000-0000-4000-8000-00000000000a"));
    assert_eq!((&*found.notify_type, &*v3().notify_type), (&Some(NotifyType::Sms), &Some(NotifyType::Email)));
    assert_eq!(found.notify_interval.as_deref(), Some("P2D"));
    assert_eq!(text(&found.citizen_id), Some("1100000000000"));
    assert_eq!(text(&found.passport_number), Some("AA0000000"));
    assert_eq!(text(&found.laser_code), Some("AB1-1234567-12"));
    assert_eq!(
        [text(&found.first_name), text(&found.middle_name), text(&found.last_name)],
        [Some("ตัวอย่าง"), Some("กลาง"), Some("ทดสอบ")]
    );
    assert_eq!(text(&found.date_of_birth), Some("1990-01-01T00:00:00.000Z"));
    assert_eq!(text(&v3().date_of_birth), Some("1990-00-00"));
    assert_eq!(text(&found.email), Some("customer@example.com"));
    assert_eq!(text(&found.phone_number), Some("0800000000"));
    assert_eq!(text(&found.feedback), Some("ดีมาก"));
    assert_eq!(
        [*found.pdpa_consented, *found.welcome_confirmed, *found.disable_background_check],
        [Some(true), Some(true), Some(false)]
    );
    assert_eq!(text(&found.sms_notify_content), Some("กรุณายืนยันตัวตน"));
    assert_eq!(text(&found.email_notify_content), Some("กรุณายืนยันตัวตน"));
    assert_eq!(text(&found.email_notify_subject), Some("ยืนยันตัวตน"));
    assert_eq!(*found.approval_status, Some(ApprovalStatus::InProgress));
    assert_eq!(*found.education_check_document_status, Some(DocumentStatus::Received));
    for (status, expected) in [
        (status(&found.kyc_status), "completed"),
        (status(&found.dip_chip_status), "cancelled"),
        (status(&found.criminal_check_status), "verified"),
        (status(&found.employment_verification_status), "accepted"),
        (status(&found.bankruptcy_status), "completed"),
        (status(&found.sanction_status), "verified"),
        (status(&found.education_check_status), "incomplete"),
        (status(&found.income_check_status), "blocked"),
        (status(&found.reference_check_status), "expired"),
    ] {
        assert_eq!(status.as_deref(), Some(expected));
    }
    assert_eq!(time(&found.criminal_check_verified_at).as_deref(), Some("2030-01-01T00:15:00.123Z"));
    assert_eq!(found.amlo_result_id.as_ref().map(|id| id.as_str()), Some("00000000-0000-4000-8000-000000000128"));
    assert!(v3().face_image_url.is_some());
    for raw in [&found.verification, &found.verifications, &found.user, &found.meta, &found.approval_remark] {
        assert!(raw.is_some());
    }
}

/// `completed` is not passed, and `verifiedAt` proves nothing.
#[test]
fn a_completed_verification_may_have_failed() {
    let found = v2();
    assert_eq!(*found.status, Some(VerificationStatus::Completed));
    assert!(found.verified_at.is_some());
    assert_eq!(*get(&found.id_face_recognition_result).verified, Some(false));
}

#[test]
fn translations_in_either_shape() {
    let (old, new) = (v2(), v3());
    let (old, new) = (get(&old.title), get(&new.title));
    let thai = |title: &Masterdata| title.translations.as_ref().and_then(|all| all.th.clone().into_option());
    assert!(matches!(thai(old), Some(Translation::Labelled(_))));
    assert!(matches!(thai(new), Some(Translation::Text(_))));
    for title in [old, new] {
        assert_eq!(thai(title).as_ref().and_then(Translation::text).map(|text| &**text.expose()), Some("นาย"));
        assert_eq!([text(&title.key), text(&title.sex), text(&title.label)], [Some("mr"), Some("male"), Some("นาย")]);
    }
    assert_eq!(text(&get(&v2().position).value), Some("ผู้จัดการ"));
    assert_eq!(text(&get(&v2().department).code), Some("020"));
    let bare = data(json!({ "title": "006" }));
    assert!(bare.title.is_none() && bare.title.error().is_some(), "requests have a bare code");
}

#[test]
fn configs() {
    let (old, new) = (v2(), v3());
    let front = get(&old.front_id_card_config);
    assert_eq!((*front.attempts, *front.current_attempt), (Some(3), Some(2)));
    assert_eq!(
        [*front.required, *front.is_editable, *front.dependencies_required, *front.end_flow_on_failure],
        [Some(true), Some(true), Some(false), Some(true)]
    );
    assert_eq!((*front.minimum_age, *front.maximum_age), (Some(18), Some(70)));
    assert_eq!(front.expiry_threshold.as_deref(), Some("P30D"));
    let validations = front.validations.as_deref().expect("validations");
    assert_eq!(validations.len(), Validation::KNOWN.len());
    assert!(validations.iter().all(Validation::is_known));
    assert_eq!(*front.compare_non_essential_fields, Some(ComparedFields::All(false)));
    let named = &get(&new.front_id_card_config).compare_non_essential_fields;
    assert!(matches!(&**named, Some(ComparedFields::Named(names)) if *names[0] == *"middleName"));
    let face = get(&old.id_face_recognition_config);
    assert_eq!(*face.liveness_provider, Some(FaceProvider::FacetecXAws));
    assert_eq!(*face.face_recognition_provider, Some(FaceProvider::Sensetime));
    assert_eq!((*face.min_facetec_match_level, *face.liveness_count), (Some(6), Some(2)));
    assert_eq!(*get(&new.liveness_config).liveness_provider, Some(FaceProvider::Aws));
    let blacklist = get(&new.passport_config).country_code_blacklist.as_deref().expect("countries");
    assert_eq!(blacklist.iter().map(|code| &**code).collect::<Vec<_>>(), ["XXA", "XXB"]);
}

#[test]
fn thresholds_in_either_spelling() {
    let config = |json: Value| *data(json!({ "dopaConfig": json })).dopa_config.into_option().expect("a config");
    let threshold = |config: &ProcessConfig| config.threshold_in_either_spelling().cloned();
    let both = config(json!({ "threshold": 0.9, "threshHold": 0.8 }));
    assert_eq!(
        (both.threshold.clone().into_option(), both.thresh_hold.clone().into_option()),
        (number("0.9"), number("0.8"))
    );
    assert_eq!(threshold(&both), number("0.9"));
    assert_eq!(threshold(&config(json!({ "threshHold": 0.8 }))), number("0.8"));
    assert_eq!(threshold(&config(json!({ "threshold": {}, "threshHold": "0.8" }))), number("0.8"));
    assert_eq!(threshold(&config(json!({}))), None);
    let long = "0.1234567890123456789012345678901234567890";
    let body = format!(r#"{{"key":"k","data":{{"id":"v","dopaConfig":{{"threshold":{long}}}}}}}"#);
    let found = Event::decode(body.as_bytes()).expect("an event");
    assert!(serde_json::to_string(&found).expect("writes").contains(long), "row 23: every digit");
}

#[test]
fn row_26_sanction_in_both_places() {
    let verified = |json: Value| data(json).sanction().map(|result| *result.verified);
    assert_eq!(verified(json!({ "sanctionResult": { "verified": true } })), Some(Some(true)));
    assert_eq!(verified(json!({ "sanction": { "verified": false } })), Some(Some(false)));
    assert_eq!(
        verified(json!({ "sanction": { "verified": false }, "sanctionResult": { "verified": true } })),
        Some(Some(true))
    );
    assert_eq!(verified(json!({ "sanction": "clear", "sanctionResult": null })), None);
    assert!(fixture("verification-sanction-created").sanction().is_some());
}
