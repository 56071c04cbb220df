//! Parts of an event that are read when asked for.

use std::{
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::DeserializeOwned};

use crate::{DecodeError, RawJson};

/// A part of an event that few look at and that is costly to read: kept as the JSON that came, and
/// read when asked for. Two are equal if their texts are.
///
/// ```
/// use idhooks_core::{Unread, json, record};
///
/// record! {
///     /// A document and what was done with it.
///     pub struct Document {
///         required {
///             /// One entry a step.
///             pub steps: Unread<Vec<u32>>,
///         }
///         optional {}
///     }
/// }
///
/// let document: Document = json::decode(br#"{"steps": [1, 2]}"#)?;
/// assert_eq!(document.steps.read()?, [1, 2]);
/// # Ok::<(), idhooks_core::DecodeError>(())
/// ```
pub struct Unread<T> {
    raw: RawJson,
    read: PhantomData<fn() -> T>,
}

impl<T> Unread<T> {
    /// The JSON as it came.
    #[must_use]
    pub fn raw(&self) -> &RawJson {
        &self.raw
    }
}

impl<T: DeserializeOwned> Unread<T> {
    /// Reads it. Nothing is kept, so call it once.
    ///
    /// # Errors
    /// When it does not fit; the error never quotes it.
    pub fn read(&self) -> Result<T, DecodeError> {
        self.raw.decode()
    }
}

impl<T> Clone for Unread<T> {
    fn clone(&self) -> Self {
        Self { raw: self.raw.clone(), read: PhantomData }
    }
}

impl<T> PartialEq for Unread<T> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl<T> Eq for Unread<T> {}

impl<T> Hash for Unread<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.raw.hash(state);
    }
}

impl<T> fmt::Debug for Unread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unread({} bytes)", self.raw.get().len())
    }
}

impl<T> Serialize for Unread<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.raw.serialize(out)
    }
}

impl<'de, T> Deserialize<'de> for Unread<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Ok(Self { raw: RawJson::deserialize(input)?, read: PhantomData })
    }
}
