//! The table of requests and responses that all frameworks share, on actix-web.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "../../tower/tests/support/transport.rs"]
mod transport;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{App, HttpResponse, HttpServer, web};
use idhooks_actix::{Receiver, Webhook};
use idhooks_core::Verify;
use tokio::net::TcpListener;

struct Actix;

async fn hook<V: Verify>(_: Webhook<V>, reached: web::Data<AtomicUsize>) -> HttpResponse {
    reached.fetch_add(1, Ordering::SeqCst);
    HttpResponse::Ok().finish()
}

impl transport::Framework for Actix {
    async fn serve<V: Verify + Clone + 'static>(
        listener: TcpListener,
        receiver: Receiver,
        verifier: V,
        reached: Arc<AtomicUsize>,
    ) {
        let listener = listener.into_std().unwrap();
        let (receiver, verifier) = (web::Data::new(receiver), web::Data::new(verifier));
        let reached = web::Data::from(reached);
        // It has a runtime of its own, which ends with the test's process.
        std::thread::spawn(move || {
            let app = move || {
                let app = App::new().app_data(receiver.clone()).app_data(verifier.clone()).app_data(reached.clone());
                app.route("/", web::to(hook::<V>))
            };
            let server = HttpServer::new(app).workers(2).disable_signals().listen(listener).unwrap();
            actix_web::rt::System::new().block_on(server.run()).unwrap();
        });
    }
}

transport::suite! { Actix }
