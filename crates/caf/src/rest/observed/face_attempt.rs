//! An attempt to recognise a face, read back.

use idhooks_core::{Lenient, Pii, Timestamp, payload};

use crate::{AttemptId, rest::RequestId};

payload! {
    /// The answer about one attempt to recognise a face. Its members are those that the older Core API documents for
    /// the same thing.
    ///
    /// Source: [documented for Core](https://docs.caf.io/caf-api/core-api/available-resources/face-authentication),
    /// inferred for Connect.
    pub struct FaceAttempt {
        /// Caf's id of this request.
        pub request_id: Lenient<RequestId> = "requestId",
        /// The attempt.
        pub data: Lenient<AttemptData> = "data",
    }
}

payload! {
    /// One attempt. Core's page lists more members than could be read of it; those are in
    /// [`Fetched::raw`](idhooks_client::Fetched::raw).
    pub struct AttemptData {
        /// Caf's id of the attempt.
        pub id: Lenient<AttemptId> = "id",
        /// When it was made.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// The person: a CPF, or any text of your choice, so treated as personal.
        pub person_id: Lenient<Pii<Box<str>>> = "personId",
    }
}
