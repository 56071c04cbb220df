//! Deliveries for unit tests of your own handlers.

use bytes::Bytes;

use crate::{AuthMethod, Authentication, Unverified, Verified, WebhookEvent};

/// Returns a verified delivery of `body` without a check. Enable the feature `testing` under `[dev-dependencies]` only.
pub fn verified<E: WebhookEvent>(body: impl Into<Bytes>) -> Verified<E> {
    Verified::new(body.into(), Authentication::without_secret(AuthMethod::Signature), None)
}

/// Returns an unverified delivery of `body`.
pub fn unverified<E: WebhookEvent>(body: impl Into<Bytes>) -> Unverified<E> {
    Unverified::new(body.into(), Authentication::without_secret(AuthMethod::Nothing), None)
}
