//! Ids. All are UUIDs in the samples, and text to us.

use std::fmt;

use idhooks_core::{Escaped, IgnoreCase, text_id};

/// The vendor's id of a verification, a UUID in the samples. Two that differ only in case are equal.
///
/// Whoever has it can act on it: it stands in the link the end user opens, and a sub-module of the
/// vendor answers for it without authentication (observed in public code, 2024-04). So `Debug`
/// shows its beginning only, enough to find it in a log, and there is no `Display`;
/// [`VerificationId::as_str`] gives all of it.
///
/// ```
/// use idhooks_case_keeper::VerificationId;
///
/// let id = VerificationId::from("01234567-89ab-cdef-0123-456789abcdef");
/// assert_eq!(format!("{id:?}"), "VerificationId(01234567…)");
/// assert_eq!(id.as_str(), "01234567-89ab-cdef-0123-456789abcdef");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VerificationId(IgnoreCase);

/// How much of a verification id is shown: the first group of a UUID.
const SHOWN: usize = 8;

impl VerificationId {
    /// Returns the text, exactly as sent. Look at where it goes next.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for VerificationId {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl AsRef<str> for VerificationId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for VerificationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never more than half, should ids become short.
        let shown: String = self.0.chars().take(SHOWN.min(self.0.len() / 2)).collect();
        write!(f, "VerificationId({}…)", Escaped(&shown))
    }
}

idhooks_core::impl_text!(VerificationId);

text_id! {
    /// The vendor's id of one attempt at one check (observed in public code, 2024-03 and 2024-04).
    pub struct ResultId ignoring case;
}

text_id! {
    /// The vendor's id of the user who owns a verification
    /// ([documented](https://case-keeper-core.readme.io/docs)).
    pub struct UserId ignoring case;
}

text_id! {
    /// The vendor's id of an event record; deliveries were not seen to carry it.
    pub struct EventId ignoring case;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_beginning_only() {
        for (id, shown) in [
            ("01234567-89ab-cdef-0123-456789abcdef", "VerificationId(01234567…)"),
            ("short", "VerificationId(sh…)"),
            ("", "VerificationId(…)"),
            ("a\u{202e}\n56789abcdefgh", "VerificationId(a\\u{202e}\\u{a}56789…)"),
            ("ทดสอบทดสอบ", "VerificationId(ทดสอบทดส…)"),
        ] {
            assert_eq!(format!("{:?}", VerificationId::from(id)), shown);
        }
    }
}
