//! One route a vendor.

use std::{sync::Arc, time::Instant};

use axum::{
    Router, extract::Request, http::StatusCode, response::IntoResponse as _, response::Response, routing::post,
};
use idhooks::{
    Delivery as _, Verify, WebhookEvent,
    axum::{Receiver, Rejection},
};

use crate::{
    confirm,
    demo::NOTE,
    print::Line,
    vendors::{Setup, Vendors},
};

pub(crate) fn router(vendors: &Vendors) -> Router {
    let receiver = Receiver::new();
    let mut router = Router::new();
    router = serve(router, &receiver, &vendors.caf, |_| {});
    router = serve(router, &receiver, &vendors.unico, |_| {});
    router = serve(router, &receiver, &vendors.autentique, |_| {});
    router = serve(router, &receiver, &vendors.capa, |_| {});
    let client = vendors.case_keeper_client.clone();
    serve(router, &receiver, &vendors.case_keeper, move |hint| {
        if let Some(client) = &client {
            confirm::later(client, hint);
        }
    })
}

/// Case Keeper's secret may be the last part of the path, so each vendor has two routes. `then` gets every
/// delivery that is taken.
fn serve<V>(
    router: Router,
    receiver: &Receiver,
    verifier: &Setup<V>,
    then: impl Fn(&V::Delivery) + Send + Sync + 'static,
) -> Router
where
    V: Verify + Clone + 'static,
{
    let Ok(verifier) = verifier else { return router };
    let (receiver, verifier, then) = (receiver.clone(), Arc::new(verifier.clone()), Arc::new(then));
    let handler = post(move |request: Request| {
        let (receiver, verifier, then) = (receiver.clone(), Arc::clone(&verifier), Arc::clone(&then));
        async move { take(&receiver, &*verifier, request, &*then).await }
    });
    let vendor = <V::Delivery as idhooks::Delivery>::Event::VENDOR;
    router.route(&format!("/hooks/{vendor}"), handler.clone()).route(&format!("/hooks/{vendor}/{{secret}}"), handler)
}

/// What your own handler would do, and a line that tells of it.
async fn take<V: Verify>(
    receiver: &Receiver,
    verifier: &V,
    request: Request,
    then: &(dyn Fn(&V::Delivery) + Send + Sync),
) -> Response {
    let vendor = <V::Delivery as idhooks::Delivery>::Event::VENDOR;
    let note = request.headers().get(NOTE).and_then(|note| note.to_str().ok()).unwrap_or_default().to_owned();
    let started = Instant::now();
    let delivery = match receiver.receive(request, verifier).await {
        Ok(delivery) => delivery,
        Err(rejection) => return refuse(vendor, rejection, started, &note),
    };
    let event = delivery.event();
    let taken = started.elapsed();
    then(&delivery);

    // A real receiver would now store the delivery, or hand it on, before it answers 200: also one
    // it can not read, because its sender is known.
    let facts = delivery.facts();
    let subject = facts.subject_id().unwrap_or("-");
    let unreadable = event.err().map(|error| format!("kept, though {error}"));
    Line {
        verdict: if V::Delivery::IS_VERIFIED { "verified" } else { "hint" },
        vendor,
        event: facts.event_name().unwrap_or("-"),
        subject: &if V::Delivery::IS_VERIFIED { subject.to_owned() } else { confirm::shown(subject) },
        key: &delivery.key().to_string(),
        taken,
        note: unreadable.as_deref().unwrap_or(&note),
    }
    .print();
    StatusCode::OK.into_response()
}

fn refuse(vendor: &str, rejection: Rejection, started: Instant, note: &str) -> Response {
    let verdict = "refused";
    Line { verdict, vendor, event: rejection.as_str(), subject: "-", key: "-", taken: started.elapsed(), note }.print();
    rejection.into_response()
}
