//! Every REST sample, read into its type and bent.
#![cfg(feature = "client")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;

use idhooks_core::{Decimal, json, payload};
use idhooks_fixtures::{
    rest::{UNICO, sample},
    suite::{Answer, Answers},
};
use idhooks_unico::{
    CheckStatus, Flow, ProcessId,
    rest::{api, web},
};
use serde_json::{Value, json};

payload! {
    struct Envelope {
        process: web::Process = "process",
    }
}

fn body(name: &str) -> &'static [u8] {
    sample("unico", name).body
}

fn read<T: for<'de> idhooks_core::json::FromJson<'de>>(name: &str) -> T {
    json::decode(body(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn web(name: &str) -> web::Process {
    read::<Envelope>(name).process
}

fn found(process: &web::Process) -> &web::AuthenticationInfo {
    process.authentication_info.as_ref().expect("authentication info")
}

fn number(text: &str) -> Option<Decimal> {
    Some(text.parse().expect("a number"))
}

/// Part of an answer, at that member.
fn part<T: for<'de> idhooks_core::json::FromJson<'de>>(name: &str, pointer: &str) -> T {
    let whole: Value = serde_json::from_slice(body(name)).expect("JSON");
    let text = whole.pointer(pointer).expect("that member").to_string();
    json::decode(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_current_example_of_web() {
    let process = web("getprocess-web-idunicosign");
    assert_eq!(process.id.as_str(), "53060f52-f146-4c12-a234-5bb5031f6f5b");
    assert_eq!(*process.state, Some(web::ProcessState::Finished));
    assert!(process.is_finished());
    assert_eq!(*process.result, Some(web::ProcessResult::Ok));
    assert_eq!(*process.flow, Some(Flow::IdUnicoSign));
    assert_eq!(*process.purpose, Some(web::Purpose::Verification));
    assert_eq!(process.client_reference.as_deref(), Some("client-ref-abc"));
    assert_eq!(process.use_case.as_deref(), Some("smart_revalidation"));
    assert_eq!(process.capacities.as_deref(), Some(&[web::Capacity::Liveness, web::Capacity::FaceMatch][..]));
    assert_eq!(process.created_at.as_ref().map(|time| time.as_str()), Some("2024-01-01T10:00:00Z"));
    assert_eq!(process.finished_at.as_ref().map(|time| time.as_str()), Some("2024-01-01T10:15:00Z"));
    assert_eq!(process.expires_at.as_ref().map(|time| time.as_str()), Some("2024-01-08T10:00:00Z"));
    assert_eq!(&**process.token.as_ref().expect("a token").expose(), "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...");
    assert_eq!(process.reference_process_id(), Some(ProcessId::from("ref-proc-123")));
    let company = process.company_data.as_ref().expect("company data");
    assert_eq!((company.branch_id.as_deref(), company.country_code.as_deref()), (Some("branch-123"), Some("BR")));
    assert!(process.documents().is_empty() && process.services.is_absent());

    let person = process.person.as_ref().expect("a person");
    assert_eq!(*person.dui_type, Some(web::DuiType::BrCpf));
    assert_eq!(&**person.dui_value.as_ref().expect("a number").expose(), "12345678909");
    assert_eq!(&**person.friendly_name.as_ref().expect("a name").expose(), "Luke Skywalker");
    let channel = person.notifications.as_ref().and_then(|all| all[0].notification_channel.clone().into_option());
    assert!(channel.as_ref().is_some_and(web::NotificationChannel::is_email), "{channel:?}");

    let info = found(&process);
    assert_eq!(info.authentication_id.as_ref().map(web::AuthenticationId::as_str), Some("auth-123"));
    assert_eq!(*info.liveness_result, Some(web::LivenessResult::Live));
    assert_eq!(*info.authentication_result, Some(web::AuthenticationResult::Inconclusive));
    assert_eq!(*info.identity_fraudsters_result, Some(web::TrustResult::Inconclusive));
    assert_eq!(*info.bio_token_engine_result, Some(web::BioTokenEngineResult::Unspecified));
    assert_eq!(*info.smart_revalidation_result, Some(web::SmartRevalidationResult::Unspecified));
    assert_eq!(*info.id_age_result, Some(web::IdAgeResult::Unspecified));
    let score = info.score_engine_result.as_ref().expect("a score");
    assert_eq!((&*score.score_enabled, &*score.score), (&Some(web::ScoreEnabled::True), &number("85.5")));
    assert_eq!(*info.serpro_result.as_ref().expect("a score").score, number("92"));
}

#[test]
fn older_examples_of_web() {
    let id = web("getprocess-web-id");
    assert_eq!(*id.flow, Some(Flow::Id));
    assert_eq!(id.capacities.as_deref(), Some(&[web::Capacity::IdUnico, web::Capacity::IdLive][..]));
    assert_eq!(id.created_at.as_ref().map(|time| time.as_str()), Some("2023-10-05T18:28:58.537985Z"));
    let channels = id.person.as_ref().and_then(|person| person.notifications.clone().into_option()).expect("two");
    assert_eq!(*channels[1].notification_channel, Some(web::NotificationChannel::Sms));

    let live = web("getprocess-web-idlive");
    assert!(live.documents().is_empty() && live.services.as_ref().is_some_and(|raw| raw.get() == "[]"));
    assert_eq!(live.company_data.as_ref().and_then(|data| data.country_code.as_deref()), Some("BRA"));
    let info = found(&live);
    assert!(info.face_with_other_id_result.as_ref().is_some_and(web::TrustResult::is_unspecified), "misspelt");
    assert!(info.identity_fraudsters_result.as_ref().is_some_and(web::TrustResult::is_unspecified));
    assert_eq!(*info.score_engine_result.as_ref().expect("a score").score_enabled, Some(web::ScoreEnabled::False));
    assert_eq!(&**live.person.as_ref().expect("a person").phone.as_ref().expect("one").expose(), "5511999995555");

    let sign = web("getprocess-web-idunicosign-gitbook");
    assert_eq!(*found(&sign).frictionless_result, Some(web::FrictionlessResult::Unspecified));
    assert_eq!(*found(&sign).trust_result, Some(web::TrustResult::Unspecified));
    assert_eq!(*found(&sign).risk_level_result, Some(web::TrustResult::Unspecified));
}

#[test]
fn documents_are_found_in_either_place_and_their_data_is_kept() {
    let process = web("getprocess-web-iddocssign-legacy");
    assert!(process.is_finished() && process.finished_at.is_absent());
    assert_eq!(process.company.as_ref().and_then(|company| company.code.as_deref()), Some("unico"));
    let documents = process.documents();
    assert_eq!(documents.len(), 1);
    assert_eq!((&*documents[0].code, *documents[0].version), (&Some(web::DocumentCode::Rg), Some(2)));
    let data: BTreeMap<String, Value> = documents[0].data.as_ref().expect("data").decode_as().expect("a map");
    assert_eq!(data["dataExpiracao"], "2025-10-35T00:00:00Z", "an impossible date, as sent");
    assert_eq!(data.len(), 10);

    let with_services = |services: Value| -> web::Process {
        json::decode(json!({ "id": "p", "services": services }).to_string().as_bytes()).expect("readable")
    };
    let entry = json!({ "doc": { "code": "CNH", "data": {} } });
    assert_eq!(with_services(json!({ "documents": [entry] })).documents().len(), 1);
    for none in [json!([]), json!({}), json!({ "docs": 7 }), json!("x"), json!({ "docs": { "documents": [{}] } })] {
        assert!(with_services(none).documents().is_empty());
    }
}

#[test]
fn a_process_that_is_not_at_its_end_or_did_not_go_well() {
    let created = web("getprocess-web-created");
    assert_eq!(*created.state, Some(web::ProcessState::Created));
    assert!(!created.is_finished());
    assert_eq!(*created.result, Some(web::ProcessResult::Unspecified));

    assert_eq!(*web("getprocess-web-expired").result, Some(web::ProcessResult::Expired));

    let invalid = web("getprocess-web-invalid-identity");
    assert_eq!(*invalid.result, Some(web::ProcessResult::InvalidIdentity));
    assert!(found(&invalid).authentication_result.as_ref().is_some_and(web::AuthenticationResult::is_negative));
    assert!(found(&invalid).identity_fraudsters_result.as_ref().is_some_and(web::TrustResult::is_yes));
    assert_eq!(*found(&invalid).score_engine_result.as_ref().expect("a score").score, number("-40"));

    let without_state = web("getprocess-web-set-document-response");
    assert_eq!(without_state.id.as_str(), "abc-123");
    assert!(!without_state.is_finished(), "no state is no end");

    let info: web::AuthenticationInfo = part("getprocess-web-created-authinfo", "/authenticationInfo");
    assert_eq!(info.authentication_id.as_ref().map(web::AuthenticationId::as_str), Some(""));
    let info: web::AuthenticationInfo = part("getprocess-web-failed-authinfo", "/process/authenticationInfo");
    assert_eq!(*info.liveness_result, Some(web::LivenessResult::Unspecified));
    let state: web::ProcessState = part("getprocess-web-failed-authinfo", "/process/state");
    assert_eq!(state, web::ProcessState::Failed);
}

#[test]
fn files() {
    let selfie: web::File = read("selfie-whole");
    assert_eq!(selfie.content_type.as_deref(), Some("image/jpeg"));
    assert_eq!(selfie.bytes().expect("base64").expose()[..3], [0xff, 0xd8, 0xff]);
    let authentication: web::File = read("evidenceset-whole");
    assert_eq!(authentication.bytes().expect("base64").expose(), b"%PDF-1.4\n%%EOF\n");
    let legacy: web::File = read("evidenceset-legacy");
    assert_eq!(legacy.content_type.as_deref(), Some("x-pdf"));
    for cut in ["selfie", "evidenceset", "evidenceset-legacy"] {
        let error = read::<web::File>(cut).bytes().expect_err("the vendor's sample is cut short");
        assert_eq!(error.to_string(), "fileContents is not base64");
    }
}

#[test]
fn answers_of_the_api_contract() {
    let full: api::Process = read("getprocess-api-full");
    assert_eq!(full.id.as_str(), "80371b2a-3ac7-432e-866d-57fe37896ac6");
    assert!(full.is_finished() && full.is_final());
    assert_eq!(*full.unico_id.as_ref().expect("one").result, Some(api::UnicoIdResult::Yes));
    let fraudsters = full.identity_fraudsters.as_ref().expect("one");
    assert_eq!(*fraudsters.result, Some(api::IdentityFraudstersResult::Inconclusive));
    assert_eq!(*full.government.as_ref().expect("one").serpro, number("87"));
    assert_eq!(*full.liveness, Some(api::Liveness::PASSED));
    assert!(full.score.is_absent() && full.process_additional_info.is_absent());

    let score: api::Process = read("getprocess-api-inconclusive-score");
    assert_eq!(*score.score, number("28"));
    assert_eq!(*score.unico_id.as_ref().expect("one").result, Some(api::UnicoIdResult::Inconclusive));

    let divergence: api::Process = read("getprocess-api-divergence");
    assert_eq!(*divergence.status, Some(CheckStatus::DIVERGENCE));
    assert!(!divergence.is_final() && !divergence.is_finished());

    let error: api::Process = read("getprocess-api-error-status5");
    assert!(error.is_final() && !error.is_finished() && error.unico_id.is_absent());

    for failed in ["getprocess-api-liveness-failed", "getprocess-api-liveness-only-failed"] {
        assert_eq!(*read::<api::Process>(failed).liveness, Some(api::Liveness::FAILED), "{failed}");
    }
    for (name, result) in [
        ("getprocess-api-yes-no-liveness", api::UnicoIdResult::Yes),
        ("getprocess-api-yes-without-liveness", api::UnicoIdResult::Yes),
        ("getprocess-api-no-without-liveness", api::UnicoIdResult::No),
    ] {
        let process: api::Process = read(name);
        assert_eq!(*process.unico_id.as_ref().expect("one").result, Some(result), "{name}");
        assert!(process.liveness.is_absent(), "{name}");
    }
    let inconclusive: api::Process = read("getprocess-api-inconclusive-liveness");
    assert_eq!(*inconclusive.liveness, Some(api::Liveness::PASSED));

    let processing: api::Process = read("createprocess-api-processing");
    assert_eq!(*processing.status, Some(CheckStatus::PROCESSING));
    let one_to_one: api::Process = read("createprocess-api-1to1");
    assert_eq!(*one_to_one.authenticated, Some(true));
    assert!(!one_to_one.is_finished() && !one_to_one.is_final(), "no status is no end");

    let ruled: api::Process = read("getprocess-api-id-cloud");
    assert_eq!(*ruled.id_cloud.as_ref().expect("one").result, Some(api::IdCloudResult::HighRisk));
}

#[test]
fn version_2_adds_the_person() {
    let process: api::Process = read("getprocess-api-v2");
    let info = process.process_additional_info.as_ref().expect("the person");
    assert_eq!(&**info.person_name.as_ref().expect("a name").expose(), "Luke Skywalker");
    let finished = info.finished_at.as_ref().expect("a time");
    assert_eq!((finished.as_str(), finished.has_offset()), ("2024-10-04T18:53:17.028228", false));

    let info: api::ProcessAdditionalInfo = part("getprocess-api-v2-additional-info-fragment", "/processAdditionalInfo");
    let id = info.transaction_id.as_ref().map(api::TransactionId::as_str);
    assert_eq!(id, Some("2ed76ac5-8fd7-4477-839d-92bedd7e9fd5"));
}

const PERSONAL: &[&str] = &[
    "duiValue",
    "friendlyName",
    "email",
    "phone",
    "callbackUri",
    "userRedirectUrl",
    "token",
    "fileContents",
    "personName",
    "personDocument",
    "personImage",
    "nomeCivil",
    "rgNumero",
    "cpfNumero",
    "numero",
    "dataNascimento",
    "localEmissao",
];

/// Places of words of which there may be new ones.
const OPEN: &[&str] = &[
    "idCloud.result",
    "identityFraudsters.result",
    "unicoId.result",
    "process.authenticationInfo.authenticationResult",
    "process.authenticationInfo.bioTokenEngineResult",
    "process.authenticationInfo.faceWithOtherIdResult",
    "process.authenticationInfo.frictionlessResult",
    "process.authenticationInfo.idAgeResult",
    "process.authenticationInfo.identityFraudstersResult",
    "process.authenticationInfo.livenessResult",
    "process.authenticationInfo.riskLevelResult",
    "process.authenticationInfo.scoreEngineResult.scoreEnabled",
    "process.authenticationInfo.smartRevalidationResult",
    "process.authenticationInfo.trustResult",
    "process.flow",
    "process.person.duiType",
    "process.person.notifications.notificationChannel",
    "process.purpose",
    "process.result",
    "process.state",
];

/// No sample is left out: it is read by one of the types, or it is of the kinds that none is for.
#[test]
fn every_answer_survives_drift() {
    // Requests, errors and the token call have no type; of the parts, the tests above read what there is.
    let untyped = ["oauth-", "error-", "createprocess-api-request", "createprocess-web-request"];
    let parts = ["getprocess-web-created-authinfo", "getprocess-web-failed-authinfo", "getprocess-api-v2-additional"];
    let mut each = Vec::new();
    for sample in UNICO {
        let is = |names: &[&str]| names.iter().any(|name| sample.name.starts_with(name));
        if is(&untyped) || is(&parts) {
            assert!(serde_json::from_slice::<Value>(sample.body).is_ok(), "{sample:?}");
        } else if is(&["getprocess-web"]) {
            each.push(Answer::of::<Envelope>(sample.name, sample.body, &["process", "process.id"]));
        } else if is(&["getprocess-api", "createprocess-api"]) {
            each.push(Answer::of::<api::Process>(sample.name, sample.body, &["id"]));
        } else {
            each.push(Answer::of::<web::File>(sample.name, sample.body, &["fileContents"]));
        }
    }
    let impersonal = &["process.company.friendlyName"];
    Answers { each, personal: PERSONAL, impersonal, open: OPEN }.keep_their_promises();
}

/// Texts and numbers nobody has seen yet, where they are no members or no texts.
#[test]
fn new_words_are_kept() {
    let capacities = br#"{"id":"p","capacities":["SOMETHING_NEW"]}"#;
    let process: web::Process = json::decode(capacities).expect("readable");
    assert_eq!(process.capacities.as_ref().expect("one")[0].as_str(), "SOMETHING_NEW");
    let odd: api::Process = json::decode(br#"{"id":"p","status":99,"liveness":7}"#).expect("readable");
    assert_eq!((odd.status.map(CheckStatus::get), odd.liveness.map(api::Liveness::get)), (Some(99), Some(7)));
    assert!(!odd.is_final() && !odd.is_finished());
}
