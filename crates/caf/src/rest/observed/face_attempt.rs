//! An attempt to recognise a face, read back.

use idhooks_core::{Pii, Timestamp, record};

use crate::{AttemptId, rest::RequestId};

record! {
    /// The answer about one attempt to recognise a face. Its members are those that the older Core API documents for
    /// the same thing.
    ///
    /// Source: [documented for Core](https://docs.caf.io/caf-api/core-api/available-resources/face-authentication),
    /// inferred for Connect.
    #[serde(rename_all = "camelCase")]
    pub struct FaceAttempt {
        required {}
        optional {
            /// Caf's id of this request.
            pub request_id: RequestId,
            /// The attempt.
            pub data: AttemptData,
        }
    }
}

record! {
    /// One attempt. Core's page lists more members than could be read of it; those are in
    /// [`Observed::raw`](super::Observed::raw).
    #[serde(rename_all = "camelCase")]
    pub struct AttemptData {
        required {}
        optional {
            /// Caf's id of the attempt.
            pub id: AttemptId,
            /// When it was made.
            pub created_at: Timestamp,
            /// The person: a CPF, or any text of your choice, so treated as personal.
            pub person_id: Pii<Box<str>>,
        }
    }
}
