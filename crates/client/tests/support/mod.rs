//! A client of no vendor, against the test server.

#![allow(dead_code, reason = "each test file takes what it needs")]
#![allow(clippy::unwrap_used, reason = "test code: a panic is the finding")]

use std::time::Duration;

use idhooks_client::{ApiClient, Auth, Retry, Settings};
use idhooks_fixtures::server::{Received, Reply, Server};

pub(crate) const AGENT: &str = "idhooks-test/1.2.3";

/// Retries at once, so that tests do not wait.
pub(crate) fn hasty() -> Retry {
    Retry::new().base(Duration::from_millis(1)).cap(Duration::from_secs(2))
}

pub(crate) fn settings(server: &Server) -> Settings {
    Settings::new("test", AGENT).base_url(server.url()).retry(hasty()).timeout(Duration::from_secs(5))
}

pub(crate) async fn server(answer: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(answer).await.unwrap()
}

pub(crate) fn api(server: &Server) -> ApiClient {
    settings(server).build(Auth::none()).unwrap()
}

/// An error and its sources, as `anyhow` prints them with `{:#}`.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut shown = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        shown = format!("{shown}: {source}");
        next = source.source();
    }
    shown
}

/// The status of an error, as a number.
pub(crate) fn status(error: &idhooks_client::Error) -> Option<u16> {
    error.status().map(|status| status.as_u16())
}
