//! Handles what was accepted, by this process or another one.

use std::{error::Error, time::Duration};

use idhooks::{
    Delivery, Unverified, Verified, WebhookEvent, autentique, caf, capa, case_keeper,
    inbox::{Handlers, Inbox, Job, Outcome},
    unico,
};
use tokio::time::sleep;

use crate::{confirm, print::Line, stop::Stop};

/// For how long others leave a delivery alone after this process was last heard of. Shorter than the default, so that
/// after a `kill -9` nobody has to watch for half a minute.
const LEASE: Duration = Duration::from_secs(5);

/// What the handlers need.
pub(crate) struct Settings {
    /// To confirm Case Keeper's deliveries.
    pub(crate) client: Option<case_keeper::Client>,
    /// How long each handler pretends to work.
    pub(crate) handler_time: Duration,
}

pub(crate) async fn run(inbox: &Inbox, settings: Settings, stop: &Stop) -> Result<(), Box<dyn Error>> {
    inbox.worker().lease(LEASE).with_graceful_shutdown(stop.clone().told()).run(handlers(settings)).await?;
    Ok(())
}

pub(crate) fn handlers(settings: Settings) -> Handlers {
    let Settings { client, handler_time: time } = settings;
    Handlers::new()
        .on(move |job: Job<Verified<caf::Event>>| show(job, time))
        .on(move |job: Job<Verified<unico::Event>>| show(job, time))
        .on(move |job: Job<Verified<autentique::Event>>| show(job, time))
        .on(move |job: Job<Verified<capa::Event>>| show(job, time))
        .on(move |job: Job<Unverified<case_keeper::Event>>| {
            let client = client.clone();
            async move {
                match client {
                    Some(client) => confirm::handle(&client, &job).await,
                    None => show(job, time).await,
                }
            }
        })
}

/// Where your own work would be. It may run twice for one delivery, so it must do no harm twice.
async fn show<D: Delivery>(job: Job<D>, time: Duration) -> Outcome {
    if !time.is_zero() {
        sleep(time).await;
    }
    line(&job, "handled", "");
    Outcome::Done
}

pub(crate) fn line<D: Delivery>(job: &Job<D>, verdict: &str, note: &str) {
    let envelope = job.delivery().envelope();
    let again = if job.attempt() > 1 { format!(", attempt {}", job.attempt()) } else { String::new() };
    Line {
        verdict,
        vendor: <D::Event as WebhookEvent>::VENDOR,
        event: envelope.event_name().unwrap_or("-"),
        subject: &confirm::shown::<D>(envelope.subject_id()),
        entry: &format!("{}{again}", job.id()),
        key: &job.delivery().dedup_key().to_string(),
        taken: job.received_at().elapsed().unwrap_or_default(),
        note: if job.possible_replay() { "the same bytes arrived before the deduplication window" } else { note },
    }
    .print();
}
