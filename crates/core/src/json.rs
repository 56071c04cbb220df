//! Reading JSON from outside: strict about the shape, patient with drift, silent about values.

mod allowance;
mod careful;
mod error;
mod exact;
mod lenient;
mod list;
mod nested;
pub(crate) mod object;
mod scan;
mod stringify;
mod tagged;
mod unquoted;

pub(crate) use allowance::Allowance;
pub(crate) use careful::announce;
pub use careful::{SecondLook, hand_out, second_look};
pub use error::DecodeError;
pub use exact::exact;
pub use lenient::{Lenient, put};
pub use list::List;
pub(crate) use scan::Name;
pub use scan::{members, members_of, members_once, text};
pub use stringify::{compact, stringify};
pub use tagged::{Once, Tagged, decode_body, read_tagged};
pub use unquoted::unquoted;
pub(crate) use unquoted::{not_text, numbers_are_objects};

use serde::Deserialize;

/// Reads a body into `T`, whose fields may be [`Lenient`].
///
/// The first pass takes the body at its word. Only if that fails does a second, slower one look
/// field by field, keep optional fields of an unexpected type raw, and find out which required one
/// is at fault.
///
/// # Errors
/// When the body is no JSON or does not fit. The error names fields of `T`, never a value.
pub fn decode<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, DecodeError> {
    if body.trim_ascii().is_empty() {
        return Err(DecodeError::empty());
    }
    let text = std::str::from_utf8(body).map_err(|_| DecodeError::not_utf8())?;
    let allowance = Allowance::for_body(text.len());
    // Not `from_str`, which would move the value once more. What was buffered on the way goes before the second pass.
    let first = {
        let mut input = serde_json::Deserializer::from_str(text);
        match T::deserialize(&mut input) {
            Ok(value) => match input.end() {
                Ok(()) => return Ok(value),
                Err(error) => error,
            },
            Err(error) => error,
        }
    };
    allowance.refill();
    let stopped_at = (first.line(), first.column());
    drop(first); // it may quote the text it stopped at, which may be most of the body
    careful::decode(text, stopped_at).inspect_err(|_| allowance.refill())
}
