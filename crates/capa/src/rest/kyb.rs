//! A business and the check of it.

use idhooks_core::{Decimal, List, Pii, Timestamp, open_enum, record};

use super::VerificationSessionId;

open_enum! {
    /// How the check of a business stands.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/kybpartnercontrollerv2_getuserkybdetails).
    pub enum KybStatus {
        /// Nobody has begun.
        NotStarted = "NOT_STARTED",
        /// Under way.
        InProgress = "IN_PROGRESS",
        /// Passed.
        Verified = "VERIFIED",
        /// Failed.
        Rejected = "REJECTED",
        /// Somebody looks at it by hand.
        ReviewNeeded = "REVIEW_NEEDED",
    }
}

record! {
    /// A business and the check of it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/kybpartnercontrollerv2_getuserkybdetails).
    #[serde(rename_all = "camelCase")]
    pub struct KybDetails {
        required {}
        optional {
            /// How the check stands.
            pub verification_status: KybStatus,
            /// The business.
            pub business_info: BusinessInfo,
            /// The people who own it.
            pub beneficial_owners: List<BeneficialOwner>,
            /// Capa's id of this run of the check.
            pub verification_session_id: VerificationSessionId,
            /// Link to that run. The page mentions it, its sample does not have it.
            pub session_url: Pii<Box<str>>,
            /// When it was made.
            pub created_at: Timestamp,
        }
    }
}

record! {
    /// A business.
    #[serde(rename_all = "camelCase")]
    pub struct BusinessInfo {
        required {}
        optional {
            /// Its name, which may be a person's.
            pub business_name: Pii<Box<str>>,
            /// Where it was founded.
            pub country_of_constitution: Box<str>,
            /// Its tax number.
            pub tax_id: Pii<Box<str>>,
        }
    }
}

record! {
    /// Somebody who owns a part of a business.
    #[serde(rename_all = "camelCase")]
    pub struct BeneficialOwner {
        required {}
        optional {
            /// Their name.
            pub full_name: Pii<Box<str>>,
            /// Their part in percent.
            pub ownership_percent: Decimal,
        }
    }
}
