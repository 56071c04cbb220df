//! The shutdown of a worker whose store fails or hangs.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use idhooks_inbox::Handlers;
use tokio::sync::Notify;

use support::{
    PATIENCE, capa, count_done, eager,
    engine::Engine,
    eventually,
    faulty::{LATE, faulty},
    handling::{Capa, hanging, hanging_until_stopped, nothing, reached},
    start,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_ends_although_nothing_can_be_released() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    let (count, stopped) = (Arc::default(), Arc::default());
    let working = start(eager(&inbox).shutdown_timeout(Duration::ZERO), hanging_until_stopped(&count, &stopped));
    reached(&count, 1).await;
    faults.set(&faults.hangs, true);
    working.stop().await;
    assert_eq!((stopped.load(Ordering::SeqCst), inbox.stats().await.unwrap().running), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_does_not_wait_for_a_renewal_without_response() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    faults.set(&faults.renew_hangs, true);
    let (count, stopped) = (Arc::default(), Arc::default());
    let worker = eager(&inbox).lease(Duration::from_secs(12)).shutdown_timeout(Duration::ZERO);
    let working = start(worker, hanging_until_stopped(&count, &stopped));
    reached(&count, 1).await;
    eventually("the renewal is asked for", || async { (faults.failed() > 0).then_some(()) }).await;
    let asked = Instant::now();
    working.stop().await;
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}, and the lease is 12 s", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_does_not_take_longer_with_long_leases() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    let worker = eager(&inbox).lease(Duration::from_secs(3600)).shutdown_timeout(Duration::ZERO);
    let working = start(worker, hanging(&Arc::default()));
    eventually("it works", || async { inbox.accept(&capa("a")).await.ok() }).await;
    eventually("it works", || async { (inbox.stats().await.unwrap().running == 1).then_some(()) }).await;
    faults.set(&faults.hangs, true);
    inbox.accept(&capa("b")).await.unwrap();
    eventually("it is asked", || async { (faults.failed() > 0).then_some(()) }).await;
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_ends_a_worker_whose_store_never_responded() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    faults.set(&faults.hangs, true);
    let working = start(eager(&inbox), hanging(&Arc::default()));
    eventually("it is asked", || async { (faults.failed() > 0).then_some(()) }).await;
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_ends_although_a_handler_ends_after_the_inbox_was_closed() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let (count, go_on) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
    let handlers = Handlers::new().on({
        let (count, go_on) = (Arc::clone(&count), Arc::clone(&go_on));
        move |_: Capa| {
            count.fetch_add(1, Ordering::SeqCst);
            let go_on = Arc::clone(&go_on);
            async move { go_on.notified().await }
        }
    });
    let working =
        start(eager(&inbox).lease(Duration::from_secs(600)).shutdown_timeout(Duration::from_secs(600)), handlers);
    reached(&count, 1).await;
    inbox.close().await;
    go_on.notify_one();
    // Its outcome can never be written.
    tokio::time::timeout(PATIENCE, working.task).await.expect("it ends").unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handled_delivery_is_not_released_because_its_outcome_is_late() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    faults.set(&faults.complete, true);
    let working = start(eager(&inbox).shutdown_timeout(Duration::ZERO), nothing());
    eventually("its verdict fails", || async { (faults.failed() > 0).then_some(()) }).await;
    let failed = faults.failed();
    let stop = tokio::spawn(working.stop());
    eventually("it fails again", || async { (faults.failed() > failed).then_some(()) }).await;
    faults.set(&faults.complete, false);
    stop.await.unwrap();
    assert_eq!(count_done(&inbox).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_deliveries_are_released_by_a_slow_store() {
    const MANY: u32 = 20;
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    for number in 0..MANY {
        inbox.accept(&capa(&format!("customer-{number}"))).await.unwrap();
    }
    faults.set(&faults.complete_is_late, true);
    let count = Arc::default();
    let worker = eager(&inbox).concurrency(MANY as usize).shutdown_timeout(Duration::ZERO);
    let working = start(worker, hanging(&count));
    reached(&count, MANY).await;
    working.stop().await;
    assert_eq!(inbox.stats().await.unwrap().ready, u64::from(MANY), "{MANY} times {LATE:?} are more than is waited");
}
