//! Keys and passwords that are sent as they are.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

use crate::BuildError;

/// A key or password that is sent to the vendor. `Debug` hides it. Dropping the last clone wipes it from memory.
#[derive(Clone)]
pub struct SecretText(Arc<Zeroizing<String>>);

impl SecretText {
    /// Takes the secret as the vendor shows it. `what` names it in the error ("API key").
    ///
    /// # Errors
    /// When it is empty or has leading or trailing whitespace, as text read from a file often has.
    pub fn new(what: &'static str, text: &str) -> Result<Self, BuildError> {
        if text.trim().is_empty() {
            return Err(BuildError::invalid(what, "is empty"));
        }
        if text.trim() != text || text.starts_with('\u{feff}') {
            return Err(BuildError::invalid(what, "has leading or trailing whitespace"));
        }
        Ok(Self(Arc::new(Zeroizing::new(text.to_owned()))))
    }

    /// Returns the text. Take care where it goes next.
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
    fn row_01_rejects_unusable_keys() {
        for (text, why) in [
            ("", "the API key is empty"),
            ("  ", "the API key is empty"),
            ("key\n", "the API key has leading or trailing whitespace"),
            ("\u{feff}key", "the API key has leading or trailing whitespace"),
        ] {
            assert_eq!(SecretText::new("API key", text).unwrap_err().to_string(), why, "{text:?}");
        }
    }

    #[test]
    fn row_49_hides_itself() {
        assert_eq!(format!("{:?}", SecretText::new("API key", "CANARY").unwrap()), "SecretText");
    }
}
