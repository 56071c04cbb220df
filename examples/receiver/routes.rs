//! One route per vendor: verify, store, respond.

use std::{sync::Arc, time::Instant};

use axum::{
    Router, extract::Request, http::StatusCode, response::IntoResponse as _, response::Response, routing::post,
};
use idhooks::{
    Delivery, Verify, WebhookEvent,
    axum::{Receiver, Rejection},
    inbox::Inbox,
};

use crate::{
    confirm,
    demo::NOTE,
    print::Line,
    vendors::{Setup, Vendors},
};

pub(crate) fn router(vendors: &Vendors, inbox: &Inbox) -> Router {
    let receiver = Receiver::new();
    let mut router = Router::new();
    router = serve(router, &receiver, &vendors.caf, inbox);
    router = serve(router, &receiver, &vendors.unico, inbox);
    router = serve(router, &receiver, &vendors.autentique, inbox);
    router = serve(router, &receiver, &vendors.case_keeper, inbox);
    serve(router, &receiver, &vendors.capa, inbox)
}

/// Case Keeper's secret may be the last part of the path, so each vendor has two routes.
fn serve<V>(router: Router, receiver: &Receiver, verifier: &Setup<V>, inbox: &Inbox) -> Router
where
    V: Verify + Clone + 'static,
{
    let Ok(verifier) = verifier else { return router };
    inbox.register_source::<V::Delivery>();
    let hook = Hook { receiver: receiver.clone(), verifier: verifier.clone(), inbox: inbox.clone() };
    let hook = Arc::new(hook);
    let handler = post(move |request: Request| {
        let hook = Arc::clone(&hook);
        async move { hook.handle(request).await }
    });
    let vendor = <V::Delivery as Delivery>::Event::VENDOR;
    router.route(&format!("/hooks/{vendor}"), handler.clone()).route(&format!("/hooks/{vendor}/{{secret}}"), handler)
}

/// Does the same as `idhooks::axum::InboxService`, and prints a line.
struct Hook<V> {
    receiver: Receiver,
    verifier: V,
    inbox: Inbox,
}

impl<V: Verify> Hook<V> {
    async fn handle(&self, request: Request) -> Response {
        let note = request.headers().get(NOTE).and_then(|note| note.to_str().ok()).unwrap_or_default().to_owned();
        let started = Instant::now();
        let delivery = match self.receiver.receive(request, &self.verifier).await {
            Ok(delivery) => delivery,
            Err(rejection) => return reject::<V>(&rejection, started, &note),
        };
        // 200 only once it is on disk; also for a duplicate, and if it cannot be decoded.
        let accepted = match self.inbox.accept(&delivery).await {
            Ok(accepted) => accepted,
            Err(error) => return reject::<V>(&Rejection::NotStored, started, &error.to_string()),
        };
        let taken = started.elapsed();

        let envelope = delivery.envelope();
        let unreadable = delivery.decode().err().map(|error| format!("stored, though {error}"));
        Line {
            verdict: if V::Delivery::IS_VERIFIED { "verified" } else { "unverified" },
            vendor: <V::Delivery as Delivery>::Event::VENDOR,
            event: envelope.event_name().unwrap_or("-"),
            subject: &confirm::shown::<V::Delivery>(envelope.subject_id()),
            entry: &format!("{} {}", accepted.id(), accepted.as_str()),
            key: &delivery.dedup_key().to_string(),
            taken,
            note: unreadable.as_deref().unwrap_or(&note),
        }
        .print();
        StatusCode::OK.into_response()
    }
}

fn reject<V: Verify>(rejection: &Rejection, started: Instant, note: &str) -> Response {
    Line {
        verdict: "rejected",
        vendor: <V::Delivery as Delivery>::Event::VENDOR,
        event: rejection.as_str(),
        subject: "-",
        entry: "-",
        key: "-",
        taken: started.elapsed(),
        note,
    }
    .print();
    rejection.clone().into_response()
}
