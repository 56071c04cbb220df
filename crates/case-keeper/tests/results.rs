//! Results, and the views into what is kept raw.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod common;

use common::{data, fixture, get, holds_all, number, text, v2, v3};
use idhooks_case_keeper::{
    AppointmentStatus, BackgroundCheckStatus, ErrorKey, FaceAnalysis, FaceAttribute, FailedReasons, ResponseStatus,
    Translation,
};
use serde_json::{Value, json};

#[test]
fn front_of_the_card() {
    let (old, new) = (v2(), v3());
    let front = get(&old.front_id_card_result);
    assert_eq!(front.id.as_ref().map(|id| id.as_str()), Some("00000000-0000-4000-8000-00000000011f"));
    assert_eq!(
        (*front.verified, *front.confirmed, *front.completed, *front.valid),
        (Some(false), Some(true), None, None)
    );
    let v3_front = get(&new.front_id_card_result);
    assert_eq!((*v3_front.confirmed, *v3_front.completed, *v3_front.valid), (None, Some(true), Some(true)));
    let errors = front.errors.as_deref().expect("errors");
    assert!(errors.iter().all(|error| error.key.as_ref().is_some_and(ErrorKey::is_known)));
    assert_eq!((errors[10].key.as_ref(), *errors[10].skipped), (Some(&ErrorKey::RestrictedAge), Some(false)));

    let ocr = front.ocr().expect("text");
    holds_all(&ocr, &front.response, &["result"]);
    assert_eq!(text(&ocr.id_number), Some("1 1000 00000 00 0"));
    assert_eq!([text(&ocr.date_of_birth_th), text(&ocr.date_of_expiry_en)], [Some("2533"), Some("LIFELONG")]);
    assert_eq!((ocr.confidence_of("first_name_th"), ocr.confidence_of("none")), (number("97.5"), None));
    holds_all(&front.corrections().expect("edits"), &front.edits, &[]);
    holds_all(&front.light().expect("light"), &front.response, &["light_detection"]);
    holds_all(&front.split_address().expect("an address"), &front.response, &["splittedAddress"]);
    holds_all(&front.response_comparisons().expect("comparisons"), &front.response, &["comparisons"]);
    assert_eq!(front.face_detection(), number("0.9987"));
    assert_eq!(text(&front.face_image_key()), Some("front/face.jpg"));
    assert_eq!(text(&front.id_card_image_key()), Some("front/card.jpg"));
    assert_eq!(front.response_error(), None);
    let attempts = old.front_id_card_results.as_deref().expect("attempts");
    assert_eq!(attempts.len(), 2);
    assert_eq!(text(&attempts[0].response_error()), Some("ภาพมืดเกินไป"));
    assert!(attempts[0].ocr().is_none() && attempts[0].corrections().is_none());
    assert_eq!(attempts[1].id, front.id);

    let comparisons = front.comparisons.as_deref().expect("comparisons");
    assert_eq!(
        (comparisons[2].key.as_deref(), comparisons[2].result.clone().into_option()),
        (Some("lastName"), number("87.5"))
    );
    let pair = &comparisons[2].comparison_result.as_deref().expect("pairs")[0];
    assert_eq!(pair.keys.as_deref().map(|keys| [&*keys[0], &*keys[1]]), Some(["last_name_en", "lastName"]));
    let values = pair.values.as_deref().expect("values");
    assert_eq!([text(&values[0]), text(&values[1])], [Some("THOTSOB"), None]);
    assert_eq!((pair.distance.clone().into_option(), *pair.has_result), (number("1"), Some(true)));
    assert!(
        v3_front
            .id_card_image_frames
            .as_deref()
            .is_some_and(|frames| frames.len() == 2 && frames[0].file_url.is_some())
    );
}

/// Row 26: the vendor's pages and its recordings disagree on the place.
#[test]
fn row_26_authenticity_in_both_places() {
    let old = v2();
    let recorded = get(&old.front_id_card_result);
    let found = recorded.authenticity().expect("a judgement");
    holds_all(&found, &recorded.response, &["thailand_id_authentication", "result"]);
    assert_eq!(*found.authentic_card, Some(false));
    let fonts = found.authentic_details.as_ref().and_then(|details| details.authentic_fonts.as_ref()).expect("fonts");
    assert_eq!(fonts.authentic_fake_keys.as_deref().map(|keys| &*keys[0]), Some("date_of_expiry_en"));

    let front = |response: Value| {
        *data(json!({ "frontIdCardResult": { "response": response } }))
            .front_id_card_result
            .into_option()
            .expect("a result")
    };
    let documented = front(json!({ "result": { "id_number": "1", "authentic_card": true } }));
    assert_eq!(documented.authenticity().map(|found| *found.authentic_card), Some(Some(true)));
    let both = front(
        json!({ "result": { "authentic_card": true }, "thailand_id_authentication": { "result": { "authentic_card": false } } }),
    );
    assert_eq!(both.authenticity().map(|found| *found.authentic_card), Some(Some(false)));
    for response in [json!({ "result": { "id_number": "1" } }), json!({}), json!("x"), json!(null), json!([])] {
        let front = front(response);
        assert_eq!(front.authenticity(), None);
        assert_eq!((front.face_image(), front.face_detection(), front.light()), (None, None, None));
    }
}

#[test]
fn back_of_the_card_and_passport() {
    let found = v2();
    let back = get(&found.back_id_card_result);
    let ocr = back.ocr().expect("text");
    holds_all(&ocr, &back.response, &["result"]);
    assert_eq!(text(&ocr.laser_code), Some("AB1-1234567-12"));
    assert_eq!(ocr.confidence_of("laser_code"), number("96.25"));
    holds_all(&back.corrections().expect("edits"), &back.edits, &[]);

    let passport = get(&found.passport_result);
    holds_all(&passport.ocr().expect("text"), &passport.response, &["result"]);
    holds_all(&passport.corrections().expect("edits"), &passport.edits, &[]);
    assert!(passport.nfc_data.is_some());
    let errors = passport.errors.as_deref().expect("errors");
    assert!(errors.iter().all(|error| error.key.as_ref().is_some_and(ErrorKey::is_known)));
}

#[test]
fn row_26_dopa_s_words_in_three_places() {
    let dopa = |response: Value| {
        let found = data(json!({ "dopaResult": { "response": response } }));
        text(&get(&found.dopa_result).message()).map(str::to_owned)
    };
    assert_eq!(dopa(json!({ "message": "a", "data": { "message": "b", "descField": "c" } })).as_deref(), Some("a"));
    assert_eq!(dopa(json!({ "message": null, "data": { "message": "b", "descField": "c" } })).as_deref(), Some("b"));
    assert_eq!(dopa(json!({ "data": { "message": 7, "descField": "c" } })).as_deref(), Some("c"));
    assert_eq!(dopa(json!({ "data": "c" })), None);
    for found in [v2(), v3(), fixture("verification-dopaResult-created")] {
        let dopa = get(&found.dopa_result);
        assert_eq!(text(&dopa.message()), Some("สถานะปกติ"));
        assert_eq!(dopa.upstream_status(), Some(200));
        assert_eq!(*dopa.dopa_request_failed, Some(false));
        assert!(dopa.is_bypassed.is_some());
        assert!(dopa.front_id_card_result_id.is_some() && dopa.back_id_card_result_id.is_some());
        assert_eq!(dopa.response_status.as_ref().and_then(ResponseStatus::number), Some(200));
    }
    assert_eq!(*get(&v3().dopa_result).response_status, Some(ResponseStatus::Number(200)));
    assert_eq!(*get(&v2().dopa_result).response_status, Some(ResponseStatus::Text("200".into())));
    let chip = v3();
    let chip = get(&chip.chip_dopa_result);
    assert_eq!((*chip.request_failed, chip.upstream_status()), (Some(false), Some(200)));
    assert!(chip.dip_chip_result_id.is_some());
}

#[test]
fn faces() {
    let (old, new) = (v2(), v3());
    let face = get(&old.id_face_recognition_result);
    assert_eq!(
        face.detected_face_attributes.as_deref(),
        Some(&[FaceAttribute::FaceOccluded, FaceAttribute::MoreThanOnePerson][..])
    );
    let analysis = face.face_analysis().expect("an analysis");
    holds_all(&analysis, &face.face_attributes_response, &[]);
    assert_eq!(analysis.face_count(), Some(2));
    let FaceAnalysis::Faces(faces) = analysis else { panic!("FaceTec sends an array") };
    let flag = faces[0].face_occluded.as_ref().expect("a flag");
    assert_eq!((*flag.value, flag.confidence.clone().into_option()), (Some(true), number("99.9787368774414")));

    // As on the vendor's page.
    let sensetime = data(json!({ "idFaceRecognitionResult": { "faceAttributesResponse": { "numOfFaces": 2, "faces": [
        { "faceId": "0", "attribute": [
            { "key": "4", "value": "1", "confidence": 0.99, "type": "Mask", "description": "Waring mask" }
        ] }
    ] } } }));
    let face = get(&sensetime.id_face_recognition_result);
    let analysis = face.face_analysis().expect("an analysis");
    holds_all(&analysis, &face.face_attributes_response, &[]);
    assert_eq!(analysis.face_count(), Some(2));

    let attempts = new.liveness_results.as_deref().expect("attempts");
    assert_eq!(attempts[0].error_code().as_deref(), Some("livenessNotDetected"));
    assert_eq!(attempts[0].face_attributes.as_deref().map(|all| all.iter().all(FaceAttribute::is_known)), Some(true));
    assert_eq!(attempts[0].errors.as_deref().map(|all| all.len()), Some(6));
    let liveness = get(&new.liveness_result);
    assert_eq!((liveness.error_code(), liveness.face_analysis().and_then(|all| all.face_count())), (None, Some(1)));
    let matches = liveness.liveness_frame_matches.as_deref().expect("frames");
    assert_eq!(
        [&matches[0], &matches[1]].map(|frame| frame.similarity.clone().into_option()),
        [number("99.87"), number("98")]
    );
    assert_eq!(text(&liveness.liveness_video_key), Some("liveness/1.mp4"));

    let face = get(&new.face_recognition_result);
    let errors = face.errors.as_deref().expect("errors");
    assert_eq!((errors[0].key.as_ref(), *errors[0].skipped), (Some(&ErrorKey::Comparison), Some(true)));
    assert_eq!(text(&face.target_image_key), Some("liveness/1.jpg"));
    assert_eq!(face.liveness_result_id.as_ref(), liveness.id.as_ref());
    assert_eq!(*face.is_bypassed, Some(false));
}

#[test]
fn chip_and_appointment() {
    let found = v3();
    let chip = get(&found.dip_chip_result);
    assert_eq!(
        [text(&chip.citizen_id), text(&chip.title), text(&chip.date_of_expiry)],
        [Some("1100000000000"), Some("นาย"), Some("LIFELONG")]
    );
    assert_eq!(text(&chip.remark), Some("ลูกค้าไม่อยู่บ้าน"));
    let insight = get(&chip.insight);
    assert_eq!([text(&insight.ip), text(&insight.timezone)], [Some("192.0.2.30"), Some("Asia/Bangkok")]);
    assert_eq!(insight.long.as_ref().map(|long| long.expose().as_str()), Some("100.5167"));
    assert_eq!(*insight.approximated, Some(true));

    let old = v2();
    let visit = get(&old.appointment);
    assert_eq!((&*visit.status, *visit.validated), (&Some(AppointmentStatus::Cancelled), Some(false)));
    assert_eq!(visit.pin_code.as_ref().map(|pin| *pin.expose()), Some(4821));
    assert_eq!(visit.longtitude.as_ref().map(|long| long.expose().as_str()), Some("100.5347"));
    assert_eq!(visit.latitude.as_ref().map(|lat| lat.expose().as_str()), Some("13.7466"));
    assert_eq!(visit.date_range.as_deref().map(|days| days.len()), Some(2));
    assert_eq!(text(&visit.cancelled_reason), Some("ลูกค้าขอยกเลิก"));
    assert_eq!(
        visit.remark.as_ref().map(|remark| remark.decode_as::<Value>()),
        Some(Ok(json!({ "label": "โทรก่อนถึง" })))
    );
}

#[test]
fn background_checks() {
    let found = v2();
    let criminal = get(&found.criminal_check_result);
    assert_eq!(
        (*criminal.submitted, &*criminal.operation_status),
        (Some(true), &Some(BackgroundCheckStatus::Completed))
    );
    assert!(criminal.result_document_url.is_some() && criminal.poa_consent_document_url.is_some());
    assert!(criminal.id_card_photocopy_document_key.is_some() && criminal.additional_info.is_some());
    let finding = &criminal.results.as_deref().expect("findings")[0];
    assert_eq!((*finding.found_record, text(&finding.detail)), (Some(false), Some("ไม่พบประวัติ")));
    let employment = get(&found.employment_verification_result);
    assert_eq!(employment.remarks.as_deref().map(|remarks| remarks.len()), Some(1));
    for name in ["criminalCheckResult", "employmentVerificationResult"] {
        let read = fixture(&format!("verification-{name}-resultDocumentUrl-read"));
        let links = [
            read.criminal_check_result.as_ref().and_then(|result| result.result_document_url.as_ref()),
            read.employment_verification_result.as_ref().and_then(|result| result.result_document_url.as_ref()),
        ];
        assert_eq!(links.iter().flatten().count(), 1, "{name}");
    }

    let bankruptcy = get(&found.bankruptcy_result);
    let case = get(&bankruptcy.result);
    assert_eq!((*bankruptcy.found_record, text(&case.case_no)), (Some(true), Some("ล.0000/2570")));
    let row = &case.data.as_deref().expect("rows")[0];
    let english = row[0].translation.as_ref().and_then(|all| all.en.as_ref()).and_then(Translation::text);
    assert_eq!(english.map(|text| &**text.expose()), Some("Plaintiff"));
    assert_eq!((text(&row[0].value), text(&row[1].value)), (Some("บริษัท ตัวอย่าง จำกัด"), None));

    let person = &get(&found.sanction_result).persons.as_deref().expect("people")[0];
    assert_eq!(person.aliases.as_deref().map(|names| names.len()), Some(2));
    assert_eq!([text(&person.gender), text(&person.citizenship)], [Some("male"), Some("TH")]);
    assert_eq!(
        person.identification_documents.as_ref().map(|document| text(&document.number)),
        Some(Some("AA0000000"))
    );
    for result in
        [&found.amlo_result, &found.education_check_result, &found.income_check_result, &found.reference_check_result]
    {
        assert_eq!(*get(result).confirmed, Some(true));
    }
}

#[test]
fn row_26_failed_reasons_in_every_shape() {
    let reasons = |json: Value| {
        data(json!({ "amloResult": { "failedReasons": json } }))
            .amlo_result
            .into_option()
            .expect("a result")
            .failed_reasons
    };
    let list = reasons(json!(["comparison", "mugshot"]));
    assert_eq!(list.as_ref().map(|list| list.iter().collect::<Vec<_>>()), Some(vec!["comparison", "mugshot"]));
    let empty = [reasons(json!([])), reasons(json!(""))].map(|shape| shape.into_option().expect("a shape"));
    assert!(matches!(empty, [FailedReasons::List(_), FailedReasons::Text(_)]), "the shape is kept");
    assert!(empty.iter().all(|shape| shape.is_empty() && shape.iter().next().is_none()));
    let text = reasons(json!("CANARY"));
    assert_eq!(text.as_ref().map(|text| text.iter().collect::<Vec<_>>()), Some(vec!["CANARY"]));
    assert!(!format!("{text:?}").contains("CANARY"));
    assert!(reasons(json!(null)).is_absent());
    for other in [json!(7), json!({}), json!([7]), json!([null])] {
        let reasons = reasons(other.clone());
        assert!(reasons.is_none() && reasons.error().is_some(), "{other}");
    }
    let found = v2();
    let front = get(&found.front_id_card_result);
    assert_eq!(front.failed_reasons.as_ref().map(|list| list.iter().count()), Some(2));
    assert!(
        front.response_failed_reasons().is_some_and(|text| matches!(text, FailedReasons::Text(_)) && text.is_empty())
    );
}
