//! From a request to a delivery.

use std::{
    fmt,
    future::poll_fn,
    net::SocketAddr,
    pin::pin,
    sync::{Arc, LazyLock},
    task::Poll,
    time::Duration,
};

use bytes::Bytes;
use http::{Extensions, HeaderMap, Method, Request, header, request::Parts};
use http_body::Body;
use idhooks_core::{Delivery, Verify, VerifyError};
use tokio::time::timeout;

use crate::{Captures, Refusal, Rejection, body::read, budget::Budget, observe};

/// The codings that a compressed body may have (the IANA registry). A receiver cannot know what else a sender means by
/// the header: some name a charset there.
const CODINGS: [&str; 12] = [
    "aes128gcm",
    "br",
    "compress",
    "dcb",
    "dcz",
    "deflate",
    "exi",
    "gzip",
    "pack200-gzip",
    "x-compress",
    "x-gzip",
    "zstd",
];

/// Receives one delivery with the default limits. See [`Receiver`] for others.
///
/// ```
/// use http::Request;
/// use http_body::Body;
/// use idhooks_caf as caf;
/// use idhooks_tower::{Rejection, receive};
///
/// async fn hook<B: Body + Send>(request: Request<B>, verifier: &caf::Verifier) -> Result<(), Rejection> {
///     let delivery = receive(request, verifier).await?;
///     println!("{}", delivery.dedup_key());
///     Ok(())
/// }
/// ```
///
/// # Errors
/// The [`Rejection`] to respond with.
pub async fn receive<V: Verify, B: Body>(request: Request<B>, verifier: &V) -> Result<V::Delivery, Rejection> {
    Receiver::shared().receive(request, verifier).await
}

type Hook = dyn Fn(&Refusal<'_>) + Send + Sync;
type PeerOf = fn(&Extensions) -> Option<SocketAddr>;

/// The limits of a receiver, and who learns about rejected requests.
///
/// Clones share the memory for bodies of unknown senders.
///
/// ```
/// use std::time::Duration;
/// use idhooks_tower::Receiver;
///
/// let receiver = Receiver::new()
///     .max_body(64 * 1024)
///     .read_timeout(Duration::from_secs(3))
///     .on_rejected(|refusal| eprintln!("{refusal}"));
/// # let _ = receiver;
/// ```
#[derive(Clone)]
pub struct Receiver {
    max_body: Option<usize>,
    read_timeout: Duration,
    verify_timeout: Duration,
    budget: Budget,
    peer_of: PeerOf,
    on_rejected: Option<Arc<Hook>>,
    captures: Option<Captures>,
}

impl Receiver {
    /// Creates a receiver with the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            max_body: None,
            read_timeout: Duration::from_secs(10),
            verify_timeout: Duration::from_secs(10),
            budget: Budget::new(64 * 1024 * 1024),
            peer_of: |extensions| extensions.get().copied(),
            on_rejected: None,
            captures: None,
        }
    }

    /// Returns the receiver of this process with the defaults: it bounds the memory for bodies over all routes.
    #[doc(hidden)]
    #[must_use]
    pub fn shared() -> &'static Self {
        static DEFAULT: LazyLock<Receiver> = LazyLock::new(Receiver::new);
        &DEFAULT
    }

    /// Sets the largest body in bytes. Defaults to the vendor's own limit: 1 MiB, 2 MiB for Case Keeper, 4 MiB for
    /// Autentique.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Sets how long the whole body may take to arrive. Defaults to 10 seconds.
    #[must_use]
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = timeout;
        self
    }

    /// Sets how long a check may take that asks another server, such as a bearer token's. Then the response is 503.
    /// Defaults to 10 seconds.
    #[must_use]
    pub fn verify_timeout(mut self, timeout: Duration) -> Self {
        self.verify_timeout = timeout;
        self
    }

    /// Sets the memory in bytes for all bodies whose senders are not known yet. When it is used up, the response to a large
    /// body is 503. Bodies up to 16 KiB do not count. Defaults to 64 MiB.
    #[must_use]
    pub fn max_memory(mut self, bytes: usize) -> Self {
        self.budget = Budget::new(bytes);
        self
    }

    /// Sets how to find the client's address in the extensions of a request. Defaults to an extension of the type
    /// [`SocketAddr`]. With axum:
    ///
    /// ```
    /// use std::net::SocketAddr;
    /// use axum::extract::ConnectInfo;
    /// use idhooks_tower::Receiver;
    ///
    /// // And `axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())`.
    /// let receiver = Receiver::new().peer_from(|extensions| Some(extensions.get::<ConnectInfo<SocketAddr>>()?.0));
    /// # let _ = receiver;
    /// ```
    #[must_use]
    pub fn peer_from(mut self, peer: fn(&Extensions) -> Option<SocketAddr>) -> Self {
        self.peer_of = peer;
        self
    }

    /// Sets a hook that is called with each rejected request. The features `tracing` and `metrics` log and count
    /// rejections without it.
    #[must_use]
    pub fn on_rejected(mut self, hook: impl Fn(&Refusal<'_>) + Send + Sync + 'static) -> Self {
        self.on_rejected = Some(Arc::new(hook));
        self
    }

    /// Keeps the most recent rejected requests for inspection. Defaults to none.
    #[must_use]
    pub fn capture(mut self, captures: Captures) -> Self {
        self.captures = Some(captures);
        self
    }

    /// Receives one delivery: checks the form of the request, reads the body within the limits, and verifies it.
    ///
    /// # Errors
    /// The [`Rejection`] to respond with.
    pub async fn receive<V: Verify, B: Body>(
        &self,
        request: Request<B>,
        verifier: &V,
    ) -> Result<V::Delivery, Rejection> {
        let (head, body) = request.into_parts();
        self.receive_parts(&head, body, verifier).await
    }

    pub(crate) async fn receive_parts<V: Verify, B: Body>(
        &self,
        head: &Parts,
        body: B,
        verifier: &V,
    ) -> Result<V::Delivery, Rejection> {
        let mut bytes = None;
        let received = self.verify(head, body, verifier, &mut bytes).await;
        if let Err(rejection) = &received {
            self.report(verifier, rejection, head, bytes.as_ref());
        }
        received
    }

    /// Logs and counts a rejection, and calls the hook.
    pub(crate) fn report<V: Verify>(&self, verifier: &V, rejection: &Rejection, head: &Parts, body: Option<&Bytes>) {
        let refusal = Refusal::new(verifier, rejection, head, body, (self.peer_of)(&head.extensions));
        observe::rejected(&refusal);
        if let Some(captures) = &self.captures {
            captures.add(&refusal);
        }
        if let Some(hook) = &self.on_rejected {
            hook(&refusal);
        }
    }

    async fn verify<V: Verify, B: Body>(
        &self,
        head: &Parts,
        body: B,
        verifier: &V,
        bytes: &mut Option<Bytes>,
    ) -> Result<V::Delivery, Rejection> {
        if head.method != Method::POST {
            return Err(Rejection::Method);
        }
        if is_compressed(&head.headers) {
            return Err(Rejection::ContentEncoding);
        }
        // Held until the sender is known: a bearer check may take its time over any number of bodies.
        let mut share = self.budget.share();
        let read = read(body, self.max_body.unwrap_or(V::MAX_BODY), &mut share);
        let body = within(self.read_timeout, read).await.ok_or(Rejection::Timeout)??;
        *bytes = Some(body.clone());
        let verified = within(self.verify_timeout, verifier.verify_request(head, body)).await;
        let delivery = verified.unwrap_or(Err(VerifyError::Unavailable)).map_err(Rejection::VerifyError)?;
        delivery.admit().map_err(Rejection::Undecodable)?;
        Ok(delivery)
    }
}

/// Returns the output of `work`, or `None` after `limit`. Sets the timer only if the work is not done at once: a small
/// body arrives with its head, and a signature needs no other server.
async fn within<W: Future>(limit: Duration, work: W) -> Option<W::Output> {
    let mut work = pin!(work);
    match poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        Poll::Ready(done) => Some(done),
        Poll::Pending => timeout(limit, work).await.ok(),
    }
}

fn is_compressed(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut codings = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    codings.any(|coding| CODINGS.iter().any(|known| coding.trim_ascii().eq_ignore_ascii_case(known.as_bytes())))
}

impl Default for Receiver {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("max_body", &self.max_body)
            .field("read_timeout", &self.read_timeout)
            .field("verify_timeout", &self.verify_timeout)
            .field("budget", &self.budget)
            .field("captures", &self.captures)
            .finish_non_exhaustive()
    }
}
