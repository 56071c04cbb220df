//! Spans and events of the feature `tracing`. They hold routes, never paths, and codes, never bodies.

use std::future::Future;

use http::Method;

#[cfg(feature = "tracing")]
use crate::chain::Chain;
use crate::{Error, Response};

/// What a span says about a call.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "only the span reads it"))]
pub(crate) struct About<'a> {
    pub(crate) vendor: &'static str,
    pub(crate) method: &'a Method,
    pub(crate) route: &'static str,
}

#[cfg(feature = "tracing")]
pub(crate) async fn call(
    about: About<'_>,
    run: impl Future<Output = Result<Response, Error>>,
) -> Result<Response, Error> {
    use tracing::{Instrument as _, field::Empty};

    let span = tracing::debug_span!(
        "idhooks.call",
        vendor = about.vendor,
        method = about.method.as_str(),
        route = about.route,
        status = Empty,
        code = Empty,
        request_id = Empty,
    );
    let outcome = run.instrument(span.clone()).await;
    match &outcome {
        Ok(response) => {
            span.record("status", response.status().as_u16());
            if let Some(id) = response.request_id() {
                span.record("request_id", id);
            }
        }
        Err(error) => {
            if let Some(status) = error.status() {
                span.record("status", status.as_u16());
            }
            if let Some(code) = error.code() {
                span.record("code", code);
            }
            if let Some(id) = error.request_id() {
                span.record("request_id", id);
            }
        }
    }
    outcome
}

#[cfg(not(feature = "tracing"))]
pub(crate) async fn call(_: About<'_>, run: impl Future<Output = Result<Response, Error>>) -> Result<Response, Error> {
    run.await
}

/// Logs a failed attempt that is retried after `wait`.
pub(crate) fn retrying(attempt: u32, error: &Error, wait: std::time::Duration) {
    #[cfg(feature = "tracing")]
    tracing::debug!(attempt, %error, source = ?Chain::of(error), wait_ms = wait.as_millis() as u64, "retrying");
    #[cfg(not(feature = "tracing"))]
    let _ = (attempt, error, wait);
}

/// Logs that the vendor rejected the token, and that the client fetches a new one.
pub(crate) fn token_rejected() {
    #[cfg(feature = "tracing")]
    tracing::debug!("token rejected");
}

/// Logs a token that could not be renewed early, and stays in use.
pub(crate) fn renewal_failed(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%error, source = ?Chain::of(error), "token renewal failed");
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}

/// Logs a successful response that could not be decoded.
pub(crate) fn decode_failed(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%error, source = ?Chain::of(error), "decoding failed");
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}
