//! From a request to a delivery.

use std::{fmt, future::poll_fn, pin::pin, sync::Arc, task::Poll, time::Duration};

use axum_core::{body::Body, extract::Request};
use http::{HeaderMap, Method, header};
use idhooks_core::{Delivery, Verify, VerifyError, WebhookEvent};
use tokio::time::timeout;

use crate::{Rejection, body::read, budget::Budget};

/// Takes a request in with the default limits. See [`Receiver`] for others.
///
/// For one verifier a route, [`Webhook`](crate::Webhook) is shorter; for several tenants or
/// endpoints, choose the verifier in the handler and call this.
///
/// # Errors
/// The [`Rejection`] to answer with.
///
/// ```
/// use std::{collections::HashMap, sync::Arc};
/// use axum::extract::{Path, Request, State};
/// use http::StatusCode;
/// use idhooks_axum::{Rejection, receive};
/// use idhooks_caf as caf;
///
/// type Tenants = Arc<HashMap<String, caf::Verifier>>;
///
/// async fn hook(
///     State(tenants): State<Tenants>,
///     Path(tenant): Path<String>,
///     request: Request,
/// ) -> Result<StatusCode, Rejection> {
///     // As bare as any refusal: nobody learns who is a tenant.
///     let Some(verifier) = tenants.get(&tenant) else { return Ok(StatusCode::UNAUTHORIZED) };
///     let delivery = receive(request, verifier).await?;
///     println!("{} for {tenant}", delivery.dedup_key());
///     Ok(StatusCode::OK)
/// }
/// ```
pub async fn receive<V: Verify>(request: Request, verifier: &V) -> Result<V::Delivery, Rejection> {
    shared().receive(request, verifier).await
}

/// One for the process: the memory for bodies of unknown senders is bounded over all routes.
pub(crate) fn shared() -> &'static Receiver {
    static DEFAULT: std::sync::LazyLock<Receiver> = std::sync::LazyLock::new(Receiver::new);
    &DEFAULT
}

/// Told the vendor and the reason of a refusal.
type Hook = dyn Fn(&'static str, &Rejection) + Send + Sync;

/// How requests are taken in: limits, and who is told of refusals.
///
/// The defaults: the vendor's own size limit (1 MiB, 2 MiB for Case Keeper), ten seconds to read a
/// body and ten for a check that asks somebody else, 64 MiB for all bodies of senders not known yet. Clones share that memory.
///
/// Give it to [`Webhook`](crate::Webhook) as an extension: `.layer(axum::Extension(receiver))`.
///
/// ```
/// use std::time::Duration;
/// use idhooks_axum::Receiver;
///
/// let receiver = Receiver::new()
///     .max_body(64 * 1024)
///     .read_deadline(Duration::from_secs(3))
///     .on_refused(|vendor, rejection| eprintln!("refused {vendor}: {}", rejection.as_str()));
/// # let _ = receiver;
/// ```
#[derive(Clone)]
pub struct Receiver {
    max_body: Option<usize>,
    read_deadline: Duration,
    verify_deadline: Duration,
    budget: Budget,
    on_refused: Option<Arc<Hook>>,
}

impl Receiver {
    /// With the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self {
            max_body: None,
            read_deadline: Duration::from_secs(10),
            verify_deadline: Duration::from_secs(10),
            budget: Budget::new(64 * 1024 * 1024),
            on_refused: None,
        }
    }

    /// Largest body, in bytes, whatever the vendor.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> Self {
        self.max_body = Some(bytes);
        self
    }

    /// Time for the whole body to arrive.
    #[must_use]
    pub fn read_deadline(mut self, deadline: Duration) -> Self {
        self.read_deadline = deadline;
        self
    }

    /// Time for a check that asks somebody else, such as a bearer token's; when it is over, the
    /// sender is asked to come again.
    #[must_use]
    pub fn verify_deadline(mut self, deadline: Duration) -> Self {
        self.verify_deadline = deadline;
        self
    }

    /// Memory for all bodies of senders that are not known yet, in bytes; when it is used up, large
    /// ones are answered 503. Bodies up to 16 KiB are always read and not counted.
    #[must_use]
    pub fn max_memory(mut self, bytes: usize) -> Self {
        self.budget = Budget::new(bytes);
        self
    }

    /// Called with the vendor and the reason of every refusal, to count and log them. Both are safe
    /// to print.
    #[must_use]
    pub fn on_refused(mut self, hook: impl Fn(&'static str, &Rejection) + Send + Sync + 'static) -> Self {
        self.on_refused = Some(Arc::new(hook));
        self
    }

    /// Takes a request in: checks its form, reads the body under the limits, and has it verified.
    ///
    /// # Errors
    /// The [`Rejection`] to answer with; the hook has been told of it.
    pub async fn receive<V: Verify>(&self, request: Request, verifier: &V) -> Result<V::Delivery, Rejection> {
        let taken = self.take(request, verifier).await;
        if let Err(rejection) = &taken {
            self.tell::<V>(rejection);
        }
        taken
    }

    /// Tells the hook of a refusal.
    pub(crate) fn tell<V: Verify>(&self, rejection: &Rejection) {
        if let Some(hook) = &self.on_refused {
            hook(<V::Delivery as Delivery>::Event::VENDOR, rejection);
        }
    }

    async fn take<V: Verify>(&self, request: Request, verifier: &V) -> Result<V::Delivery, Rejection> {
        let (head, body): (_, Body) = request.into_parts();
        if head.method != Method::POST {
            return Err(Rejection::Method);
        }
        check_encoding(&head.headers)?;
        check_content_type(&head.headers, V::CONTENT_TYPE)?;
        // Held until the sender is known: a bearer check may take its time over any number of bodies.
        let mut share = self.budget.share();
        let read = read(body, self.max_body.unwrap_or(V::MAX_BODY), &mut share);
        let body = within(self.read_deadline, read).await.ok_or(Rejection::Deadline)??;
        let verified = within(self.verify_deadline, verifier.verify_request(&head, body)).await;
        let delivery = verified.unwrap_or(Err(VerifyError::Unavailable)).map_err(Rejection::VerifyError)?;
        delivery.admit().map_err(Rejection::Unreadable)?;
        Ok(delivery)
    }
}

/// What `work` comes to, or `None` after `deadline`. The timer is set only if it is not done at once: a small body is
/// there with its head, and a signature asks nobody.
async fn within<W: Future>(deadline: Duration, work: W) -> Option<W::Output> {
    let mut work = pin!(work);
    match poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await {
        Poll::Ready(done) => Some(done),
        Poll::Pending => timeout(deadline, work).await.ok(),
    }
}

fn check_encoding(headers: &HeaderMap) -> Result<(), Rejection> {
    let plain = |value: &http::HeaderValue| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"identity");
    let all_plain = headers.get_all(header::CONTENT_ENCODING).iter().all(plain);
    if all_plain { Ok(()) } else { Err(Rejection::ContentEncoding) }
}

/// A request without a content type passes: some proxies drop it, and the signature decides anyway.
fn check_content_type(headers: &HeaderMap, documented: Option<&str>) -> Result<(), Rejection> {
    let Some(documented) = documented else { return Ok(()) };
    let fits = |value: &http::HeaderValue| {
        let media = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        media.trim_ascii().eq_ignore_ascii_case(documented.as_bytes())
    };
    if headers.get_all(header::CONTENT_TYPE).iter().all(fits) { Ok(()) } else { Err(Rejection::ContentType) }
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
            .field("read_deadline", &self.read_deadline)
            .field("verify_deadline", &self.verify_deadline)
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}
