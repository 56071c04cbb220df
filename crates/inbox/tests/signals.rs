//! The signals that stop a program, in a process of their own.

#![cfg(all(unix, feature = "sqlite"))]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{process::Command, time::Duration};

use idhooks_capa as capa;
use idhooks_core::{Secret, Verified};
use idhooks_inbox::{Handlers, Inbox, Job, State, shutdown_signal};
use tokio::{
    sync::mpsc,
    time::{sleep, timeout},
};

#[tokio::test]
async fn drains_when_sigterm_arrives_in_the_middle_of_a_handler() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::open(&format!("sqlite:{}", folder.path().join("inbox.db").display())).await.unwrap();
    let secret = Secret::new("a secret of the test").unwrap();
    let body = br#"{"type":"TRANSACTION","event":"COMPLETED_ON_RAMP","transactionId":"t-1"}"#;
    let delivery = capa::Verifier::new(secret.clone()).verify(&[capa::sign(&secret, body)], &body[..]).unwrap();
    let id = inbox.accept(&delivery).await.unwrap().id();

    let (started, mut starts) = mpsc::unbounded_channel();
    let handlers = Handlers::new().on(move |_: Job<Verified<capa::Event>>| {
        let _ = started.send(());
        sleep(Duration::from_millis(300))
    });
    let worker = tokio::spawn(inbox.worker().with_graceful_shutdown(shutdown_signal()).run(handlers));
    starts.recv().await.unwrap();
    let kill = Command::new("kill").args(["-TERM", &std::process::id().to_string()]).status().unwrap();
    assert!(kill.success());

    timeout(Duration::from_secs(10), worker).await.expect("the worker stops").unwrap().unwrap();
    assert_eq!(inbox.get(id).await.unwrap().unwrap().summary.state, State::Done, "the handler was not cut off");
}
