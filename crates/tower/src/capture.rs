//! Rejected requests, kept for an operator who asks for them.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use bytes::Bytes;
use http::{HeaderMap, Method};
use idhooks_core::Pii;

use crate::Refusal;

/// The largest body that a capture holds, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// The most recent rejected requests with headers and bodies, to find out why a genuine delivery is rejected.
///
/// Off by default, because the requests hold credentials and personal data, also of unauthenticated senders.
/// Clones share the requests. Bodies above 64 KiB are left out.
///
/// ```
/// use idhooks_tower::{Captures, Receiver};
///
/// let captures = Captures::new(16);
/// let receiver = Receiver::new().capture(captures.clone());
/// // Later, on a page for operators:
/// for request in captures.take() {
///     println!("{} {}", request.vendor, request.reason);
/// }
/// # let _ = receiver;
/// ```
#[derive(Clone)]
pub struct Captures {
    limit: usize,
    requests: Arc<Mutex<VecDeque<CapturedRequest>>>,
}

/// A rejected request. `Debug` hides headers, URL and body.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CapturedRequest {
    /// When the receiver rejected it.
    pub at: SystemTime,
    /// The vendor whose delivery it claims to be.
    pub vendor: &'static str,
    /// The name of the verifier's endpoint.
    pub endpoint: Option<Box<str>>,
    /// The reason, as [`Rejection::as_str`](crate::Rejection::as_str).
    pub reason: &'static str,
    /// The method.
    pub method: Method,
    /// The path and the query.
    pub uri: Pii<String>,
    /// The headers.
    pub headers: Pii<HeaderMap>,
    /// The body; `None` if the receiver had not read it, or it was too large to keep.
    pub body: Option<Pii<Bytes>>,
}

impl Captures {
    /// Keeps up to `limit` requests. A further one replaces the oldest.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, requests: Arc::default() }
    }

    /// Returns the requests, the oldest first, and forgets them.
    #[must_use]
    pub fn take(&self) -> Vec<CapturedRequest> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    pub(crate) fn add(&self, refusal: &Refusal<'_>) {
        let head = refusal.head();
        let body = refusal.body().filter(|body| body.len() <= MAX_BODY);
        let request = CapturedRequest {
            at: SystemTime::now(),
            vendor: refusal.vendor(),
            endpoint: refusal.endpoint().map(Box::from),
            reason: refusal.rejection().as_str(),
            method: head.method.clone(),
            uri: Pii::from(head.uri.to_string()),
            headers: Pii::from(head.headers.clone()),
            // A copy of its own, so that it holds no larger buffer.
            body: body.map(|body| Pii::from(Bytes::copy_from_slice(body))),
        };
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.push_back(request);
        while requests.len() > self.limit {
            requests.pop_front();
        }
    }
}

impl fmt::Debug for Captures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Captures").field("limit", &self.limit).finish_non_exhaustive()
    }
}
