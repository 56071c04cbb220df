//! What a resource was like before.

use std::borrow::Cow;

use idhooks_core::{
    RawJson,
    json::{FromJson, Place, members},
};
use serde::{Deserializer, Serialize};

use super::raw_members::{RawMembers, raw_that};

/// Attributes that changed, with their former values.
///
/// Documented for `*.updated` alone, yet sent with other events too, mostly empty. Take the *names*
/// as a hint at what changed, and the values with care: in both `document.finished` that were
/// published, the former `signed_count` is the present one (observed, November 2025 and
/// September 2026).
///
/// It may hold personal data, so `Debug` shows its length only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct PreviousAttributes(RawJson);

impl PreviousAttributes {
    /// Returns whether no attribute is named; the vendor then sends `[]`, PHP's empty array (documented).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        RawMembers::of(&self.0).next().is_none()
    }

    /// Returns the former value of an attribute; `None` if it is not named, or named twice.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<RawJson> {
        let [value] = members(self.0.get().as_bytes(), [name]);
        value.map(RawJson::from)
    }

    /// Returns the attributes named, in the order sent.
    pub fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        RawMembers::of(&self.0).map(|(name, _)| name)
    }

    /// Returns the JSON as sent: an object, or `[]`.
    #[must_use]
    pub fn raw(&self) -> &RawJson {
        &self.0
    }
}

/// Whether it is an object, or `[]`.
fn is_map(raw: &RawJson) -> bool {
    let elements = raw.get().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    raw.get().starts_with('{') || elements.is_some_and(|elements| elements.trim_ascii().is_empty())
}

impl<'de> FromJson<'de> for PreviousAttributes {
    fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
        place.fill(|raw| raw_that(is_map, raw).map(Self), |raw| RawJson::from_json(input, raw))
    }
}

idhooks_core::impl_deserialize!(PreviousAttributes);
