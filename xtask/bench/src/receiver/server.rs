//! The servers: one that answers 200, ours, and one written by hand.

use std::{hint::black_box, sync::Arc};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::StatusCode;
use idhooks_axum::Webhook;
use idhooks_caf as caf;
use idhooks_core::Secret;
use serde_json::Value;
use sha2::Sha256;

use crate::{Outcome, child, contestants::SECRET};

/// The word that makes this program one of the servers.
pub const SERVE: &str = "serve-receiver";

pub(super) const KINDS: [&str; 3] = ["200 to everything", "idhooks-axum", "by hand: hmac, Value"];

#[tokio::main(flavor = "current_thread")]
pub async fn serve(kind: &str) -> Outcome<()> {
    child::end_with_parent();
    let app = match KINDS.iter().position(|known| *known == kind) {
        Some(0) => Router::new().route("/", post(StatusCode::OK)),
        Some(1) => Router::new().route("/", post(ours)).with_state(caf::Verifier::new(Secret::new(SECRET)?)),
        Some(2) => Router::new().route("/", post(by_hand)).with_state(Arc::from(SECRET)),
        _ => return Err(format!("no server is called {kind}").into()),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

async fn ours(Webhook(delivery): Webhook<caf::Verifier>) -> StatusCode {
    match delivery.decode() {
        Ok(event) => {
            black_box(event);
            StatusCode::OK
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn by_hand(State(secret): State<Arc<str>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let given = headers.get("x-caf-signature").and_then(|given| hex::decode(given).ok());
    let Some(given) = given else { return StatusCode::UNAUTHORIZED };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return StatusCode::INTERNAL_SERVER_ERROR;
    };
    mac.update(&body);
    if mac.verify_slice(&given).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    match serde_json::from_slice::<Value>(&body) {
        Ok(event) => {
            black_box(event);
            StatusCode::OK
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
