//! A walk over the members of a JSON object that is kept as text.

use std::borrow::Cow;

use idhooks_core::{DecodeError, RawJson, json};
use serde_json::value::RawValue;

/// The members of an object, one at a time and without a map: a million short keys would take many
/// times the memory of their text.
#[derive(Clone)]
pub(crate) struct RawMembers<'a> {
    rest: &'a str,
    before: char,
}

impl<'a> RawMembers<'a> {
    /// Empty for anything but an object.
    pub(crate) fn of(object: &'a RawJson) -> Self {
        Self { rest: object.get(), before: '{' }
    }

    fn token(&mut self) -> Option<&'a RawValue> {
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<&RawValue>();
        let token = values.next()?.ok()?;
        self.rest = self.rest.get(values.byte_offset()..)?;
        Some(token)
    }

    fn skip(&mut self, mark: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(mark)?;
        Some(())
    }
}

impl<'a> Iterator for RawMembers<'a> {
    type Item = (Cow<'a, str>, &'a RawValue);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            self.skip(self.before)?;
            self.before = ',';
            let name = self.token()?;
            self.skip(':')?;
            let value = self.token()?;
            // No caller can ask for a name that is not valid text (half of a surrogate pair).
            if let Some(name) = json::text(Some(name)) {
                return Some((name, value));
            }
        }
    }
}

/// The value, if it `fits`.
pub(super) fn raw_that(fits: impl FnOnce(&RawJson) -> bool, raw: RawJson) -> Result<RawJson, DecodeError> {
    if fits(&raw) { Ok(raw) } else { Err(DecodeError::new("", "is of another type than documented")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(json: &str) -> Vec<(String, String)> {
        let raw: RawJson = serde_json::from_str(json).unwrap();
        RawMembers::of(&raw).map(|(name, value)| (name.into_owned(), value.get().to_owned())).collect()
    }

    #[test]
    fn finds_every_member_in_order() {
        let found = walk("{ \"a\" : true,\n\"b\\u0063,:}\":[1,{\"x\":\"}\"}] , \"a\":-1.50,\"\":null\t}");
        let wanted = [("a", "true"), ("bc,:}", "[1,{\"x\":\"}\"}]"), ("a", "-1.50"), ("", "null")];
        assert_eq!(found, wanted.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn passes_over_names_that_are_no_text() {
        assert_eq!(walk(r#"{"\ud800":1,"b":2}"#), [("b".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn anything_else_has_no_members() {
        for json in ["{}", "{ }", "[]", "[\"a\",1]", "null", "7", "\"{\""] {
            assert_eq!(walk(json), [], "{json}");
        }
    }
}
