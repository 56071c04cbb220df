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

use idhooks_core::{
    RawJson,
    json::{Budget, FromJson, Read},
};
use serde::Deserializer;

/// An answer no page describes: the members that are known to be read, and all of it as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observed<T> {
    /// What could be made out. Every member is optional: compare with the value you need, and take its absence for
    /// "not known".
    pub known: T,
    /// The whole answer. Holds personal data, so `Debug` shows its length only.
    pub raw: RawJson,
}

impl<'de, T: for<'a> FromJson<'a>> FromJson<'de> for Observed<T> {
    fn from_json<D: Deserializer<'de>>(input: D, budget: &Budget) -> Read<Self, D::Error> {
        Ok(RawJson::from_json(input, budget)?.and_then(|raw| Ok(Self { known: raw.decode()?, raw })))
    }
}
