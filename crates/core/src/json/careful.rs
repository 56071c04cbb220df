//! The second pass: slower, lenient with optional fields, and exact about what is at fault.
//!
//! It wraps `serde_json`'s deserializer and keeps the path it walks. Derived code tells the names
//! of a struct's fields when it starts to read one, so the path can name known fields and call
//! everything else `*`.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    fmt,
    marker::PhantomData,
};

use serde::{
    Deserialize, Deserializer,
    de::{
        self, DeserializeSeed, IgnoredAny, IntoDeserializer as _, MapAccess, SeqAccess, Unexpected, Visitor,
        value::CowStrDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::value::RawValue;

use super::{
    error::{DecodeError, Kind},
    scan::Name,
};

/// The name under which a type asks for a second look; no JSON text can hold it as a type's name.
const SECOND_LOOK: &str = "$idhooks_core::json::SecondLook";

/// A type that reads one way when all is as expected, and another when something is not.
pub trait SecondLook<'de>: Sized {
    /// The fast way. An error makes the whole body be read again, carefully.
    ///
    /// # Errors
    /// When the input is not as expected.
    fn first<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error>;

    /// The careful way, from the very text.
    ///
    /// # Errors
    /// When that does not help either.
    fn second(raw: &'de RawValue) -> Result<Self, DecodeError>;
}

/// Reads `T` the way the pass asks for; to be called by its `Deserialize`.
///
/// # Errors
/// As [`SecondLook::first`] or [`SecondLook::second`].
pub fn second_look<'de, T: SecondLook<'de>, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    struct Either<T>(PhantomData<T>);

    impl<'de, T: SecondLook<'de>> Visitor<'de> for Either<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("the documented type")
        }

        fn visit_newtype_struct<D: Deserializer<'de>>(self, input: D) -> Result<T, D::Error> {
            T::first(input)
        }

        // Only the careful pass comes here: it hands over the raw text.
        fn visit_borrowed_str<E: de::Error>(self, raw: &'de str) -> Result<T, E> {
            let raw: &RawValue = serde_json::from_str(raw).map_err(|_| E::custom("no JSON"))?;
            T::second(raw).map_err(hand_out)
        }
    }

    input.deserialize_newtype_struct(SECOND_LOOK, Either(PhantomData))
}

/// What a `serde` error says that stands for one of ours.
const HANDED: &str = "$idhooks_core::json::handed_out";

thread_local! {
    /// An error of ours on its way through `serde`, whose errors can carry nothing but text.
    static HANDED_OUT: Cell<Option<DecodeError>> = const { Cell::new(None) };
}

/// Turns an error of ours into one of `serde`'s, such that [`decode`](super::decode()) gives it back
/// as it was. For a `Deserialize` whose rule no type can say.
pub fn hand_out<E: de::Error>(error: DecodeError) -> E {
    HANDED_OUT.set(Some(error));
    E::custom(HANDED)
}

/// Reads `text` carefully, after the first pass failed with `first`.
pub(super) fn decode<'de, T: Deserialize<'de>>(text: &'de str, first: &serde_json::Error) -> Result<T, DecodeError> {
    reread(text, PhantomData).map_err(|error| {
        if !error.is_syntax() {
            return error;
        }
        // The first pass may have stopped at another fault, further to the front.
        let fault = serde_json::from_str::<IgnoredAny>(text).err();
        let at = fault.as_ref().unwrap_or(first);
        DecodeError::not_json(at.line(), at.column())
    })
}

/// Reads `text` carefully, as a whole.
pub(super) fn reread<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, DecodeError> {
    let trail = Trail::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(Careful { inner: &mut json, trail: &trail });
    read.and_then(|value| json.end().map(|()| value).map_err(|_| Problem::NotJson))
        .map_err(|problem| trail.first_fault(problem))
}

/// Where the pass is, and the first fault it met.
#[derive(Default)]
struct Trail {
    path: RefCell<Vec<Step>>,
    fault: RefCell<Option<DecodeError>>,
}

#[derive(Clone, Copy)]
enum Step {
    Field(&'static str),
    Unnamed,
    Element(usize),
}

impl Trail {
    /// Notes a fault, unless one was noted before: errors travel outwards, so that one is the innermost.
    fn note(&self, problem: Problem) {
        let mut noted = self.fault.borrow_mut();
        if noted.is_some() {
            return;
        }
        let steps = self.path.borrow();
        let at = |field: Option<&'static str>| write_path(steps.iter().copied().chain(field.map(Step::Field)));
        *noted = Some(match problem {
            Problem::HandedOut => match HANDED_OUT.take() {
                Some(inner) => inner.inside(&at(None)),
                None => DecodeError::at(at(None), Kind::Other),
            },
            Problem::Other => DecodeError::at(at(None), Kind::Other),
            Problem::Missing(field) => DecodeError::at(at(Some(field)), Kind::Missing),
            Problem::Repeated(field) => DecodeError::at(at(Some(field)), Kind::Repeated),
            Problem::WrongType => DecodeError::at(at(None), Kind::WrongType),
            Problem::WrongValue => DecodeError::at(at(None), Kind::WrongValue),
            Problem::NotJson => DecodeError::not_json(0, 0),
        });
    }

    fn first_fault(self, problem: Problem) -> DecodeError {
        self.note(problem);
        self.fault.into_inner().unwrap_or_else(|| DecodeError::at(String::new(), Kind::Other))
    }

    fn inside<R, E>(&self, step: Step, read: impl FnOnce() -> Result<R, E>) -> Result<R, E> {
        self.path.borrow_mut().push(step);
        let read = read()?;
        self.path.borrow_mut().pop();
        Ok(read)
    }

    /// Turns an error of the wrapped reader into ours. If nothing was noted on the way, the reader
    /// itself found a value of another type, or text that is no JSON. Only the beginning of its
    /// message tells which; the rest quotes the value, and is dropped.
    fn take_in<E: fmt::Display>(&self, error: E) -> Problem {
        let message = error.to_string();
        let problem = if message.starts_with("invalid type") {
            Problem::WrongType
        } else if message.starts_with("invalid value") || message.starts_with("number out of range") {
            Problem::WrongValue
        } else {
            Problem::NotJson
        };
        self.note(problem);
        problem
    }

    /// Turns an error of a type into one of the wrapped reader, which only carries it outwards.
    fn pass_on<E: de::Error>(&self, problem: Problem) -> E {
        self.note(problem);
        E::custom("noted on the trail")
    }
}

fn write_path(steps: impl Iterator<Item = Step>) -> String {
    let mut path = String::new();
    for step in steps {
        let name = match step {
            Step::Field(name) => name,
            Step::Unnamed => "*",
            Step::Element(index) => {
                path.push_str(&format!("[{index}]"));
                continue;
            }
        };
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
    }
    path
}

/// A fault without its place. Takes none of the texts `serde` offers: they can quote a value.
#[derive(Clone, Copy, Debug)]
enum Problem {
    Missing(&'static str),
    Repeated(&'static str),
    WrongType,
    WrongValue,
    /// One of ours, which waits to be taken.
    HandedOut,
    Other,
    NotJson,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body does not fit")
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    fn custom<T: fmt::Display>(message: T) -> Self {
        if message.to_string() == HANDED { Self::HandedOut } else { Self::Other }
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::WrongType
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::WrongValue
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self::WrongType
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::WrongValue
    }

    fn missing_field(field: &'static str) -> Self {
        Self::Missing(field)
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::Repeated(field)
    }
}

/// A deserializer that keeps the trail.
struct Careful<'t, D> {
    inner: D,
    trail: &'t Trail,
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
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_i128 deserialize_u128 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_option deserialize_unit deserialize_seq deserialize_map deserialize_identifier
        deserialize_ignored_any
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

/// A member's name as a deserializer. As `serde_json` does, it reads numbers from the text where a
/// map's keys are numbers.
struct Key<'de>(Cow<'de, str>);

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            match (self.0.parse::<u64>(), self.0.parse::<i64>()) {
                (Ok(number), _) => visitor.visit_u64(number),
                (_, Ok(number)) => visitor.visit_i64(number),
                _ => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Key<'de> {
    type Error = Problem;

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        let text: CowStrDeserializer<'de, Problem> = self.0.into_deserializer();
        text.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
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
