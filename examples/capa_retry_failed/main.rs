//! Capa: list the deliveries that failed for good, and ask for each of them once more.
//!
//! ```text
//! cargo run --example capa_retry_failed                # against a server on this machine
//! CAPA_API_KEY=… cargo run --example capa_retry_failed -- --staging
//! ```
//! `CAPA_BASE_URL` points it anywhere else. Capa takes ten retries a minute and three for each delivery, so run it
//! again for the rest. Set the right URL first (`capa_webhook_settings`).

use std::{
    error::Error,
    fmt,
    io::{Write as _, stdout},
    process::ExitCode,
};

use clap::Parser;
use idhooks::capa::{
    Client, ClientBuilder, RetryError,
    rest::{NotificationFilter, NotificationStatus},
};
use idhooks_fixtures::server::{Server, capa as double};

/// Retries every failed webhook delivery once. With CAPA_API_KEY it calls Capa, at CAPA_BASE_URL if that is set; without
/// it a server on this machine that answers as Capa's pages say.
#[derive(Parser)]
struct Arguments {
    /// Call the staging environment, whatever CAPA_BASE_URL says.
    #[arg(long)]
    staging: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(&Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("capa_retry_failed: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut local: Option<Server> = None;
    let client = if std::env::var_os("CAPA_API_KEY").is_some() {
        let builder = ClientBuilder::from_env()?;
        if arguments.staging { builder.staging() } else { builder }.build()?
    } else {
        let server = local.insert(double::start().await?);
        say(format_args!("CAPA_API_KEY is not set: asking a server on this machine instead."));
        Client::builder(double::API_KEY).base_url(server.url()).build()?
    };

    // All ids first: what is retried leaves the list, and the pages after it would move up.
    let mut failed = Vec::new();
    let mut pages = client.list_webhook_notifications(&NotificationFilter::new().status(NotificationStatus::Failed));
    while let Some(page) = pages.next().await? {
        failed.extend(page.items);
    }
    say(format_args!("{} failed deliveries", failed.len()));

    for (done, notification) in failed.iter().enumerate() {
        let id = &notification.id;
        let event = notification.event_type.as_deref().unwrap_or("unknown event");
        match client.retry_webhook_notification(id).await {
            Ok(queued) => {
                let times = queued.manual_retry_count.unwrap_or_default();
                say(format_args!("{id} {event}: queued, retry {times} of 3"));
            }
            Err(RetryError::NotFailed(_)) => say(format_args!("{id} {event}: no longer failed, left alone")),
            Err(RetryError::LimitReached(_)) => say(format_args!("{id} {event}: retried three times, given up")),
            Err(RetryError::NotFound(_)) => say(format_args!("{id} {event}: is gone")),
            Err(RetryError::RateLimited(_)) => {
                let left = failed.len() - done;
                say(format_args!("{id} {event}: too many retries in this minute; {left} left for the next run"));
                break;
            }
            Err(other) => return Err(other.into()),
        }
    }
    Ok(())
}

/// Prints a line; a closed pipe (`| head`) is no reason to panic.
fn say(text: fmt::Arguments<'_>) {
    writeln!(stdout().lock(), "{text}").unwrap_or_default();
}
