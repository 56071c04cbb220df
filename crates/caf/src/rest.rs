//! What the REST calls send and answer.
//!
//! Ids and statuses are those of the events. Only what identifies a thing is required, everything else is
//! [`Lenient`](idhooks_core::Lenient); all lists of values are open. What is about a person is
//! [`Pii`](idhooks_core::Pii), and JSON that no page describes is [`RawJson`](idhooks_core::RawJson); neither is shown
//! by `Debug`.

mod created_transaction;
mod new_transaction;
#[cfg(feature = "unstable-rest")]
mod observed;

#[cfg(feature = "unstable-rest")]
#[cfg_attr(docsrs, doc(cfg(feature = "unstable-rest")))]
pub use self::observed::{
    AttemptData, CompanyProfile, FaceAttempt, PersonProfile, TransactionDetails, TransactionOptions,
};
pub use self::{
    created_transaction::{CreatedTransaction, RequestId},
    new_transaction::{Attributes, FileType, NewTransaction, TransactionFile},
};
