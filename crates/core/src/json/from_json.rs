//! One JSON value, read into one of our types.

use std::{fmt, marker::PhantomData};

use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Budget, DecodeError, Name};
use crate::Pii;

/// The name of the only member of a number that `serde_json` presents as an object. It does so with its feature
/// `arbitrary_precision`, which any crate of a program may turn on.
pub(super) const NUMBER: &str = "$serde_json::private::Number";

/// What became of one JSON value.
///
/// The outer error is the input's own: broken JSON. The inner one says why a complete value does not fit `T`. The
/// input goes on behind that value, so an optional field can ignore it.
pub type Read<T, E> = Result<Result<T, DecodeError>, E>;

/// A type that is read from one JSON value, whatever the value is.
///
/// The macros of this crate implement it. Implement the one method that fits by hand for a type of your own; every
/// other kind of value is then of another type than expected.
pub trait FromJson<'de>: Sized {
    /// Reads the value to its end.
    ///
    /// # Errors
    /// When the input is broken.
    fn from_json<D: Deserializer<'de>>(input: D, budget: &Budget) -> Read<Self, D::Error> {
        input.deserialize_any(AnyValue { budget, value: PhantomData })
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
    fn from_array<A: SeqAccess<'de>>(mut array: A, _: &Budget) -> Read<Self, A::Error> {
        skip_elements(&mut array)?;
        Ok(Err(DecodeError::wrong_type()))
    }

    /// Reads an object to its end.
    ///
    /// # Errors
    /// When the input is broken.
    fn from_object<A: MapAccess<'de>>(mut object: A, _: &Budget) -> Read<Self, A::Error> {
        let mut number = None;
        while let Some(Name(name)) = object.next_key()? {
            if name == NUMBER {
                let Name(digits) = object.next_value()?;
                number = digits.parse().ok();
            } else {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(number.ok_or_else(DecodeError::wrong_type).and_then(Self::from_integer))
    }
}

pub(super) fn skip_elements<'de, A: SeqAccess<'de>>(array: &mut A) -> Result<(), A::Error> {
    while array.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads a `T` where `serde` asks for a seed.
pub(super) struct Seed<'b, T>(pub(super) &'b Budget, pub(super) PhantomData<T>);

impl<'de, T: FromJson<'de>> DeserializeSeed<'de> for Seed<'_, T> {
    type Value = Result<T, DecodeError>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Read<T, D::Error> {
        T::from_json(input, self.0)
    }
}

/// The one visitor: passes each kind of value on to the method of `T` that reads it.
struct AnyValue<'b, T> {
    budget: &'b Budget,
    value: PhantomData<T>,
}

impl<'de, T: FromJson<'de>> Visitor<'de> for AnyValue<'_, T> {
    type Value = Result<T, DecodeError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Read<T, E> {
        Ok(T::from_text(text))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Read<T, E> {
        Ok(T::from_bool(value))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Read<T, E> {
        Ok(T::from_integer(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Read<T, E> {
        Ok(T::from_integer(number.into()))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Read<T, E> {
        Ok(Err(DecodeError::wrong_type()))
    }

    fn visit_unit<E: de::Error>(self) -> Read<T, E> {
        Ok(Err(DecodeError::wrong_type()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, array: A) -> Read<T, A::Error> {
        T::from_array(array, self.budget)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Read<T, A::Error> {
        T::from_object(object, self.budget)
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

/// For a type that wraps another one and reads what that one reads.
macro_rules! same_as_inner {
    ($wrapper:ident, $wrap:path $(, $size:expr)?) => {
        impl<'de, T: FromJson<'de>> FromJson<'de> for $wrapper<T> {
            fn from_json<D: Deserializer<'de>>(input: D, budget: &Budget) -> Read<Self, D::Error> {
                $(if !budget.take($size) {
                    input.deserialize_ignored_any(IgnoredAny)?;
                    return Ok(Err(DecodeError::too_large()));
                })?
                Ok(T::from_json(input, budget)?.map($wrap))
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

            fn from_array<A: SeqAccess<'de>>(array: A, budget: &Budget) -> Read<Self, A::Error> {
                Ok(T::from_array(array, budget)?.map($wrap))
            }

            fn from_object<A: MapAccess<'de>>(object: A, budget: &Budget) -> Read<Self, A::Error> {
                Ok(T::from_object(object, budget)?.map($wrap))
            }
        }
    };
}

same_as_inner!(Pii, Pii::from);
same_as_inner!(Box, Box::new, size_of::<T>());

/// `null` reads as `None`.
impl<'de, T: FromJson<'de>> FromJson<'de> for Option<T> {
    fn from_json<D: Deserializer<'de>>(input: D, budget: &Budget) -> Read<Self, D::Error> {
        input.deserialize_option(OrNull(budget, PhantomData))
    }
}

/// Reads a `T` or `null`.
pub(super) struct OrNull<'b, T>(pub(super) &'b Budget, pub(super) PhantomData<T>);

impl<'de, T: FromJson<'de>> Visitor<'de> for OrNull<'_, T> {
    type Value = Result<Option<T>, DecodeError>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_none<E: de::Error>(self) -> Read<Option<T>, E> {
        Ok(Ok(None))
    }

    fn visit_unit<E: de::Error>(self) -> Read<Option<T>, E> {
        Ok(Ok(None))
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Read<Option<T>, D::Error> {
        Ok(T::from_json(input, self.0)?.map(Some))
    }
}
