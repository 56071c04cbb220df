//! A deserializer around another one, and the visitors, maps and lists it hands out, all of which keep
//! the trail.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    super::scan::Name,
    ANNOUNCED, SECOND_LOOK,
    key::Key,
    trail::{Problem, Step, Trail},
};

/// A deserializer that keeps the trail.
pub(super) struct Careful<'t, D> {
    pub(super) inner: D,
    pub(super) trail: &'t Trail,
}

impl<'t, D> Careful<'t, D> {
    fn visitor<V>(&self, inner: V, fields: &'static [&'static str]) -> Watched<'t, V> {
        Watched { inner, fields, trail: self.trail }
    }
}

macro_rules! forward {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            let visitor = self.visitor(visitor, &[]);
            self.inner.$method(visitor).map_err(|error| self.trail.take_in(error))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Careful<'_, D> {
    type Error = Problem;

    forward! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_option deserialize_unit deserialize_seq deserialize_map deserialize_identifier
        deserialize_ignored_any
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let visitor = self.visitor(visitor, ANNOUNCED.take());
        self.inner.deserialize_any(visitor).map_err(|error| self.trail.take_in(error))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Problem> {
        let visitor = self.visitor(visitor, &[]);
        self.inner.deserialize_unit_struct(name, visitor).map_err(|error| self.trail.take_in(error))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, Problem> {
        if name == SECOND_LOOK {
            let raw = <&RawValue>::deserialize(self.inner).map_err(|error| self.trail.take_in(error))?;
            return visitor.visit_borrowed_str(raw.get());
        }
        let visitor = self.visitor(visitor, &[]);
        self.inner.deserialize_newtype_struct(name, visitor).map_err(|error| self.trail.take_in(error))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Problem> {
        let visitor = self.visitor(visitor, &[]);
        self.inner.deserialize_tuple(len, visitor).map_err(|error| self.trail.take_in(error))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let visitor = self.visitor(visitor, &[]);
        self.inner.deserialize_tuple_struct(name, len, visitor).map_err(|error| self.trail.take_in(error))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let visitor = self.visitor(visitor, fields);
        self.inner.deserialize_struct(name, fields, visitor).map_err(|error| self.trail.take_in(error))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        // Payload types use open enums, which are texts; a derived one is read, but not looked into.
        self.inner.deserialize_enum(name, variants, visitor).map_err(|_| {
            self.trail.note(Problem::Other);
            Problem::Other
        })
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }
}

/// A visitor, map or list that keeps the trail.
struct Watched<'t, V> {
    inner: V,
    fields: &'static [&'static str],
    trail: &'t Trail,
}

macro_rules! visit {
    ($($method:ident($kind:ty))*) => {$(
        fn $method<E: de::Error>(self, value: $kind) -> Result<V::Value, E> {
            self.inner.$method::<Problem>(value).map_err(|problem| self.trail.pass_on(problem))
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Watched<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    visit! {
        visit_bool(bool) visit_i64(i64) visit_i128(i128) visit_u64(u64) visit_u128(u128) visit_f64(f64)
        visit_str(&str) visit_borrowed_str(&'de str) visit_string(String) visit_bytes(&[u8])
        visit_borrowed_bytes(&'de [u8]) visit_byte_buf(Vec<u8>)
    }

    fn visit_none<E: de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none::<Problem>().map_err(|problem| self.trail.pass_on(problem))
    }

    fn visit_unit<E: de::Error>(self) -> Result<V::Value, E> {
        self.inner.visit_unit::<Problem>().map_err(|problem| self.trail.pass_on(problem))
    }

    fn visit_some<D: Deserializer<'de>>(self, input: D) -> Result<V::Value, D::Error> {
        let input = Careful { inner: input, trail: self.trail };
        self.inner.visit_some(input).map_err(|problem| self.trail.pass_on(problem))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, input: D) -> Result<V::Value, D::Error> {
        let input = Careful { inner: input, trail: self.trail };
        self.inner.visit_newtype_struct(input).map_err(|problem| self.trail.pass_on(problem))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        let seq = WatchedSeq { inner: seq, next: 0, trail: self.trail };
        self.inner.visit_seq(seq).map_err(|problem| self.trail.pass_on(problem))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let map = WatchedMap { inner: map, fields: self.fields, at: Step::Unnamed, trail: self.trail };
        self.inner.visit_map(map).map_err(|problem| self.trail.pass_on(problem))
    }
}

struct WatchedSeq<'t, A> {
    inner: A,
    next: usize,
    trail: &'t Trail,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for WatchedSeq<'_, A> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Problem> {
        let (trail, inner) = (self.trail, &mut self.inner);
        let seed = WatchedSeed { inner: seed, trail };
        let read = trail.inside(Step::Element(self.next), || inner.next_element_seed(seed));
        self.next += 1;
        read.map_err(|error| trail.take_in(error))
    }
}

struct WatchedMap<'t, A> {
    inner: A,
    fields: &'static [&'static str],
    at: Step,
    trail: &'t Trail,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WatchedMap<'_, A> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        let Some(Name(name)) = self.inner.next_key().map_err(|error| self.trail.take_in(error))? else {
            return Ok(None);
        };
        let known = self.fields.iter().find(|field| **field == name);
        self.at = known.map_or(Step::Unnamed, |field| Step::Field(field));
        seed.deserialize(Key(name)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Problem> {
        let (trail, inner) = (self.trail, &mut self.inner);
        let seed = WatchedSeed { inner: seed, trail };
        trail.inside(self.at, || inner.next_value_seed(seed)).map_err(|error| trail.take_in(error))
    }
}

struct WatchedSeed<'t, T> {
    inner: T,
    trail: &'t Trail,
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for WatchedSeed<'_, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<T::Value, D::Error> {
        let input = Careful { inner: input, trail: self.trail };
        self.inner.deserialize(input).map_err(|problem| self.trail.pass_on(problem))
    }
}
