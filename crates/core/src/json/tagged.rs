//! One pass over an object in which one member names what another one holds.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    DecodeError,
    careful::{hand_out, reread},
    scan::Name,
};

/// An envelope: an object in which the member [`NAME`](Self::NAME) says what
/// [`BODY`](Self::BODY) holds, with other members beside them.
///
/// [`read_tagged`] reads one in a single pass: the body is decoded on the spot when its name came
/// first, as the vendors write it, and from its raw text otherwise.
pub trait Tagged<'de>: Default {
    /// The member that names the body.
    const NAME: &'static str;
    /// The member that holds the body.
    const BODY: &'static str;
    /// Every member known here, for error messages.
    const FIELDS: &'static [&'static str];
    /// What the body is read into.
    type Body;

    /// Reads the body called `name`.
    ///
    /// # Errors
    /// When it does not fit.
    fn read_body<D: Deserializer<'de>>(name: &str, input: D) -> Result<Self::Body, D::Error>;

    /// Reads the value of another member from `map`, by way of [`Once::read`]; answers `false`,
    /// reading nothing, for a name it does not know.
    ///
    /// # Errors
    /// When it does not fit, or was there before.
    fn read_member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;
}

/// What [`read_tagged`] found.
#[derive(Debug)]
#[allow(clippy::exhaustive_structs, reason = "taken apart by vendor crates")]
pub struct TaggedParts<'de, T: Tagged<'de>> {
    /// The other members.
    pub envelope: T,
    /// The name of the body.
    pub name: Cow<'de, str>,
    /// The body, if there was one.
    pub body: Option<T::Body>,
}

/// A member that decides something, and so may stand in its object once only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once<T>(Option<T>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Once<T> {
    /// Reads the member's value, called `field`.
    ///
    /// # Errors
    /// When it was read before, or does not fit.
    pub fn read<'de, A: MapAccess<'de>>(&mut self, field: &'static str, map: &mut A) -> Result<bool, A::Error>
    where
        T: Deserialize<'de>,
    {
        if self.0.is_some() {
            return Err(A::Error::duplicate_field(field));
        }
        self.0 = Some(map.next_value()?);
        Ok(true)
    }

    /// What was read.
    #[must_use]
    pub fn into_option(self) -> Option<T> {
        self.0
    }
}

/// Reads an envelope and the body it names, in one pass.
///
/// # Errors
/// When the input is no object, has no name, names or carries two bodies, or the body does not fit.
pub fn read_tagged<'de, T: Tagged<'de>, D: Deserializer<'de>>(input: D) -> Result<TaggedParts<'de, T>, D::Error> {
    input.deserialize_struct("Envelope", T::FIELDS, Members(PhantomData))
}

/// Reads the body called `name` from a text of its own, as leniently as inside an envelope.
///
/// # Errors
/// When it does not fit.
pub fn decode_body<'de, T: Tagged<'de>>(name: &str, text: &'de str) -> Result<T::Body, DecodeError> {
    reread(text, BodyOf::<T>(name, PhantomData))
}

struct Members<T>(PhantomData<T>);

enum Seen<'de, B> {
    Nothing,
    Unread(&'de RawValue),
    Read(B),
}

impl<'de, T: Tagged<'de>> Visitor<'de> for Members<T> {
    type Value = TaggedParts<'de, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut envelope = T::default();
        let mut name: Option<Cow<'de, str>> = None;
        let mut body = Seen::Nothing;
        while let Some(Name(member)) = map.next_key()? {
            if member == T::NAME {
                if name.is_some() {
                    return Err(A::Error::duplicate_field(T::NAME));
                }
                let Name(text) = map.next_value()?;
                name = Some(text);
            } else if member == T::BODY {
                if !matches!(body, Seen::Nothing) {
                    return Err(A::Error::duplicate_field(T::BODY));
                }
                body = match &name {
                    Some(name) => Seen::Read(map.next_value_seed(BodyOf::<T>(name, PhantomData))?),
                    None => Seen::Unread(map.next_value()?),
                };
            } else if !envelope.read_member(&member, &mut map)? {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let name = name.ok_or_else(|| A::Error::missing_field(T::NAME))?;
        let body = match body {
            Seen::Nothing => None,
            Seen::Read(body) => Some(body),
            Seen::Unread(raw) => {
                let seed = BodyOf::<T>(&name, PhantomData);
                Some(reread(raw.get(), seed).map_err(|error| hand_out(error.inside(T::BODY)))?)
            }
        };
        Ok(TaggedParts { envelope, name, body })
    }
}

struct BodyOf<'n, T>(&'n str, PhantomData<T>);

impl<'de, T: Tagged<'de>> DeserializeSeed<'de> for BodyOf<'_, T> {
    type Value = T::Body;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<T::Body, D::Error> {
        T::read_body(self.0, input)
    }
}
