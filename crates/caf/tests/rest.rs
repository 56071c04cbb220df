//! What each REST sample says, and each way an answer may drift.

#![cfg(feature = "client")]
#![allow(clippy::expect_used, reason = "a test that can not go on fails")]

use std::fmt::Debug;

use idhooks_caf::rest::{Attributes, CreatedTransaction, FileType, NewTransaction};
use idhooks_core::{Pii, json};
use idhooks_fixtures::{
    drift::{places, with, with_extra_members, without},
    rest,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A text no vendor sends, and no output may show.
const CANARY: &str = "CANARY-7f3a-do-not-print";

fn body(name: &str) -> &'static [u8] {
    rest::sample("caf", name).body
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    json::decode(body(name)).expect("a sample that fits")
}

fn text(value: &Option<Pii<Box<str>>>) -> Option<&str> {
    value.as_ref().map(|value| &**value.expose())
}

/// What is written back, without members that are `null`: those read as absent.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

fn reads_and_keeps<T: Serialize + DeserializeOwned>(body: &[u8], what: &str) {
    let read: T = json::decode(body).unwrap_or_else(|error| panic!("{what}: {error}"));
    let written = without_nulls(serde_json::to_value(&read).expect("writes"));
    assert_eq!(written, without_nulls(serde_json::from_slice(body).expect("JSON")), "{what}");
}

/// Whatever happens to a member that is not required, the answer is read and nothing is lost. A
/// required one that is missing is named.
fn survives_drift<T: Serialize + DeserializeOwned + Debug>(name: &str, required: &[&str]) {
    drifts::<T>(name, body(name), required);
}

fn drifts<T: Serialize + DeserializeOwned + Debug>(name: &str, sample: &[u8], required: &[&str]) {
    reads_and_keeps::<T>(sample, name);
    let extended = with_extra_members(sample).expect("a sample");
    json::decode::<T>(&extended).unwrap_or_else(|error| panic!("{name} with more members: {error}"));

    let others = [
        Value::Null,
        7.into(),
        (-1.5).into(),
        true.into(),
        "SOMETHING_NEW".into(),
        CANARY.into(),
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!([[{}]]),
    ];
    for place in places(sample).expect("a sample") {
        let gone = without(sample, &place).expect("a place of the sample");
        if required.contains(&place.to_string().as_str()) {
            let error = json::decode::<T>(&gone).expect_err("a required member is missing");
            assert!(error.to_string().contains(place.member()), "{name} without {place}: {error}");
            continue;
        }
        reads_and_keeps::<T>(&gone, &format!("{name} without {place}"));
        for other in &others {
            let bent = with(sample, &place, other.clone()).expect("a place of the sample");
            reads_and_keeps::<T>(&bent, &format!("{name} with {place} = {other}"));
        }
    }
}

/// `Debug` shows none of those members, whatever text they hold, in whichever form.
fn hides<T: DeserializeOwned + Debug>(name: &str, personal: &[&str]) {
    let sample = body(name);
    let mut seen = 0;
    for place in places(sample).expect("a sample").into_iter().filter(|place| personal.contains(&place.member())) {
        seen += 1;
        for canary in [serde_json::json!(CANARY), serde_json::json!({ CANARY: [CANARY] })] {
            let bent = with(sample, &place, canary).expect("a place of the sample");
            let read: T = json::decode(&bent).expect("a sample that fits");
            assert!(!format!("{read:?} {read:#?}").contains(CANARY), "{name} shows {place}");
        }
    }
    assert!(seen >= personal.len(), "{name} has not all of {personal:?}");
}

#[test]
fn a_created_transaction() {
    let created: CreatedTransaction = read("create-transaction");
    assert_eq!(created.id.as_str(), "6021a21b3811c35ecb8dea20");
    let request = created.request_id.as_ref().map(|id| id.as_str());
    assert_eq!(request, Some("6cb8093c-14ef-4fd1-810b-ee9fa5f9aae9"));
    survives_drift::<CreatedTransaction>("create-transaction", &["id"]);
}

/// Every member the page lists has its setter, under the page's name.
#[test]
fn a_new_transaction_is_written_as_documented() {
    let attributes = Attributes::new()
        .cpf("text")
        .rg("text")
        .name("text")
        .birth_date("text")
        .father_name("text")
        .mother_name("text")
        .uf("text")
        .cnpj("text")
        .cep("text")
        .email("name@example.com")
        .phone_number("text")
        .plate("text");
    let new = NewTransaction::new("text")
        .file(FileType::Selfie, "text")
        .attributes(attributes)
        .metadata(serde_json::json!({}))
        .reference_token("text")
        .callback_url("https://example.com");
    let documented: Value = serde_json::from_slice(body("create-transaction-request")).expect("JSON");
    assert_eq!(serde_json::to_value(&new).expect("writes"), documented);
    assert_eq!(read::<NewTransaction>("create-transaction-request"), new);
    assert_eq!(text(&new.callback_url), Some("https://example.com"));
}

#[test]
fn what_is_not_set_is_not_sent() {
    let least = NewTransaction::new("6021a21b3811c35ecb8dea20");
    assert_eq!(serde_json::to_vec(&least).expect("writes"), body("create-transaction-request-least"));
    assert_eq!(serde_json::to_string(&Attributes::default()).expect("writes"), "{}");
}

#[test]
fn each_attribute_is_its_own() {
    let attributes = Attributes::new()
        .cpf("1")
        .rg("2")
        .name("3")
        .birth_date("4")
        .father_name("5")
        .mother_name("6")
        .uf("7")
        .cnpj("8")
        .cep("9")
        .email("10")
        .phone_number("11")
        .plate("12");
    let written = serde_json::to_value(&attributes).expect("writes");
    let expected = serde_json::json!({
        "cpf": "1", "rg": "2", "name": "3", "birthDate": "4", "fatherName": "5", "motherName": "6",
        "uf": "7", "cnpj": "8", "cep": "9", "email": "10", "phoneNumber": "11", "plate": "12",
    });
    assert_eq!(written, expected);
}

#[test]
fn several_files_keep_their_order() {
    let new = NewTransaction::new("t").file(FileType::Front, "a").file(FileType::from("PASSPORT"), "b");
    let files = serde_json::to_value(&new).expect("writes")["files"].clone();
    assert_eq!(files, serde_json::json!([{ "data": "a", "type": "FRONT" }, { "data": "b", "type": "PASSPORT" }]));
}

#[test]
fn a_new_transaction_shows_nothing_personal() {
    let personal = [
        "data",
        "cpf",
        "rg",
        "name",
        "birthDate",
        "fatherName",
        "motherName",
        "uf",
        "cnpj",
        "cep",
        "email",
        "phoneNumber",
        "plate",
        "metadata",
        "referenceToken",
        "_callbackUrl",
    ];
    let sample = body("create-transaction-request");
    for place in places(sample).expect("a sample").into_iter().filter(|place| personal.contains(&place.member())) {
        let bent = with(sample, &place, CANARY.into()).expect("a place of the sample");
        let new: NewTransaction = json::decode(&bent).expect("a sample that fits");
        assert!(!format!("{new:?} {new:#?}").contains(CANARY), "{place} is shown");
    }
    hides::<NewTransaction>("create-transaction-request", &["metadata", "referenceToken", "_callbackUrl", "cpf"]);
}

/// The older generations are not called here; their creations are told apart by what they lack.
#[test]
fn answers_of_the_older_generations_are_json_and_no_creation() {
    for name in ["core-list-transactions", "core-register-face", "global-create-transaction", "global-get-transaction"]
    {
        let value: Value = serde_json::from_slice(body(name)).expect("JSON");
        assert!(value["requestId"].is_string(), "{name}");
        let error = json::decode::<CreatedTransaction>(body(name)).expect_err("no id of its own");
        assert_eq!(error.to_string(), "id is missing", "{name}");
    }
}

#[cfg(feature = "unstable-rest")]
mod observed {
    use idhooks_caf::{
        ProfileStatus, TransactionStatus,
        rest::{CompanyProfile, FaceAttempt, PersonProfile, TransactionDetails},
    };

    use super::*;

    #[test]
    fn a_transaction() {
        let transaction: TransactionDetails = read("get-transaction");
        assert_eq!(transaction.id.as_ref().map(|id| id.as_str()), Some("6021a21b3811c35ecb8dea20"));
        assert_eq!(*transaction.status, Some(TransactionStatus::Reproved));
        let request = transaction.request_id.as_ref().map(|id| id.as_str());
        assert_eq!(request, Some("00000000-0000-4000-8000-00000000c001"));
        let reasons = transaction.manual_reproval_reasons.as_ref().expect("reasons");
        assert_eq!(reasons.decode::<Value>().expect("JSON")[0]["code"], 30);
        for part in [&transaction.sections, &transaction.validations, &transaction.parameters, &transaction.attributes]
        {
            assert!(part.is_some());
        }
        survives_drift::<TransactionDetails>("get-transaction", &[]);
        let parts = ["sections", "validations", "manualReprovalReasons", "parameters", "attributes"];
        hides::<TransactionDetails>("get-transaction", &parts);
    }

    /// The same members as Core's, whose page has a sample.
    #[test]
    fn a_person() {
        for (name, born) in [("get-person-profile", "JOANA"), ("core-get-person", "JANE")] {
            let person: PersonProfile = read(name);
            assert_eq!(person.id.as_ref().map(|id| id.as_str()), Some("5388a3e9a73b28000bba31a3"), "{name}");
            assert_eq!(*person.status, Some(ProfileStatus::Approved), "{name}");
            assert_eq!(text(&person.cpf), Some("00011122233"), "{name}");
            assert!(person.basic_data.as_ref().is_some_and(|data| data.get().contains(born)), "{name}");
            assert!(person.executions.is_some() && person.sources.is_some(), "{name}");
            survives_drift::<PersonProfile>(name, &[]);
            hides::<PersonProfile>(name, &["cpf", "basicData", "executions", "sources"]);
        }
    }

    #[test]
    fn a_company() {
        let company: CompanyProfile = read("get-company-profile");
        assert_eq!(company.id.as_ref().map(|id| id.as_str()), Some("5388a3e9a73b28000bba31b4"));
        assert_eq!(*company.status, Some(ProfileStatus::Pending));
        assert!(!format!("{company:?}").contains("PADARIA"));
        let sample = body("get-company-profile");
        let place = places(sample).expect("a sample").into_iter().find(|place| place.member() == "basicData");
        let typed = without(sample, &place.expect("the one member without a type")).expect("a place of the sample");
        drifts::<CompanyProfile>("get-company-profile", &typed, &[]);
    }

    #[test]
    fn an_attempt() {
        let attempt: FaceAttempt = read("get-face-attempt");
        let data = attempt.data.as_ref().expect("an attempt");
        assert_eq!(data.id.as_ref().map(|id| id.as_str()), Some("01JZNK5ZQBNF623MB5KE64ATT1"));
        assert_eq!(data.created_at.as_ref().map(|time| time.as_str()), Some("2026-09-08T22:12:05.816Z"));
        assert_eq!(text(&data.person_id), Some("00011122233"));
        survives_drift::<FaceAttempt>("get-face-attempt", &[]);
        hides::<FaceAttempt>("get-face-attempt", &["personId"]);
    }
}
