//! Caf: create a transaction and print its id. `cargo run --example caf_transaction`
//!
//! Without settings it talks to a double on this machine, offline. With these in the environment it calls the real
//! Caf, and each run makes a transaction there:
//!
//! - `CAF_CLIENT_ID` and `CAF_CLIENT_SECRET`: the application's credentials from the Trust panel;
//! - `CAF_TEMPLATE_ID`: the query template to run;
//! - `CAF_CPF`: the tax number to run it for, if the template asks for one;
//! - `CAF_BASE_URL`: another host than `https://api.us.prd.caf.io`.

use std::{
    env,
    error::Error,
    fmt,
    io::{Write as _, stdout},
    process::ExitCode,
};

use idhooks::caf::{
    Client, Credentials,
    rest::{Attributes, NewTransaction},
};
use idhooks_fixtures::server::caf as double;

const HELP: &str = "\
Creates a transaction at Caf and prints its id.

Without settings it talks to a double on this machine. To make a transaction at the real Caf, set:
  CAF_CLIENT_ID, CAF_CLIENT_SECRET   credentials from the Trust panel
  CAF_TEMPLATE_ID                    the query template to run
  CAF_CPF                            the tax number to run it for, if the template asks for one
  CAF_BASE_URL                       another host, if need be";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // It takes none, and a slip of the hand must not become a call that costs.
    if let Some(argument) = env::args().nth(1) {
        line(format_args!("{HELP}"));
        return if matches!(argument.as_str(), "-h" | "--help") { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let done = if env::var_os("CAF_CLIENT_ID").is_some() { real().await } else { rehearsal().await };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("caf_transaction: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn real() -> Result<(), Box<dyn Error>> {
    let template = env::var("CAF_TEMPLATE_ID").map_err(|_| "CAF_TEMPLATE_ID is not set")?;
    let client = Client::from_env()?;
    let cpf = env::var("CAF_CPF").ok();
    create(&client, &template, cpf.as_deref()).await
}

async fn rehearsal() -> Result<(), Box<dyn Error>> {
    let server = double::start().await?;
    let client =
        Client::builder(Credentials::new(double::CLIENT_ID, double::CLIENT_SECRET)).base_url(server.url()).build()?;
    line(format_args!("no CAF_CLIENT_ID: a double on this machine answers"));
    create(&client, "6021a21b3811c35ecb8dea20", Some(double::CPF)).await
}

async fn create(client: &Client, template: &str, cpf: Option<&str>) -> Result<(), Box<dyn Error>> {
    let mut transaction = NewTransaction::new(template);
    if let Some(cpf) = cpf {
        transaction = transaction.attributes(Attributes::new().cpf(cpf));
    }
    let created = client.create_transaction(&transaction).await.map_err(|error| {
        // Creating is never repeated once it may have been carried out, and there is no way to ask.
        let so = if error.may_have_taken_effect() { "; it may have been created all the same" } else { "" };
        format!("{error}{so}")
    })?;
    line(format_args!("created transaction {}", created.id));
    line(format_args!("its result comes as an event: see the example caf_webhook"));
    Ok(())
}

/// Prints a line; a closed pipe (`| head`) is no reason to panic.
fn line(text: fmt::Arguments<'_>) {
    writeln!(stdout().lock(), "{text}").unwrap_or_default();
}
