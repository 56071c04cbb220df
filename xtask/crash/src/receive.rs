//! A receiver, to be killed.

use std::net::Ipv4Addr;

use idhooks_inbox::Inbox;
use tokio::net::TcpListener;

use crate::{child, vendors};

/// Serves on a port of the system's choice, and says which.
pub(crate) fn receive(store: &str) -> Result<(), String> {
    child::end_with_parent();
    let runtime = child::runtime()?;
    runtime.block_on(async {
        let inbox = child::open(Inbox::builder(), store).await?;
        let router = vendors::router(&inbox).map_err(|error| error.to_string())?;
        let text = |error: std::io::Error| error.to_string();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(text)?;
        child::say_ready(listener.local_addr().map_err(text)?.port())?;
        axum::serve(listener, router).await.map_err(text)
    })
}
