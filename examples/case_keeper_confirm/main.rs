//! Case Keeper: confirm an unverified delivery. `cargo run --example case_keeper_confirm`
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
};

use idhooks::{
    Unverified,
    case_keeper::{self, Client, Confirmation, Credentials, Event},
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
  CASE_KEEPER_TOKEN_URL      where tokens come from; set it outside production, or the credentials go to production's
  CASE_KEEPER_API_VERSION    optional: v2 or v3, which is the default
";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => demo().await,
        [id] if !id.starts_with('-') => show(&Client::from_env()?, "yours", "verification.verified", id).await,
        [id, key] => show(&Client::from_env()?, "yours", key, id).await,
        _ => {
            print(format_args!("{HELP}"));
            Ok(())
        }
    }
}

/// Five deliveries, as anybody could send them.
async fn demo() -> Result<(), Box<dyn Error>> {
    let server = double::start().await?;
    let client = Client::builder(Credentials::new(double::CLIENT_ID, double::CLIENT_SECRET), server.url())
        .token_url(server.url().join(double::TOKEN_PATH)?)
        .build()?;
    for (which, key, id) in [
        ("one that passed", "verification.verified", double::VERIFIED),
        ("one whose face did not match", "verification.verified", double::COMPLETED),
        ("one that was deleted", "verification.deleted", double::DELETED),
        ("one that never was", "verification.verified", "00000000-0000-4000-8000-00000000dead"),
        ("somebody else's", "verification.verified", double::FOREIGN),
    ] {
        show(&client, which, key, id).await?;
    }
    Ok(())
}

async fn show(client: &Client, which: &str, key: &str, id: &str) -> Result<(), Box<dyn Error>> {
    let delivery = delivered(key, id)?;
    let verdict = match client.confirm(&delivery).await? {
        Confirmation::Confirmed(now) => format!("confirmed, its status is {:?}", now.status),
        Confirmation::Contradicted(now) => format!("contradicted, its status is {:?}", now.status),
        // `confirm` read four times: a webhook can overtake the vendor's own database.
        Confirmation::Gone => "gone: deleted, or made up".to_owned(),
        Confirmation::NotYours => "not yours: the token may not see it".to_owned(),
    };
    // `Debug` shows the beginning of the id only: whoever has all of it can open the end user's page.
    print(format_args!("{key} of {which} ({:?}): {verdict}", delivery.decode()?.verification_id()));
    Ok(())
}

/// What your webhook gets; nothing in it is proven.
fn delivered(key: &str, id: &str) -> Result<Unverified<Event>, Box<dyn Error>> {
    let body = json!({ "key": key, "data": { "id": id } }).to_string();
    let headers: [(&str, &str); 0] = [];
    Ok(case_keeper::OpenEndpoint::new().verify(&headers, body)?)
}

/// A closed pipe (`| head`) is no reason to panic.
fn print(line: std::fmt::Arguments<'_>) {
    writeln!(stdout().lock(), "{line}").unwrap_or_default();
}
