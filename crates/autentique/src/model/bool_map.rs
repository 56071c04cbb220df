//! Names that are on or off.

use std::borrow::Cow;

use idhooks_core::{
    RawJson,
    json::{FromJson, Place, members},
};
use serde::{Deserializer, Serialize};

use super::raw_members::{RawMembers, raw_that};

/// A map of names to yes or no: the permissions of a member or a group, or a group's configuration.
///
/// The vendor adds names, so there is no list of them. Kept as the text that came: looking one up
/// reads that text, and two maps are equal if their texts are.
///
/// ```
/// use idhooks_autentique::BoolMap;
///
/// let permissions: BoolMap = serde_json::from_str(r#"{"sign_documents":true,"change_plan_oz":false}"#)?;
/// assert_eq!(permissions.get("sign_documents"), Some(true));
/// assert_eq!(permissions.get("validate_biometry"), None);
/// let granted: Vec<_> = permissions.iter().filter(|(_, on)| *on).map(|(name, _)| name).collect();
/// assert_eq!(granted, ["sign_documents"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct BoolMap(RawJson);

impl BoolMap {
    /// Returns whether `name` is on; `None` if it is not there, is there twice, or is neither yes nor no.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<bool> {
        let [value] = members(self.0.get().as_bytes(), [name]);
        as_bool(value?.get())
    }

    /// Returns every name that is on or off, in the order sent. A name that was sent twice comes twice.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, bool)> {
        RawMembers::of(&self.0).filter_map(|(name, value)| Some((name, as_bool(value.get())?)))
    }

    /// Returns the JSON object as sent.
    #[must_use]
    pub fn raw(&self) -> &RawJson {
        &self.0
    }
}

fn as_bool(json: &str) -> Option<bool> {
    match json {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

impl<'de> FromJson<'de> for BoolMap {
    fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
        place
            .fill(|raw| raw_that(|raw| raw.get().starts_with('{'), raw).map(Self), |raw| RawJson::from_json(input, raw))
    }
}

idhooks_core::impl_deserialize!(BoolMap);
