//! A door besides the checks, as `testing` is one: for a store that reads back what it kept.
//!
//! Hidden, and behind the feature `__stored`, because whoever can call it can call anything verified.
//! The crate `idhooks-inbox` is its one caller; the security page of the guide names it.

use std::sync::Arc;

use bytes::Bytes;

use crate::{Delivery, Evidence, Hint, Proof, Verified, WebhookEvent};

/// What a store keeps of a delivery.
#[derive(Clone, Debug)]
#[allow(clippy::exhaustive_structs, reason = "taken apart and put together by the store")]
pub struct Stored {
    /// The bytes as they came.
    pub body: Bytes,
    /// The kind of proof it came with.
    pub proof: Proof,
    /// Place of the secret that fitted.
    pub secret: Option<usize>,
    /// Name of the secret that fitted.
    pub label: Option<Arc<str>>,
    /// The verifier's endpoint.
    pub endpoint: Option<Arc<str>>,
}

/// A delivery that can be kept and read back.
pub trait Restore: Delivery {
    /// The delivery as it was, or `None` if what was kept can not have been one of this kind.
    fn restore(stored: Stored) -> Option<Self>;
}

impl<E: WebhookEvent> Restore for Verified<E> {
    fn restore(stored: Stored) -> Option<Self> {
        if stored.proof == Proof::Nothing {
            return None;
        }
        let Stored { body, proof, secret, label, endpoint } = stored;
        Some(Self::new(body, Evidence::restored(proof, secret, label), endpoint))
    }
}

impl<E: WebhookEvent> Restore for Hint<E> {
    fn restore(stored: Stored) -> Option<Self> {
        let Stored { body, proof, secret, label, endpoint } = stored;
        Some(Self::new(body, Evidence::restored(proof, secret, label), endpoint))
    }
}

/// The kind of proof of that name, as [`Proof::as_str`] gives it.
#[must_use]
pub fn proof(name: &str) -> Option<Proof> {
    Proof::ALL.into_iter().find(|proof| proof.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_proof_has_a_name_of_its_own() {
        for known in Proof::ALL {
            assert_eq!(proof(known.as_str()), Some(known));
        }
        assert_eq!(proof("a proof of tomorrow"), None);
    }
}
