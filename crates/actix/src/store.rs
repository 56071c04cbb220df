//! Verify, store, respond.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use idhooks_core::Verify;
use idhooks_tower::InboxService;

use crate::convert;

/// Stores each delivery in the inbox of the [`InboxService`] in the application's data, and responds with 200 once it is on
/// disk.
///
/// ```
/// use actix_web::{App, web};
/// use idhooks_actix::{InboxService, store};
/// use idhooks_capa as capa;
/// use idhooks_inbox::Inbox;
///
/// # async fn build() -> Result<(), Box<dyn std::error::Error>> {
/// let inbox = Inbox::open("sqlite:inbox.db").await?;
/// let service = web::Data::new(InboxService::new(inbox, capa::Verifier::from_env()?));
/// let app = App::new().app_data(service).route("/hooks/capa", web::to(store::<capa::Verifier>));
/// # Ok(())
/// # }
/// ```
pub async fn store<V: Verify + 'static>(
    service: Data<InboxService<V>>,
    request: HttpRequest,
    payload: Payload,
) -> HttpResponse {
    convert::response(&service.handle(convert::request(&request, payload.into_inner())).await)
}
