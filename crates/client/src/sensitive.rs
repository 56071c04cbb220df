//! Secrets as header values.

use http::HeaderValue;

/// Makes a header value that `Debug` hides. Returns `None` if the text cannot be sent in a header.
///
/// Only ASCII, because servers disagree about every other byte.
pub(crate) fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok().filter(|_| text.is_ascii())?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_ascii_and_hides_it() {
        assert_eq!(format!("{:?}", sensitive("Bearer CANARY")), "Some(Sensitive)");
        for text in ["a\u{1477}", "é", "a\nb", "a\0", "a\u{7f}"] {
            assert_eq!(sensitive(text), None, "{text:?}");
        }
    }
}
