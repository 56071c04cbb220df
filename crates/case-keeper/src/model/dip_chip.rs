//! The ID card's chip.

use idhooks_core::{Decimal, Lenient, Pii, RawJson, Timestamp, payload};

use super::result::result;
use crate::PresignedLink;

result! {
    /// A reading of the ID card's chip by an agent.
    ///
    /// Source: observed in public code, 2024-03.
    pub struct DipChipResult {
        /// Lasting name of the picture of the person.
        pub identity_image_key: Pii<Box<str>> = "identityImageKey",
        /// The picture of the person.
        pub identity_image_url: PresignedLink = "identityImageUrl",
        /// Lasting name of the picture of the card.
        pub id_card_image_key: Pii<Box<str>> = "idCardImageKey",
        /// The picture of the card.
        pub id_card_image_url: PresignedLink = "idCardImageUrl",
        /// The agent's remark.
        pub remark: Pii<Box<str>> = "remark",
        /// What the card's picture gave, as sent.
        pub id_card_response: RawJson = "idCardResponse",
        /// The faces compared, as sent.
        pub face_comparison: RawJson = "faceComparison",
        /// The citizen's number.
        pub citizen_id: Pii<Box<str>> = "citizenId",
        /// Title: a text here, not an entry of a list.
        pub title: Pii<Box<str>> = "title",
        /// Given name in Thai.
        pub first_name_th: Pii<Box<str>> = "firstNameTh",
        /// Given name in English.
        pub first_name_en: Pii<Box<str>> = "firstNameEn",
        /// Family name in Thai.
        pub last_name_th: Pii<Box<str>> = "lastNameTh",
        /// Family name in English.
        pub last_name_en: Pii<Box<str>> = "lastNameEn",
        /// Birth date, `YYYY-MM-DD`; day and month may be `00`.
        pub date_of_birth: Pii<Box<str>> = "dateOfBirth",
        /// Date of issue.
        pub date_of_issue: Pii<Box<str>> = "dateOfIssue",
        /// Date of expiry, or `LIFELONG`.
        pub date_of_expiry: Pii<Box<str>> = "dateOfExpiry",
        /// Address.
        pub address: Pii<Box<str>> = "address",
        /// Where and when the chip was read.
        pub insight: Box<Insight> = "insight",
    }
}

payload! {
    /// Where and when a chip was read, by the network address of the device.
    ///
    /// Source: observed in public code, 2024-03.
    pub struct Insight {
        /// When the reading began.
        pub started_at: Lenient<Timestamp> = "startedAt",
        /// When it ended.
        pub ended_at: Lenient<Timestamp> = "endedAt",
        /// Code of the region, such as `TH-10`.
        pub region: Lenient<Pii<Box<str>>> = "region",
        /// Network address.
        pub ip: Lenient<Pii<Box<str>>> = "ip",
        /// Degrees north.
        pub lat: Lenient<Pii<Decimal>> = "lat",
        /// Degrees east.
        pub long: Lenient<Pii<Decimal>> = "long",
        /// Postal code.
        pub zip: Lenient<Pii<Box<str>>> = "zip",
        /// Code of the country, two letters.
        pub country_code: Lenient<Pii<Box<str>>> = "countryCode",
        /// Country.
        pub country: Lenient<Pii<Box<str>>> = "country",
        /// City.
        pub city: Lenient<Pii<Box<str>>> = "city",
        /// Time zone, such as `Asia/Bangkok`.
        pub timezone: Lenient<Pii<Box<str>>> = "timezone",
        /// Whether the place is a guess.
        pub approximated: Lenient<bool> = "approximated",
    }
}
