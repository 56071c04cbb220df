//! Optional fields that never cost us the event.

use std::{fmt, marker::PhantomData, ops::Deref};

use serde::{
    Serialize, Serializer,
    de::{Deserialize, Deserializer, Visitor},
    ser::SerializeStruct,
};
use serde_json::value::RawValue;

use super::{
    Allowance, DecodeError, SecondLook, second_look,
    unquoted::{Seed, unquoted},
};
use crate::RawJson;

/// An optional field: use it as the `Option` it holds.
///
/// Absent, `null` and "of another JSON type than documented" all read as `None`; in the last case
/// [`Lenient::raw`] has what was sent, and writing the event out again writes it unchanged.
///
/// That holds wherever this crate reads: [`json::decode`](super::decode()),
/// [`WebhookEvent::decode`](crate::WebhookEvent::decode), `Verified::event` and `Verified::decode_as`.
/// Plain `serde` (`serde_json::from_str`, a `flatten`ed field) is as strict as it always is, so read
/// an event you stored yourself with `E::decode` too.
///
/// ```
/// use idhooks_core::{json, record};
///
/// record! {
///     /// A person.
///     pub struct Person {
///         required {}
///         optional {
///             /// In years.
///             pub age: u8,
///             /// Given name.
///             pub name: Box<str>,
///         }
///     }
/// }
///
/// let person: Person = json::decode(br#"{"age": "forty", "name": "Ana"}"#)?;
/// assert_eq!(person.name.as_deref(), Some("Ana"));
/// assert_eq!(*person.age, None);
/// assert_eq!(person.age.raw().map(|raw| raw.get()), Some("\"forty\""));
/// # Ok::<(), idhooks_core::DecodeError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Lenient<T> {
    value: Option<T>,
    // Boxed, because it is rare and every optional field carries it.
    raw: Option<Box<RawJson>>,
}

impl<T> Lenient<T> {
    /// What was sent, if it could not be read as `T`.
    #[must_use]
    pub fn raw(&self) -> Option<&RawJson> {
        self.raw.as_deref()
    }

    /// Whether nothing was sent, or `null`.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.value.is_none() && self.raw.is_none()
    }

    /// The value of a field that this event can not do without, though others can.
    ///
    /// # Errors
    /// When `field` is missing or of another type than documented.
    pub fn require(self, field: &str) -> Result<T, DecodeError> {
        let is_absent = self.is_absent();
        self.value.ok_or_else(|| {
            if is_absent {
                DecodeError::missing(field)
            } else {
                DecodeError::new(field, "is of another type than documented")
            }
        })
    }

    /// Keeps what is no `T`, if there is room.
    pub(super) fn keep(raw: &RawValue) -> Result<Self, DecodeError> {
        // The text and two small blocks around it.
        if !Allowance::take(raw.get().len() + 64) {
            return Err(DecodeError::new("", "is out of proportion"));
        }
        Ok(Self { value: None, raw: Some(Box::new(RawJson::from(raw))) })
    }

    /// The value, by value.
    #[must_use]
    pub fn into_option(self) -> Option<T> {
        self.value
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
        Self { value: None, raw: None }
    }
}

impl<T> From<T> for Lenient<T> {
    fn from(value: T) -> Self {
        Self { value: Some(value), raw: None }
    }
}

impl<T: fmt::Debug> fmt::Debug for Lenient<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.value, &self.raw) {
            (Some(value), _) => value.fmt(f),
            (None, Some(raw)) => raw.fmt(f),
            (None, None) => f.write_str("None"),
        }
    }
}

/// Writes a field of a struct that is written by hand, unless it is absent.
///
/// # Errors
/// Those of the serializer.
pub fn put<S: SerializeStruct, T: Serialize>(
    out: &mut S,
    name: &'static str,
    field: &Lenient<T>,
) -> Result<(), S::Error> {
    if field.is_absent() { out.skip_field(name) } else { out.serialize_field(name, field) }
}

impl<T: Serialize> Serialize for Lenient<T> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match (&self.value, &self.raw) {
            (Some(value), _) => value.serialize(out),
            (None, Some(raw)) => raw.serialize(out),
            (None, None) => out.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Maybe<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Maybe<T> {
            type Value = Lenient<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or null")
            }

            fn visit_none<E>(self) -> Result<Lenient<T>, E> {
                Ok(Lenient::default())
            }

            fn visit_unit<E>(self) -> Result<Lenient<T>, E> {
                Ok(Lenient::default())
            }

            fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<Lenient<T>, D::Error> {
                second_look(input)
            }
        }

        // An absent field of a struct is read through here too: serde asks whether it is an option.
        input.deserialize_option(Maybe(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> SecondLook<'de> for Lenient<T> {
    fn first<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        unquoted::<T, D>(input).map(Self::from)
    }

    fn second(raw: &'de RawValue) -> Result<Self, DecodeError> {
        let left = Allowance::left();
        if let Ok(value) = super::careful::reread(raw.get(), Seed(PhantomData::<T>)) {
            return Ok(Self::from(value));
        }
        Allowance::restore(left);
        Self::keep(raw)
    }
}
