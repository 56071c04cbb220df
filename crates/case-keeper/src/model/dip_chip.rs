//! The ID card's chip.

use idhooks_core::{Decimal, Pii, RawJson, Timestamp, record};

use super::result::result;
use crate::PresignedLink;

result! {
    /// A reading of the ID card's chip by an agent.
    ///
    /// Source: observed in public code, 2024-03.
    pub struct DipChipResult {
        /// Lasting name of the picture of the person.
        pub identity_image_key: Pii<Box<str>>,
        /// The picture of the person.
        pub identity_image_url: PresignedLink,
        /// Lasting name of the picture of the card.
        pub id_card_image_key: Pii<Box<str>>,
        /// The picture of the card.
        pub id_card_image_url: PresignedLink,
        /// The agent's remark.
        pub remark: Pii<Box<str>>,
        /// What the card's picture gave, as sent.
        pub id_card_response: RawJson,
        /// The faces compared, as sent.
        pub face_comparison: RawJson,
        /// The citizen's number.
        pub citizen_id: Pii<Box<str>>,
        /// Title: a text here, not an entry of a list.
        pub title: Pii<Box<str>>,
        /// Given name in Thai.
        pub first_name_th: Pii<Box<str>>,
        /// Given name in English.
        pub first_name_en: Pii<Box<str>>,
        /// Family name in Thai.
        pub last_name_th: Pii<Box<str>>,
        /// Family name in English.
        pub last_name_en: Pii<Box<str>>,
        /// Birth date, `YYYY-MM-DD`; day and month may be `00`.
        pub date_of_birth: Pii<Box<str>>,
        /// Date of issue.
        pub date_of_issue: Pii<Box<str>>,
        /// Date of expiry, or `LIFELONG`.
        pub date_of_expiry: Pii<Box<str>>,
        /// Address.
        pub address: Pii<Box<str>>,
        /// Where and when the chip was read.
        pub insight: Box<Insight>,
    }
}

record! {
    /// Where and when a chip was read, by the network address of the device.
    ///
    /// Source: observed in public code, 2024-03.
    #[serde(rename_all = "camelCase")]
    pub struct Insight {
        required {}
        optional {
            /// When the reading began.
            pub started_at: Timestamp,
            /// When it ended.
            pub ended_at: Timestamp,
            /// Code of the region, such as `TH-10`.
            pub region: Pii<Box<str>>,
            /// Network address.
            pub ip: Pii<Box<str>>,
            /// Degrees north.
            pub lat: Pii<Decimal>,
            /// Degrees east.
            pub long: Pii<Decimal>,
            /// Postal code.
            pub zip: Pii<Box<str>>,
            /// Code of the country, two letters.
            pub country_code: Pii<Box<str>>,
            /// Country.
            pub country: Pii<Box<str>>,
            /// City.
            pub city: Pii<Box<str>>,
            /// Time zone, such as `Asia/Bangkok`.
            pub timezone: Pii<Box<str>>,
            /// Whether the place is a guess.
            pub approximated: bool,
        }
    }
}
