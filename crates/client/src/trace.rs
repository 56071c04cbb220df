//! Spans and events, if the feature is on. Routes, never paths; counts and codes, never bodies.

use std::future::Future;

use http::Method;

use crate::{Error, Response};

/// What a span says of a call.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "only a span reads it"))]
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
        Ok(answer) => {
            span.record("status", answer.status().as_u16());
            if let Some(id) = answer.request_id() {
                span.record("request_id", id);
            }
        }
        Err(error) => {
            if let Some(status) = error.status() {
                span.record("status", status);
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

/// An attempt failed and another one follows after `wait`.
pub(crate) fn again(attempt: u32, error: &Error, wait: std::time::Duration) {
    #[cfg(feature = "tracing")]
    tracing::debug!(attempt, %error, wait_ms = wait.as_millis() as u64, "trying again");
    #[cfg(not(feature = "tracing"))]
    let _ = (attempt, error, wait);
}

/// The vendor refused the token; a new one is fetched.
pub(crate) fn token_refused() {
    #[cfg(feature = "tracing")]
    tracing::debug!("the token was refused");
}

/// A token could not be renewed before its end, and is used on.
pub(crate) fn renewal_failed(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%error, "the token could not be renewed yet");
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}

/// The answer had a good status and a body that does not fit.
pub(crate) fn unreadable(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::debug!(%error, "the answer can not be read");
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}
