//! Verified, kept, answered.

use std::{
    convert::Infallible,
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Instant,
};

use axum_core::{
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use idhooks_core::{Delivery, Verify, WebhookEvent};
use idhooks_inbox::{Inbox, observe};
use tower_service::Service;

use crate::{Receiver, Rejection, receiver::shared};

/// Takes the deliveries of one verifier in and keeps them in an [`Inbox`]: "200" means "on disk".
///
/// It is a service, so it is given to a route as it is. What is new, a duplicate, or in conflict with what is there is
/// answered 200; what is refused by its [`Rejection`]; and what could not be kept 503 with `Retry-After`.
///
/// ```
/// use axum::Router;
/// use idhooks_axum::Intake;
/// use idhooks_capa as capa;
/// use idhooks_inbox::Inbox;
///
/// # async fn build() -> Result<Router, Box<dyn std::error::Error>> {
/// let inbox = Inbox::open("sqlite:inbox.db").await?;
/// let app = Router::new().route_service("/hooks/capa", Intake::new(inbox, capa::Verifier::from_env()?));
/// # Ok(app)
/// # }
/// ```
#[must_use = "give it to a route"]
pub struct Intake<V> {
    inbox: Inbox,
    verifier: Arc<V>,
    receiver: Receiver,
}

impl<V: Verify + 'static> Intake<V> {
    /// Keeps what `verifier` lets pass in `inbox`. A worker of this process is then told at its start if it has no
    /// handler for it.
    pub fn new(inbox: Inbox, verifier: V) -> Self {
        inbox.register_source::<V::Delivery>();
        Self { inbox, verifier: Arc::new(verifier), receiver: shared().clone() }
    }

    /// With limits, deadlines and a refusal hook of your own.
    pub fn receiver(mut self, receiver: Receiver) -> Self {
        self.receiver = receiver;
        self
    }

    /// Takes one request in, for a handler that does more than this.
    pub async fn take(&self, request: Request) -> Response {
        let started = Instant::now();
        let vendor = <V::Delivery as Delivery>::Event::VENDOR;
        match self.keep(request).await {
            Ok(()) => {
                observe::acknowledged(vendor, started.elapsed());
                Response::new(Body::empty())
            }
            Err(rejection) => {
                observe::refused(vendor, rejection.as_str());
                rejection.into_response()
            }
        }
    }

    async fn keep(&self, request: Request) -> Result<(), Rejection> {
        let delivery = self.receiver.receive(request, &*self.verifier).await?;
        let kept = self.inbox.accept(&delivery).await;
        kept.map(drop).map_err(|_| {
            self.receiver.tell::<V>(&Rejection::NotKept);
            Rejection::NotKept
        })
    }
}

impl<V: Verify + 'static> Service<Request> for Intake<V> {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let intake = self.clone();
        Box::pin(async move { Ok(intake.take(request).await) })
    }
}

impl<V> Clone for Intake<V> {
    fn clone(&self) -> Self {
        Self { inbox: self.inbox.clone(), verifier: Arc::clone(&self.verifier), receiver: self.receiver.clone() }
    }
}

impl<V: Verify> fmt::Debug for Intake<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intake")
            .field("vendor", &<V::Delivery as Delivery>::Event::VENDOR)
            .field("inbox", &self.inbox)
            .field("receiver", &self.receiver)
            .finish()
    }
}
