//! The checks: the only places where a delivery becomes [`Verified`](crate::Verified) or a
//! [`Unverified`](crate::Unverified).

mod bearer;
mod hmac;
mod shared;
#[cfg(test)]
mod tests;
mod unauthenticated;

pub use bearer::{BearerCheck, BearerVerifier, CheckUnavailable};
pub use hmac::{Hmac, HmacSigned, SignsJsonText};
pub use shared::{PresentsCredential, SharedCredential};
pub use unauthenticated::Unauthenticated;

use std::fmt;

use bytes::Bytes;
use http::{HeaderName, request::Parts};

use crate::{Delivery, VerifyError, WebhookEvent};

/// Checks one request: the trait that glue (a web framework, a queue consumer) is written against.
///
/// With a verifier in hand you do not need it: each one has an inherent `verify(&headers, body)`.
pub trait Verify: Send + Sync {
    /// [`Verified`](crate::Verified) or [`Unverified`](crate::Unverified).
    type Delivery: Delivery;

    /// Largest body worth buffering, in bytes.
    const MAX_BODY: usize;

    /// Checks the request's head and its whole body, byte for byte as it came.
    ///
    /// Not called `verify`, so that it never gets in the way of the inherent method.
    fn verify_request(
        &self,
        head: &Parts,
        body: Bytes,
    ) -> impl Future<Output = Result<Self::Delivery, VerifyError>> + Send;

    /// Returns the name of the endpoint that the request was sent to, for logs and metrics.
    fn endpoint_name(&self, head: &Parts) -> Option<String> {
        let _ = head;
        None
    }

    /// Returns where the verifier looks for the proof of the sender, for logs.
    fn expected(&self, head: &Parts) -> Vec<Expected> {
        let _ = head;
        Vec::new()
    }
}

/// An event whose deliveries can be authenticated. A [`Verified`](crate::Verified) delivery of any other event cannot exist,
/// and a handler for one does not compile.
pub trait Verifiable: WebhookEvent {}

/// A place in a request where a verifier looks for the proof of the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// A header.
    Header(HeaderName),
    /// The last segment of the URL's path, which is a secret.
    Path,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header(name) => name.as_str(),
            Self::Path => "a secret in the path",
        })
    }
}

/// A verifier behind a reference or an `Arc` is as good as the verifier.
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<V: Verify + ?Sized> Verify for $pointer {
            type Delivery = V::Delivery;
            const MAX_BODY: usize = V::MAX_BODY;

            fn verify_request(&self, head: &Parts, body: Bytes) -> impl Future<Output = Result<Self::Delivery, VerifyError>> + Send {
                (**self).verify_request(head, body)
            }

            fn endpoint_name(&self, head: &Parts) -> Option<String> {
                (**self).endpoint_name(head)
            }

            fn expected(&self, head: &Parts) -> Vec<Expected> {
                (**self).expected(head)
            }
        }
    )*};
}

forward!(&V, std::sync::Arc<V>);
