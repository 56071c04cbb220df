//! What is known about who sent a delivery.

use std::sync::Arc;

/// What a check found: the kind of proof and which of the accepted secrets fitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    proof: Proof,
    place: Option<usize>,
    label: Option<Arc<str>>,
}

/// The kind of proof a delivery came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Proof {
    /// An HMAC-SHA256 signature of the very bytes of the body.
    Signature,
    /// An HMAC-SHA256 signature of the body written again as `JSON.stringify` would; accepted only
    /// where the verifier was told to.
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

impl Proof {
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

    /// A short constant name, fit for a metric's label and a database.
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

    /// Whether the body itself is covered, not only the sender's right to call.
    #[must_use]
    pub fn covers_body(self) -> bool {
        matches!(self, Self::Signature | Self::ReserializedSignature)
    }
}

impl Evidence {
    pub(crate) fn new(proof: Proof, place: usize, label: Option<&Arc<str>>) -> Self {
        Self { proof, place: Some(place), label: label.cloned() }
    }

    #[cfg(feature = "__stored")]
    pub(crate) fn restored(proof: Proof, place: Option<usize>, label: Option<Arc<str>>) -> Self {
        Self { proof, place, label }
    }

    pub(crate) fn unplaced(proof: Proof) -> Self {
        Self { proof, place: None, label: None }
    }

    /// The kind of proof.
    #[must_use]
    pub fn proof(&self) -> Proof {
        self.proof
    }

    /// Place of the secret or credential that fitted, from 0, in the order the verifier got them.
    /// `None` where nothing of that kind was checked.
    #[must_use]
    pub fn secret(&self) -> Option<usize> {
        self.place
    }

    /// The name it was given with [`Secret::named`](crate::Secret::named) or
    /// [`Credential::named`](crate::Credential::named).
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
}
