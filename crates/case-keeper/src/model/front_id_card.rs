//! Front of the Thai ID card.

use idhooks_core::{Decimal, Lenient, List, Pii, RawJson, object};

use super::{response::view, result::result};
use crate::PresignedLink;

result! {
    /// An attempt at the front of the Thai ID card.
    ///
    /// Source: observed in public code, 2024-03 (v3), and recordings, 2024-04 (v2); parts
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    pub struct FrontIdCardResult {
        /// The face on the card; v3. See [`FrontIdCardResult::face_image`].
        pub face_image_url: PresignedLink = "faceImageUrl",
        /// The card; v3. See [`FrontIdCardResult::id_card_image`].
        pub id_card_image_url: PresignedLink = "idCardImageUrl",
        /// Pictures of the card being moved; v3.
        pub id_card_image_frames: List<ImageFrame> = "idCardImageFrames",
    }
}

impl FrontIdCardResult {
    /// `response.result`: the text that was read from the card.
    #[must_use]
    pub fn ocr(&self) -> Option<FrontIdCardOcr> {
        view(&self.response, &["result"])
    }

    /// `edits`: what the end user corrected.
    #[must_use]
    pub fn corrections(&self) -> Option<FrontIdCardEdits> {
        view(&self.edits, &[])
    }

    /// Whether the card is real. Documented in `response.result`, recorded in
    /// `response.thailand_id_authentication.result`; looked for in both, there first.
    #[must_use]
    pub fn authenticity(&self) -> Option<Authenticity> {
        [&["thailand_id_authentication", "result"][..], &["result"]]
            .into_iter()
            .filter_map(|path| view::<Authenticity>(&self.response, path))
            .find(|found| !found.authentic_card.is_absent() || !found.authentic_details.is_absent())
    }

    /// The face on the card: beside the response in v3, inside it in v2.
    #[must_use]
    pub fn face_image(&self) -> Option<PresignedLink> {
        self.face_image_url.clone().into_option().or_else(|| view(&self.response, &["faceImageUrl"]))
    }

    /// The card: beside the response in v3, inside it in v2.
    #[must_use]
    pub fn id_card_image(&self) -> Option<PresignedLink> {
        self.id_card_image_url.clone().into_option().or_else(|| view(&self.response, &["idCardImageUrl"]))
    }

    /// `response.faceImageKey`: the lasting name of the face's picture; v2.
    #[must_use]
    pub fn face_image_key(&self) -> Option<Pii<Box<str>>> {
        view(&self.response, &["faceImageKey"])
    }

    /// `response.idCardImageKey`: the lasting name of the card's picture; v2.
    #[must_use]
    pub fn id_card_image_key(&self) -> Option<Pii<Box<str>>> {
        view(&self.response, &["idCardImageKey"])
    }

    /// `response.error`: why nothing was read; `None` when it was.
    #[must_use]
    pub fn response_error(&self) -> Option<Pii<Box<str>>> {
        view(&self.response, &["error"])
    }

    /// `response.light_detection`: where the picture glares; v2.
    #[must_use]
    pub fn light(&self) -> Option<LightDetection> {
        view(&self.response, &["light_detection"])
    }

    /// `response.splittedAddress`: the address, taken apart; v2.
    #[must_use]
    pub fn split_address(&self) -> Option<SplitAddress> {
        view(&self.response, &["splittedAddress"])
    }

    /// `response.mugshot_detection.result.face_detection`: how sure it is that the card's picture
    /// shows a face, from 0 to 1 (inferred from its name and one value); v2.
    #[must_use]
    pub fn face_detection(&self) -> Option<Decimal> {
        view(&self.response, &["mugshot_detection", "result", "face_detection"])
    }
}

object! {
    /// One picture of a card being moved; v3.
    pub struct ImageFrame {
        /// Lasting name of the picture.
        pub file_key: Pii<Box<str>> = "fileKey",
        /// Where to get it.
        pub file_url: PresignedLink = "fileUrl",
    }
}

object! {
    /// The text on the front of a card, as it was read: with its errors, and not always a date
    /// where a date is expected.
    ///
    /// Dates read `1 Jan. 1990` or `01 Jan 2020`; the Thai ones count Buddhist years. A birth date
    /// may be a year only, an expiry date `LIFELONG` or `ตลอดชีพ`.
    ///
    /// Source: observed in public recordings, 2024-04; `LIFELONG`
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    pub struct FrontIdCardOcr {
        /// The citizen's number in groups: `9 9999 99999 99 9`.
        pub id_number: Pii<Box<str>> = "id_number",
        /// Title in Thai.
        pub title_th: Pii<Box<str>> = "title_th",
        /// Title in English.
        pub title_en: Pii<Box<str>> = "title_en",
        /// Given name in Thai.
        pub first_name_th: Pii<Box<str>> = "first_name_th",
        /// Given name in English.
        pub first_name_en: Pii<Box<str>> = "first_name_en",
        /// Middle name in Thai; empty when there is none.
        pub middle_name_th: Pii<Box<str>> = "middle_name_th",
        /// Middle name in English; empty when there is none.
        pub middle_name_en: Pii<Box<str>> = "middle_name_en",
        /// Family name in Thai.
        pub last_name_th: Pii<Box<str>> = "last_name_th",
        /// Family name in English.
        pub last_name_en: Pii<Box<str>> = "last_name_en",
        /// Title and given name in English, as on the card.
        pub name_en: Pii<Box<str>> = "name_en",
        /// Whole name in Thai.
        pub full_name_th: Pii<Box<str>> = "full_name_th",
        /// Middle and family name in English.
        pub middle_last_name_en: Pii<Box<str>> = "middle_last_name_en",
        /// Title and given name in English.
        pub title_first_name_en: Pii<Box<str>> = "title_first_name_en",
        /// Birth date in Thai.
        pub date_of_birth_th: Pii<Box<str>> = "date_of_birth_th",
        /// Birth date in English.
        pub date_of_birth_en: Pii<Box<str>> = "date_of_birth_en",
        /// Date of issue in Thai.
        pub date_of_issue_th: Pii<Box<str>> = "date_of_issue_th",
        /// Date of issue in English.
        pub date_of_issue_en: Pii<Box<str>> = "date_of_issue_en",
        /// Date of expiry in Thai.
        pub date_of_expiry_th: Pii<Box<str>> = "date_of_expiry_th",
        /// Date of expiry in English.
        pub date_of_expiry_en: Pii<Box<str>> = "date_of_expiry_en",
        /// Whole address in Thai.
        pub address_th: Pii<Box<str>> = "address_th",
        /// House number.
        pub address_no: Pii<Box<str>> = "address_no",
        /// Sub-district.
        pub sub_district: Pii<Box<str>> = "sub_district",
        /// District.
        pub district: Pii<Box<str>> = "district",
        /// Province.
        pub province: Pii<Box<str>> = "province",
        /// Religion in Thai.
        pub religion_th: Pii<Box<str>> = "religion_th",
        /// The card's own number.
        pub serial_number: Pii<Box<str>> = "serial_number",
        /// How sure the reading of each field is; see [`FrontIdCardOcr::confidence_of`].
        pub confidence: RawJson = "confidence",
    }
}

impl FrontIdCardOcr {
    /// How sure the reading of a field is, from 0 to 100; `field` as the vendor writes it
    /// (`first_name_th`).
    #[must_use]
    pub fn confidence_of(&self, field: &str) -> Option<Decimal> {
        confidence_of(&self.confidence, field)
    }
}

pub(super) fn confidence_of(confidence: &Lenient<RawJson>, field: &str) -> Option<Decimal> {
    view(confidence, &[field])
}

object! {
    /// What the end user corrected on the front of a card; fields they left alone are `null`.
    ///
    /// Source: observed in public code, 2024-03; `expiryDate`
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    pub struct FrontIdCardEdits {
        /// The citizen's number.
        pub citizen_id: Pii<Box<str>> = "citizenId",
        /// Title in Thai.
        pub title_th: Pii<Box<str>> = "titleTh",
        /// Title in English.
        pub title_en: Pii<Box<str>> = "titleEn",
        /// Given name in Thai.
        pub first_name_th: Pii<Box<str>> = "firstNameTh",
        /// Given name in English.
        pub first_name_en: Pii<Box<str>> = "firstNameEn",
        /// Middle name in Thai.
        pub middle_name_th: Pii<Box<str>> = "middleNameTh",
        /// Middle name in English.
        pub middle_name_en: Pii<Box<str>> = "middleNameEn",
        /// Family name in Thai.
        pub last_name_th: Pii<Box<str>> = "lastNameTh",
        /// Family name in English.
        pub last_name_en: Pii<Box<str>> = "lastNameEn",
        /// Birth date, `YYYY-MM-DD`; day and month may be `00`.
        pub date_of_birth: Pii<Box<str>> = "dateOfBirth",
        /// Address.
        pub address: Pii<Box<str>> = "address",
        /// Date of issue.
        pub issue_date: Pii<Box<str>> = "issueDate",
        /// Date of expiry, or `LIFELONG`.
        pub expiry_date: Pii<Box<str>> = "expiryDate",
    }
}

object! {
    /// Whether a card is real.
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v14-release-notes-27-july-2023)
    /// and observed in public recordings, 2024-04, in different places.
    pub struct Authenticity {
        /// Whether it is.
        pub authentic_card: bool = "authentic_card",
        /// What that rests on.
        pub authentic_details: AuthenticDetails = "authentic_details",
    }
}

object! {
    /// What the judgement on a card rests on.
    pub struct AuthenticDetails {
        /// The type it is set in.
        pub authentic_fonts: AuthenticFonts = "authentic_fonts",
        /// Whether the red line is real; a flag in the one recording.
        pub authentic_redline: RawJson = "authentic_redline",
        /// How sure it is that a real card lay there; a share in the one recording.
        pub authentic_liveness: RawJson = "authentic_liveness",
    }
}

object! {
    /// The type a card is set in.
    pub struct AuthenticFonts {
        /// Fields whose type is not the real one, such as `date_of_expiry_en`.
        pub authentic_fake_keys: List<Box<str>> = "authentic_fake_keys",
        /// Whether all of it is real.
        pub authentic_fonts_result: bool = "authentic_fonts_result",
    }
}

object! {
    /// Where the picture of a card glares.
    pub struct LightDetection {
        /// Fields that are hit.
        pub keys: List<Box<str>> = "keys",
        /// Outlines of the spots, in pixels (inferred), as sent.
        pub polygons: RawJson = "polygons",
    }
}

object! {
    /// An address as read, and taken apart.
    pub struct SplitAddress {
        /// As read.
        pub input: Pii<Box<str>> = "input",
        /// Taken apart.
        pub result: SplitAddressParts = "result",
    }
}

object! {
    /// Parts of an address; a part that is not there is empty.
    pub struct SplitAddressParts {
        /// Name.
        pub name: Pii<Box<str>> = "name",
        /// Telephone number.
        pub phone: Pii<Box<str>> = "phone",
        /// Street and number.
        pub address: Pii<Box<str>> = "address",
        /// Postal code.
        pub zipcode: Pii<Box<str>> = "zipcode",
        /// District.
        pub district: Pii<Box<str>> = "district",
        /// Province.
        pub province: Pii<Box<str>> = "province",
        /// Sub-district.
        pub subdistrict: Pii<Box<str>> = "subdistrict",
    }
}
