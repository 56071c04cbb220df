//! A decoded value beside the JSON it was decoded from.

use std::{fmt, ops::Deref};

use bytes::Bytes;
use idhooks_core::{
    DecodeError,
    json::{self, FromJson},
};
use serde::de::DeserializeOwned;

/// A value beside the JSON it was decoded from, so that fields this release does not know stay reachable.
///
/// It dereferences to the value. `Debug` shows the value, and the length of the JSON.
///
/// ```
/// use idhooks_client::Fetched;
///
/// #[derive(serde::Deserialize)]
/// struct Newer {
///     colour: String,
/// }
///
/// fn colour(order: &Fetched<Box<str>>) -> Option<String> {
///     order.decode_as::<Newer>().ok().map(|newer| newer.colour)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Fetched<T> {
    value: T,
    json: Bytes,
}

impl<T> Fetched<T> {
    /// Puts a value and the JSON it was decoded from together.
    #[must_use]
    pub fn new(value: T, json: Bytes) -> Self {
        Self { value, json }
    }

    /// Returns the value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the JSON as the vendor sent it. It may hold personal data.
    #[must_use]
    pub fn raw(&self) -> &str {
        raw(&self.json)
    }

    /// Decodes the JSON into a type of your own.
    ///
    /// # Errors
    /// When it does not fit. The error names the line and column, never a value.
    pub fn decode_as<U: DeserializeOwned>(&self) -> Result<U, DecodeError> {
        json::decode_as(&self.json)
    }

    /// Takes a part of the value, such as the object inside an envelope. The JSON stays whole.
    #[must_use]
    pub fn map<U>(self, part: impl FnOnce(T) -> U) -> Fetched<U> {
        Fetched { value: part(self.value), json: self.json }
    }
}

impl<T: for<'de> FromJson<'de>> Fetched<T> {
    /// Decodes a part of a response's body.
    ///
    /// # Errors
    /// When it does not fit. The error names fields, never values.
    pub fn decode(json: Bytes) -> Result<Self, DecodeError> {
        Ok(Self { value: json::decode(&json)?, json })
    }
}

/// What was decoded is UTF-8; anything else was put here by hand.
pub(crate) fn raw(json: &Bytes) -> &str {
    std::str::from_utf8(json).unwrap_or_default()
}

impl<T> Deref for Fetched<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Fetched<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetched").field("value", &self.value).field("bytes", &self.json.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use idhooks_core::payload;

    use super::*;

    payload! {
        struct Order {
            id: Box<str> = "id",
        }
    }

    #[derive(serde::Deserialize)]
    struct Newer {
        colour: String,
    }

    #[test]
    fn unknown_fields_stay_reachable_and_hidden() {
        let json = Bytes::from_static(br#"{"id":"o-1","colour":"CANARY"}"#);
        let order = Fetched::<Order>::decode(json).unwrap();
        assert_eq!(&*order.id, "o-1");
        assert_eq!(order.raw(), r#"{"id":"o-1","colour":"CANARY"}"#);
        assert_eq!(order.decode_as::<Newer>().unwrap().colour, "CANARY");
        assert_eq!(format!("{order:?}"), r#"Fetched { value: Order { id: "o-1" }, bytes: 30 }"#);
        assert_eq!(&*order.into_inner().id, "o-1");
        let error = Fetched::<Order>::decode(Bytes::from_static(b"{}")).unwrap_err();
        assert_eq!(error.to_string(), "id is missing");
    }
}
