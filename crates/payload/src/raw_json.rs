//! JSON kept as it was sent.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::value::RawValue;

use crate::{
    DecodeError,
    json::{self, FromJson, Place},
};

/// JSON byte for byte as sent. `Debug` shows its length only: it may hold personal data.
///
/// It can be read and written by `serde_json` from and to text, not by other formats. Under `#[serde(flatten)]` and
/// `#[serde(untagged)]` it is JSON of the same value, because serde reads the text before it asks for this type.
#[derive(Clone)]
pub struct RawJson(Box<RawValue>);

impl RawJson {
    /// Returns the text.
    #[must_use]
    pub fn get(&self) -> &str {
        self.0.get()
    }

    pub(crate) fn as_raw(&self) -> &RawValue {
        &self.0
    }

    /// Decodes it into a payload type.
    ///
    /// # Errors
    /// When it does not fit. The error never quotes it.
    pub fn decode<'de, T: FromJson<'de>>(&'de self) -> Result<T, DecodeError> {
        json::decode(self.get().as_bytes())
    }

    /// Decodes it into a type of your own that derives `Deserialize`.
    ///
    /// # Errors
    /// When it does not fit. The error never quotes it.
    pub fn decode_as<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        json::decode_as(self.get().as_bytes())
    }
}

impl Default for RawJson {
    /// `null`.
    fn default() -> Self {
        Self(RawValue::NULL.to_owned())
    }
}

impl From<&RawValue> for RawJson {
    fn from(raw: &RawValue) -> Self {
        Self(raw.to_owned())
    }
}

impl From<RawJson> for Box<str> {
    fn from(raw: RawJson) -> Self {
        raw.0.into()
    }
}

impl From<&serde_json::Value> for RawJson {
    fn from(value: &serde_json::Value) -> Self {
        serde_json::value::to_raw_value(value).map(Self).unwrap_or_default()
    }
}

impl PartialEq for RawJson {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl Eq for RawJson {}

impl Hash for RawJson {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.get().hash(state);
    }
}

impl fmt::Debug for RawJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RawJson({} bytes)", self.get().len())
    }
}

impl Serialize for RawJson {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}

impl<'de> FromJson<'de> for RawJson {
    fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
        match Option::<Self>::deserialize(input)? {
            Some(raw) => place.set(Ok(raw)),
            None => Ok(()),
        }
    }
}

impl<'de> Deserialize<'de> for RawJson {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_newtype_struct(RAW, AnyJson) // `null` too
    }
}

/// The name by which `serde_json` is asked for the text of a value.
const RAW: &str = "$serde_json::private::RawValue";

/// Takes the text from `serde_json`. Where a copy of the input is read instead, it writes the value as JSON again:
/// `RawValue` itself would fail there.
struct AnyJson;

impl<'de> Visitor<'de> for AnyJson {
    type Value = RawJson;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, raw: A) -> Result<RawJson, A::Error> {
        Box::<RawValue>::deserialize(MapAccessDeserializer::new(raw)).map(RawJson)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, copy: D) -> Result<RawJson, D::Error> {
        let value = serde_json::Value::deserialize(copy)?;
        serde_json::value::to_raw_value(&value).map(RawJson).map_err(D::Error::custom)
    }
}
