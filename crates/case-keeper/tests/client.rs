//! The client against real servers on this machine: what it sends, and what it makes of the answers.

#![cfg(feature = "client-rustls")]
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

#[path = "client/build.rs"]
mod build;
#[path = "client/confirm.rs"]
mod confirm;
#[path = "client/errors.rs"]
mod errors;
#[path = "client/events.rs"]
mod events;
#[path = "client/files.rs"]
mod files;
#[path = "client/token.rs"]
mod token;
#[path = "client/verification.rs"]
mod verification;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use idhooks_case_keeper::{
    Client, ClientBuilder, Credentials, Verification, VerificationId,
    core::json,
    http_client::{Retry, Url},
};
use idhooks_fixtures::{
    error_chain,
    rest::sample,
    server::{Received, Reply, Server, case_keeper as double},
};
use serde_json::{Value, json};

/// The path of v3.
const V3: &str = "/api/v3/case-keeper";

fn builder(server: &Server) -> ClientBuilder {
    Client::builder(Credentials::new(double::CLIENT_ID, double::CLIENT_SECRET), server.url())
        .token_url(at(server, double::TOKEN_PATH))
        .retry(Retry::new().base(Duration::from_millis(1)).cap(Duration::from_millis(5)))
}

fn client(server: &Server) -> Client {
    builder(server).build().expect("a client")
}

fn at(server: &Server, path: &str) -> Url {
    server.url().join(path).expect("a URL")
}

/// A server that gives out tokens and answers every other request by `rule`.
async fn api(rule: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Server {
    let answer =
        move |request: &Received| if request.path == double::TOKEN_PATH { token_reply(14_400) } else { rule(request) };
    Server::start(answer).await.expect("a server")
}

fn token_reply(expires_in: u64) -> Reply {
    Reply::value(200, &json!({ "access_token": double::TOKEN, "expires_in": expires_in, "token_type": "Bearer" }))
}

/// What a server answers, to be set anew for each row of a table: a client takes longer to build than to use.
#[derive(Clone)]
struct Next(Arc<Mutex<Reply>>);

impl Next {
    async fn server() -> (Server, Self) {
        let next = Self(Arc::new(Mutex::new(Reply::status(500))));
        let answer = Self::clone(&next);
        (api(move |_| answer.0.lock().expect("a lock").clone()).await, next)
    }

    fn is(&self, reply: Reply) {
        *self.0.lock().expect("a lock") = reply;
    }
}

/// The answers in their order; the last one for all that follow.
fn in_turn(replies: Vec<Reply>) -> impl Fn(&Received) -> Reply + Send + Sync + 'static {
    let next = AtomicUsize::new(0);
    move |_| replies[next.fetch_add(1, Ordering::Relaxed).min(replies.len() - 1)].clone()
}

/// Requests that are no token's.
fn calls(server: &Server) -> Vec<Received> {
    server.received().into_iter().filter(|request| request.path != double::TOKEN_PATH).collect()
}

fn tokens(server: &Server) -> usize {
    server.count(&format!("POST {}", double::TOKEN_PATH))
}

fn id(text: &str) -> VerificationId {
    VerificationId::from(text)
}

fn read(name: &str) -> Verification {
    json::decode(sample("case-keeper", name).body).expect("a verification")
}

/// The recorded error answers, by their place in the sample.
fn recorded(index: usize) -> Reply {
    let errors: Value = serde_json::from_slice(sample("case-keeper", "errors").body).expect("JSON");
    let status = errors[index]["status"].as_u64().and_then(|status| status.try_into().ok()).expect("a status");
    Reply::value(status, &errors[index]["body"])
}
const PERMISSION_DENIED: usize = 0;
const NOT_FOUND: usize = 1;
const NOT_FOUND_WITHOUT_CODE: usize = 2;
