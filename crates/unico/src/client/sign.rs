//! What signs an assertion.

use std::{error, fmt};

use idhooks_client::async_trait;

/// Signs with the private key of a service account: RS256, that is RSASSA-PKCS1-v1_5 with SHA-256.
///
/// `RsaKey` (feature `aws-lc-rs`, part of `client-rustls`) does it with a key in memory. Write your own where the key
/// is to stay in a vault or a hardware module:
///
/// ```
/// use idhooks_unico::{Sign, SignError, http_client::async_trait};
///
/// struct Vault;
///
/// #[async_trait]
/// impl Sign for Vault {
///     async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
///         // Hand `message`, or its SHA-256, to the vault.
///         # let _ = message;
///         Err(SignError::new("the key vault did not answer"))
///     }
/// }
/// ```
#[async_trait]
pub trait Sign: Send + Sync + 'static {
    /// The signature of `message`, as many bytes as the key's modulus has.
    ///
    /// # Errors
    /// When it cannot be made. The error is shown in logs, so it says nothing secret.
    async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// A signature could not be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignError(&'static str);

impl SignError {
    /// Makes an error with that reason for the log. It is a constant, so it cannot hold a secret.
    #[must_use]
    pub fn new(why: &'static str) -> Self {
        Self(why)
    }

    /// Returns the reason.
    #[must_use]
    pub fn why(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl error::Error for SignError {}
