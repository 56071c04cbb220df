//! Answers that no page describes. Their members are those that public code reads (July 2026) or that the older Core
//! API documents.

mod face_attempt;
mod profile;
mod transaction;

pub use self::{
    face_attempt::{AttemptData, FaceAttempt},
    profile::{CompanyProfile, PersonProfile},
    transaction::{TransactionDetails, TransactionOptions},
};
