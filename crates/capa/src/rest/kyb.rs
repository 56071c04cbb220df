//! A business and the check of it.

use idhooks_core::{Decimal, Lenient, List, Pii, Timestamp, open_enum, payload};

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

payload! {
    /// A business and the check of it.
    ///
    /// Source: [documented](https://docs.capa.fi/reference/kybpartnercontrollerv2_getuserkybdetails).
    pub struct KybDetails {
        /// How the check stands.
        pub verification_status: Lenient<KybStatus> = "verificationStatus",
        /// The business.
        pub business_info: Lenient<BusinessInfo> = "businessInfo",
        /// The people who own it.
        pub beneficial_owners: Lenient<List<BeneficialOwner>> = "beneficialOwners",
        /// Capa's id of this run of the check.
        pub verification_session_id: Lenient<VerificationSessionId> = "verificationSessionId",
        /// Link to that run. The page mentions it, its sample does not have it.
        pub session_url: Lenient<Pii<Box<str>>> = "sessionUrl",
        /// When it was made.
        pub created_at: Lenient<Timestamp> = "createdAt",
    }
}

payload! {
    /// A business.
    pub struct BusinessInfo {
        /// Its name, which may be a person's.
        pub business_name: Lenient<Pii<Box<str>>> = "businessName",
        /// Where it was founded.
        pub country_of_constitution: Lenient<Box<str>> = "countryOfConstitution",
        /// Its tax number.
        pub tax_id: Lenient<Pii<Box<str>>> = "taxId",
    }
}

payload! {
    /// Somebody who owns a part of a business.
    pub struct BeneficialOwner {
        /// Their name.
        pub full_name: Lenient<Pii<Box<str>>> = "fullName",
        /// Their part in percent.
        pub ownership_percent: Lenient<Decimal> = "ownershipPercent",
    }
}
