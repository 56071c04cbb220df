//! How one request gets to the vendor.

use std::{error, fmt, sync::Arc, time::Duration};

use bytes::Bytes;

/// What one attempt may cost.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// For the whole attempt, connecting and reading included.
    pub timeout: Duration,
    /// Bytes of the answer's body, after which reading stops.
    pub max_body: usize,
}

impl Limits {
    /// Both limits.
    #[must_use]
    pub fn new(timeout: Duration, max_body: usize) -> Self {
        Self { timeout, max_body }
    }
}

/// Sends one request. Implement it for a stack of your own, a fake in tests, or metrics around
/// another transport.
///
/// It sends once: no repetition and no redirect. The request has an absolute URI. Its
/// `Authorization` and key headers are marked sensitive; keep them out of logs.
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
    /// Sends `request` once and reads the whole answer, whatever its status, within `limits`.
    ///
    /// # Errors
    /// When no whole answer came. [`TransportErrorKind::Connect`] promises that nothing was sent.
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
    /// No connection: nothing was sent, so it is always safe to try again.
    Connect,
    /// No answer in time. The vendor may have carried it out.
    Timeout,
    /// The connection broke before the answer was there. The vendor may have carried it out.
    Interrupted,
    /// The answer was larger than allowed.
    TooLarge,
}

/// No whole answer came, and why.
#[derive(Clone)]
pub struct TransportError {
    failure: TransportErrorKind,
    cause: Option<Arc<dyn error::Error + Send + Sync>>,
}

impl TransportError {
    /// With the cause, which becomes `source()`. It must not quote the request: no URL, no header.
    #[must_use]
    pub fn new(failure: TransportErrorKind, cause: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self { failure, cause: Some(Arc::from(cause.into())) }
    }

    /// How it failed.
    #[must_use]
    pub fn kind(&self) -> TransportErrorKind {
        self.failure
    }
}

impl From<TransportErrorKind> for TransportError {
    fn from(failure: TransportErrorKind) -> Self {
        Self { failure, cause: None }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.failure {
            TransportErrorKind::Connect => "no connection could be made",
            TransportErrorKind::Timeout => "no answer came in time",
            TransportErrorKind::Interrupted => "the connection broke before the answer was there",
            TransportErrorKind::TooLarge => "the answer is larger than allowed",
        })
    }
}

impl fmt::Debug for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError").field("failure", &self.failure).field("cause", &self.cause).finish()
    }
}

impl error::Error for TransportError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
