//! What a worker does with deliveries whose vendors' crates are at different releases.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use idhooks_core::{DecodeError, Envelope, Verified, WebhookEvent, json::FromJson, testing::verified};
use idhooks_inbox::{Handlers, Job, State};

use support::{PATIENCE, all_done, capa, details, eager, engine::Engine, handling::Capa, start};

/// An event of a vendor whose crate can read nothing before its second release.
struct Read<const RELEASE: u8>;

impl<const RELEASE: u8> FromJson<'_> for Read<RELEASE> {}

impl<const RELEASE: u8> WebhookEvent for Read<RELEASE> {
    const VENDOR: &'static str = "example";
    const VERSION: &'static str = if RELEASE < 2 { "0.1.0" } else { "0.2.0" };

    fn decode(_: &[u8]) -> Result<Self, DecodeError> {
        if RELEASE < 2 { Err(DecodeError::new("", "is of a later release")) } else { Ok(Self) }
    }

    fn envelope(_: &[u8]) -> Envelope {
        Envelope::new()
    }
}

/// An event of a vendor whose crate is at its seventh release.
struct Ahead;

impl FromJson<'_> for Ahead {}

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
async fn row_42_what_could_not_be_read_is_read_by_a_later_release_whatever_the_other_vendors_are_at() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let id = inbox.accept(&verified::<Read<1>>("{}")).await.unwrap().id();
    let ahead = inbox.accept(&verified::<Ahead>("{}")).await.unwrap().id();
    let other = || Handlers::new().on(|_: Job<Verified<Ahead>>| async {});
    let run = async |handlers| {
        let worker = eager(&inbox).until_idle();
        tokio::time::timeout(PATIENCE, worker.run(handlers)).await.expect("nothing is read again and again").unwrap();
        [details(&inbox, id).await.summary.state, details(&inbox, ahead).await.summary.state]
    };
    let unreadable = [State::Undecodable; 2];
    assert_eq!(run(other().on(|_: Job<Verified<Read<1>>>| async {})).await, unreadable);
    assert_eq!(run(other().on(|_: Job<Verified<Read<1>>>| async {})).await, unreadable);
    assert_eq!(run(other().on(|_: Job<Verified<Read<2>>>| async {})).await, [State::Done, State::Undecodable]);
}

/// A worker that has room for one delivery takes turns between the kinds.
#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_of_one_release_does_not_keep_those_of_another_waiting() {
    const BACKLOG: usize = 3;
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    // One kind after the other, so that only fair turns can mix them.
    for number in 0..BACKLOG {
        inbox.accept(&verified::<Read<2>>(number.to_string())).await.unwrap();
    }
    for number in 0..BACKLOG {
        inbox.accept(&capa(&format!("customer-{number}"))).await.unwrap();
    }
    let order = Arc::new(Mutex::new(Vec::new()));
    let handled = |vendor| {
        let order = Arc::clone(&order);
        move || {
            let order = Arc::clone(&order);
            async move { order.lock().unwrap().push(vendor) }
        }
    };
    let (example, capa) = (handled("example"), handled("capa"));
    let handlers = Handlers::new().on(move |_: Job<Verified<Read<2>>>| example()).on(move |_: Capa| capa());
    let working = start(eager(&inbox).concurrency(1).lease(Duration::from_secs(600)), handlers);
    all_done(&inbox, 2 * BACKLOG as u64).await;
    working.stop().await;
    let order = order.lock().unwrap();
    let turns = order.windows(2).filter(|two| two[0] != two[1]).count();
    assert_eq!(turns, 2 * BACKLOG - 1, "{order:?}");
}
