//! Lists with a limit.

use std::{fmt, ops::Deref};

use serde::{
    Serialize, Serializer,
    de::{Deserialize, Deserializer, SeqAccess},
};

use super::{
    DecodeError, Lenient,
    from_json::{FromJson, Place, skip_elements},
};

/// Bytes that an element may own beyond its own size, such as a string, and its share of a growing list.
const OWNED: usize = 64;

/// A JSON array.
///
/// It is a `Vec` with a memory limit: all lists of one body together may take 1.5 times the size of the body, plus 256 KiB.
/// An optional field reads as absent when its array is longer, or when one element does not fit.
///
/// ```
/// let pages: idhooks_payload::List<u8> = serde_json::from_str("[1,2]")?;
/// assert_eq!(pages.len(), 2);
/// assert_eq!(pages.into_vec(), [1, 2]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct List<T>(Vec<T>);

impl<T> List<T> {
    /// Returns the elements.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(elements: Vec<T>) -> Self {
        Self(elements)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: fmt::Debug> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}

impl<'de, T: FromJson<'de>> FromJson<'de> for List<T> {
    fn from_array<A: SeqAccess<'de>>(mut array: A, place: Place<'_, Self>) -> Result<(), A::Error> {
        let left = place.budget.left();
        let mut elements = Vec::new();
        let mut element = Lenient::default();
        while array.next_element_seed(Place::new(place.budget, &mut element))?.is_some() {
            let error = match std::mem::take(&mut element).into_value() {
                Ok(element) if place.budget.take(size_of::<T>() + OWNED) => {
                    if elements.len() == elements.capacity() {
                        // By half, not twice, so that spare room and the copy while it grows stay in proportion.
                        elements.reserve_exact(if elements.is_empty() { 1 } else { elements.len() / 2 + 2 });
                    }
                    elements.push(element);
                    continue;
                }
                Ok(_) => DecodeError::too_large(),
                Err(error) => error.inside(&format!("[{}]", elements.len())),
            };
            drop(elements);
            place.budget.restore(left);
            skip_elements(&mut array)?;
            return place.set(Err(error));
        }
        place.set(Ok(Self(elements)))
    }
}

impl<'de, T: FromJson<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        super::deserialize(input)
    }
}
