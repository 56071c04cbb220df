//! An agent's visit to read the chip.

use idhooks_core::{Decimal, Lenient, List, Pii, RawJson, Timestamp, open_enum, payload};

payload! {
    /// An agent's visit to the end user, to read the chip of their card.
    ///
    /// Source: observed in public code, 2024-03; the flow is
    /// [documented](https://case-keeper-core.readme.io/docs/dip-chip-flow).
    pub struct Appointment {
        /// Its beginning.
        pub started_at: Lenient<Timestamp> = "startedAt",
        /// Its end.
        pub ended_at: Lenient<Timestamp> = "endedAt",
        /// First and last day that were offered (inferred).
        pub date_range: Lenient<List<Timestamp>> = "dateRange",
        /// Province.
        pub province: Lenient<Pii<Box<str>>> = "province",
        /// District.
        pub district: Lenient<Pii<Box<str>>> = "district",
        /// Sub-district.
        pub sub_district: Lenient<Pii<Box<str>>> = "subDistrict",
        /// Postal code.
        pub zip_code: Lenient<Pii<Box<str>>> = "zipCode",
        /// Street and number.
        pub address: Lenient<Pii<Box<str>>> = "address",
        /// How to find it.
        pub address_remark: Lenient<Pii<Box<str>>> = "addressRemark",
        /// A code the agent asks for (inferred). A number, so leading zeros are gone.
        pub pin_code: Lenient<Pii<u64>> = "pinCode",
        /// Degrees north.
        pub latitude: Lenient<Pii<Decimal>> = "latitude",
        /// Degrees east; the vendor misspells it.
        pub longtitude: Lenient<Pii<Decimal>> = "longtitude",
        /// Whether the system accepted it.
        pub validated: Lenient<bool> = "validated",
        /// A remark, of any shape.
        pub remark: Lenient<RawJson> = "remark",
        /// Why it was cancelled, in the end user's words; `null` unless it was.
        pub cancelled_reason: Lenient<Pii<Box<str>>> = "cancelledReason",
        /// How far it is.
        pub status: Lenient<AppointmentStatus> = "status",
        /// When it last changed.
        pub updated_at: Lenient<Timestamp> = "updatedAt",
    }
}

open_enum! {
    /// How far an appointment is; observed in public code, 2024-03.
    pub enum AppointmentStatus {
        /// Ahead, or under way.
        InProgress = "inProgress",
        /// The agent's device failed.
        DeviceMalfunction = "deviceMalfunction",
        /// The card cannot be read.
        CannotReadCard = "cannotReadCard",
        /// The end user was not there.
        CustomerNotFound = "customerNotFound",
        /// Done.
        Finished = "finished",
        /// Cancelled.
        Cancelled = "cancelled",
    }
}
