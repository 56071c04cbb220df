//! Attempts to recognise a known face.

use idhooks_core::{Lenient, Pii, Timestamp, payload, text_id};

use super::transaction::{OnboardingId, TenantId};

text_id! {
    /// Caf's id of one attempt.
    pub struct AttemptId;
}

payload! {
    /// Somebody tried to authenticate with their face; sent on match and mismatch alike.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    pub struct FaceAuthentication {
        /// Caf's id of the attempt.
        pub attempt_id: AttemptId = "attemptId",
        /// Whether the face was the one on file.
        pub is_match: bool = "isMatch",
        /// Your account at Caf.
        pub tenant_id: Lenient<TenantId> = "tenantId",
        /// The onboarding it belongs to.
        pub onboarding_id: Lenient<OnboardingId> = "onboardingId",
        /// The person: opaque in Connect's samples, a CPF or any text of your choice in the
        /// older API, so treated as personal.
        pub person_id: Lenient<Pii<Box<str>>> = "personId",
        /// When it happened.
        pub date: Lenient<Timestamp> = "date",
    }
}
