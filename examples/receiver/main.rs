//! Receives webhooks of every vendor, keeps them on disk before it answers, and handles them.
//!
//! ```text
//! cargo run --example receiver             # a demo over real HTTP, then it goes on serving
//! cargo run --example receiver -- --exit   # the demo alone; status 0 if every verdict was the expected one
//! ```
//! Kill it with `kill -9` and start it again: it goes on where it was. `--handler-time 2` makes that easier to hit.
//!
//! With secrets in the environment (`CAF_WEBHOOK_SECRET`, … : see `--help`) there is no demo: it
//! serves the vendors it has secrets for.

mod confirm;
mod demo;
mod print;
mod routes;
mod stop;
mod store;
mod vendors;
mod worker;

use std::{error::Error, io::ErrorKind, net::Ipv4Addr, process::ExitCode, time::Duration};

use clap::Parser;
use idhooks::inbox::Inbox;
use tokio::net::TcpListener;

use crate::{stop::Stop, vendors::Vendors};

/// Receives webhooks of every vendor, keeps them on disk before it answers, and handles them.
///
/// Without secrets in the environment it uses demo secrets, sends itself every sample payload and a
/// set of forgeries over HTTP, and goes on serving. With them it serves the vendors it has secrets for:
/// CAF_WEBHOOK_SECRET, AUTENTIQUE_WEBHOOK_SECRET, CAPA_WEBHOOK_SECRET, UNICO_WEBHOOK_BASIC (user:password)
/// or UNICO_WEBHOOK_API_KEY (header:value), and for Case Keeper a guard of your own, CASE_KEEPER_WEBHOOK_PATH.
///
/// With CASE_KEEPER_CLIENT_ID, CASE_KEEPER_CLIENT_SECRET and CASE_KEEPER_BASE_URL the handler of its deliveries asks Case
/// Keeper about each, until it has an answer, and shows what the vendor says. Outside production set
/// CASE_KEEPER_TOKEN_URL too, or the credentials go to production's.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Where deliveries are kept: `sqlite:FILE` or `postgres://user:password@host/database`. Without it, a file in
    /// target/receiver.
    #[arg(long, value_name = "URL")]
    store: Option<String>,
    /// Take deliveries in and leave them to a worker in another process, on the same store.
    #[arg(long, requires = "store", conflicts_with = "no_receiver")]
    no_worker: bool,
    /// Handle what other processes take in, and open no port.
    #[arg(long, requires = "store", conflicts_with = "exit")]
    no_receiver: bool,
    /// How long each handler pretends to work.
    #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = seconds)]
    handler_time: Duration,
    /// End after the demo, once all is handled; status 0 only if every verdict was the expected one.
    #[arg(long)]
    exit: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let number: f64 = text.parse().map_err(|_| "must be a number".to_owned())?;
    Duration::try_from_secs_f64(number).map_err(|error| error.to_string())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("receiver: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all went as expected.
async fn run(arguments: Arguments) -> Result<bool, Box<dyn Error>> {
    let vendors = Vendors::from_env()?;
    if arguments.exit && !vendors.are_demo() {
        return Err(
            "there is no demo with secrets of your own in the environment: unset them, or leave out --exit".into()
        );
    }
    let listener = if arguments.no_receiver { None } else { Some(listen(arguments.port).await?) };
    print::line(format_args!("Process {}", std::process::id()));
    let inbox = store::open(arguments.store.clone(), vendors.are_demo()).await?;
    let stop = Stop::on_signal();

    let received = receive(listener, &vendors, &inbox, &arguments, &stop);
    let handled = async {
        let settings =
            worker::Settings { client: vendors.case_keeper_client.clone(), handler_time: arguments.handler_time };
        if arguments.no_worker { Ok(()) } else { worker::run(&inbox, settings, &stop).await }
    };
    let (passed, ()) = tokio::try_join!(received, handled)?;
    store::show(&inbox.stats().await?);
    inbox.close().await;
    Ok(passed)
}

/// Serves until told to stop, and meanwhile runs the demo. Whether that went as expected.
async fn receive(
    listener: Option<TcpListener>,
    vendors: &Vendors,
    inbox: &Inbox,
    arguments: &Arguments,
    stop: &Stop,
) -> Result<bool, Box<dyn Error>> {
    let Some(listener) = listener else { return Ok(true) };
    let address = listener.local_addr()?;
    print::line(format_args!("Listening on http://{address}/hooks/<vendor>"));
    for (vendor, state) in vendors.states() {
        print::line(format_args!("  {vendor:<12} {state}"));
    }
    let server = axum::serve(listener, routes::router(vendors, inbox)).with_graceful_shutdown(stop.clone().told());
    let demo = async {
        if !vendors.are_demo() {
            return Ok(true);
        }
        let dead_letters = inbox.stats().await?.dead_letters;
        let as_expected = demo::run(address).await?;
        let stats = if arguments.no_worker { inbox.stats().await? } else { store::handled(inbox).await? };
        if arguments.exit {
            stop.tell();
        } else {
            print::line(format_args!(
                "\nStill serving; Ctrl-C ends it. Try a delivery of your own:\n{}\n",
                demo::curl(address)
            ));
        }
        Ok(as_expected && stats.dead_letters == dead_letters)
    };
    let served = async { Ok::<_, Box<dyn Error>>(server.await?) };
    let ((), passed) = tokio::try_join!(served, demo)?;
    Ok(passed)
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => format!("port {port} is taken: end what runs there, or choose another with --port"),
        ErrorKind::PermissionDenied => format!("port {port} needs more rights: choose one above 1023 with --port"),
        _ => format!("port {port} cannot be used: {error}"),
    })
}
