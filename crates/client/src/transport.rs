//! Sends one request.

use std::{error, fmt, sync::Arc, time::Duration};

use bytes::Bytes;

use crate::chain::Chain;

/// The limits of one attempt.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// The time of the whole attempt, connecting and reading included.
    pub timeout: Duration,
    /// The largest response body, in bytes.
    pub max_body: usize,
}

impl Limits {
    /// Sets both limits.
    #[must_use]
    pub fn new(timeout: Duration, max_body: usize) -> Self {
        Self { timeout, max_body }
    }
}

/// Sends one request. Implement it for another HTTP stack, a fake in tests, or metrics around another transport.
///
/// It sends once: it does not retry, follow redirects or decompress. The request has an absolute URI. Its
/// `Authorization` and key headers are marked sensitive: keep them out of logs.
///
/// ```
/// use idhooks_client::{Bytes, TransportErrorKind, Limits, Transport, TransportError, async_trait, http::{Request, Response}};
///
/// struct Canned(&'static str);
///
/// #[async_trait]
/// impl Transport for Canned {
///     async fn send(&self, _: http::Request<Bytes>, limits: Limits) -> Result<http::Response<Bytes>, TransportError> {
///         if self.0.len() > limits.max_body {
///             return Err(TransportErrorKind::TooLarge.into());
///         }
///         Ok(http::Response::new(Bytes::from_static(self.0.as_bytes())))
///     }
/// }
/// ```
#[async_trait::async_trait]
pub trait Transport: Send + Sync + 'static {
    /// Sends `request` once and reads the whole response, under any status, within `limits`.
    ///
    /// # Errors
    /// When no complete response arrives. [`TransportErrorKind::Connect`] promises that nothing was sent.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

#[async_trait::async_trait]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        (**self).send(request, limits).await
    }
}

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection. Nothing was sent, so a retry is always safe.
    Connect,
    /// No complete response in time. The call may have taken effect.
    Timeout,
    /// The connection broke before the response was complete. The call may have taken effect.
    Interrupted,
    /// The response is larger than the limit.
    TooLarge,
}

/// Why no complete response arrived.
#[derive(Clone)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
}

impl TransportError {
    /// Makes an error with a source, which must not quote the request: no URL, no header.
    #[must_use]
    pub fn new(kind: TransportErrorKind, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self { kind, source: Some(Arc::from(source.into())) }
    }

    /// Returns how the attempt failed.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl From<TransportErrorKind> for TransportError {
    fn from(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TransportErrorKind::Connect => "no connection",
            TransportErrorKind::Timeout => "timeout",
            TransportErrorKind::Interrupted => "connection closed before the response was complete",
            TransportErrorKind::TooLarge => "response larger than the limit",
        })
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError").field("kind", &self.kind).field("source", &Chain::of(self)).finish()
    }
}

impl error::Error for TransportError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
