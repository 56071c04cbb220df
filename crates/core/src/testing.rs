//! Deliveries for unit tests of your own handlers.

use bytes::Bytes;

use crate::{Evidence, Hint, Proof, Verified, WebhookEvent};

/// A verified delivery of `body`, without a check. Feature `testing`, for tests alone: switch it on
/// under `[dev-dependencies]` only.
pub fn verified<E: WebhookEvent>(body: impl Into<Bytes>) -> Verified<E> {
    Verified::new(body.into(), Evidence::unplaced(Proof::Signature), None)
}

/// A hint of `body`.
pub fn hint<E: WebhookEvent>(body: impl Into<Bytes>) -> Hint<E> {
    Hint::new(body.into(), Evidence::unplaced(Proof::Nothing), None)
}
