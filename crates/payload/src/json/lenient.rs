//! Optional fields that never fail the event.

use std::{fmt, ops::Deref};

use serde::{
    Serialize, Serializer,
    de::{Deserialize, Deserializer},
};

use super::{
    Budget, DecodeError,
    from_json::{FromJson, Place},
};

/// An optional field. Use it as the `Option` it holds.
///
/// It is `None` when the field is absent, `null`, or of another JSON type than documented. In the last case
/// [`error`](Self::error) returns the reason. The value stays in the body of the delivery. Serializing the event leaves
/// the field out.
///
/// This holds wherever the type is decoded: by [`json::decode`](crate::json::decode), by plain `serde_json`, and as a
/// field of a struct of your own.
///
/// ```
/// use idhooks_payload::{Lenient, payload};
///
/// payload! {
///     /// A person.
///     pub struct Person {
///         /// In years.
///         pub age: Lenient<u8> = "age",
///         /// Given name.
///         pub name: Lenient<Box<str>> = "name",
///     }
/// }
///
/// let person: Person = serde_json::from_str(r#"{"age": "forty", "name": "Ana"}"#)?;
/// assert_eq!(person.name.as_deref(), Some("Ana"));
/// assert_eq!(*person.age, None);
/// assert!(person.age.error().is_some() && !person.age.is_absent());
///
/// assert_eq!(person.age.into_option(), None);
/// assert_eq!(&*person.name.require("name")?, "Ana");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Lenient<T> {
    value: Option<T>,
    error: Option<DecodeError>,
}

impl<T> Lenient<T> {
    /// Returns why the value could not be read as `T`. `None` when it could, or when the field was absent or `null`.
    #[must_use]
    pub fn error(&self) -> Option<&DecodeError> {
        self.error.as_ref()
    }

    /// Returns whether the field was absent or `null`.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.value.is_none() && self.error.is_none()
    }

    /// Returns the value of a field that this event requires, although others do not. `field` is its name.
    ///
    /// # Errors
    /// When it is missing or of another type than documented.
    pub fn require(self, field: &str) -> Result<T, DecodeError> {
        self.value.ok_or_else(|| match self.error {
            Some(error) => error.inside(field),
            None => DecodeError::missing(field),
        })
    }

    /// Returns the value, which may not be `null`.
    ///
    /// # Errors
    /// When it is `null` or of another type than documented.
    pub fn into_value(self) -> Result<T, DecodeError> {
        self.value.ok_or_else(|| self.error.unwrap_or_else(DecodeError::wrong_type))
    }

    /// Returns the value.
    #[must_use]
    pub fn into_option(self) -> Option<T> {
        self.value
    }

    pub(super) fn set(&mut self, read: Result<T, DecodeError>) {
        *self = Self::from(read);
    }

    pub(super) fn and_then<U>(self, convert: impl FnOnce(T) -> Result<U, DecodeError>) -> Lenient<U> {
        match self.value.map(convert).transpose() {
            Ok(value) => Lenient { value, error: self.error },
            Err(error) => Lenient { value: None, error: Some(error) },
        }
    }
}

impl<T> Deref for Lenient<T> {
    type Target = Option<T>;

    fn deref(&self) -> &Option<T> {
        &self.value
    }
}

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self { value: None, error: None }
    }
}

impl<T> From<T> for Lenient<T> {
    fn from(value: T) -> Self {
        Self { value: Some(value), error: None }
    }
}

impl<T> From<Result<T, DecodeError>> for Lenient<T> {
    fn from(read: Result<T, DecodeError>) -> Self {
        match read {
            Ok(value) => Self::from(value),
            Err(error) => Self { value: None, error: Some(error) },
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Lenient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.value, &self.error) {
            (Some(value), _) => value.fmt(f),
            (None, Some(_)) => f.write_str("OfAnotherType"),
            (None, None) => f.write_str("None"),
        }
    }
}

impl<T: Serialize> Serialize for Lenient<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(out)
    }
}

impl<'de, T: FromJson<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let mut field = Self::default();
        // An absent field of a struct is read through here too, because `serde` asks for an option.
        input.deserialize_option(Place::new(&Budget::unknown_body(), &mut field))?;
        Ok(field)
    }
}
