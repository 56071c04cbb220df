//! Front of the Thai ID card.

use idhooks_core::{Decimal, Lenient, List, Pii, RawJson, payload};

use super::{response::view, result::result};
use crate::PresignedLink;

result! {
    /// An attempt at the front of the Thai ID card.
    ///
    /// ```
    /// use idhooks_case_keeper::FrontIdCardResult;
    ///
    /// fn summary(card: &FrontIdCardResult) -> String {
    ///     let edited = card.corrections().and_then(|edits| edits.first_name_th.into_option());
    ///     let name = edited.or_else(|| card.ocr().and_then(|ocr| ocr.first_name_th.into_option()));
    ///     let sure = card.ocr().and_then(|ocr| ocr.confidence_of("first_name_th"));
    ///     let real = card.authenticity().and_then(|found| found.authentic_card.into_option());
    ///     format!("named: {}, confidence {sure:?}, real: {real:?}, error: {:?}", name.is_some(), card.response_error())
    /// }
    ///
    /// fn has_pictures(card: &FrontIdCardResult) -> bool {
    ///     card.id_card_image().is_some() && card.face_image().is_some()
    /// }
    /// ```
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
    /// Returns `response.result`: the text that was read from the card.
    #[must_use]
    pub fn ocr(&self) -> Option<FrontIdCardOcr> {
        view(&self.response, &["result"])
    }

    /// Returns `edits`: the corrections of the end user.
    #[must_use]
    pub fn corrections(&self) -> Option<FrontIdCardEdits> {
        view(&self.edits, &[])
    }

    /// Returns whether the card is real. Documented in `response.result`, recorded in
    /// Returns `response.thailand_id_authentication.result`; looked for in both, there first.
    #[must_use]
    pub fn authenticity(&self) -> Option<Authenticity> {
        [&["thailand_id_authentication", "result"][..], &["result"]]
            .into_iter()
            .filter_map(|path| view::<Authenticity>(&self.response, path))
            .find(|found| !found.authentic_card.is_absent() || !found.authentic_details.is_absent())
    }

    /// Returns the face on the card: beside the response in v3, inside it in v2.
    #[must_use]
    pub fn face_image(&self) -> Option<PresignedLink> {
        self.face_image_url.clone().into_option().or_else(|| view(&self.response, &["faceImageUrl"]))
    }

    /// Returns the card: beside the response in v3, inside it in v2.
    #[must_use]
    pub fn id_card_image(&self) -> Option<PresignedLink> {
        self.id_card_image_url.clone().into_option().or_else(|| view(&self.response, &["idCardImageUrl"]))
    }

    /// Returns `response.faceImageKey`: the lasting name of the face's picture; v2.
    #[must_use]
    pub fn face_image_key(&self) -> Option<Pii<Box<str>>> {
        view(&self.response, &["faceImageKey"])
    }

    /// Returns `response.idCardImageKey`: the lasting name of the card's picture; v2.
    #[must_use]
    pub fn id_card_image_key(&self) -> Option<Pii<Box<str>>> {
        view(&self.response, &["idCardImageKey"])
    }

    /// Returns `response.error`: why nothing was read; `None` when it was.
    #[must_use]
    pub fn response_error(&self) -> Option<Pii<Box<str>>> {
        view(&self.response, &["error"])
    }

    /// Returns `response.light_detection`: the glare in the picture; v2.
    #[must_use]
    pub fn light(&self) -> Option<LightDetection> {
        view(&self.response, &["light_detection"])
    }

    /// Returns `response.splittedAddress`: the address, taken apart; v2.
    #[must_use]
    pub fn split_address(&self) -> Option<SplitAddress> {
        view(&self.response, &["splittedAddress"])
    }

    /// Returns `response.mugshot_detection.result.face_detection`: how sure it is that the card's picture
    /// shows a face, from 0 to 1 (inferred from its name and one value); v2.
    #[must_use]
    pub fn face_detection(&self) -> Option<Decimal> {
        view(&self.response, &["mugshot_detection", "result", "face_detection"])
    }
}

payload! {
    /// One picture of a card being moved; v3.
    pub struct ImageFrame {
        /// Lasting name of the picture.
        pub file_key: Lenient<Pii<Box<str>>> = "fileKey",
        /// Where to get it.
        pub file_url: Lenient<PresignedLink> = "fileUrl",
    }
}

payload! {
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
        pub id_number: Lenient<Pii<Box<str>>> = "id_number",
        /// Title in Thai.
        pub title_th: Lenient<Pii<Box<str>>> = "title_th",
        /// Title in English.
        pub title_en: Lenient<Pii<Box<str>>> = "title_en",
        /// Given name in Thai.
        pub first_name_th: Lenient<Pii<Box<str>>> = "first_name_th",
        /// Given name in English.
        pub first_name_en: Lenient<Pii<Box<str>>> = "first_name_en",
        /// Middle name in Thai; empty when there is none.
        pub middle_name_th: Lenient<Pii<Box<str>>> = "middle_name_th",
        /// Middle name in English; empty when there is none.
        pub middle_name_en: Lenient<Pii<Box<str>>> = "middle_name_en",
        /// Family name in Thai.
        pub last_name_th: Lenient<Pii<Box<str>>> = "last_name_th",
        /// Family name in English.
        pub last_name_en: Lenient<Pii<Box<str>>> = "last_name_en",
        /// Title and given name in English, as on the card.
        pub name_en: Lenient<Pii<Box<str>>> = "name_en",
        /// Whole name in Thai.
        pub full_name_th: Lenient<Pii<Box<str>>> = "full_name_th",
        /// Middle and family name in English.
        pub middle_last_name_en: Lenient<Pii<Box<str>>> = "middle_last_name_en",
        /// Title and given name in English.
        pub title_first_name_en: Lenient<Pii<Box<str>>> = "title_first_name_en",
        /// Birth date in Thai.
        pub date_of_birth_th: Lenient<Pii<Box<str>>> = "date_of_birth_th",
        /// Birth date in English.
        pub date_of_birth_en: Lenient<Pii<Box<str>>> = "date_of_birth_en",
        /// Date of issue in Thai.
        pub date_of_issue_th: Lenient<Pii<Box<str>>> = "date_of_issue_th",
        /// Date of issue in English.
        pub date_of_issue_en: Lenient<Pii<Box<str>>> = "date_of_issue_en",
        /// Date of expiry in Thai.
        pub date_of_expiry_th: Lenient<Pii<Box<str>>> = "date_of_expiry_th",
        /// Date of expiry in English.
        pub date_of_expiry_en: Lenient<Pii<Box<str>>> = "date_of_expiry_en",
        /// Whole address in Thai.
        pub address_th: Lenient<Pii<Box<str>>> = "address_th",
        /// House number.
        pub address_no: Lenient<Pii<Box<str>>> = "address_no",
        /// Sub-district.
        pub sub_district: Lenient<Pii<Box<str>>> = "sub_district",
        /// District.
        pub district: Lenient<Pii<Box<str>>> = "district",
        /// Province.
        pub province: Lenient<Pii<Box<str>>> = "province",
        /// Religion in Thai.
        pub religion_th: Lenient<Pii<Box<str>>> = "religion_th",
        /// The card's own number.
        pub serial_number: Lenient<Pii<Box<str>>> = "serial_number",
        /// How sure the reading of each field is; see [`FrontIdCardOcr::confidence_of`].
        pub confidence: Lenient<RawJson> = "confidence",
    }
}

impl FrontIdCardOcr {
    /// Returns how sure the reading of a field is, from 0 to 100; `field` as the vendor writes it
    /// (`first_name_th`).
    #[must_use]
    pub fn confidence_of(&self, field: &str) -> Option<Decimal> {
        confidence_of(&self.confidence, field)
    }
}

pub(super) fn confidence_of(confidence: &Lenient<RawJson>, field: &str) -> Option<Decimal> {
    view(confidence, &[field])
}

payload! {
    /// What the end user corrected on the front of a card; fields they left alone are `null`.
    ///
    /// Source: observed in public code, 2024-03; `expiryDate`
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    pub struct FrontIdCardEdits {
        /// The citizen's number.
        pub citizen_id: Lenient<Pii<Box<str>>> = "citizenId",
        /// Title in Thai.
        pub title_th: Lenient<Pii<Box<str>>> = "titleTh",
        /// Title in English.
        pub title_en: Lenient<Pii<Box<str>>> = "titleEn",
        /// Given name in Thai.
        pub first_name_th: Lenient<Pii<Box<str>>> = "firstNameTh",
        /// Given name in English.
        pub first_name_en: Lenient<Pii<Box<str>>> = "firstNameEn",
        /// Middle name in Thai.
        pub middle_name_th: Lenient<Pii<Box<str>>> = "middleNameTh",
        /// Middle name in English.
        pub middle_name_en: Lenient<Pii<Box<str>>> = "middleNameEn",
        /// Family name in Thai.
        pub last_name_th: Lenient<Pii<Box<str>>> = "lastNameTh",
        /// Family name in English.
        pub last_name_en: Lenient<Pii<Box<str>>> = "lastNameEn",
        /// Birth date, `YYYY-MM-DD`; day and month may be `00`.
        pub date_of_birth: Lenient<Pii<Box<str>>> = "dateOfBirth",
        /// Address.
        pub address: Lenient<Pii<Box<str>>> = "address",
        /// Date of issue.
        pub issue_date: Lenient<Pii<Box<str>>> = "issueDate",
        /// Date of expiry, or `LIFELONG`.
        pub expiry_date: Lenient<Pii<Box<str>>> = "expiryDate",
    }
}

payload! {
    /// Whether a card is real.
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v14-release-notes-27-july-2023)
    /// and observed in public recordings, 2024-04, in different places.
    pub struct Authenticity {
        /// Whether it is.
        pub authentic_card: Lenient<bool> = "authentic_card",
        /// What that rests on.
        pub authentic_details: Lenient<AuthenticDetails> = "authentic_details",
    }
}

payload! {
    /// What the judgement on a card rests on.
    pub struct AuthenticDetails {
        /// The type it is set in.
        pub authentic_fonts: Lenient<AuthenticFonts> = "authentic_fonts",
        /// Whether the red line is real; a flag in the one recording.
        pub authentic_redline: Lenient<RawJson> = "authentic_redline",
        /// How sure it is that a real card lay there; a share in the one recording.
        pub authentic_liveness: Lenient<RawJson> = "authentic_liveness",
    }
}

payload! {
    /// The type a card is set in.
    pub struct AuthenticFonts {
        /// Fields whose type is not the real one, such as `date_of_expiry_en`.
        pub authentic_fake_keys: Lenient<List<Box<str>>> = "authentic_fake_keys",
        /// Whether all of it is real.
        pub authentic_fonts_result: Lenient<bool> = "authentic_fonts_result",
    }
}

payload! {
    /// Where the picture of a card glares.
    pub struct LightDetection {
        /// Fields that are hit.
        pub keys: Lenient<List<Box<str>>> = "keys",
        /// Outlines of the spots, in pixels (inferred), as sent.
        pub polygons: Lenient<RawJson> = "polygons",
    }
}

payload! {
    /// An address as read, and taken apart.
    pub struct SplitAddress {
        /// As read.
        pub input: Lenient<Pii<Box<str>>> = "input",
        /// Taken apart.
        pub result: Lenient<SplitAddressParts> = "result",
    }
}

payload! {
    /// Parts of an address; a part that is not there is empty.
    pub struct SplitAddressParts {
        /// Name.
        pub name: Lenient<Pii<Box<str>>> = "name",
        /// Telephone number.
        pub phone: Lenient<Pii<Box<str>>> = "phone",
        /// Street and number.
        pub address: Lenient<Pii<Box<str>>> = "address",
        /// Postal code.
        pub zipcode: Lenient<Pii<Box<str>>> = "zipcode",
        /// District.
        pub district: Lenient<Pii<Box<str>>> = "district",
        /// Province.
        pub province: Lenient<Pii<Box<str>>> = "province",
        /// Sub-district.
        pub subdistrict: Lenient<Pii<Box<str>>> = "subdistrict",
    }
}
