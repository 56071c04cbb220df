//! Lists that can not outgrow the body they came from.

use std::{fmt, marker::PhantomData, ops::Deref};

use serde::{
    Serialize, Serializer,
    de::{self, Deserialize, Deserializer, Error as _, SeqAccess, Visitor},
};

use super::{Allowance, not_text};

/// Bytes the usual allocators hand out at least.
const SMALLEST_BLOCK: usize = 32;

/// A JSON array.
///
/// It is a `Vec`, but for one thing: all that is read from a body may take half as much again as the
/// body, so that a million `{},` stay a small problem. In an optional field a longer array is kept
/// raw, as any field of an unexpected form is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct List<T>(Vec<T>);

impl<T> List<T> {
    /// The elements.
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

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<T> {
            type Value = List<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_str<E: de::Error>(self, _: &str) -> Result<List<T>, E> {
                Err(not_text(&self))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element()? {
                    // A record has counted itself; a text has a block of its own, and a place in a list that grows.
                    if !Allowance::take(2 * SMALLEST_BLOCK) {
                        return Err(A::Error::custom("a list out of proportion to its body"));
                    }
                    if elements.len() == elements.capacity() {
                        // One place for the first, then by half, not twice: spare room, and the copy while it
                        // grows, stay in proportion, also in a list of lists of one.
                        elements.reserve_exact(if elements.is_empty() { 1 } else { elements.len() / 2 + 2 });
                    }
                    elements.push(element);
                }
                Ok(List(elements))
            }
        }

        input.deserialize_any(Elements(PhantomData))
    }
}
