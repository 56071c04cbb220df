//! Every call, against real servers on this machine.
#![cfg(feature = "client-rustls")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on fails")]

mod answers;
mod builder;
mod calls;
mod double;
mod pages;
mod redaction;
mod repeats;
mod retry;

use std::{sync::LazyLock, time::Duration};

use idhooks_capa::{
    Client,
    http_client::{HttpTransport, Retry},
};
use idhooks_fixtures::server::{Received, Reply, Server};

/// Looks like a key and is found if it is printed.
const KEY: &str = "0c5a-CANARY-KEY:91be-CANARY-KEY";

/// One for all tests, because setting up TLS for each takes longer than the tests themselves.
static TRANSPORT: LazyLock<HttpTransport> = LazyLock::new(|| HttpTransport::new().unwrap());

/// A client of that server that does not wait between attempts.
fn client(server: &Server) -> Client {
    let retry = Retry::new().attempts(3).base(Duration::from_millis(1)).cap(Duration::from_millis(5));
    let builder = Client::builder(KEY).base_url(server.url()).transport(TRANSPORT.clone());
    builder.retry(retry).timeout(Duration::from_secs(5)).build().unwrap()
}

/// A server that answers everything with `reply`, and its client.
async fn answering(reply: Reply) -> (Server, Client) {
    let server = Server::start(move |_: &Received| reply.clone()).await.unwrap();
    let client = client(&server);
    (server, client)
}
