//! JSON text, token by token.

use std::borrow::Cow;

use super::Name;

/// Splits `text`, which must be JSON, into tokens: strings and numbers whole, everything else, whitespace included,
/// letter by letter.
#[doc(hidden)]
pub fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let len = match rest.bytes().next()? {
            b'"' => text_len(rest),
            b'-' | b'0'..=b'9' => {
                rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(rest.len())
            }
            _ => 1,
        };
        let (token, after) = rest.split_at_checked(len).unwrap_or((rest, ""));
        rest = after;
        Some(token)
    })
}

/// Length of the JSON string that `rest` begins with, quotes included.
fn text_len(rest: &str) -> usize {
    let mut escaped = true; // the opening quote closes nothing
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Returns the string that the token of a string stands for.
#[doc(hidden)]
#[must_use]
pub fn unescape(token: &str) -> Option<Cow<'_, str>> {
    let Name(text) = serde_json::from_str(token).ok()?;
    Some(text)
}
