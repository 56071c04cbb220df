//! A look at single members of an object, for facts that must not depend on the rest.

use std::{borrow::Cow, fmt};

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Returns the raw members of the object `body` under `names`; `None` for one that is absent. If one of
/// them is there twice, none is to be relied on, and all are `None`; so they are if the body is no
/// JSON object.
#[must_use]
pub fn members<'a, const N: usize>(body: &'a [u8], names: [&str; N]) -> [Option<&'a RawValue>; N] {
    std::str::from_utf8(body).ok().and_then(|text| scan(text, names)).unwrap_or([None; N])
}

/// Returns the same inside a member that was found.
#[must_use]
pub fn members_of<'a, const N: usize>(outer: Option<&'a RawValue>, names: [&str; N]) -> [Option<&'a RawValue>; N] {
    outer.and_then(|raw| members_once(raw, names)).unwrap_or([None; N])
}

/// Returns the same, telling an object without the members (each `None`) from something that is no object
/// or has one of them twice (`None` for all).
#[must_use]
pub fn members_once<'a, const N: usize>(outer: &'a RawValue, names: [&str; N]) -> Option<[Option<&'a RawValue>; N]> {
    scan(outer.get(), names)
}

/// Returns the string of a member that was found; `None` if it is not a JSON string.
#[must_use]
pub fn text<'a>(member: Option<&'a RawValue>) -> Option<Cow<'a, str>> {
    let json = member?.get();
    // Without an escape the text is what stands between the quotes.
    if let Some(inner) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'))
        && !inner.contains('\\')
    {
        return Some(Cow::Borrowed(inner));
    }
    let Name(text) = serde_json::from_str(json).ok()?;
    Some(text)
}

fn scan<'a, const N: usize>(text: &'a str, names: [&str; N]) -> Option<[Option<&'a RawValue>; N]> {
    let mut input = serde_json::Deserializer::from_str(text);
    let found = input.deserialize_map(Members(names)).ok()?;
    input.end().ok()?;
    Some(found)
}

struct Members<'n, const N: usize>([&'n str; N]);

impl<'de, const N: usize> Visitor<'de> for Members<'_, N> {
    type Value = [Option<&'de RawValue>; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = [None; N];
        while let Some(Name(name)) = map.next_key()? {
            match self.0.iter().zip(&mut found).find(|(wanted, _)| **wanted == name) {
                Some((_, Some(_))) => return Err(A::Error::custom("a member is there twice")),
                Some((_, slot)) => *slot = Some(map.next_value()?),
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// A JSON string, borrowed where it holds no escapes.
pub(crate) struct Name<'de>(pub(crate) Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Text;
        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        input.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn got(body: &str) -> [Option<&str>; 2] {
        members(body.as_bytes(), ["a", "b"]).map(|raw| raw.map(RawValue::get))
    }

    #[test]
    fn finds_members_or_none() {
        assert_eq!(got(r#"{"b":[1, 2],"c":{},"a":"x"}"#), [Some(r#""x""#), Some("[1, 2]")]);
        assert_eq!(got(r#"{"\u0061":1}"#), [Some("1"), None], "an escaped name is the same name");
        assert_eq!(got(r#"{"a":1,"a":2,"b":3}"#), [None, None], "row 22: twice is not at all");
        for none in ["", "[]", "\"a\"", "{\"a\":1", "{\"a\":1}x", "nul", "\u{feff}{}"] {
            assert_eq!(got(none), [None, None], "{none}");
        }
        assert_eq!(members(b"\xff{}", ["a"]).map(|raw| raw.is_some()), [false]);
    }

    #[test]
    fn reads_text_only() {
        let read = |json: &str| {
            let raw: Box<RawValue> = serde_json::from_str(json).unwrap();
            text(Some(&raw)).map(Cow::into_owned)
        };
        assert_eq!(read(r#""a\u00e9""#).as_deref(), Some("aé"));
        assert_eq!(read("1"), None);
        assert_eq!(read(r#""\ud800""#), None, "row 24: a lone surrogate is no text");
        assert_eq!(text(None), None);
    }
}
