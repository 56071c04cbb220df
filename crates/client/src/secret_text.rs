//! Keys and passwords that are sent as they are.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use crate::BuildError;

/// A key or password that is sent to the vendor. `Debug` hides it, and it is wiped when the last
/// clone is dropped.
#[derive(Clone)]
pub struct SecretText(Arc<Zeroizing<String>>);

impl SecretText {
    /// Takes it as the vendor's panel shows it. `what` names it in the error ("API key").
    ///
    /// # Errors
    /// When it is empty or has a blank or line end at one of its ends, as text read from a file has.
    pub fn new(what: &'static str, text: &str) -> Result<Self, BuildError> {
        if text.trim().is_empty() {
            return Err(BuildError::unusable(what, "is empty"));
        }
        if text.trim() != text || text.starts_with('\u{feff}') {
            return Err(BuildError::unusable(what, "has a blank or a line end at one of its ends"));
        }
        Ok(Self(Arc::new(Zeroizing::new(text.to_owned()))))
    }

    /// The text. Look at where it goes next.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_01_unusable_keys_are_refused_when_given() {
        for (text, why) in [
            ("", "the API key is empty"),
            ("  ", "the API key is empty"),
            ("key\n", "the API key has a blank or a line end at one of its ends"),
            ("\u{feff}key", "the API key has a blank or a line end at one of its ends"),
        ] {
            assert_eq!(SecretText::new("API key", text).unwrap_err().to_string(), why, "{text:?}");
        }
    }

    #[test]
    fn row_49_hides_itself() {
        assert_eq!(format!("{:?}", SecretText::new("API key", "CANARY").unwrap()), "SecretText");
    }
}
