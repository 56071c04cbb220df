//! JSON without whitespace.

use idhooks::core::json::tokens;
use serde::de::IgnoredAny;

/// Removes the whitespace between the tokens of `body`, and changes nothing else. `None` if it is not JSON.
pub(crate) fn compact(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let IgnoredAny = serde_json::from_str(text).ok()?;
    Some(tokens(text).filter(|token| !token.starts_with(|c: char| c.is_ascii_whitespace())).collect())
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn removes_whitespace_only() {
        let pretty = "{ \"a b\" : [1.0, 2e3 ,\n\t\"\\u00e9 \\\" \" ] }\r\n";
        assert_eq!(compact(pretty.as_bytes()).as_deref(), Some(r#"{"a b":[1.0,2e3,"\u00e9 \" "]}"#));
        assert_eq!(compact(b"{ not json"), None);
    }
}
