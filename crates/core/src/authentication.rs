//! How the sender of a delivery was authenticated.

use std::sync::Arc;

/// How the sender was authenticated, and which of the accepted secrets matched.
///
/// ```
/// use idhooks_core::{Verified, WebhookEvent};
///
/// fn log<E: WebhookEvent>(delivery: &Verified<E>) {
///     let by = delivery.authentication();
///     println!("{:?}, secret {:?} ({:?})", by.method(), by.secret_index(), by.label());
///     if !by.method().covers_body() {
///         println!("the sender is authenticated, the body is not");
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    method: AuthMethod,
    secret_index: Option<usize>,
    label: Option<Arc<str>>,
}

/// How a delivery was authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthMethod {
    /// An HMAC-SHA256 signature of the raw body.
    Signature,
    /// An HMAC-SHA256 signature of the body as `JSON.stringify` writes it. Accepted only where the verifier was told
    /// to.
    ReserializedSignature,
    /// HTTP Basic. Says nothing about the body.
    Basic,
    /// A secret under a header. Says nothing about the body.
    ApiKey,
    /// A token that its issuer confirmed. Says nothing about the body.
    Bearer,
    /// A secret part of the URL's path. Says nothing about the body.
    Path,
    /// Nothing was checked: anyone could have sent it.
    Nothing,
}

impl AuthMethod {
    #[cfg(feature = "__stored")]
    pub(crate) const ALL: [Self; 7] = [
        Self::Signature,
        Self::ReserializedSignature,
        Self::Basic,
        Self::ApiKey,
        Self::Bearer,
        Self::Path,
        Self::Nothing,
    ];

    /// Returns a short constant name for metric labels and databases.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::ReserializedSignature => "reserialized_signature",
            Self::Basic => "basic",
            Self::ApiKey => "api_key",
            Self::Bearer => "bearer",
            Self::Path => "path",
            Self::Nothing => "nothing",
        }
    }

    /// Returns whether the body itself is authenticated, not only the sender.
    #[must_use]
    pub fn covers_body(self) -> bool {
        matches!(self, Self::Signature | Self::ReserializedSignature)
    }
}

impl Authentication {
    pub(crate) fn new(method: AuthMethod, secret_index: usize, label: Option<&Arc<str>>) -> Self {
        Self { method, secret_index: Some(secret_index), label: label.cloned() }
    }

    #[cfg(feature = "__stored")]
    pub(crate) fn restored(method: AuthMethod, secret_index: Option<usize>, label: Option<Arc<str>>) -> Self {
        Self { method, secret_index, label }
    }

    pub(crate) fn without_secret(method: AuthMethod) -> Self {
        Self { method, secret_index: None, label: None }
    }

    /// Returns the method of authentication.
    #[must_use]
    pub fn method(&self) -> AuthMethod {
        self.method
    }

    /// Returns the index of the secret or credential that matched, in the order the verifier got them. `None` where no
    /// secret was checked.
    #[must_use]
    pub fn secret_index(&self) -> Option<usize> {
        self.secret_index
    }

    /// Returns the label of the secret or credential that matched, set with
    /// [`Secret::with_label`](crate::Secret::with_label) or [`Credential::with_label`](crate::Credential::with_label).
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
}
