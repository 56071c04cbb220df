//! Case Keeper: turn a hint into a fact. `cargo run --example case_keeper_confirm`
//!
//! Without arguments it asks a server on this machine that answers as the vendor does. With a verification's id, and
//! perhaps an event key, it asks the real one:
//!
//! ```sh
//! export CASE_KEEPER_CLIENT_ID=… CASE_KEEPER_CLIENT_SECRET=… CASE_KEEPER_BASE_URL=https://portal.mac.appmanteam.com
//! cargo run --example case_keeper_confirm -- <verification id> verification.verified
//! ```

use std::{
    env,
    error::Error,
    io::{Write as _, stdout},
    process::ExitCode,
};

use idhooks::{
    Hint,
    case_keeper::{self, Client, ClientBuilder, Confirmation, Event},
};
use idhooks_fixtures::server::case_keeper as double;
use serde_json::json;

const HELP: &str = "\
Confirms an event of Case Keeper by an authenticated call.

  case_keeper_confirm                     against a server on this machine
  case_keeper_confirm <id> [<event key>]  against the real one; the key is verification.verified unless you say otherwise

Environment, for the real one:
  CASE_KEEPER_CLIENT_ID      such as <tenant>-case-keeper-service-account
  CASE_KEEPER_CLIENT_SECRET
  CASE_KEEPER_BASE_URL       such as https://portal.mac.appmanteam.com
  CASE_KEEPER_TOKEN_URL      optional
  CASE_KEEPER_API_VERSION    optional: v2 or v3, which is the default
";

#[tokio::main]
async fn main() -> ExitCode {
    match run(env::args().skip(1).collect()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            print(format_args!("It did not work: {why}."));
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => demo().await,
        ["-h" | "--help"] => {
            print(format_args!("{HELP}"));
            Ok(())
        }
        [id] => show(&ClientBuilder::from_env()?.build()?, "verification.verified", id).await,
        [id, key] => show(&ClientBuilder::from_env()?.build()?, key, id).await,
        _ => Err("it takes an id and an event key, no more".into()),
    }
}

/// The same event about four verifications, told by anybody.
async fn demo() -> Result<(), Box<dyn Error>> {
    let server = double::start().await?;
    let client = Client::builder(double::CLIENT_ID, double::CLIENT_SECRET, server.url())
        .token_url(server.url().join(double::TOKEN_PATH)?)
        .plain_http_to("127.0.0.1")
        .build()?;
    for id in [double::VERIFIED, double::COMPLETED, "00000000-0000-4000-8000-00000000dead", double::FOREIGN] {
        show(&client, "verification.verified", id).await?;
    }
    show(&client, "verification.deleted", double::DELETED).await
}

async fn show(client: &Client, key: &str, id: &str) -> Result<(), Box<dyn Error>> {
    let hint = delivered(key, id)?;
    let id = hint.event()?.verification_id().clone();
    let verdict = match client.confirm(&hint).await? {
        Confirmation::Confirmed(now) => format!("confirmed: its status is {:?}", now.status),
        Confirmation::Contradicted(now) => format!("contradicted: its status is {:?}, so do nothing", now.status),
        Confirmation::Gone => "gone: deleted, or made up".to_owned(),
        Confirmation::NotYours => "not yours: your token may not see it".to_owned(),
        _ => "an answer this program does not know".to_owned(),
    };
    print(format_args!("{key} of {id:?} is {verdict}"));
    Ok(())
}

/// What your webhook gets; nothing in it is proven.
fn delivered(key: &str, id: &str) -> Result<Hint<Event>, Box<dyn Error>> {
    let body = json!({ "key": key, "data": { "id": id } }).to_string();
    let headers: [(&str, &str); 0] = [];
    Ok(case_keeper::Verifier::new().verify(&headers, body)?)
}

/// A closed pipe (`| head`) is no reason to panic.
fn print(line: std::fmt::Arguments<'_>) {
    writeln!(stdout().lock(), "{line}").unwrap_or_default();
}
