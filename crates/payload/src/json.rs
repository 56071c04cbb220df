//! Decoding of JSON: strict about syntax, lenient about optional fields. Errors never show values.

mod budget;
mod error;
mod from_json;
mod lenient;
mod list;
mod members;
mod scan;
mod tokens;

pub use budget::Budget;
pub use error::DecodeError;
pub use from_json::{FromJson, Place};
pub use lenient::Lenient;
pub use list::List;
pub use members::{Bodies, BodySlot, Field, NameSlot, NamedBody, Payload, Slot, read_members};
pub(crate) use scan::Name;
pub use scan::{members, members_of, members_once, text};
#[doc(hidden)]
pub use tokens::{tokens, unescape};

use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde_json::de::StrRead;

/// Decodes a body into `T`.
///
/// Does the same as `serde_json::from_slice`, with two differences. The error names the path of the field, and the memory
/// limit follows the size of the body, while plain `serde_json` allows 2 MiB.
///
/// # Errors
/// When the body is not JSON, or does not fit `T`. The error names fields of `T`, never a value.
pub fn decode<'de, T: FromJson<'de>>(body: &'de [u8]) -> Result<T, DecodeError> {
    decode_with(body, |input, place| T::from_json(input, place))
}

/// Decodes a body with `read`, which reads one value.
fn decode_with<'de, T>(
    body: &'de [u8],
    read: impl FnOnce(&mut serde_json::Deserializer<StrRead<'de>>, Place<'_, T>) -> serde_json::Result<()>,
) -> Result<T, DecodeError> {
    let text = utf8(body)?;
    decode_text(text, &Budget::for_body(text.len()), read)?.into_value()
}

/// Decodes a part of a body with `read`, within the memory limit of the body.
fn decode_text<'de, T>(
    text: &'de str,
    budget: &Budget,
    read: impl FnOnce(&mut serde_json::Deserializer<StrRead<'de>>, Place<'_, T>) -> serde_json::Result<()>,
) -> Result<Lenient<T>, DecodeError> {
    let (mut input, mut value) = (serde_json::Deserializer::from_str(text), Lenient::default());
    let read = read(&mut input, Place::new(budget, &mut value));
    read.and_then(|()| input.end()).map_err(|error| DecodeError::not_json(&error))?;
    Ok(value)
}

/// Requires that an object has one of the members in `names`, for a response whose fields are all optional. Otherwise
/// `{}` or a gateway's `{"message":…}` would pass for it.
///
/// ```
/// use idhooks_payload::{Lenient, json::{self, Payload as _}, payload};
///
/// payload! {
///     struct Profile {
///         status: Lenient<Box<str>> = "status",
///     }
/// }
///
/// assert!(json::require_any(br#"{"status":null}"#, Profile::NAMES).is_ok());
/// let error = json::require_any(br#"{"message":"no route"}"#, Profile::NAMES).unwrap_err();
/// assert_eq!(error.to_string(), "the body has no documented field");
/// ```
///
/// # Errors
/// When it has none of them.
pub fn require_any(object: &[u8], names: &[&str]) -> Result<(), DecodeError> {
    let is_there = |name: &&str| members(object, [*name]).iter().any(Option::is_some);
    if names.iter().any(is_there) { Ok(()) } else { Err(DecodeError::new("", "has no documented field")) }
}

/// Decodes a body into a type of your own that derives `Deserialize`.
///
/// # Errors
/// When the body is not JSON, or does not fit `T`. The error names the line and column, never a value.
pub fn decode_as<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    serde_json::from_str(utf8(body)?).map_err(|error| match error.is_data() {
        true => DecodeError::other_type(&error),
        false => DecodeError::not_json(&error),
    })
}

fn utf8(body: &[u8]) -> Result<&str, DecodeError> {
    if body.trim_ascii().is_empty() {
        return Err(DecodeError::empty());
    }
    std::str::from_utf8(body).map_err(|_| DecodeError::not_utf8())
}

/// Implements `Deserialize` for a [`FromJson`] type.
///
/// # Errors
/// When the input is not JSON, or does not fit. The error names the path of the field, never a value.
pub fn deserialize<'de, T: FromJson<'de>, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    let mut value = Lenient::default();
    T::from_json(input, Place::new(&Budget::unknown_body(), &mut value))?;
    value.into_value().map_err(D::Error::custom)
}

/// Decodes an event that its fields identify. Reads every field that any of the events has, and lets `pick` choose. `pick`
/// also gets the JSON, for an unknown event.
///
/// # Errors
/// When the body is not JSON, or does not fit.
pub fn decode_flat<'de, W: FromJson<'de>, E>(
    body: &'de [u8],
    pick: impl FnOnce(W, &str) -> Result<E, DecodeError>,
) -> Result<E, DecodeError> {
    let wire = decode(body)?;
    pick(wire, utf8(body)?)
}

/// Decodes the body of the event called `name`, when its JSON comes separately.
///
/// # Errors
/// When it is not JSON, or does not fit.
pub fn decode_named<B: Bodies>(name: &str, body: &[u8]) -> Result<B, DecodeError> {
    decode_with(body, |input, place| B::from_named(name, input, place))
}
