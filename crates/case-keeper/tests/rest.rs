//! Answers of the REST API: each sample is read, drift costs nothing else, and nothing personal is printed.

#![cfg(feature = "client")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use std::collections::BTreeSet;

use common::{get, number, text, unread};
use idhooks_case_keeper::{
    ErrorKey, FaceAttribute, FaceProvider, NotifyType, Validation, Verification, VerificationStatus,
    core::{Lenient, RawJson, json},
    http_client::Fetched,
    links_in,
    rest::{ApiVersion, EventFilter, EventOrder, EventRecord},
};
use idhooks_fixtures::{
    drift::{places, with},
    rest::{CASE_KEEPER, Sample, sample},
    suite::{Answer, Answers},
};
use serde_json::{Value, json};

/// Samples that are a verification, or a fragment of one.
const VERIFICATIONS: [&str; 12] = [
    "front-id-card-config-minimum-age",
    "front-id-card-config-validations",
    "front-id-card-result-lifelong",
    "front-id-card-result-restricted-age",
    "id-face-recognition-facetec",
    "id-face-recognition-sensetime",
    "passport-result-errors",
    "verification-deleted",
    "verification-fields",
    "verification-v2-completed",
    "verification-v2-open",
    "verification-v3-verified",
];

/// Values of the samples that are about a person, or open a file.
const PERSONAL: [&str; 13] = [
    "1100000000000",
    "1 1000 00000 00 0",
    "AB1-1234567-12",
    "ตัวอย่าง",
    "ทดสอบ",
    "1990-01-01",
    "1 Jan. 1990",
    "0800000000",
    "tuayang@example.com",
    "example-bucket",
    "LIFELONG",
    "ตลอดชีพ",
    "สถานะปกติ",
];

/// Names of members that are about a person, or may be, or open a file.
const HIDDEN: &[&str] = &[
    "citizenId",
    "passportNumber",
    "laserCode",
    "firstName",
    "middleName",
    "lastName",
    "dateOfBirth",
    "label",
    "value",
    "th",
    "en",
    "email",
    "phoneNumber",
    "feedback",
    "smsNotifyContent",
    "emailNotifyContent",
    "emailNotifySubject",
    "expiryDate",
    "verificationId",
    "message",
    "meta",
    "approvalRemark",
    "response",
    "edits",
    "faceAttributesResponse",
    "id_number",
    "first_name_th",
    "last_name_th",
    "date_of_birth_en",
    "date_of_expiry_th",
    "date_of_expiry_en",
    "faceImageUrl",
    "idCardImageUrl",
    "livenessImageUrl",
    "resultDocumentUrl",
];

/// Places of words of which there may be new ones.
const OPEN: &[&str] = &[
    "appointment.status",
    "approvalStatus",
    "bankruptcyStatus",
    "criminalCheckStatus",
    "dipChipStatus",
    "educationCheckDocumentStatus",
    "educationCheckStatus",
    "employmentVerificationStatus",
    "faceRecognitionConfig.faceRecognitionProvider",
    "frontIdCardResult.errors.key",
    "idFaceRecognitionConfig.livenessProvider",
    "incomeCheckStatus",
    "kycStatus",
    "livenessConfig.livenessProvider",
    "notifyType",
    "passportResult.errors.key",
    "referenceCheckStatus",
    "sanctionStatus",
    "status",
];

fn read(name: &str) -> Verification {
    decode(sample("case-keeper", name).body)
}

#[track_caller]
fn decode(body: &[u8]) -> Verification {
    json::decode(body).expect("a verification")
}

fn samples() -> impl Iterator<Item = &'static Sample> {
    VERIFICATIONS.iter().map(|name| sample("case-keeper", name))
}

fn records(name: &str) -> Vec<Fetched<EventRecord>> {
    let list: Value = serde_json::from_slice(sample("case-keeper", name).body).expect("JSON");
    let list = if list.is_array() { list } else { list["data"].clone() };
    list.as_array().expect("a list").iter().map(record).collect()
}

fn record(value: &Value) -> Fetched<EventRecord> {
    Fetched::decode(value.to_string().as_bytes()).expect("a record")
}

#[test]
fn every_sample_finds_its_fields() {
    for sample in samples() {
        assert_eq!(unread(&decode(sample.body)), BTreeSet::new(), "{sample:?}");
    }
}

#[test]
fn a_verification_that_was_opened() {
    let open = read("verification-v2-open");
    assert_eq!(open.id.as_ref().map(|id| id.as_str()), Some("00000000-0000-4000-8000-000000000001"));
    assert_eq!(*open.status, Some(VerificationStatus::Open));
    assert_eq!(*open.kyc_status, Some(VerificationStatus::Open));
    assert_eq!(*open.sanction_status, Some(VerificationStatus::Unspecified));
    assert_eq!(*open.notify_type, Some(NotifyType::None));
    assert!(open.verification_id.is_absent() && open.deleted_at.is_absent() && open.front_id_card_result.is_absent());
    let front = get(&open.front_id_card_config);
    assert_eq!((*front.required, *front.attempts, *front.current_attempt), (Some(true), Some(3), Some(3)));
    assert_eq!(*get(&open.passport_config).required, Some(false));
    assert_eq!(text(&open.citizen_id), Some("1100000000000"));
    assert!(open.meta.as_ref().expect("raw").get().contains("Remote Selling"));
}

#[test]
fn a_verification_that_passed() {
    let passed = read("verification-v3-verified");
    assert_eq!(*passed.status, Some(VerificationStatus::Verified));
    assert_eq!(passed.updated_at.as_ref().map(|at| at.as_str()), Some("2030-01-01T00:00:20.123Z"));
    assert_eq!(passed.reference.as_deref(), Some("order-7"));
    let front = get(&passed.front_id_card_result);
    assert_eq!((*front.verified, *front.completed, *front.valid), (Some(true), Some(true), Some(true)));
    assert_eq!(passed.front_id_card_results.as_ref().map(|all| all.len()), Some(1));
    assert_eq!(
        get(&passed.face_recognition_result).comparisons.as_ref().expect("a list")[0].result,
        Lenient::from(number("99.5").expect("a number"))
    );
    assert_eq!(*get(&passed.liveness_config).liveness_provider, Some(FaceProvider::Aws));
    let links = links_in(sample("case-keeper", "verification-v3-verified").body).expect("links");
    let paths: Vec<_> = links.iter().map(|link| &*link.path).collect();
    assert_eq!(
        paths,
        [
            "faceImageUrl",
            "frontIdCardResults[0].faceImageUrl",
            "frontIdCardResults[0].idCardImageUrl",
            "frontIdCardResult.faceImageUrl",
            "frontIdCardResult.idCardImageUrl",
            "livenessResult.livenessImageUrl",
        ]
    );
}

#[test]
fn verified_at_proves_nothing() {
    let done = read("verification-v2-completed");
    assert_eq!(*done.status, Some(VerificationStatus::Completed));
    assert!(done.verified_at.is_some());
    assert_eq!(*get(&done.id_face_recognition_result).verified, Some(false));
    assert_eq!(*get(&done.appointment).validated, Some(true));
    assert!(get(&done.criminal_check_result).result_document_url.is_some());
    assert!(done.sanction().is_some());
    let gone = read("verification-deleted");
    assert_eq!(gone.deleted_at.as_ref().map(|at| at.as_str()), Some("2030-01-01T00:00:40.123Z"));
}

#[test]
fn documented_fragments() {
    assert_eq!(*get(&read("front-id-card-config-minimum-age").front_id_card_config).minimum_age, Some(18));
    let config = read("front-id-card-config-validations").front_id_card_config;
    let validations = get(&config).validations.as_ref().expect("a list").clone().into_vec();
    assert_eq!((validations.len(), &validations[0]), (9, &Validation::Comparison));
    assert!(validations.iter().all(Validation::is_known));

    let lifelong = read("front-id-card-result-lifelong").front_id_card_result;
    assert!(get(&lifelong).edits.as_ref().expect("raw").get().contains("LIFELONG"));
    let too_young = read("front-id-card-result-restricted-age").front_id_card_result;
    assert_eq!(*get(&too_young).verified, Some(false));
    assert_eq!(get(&too_young).errors.as_ref().expect("a list")[0].key, Lenient::from(ErrorKey::RestrictedAge));
    let passport = read("passport-result-errors").passport_result;
    let keys: Vec<_> =
        get(&passport).errors.as_ref().expect("a list").iter().map(|error| (*error.key).clone()).collect();
    assert_eq!(keys, [ErrorKey::RestrictedAge, ErrorKey::ExpiryDate, ErrorKey::CompareData].map(Some));

    let facetec = read("id-face-recognition-facetec");
    assert_eq!(*get(&facetec.id_face_recognition_config).liveness_provider, Some(FaceProvider::Facetec));
    let flags = get(&facetec.id_face_recognition_result).detected_face_attributes.as_ref().expect("a list");
    assert_eq!(flags.to_vec(), [FaceAttribute::FaceOccluded, FaceAttribute::MoreThanOnePerson]);
    let sensetime = read("id-face-recognition-sensetime");
    assert_eq!(*get(&sensetime.id_face_recognition_config).liveness_provider, Some(FaceProvider::Sensetime));
    assert!(get(&sensetime.id_face_recognition_result).face_attributes_response.is_some());

    let part = read("verification-fields");
    assert_eq!(*part.status, Some(VerificationStatus::Verified));
    assert_eq!(*get(&part.front_id_card_result).verified, Some(true));
}

/// What you send to open a verification has the names it has in the answer; a call that takes it was not seen alone.
#[test]
fn the_documented_input_reads_as_a_verification() {
    let input = read("verification-input");
    assert_eq!(*input.notify_type, Some(NotifyType::Sms));
    assert_eq!(input.notify_interval.as_deref(), Some("P2D"));
    assert_eq!(text(&input.laser_code), Some("AB1-1234567-12"));
    assert!(!format!("{input:?}").contains("1234567"));
}

#[test]
fn row_25_row_49_drift_costs_one_field_and_shows_nothing() {
    let each = samples().map(|sample| Answer::of::<Verification>(sample.name, sample.body, &[])).collect();
    Answers { each, personal: HIDDEN, impersonal: &[], open: OPEN }.keep_their_promises();
}

#[test]
fn event_records() {
    let list = records("event-list");
    let sent = &list[0];
    assert_eq!(sent.id.as_ref().map(|id| id.as_str()), Some("00000000-0000-4000-8000-0000000000e1"));
    assert_eq!(sent.key.as_ref().map(|key| key.as_str()), Some("flow.notification.sent"));
    assert_eq!(sent.user_id.as_ref().map(|id| id.as_str()), Some("00000000-0000-4000-8000-00000000000a"));
    assert_eq!(sent.created_at.as_ref().map(|at| at.as_str()), Some("2030-01-01T00:00:00.000Z"));
    assert_eq!(sent.data.as_ref().map(RawJson::get), Some("{}"));
    assert!(sent.verification().is_none(), "it is about no verification");

    let list = records("event-list-bare");
    let verified = list[0].verification().expect("a verification");
    assert_eq!(*verified.status, Some(VerificationStatus::Verified));
    assert_eq!(verified.id.as_ref(), list[0].data_id.as_ref());
    assert!(list[1].id.is_absent() && list[1].data_id.is_absent() && list[1].verification().is_some());
}

#[test]
fn row_25_records_drift_and_keep_all_that_came() {
    let whole = json!({
        "id": "e-1", "key": "verification.verified", "dataId": "v-1", "data": { "id": "v-1" }, "userId": "u-1", "user": {},
        "createdAt": "2030-01-01T00:00:00.000Z", "updatedAt": "2030-01-01T00:00:00.000Z", "deletedAt": null,
        "response": { "status": 200 },
    });
    let body = whole.to_string();
    assert_eq!(record(&whole).raw().get(), body);
    for place in places(body.as_bytes()).expect("JSON") {
        for other in [json!(null), json!(7), json!([]), json!("SOMETHING_NEW"), json!({ "x": 1 })] {
            let bent: Value =
                serde_json::from_slice(&with(body.as_bytes(), &place, other).expect("a place")).expect("JSON");
            let read = record(&bent);
            assert_eq!(read.decode_as::<Value>().expect("JSON"), bent);
            let _ = read.verification();
        }
    }
    let odd = record(&json!({ "key": 7, "data": "x" }));
    assert_eq!((odd.key.as_ref(), odd.key.error().is_some()), (None, true));
    assert!(record(&json!({})).verification().is_none());
    assert!(Fetched::<EventRecord>::decode(b"[]").is_err());
}

#[test]
fn row_49_nothing_personal_is_printed() {
    let mut all: Vec<(String, &Sample)> =
        samples().map(|sample| (format!("{0:?} {0:#?}", decode(sample.body)), sample)).collect();
    all.push((format!("{:?}", read("verification-input")), sample("case-keeper", "verification-input")));
    for name in ["event-list", "event-list-bare"] {
        all.push((format!("{:?}", records(name)), sample("case-keeper", name)));
    }
    let mut found = 0;
    for (shown, sample) in all {
        let body = std::str::from_utf8(sample.body).expect("text");
        for value in PERSONAL.iter().filter(|value| body.contains(**value)) {
            found += 1;
            assert!(!shown.contains(*value), "{sample:?} shows {value}");
        }
    }
    assert!(found > PERSONAL.len(), "the samples hold what is looked for");
}

#[test]
fn requests_say_what_they_are_for() {
    let filter = EventFilter::new();
    assert_eq!((filter.limit, filter.most_pages, filter.order), (50, 1_000, EventOrder::NewestFirst));
    assert!(filter.keys.is_empty() && filter.data_id.is_none());
    assert_eq!(ApiVersion::default(), ApiVersion::V3);
    assert_eq!("v2".parse(), Ok(ApiVersion::V2));
    assert_eq!("v3".parse(), Ok(ApiVersion::V3));
    for odd in ["", "3", "V3", "v4", "v3 "] {
        assert_eq!(
            odd.parse::<ApiVersion>().map_err(|error| error.to_string()),
            Err("the API version is neither v2 nor v3".to_owned())
        );
    }
}

#[test]
fn every_sample_is_used() {
    let others = [
        "errors",
        "event-list",
        "event-list-bare",
        "proprietors-fields",
        "token",
        "token-refused",
        "verification-input",
    ];
    let used: BTreeSet<_> = VERIFICATIONS.into_iter().chain(others).collect();
    assert_eq!(CASE_KEEPER.iter().map(|sample| sample.name).collect::<BTreeSet<_>>(), used);
}
