//! One pass over an object in which one member names what another one holds.

use std::{borrow::Cow, fmt};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    DecodeError,
    careful::{announce, hand_out, reread},
    not_text,
    scan::Name,
};

/// An envelope: an object in which the member [`NAME`](Self::NAME) says what
/// [`BODY`](Self::BODY) holds, with other members beside them.
///
/// [`read_tagged`] fills one in a single pass: the body is decoded on the spot when its name came
/// first, as the vendors write it, and from its raw text otherwise. It is filled in place, because
/// handing an event up through every layer of `serde` costs as much as reading it.
pub trait Tagged<'de> {
    /// The member that names the body.
    const NAME: &'static str;
    /// The member that holds the body.
    const BODY: &'static str;
    /// Every member known here, for error messages.
    const FIELDS: &'static [&'static str];

    /// Reads the body called `name` and keeps it.
    ///
    /// # Errors
    /// When it does not fit.
    fn read_body<D: Deserializer<'de>>(&mut self, name: &str, input: D) -> Result<(), D::Error>;

    /// Reads the value of another member from `map`, by way of [`Once::read`]; answers `false`,
    /// reading nothing, for a name it does not know.
    ///
    /// # Errors
    /// When it does not fit, or was there before.
    fn read_member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error>;
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

/// Reads an envelope and the body it names, in one pass, and gives that name.
///
/// # Errors
/// When the input is no object, has no name, names or carries two bodies, or the body does not fit.
pub fn read_tagged<'de, T: Tagged<'de>, D: Deserializer<'de>>(
    input: D,
    envelope: &mut T,
) -> Result<Cow<'de, str>, D::Error> {
    announce(T::FIELDS);
    input.deserialize_any(Members(envelope))
}

/// Reads the body called `name` from a text of its own, as leniently as inside an envelope.
///
/// # Errors
/// When it does not fit.
pub fn decode_body<'de, T: Tagged<'de>>(envelope: &mut T, name: &str, text: &'de str) -> Result<(), DecodeError> {
    reread(text, Body { envelope, name })
}

struct Members<'e, T>(&'e mut T);

enum Seen<'de> {
    Nothing,
    Unread(&'de RawValue),
    Read,
}

impl<'de, T: Tagged<'de>> Visitor<'de> for Members<'_, T> {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Cow<'de, str>, E> {
        Err(not_text(&self))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cow<'de, str>, A::Error> {
        let envelope = self.0;
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
                    Some(name) => {
                        map.next_value_seed(Body { envelope, name })?;
                        Seen::Read
                    }
                    None => Seen::Unread(map.next_value()?),
                };
            } else if !envelope.read_member(&member, &mut map)? {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let name = name.ok_or_else(|| A::Error::missing_field(T::NAME))?;
        if let Seen::Unread(raw) = body {
            decode_body(envelope, &name, raw.get()).map_err(|error| hand_out(error.inside(T::BODY)))?;
        }
        Ok(name)
    }
}

struct Body<'b, T> {
    envelope: &'b mut T,
    name: &'b str,
}

impl<'de, T: Tagged<'de>> DeserializeSeed<'de> for Body<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<(), D::Error> {
        self.envelope.read_body(self.name, input)
    }
}
