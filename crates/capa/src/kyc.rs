//! What happened to a person's identity check.

use idhooks_core::{open_enum, record};

use crate::{EventFamily, ExternalUserId};

open_enum! {
    /// What happened to an identity check.
    ///
    /// Source: [documented](https://docs.capa.fi/docs/kyc-events).
    pub enum KycEvent {
        /// The data is with the provider and a record exists. Says nothing about the outcome.
        CreatedKyc = "CREATED_KYC",
        /// The person passed.
        VerifiedUser = "VERIFIED_USER",
        /// The check ended and failed; the person may try again, so this is not for ever.
        RejectedKyc = "REJECTED_KYC",
        /// Capa's compliance looks at it by hand.
        ReviewNeededKyc = "REVIEW_NEEDED_KYC",
    }
}

record! {
    /// An identity check moved on.
    ///
    /// These deliveries carry two fields and no id, so a second rejection has the very bytes of the
    /// first: treat one as a hint to read the KYC details by REST.
    #[serde(rename_all = "camelCase")]
    pub struct Kyc {
        required {
            /// Always `KYC`.
            #[serde(rename = "type")]
            pub family: EventFamily,
            /// What happened.
            pub event: KycEvent,
        }
        optional {
            /// Your own id of the user; absent if you gave none when you created them (inferred).
            pub external_user_id: ExternalUserId,
        }
    }
}
