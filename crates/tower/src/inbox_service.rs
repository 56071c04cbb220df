//! Verify, store, respond.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Empty;
use idhooks_core::{Delivery, Verify, WebhookEvent};
use idhooks_inbox::Inbox;
use tower_service::Service;

use crate::{Receiver, Rejection, observe};

/// Receives the deliveries of one verifier and stores them in an [`Inbox`]: 200 means on disk.
///
/// It is a tower service for `http::Request` with a body of any type. The response has no body. It is 200 for a new
/// delivery, for a duplicate, and for a conflict with a stored one. It is the status of the [`Rejection`] for a rejected
/// request, and 503 with `Retry-After` if the inbox could not store the delivery.
///
/// ```
/// use axum::Router;
/// use idhooks_capa as capa;
/// use idhooks_inbox::Inbox;
/// use idhooks_tower::InboxService;
///
/// # async fn build() -> Result<Router, Box<dyn std::error::Error>> {
/// let inbox = Inbox::open("sqlite:inbox.db").await?;
/// let app = Router::new().route_service("/hooks/capa", InboxService::new(inbox, capa::Verifier::from_env()?));
/// # Ok(app)
/// # }
/// ```
#[must_use = "a service does nothing until a server calls it"]
pub struct InboxService<V> {
    inbox: Inbox,
    verifier: Arc<V>,
    receiver: Receiver,
}

impl<V: Verify + 'static> InboxService<V> {
    /// Creates a service that stores in `inbox` the deliveries that `verifier` accepts. A worker of this process then does
    /// not start without a handler for them.
    pub fn new(inbox: Inbox, verifier: V) -> Self {
        inbox.register_source::<V::Delivery>();
        Self { inbox, verifier: Arc::new(verifier), receiver: Receiver::shared().clone() }
    }

    /// Sets limits, timeouts and hooks. Defaults to those of [`Receiver::new`].
    pub fn receiver(mut self, receiver: Receiver) -> Self {
        self.receiver = receiver;
        self
    }

    /// Handles one request, for a handler of your own that does more.
    ///
    /// ```
    /// use http::{Request, Response};
    /// use http_body_util::Full;
    /// use idhooks_capa as capa;
    /// use idhooks_tower::InboxService;
    ///
    /// async fn hook(service: &InboxService<capa::Verifier>, request: Request<Full<&'static [u8]>>) -> u16 {
    ///     service.handle(request).await.status().as_u16()
    /// }
    /// ```
    pub async fn handle<B: Body>(&self, request: Request<B>) -> Response<Empty<Bytes>> {
        let started = Instant::now();
        match self.store(request).await {
            Ok(()) => {
                observe::acknowledged(<V::Delivery as Delivery>::Event::VENDOR, started.elapsed());
                Response::new(Empty::new())
            }
            Err(rejection) => rejection.response(),
        }
    }

    async fn store<B: Body>(&self, request: Request<B>) -> Result<(), Rejection> {
        let (head, body) = request.into_parts();
        let delivery = self.receiver.receive_parts(&head, body, &*self.verifier).await?;
        if self.inbox.accept(&delivery).await.is_err() {
            let rejection = Rejection::NotStored;
            self.receiver.report(&*self.verifier, &rejection, &head, Some(delivery.body()));
            return Err(rejection);
        }
        Ok(())
    }
}

impl<V, B> Service<Request<B>> for InboxService<V>
where
    V: Verify + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Send,
{
    type Response = Response<Empty<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.handle(request).await) })
    }
}

impl<V> Clone for InboxService<V> {
    fn clone(&self) -> Self {
        Self { inbox: self.inbox.clone(), verifier: Arc::clone(&self.verifier), receiver: self.receiver.clone() }
    }
}

impl<V: Verify> fmt::Debug for InboxService<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InboxService")
            .field("vendor", &<V::Delivery as Delivery>::Event::VENDOR)
            .field("inbox", &self.inbox)
            .field("receiver", &self.receiver)
            .finish()
    }
}
