//! Passports.

use idhooks_core::{Pii, RawJson, record};

use super::{response::view, result::result};
use crate::PresignedLink;

result! {
    /// An attempt at a passport, by picture or chip.
    ///
    /// Source: observed in public code, 2024-03; the errors
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    pub struct PassportResult {
        /// What the chip holds, as sent; `null` when only a picture was taken (inferred).
        pub nfc_data: RawJson,
        /// The face in the passport.
        pub face_image_url: PresignedLink,
        /// The page with the picture. See [`PassportResult::page_image`].
        pub id_card_image_url: PresignedLink,
    }
}

impl PassportResult {
    /// `response.result`: the two lines for machines.
    #[must_use]
    pub fn ocr(&self) -> Option<PassportOcr> {
        view(&self.response, &["result"])
    }

    /// `edits`: what the end user corrected.
    #[must_use]
    pub fn corrections(&self) -> Option<PassportEdits> {
        view(&self.edits, &[])
    }

    /// The page with the picture: `idCardImageUrl`, or the older `response.passportImageUrl`.
    #[must_use]
    pub fn page_image(&self) -> Option<PresignedLink> {
        self.id_card_image_url.clone().into_option().or_else(|| view(&self.response, &["passportImageUrl"]))
    }
}

record! {
    /// The two lines for machines in a passport, as they were read; observed in public code, 2024-03.
    pub struct PassportOcr {
        required {}
        optional {
            /// The passport's number; may hold blanks.
            pub mrz_passport_number: Pii<Box<str>>,
            /// Given names.
            pub mrz_given_name: Pii<Box<str>>,
            /// Family name.
            pub mrz_surname: Pii<Box<str>>,
            /// Sex.
            pub mrz_sex: Pii<Box<str>>,
            /// Country that issued it, three letters.
            pub mrz_issuing_state: Pii<Box<str>>,
            /// Nationality, three letters.
            pub mrz_nationality: Pii<Box<str>>,
            /// Birth date, `YYMMDD`.
            pub mrz_date_of_birth: Pii<Box<str>>,
            /// Date of expiry, `YYMMDD`.
            pub mrz_date_of_expiry: Pii<Box<str>>,
        }
    }
}

record! {
    /// What the end user corrected on a passport; observed in public code, 2024-03.
    #[serde(rename_all = "camelCase")]
    pub struct PassportEdits {
        required {}
        optional {
            /// The passport's number.
            pub passport_number: Pii<Box<str>>,
            /// Given names.
            pub first_name: Pii<Box<str>>,
            /// Family name.
            pub last_name: Pii<Box<str>>,
            /// Sex.
            pub gender: Pii<Box<str>>,
            /// Country that issued it.
            pub issuing_state: Pii<Box<str>>,
            /// Nationality.
            pub nationality: Pii<Box<str>>,
            /// Birth date.
            pub date_of_birth: Pii<Box<str>>,
            /// Date of expiry.
            pub date_of_expiry: Pii<Box<str>>,
        }
    }
}
