//! Capa: set the URL webhooks are delivered to, or switch them off.
//!
//! ```text
//! cargo run --example capa_webhook_settings                # against a server on this machine
//! CAPA_API_KEY=… cargo run --example capa_webhook_settings -- --staging --url https://example.com/hooks/capa
//! CAPA_API_KEY=… cargo run --example capa_webhook_settings -- --staging --off
//! ```
//! `CAPA_BASE_URL` points it anywhere else. It prints the host of the URL only: the rest may be a secret of yours.

use std::{
    error::Error,
    fmt,
    io::{Write as _, stdout},
    process::ExitCode,
};

use clap::Parser;
use idhooks::capa::{Client, ClientBuilder, http_client::Url, rest::WebhookSettings};
use idhooks_fixtures::server::{Server, capa as double};

/// Sets the URL Capa delivers webhooks to. With CAPA_API_KEY it calls Capa, at CAPA_BASE_URL if that is set; without it
/// a server on this machine that answers as Capa's pages say.
#[derive(Parser)]
struct Arguments {
    /// Deliver to this URL.
    #[arg(long)]
    url: Option<Url>,
    /// Switch deliveries off; after --url if both are given.
    #[arg(long)]
    off: bool,
    /// Call the staging environment, whatever CAPA_BASE_URL says.
    #[arg(long)]
    staging: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("capa_webhook_settings: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mut arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let mut local: Option<Server> = None;
    let client = if std::env::var_os("CAPA_API_KEY").is_some() {
        let builder = ClientBuilder::from_env()?;
        if arguments.staging { builder.staging() } else { builder }.build()?
    } else {
        let server = local.insert(double::start().await?);
        say(format_args!("CAPA_API_KEY is not set: asking a server on this machine instead."));
        if arguments.url.is_none() && !arguments.off {
            (arguments.url, arguments.off) = (Some(Url::parse("https://example.com/hooks/capa")?), true);
        }
        Client::builder(double::API_KEY).base_url(server.url()).build()?
    };
    if arguments.url.is_none() && !arguments.off {
        return Err("say what to do: --url https://… or --off".into());
    }
    if let Some(url) = &arguments.url {
        let settings = client.update_webhook_settings(Some(url)).await?;
        show(&settings);
    }
    if arguments.off {
        let settings = client.update_webhook_settings(None).await?;
        show(&settings);
    }
    Ok(())
}

fn show(settings: &WebhookSettings) {
    let url = settings.url.as_ref().map(|url| Url::parse(url.expose()));
    let target = match &url {
        Some(Ok(url)) => format!("deliveries go to {}", url.host_str().unwrap_or("a URL without a host")),
        Some(Err(_)) => "deliveries go to something that is no URL".to_owned(),
        None => "deliveries are off".to_owned(),
    };
    let changed = settings.updated_at.as_ref().map_or("an unknown time", |time| time.as_str());
    say(format_args!("settings {}: {target} (changed at {changed})", settings.id));
}

/// Prints a line; a closed pipe (`| head`) is no reason to panic.
fn say(text: fmt::Arguments<'_>) {
    writeln!(stdout().lock(), "{text}").unwrap_or_default();
}
