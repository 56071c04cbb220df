//! JSON as a [`Value`], where that loses nothing.

use idhooks_core::{
    Decimal,
    json::{tokens, unescape},
};
use serde_json::{Number, Value};

/// Reads `text` into a [`Value`], if a `Value` can hold what it says. `None` if it is no JSON, if a
/// number would come out as another one, or if a member is there twice, of which only the last would
/// stay.
///
/// Blanks, the order of members and the spelling of numbers and text (`1.10`, `1e2`, `\u0061`) say
/// nothing and are not kept.
pub(super) fn exact(text: &str) -> Option<Value> {
    let value = serde_json::from_str(text).ok()?;
    let mut named = 0;
    for token in tokens(text) {
        match token.bytes().next()? {
            b':' => named += 1,
            b'-' | b'0'..=b'9' if !is_exact(token) => return None,
            // `serde_json` takes an object with such a member for something else.
            b'"' if unescape(token)?.starts_with("$serde_json::private::") => return None,
            _ => {}
        }
    }
    (named == members(&value)).then_some(value)
}

fn is_exact(number: &str) -> bool {
    let Ok(read) = number.parse::<Number>() else { return false };
    match (number.parse::<Decimal>(), read.to_string().parse::<Decimal>()) {
        (Ok(sent), Ok(read)) => sent == read,
        _ => false,
    }
}

/// How many there are, at any depth.
fn members(value: &Value) -> usize {
    match value {
        Value::Object(object) => object.values().map(|inner| 1 + members(inner)).sum(),
        Value::Array(items) => items.iter().map(members).sum(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_value_can_hold() {
        for text in [
            "null",
            r#" {"b" : [1, -2.50, 1e2, -0], "a":{"b":{}}} "#,
            "[9007199254740993, 18446744073709551615, -9223372036854775808, 0.1]",
            r#"["a:b", "1234567890123456789012345678901234567890", "\u0061\":"]"#,
        ] {
            assert_eq!(exact(text), serde_json::from_str(text).ok(), "{text}");
            assert!(exact(text).is_some(), "{text}");
        }
    }

    #[test]
    fn refuses_what_would_be_lost() {
        for text in [
            "",
            "{",
            r#"{"a":1,"a":1}"#,
            r#"[{"a":{"b":1,"\u0062":2}}]"#,
            r#"{"$serde_json::private::RawValue":"{\"a\":1}"}"#,
            r#"{"\u0024serde_json::private::Number":"1"}"#,
        ] {
            assert_eq!(exact(text), None, "{text}");
        }
    }

    /// Row 23. A user's program may switch on `arbitrary_precision`, and then every number is held.
    #[test]
    fn no_number_changes_its_value() {
        for text in
            ["1234567890123456789012345678901234567890", "18446744073709551616", "0.12345678901234567890", "1e-400"]
        {
            let read = exact(text).map(|value| value.to_string().parse::<Decimal>());
            assert!(read.is_none_or(|read| read == text.parse()), "{text}");
        }
    }
}
