//! The answer to a creation.

use idhooks_core::{Lenient, payload, text_id};

use crate::TransactionId;

text_id! {
    /// Caf's id of one request, in every answer (documented). Give it to their support. Looks like a UUID and, in the
    /// vendor's own samples, is not always one.
    pub struct RequestId;
}

payload! {
    /// The answer to the creation of a transaction: Caf took it and goes on with it. It says nothing of the result,
    /// which comes as an event.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/available-resources/transaction).
    pub struct CreatedTransaction {
        /// Caf's id of the new transaction: 24 hex digits in the sample, as events name it (inferred).
        pub id: TransactionId = "id",
        /// Caf's id of this request.
        pub request_id: Lenient<RequestId> = "requestId",
    }
}
