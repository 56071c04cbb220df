//! The second pass: slower, lenient with optional fields, and exact about what is at fault.
//!
//! It wraps `serde_json`'s deserializer and keeps the path it walks. Derived code tells the names
//! of a struct's fields when it starts to read one, so the path can name known fields and call
//! everything else `*`.

mod key;
mod reader;
mod trail;

use std::{cell::Cell, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IgnoredAny, Visitor},
};
use serde_json::value::RawValue;

use self::{
    reader::Careful,
    trail::{Problem, Trail},
};
use super::{DecodeError, nested::Nested};

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

thread_local! {
    static ANNOUNCED: Cell<&'static [&'static str]> = const { Cell::new(&[]) };
}

/// Tells the careful pass which members the object has that is asked for next, by `deserialize_any`.
///
/// `deserialize_struct` would tell as well, but see `unquoted` for why nobody is asked for a struct.
pub(crate) fn announce(fields: &'static [&'static str]) {
    ANNOUNCED.set(fields);
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

/// What a `serde` error says that stands for one of ours: a sentence no other error has, and one that
/// still makes sense to a user who reads our types with plain `serde`.
const HANDED: &str = "the body breaks a rule of its event; idhooks' own `decode` says which";

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

/// Reads `text` carefully, after the first pass stopped at `line` and `column`.
pub(super) fn decode<'de, T: Deserialize<'de>>(
    text: &'de str,
    (line, column): (usize, usize),
) -> Result<T, DecodeError> {
    reread(text, PhantomData).map_err(|error| {
        if !error.is_syntax() {
            return error;
        }
        // The first pass may have stopped at another fault, further to the front.
        let fault = serde_json::from_str::<IgnoredAny>(text).err();
        let (line, column) = fault.map_or((line, column), |fault| (fault.line(), fault.column()));
        DecodeError::not_json(line, column)
    })
}

/// Reads `text` carefully, as a whole.
pub(super) fn reread<'de, S: DeserializeSeed<'de>>(text: &'de str, seed: S) -> Result<S::Value, DecodeError> {
    let Some(_nested) = Nested::enter() else { return Err(DecodeError::new("", "is nested too deep")) };
    announce(&[]); // the first pass does not listen
    let trail = Trail::default();
    let mut json = serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(Careful { inner: &mut json, trail: &trail });
    read.and_then(|value| json.end().map(|()| value).map_err(|_| Problem::NotJson))
        .map_err(|problem| trail.first_fault(problem))
}
