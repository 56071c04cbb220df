//! Spans and events of the feature `tracing`. They hold routes, never paths, and codes, never bodies.

use std::{future::Future, time::Duration};

use http::Method;

#[cfg(feature = "tracing")]
use crate::chain::Chain;
use crate::{Error, Response};

/// Runs a call in its span.
#[cfg(feature = "tracing")]
pub(crate) async fn call(
    vendor: &'static str,
    method: &Method,
    route: &'static str,
    run: impl Future<Output = Result<Response, Error>>,
) -> Result<Response, Error> {
    use tracing::{Instrument as _, field::Empty};

    let method = method.as_str();
    let span =
        tracing::debug_span!("idhooks.call", vendor, method, route, status = Empty, code = Empty, request_id = Empty);
    let outcome = run.instrument(span.clone()).await;
    let (status, request_id) = match &outcome {
        Ok(response) => (Some(response.status()), response.request_id()),
        Err(error) => (error.status(), error.request_id()),
    };
    span.record("status", status.map(|status| status.as_u16()));
    span.record("code", outcome.as_ref().err().and_then(Error::code));
    span.record("request_id", request_id);
    outcome
}

#[cfg(not(feature = "tracing"))]
pub(crate) async fn call(
    _: &'static str,
    _: &Method,
    _: &'static str,
    run: impl Future<Output = Result<Response, Error>>,
) -> Result<Response, Error> {
    run.await
}

/// Logs a failed attempt that is retried after `wait`.
pub(crate) fn retrying(attempt: u32, error: &Error, wait: Duration) {
    #[cfg(feature = "tracing")]
    tracing::debug!(attempt, %error, source = ?Chain::of(error), wait_ms = wait.as_millis() as u64, "retrying");
    #[cfg(not(feature = "tracing"))]
    let _ = (attempt, error, wait);
}

/// Logs an error that the caller may never see.
pub(crate) fn failed(what: &'static str, error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%error, source = ?Chain::of(error), "{what}");
    #[cfg(not(feature = "tracing"))]
    let _ = (what, error);
}
