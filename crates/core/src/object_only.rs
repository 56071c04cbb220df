//! Keeps derived code from reading a JSON array as the fields of a struct, in order.

use std::fmt;

use serde::{
    Deserializer,
    de::{self, Error as _, MapAccess, Visitor},
    forward_to_deserialize_any,
};

use crate::json::{Allowance, announce, not_text, numbers_are_objects};

/// For [`record!`](crate::record) alone. Also counts the record's size against the body's allowance.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "made by generated code")]
pub struct ObjectOnly<D>(pub D);

impl<'de, D: Deserializer<'de>> Deserializer<'de> for ObjectOnly<D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if !Allowance::take(size_of::<V::Value>()) {
            return Err(D::Error::custom("a body out of proportion"));
        }
        let mut place = None;
        let map_only = MapOnly { visitor, place: &mut place };
        if numbers_are_objects() {
            self.0.deserialize_struct(name, fields, map_only)?;
        } else {
            announce(fields);
            self.0.deserialize_any(map_only)?;
        }
        match place {
            Some(value) => Ok(value),
            None => Err(D::Error::custom("no object")),
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let mut place = None;
        self.0.deserialize_map(MapOnly { visitor, place: &mut place })?;
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
        *self.place = Some(self.visitor.visit_map(map)?);
        Ok(())
    }
}
