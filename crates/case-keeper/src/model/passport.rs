//! Passports.

use idhooks_core::{Lenient, Pii, RawJson, payload};

use super::{response::view, result::result};
use crate::PresignedLink;

result! {
    /// An attempt at a passport, by picture or chip.
    ///
    /// Source: observed in public code, 2024-03; the errors
    /// [documented](https://case-keeper-core.readme.io/changelog/release-notes-29062023).
    pub struct PassportResult {
        /// What the chip holds, as sent; `null` when only a picture was taken (inferred).
        pub nfc_data: RawJson = "nfcData",
        /// The face in the passport.
        pub face_image_url: PresignedLink = "faceImageUrl",
        /// The page with the picture. See [`PassportResult::page_image`].
        pub id_card_image_url: PresignedLink = "idCardImageUrl",
    }
}

impl PassportResult {
    /// Returns `response.result`: the two lines for machines.
    #[must_use]
    pub fn ocr(&self) -> Option<PassportOcr> {
        view(&self.response, &["result"])
    }

    /// Returns `edits`: the corrections of the end user.
    #[must_use]
    pub fn corrections(&self) -> Option<PassportEdits> {
        view(&self.edits, &[])
    }

    /// Returns the page with the picture: `idCardImageUrl`, or the older `response.passportImageUrl`.
    #[must_use]
    pub fn page_image(&self) -> Option<PresignedLink> {
        self.id_card_image_url.clone().into_option().or_else(|| view(&self.response, &["passportImageUrl"]))
    }
}

payload! {
    /// The two lines for machines in a passport, as they were read; observed in public code, 2024-03.
    pub struct PassportOcr {
        /// The passport's number; may hold blanks.
        pub mrz_passport_number: Lenient<Pii<Box<str>>> = "mrz_passport_number",
        /// Given names.
        pub mrz_given_name: Lenient<Pii<Box<str>>> = "mrz_given_name",
        /// Family name.
        pub mrz_surname: Lenient<Pii<Box<str>>> = "mrz_surname",
        /// Sex.
        pub mrz_sex: Lenient<Pii<Box<str>>> = "mrz_sex",
        /// Country that issued it, three letters.
        pub mrz_issuing_state: Lenient<Pii<Box<str>>> = "mrz_issuing_state",
        /// Nationality, three letters.
        pub mrz_nationality: Lenient<Pii<Box<str>>> = "mrz_nationality",
        /// Birth date, `YYMMDD`.
        pub mrz_date_of_birth: Lenient<Pii<Box<str>>> = "mrz_date_of_birth",
        /// Date of expiry, `YYMMDD`.
        pub mrz_date_of_expiry: Lenient<Pii<Box<str>>> = "mrz_date_of_expiry",
    }
}

payload! {
    /// What the end user corrected on a passport; observed in public code, 2024-03.
    pub struct PassportEdits {
        /// The passport's number.
        pub passport_number: Lenient<Pii<Box<str>>> = "passportNumber",
        /// Given names.
        pub first_name: Lenient<Pii<Box<str>>> = "firstName",
        /// Family name.
        pub last_name: Lenient<Pii<Box<str>>> = "lastName",
        /// Sex.
        pub gender: Lenient<Pii<Box<str>>> = "gender",
        /// Country that issued it.
        pub issuing_state: Lenient<Pii<Box<str>>> = "issuingState",
        /// Nationality.
        pub nationality: Lenient<Pii<Box<str>>> = "nationality",
        /// Birth date.
        pub date_of_birth: Lenient<Pii<Box<str>>> = "dateOfBirth",
        /// Date of expiry.
        pub date_of_expiry: Lenient<Pii<Box<str>>> = "dateOfExpiry",
    }
}
