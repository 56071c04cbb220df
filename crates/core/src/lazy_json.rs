//! Parts of an event that are decoded on demand.

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    DecodeError, Lenient, RawJson,
    json::{self, Budget, FromJson},
};

/// A part of an event that is decoded on demand: large, and seldom needed. Two are equal if their texts are.
///
/// ```
/// use idhooks_core::{LazyJson, List, json, payload};
///
/// payload! {
///     /// A document and its history.
///     pub struct Document {
///         /// One entry for each step.
///         pub steps: LazyJson<List<u32>> = "steps",
///     }
/// }
///
/// let document: Document = json::decode(br#"{"steps": [1, 2]}"#)?;
/// assert_eq!(document.steps.decode()?[..], [1, 2]);
/// # Ok::<(), idhooks_core::DecodeError>(())
/// ```
pub struct LazyJson<T> {
    raw: RawJson,
    read: PhantomData<fn() -> T>,
}

impl<T> LazyJson<T> {
    /// The JSON as sent.
    #[must_use]
    pub fn raw(&self) -> &RawJson {
        &self.raw
    }
}

impl<T: for<'de> FromJson<'de>> LazyJson<T> {
    /// Decodes it. The result is not kept, so call it once.
    ///
    /// # Errors
    /// When it does not fit. The error never quotes it.
    pub fn decode(&self) -> Result<T, DecodeError> {
        self.raw.decode()
    }
}

impl<T> Clone for LazyJson<T> {
    fn clone(&self) -> Self {
        Self { raw: self.raw.clone(), read: PhantomData }
    }
}

impl<T> PartialEq for LazyJson<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<T> Eq for LazyJson<T> {}

impl<T> Hash for LazyJson<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl<T> fmt::Debug for LazyJson<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LazyJson({} bytes)", self.raw.get().len())
    }
}

impl<T> Serialize for LazyJson<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(out)
    }
}

impl<'de, T> FromJson<'de> for LazyJson<T> {
    fn from_json<D: Deserializer<'de>>(input: D, budget: &Budget, place: &mut Lenient<Self>) -> Result<(), D::Error> {
        place.fill(|raw| Self { raw, read: PhantomData }, |raw| RawJson::from_json(input, budget, raw))
    }
}

impl<'de, T> Deserialize<'de> for LazyJson<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        json::deserialize(input)
    }
}
