//! The extractor.

use std::fmt;

use axum_core::extract::{FromRef, FromRequest, Request};
use idhooks_core::Verify;
use idhooks_tower::{Receiver, Rejection, receive};

/// A delivery, authenticated by the verifier `V` from the router's state.
///
/// Only authenticated deliveries reach a handler that takes it; the response to others is the [`Rejection`]. A [`Receiver`] in
/// the extensions sets limits and hooks: `.layer(axum::Extension(receiver))`.
///
/// ```
/// use axum::{Router, routing::post};
/// use http::StatusCode;
/// use idhooks_axum::Webhook;
/// use idhooks_capa as capa;
///
/// async fn hook(Webhook(delivery): Webhook<capa::Verifier>) -> StatusCode {
///     match delivery.decode() {
///         Ok(capa::Event::Transaction(transaction)) => println!("{}", transaction.event),
///         Ok(_) => {}
///         Err(error) => eprintln!("stored for later: {error}"),
///     }
///     StatusCode::OK
/// }
///
/// # fn build() -> Result<Router, Box<dyn std::error::Error>> {
/// let app = Router::new().route("/hooks/capa", post(hook)).with_state(capa::Verifier::from_env()?);
/// # Ok(app)
/// # }
/// ```
#[allow(clippy::exhaustive_structs, reason = "taken apart in a handler's arguments")]
pub struct Webhook<V: Verify>(pub V::Delivery);

impl<S, V> FromRequest<S> for Webhook<V>
where
    S: Send + Sync,
    V: Verify + FromRef<S> + 'static,
{
    type Rejection = Rejection;

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let verifier = V::from_ref(state);
        let delivery = match request.extensions().get::<Receiver>().cloned() {
            Some(receiver) => receiver.receive(request, &verifier).await?,
            None => receive(request, &verifier).await?,
        };
        Ok(Self(delivery))
    }
}

impl<V: Verify> fmt::Debug for Webhook<V>
where
    V::Delivery: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Webhook").field(&self.0).finish()
    }
}
