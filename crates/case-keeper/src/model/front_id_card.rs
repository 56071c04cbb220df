//! Front of the Thai ID card.

use idhooks_core::{Decimal, Lenient, List, Pii, RawJson, record};

use super::{response::view, result::result};
use crate::PresignedLink;

result! {
    /// An attempt at the front of the Thai ID card.
    ///
    /// Source: observed in public code, 2024-03 (v3), and recordings, 2024-04 (v2); parts
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    pub struct FrontIdCardResult {
        /// The face on the card; v3. See [`FrontIdCardResult::face_image`].
        pub face_image_url: PresignedLink,
        /// The card; v3. See [`FrontIdCardResult::id_card_image`].
        pub id_card_image_url: PresignedLink,
        /// Pictures of the card being moved; v3.
        pub id_card_image_frames: List<ImageFrame>,
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

record! {
    /// One picture of a card being moved; v3.
    #[serde(rename_all = "camelCase")]
    pub struct ImageFrame {
        required {}
        optional {
            /// Lasting name of the picture.
            pub file_key: Pii<Box<str>>,
            /// Where to get it.
            pub file_url: PresignedLink,
        }
    }
}

record! {
    /// The text on the front of a card, as it was read: with its errors, and not always a date
    /// where a date is expected.
    ///
    /// Dates read `1 Jan. 1990` or `01 Jan 2020`; the Thai ones count Buddhist years. A birth date
    /// may be a year only, an expiry date `LIFELONG` or `ตลอดชีพ`.
    ///
    /// Source: observed in public recordings, 2024-04; `LIFELONG`
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    pub struct FrontIdCardOcr {
        required {}
        optional {
            /// The citizen's number in groups: `9 9999 99999 99 9`.
            pub id_number: Pii<Box<str>>,
            /// Title in Thai.
            pub title_th: Pii<Box<str>>,
            /// Title in English.
            pub title_en: Pii<Box<str>>,
            /// Given name in Thai.
            pub first_name_th: Pii<Box<str>>,
            /// Given name in English.
            pub first_name_en: Pii<Box<str>>,
            /// Middle name in Thai; empty when there is none.
            pub middle_name_th: Pii<Box<str>>,
            /// Middle name in English; empty when there is none.
            pub middle_name_en: Pii<Box<str>>,
            /// Family name in Thai.
            pub last_name_th: Pii<Box<str>>,
            /// Family name in English.
            pub last_name_en: Pii<Box<str>>,
            /// Title and given name in English, as on the card.
            pub name_en: Pii<Box<str>>,
            /// Whole name in Thai.
            pub full_name_th: Pii<Box<str>>,
            /// Middle and family name in English.
            pub middle_last_name_en: Pii<Box<str>>,
            /// Title and given name in English.
            pub title_first_name_en: Pii<Box<str>>,
            /// Birth date in Thai.
            pub date_of_birth_th: Pii<Box<str>>,
            /// Birth date in English.
            pub date_of_birth_en: Pii<Box<str>>,
            /// Date of issue in Thai.
            pub date_of_issue_th: Pii<Box<str>>,
            /// Date of issue in English.
            pub date_of_issue_en: Pii<Box<str>>,
            /// Date of expiry in Thai.
            pub date_of_expiry_th: Pii<Box<str>>,
            /// Date of expiry in English.
            pub date_of_expiry_en: Pii<Box<str>>,
            /// Whole address in Thai.
            pub address_th: Pii<Box<str>>,
            /// House number.
            pub address_no: Pii<Box<str>>,
            /// Sub-district.
            pub sub_district: Pii<Box<str>>,
            /// District.
            pub district: Pii<Box<str>>,
            /// Province.
            pub province: Pii<Box<str>>,
            /// Religion in Thai.
            pub religion_th: Pii<Box<str>>,
            /// The card's own number.
            pub serial_number: Pii<Box<str>>,
            /// How sure the reading of each field is; see [`FrontIdCardOcr::confidence_of`].
            pub confidence: RawJson,
        }
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

record! {
    /// What the end user corrected on the front of a card; fields they left alone are `null`.
    ///
    /// Source: observed in public code, 2024-03; `expiryDate`
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    #[serde(rename_all = "camelCase")]
    pub struct FrontIdCardEdits {
        required {}
        optional {
            /// The citizen's number.
            pub citizen_id: Pii<Box<str>>,
            /// Title in Thai.
            pub title_th: Pii<Box<str>>,
            /// Title in English.
            pub title_en: Pii<Box<str>>,
            /// Given name in Thai.
            pub first_name_th: Pii<Box<str>>,
            /// Given name in English.
            pub first_name_en: Pii<Box<str>>,
            /// Middle name in Thai.
            pub middle_name_th: Pii<Box<str>>,
            /// Middle name in English.
            pub middle_name_en: Pii<Box<str>>,
            /// Family name in Thai.
            pub last_name_th: Pii<Box<str>>,
            /// Family name in English.
            pub last_name_en: Pii<Box<str>>,
            /// Birth date, `YYYY-MM-DD`; day and month may be `00`.
            pub date_of_birth: Pii<Box<str>>,
            /// Address.
            pub address: Pii<Box<str>>,
            /// Date of issue.
            pub issue_date: Pii<Box<str>>,
            /// Date of expiry, or `LIFELONG`.
            pub expiry_date: Pii<Box<str>>,
        }
    }
}

record! {
    /// Whether a card is real.
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/changelog/case-keeper-v14-release-notes-27-july-2023)
    /// and observed in public recordings, 2024-04, in different places.
    pub struct Authenticity {
        required {}
        optional {
            /// Whether it is.
            pub authentic_card: bool,
            /// What that rests on.
            pub authentic_details: AuthenticDetails,
        }
    }
}

record! {
    /// What the judgement on a card rests on.
    pub struct AuthenticDetails {
        required {}
        optional {
            /// The type it is set in.
            pub authentic_fonts: AuthenticFonts,
            /// Whether the red line is real; a flag in the one recording.
            pub authentic_redline: RawJson,
            /// How sure it is that a real card lay there; a share in the one recording.
            pub authentic_liveness: RawJson,
        }
    }
}

record! {
    /// The type a card is set in.
    pub struct AuthenticFonts {
        required {}
        optional {
            /// Fields whose type is not the real one, such as `date_of_expiry_en`.
            pub authentic_fake_keys: List<Box<str>>,
            /// Whether all of it is real.
            pub authentic_fonts_result: bool,
        }
    }
}

record! {
    /// Where the picture of a card glares.
    pub struct LightDetection {
        required {}
        optional {
            /// Fields that are hit.
            pub keys: List<Box<str>>,
            /// Outlines of the spots, in pixels (inferred), as sent.
            pub polygons: RawJson,
        }
    }
}

record! {
    /// An address as read, and taken apart.
    pub struct SplitAddress {
        required {}
        optional {
            /// As read.
            pub input: Pii<Box<str>>,
            /// Taken apart.
            pub result: SplitAddressParts,
        }
    }
}

record! {
    /// Parts of an address; a part that is not there is empty.
    pub struct SplitAddressParts {
        required {}
        optional {
            /// Name.
            pub name: Pii<Box<str>>,
            /// Telephone number.
            pub phone: Pii<Box<str>>,
            /// Street and number.
            pub address: Pii<Box<str>>,
            /// Postal code.
            pub zipcode: Pii<Box<str>>,
            /// District.
            pub district: Pii<Box<str>>,
            /// Province.
            pub province: Pii<Box<str>>,
            /// Sub-district.
            pub subdistrict: Pii<Box<str>>,
        }
    }
}
