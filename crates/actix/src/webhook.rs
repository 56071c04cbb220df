//! The extractor.

use std::{fmt, future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError, dev::Payload, web::Data};
use idhooks_core::Verify;
use idhooks_tower::{Receiver, Rejection};

use crate::convert;

/// A delivery, authenticated by the verifier `V` in the application's data.
///
/// Only authenticated deliveries reach a handler that takes it. A [`Receiver`] in the application's data sets limits and hooks.
///
/// ```
/// use actix_web::{App, web};
/// use idhooks_actix::Webhook;
/// use idhooks_capa as capa;
///
/// async fn hook(Webhook(delivery): Webhook<capa::Verifier>) -> &'static str {
///     println!("{}", delivery.dedup_key());
///     ""
/// }
///
/// # fn build() -> Result<(), Box<dyn std::error::Error>> {
/// let verifier = web::Data::new(capa::Verifier::from_env()?);
/// let app = App::new().app_data(verifier).route("/hooks/capa", web::post().to(hook));
/// # Ok(())
/// # }
/// ```
#[allow(clippy::exhaustive_structs, reason = "taken apart in a handler's arguments")]
pub struct Webhook<V: Verify>(pub V::Delivery);

impl<V: Verify + 'static> FromRequest for Webhook<V> {
    type Error = Rejected;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Rejected>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let verifier = request.app_data::<Data<V>>().cloned();
        let receiver = request.app_data::<Data<Receiver>>().cloned();
        let request = convert::request(request, payload.take());
        Box::pin(async move {
            let verifier = verifier.ok_or(Rejected(None))?;
            let delivery = match receiver {
                Some(receiver) => receiver.receive(request, &**verifier).await,
                None => Receiver::shared().receive(request, &**verifier).await,
            };
            delivery.map(Self).map_err(|rejection| Rejected(Some(rejection)))
        })
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

/// The error of [`Webhook`]: a [`Rejection`], or a verifier that is missing in the application's data (500).
#[derive(Debug)]
pub struct Rejected(Option<Rejection>);

impl Rejected {
    /// Returns the reason; `None` if `web::Data<V>` is missing in the application's data.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        self.0.as_ref()
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(rejection) => rejection.fmt(f),
            None => f.write_str("the verifier is missing: add it with `.app_data(web::Data::new(verifier))`"),
        }
    }
}

impl ResponseError for Rejected {
    fn error_response(&self) -> HttpResponse {
        match &self.0 {
            Some(rejection) => convert::response(&rejection.response::<()>()),
            None => HttpResponse::InternalServerError().finish(),
        }
    }
}
