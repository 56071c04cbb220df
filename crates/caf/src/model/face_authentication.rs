//! Attempts to recognise a known face.

use idhooks_core::{Pii, Timestamp, record, text_id};

use super::transaction::{OnboardingId, TenantId};

text_id! {
    /// Caf's id of one attempt.
    pub struct AttemptId;
}

record! {
    /// Somebody tried to authenticate with their face; sent on match and mismatch alike.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    #[serde(rename_all = "camelCase")]
    pub struct FaceAuthentication {
        required {
            /// Caf's id of the attempt.
            pub attempt_id: AttemptId,
            /// Whether the face was the one on file.
            #[serde(deserialize_with = "idhooks_core::json::unquoted")]
            pub is_match: bool,
        }
        optional {
            /// Your account at Caf.
            pub tenant_id: TenantId,
            /// The onboarding it belongs to.
            pub onboarding_id: OnboardingId,
            /// The person: opaque in Connect's samples, a CPF or any text of your choice in the
            /// older API, so treated as personal.
            pub person_id: Pii<Box<str>>,
            /// When it happened.
            pub date: Timestamp,
        }
    }
}
