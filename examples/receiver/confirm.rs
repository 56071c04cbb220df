//! From Case Keeper's hints to facts, if there are credentials to ask with.

use std::time::Instant;

use idhooks::{
    Hint,
    case_keeper::{Client, ClientBuilder, Confirmation, Event, VerificationStatus},
    http_client::BuildError,
};

use crate::print::Line;

/// The client, if `CASE_KEEPER_CLIENT_ID` is set; then the other variables must be, too.
pub(crate) fn client_from_env() -> Result<Option<Client>, BuildError> {
    match ClientBuilder::from_env() {
        Ok(builder) => builder.build().map(Some),
        Err(error) if error.is_missing() && error.variable() == Some("CASE_KEEPER_CLIENT_ID") => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks about a hint that was answered already, and prints what the vendor says.
///
/// What runs here is lost in a crash: a real receiver stores the hint before it answers.
pub(crate) fn later(client: &Client, hint: &Hint<Event>) {
    let (client, hint) = (client.clone(), hint.clone());
    tokio::spawn(async move {
        let started = Instant::now();
        let (verdict, note) = match client.confirm(&hint).await {
            Ok(confirmation) => (confirmation.as_str(), status(&confirmation)),
            Err(error) => ("unasked", format!("{error:?}")),
        };
        let (key, facts) = (hint.key(), hint.facts());
        Line {
            verdict,
            vendor: "case-keeper",
            event: facts.event_name().unwrap_or("-"),
            subject: &shown(facts.subject_id().unwrap_or("-")),
            key: &key.to_string(),
            taken: started.elapsed(),
            note: &note,
        }
        .print();
    });
}

/// The id in Case Keeper's hints opens the person's page, so a log is no place for all of it.
pub(crate) fn shown(id: &str) -> String {
    id.chars().take(8).collect()
}

fn status(confirmation: &Confirmation) -> String {
    let (Confirmation::Confirmed(verification) | Confirmation::Contradicted(verification)) = confirmation else {
        return String::new();
    };
    let status = verification.status.as_ref().map_or("unknown", VerificationStatus::as_str);
    format!("its status is {status}")
}
