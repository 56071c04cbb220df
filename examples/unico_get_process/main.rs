//! Unico: ask for a process and look at it in the right order. `cargo run --example unico_get_process`
//!
//! Without settings it talks to a double on this machine, offline. With these in the environment it calls the real
//! Unico, and only reads:
//!
//! - `UNICO_SERVICE_ACCOUNT`: `account@tenant.iam.acesso.io`;
//! - `UNICO_PRIVATE_KEY`, its private key in PEM, or `UNICO_PRIVATE_KEY_FILE`, where it is;
//! - `UNICO_ENVIRONMENT`: `sandbox` or `production`;
//! - `UNICO_PROCESS_ID`: the process to ask for;
//! - `UNICO_API_KEY`: if the process is one of the API contract ("by Client").

use std::{
    env,
    error::Error,
    fmt,
    io::{Write as _, stdout},
    iter,
    process::ExitCode,
};

use aws_lc_rs::{
    encoding::{AsDer as _, Pkcs8V1Der},
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use idhooks::unico::{
    Account, ApiClient, ApiClientBuilder, Environment, ProcessId, RsaKey, TokenErrorCode, WebClient, WebClientBuilder,
    rest::web::{ProcessResult, ProcessState},
};
use idhooks_fixtures::server::unico as double;

const HELP: &str = "\
Asks Unico for a process and prints what came out, without anything about the person.

Without settings it talks to a double on this machine. To call the real Unico, set:
  UNICO_SERVICE_ACCOUNT     account@tenant.iam.acesso.io
  UNICO_PRIVATE_KEY         its private key in PEM (or UNICO_PRIVATE_KEY_FILE, the file)
  UNICO_ENVIRONMENT         sandbox or production
  UNICO_PROCESS_ID          the process to ask for
  UNICO_API_KEY             if the process is one of the API contract";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    // It takes none, and a slip of the hand must not become a call that costs.
    if let Some(argument) = env::args().nth(1) {
        line(format_args!("{HELP}"));
        return if matches!(argument.as_str(), "-h" | "--help") { ExitCode::SUCCESS } else { ExitCode::from(2) };
    }
    let done = if env::var_os("UNICO_SERVICE_ACCOUNT").is_some() { real().await } else { rehearsal().await };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let causes = iter::successors(error.source(), |&cause| cause.source());
            let causes: String = causes.map(|cause| format!(": {cause}")).collect();
            eprintln!("unico_get_process: {error}{causes}");
            ExitCode::FAILURE
        }
    }
}

async fn real() -> Result<(), Box<dyn Error>> {
    let process = env::var("UNICO_PROCESS_ID").map_err(|_| "UNICO_PROCESS_ID is not set")?;
    let process = ProcessId::from(process.as_str());
    if env::var_os("UNICO_API_KEY").is_some() {
        ask_api(&ApiClientBuilder::from_env()?.build()?, &process).await
    } else {
        ask_web(&WebClientBuilder::from_env()?.build()?, &process).await
    }
}

async fn rehearsal() -> Result<(), Box<dyn Error>> {
    line(format_args!("no UNICO_SERVICE_ACCOUNT: a double on this machine answers"));
    const ACCOUNT: &str = "example@tenant.iam.acesso.io";
    // Unico keeps the public key and gives you the private one; here both are made up on the spot.
    let pair = KeyPair::generate(KeySize::Rsa2048)?;
    let private: Pkcs8V1Der<'_> = pair.as_der()?;
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref().to_vec());
    let server = double::start(ACCOUNT, "an-api-key", move |signed, by| public.verify(signed, by).is_ok()).await?;

    let key = RsaKey::from_der(private.as_ref())?;
    let account = Account::builder(ACCOUNT, key, Environment::Sandbox).base_url(server.url()).build()?;
    let web = WebClient::builder(&account).base_url(server.url()).build()?;
    for process in [double::FINISHED, double::INVALID_IDENTITY, double::CREATED] {
        ask_web(&web, &process.into()).await?;
    }
    let api = ApiClient::builder(&account, "an-api-key").base_url(server.url()).build()?;
    for process in [double::API_FINISHED, double::API_DIVERGENCE] {
        ask_api(&api, &process.into()).await?;
    }
    Ok(())
}

/// First the state, then the result, then what was found out.
async fn ask_web(client: &WebClient, id: &ProcessId) -> Result<(), Box<dyn Error>> {
    let process = client.get_process(id).await.map_err(explained)?;
    if !process.is_finished() {
        line(format_args!("{id}: not finished ({})", said(process.state.as_ref().map(ProcessState::as_str))));
        return Ok(());
    }
    let result = said(process.result.as_ref().map(ProcessResult::as_str));
    let info = process.authentication_info.as_ref();
    let liveness = info.and_then(|info| info.liveness_result.as_ref()).map(|result| result.as_str());
    let face = info.and_then(|info| info.authentication_result.as_ref()).map(|result| result.as_str());
    line(format_args!("{id}: {result}, liveness {}, face {}", said(liveness), said(face)));
    Ok(())
}

async fn ask_api(client: &ApiClient, id: &ProcessId) -> Result<(), Box<dyn Error>> {
    let process = client.get_process(id).await.map_err(explained)?;
    let Some(status) = process.status.as_ref().filter(|_| process.is_finished()) else {
        line(format_args!("{id}: nothing to decide on (final: {})", process.is_final()));
        return Ok(());
    };
    let identity = process.unico_id.as_ref().and_then(|unico_id| unico_id.result.as_ref());
    line(format_args!("{id}: status {status}, identity {}", said(identity.map(|result| result.as_str()))));
    Ok(())
}

/// An answer that is not there is never a good one.
fn said(word: Option<&str>) -> &str {
    word.unwrap_or("not said")
}

fn explained(error: idhooks::unico::Error) -> String {
    let hint = match TokenErrorCode::of(&error) {
        Some(code) if code.is_locked() => ": the account is locked for a time, try again much later",
        Some(TokenErrorCode::AssertionExpired) => ": is this machine's clock right?",
        Some(_) => ": do account, key and environment belong together?",
        None if error.is_not_found() => ": absent, or another tenant's",
        None => "",
    };
    format!("{error}{hint}")
}

/// Prints a line; a closed pipe (`| head`) is no reason to panic.
fn line(text: fmt::Arguments<'_>) {
    writeln!(stdout().lock(), "{text}").unwrap_or_default();
}
