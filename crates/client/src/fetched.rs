//! A decoded value beside the JSON it was decoded from.

use std::ops::Deref;

use idhooks_core::{
    DecodeError, RawJson,
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
/// fn colour<T>(order: &Fetched<T>) -> Option<String> {
///     order.decode_as::<Newer>().ok().map(|newer| newer.colour)
/// }
///
/// fn keep<T>(order: Fetched<T>) -> (String, T) {
///     (order.raw().get().to_owned(), order.into_inner())
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched<T> {
    value: T,
    raw: RawJson,
}

impl<T> Fetched<T> {
    /// Returns the value.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Returns the value and the JSON.
    #[must_use]
    pub fn into_parts(self) -> (T, RawJson) {
        (self.value, self.raw)
    }

    /// Returns the JSON as the vendor sent it. It may hold personal data.
    #[must_use]
    pub fn raw(&self) -> &RawJson {
        &self.raw
    }

    /// Decodes the JSON into a type of your own.
    ///
    /// # Errors
    /// When it does not fit. The error names the line and column, never a value.
    pub fn decode_as<U: DeserializeOwned>(&self) -> Result<U, DecodeError> {
        self.raw.decode_as()
    }

    /// Decodes the body of a response, or a part of it.
    ///
    /// # Errors
    /// When it does not fit. The error names fields, never values.
    pub fn decode(json: &[u8]) -> Result<Self, DecodeError>
    where
        T: for<'de> FromJson<'de>,
    {
        // The value first, because its errors say more.
        Ok(Self { value: json::decode(json)?, raw: json::decode(json)? })
    }
}

impl<T> Deref for Fetched<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
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
        let order = Fetched::<Order>::decode(br#"{"id":"o-1","colour":"CANARY"}"#).unwrap();
        assert_eq!(&*order.id, "o-1");
        assert_eq!(order.raw().get(), r#"{"id":"o-1","colour":"CANARY"}"#);
        assert_eq!(order.decode_as::<Newer>().unwrap().colour, "CANARY");
        assert_eq!(format!("{order:?}"), r#"Fetched { value: Order { id: "o-1" }, raw: RawJson(30 bytes) }"#);
        assert_eq!(&*order.into_inner().id, "o-1");
        let error = Fetched::<Order>::decode(b"{}").unwrap_err();
        assert_eq!(error.to_string(), "id is missing");
    }
}
