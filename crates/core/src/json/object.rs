//! Structs that mirror a large JSON object of which anything may be absent.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    Allowance, DecodeError, Lenient, careful::hand_out, error::Kind, nested::Nested, scan::Name, unquoted::unquoted,
};

/// Declares a struct that mirrors a JSON object in which every member is optional, with the vendor's
/// name beside each field.
///
/// It keeps the promises of [`record!`](crate::record): takes nothing but an object, refuses a member that
/// is there twice, passes over one no field names, and keeps a member of an unexpected type raw. It is
/// filled member by member through a table instead of by code generated for each type, which takes a
/// fraction of the time to compile and longer to read; for objects of dozens of fields that are seldom read.
/// Like [`RawJson`](crate::RawJson), it is read by `serde_json` from text, not from other formats.
///
/// ```
/// use idhooks_core::{json, object};
///
/// object! {
///     /// A person, as far as is known.
///     pub struct Person {
///         /// Given name.
///         pub first_name: Box<str> = "firstName",
///         /// In years.
///         pub age: u8 = "age",
///     }
/// }
///
/// let person: Person = json::decode(br#"{"firstName":"Ana","age":"forty","new":1}"#)?;
/// assert_eq!(person.first_name.as_deref(), Some("Ana"));
/// assert_eq!(person.age.raw().map(|raw| raw.get()), Some("\"forty\""));
/// # Ok::<(), idhooks_core::DecodeError>(())
/// ```
#[macro_export]
macro_rules! object {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty = $member:literal,)*
    }) => {
        #[derive(Clone, Debug, PartialEq, Eq, $crate::__private::serde::Serialize)]
        #[serde(crate = "idhooks_core::__private::serde")]
        $(#[$meta])*
        #[non_exhaustive]
        $vis struct $name {
            $(
                $(#[$field_meta])*
                #[serde(rename = $member, skip_serializing_if = "idhooks_core::Lenient::is_absent")]
                $field_vis $field: $crate::Lenient<$type>,
            )*
        }

        impl<'de> $crate::__private::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__private::serde::Deserializer<'de>>(input: D) -> ::std::result::Result<Self, D::Error> {
                let mut object = Self { $($field: ::std::default::Default::default(),)* };
                let size = ::std::mem::size_of::<Self>();
                $crate::__private::read_object(input, size, &[$($member),*], &mut [$(&mut object.$field),*])?;
                ::std::result::Result::Ok(object)
            }
        }
    };
}

/// For [`object!`](crate::object) alone: a field.
pub trait Member {
    /// Takes the member's value.
    ///
    /// # Errors
    /// When there is no room left to keep it.
    fn read(&mut self, raw: &RawValue) -> Result<(), DecodeError>;
}

impl<T: DeserializeOwned> Member for Lenient<T> {
    fn read(&mut self, raw: &RawValue) -> Result<(), DecodeError> {
        if raw.get() == "null" {
            return Ok(());
        }
        let left = Allowance::left();
        let read = Nested::enter().map(|_nested| unquoted::<T, _>(&mut serde_json::Deserializer::from_str(raw.get())));
        *self = match read {
            Some(Ok(value)) => Self::from(value),
            failed => {
                drop(failed);
                Allowance::restore(left);
                Self::keep(raw)?
            }
        };
        Ok(())
    }
}

/// For [`object!`](crate::object) alone: fills the fields of an object that takes `size` bytes, from its members of
/// the same places in `names`.
///
/// # Errors
/// When the input is no object, has a member twice, or is out of proportion to its body.
pub fn read_object<'de, D: Deserializer<'de>>(
    input: D,
    size: usize,
    names: &[&'static str],
    fields: &mut [&mut dyn Member],
) -> Result<(), D::Error> {
    if !Allowance::take(size) {
        return Err(D::Error::custom("a body out of proportion"));
    }
    let raw = <&RawValue>::deserialize(input)?;
    fill(names, fields, raw.get()).map_err(hand_out)
}

/// The one reader all objects share.
fn fill(names: &[&'static str], fields: &mut [&mut dyn Member], text: &str) -> Result<(), DecodeError> {
    if !text.starts_with('{') {
        return Err(DecodeError::at(String::new(), Kind::WrongType));
    }
    let mut repeated = None;
    // Taken apart first and read then: `serde_json` holds a byte for each bracket that is open, for as long as it reads.
    let known = serde_json::Deserializer::from_str(text).deserialize_map(Known { names, repeated: &mut repeated });
    let known = known.map_err(|_| match repeated {
        Some(name) => DecodeError::at(name.to_owned(), Kind::Repeated),
        None => DecodeError::not_json(0, 0),
    })?;
    for Found { at, name, raw } in known {
        if let Some(field) = fields.get_mut(at) {
            field.read(raw).map_err(|error| error.inside(name))?;
        }
    }
    Ok(())
}

/// Finds the members that have a field.
struct Known<'n> {
    names: &'n [&'static str],
    repeated: &'n mut Option<&'static str>,
}

struct Found<'de> {
    at: usize,
    name: &'static str,
    raw: &'de RawValue,
}

impl<'de> Visitor<'de> for Known<'_> {
    type Value = Vec<Found<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found: Self::Value = Vec::new();
        while let Some(Name(member)) = map.next_key()? {
            // Members mostly come in the order of the fields, so it looks behind the last one first.
            let last = found.last().map_or(0, |last| last.at);
            let names = self.names.iter().enumerate();
            let known = names.clone().skip(last).chain(names.take(last)).find(|(_, name)| **name == member);
            let Some((at, name)) = known else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if found.iter().any(|before| before.at == at) {
                *self.repeated = Some(name);
                return Err(A::Error::duplicate_field(name));
            }
            found.push(Found { at, name, raw: map.next_value()? });
        }
        Ok(found)
    }
}
