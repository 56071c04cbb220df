//! Every promise about bodies, over every fixture.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use idhooks_case_keeper::{
    Event, Verification,
    core::{
        DecodeError, Envelope, Lenient, WebhookEvent, impl_deserialize,
        json::{FromJson, Place},
    },
};
use idhooks_fixtures::{CASE_KEEPER, Fixture, drift::places, payload_rows, suite::Payload};
use serde::{Deserializer, Serialize, Serializer, ser::SerializeStruct as _};

/// An event together with the verification it claims to be about: the promises hold for both.
#[derive(Debug)]
struct Whole {
    event: Event,
    claimed: Option<Verification>,
}

impl Whole {
    fn of(event: Event) -> Result<Self, DecodeError> {
        let object = event.data.as_ref().filter(|data| data.raw().get().starts_with('{'));
        let claimed = object.map(|data| data.decode()).transpose()?;
        Ok(Self { event, claimed })
    }
}

impl<'de> FromJson<'de> for Whole {
    fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
        place.fill(Self::of, |event| Event::from_json(input, event))
    }
}

impl_deserialize!(Whole);

impl WebhookEvent for Whole {
    const VENDOR: &'static str = Event::VENDOR;

    fn envelope(body: &[u8]) -> Envelope {
        Event::envelope(body)
    }
}

/// Compares the claimed verification by its fields, not by its text.
impl PartialEq for Whole {
    fn eq(&self, other: &Self) -> bool {
        let rest = |whole: &Self| {
            let mut event = whole.event.clone();
            if whole.claimed.is_some() {
                event.data = Lenient::default();
            }
            event
        };
        self.claimed == other.claimed && rest(self) == rest(other)
    }
}

/// As the event is written, but for `data`, which is written from its fields.
impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let Self { event, claimed } = self;
        let mut out = out.serialize_struct("Event", 9)?;
        out.serialize_field("key", &event.key)?;
        match claimed {
            Some(claimed) => out.serialize_field("data", claimed)?,
            None => out.serialize_field("data", &event.data)?,
        }
        out.serialize_field("dataId", &event.data_id)?;
        out.serialize_field("id", &event.id)?;
        out.serialize_field("userId", &event.user_id)?;
        out.serialize_field("user", &event.user)?;
        out.serialize_field("createdAt", &event.created_at)?;
        out.serialize_field("updatedAt", &event.updated_at)?;
        out.serialize_field("deletedAt", &event.deleted_at)?;
        out.end()
    }
}

/// Names of members whose text is about a person, but for those that another member has as well
/// (`id`, `key`, `code`, `type`, `result`): `webhook.rs` looks at these one by one.
const PERSONAL: &[&str] = &[
    // The verification, and what was read from documents.
    "citizenId",
    "passportNumber",
    "laserCode",
    "firstName",
    "middleName",
    "lastName",
    "dateOfBirth",
    "title",
    "sex",
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
    "titleTh",
    "titleEn",
    "firstNameTh",
    "firstNameEn",
    "middleNameTh",
    "middleNameEn",
    "lastNameTh",
    "lastNameEn",
    "dateOfIssue",
    "dateOfExpiry",
    "issueDate",
    "expiryDate",
    "gender",
    "issuingState",
    "nationality",
    "laser",
    "values",
    // The capability.
    "dataId",
    "verificationId",
    // Free text, and what is kept raw.
    "remark",
    "remarks",
    "addressRemark",
    "cancelledReason",
    "detail",
    "note",
    "message",
    "descField",
    "error",
    "data",
    "user",
    "meta",
    "verification",
    "verifications",
    "approvalRemark",
    "response",
    "edits",
    "nfcData",
    "idCardResponse",
    "faceComparison",
    "faceAttributesResponse",
    "additionalInfo",
    "birthDate",
    // Places and devices.
    "province",
    "district",
    "subDistrict",
    "zipCode",
    "address",
    "pinCode",
    "latitude",
    "longtitude",
    "region",
    "ip",
    "lat",
    "long",
    "zip",
    "countryCode",
    "country",
    "city",
    "timezone",
    // Inside `response`.
    "id_number",
    "title_th",
    "title_en",
    "first_name_th",
    "first_name_en",
    "middle_name_th",
    "middle_name_en",
    "last_name_th",
    "last_name_en",
    "name_en",
    "full_name_th",
    "middle_last_name_en",
    "title_first_name_en",
    "date_of_birth_th",
    "date_of_birth_en",
    "date_of_issue_th",
    "date_of_issue_en",
    "date_of_expiry_th",
    "date_of_expiry_en",
    "address_th",
    "address_no",
    "sub_district",
    "religion_th",
    "serial_number",
    "input",
    "phone",
    "zipcode",
    "subdistrict",
    "laser_code",
    "mrz_passport_number",
    "mrz_given_name",
    "mrz_surname",
    "mrz_sex",
    "mrz_issuing_state",
    "mrz_nationality",
    "mrz_date_of_birth",
    "mrz_date_of_expiry",
    // Background checks.
    "aliases",
    "citizenship",
    "number",
    "countryOfIssuer",
    "caseNo",
    "court",
    "bankruptcyBlackCaseNo",
    "bankruptcyRedCaseNo",
    "byPlaintiff",
    // Pictures and documents: names and links.
    "faceImageKey",
    "faceImageUrl",
    "idCardImageKey",
    "idCardImageUrl",
    "fileKey",
    "fileUrl",
    "passportImageUrl",
    "livenessImageKey",
    "livenessImageUrl",
    "livenessVideoKey",
    "livenessVideoUrl",
    "livenessFrameKey",
    "livenessFrameUrl",
    "sourceImageKey",
    "sourceImageUrl",
    "targetImageKey",
    "targetImageUrl",
    "identityImageKey",
    "identityImageUrl",
    "resultDocumentKey",
    "resultDocumentUrl",
    "consentDocumentKey",
    "consentDocumentUrl",
    "poaConsentDocumentKey",
    "poaConsentDocumentUrl",
    "idCardPhotocopyDocumentKey",
    "idCardPhotocopyDocumentUrl",
    "documentKey",
    "documentUrl",
];

/// The fixtures that carry the verification's id in these places. They differ in what they cannot do
/// without, so the suite is run once for each kind.
fn with_ids(inner: bool, outer: bool) -> Payload<Whole> {
    let has = |fixture: &Fixture, wanted: &str| {
        places(fixture.body).expect("a fixture").iter().any(|place| place.to_string() == wanted)
    };
    let fixtures: Vec<_> = CASE_KEEPER
        .iter()
        .filter(|fixture| has(fixture, "data.id") == inner && has(fixture, "dataId") == outer)
        .copied()
        .collect();
    assert!(!fixtures.is_empty());
    Payload {
        fixtures: fixtures.leak(),
        is_known: |whole| whole.event.key.is_known(),
        required: |_, _| unreachable!("set by each test"),
        name: "key",
        identity: &[],
        personal: PERSONAL,
    }
}

mod id_in_data {
    use super::*;
    payload_rows!(Payload {
        required: |_, place| matches!(place, "key" | "data" | "data.id"),
        ..with_ids(true, false)
    });
}

mod id_beside_data {
    use super::*;
    payload_rows!(Payload { required: |_, place| matches!(place, "key" | "dataId"), ..with_ids(false, true) });
}

/// With both ids neither is required, and neither can be another: that is not one thing to the
/// suite, so it is told by each of its parts. `webhook.rs` has the conflicts.
mod both_ids {
    use super::*;
    payload_rows! {
        Payload { required: |_, place| matches!(place, "key" | "data.id" | "dataId"), ..with_ids(true, true) };
        every_fixture_reads_and_writes_back,
        row_19_what_is_no_event_is_turned_away,
        row_21_deep_wide_and_long_bodies_take_bounded_time,
        row_22_repeated_members_are_refused,
        row_23_odd_numbers_are_survived,
        row_24_odd_text_is_kept_or_refused_and_safe_to_print,
        row_25_drift_is_read_and_the_rest_is_kept,
        row_25_unknown_names_are_kept,
        row_49_nothing_personal_is_printed,
        any_bytes_are_survived,
    }
    payload_rows! {
        Payload { required: |_, place| place == "key", ..with_ids(true, true) };
        required_members_are_named_when_missing,
    }
}

#[test]
fn every_fixture_is_of_one_kind() {
    let kinds = [(true, false), (false, true), (true, true)];
    let all: usize = kinds.iter().map(|(inner, outer)| with_ids(*inner, *outer).fixtures.len()).sum();
    assert_eq!(all, CASE_KEEPER.len());
}
