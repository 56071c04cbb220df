//! Confirms Case Keeper's unverified deliveries, if there are credentials to ask with.

use std::time::Duration;

use idhooks::{
    Delivery, Unverified,
    case_keeper::{Client, Confirmation, Event, VerificationStatus},
    http_client::BuildError,
    inbox::{Job, Outcome},
};

use crate::worker::line;

/// The client, if `CASE_KEEPER_CLIENT_ID` is set; then the other variables must be, too.
pub(crate) fn client_from_env() -> Result<Option<Client>, BuildError> {
    match Client::from_env() {
        Ok(client) => Ok(Some(client)),
        Err(error) if error.is_missing() && error.variable() == Some("CASE_KEEPER_CLIENT_ID") => Ok(None),
        Err(error) => Err(error),
    }
}

/// Asks the vendor about an unverified delivery, and prints the answer. If it cannot be asked now, or this process dies meanwhile, the
/// inbox has it asked again.
pub(crate) async fn handle(client: &Client, job: &Job<Unverified<Event>>) -> Outcome {
    let confirmation = match client.confirm(job.delivery()).await {
        Ok(confirmation) => confirmation,
        Err(error) => {
            line(job, "unasked", &format!("asked again later: {error:?}"));
            return Outcome::retry("Case Keeper could not be asked");
        }
    };
    line(job, confirmation.as_str(), &status(&confirmation));
    // A webhook can overtake the vendor's own database. `Gone` comes after some reads, and may still be early.
    let may_be_early = match confirmation {
        Confirmation::Contradicted(_) => true,
        Confirmation::Gone => job.delivery().envelope().event_name() != Some("verification.deleted"),
        Confirmation::Confirmed(_) | Confirmation::NotYours => false,
    };
    if may_be_early && job.attempt() < 3 {
        return Outcome::retry_after(Duration::from_secs(30), "Case Keeper says otherwise, or not yet");
    }
    Outcome::Done
}

/// A subject to print. The id in Case Keeper's deliveries opens the person's page, so a log is no place for all of it.
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

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use idhooks::{
        case_keeper::{Credentials, OpenEndpoint},
        inbox::{Inbox, State},
    };
    use idhooks_fixtures::server::case_keeper as double;

    use super::*;
    use crate::worker::{self, Settings};

    type Done = Result<(), Box<dyn std::error::Error>>;

    fn unverified(key: &str, id: &str) -> Result<Unverified<Event>, Box<dyn std::error::Error>> {
        let body = serde_json::json!({ "key": key, "data": { "id": id } }).to_string();
        Ok(OpenEndpoint::new().verify(&[] as &[(&str, &str)], body)?)
    }

    /// The whole way: unverified deliveries in the inbox, the receiver's own handlers, and a mock of Case Keeper.
    #[tokio::test]
    async fn confirms_each_delivery_and_retries_what_is_contradicted() -> Done {
        let server = double::start().await?;
        let client = Client::builder(Credentials::new(double::CLIENT_ID, double::CLIENT_SECRET), server.url());
        let client = client.token_url(server.url().join(double::TOKEN_PATH)?).build()?;
        let folder = tempfile::tempdir()?;
        let inbox = Inbox::open(&format!("sqlite:{}", folder.path().join("inbox.db").display())).await?;
        let unknown = "00000000-0000-4000-8000-00000000dead";
        let mut kept = Vec::new();
        for (key, id, state, reason) in [
            ("verification.verified", double::VERIFIED, State::Done, None),
            (
                "verification.verified",
                double::COMPLETED,
                State::Scheduled,
                Some("Case Keeper says otherwise, or not yet"),
            ),
            ("verification.deleted", double::DELETED, State::Done, None),
            ("verification.verified", unknown, State::Scheduled, Some("Case Keeper says otherwise, or not yet")),
            ("verification.verified", double::FOREIGN, State::Done, None),
        ] {
            kept.push((inbox.accept(&unverified(key, id)?).await?.id(), id, state, reason));
        }

        let settings = Settings { client: Some(client), handler_time: Duration::ZERO };
        inbox.worker().until_idle().run(worker::handlers(settings)).await?;

        for (id, subject, state, reason) in kept {
            let details = inbox.get(id).await?.ok_or("it is kept")?;
            let found = (details.summary.state, details.summary.attempts, details.summary.reason.as_deref());
            let failed = u32::from(state == State::Scheduled);
            assert_eq!(found, (state, failed, reason), "{subject}");
            assert!(state == State::Done || details.summary.due_at > SystemTime::now() + Duration::from_secs(10));
            let reads = if subject == unknown { 4 } else { 1 };
            assert_eq!(server.count(&format!("GET /api/v3/case-keeper/verifications/{subject}")), reads, "{subject}");
        }
        assert_eq!(server.count(&format!("POST {}", double::TOKEN_PATH)), 1);
        inbox.close().await;
        Ok(())
    }

    #[test]
    fn prints_only_the_start_of_an_unverified_subject() {
        assert_eq!(shown::<Unverified<Event>>(Some(double::VERIFIED)), "00000000");
        assert_eq!(shown::<idhooks::Verified<idhooks::capa::Event>>(Some("customer-17")), "customer-17");
        assert_eq!(shown::<Unverified<Event>>(None), "-");
    }
}
