//! From Case Keeper's hints to facts, if there are credentials to ask with.

use std::time::Duration;

use idhooks::{
    Delivery, Hint,
    case_keeper::{Client, ClientBuilder, Confirmation, Event, VerificationStatus},
    http_client::BuildError,
    inbox::{Job, Outcome},
};

use crate::worker::line;

/// The client, if `CASE_KEEPER_CLIENT_ID` is set; then the other variables must be, too.
pub(crate) fn client_from_env() -> Result<Option<Client>, BuildError> {
    match ClientBuilder::from_env() {
        Ok(builder) => builder.build().map(Some),
        Err(error) if error.is_missing() && error.variable() == Some("CASE_KEEPER_CLIENT_ID") => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks about a hint, and prints what the vendor says. If it can not be asked now, or this process dies meanwhile, the
/// inbox has it asked again.
pub(crate) async fn handle(client: &Client, job: &Job<Hint<Event>>) -> Outcome {
    let confirmation = match client.confirm(job.delivery()).await {
        Ok(confirmation) => confirmation,
        Err(error) => {
            line(job, "unasked", &format!("asked again later: {error:?}"));
            return Outcome::retry("Case Keeper could not be asked");
        }
    };
    line(job, confirmation.as_str(), &status(&confirmation));
    match confirmation {
        // A webhook may come before what it tells of can be read.
        Confirmation::Contradicted(_) if job.attempt() < 3 => {
            Outcome::retry_after(Duration::from_secs(30), "Case Keeper says otherwise, or not yet")
        }
        _ => Outcome::done(),
    }
}

/// A subject to print. The id in Case Keeper's hints opens the person's page, so a log is no place for all of it.
pub(crate) fn shown<D: Delivery>(subject: Option<&str>) -> String {
    let length = if D::IS_VERIFIED { usize::MAX } else { 8 };
    subject.unwrap_or("-").chars().take(length).collect()
}

fn status(confirmation: &Confirmation) -> String {
    let (Confirmation::Confirmed(verification) | Confirmation::Contradicted(verification)) = confirmation else {
        return String::new();
    };
    let status = verification.status.as_ref().map_or("unknown", VerificationStatus::as_str);
    format!("its status is {status}")
}
