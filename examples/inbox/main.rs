//! A durable inbox: kept once, tried again, given up, replayed. `cargo run --example inbox`
use std::error::Error;

use idhooks::{
    Secret, Verified, capa,
    inbox::{Backoff, Handlers, Inbox, InvalidHandlers, Job, Outcome},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?; // yours stays where it is: `Inbox::open("sqlite:inbox.db")`
    let inbox = Inbox::open(&format!("sqlite:{}", folder.path().join("inbox.db").display())).await?;

    let secret = Secret::new("demo-secret")?; // in production: `capa::Verifier::from_env()?`
    let body = br#"{"type":"KYC","event":"VERIFIED_USER","externalUserId":"customer-1"}"#;
    let delivery = capa::Verifier::new(secret.clone()).verify(&[capa::sign(&secret, body)], &body[..])?;
    let accepted = inbox.accept(&delivery).await?; // from here on it is on disk: answer 200
    println!("the first time: {}, and again: {}", accepted.as_str(), inbox.accept(&delivery).await?.as_str());

    work(&inbox, |job| match job.attempt() {
        1 => Outcome::retry("our ledger was away"),
        _ => Outcome::dead_letter("our ledger knows no such customer"),
    })
    .await?;
    for letter in inbox.dead_letters().await? {
        println!("a dead letter after {} attempts: {:?}", letter.attempts, letter.reason);
        inbox.replay(letter.id).await?; // once what was wrong is mended
    }
    work(&inbox, |_| Outcome::Done).await?;

    if let Some(details) = inbox.get(accepted.id()).await? {
        let failed: Vec<_> = details.failed_attempts.iter().map(|attempt| &attempt.reason).collect();
        println!("now it is {}; what failed before: {failed:?}", details.summary.state.as_str());
    }
    inbox.close().await;
    Ok(())
}

/// Handles what there is. A service of yours would do so until Ctrl-C.
async fn work(inbox: &Inbox, decide: fn(&Job<Verified<capa::Event>>) -> Outcome) -> Result<(), InvalidHandlers> {
    let handlers = Handlers::new().on(move |job: Job<Verified<capa::Event>>| {
        let outcome = decide(&job);
        println!("  attempt {} at {}", job.attempt(), job.event().name());
        async move { outcome }
    });
    let at_once = Backoff::NONE; // from ten seconds, unless said
    inbox.worker().backoff(at_once).until_idle().run(handlers).await
}
