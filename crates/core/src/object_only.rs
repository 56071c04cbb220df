//! Keeps derived code from reading a JSON array as the fields of a struct, in order.

use std::{fmt, mem};

use serde::{
    Deserializer,
    de::{self, DeserializeSeed, Error as _, IntoDeserializer as _, MapAccess, Visitor},
    forward_to_deserialize_any,
};

use crate::json::{Allowance, Name, announce, not_text, numbers_are_objects};

/// The name of the one member of a number that `serde_json` hands over as an object.
const NUMBER: &str = "$serde_json::private::Number";

/// For [`record!`](crate::record) alone. Also counts the record's size against the body's allowance.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "made by generated code")]
pub struct ObjectOnly<D>(pub D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectOnly<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if !Allowance::take(size_of::<V::Value>()) {
            return Err(D::Error::custom("a body out of proportion"));
        }
        announce(fields);
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let mut place = None;
        self.0.deserialize_any(MapOnly { visitor, place: &mut place })?;
        // Not `ok_or_else`, which would move the value once more.
        match place {
            Some(value) => Ok(value),
            None => Err(D::Error::custom("no object")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// Leaves the value in its place, because each layer of `serde` it is handed through copies it.
struct MapOnly<'p, V, T> {
    visitor: V,
    place: &'p mut Option<T>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for MapOnly<'_, V, V::Value> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        Err(not_text(&self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        *self.place = Some(self.visitor.visit_map(Members { map, look: numbers_are_objects() })?);
        Ok(())
    }
}

/// Members of an object, unless it is a number in disguise.
struct Members<A> {
    map: A,
    /// Whether the first name is still to be looked at.
    look: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        if !mem::take(&mut self.look) {
            return self.map.next_key_seed(seed);
        }
        match self.map.next_key()? {
            None => Ok(None),
            Some(Name(name)) if name == NUMBER => Err(A::Error::custom("no object")),
            Some(Name(name)) => seed.deserialize(name.into_deserializer()).map(Some),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        self.map.size_hint()
    }
}
