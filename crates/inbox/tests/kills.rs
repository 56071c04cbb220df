//! Deliveries that kill their process: they alone become dead letters (fault L6).

#![cfg(all(feature = "sqlite", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use idhooks_inbox::{
    Backoff, Handlers, Inbox, State,
    store::{ClaimRequest, LEASE_EXPIRED},
};
use tokio::time::sleep;

use support::{
    PATIENCE, all, all_done, capa, claim_briefly, count_done, details, eager,
    engine::Engine,
    eventually,
    handling::{Capa, subject},
    request, start,
};

/// Names the store to the child. Without it `child` does nothing.
const STORE: &str = "IDHOOKS_TEST_KILLS_STORE";

const INNOCENT: usize = 16;

fn worker(inbox: &Inbox) -> idhooks_inbox::Worker {
    let backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(50)).unwrap();
    inbox.worker().backoff(backoff).lease(Duration::from_millis(200)).concurrency(2 * INNOCENT)
}

/// A worker whose process ends when it handles the delivery at fault, as after a stack overflow.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    let Ok(url) = std::env::var(STORE) else { return };
    let inbox = Inbox::open(&url).await.unwrap();
    let handlers = Handlers::new().on(|job: Capa| async move {
        let guilty = subject(&job) == "guilty";
        sleep(Duration::from_millis(if guilty { 10 } else { 30 })).await;
        if guilty {
            std::process::abort();
        }
    });
    worker(&inbox).until_idle().run(handlers).await.unwrap();
}

fn run(url: &str) -> bool {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact"])
        .env(STORE, url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    child.unwrap().success()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_52_a_delivery_that_aborts_its_process_becomes_a_dead_letter_and_no_other_does() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let guilty = inbox.accept(&capa("guilty")).await.unwrap().id();
    for place in 0..INNOCENT {
        inbox.accept(&capa(&format!("innocent-{place}"))).await.unwrap();
    }
    let (started, mut aborted) = (Instant::now(), 0);
    while inbox.stats().await.unwrap().dead_letters == 0 || count_done(&inbox).await < INNOCENT as u64 {
        assert!(started.elapsed() < PATIENCE, "{:?}", inbox.stats().await);
        aborted += u32::from(!run(&engine.url));
        sleep(Duration::from_millis(50)).await;
    }
    let dead: Vec<_> = inbox.dead_letters().await.unwrap().iter().map(|delivery| delivery.id).collect();
    assert_eq!((dead, aborted), (vec![guilty], 5), "five lost leases, and nobody else");
    let details = details(&inbox, guilty).await;
    assert_eq!((details.summary.attempts, details.summary.lost_leases), (0, 5));
    assert!(details.failed_attempts.iter().all(|attempt| &*attempt.reason == LEASE_EXPIRED));
    for delivery in all(&inbox).await {
        assert!(delivery.id == guilty || delivery.state == State::Done, "{delivery:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_52_a_worker_handles_a_suspect_alone() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let suspect = inbox.accept(&capa("suspect")).await.unwrap().id();
    for _ in 0..2 {
        assert_eq!(claim_briefly(&inbox).await.id, suspect);
    }
    for place in 0..8 {
        inbox.accept(&capa(&format!("innocent-{place}"))).await.unwrap();
    }
    let (running, beside) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (handler_running, handler_beside) = (Arc::clone(&running), Arc::clone(&beside));
    let handlers = Handlers::new().on(move |job: Capa| {
        let (running, beside) = (Arc::clone(&handler_running), Arc::clone(&handler_beside));
        let is_suspect = subject(&job) == "suspect";
        async move {
            running.fetch_add(1, Ordering::SeqCst);
            for _ in 0..if is_suspect { 10 } else { 2 } {
                sleep(Duration::from_millis(10)).await;
                let others = running.load(Ordering::SeqCst) - 1;
                beside.fetch_max(if is_suspect { others } else { 0 }, Ordering::SeqCst);
            }
            running.fetch_sub(1, Ordering::SeqCst);
        }
    });
    // Without a delay the suspect is due at once, and first.
    let backoff = Backoff::NONE;
    let working = start(inbox.worker().backoff(backoff).concurrency(8), handlers);
    eventually("all are done", || async { (count_done(&inbox).await == 9).then_some(()) }).await;
    working.stop().await;
    assert_eq!(beside.load(Ordering::SeqCst), 0, "nothing ran beside the suspect");
}

/// A busy worker lets its handlers end, handles the suspect, and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn row_52_a_suspect_waits_until_its_worker_is_idle() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let suspect = inbox.accept(&capa("suspect")).await.unwrap().id();
    for _ in 0..2 {
        assert_eq!(claim_briefly(&inbox).await.id, suspect);
    }
    // Due in a second, when the worker is busy.
    let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(1)).unwrap();
    let expire = ClaimRequest { limit: 0, backoff, ..request() };
    assert_eq!(inbox.store().claim(expire).await.unwrap().expired.len(), 1);
    let (slow, beside) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(u32::MAX)));
    let (handler_slow, handler_beside) = (Arc::clone(&slow), Arc::clone(&beside));
    let handlers = Handlers::new().on(move |job: Capa| {
        let (slow, beside) = (Arc::clone(&handler_slow), Arc::clone(&handler_beside));
        async move {
            if subject(&job) == "suspect" {
                beside.store(slow.load(Ordering::SeqCst), Ordering::SeqCst);
                return;
            }
            slow.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_millis(400)).await;
            slow.fetch_sub(1, Ordering::SeqCst);
        }
    });
    let working = start(eager(&inbox).concurrency(4), handlers);
    let mut accepted = 0;
    // There is always more to do, so the worker is idle only because it wants to be.
    while beside.load(Ordering::SeqCst) == u32::MAX {
        assert!(accepted < 3000, "the suspect was never handled");
        inbox.accept(&capa(&format!("slow-{accepted}"))).await.unwrap();
        accepted += 1;
        sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(beside.load(Ordering::SeqCst), 0, "nothing ran beside the suspect");
    all_done(&inbox, accepted + 1).await;
    working.stop().await;
}
