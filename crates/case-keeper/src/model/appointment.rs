//! An agent's visit to read the chip.

use idhooks_core::{Decimal, List, Pii, RawJson, Timestamp, open_enum, record};

record! {
    /// An agent's visit to the end user, to read the chip of their card.
    ///
    /// Source: observed in public code, 2024-03; the flow is
    /// [documented](https://case-keeper-core.readme.io/docs/dip-chip-flow).
    #[serde(rename_all = "camelCase")]
    pub struct Appointment {
        required {}
        optional {
            /// Its beginning.
            pub started_at: Timestamp,
            /// Its end.
            pub ended_at: Timestamp,
            /// First and last day that were offered (inferred).
            pub date_range: List<Timestamp>,
            /// Province.
            pub province: Pii<Box<str>>,
            /// District.
            pub district: Pii<Box<str>>,
            /// Sub-district.
            pub sub_district: Pii<Box<str>>,
            /// Postal code.
            pub zip_code: Pii<Box<str>>,
            /// Street and number.
            pub address: Pii<Box<str>>,
            /// How to find it.
            pub address_remark: Pii<Box<str>>,
            /// A code the agent asks for (inferred). A number, so leading zeros are gone.
            pub pin_code: Pii<u64>,
            /// Degrees north.
            pub latitude: Pii<Decimal>,
            /// Degrees east; the vendor misspells it.
            pub longtitude: Pii<Decimal>,
            /// Whether the system accepted it.
            pub validated: bool,
            /// A remark, of any shape.
            pub remark: RawJson,
            /// Why it was cancelled, in the end user's words; `null` unless it was.
            pub cancelled_reason: Pii<Box<str>>,
            /// How far it is.
            pub status: AppointmentStatus,
            /// When it last changed.
            pub updated_at: Timestamp,
        }
    }
}

open_enum! {
    /// How far an appointment is; observed in public code, 2024-03.
    pub enum AppointmentStatus {
        /// Ahead, or under way.
        InProgress = "inProgress",
        /// The agent's device failed.
        DeviceMalfunction = "deviceMalfunction",
        /// The card can not be read.
        CannotReadCard = "cannotReadCard",
        /// The end user was not there.
        CustomerNotFound = "customerNotFound",
        /// Done.
        Finished = "finished",
        /// Cancelled.
        Cancelled = "cancelled",
    }
}
