//! The table of requests and responses that all frameworks share, on axum.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "../../tower/tests/support/transport.rs"]
mod transport;

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Extension, Router, http::StatusCode, routing::any};
use idhooks_axum::{Receiver, Webhook};
use idhooks_core::Verify;
use tokio::net::TcpListener;

struct Axum;

impl transport::Framework for Axum {
    async fn serve<V: Verify + Clone + 'static>(
        listener: TcpListener,
        receiver: Receiver,
        verifier: V,
        reached: Arc<AtomicUsize>,
    ) {
        let handler = move |_: Webhook<V>| async move {
            reached.fetch_add(1, Ordering::SeqCst);
            StatusCode::OK
        };
        let app = Router::new().route("/", any(handler)).with_state(verifier).layer(Extension(receiver));
        axum::serve(listener, app).await.unwrap();
    }
}

transport::suite! { Axum }
