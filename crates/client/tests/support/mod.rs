//! A client of no vendor in particular, on the server of the fixtures.

#![allow(dead_code, reason = "each test file takes what it needs")]
#![allow(clippy::unwrap_used, reason = "test code: a panic is the finding")]

use std::time::Duration;

use idhooks_client::{ApiClient, Auth, Retry, Settings};
use idhooks_fixtures::server::{Received, Reply, Server};

pub(crate) const AGENT: &str = "idhooks-test/1.2.3";

/// Repeats at once, so that tests do not wait.
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
