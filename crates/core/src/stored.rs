//! A door besides the checks, as `testing` is one: for a store that reads back what it kept.
//!
//! Hidden, and behind the feature `__stored`, because whoever can call it can call anything verified.
//! The crate `idhooks-inbox` is its one caller; the security page of the guide names it.

use std::sync::Arc;

use bytes::Bytes;

use crate::{AuthMethod, Authentication, Delivery, Unverified, Verifiable, Verified, WebhookEvent};

/// What a store keeps of a delivery.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "taken apart and put together by the store")]
pub struct Stored {
    /// The bytes as they came.
    pub body: Bytes,
    /// The kind of proof it came with.
    pub method: AuthMethod,
    /// Place of the secret that fitted.
    pub secret_index: Option<usize>,
    /// Name of the secret that fitted.
    pub label: Option<Arc<str>>,
    /// The verifier's endpoint.
    pub endpoint: Option<Arc<str>>,
}

/// A delivery that can be kept and read back.
pub trait Restore: Delivery {
    /// The delivery as it was, or `None` if what was kept cannot have been one of this kind.
    fn restore(stored: Stored) -> Option<Self>;
}

impl<E: Verifiable> Restore for Verified<E> {
    fn restore(stored: Stored) -> Option<Self> {
        if stored.method == AuthMethod::Nothing {
            return None;
        }
        let Stored { body, method, secret_index, label, endpoint } = stored;
        Some(Self::new(body, Authentication::restored(method, secret_index, label), endpoint))
    }
}

impl<E: WebhookEvent> Restore for Unverified<E> {
    fn restore(stored: Stored) -> Option<Self> {
        let Stored { body, method, secret_index, label, endpoint } = stored;
        Some(Self::new(body, Authentication::restored(method, secret_index, label), endpoint))
    }
}

/// Returns the kind of proof of that name, as [`AuthMethod::as_str`] gives it.
#[must_use]
pub fn method(name: &str) -> Option<AuthMethod> {
    AuthMethod::ALL.into_iter().find(|method| method.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proof_has_a_name_of_its_own() {
        for known in AuthMethod::ALL {
            assert_eq!(method(known.as_str()), Some(known));
        }
        assert_eq!(method("a proof of tomorrow"), None);
    }
}
