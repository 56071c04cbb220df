//! What happened to a person's identity check.

use idhooks_core::{Lenient, open_enum, payload};

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
        /// The check ended and failed; the person may try again, so this is not forever.
        RejectedKyc = "REJECTED_KYC",
        /// Capa's compliance looks at it by hand.
        ReviewNeededKyc = "REVIEW_NEEDED_KYC",
    }
}

payload! {
    /// An identity check moved on.
    ///
    /// These deliveries carry two fields and no id, so a second rejection has the very bytes of the
    /// first: when one arrives, read the KYC details by REST.
    pub struct Kyc {
        /// Always `KYC`.
        pub family: EventFamily = "type",
        /// The name of the event.
        pub event: KycEvent = "event",
        /// Your own id of the user; absent if you gave none when you created them (inferred).
        pub external_user_id: Lenient<ExternalUserId> = "externalUserId",
    }
}
