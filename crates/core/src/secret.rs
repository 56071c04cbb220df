//! Secrets: what a signature is made with.

use std::{fmt, sync::Arc};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::{SecretError, hex};

/// What some editors put in front of a text file, and no panel into a secret.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A shorter password or API key is a slip of the hand, not a secret.
const MIN_TEXT: usize = 3;

/// A shorter HMAC key can be found by trying. The vendors generate longer ones, or let the user choose.
const MIN_HMAC_KEY: usize = 8;

/// A secret shared with a vendor, ready to check and make HMAC-SHA256 signatures.
///
/// The text is not kept, only the keyed state, which is wiped when the last clone is dropped.
/// `Debug` shows the label at most.
///
/// ```
/// use idhooks_core::{Secret, SecretError};
///
/// let secret = Secret::new("s3cret-text")?;
/// assert_eq!(Secret::new(" ").err(), Some(SecretError::Empty));
/// assert_eq!(Secret::new("s3cret-text\n").err(), Some(SecretError::Padded));
/// # let _ = secret;
/// # Ok::<(), SecretError>(())
/// ```
#[derive(Clone)]
pub struct Secret {
    keyed: Hmac<Sha256>,
    label: Option<Arc<str>>,
}

impl Secret {
    /// Takes the secret as the vendor's panel shows it: its bytes are the key, never decoded from
    /// hex or base64.
    ///
    /// # Errors
    /// [`SecretError::Empty`], [`SecretError::Padded`] or [`SecretError::TooShort`] (fewer than 8 bytes). HMAC itself
    /// takes an empty key and would then accept a forged body. Trailing whitespace is most often the newline of the file
    /// that held the secret.
    pub fn new(text: impl AsRef<[u8]>) -> Result<Self, SecretError> {
        let text = text.as_ref();
        check_text(text)?;
        if text.len() < MIN_HMAC_KEY {
            return Err(SecretError::TooShort);
        }
        // HMAC takes keys of any length, so the error cannot happen; it is passed on all the same.
        let keyed = Hmac::new_from_slice(text).map_err(|_| SecretError::Empty)?;
        Ok(Self { keyed, label: None })
    }

    /// Gives the secret a name that [`Authentication`](crate::Authentication) reports when it matched, for
    /// example the vendor's endpoint it belongs to. The name is not secret and is shown in logs.
    #[must_use]
    pub fn with_label(mut self, label: &str) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Returns the HMAC-SHA256 of `body` as 64 lower-case hex digits.
    ///
    /// For tests of your own handler; a receiver never needs it.
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> String {
        let mut mac = self.keyed.clone();
        mac.update(body);
        hex::encode(&mac.finalize().into_bytes())
    }

    /// Whether `given` is the signature of `body`; compared in constant time and at full length.
    pub(crate) fn made(&self, given: &[u8; 32], body: &[u8]) -> bool {
        let mut mac = self.keyed.clone();
        mac.update(body);
        mac.verify_slice(given).is_ok()
    }

    pub(crate) fn label(&self) -> Option<&Arc<str>> {
        self.label.as_ref()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.label {
            Some(label) => write!(f, "Secret({label:?})"),
            None => f.write_str("Secret"),
        }
    }
}

/// The rules every secret text keeps, for HMAC keys, passwords and API keys alike.
pub(crate) fn check_text(text: &[u8]) -> Result<(), SecretError> {
    let trimmed = text.trim_ascii();
    if trimmed.is_empty() {
        Err(SecretError::Empty)
    } else if trimmed != text || text.starts_with(BYTE_ORDER_MARK) {
        Err(SecretError::Padded)
    } else if text.len() < MIN_TEXT {
        Err(SecretError::TooShort)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Row 1 of the hostile list.
    #[test]
    fn row_01_unusable_secrets_are_refused_when_built() {
        for (text, why) in [
            ("", SecretError::Empty),
            (" \t\n", SecretError::Empty),
            ("s3cret\n", SecretError::Padded),
            (" s3cret", SecretError::Padded),
            ("\u{feff}s3cret", SecretError::Padded),
            ("a", SecretError::TooShort),
            ("abc", SecretError::TooShort),
            ("seven77", SecretError::TooShort),
        ] {
            assert_eq!(Secret::new(text).err(), Some(why), "{text:?}");
        }
        assert!(Secret::new("eight888").is_ok());
        // A password or an API key may be shorter: some vendors' panels limit its length.
        assert_eq!(check_text(b"ab"), Err(SecretError::TooShort));
        assert_eq!(check_text(b"abc"), Ok(()));
    }

    // printf '{"event":"ping"}' | openssl dgst -sha256 -hmac 'old secret'
    #[test]
    fn signs_as_openssl_does() {
        let secret = Secret::new("old secret").unwrap();
        assert_eq!(
            secret.sign(br#"{"event":"ping"}"#),
            "ba5f182cca9022ffae45de34a709c66f93e132d64fb68afc634f4e1684f4bdec",
        );
    }

    // RFC 4231, test case 6: a key longer than one block.
    #[test]
    fn takes_keys_longer_than_a_block() {
        let secret = Secret::new([0xaa; 131]).unwrap();
        assert_eq!(
            secret.sign(b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        );
    }
}
