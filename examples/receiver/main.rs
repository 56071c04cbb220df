//! Receives webhooks of every vendor, and shows what it makes of them.
//!
//! ```text
//! cargo run --example receiver             # a demo over real HTTP, then it goes on serving
//! cargo run --example receiver -- --exit   # the demo alone; status 0 if every verdict was the expected one
//! ```
//! With secrets in the environment (`CAF_WEBHOOK_SECRET`, … : see `--help`) there is no demo: it
//! serves the vendors it has secrets for.

mod confirm;
mod demo;
mod print;
mod routes;
mod vendors;

use std::{error::Error, future::IntoFuture as _, io::ErrorKind, net::Ipv4Addr, process::ExitCode};

use clap::Parser;
use tokio::net::TcpListener;

/// Receives webhooks of every vendor, and shows what it makes of them.
///
/// Without secrets in the environment it uses demo secrets, sends itself every sample payload and a
/// set of forgeries over HTTP, and goes on serving. With them it serves the vendors it has secrets for:
/// CAF_WEBHOOK_SECRET, AUTENTIQUE_WEBHOOK_SECRET, CAPA_WEBHOOK_SECRET, UNICO_WEBHOOK_BASIC (user:password)
/// or UNICO_WEBHOOK_API_KEY (header:value), and for Case Keeper a guard of your own, CASE_KEEPER_WEBHOOK_PATH.
///
/// With CASE_KEEPER_CLIENT_ID, CASE_KEEPER_CLIENT_SECRET and CASE_KEEPER_BASE_URL it asks Case Keeper about each of
/// its hints after the answer, and shows what the vendor says.
#[derive(Parser)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// End after the demo; status 0 only if every verdict was the expected one.
    #[arg(long)]
    exit: bool,
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
    let vendors = vendors::Vendors::from_env()?;
    if arguments.exit && !vendors.are_demo() {
        return Err(
            "there is no demo with secrets of your own in the environment: unset them, or leave out --exit".into()
        );
    }
    let listener = listen(arguments.port).await?;
    let address = listener.local_addr()?;
    print::line(format_args!("Listening on http://{address}/hooks/<vendor>"));
    for (vendor, state) in vendors.states() {
        print::line(format_args!("  {vendor:<12} {state}"));
    }

    let app = routes::router(&vendors);
    let server = axum::serve(listener, app).with_graceful_shutdown(stopped());
    if !vendors.are_demo() {
        server.await?;
        return Ok(true);
    }

    let server = tokio::spawn(server.into_future());
    let passed = demo::run(address).await?;
    if arguments.exit {
        return Ok(passed);
    }
    print::line(format_args!(
        "\nStill serving; Ctrl-C ends it. Try a delivery of your own:\n{}\n",
        demo::curl(address)
    ));
    server.await??;
    Ok(passed)
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => format!("port {port} is taken: end what runs there, or choose another with --port"),
        ErrorKind::PermissionDenied => format!("port {port} needs more rights: choose one above 1023 with --port"),
        _ => format!("port {port} can not be used: {error}"),
    })
}

async fn stopped() {
    if tokio::signal::ctrl_c().await.is_ok() {
        print::line(format_args!("\nstopping, once open requests are answered"));
    }
}
