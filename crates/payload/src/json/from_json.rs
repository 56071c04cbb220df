//! One JSON value, read into one of our types.

use std::{borrow::Cow, fmt};

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Budget, DecodeError, Lenient, Name};
use crate::Pii;

/// The name of the only member of a number that `serde_json` presents as an object. It does so with its feature
/// `arbitrary_precision`, which any crate of a program may turn on.
pub(super) const NUMBER: &str = "$serde_json::private::Number";

/// A type that can be read from any JSON value.
///
/// Each method fills a [`Lenient`]: with the value, with the reason why it does not fit, or with nothing after `null`. A
/// value that does not fit is not an error of the input, so reading continues after it.
///
/// The macros of this crate implement it. For a type of your own, implement the one method that fits. Every other kind
/// of value is then an error.
pub trait FromJson<'de>: Sized {
    /// Reads the value to its end.
    ///
    /// # Errors
    /// When the input is broken.
    fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
        input.deserialize_any(place)
    }

    /// Reads a string that lives as long as the body.
    ///
    /// # Errors
    /// When it does not fit.
    fn from_borrowed_text(text: &'de str) -> Result<Self, DecodeError> {
        Self::from_text(text)
    }

    /// Reads a string.
    ///
    /// # Errors
    /// When it does not fit.
    fn from_text(_: &str) -> Result<Self, DecodeError> {
        Err(DecodeError::wrong_type())
    }

    /// Reads `true` or `false`.
    ///
    /// # Errors
    /// When it does not fit.
    fn from_bool(_: bool) -> Result<Self, DecodeError> {
        Err(DecodeError::wrong_type())
    }

    /// Reads a number that has neither fraction nor exponent.
    ///
    /// # Errors
    /// When it does not fit.
    fn from_integer(_: i128) -> Result<Self, DecodeError> {
        Err(DecodeError::wrong_type())
    }

    /// Reads an array to its end.
    ///
    /// # Errors
    /// When the input is broken.
    fn from_array<A: SeqAccess<'de>>(mut array: A, place: Place<'_, Self>) -> Result<(), A::Error> {
        skip_elements(&mut array)?;
        place.set(Err(DecodeError::wrong_type()))
    }

    /// Reads an object to its end.
    ///
    /// # Errors
    /// When the input is broken.
    fn from_object<A: MapAccess<'de>>(mut object: A, place: Place<'_, Self>) -> Result<(), A::Error> {
        let (mut number, mut members) = (Lenient::<Cow<'de, str>>::default(), 0_usize);
        while let Some(Name(name)) = object.next_key()? {
            members += 1;
            if name == NUMBER {
                object.next_value_seed(Place::new(place.budget, &mut number))?;
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        // An object that was sent can have the same name in it, beside others or with another value.
        // Without that feature, `-0` is a float.
        let digits = number.as_deref().filter(|digits| members == 1 && *digits != "-0");
        let number = digits.and_then(|digits| digits.parse().ok());
        place.set(number.ok_or_else(DecodeError::wrong_type).and_then(Self::from_integer))
    }
}

pub(super) fn skip_elements<'de, A: SeqAccess<'de>>(array: &mut A) -> Result<(), A::Error> {
    while array.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// The [`Lenient`] field that a value is read into, with the memory limit of the body.
#[derive(Debug)]
pub struct Place<'p, T> {
    pub(super) budget: &'p Budget,
    pub(super) field: &'p mut Lenient<T>,
}

impl<'p, T> Place<'p, T> {
    pub(super) fn new(budget: &'p Budget, field: &'p mut Lenient<T>) -> Self {
        Self { budget, field }
    }

    /// Fills the field. Returns `Ok`, because a value that does not fit is not an error of the input.
    ///
    /// # Errors
    /// Never.
    pub fn set<E>(self, read: Result<T, DecodeError>) -> Result<(), E> {
        if read.is_err() {
            // A list of drifted elements also holds their errors.
            let _ = self.budget.take(DecodeError::SIZE);
        }
        self.field.set(read);
        Ok(())
    }

    /// Reads a `U` without filling the field.
    ///
    /// # Errors
    /// Those of `read`; the inner error says why the value does not fit.
    pub fn read<U, E>(&self, read: impl FnOnce(Place<'_, U>) -> Result<(), E>) -> Result<Result<U, DecodeError>, E> {
        let mut inner = Lenient::default();
        read(Place::new(self.budget, &mut inner))?;
        Ok(inner.into_value())
    }

    /// Reads a `U`, converts it and fills the field.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn fill<U, E>(
        self,
        convert: impl FnOnce(U) -> Result<T, DecodeError>,
        read: impl FnOnce(Place<'_, U>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut inner = Lenient::default();
        read(Place::new(self.budget, &mut inner))?;
        let was_read = inner.is_some();
        *self.field = inner.and_then(convert);
        if was_read && self.field.is_none() {
            // As in `set`, because this error takes memory too.
            let _ = self.budget.take(DecodeError::SIZE);
        }
        Ok(())
    }
}

/// The one visitor: passes each kind of value on to the method of `T` that reads it.
impl<'de, T: FromJson<'de>> Visitor<'de> for Place<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<(), E> {
        self.set(T::from_borrowed_text(text))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        self.set(T::from_text(text))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.set(T::from_bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<(), E> {
        self.set(T::from_integer(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<(), E> {
        self.set(T::from_integer(number.into()))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        self.set(Err(DecodeError::wrong_type()))
    }

    fn visit_none<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        T::from_json(input, self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Result<(), A::Error> {
        T::from_array(array, self)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<(), A::Error> {
        T::from_object(object, self)
    }
}

impl<'de, T: FromJson<'de>> DeserializeSeed<'de> for Place<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        T::from_json(input, self)
    }
}

macro_rules! text {
    ($($type:ty)*) => {$(
        impl FromJson<'_> for $type {
            fn from_text(text: &str) -> Result<Self, DecodeError> {
                Ok(text.into())
            }
        }
    )*};
}

text! { String Box<str> }

macro_rules! integers {
    ($($type:ty)*) => {$(
        impl FromJson<'_> for $type {
            fn from_integer(number: i128) -> Result<Self, DecodeError> {
                number.try_into().map_err(|_| DecodeError::wrong_value())
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

impl FromJson<'_> for bool {
    fn from_bool(value: bool) -> Result<Self, DecodeError> {
        Ok(value)
    }
}

/// Implements [`FromJson`] for a type that wraps another one.
macro_rules! same_as_inner {
    ($wrapper:ident, $wrap:path, $bytes:expr) => {
        impl<'de, T: FromJson<'de>> FromJson<'de> for $wrapper<T> {
            fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
                let budget = place.budget;
                let wrap = |inner| if budget.take($bytes) { Ok($wrap(inner)) } else { Err(DecodeError::too_large()) };
                place.fill(wrap, |inner| T::from_json(input, inner))
            }

            fn from_text(text: &str) -> Result<Self, DecodeError> {
                T::from_text(text).map($wrap)
            }

            fn from_bool(value: bool) -> Result<Self, DecodeError> {
                T::from_bool(value).map($wrap)
            }

            fn from_integer(number: i128) -> Result<Self, DecodeError> {
                T::from_integer(number).map($wrap)
            }

            fn from_array<A: SeqAccess<'de>>(array: A, place: Place<'_, Self>) -> Result<(), A::Error> {
                let budget = place.budget;
                let wrap = |inner| if budget.take($bytes) { Ok($wrap(inner)) } else { Err(DecodeError::too_large()) };
                place.fill(wrap, |inner| T::from_array(array, inner))
            }

            fn from_object<A: MapAccess<'de>>(object: A, place: Place<'_, Self>) -> Result<(), A::Error> {
                let budget = place.budget;
                let wrap = |inner| if budget.take($bytes) { Ok($wrap(inner)) } else { Err(DecodeError::too_large()) };
                place.fill(wrap, |inner| T::from_object(object, inner))
            }
        }
    };
}

same_as_inner!(Pii, Pii::from, 0);
same_as_inner!(Box, Box::new, size_of::<T>());

/// `null` is a value here.
impl<'de, T: FromJson<'de>> FromJson<'de> for Option<T> {
    fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
        let mut inner = Lenient::default();
        T::from_json(input, Place::new(place.budget, &mut inner))?;
        place.set(if inner.is_absent() { Ok(None) } else { inner.into_value().map(Some) })
    }
}

impl<'de> FromJson<'de> for Cow<'de, str> {
    fn from_borrowed_text(text: &'de str) -> Result<Self, DecodeError> {
        Ok(Cow::Borrowed(text))
    }

    fn from_text(text: &str) -> Result<Self, DecodeError> {
        Ok(Cow::Owned(text.to_owned()))
    }
}
