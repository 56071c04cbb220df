//! What each REST sample says, and each way an answer may drift.

#![cfg(feature = "client")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use idhooks_caf::rest::{Attributes, CreatedTransaction, FileType, NewTransaction};
use idhooks_core::{Pii, json};
use idhooks_fixtures::{
    rest,
    suite::{Answer, Answers},
};
use serde_json::Value;

fn body(name: &str) -> &'static [u8] {
    rest::sample("caf", name).body
}

fn read<T: for<'de> idhooks_core::json::FromJson<'de>>(name: &str) -> T {
    json::decode(body(name)).expect("a sample that fits")
}

fn text(value: &Option<Pii<Box<str>>>) -> Option<&str> {
    value.as_ref().map(|value| &**value.expose())
}

/// Every promise, for a body that has these members.
fn keeps_its_promises<T>(
    name: &str,
    body: impl Into<Vec<u8>>,
    required: &'static [&'static str],
    personal: &'static [&'static str],
    open: &'static [&'static str],
) where
    T: idhooks_fixtures::suite::Answerable,
{
    let each = vec![Answer::of::<T>(name, body, required)];
    Answers { each, personal, impersonal: &[], open }.keep_their_promises();
}

#[test]
fn a_created_transaction() {
    let created: CreatedTransaction = read("create-transaction");
    assert_eq!(created.id.as_str(), "6021a21b3811c35ecb8dea20");
    let request = created.request_id.as_ref().map(|id| id.as_str());
    assert_eq!(request, Some("6cb8093c-14ef-4fd1-810b-ee9fa5f9aae9"));
    let name = "create-transaction";
    keeps_its_promises::<CreatedTransaction>(name, body(name), &["id"], &[], &[]);
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
    const PERSONAL: &[&str] = &[
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
    let name = "create-transaction-request";
    keeps_its_promises::<NewTransaction>(name, body(name), &["templateId"], PERSONAL, &["files.type"]);
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

    use idhooks_fixtures::drift::{places, without};

    use super::*;

    #[test]
    fn a_transaction() {
        let transaction: TransactionDetails = read("get-transaction");
        assert_eq!(transaction.id.as_ref().map(|id| id.as_str()), Some("6021a21b3811c35ecb8dea20"));
        assert_eq!(*transaction.status, Some(TransactionStatus::Reproved));
        let request = transaction.request_id.as_ref().map(|id| id.as_str());
        assert_eq!(request, Some("00000000-0000-4000-8000-00000000c001"));
        let reasons = transaction.manual_reproval_reasons.as_ref().expect("reasons");
        assert_eq!(reasons.decode_as::<Value>().expect("JSON")[0]["code"], 30);
        for part in [&transaction.sections, &transaction.validations, &transaction.parameters, &transaction.attributes]
        {
            assert!(part.is_some());
        }
        keeps_its_promises::<TransactionDetails>(
            "get-transaction",
            body("get-transaction"),
            &[],
            &["sections", "validations", "manualReprovalReasons", "parameters", "attributes"],
            &["status"],
        );
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
            let personal = &["cpf", "basicData", "executions", "sources"];
            keeps_its_promises::<PersonProfile>(name, body(name), &[], personal, &["status"]);
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
        keeps_its_promises::<CompanyProfile>("get-company-profile", typed, &[], &[], &["status"]);
    }

    #[test]
    fn an_attempt() {
        let attempt: FaceAttempt = read("get-face-attempt");
        let data = attempt.data.as_ref().expect("an attempt");
        assert_eq!(data.id.as_ref().map(|id| id.as_str()), Some("01JZNK5ZQBNF623MB5KE64ATT1"));
        assert_eq!(data.created_at.as_ref().map(|time| time.as_str()), Some("2026-09-08T22:12:05.816Z"));
        assert_eq!(text(&data.person_id), Some("00011122233"));
        let name = "get-face-attempt";
        keeps_its_promises::<FaceAttempt>(name, body(name), &[], &["personId"], &[]);
    }
}
