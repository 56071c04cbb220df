//! Workers whose vendor crates are at different releases.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use idhooks_core::{DecodeError, Envelope, Verifiable, Verified, WebhookEvent, json::FromJson, testing::verified};
use idhooks_inbox::{Handlers, Job, State};
use tokio::time::sleep;

use support::{PATIENCE, all_done, capa, eager, engine::Engine, handling::Capa, start, summary};

/// An event that its vendor's crate can decode from its second release on.
struct Decodes<const RELEASE: u8>;

impl<const RELEASE: u8> FromJson<'_> for Decodes<RELEASE> {}

impl<const RELEASE: u8> Verifiable for Decodes<RELEASE> {}

impl<const RELEASE: u8> WebhookEvent for Decodes<RELEASE> {
    const VENDOR: &'static str = "example";
    const VERSION: &'static str = if RELEASE < 2 { "0.1.0" } else { "0.2.0" };

    fn decode(_: &[u8]) -> Result<Self, DecodeError> {
        if RELEASE < 2 { Err(DecodeError::new("", "is of a later release")) } else { Ok(Self) }
    }

    fn envelope(_: &[u8]) -> Envelope {
        Envelope::new()
    }
}

/// An event that its vendor's crate, at its seventh release, cannot decode.
struct Ahead;

impl FromJson<'_> for Ahead {}

impl Verifiable for Ahead {}

impl WebhookEvent for Ahead {
    const VENDOR: &'static str = "ahead";
    const VERSION: &'static str = "7.0.0";

    fn decode(_: &[u8]) -> Result<Self, DecodeError> {
        Err(DecodeError::new("", "is of a later release"))
    }

    fn envelope(_: &[u8]) -> Envelope {
        Envelope::new()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_42_a_later_release_decodes_what_an_earlier_one_could_not() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let id = inbox.accept(&verified::<Decodes<1>>("{}")).await.unwrap().id();
    let ahead = inbox.accept(&verified::<Ahead>("{}")).await.unwrap().id();
    // The version of another vendor's crate does not count.
    let other = || Handlers::new().on(|_: Job<Verified<Ahead>>| async {});
    let run = async |handlers| {
        let worker = eager(&inbox).until_idle();
        tokio::time::timeout(PATIENCE, worker.run(handlers))
            .await
            .expect("nothing is decoded again and again")
            .unwrap();
        [summary(&inbox, id).await.state, summary(&inbox, ahead).await.state]
    };
    let undecodable = [State::Undecodable; 2];
    assert_eq!(run(other().on(|_: Job<Verified<Decodes<1>>>| async {})).await, undecodable);
    assert_eq!(run(other().on(|_: Job<Verified<Decodes<1>>>| async {})).await, undecodable);
    assert_eq!(run(other().on(|_: Job<Verified<Decodes<2>>>| async {})).await, [State::Done, State::Undecodable]);
}

/// A worker with room for one delivery. The version of a vendor's crate has nothing to do with whose turn it is.
#[tokio::test(flavor = "multi_thread")]
async fn row_51_a_backlog_of_one_vendor_does_not_delay_another_with_a_different_version() {
    const BACKLOG: usize = 5;
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    for number in 0..BACKLOG {
        inbox.accept(&verified::<Decodes<2>>(number.to_string())).await.unwrap();
    }
    for number in 0..BACKLOG {
        inbox.accept(&capa(&format!("customer-{number}"))).await.unwrap();
    }
    let order = Arc::new(Mutex::new(Vec::new()));
    let handled = |vendor| {
        let order = Arc::clone(&order);
        move || {
            order.lock().unwrap().push(vendor);
            sleep(Duration::from_millis(5))
        }
    };
    let (example, capa) = (handled("example"), handled("capa"));
    let handlers = Handlers::new().on(move |_: Job<Verified<Decodes<2>>>| example()).on(move |_: Capa| capa());
    let working = start(eager(&inbox).concurrency(1), handlers);
    all_done(&inbox, 2 * BACKLOG as u64).await;
    working.stop().await;
    let order = order.lock().unwrap();
    let turns = order.windows(2).filter(|two| two[0] != two[1]).count();
    assert_eq!(turns, 2 * BACKLOG - 1, "{order:?}");
}
