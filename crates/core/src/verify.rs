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

use bytes::Bytes;
use http::request::Parts;

use crate::{Delivery, VerifyError};

/// Checks one request: the trait that glue (a web framework, a queue consumer) is written against.
///
/// With a verifier in hand you do not need it: each one has an inherent `verify(&headers, body)`.
pub trait Verify: Send + Sync {
    /// [`Verified`](crate::Verified) or [`Unverified`](crate::Unverified).
    type Delivery: Delivery;

    /// Largest body worth buffering, in bytes.
    const MAX_BODY: usize;

    /// The media type the vendor documents, or `None` where it documents none.
    const CONTENT_TYPE: Option<&'static str>;

    /// Checks the request's head and its whole body, byte for byte as it came.
    ///
    /// Not called `verify`, so that it never gets in the way of the inherent method.
    fn verify_request(
        &self,
        head: &Parts,
        body: Bytes,
    ) -> impl Future<Output = Result<Self::Delivery, VerifyError>> + Send;
}

/// A verifier behind a reference or an `Arc` is as good as the verifier.
macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<V: Verify + ?Sized> Verify for $pointer {
            type Delivery = V::Delivery;
            const MAX_BODY: usize = V::MAX_BODY;
            const CONTENT_TYPE: Option<&'static str> = V::CONTENT_TYPE;

            fn verify_request(&self, head: &Parts, body: Bytes) -> impl Future<Output = Result<Self::Delivery, VerifyError>> + Send {
                (**self).verify_request(head, body)
            }
        }
    )*};
}

forward!(&V, std::sync::Arc<V>);
