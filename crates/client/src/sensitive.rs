//! Secrets as header values.

use http::HeaderValue;

/// The value, hidden from `Debug`; `None` if it can not stand in a header.
///
/// In ASCII alone: `http` takes any byte from 0x80 on, which no token or key has and servers read each in their own way.
pub(crate) fn sensitive(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok().filter(|_| text.is_ascii())?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_ascii_that_can_stand_in_a_header_and_hides_it() {
        assert_eq!(format!("{:?}", sensitive("Bearer CANARY")), "Some(Sensitive)");
        for text in ["a\u{1477}", "é", "a\nb", "a\0", "a\u{7f}"] {
            assert_eq!(sensitive(text), None, "{text:?}");
        }
    }
}
