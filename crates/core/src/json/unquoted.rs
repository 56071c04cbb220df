//! Keeps a text that stands in the wrong place out of error messages.
//!
//! Where an object, a list, a number or a boolean is asked for and a text is found, `serde_json` writes
//! that text into its message, escaped: several times the body, if the body is one long text. So it is
//! asked for whatever there is, and the answer to a text is ours.

use std::{fmt, marker::PhantomData, sync::LazyLock};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, Expected, MapAccess, SeqAccess, Unexpected, Visitor, value::MapAccessDeserializer},
};

/// Reads `T`, which may be a number, a boolean or a type that takes what it finds. Records and lists
/// need no help. For a required field: `#[serde(deserialize_with = "…")]`; optional ones are read so.
///
/// # Errors
/// When the input does not fit. The error quotes no text.
pub fn unquoted<'de, T: Deserialize<'de>, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    T::deserialize(Unquoted(input))
}

/// [`unquoted`] for whoever asks for a seed.
pub(super) struct Seed<T>(pub(super) PhantomData<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Seed<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<T, D::Error> {
        unquoted(input)
    }
}

/// The error of a visitor to which a text is not what it expects.
pub(crate) fn not_text<E: de::Error>(expected: &dyn Expected) -> E {
    E::invalid_type(Unexpected::Other("a text"), expected)
}

/// Whether `serde_json` hands a number over as an object to who asks for anything: with its feature
/// `arbitrary_precision`, which any crate of a program may switch on. To a record, such a number is one without members.
pub(crate) fn numbers_are_objects() -> bool {
    static ARE: LazyLock<bool> = LazyLock::new(|| {
        let number = (&mut serde_json::Deserializer::from_str("0.5")).deserialize_any(IsObject);
        number.unwrap_or(true)
    });
    *ARE
}

struct IsObject;

impl<'de> Visitor<'de> for IsObject {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_map<A: MapAccess<'de>>(self, _: A) -> Result<bool, A::Error> {
        Ok(true)
    }
}

struct Unquoted<D>(D);

macro_rules! ask_for_anything {
    ($is_number:literal: $($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.0.deserialize_any(Answer { inner: visitor, is_number: $is_number })
        }
    )*};
}

macro_rules! forward {
    ($($method:ident($($argument:ident: $kind:ty),*))*) => {$(
        fn $method<V: Visitor<'de>>(self, $($argument: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($argument,)* visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Unquoted<D> {
    type Error = D::Error;

    ask_for_anything! { false: deserialize_any deserialize_bool deserialize_unit deserialize_seq }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        if numbers_are_objects() {
            return self.0.deserialize_map(visitor);
        }
        self.0.deserialize_any(Answer { inner: visitor, is_number: false })
    }

    ask_for_anything! { true:
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64 deserialize_f32 deserialize_f64
    }

    forward! {
        deserialize_i128() deserialize_u128() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_option() deserialize_identifier() deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str) deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(len: usize) deserialize_tuple_struct(name: &'static str, len: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

/// A visitor that answers with an error of its own, should the one inside refuse a text.
struct Answer<V> {
    inner: V,
    is_number: bool,
}

macro_rules! visit {
    ($($method:ident($kind:ty))*) => {$(
        fn $method<E: de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.inner.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Answer<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! { visit_bool(bool) visit_i64(i64) visit_u64(u64) visit_f64(f64) }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<V::Value, E> {
        self.inner.visit_str(text).map_err(Silent::spoken)
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<V::Value, E> {
        self.inner.visit_borrowed_str(text).map_err(Silent::spoken)
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<V::Value, E> {
        self.inner.visit_string(text).map_err(Silent::spoken)
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.inner.visit_seq(seq)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        if !self.is_number {
            return self.inner.visit_map(map);
        }
        // With its feature `arbitrary_precision`, `serde_json` hands a number over as an object.
        let number = serde_json::Number::deserialize(MapAccessDeserializer::new(map))?;
        match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), _, _) => self.inner.visit_u64(number),
            (_, Some(number), _) => self.inner.visit_i64(number),
            (_, _, Some(number)) => self.inner.visit_f64(number),
            _ => Err(de::Error::invalid_type(Unexpected::Other("a number"), &self.inner)),
        }
    }
}

/// An error that takes no text along.
#[derive(Debug)]
enum Silent {
    Type,
    Value,
}

impl Silent {
    fn spoken<E: de::Error>(self) -> E {
        let found = Unexpected::Other("a text");
        match self {
            Self::Type => E::invalid_type(found, &"something else"),
            Self::Value => E::invalid_value(found, &"another one"),
        }
    }
}

impl fmt::Display for Silent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text does not fit")
    }
}

impl std::error::Error for Silent {}

impl de::Error for Silent {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Value
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::Type
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::Value
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::Value
    }
}
