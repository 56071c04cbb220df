//! A worker whose store fails, hangs, or reports leases as lost.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use idhooks_inbox::{Handlers, Outcome, State, store::ClaimRequest};
use tokio::time::sleep;

use support::{
    PATIENCE, all, all_done, capa, claim, count_done, details, eager,
    engine::Engine,
    eventually,
    faulty::faulty,
    handling::{Capa, hanging, hanging_until_stopped, nothing, reached, subject},
    request, start,
};

#[tokio::test(flavor = "multi_thread")]
async fn row_37_a_handler_that_lost_its_lease_is_stopped_and_cannot_complete() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let (broken, faults) = faulty(engine.open().await);
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let count = Arc::new(AtomicU32::new(0));
    let first =
        start(eager(&broken).lease(Duration::from_millis(300)).shutdown_timeout(Duration::ZERO), hanging(&count));
    reached(&count, 1).await;
    // From now on the first worker cannot say that it lives.
    faults.set(&faults.renew, true);
    faults.set(&faults.claim, true);
    let second = start(eager(&inbox), nothing());
    all_done(&inbox, 1).await;
    second.stop().await;
    faults.set(&faults.claim, false);
    assert_eq!(details(&inbox, id).await.failed_attempts.len(), 1, "the lease expired");

    // It has stopped the handler, so it has room for another.
    inbox.accept(&capa("b")).await.unwrap();
    reached(&count, 2).await;
    first.stop().await;
    let details = details(&inbox, id).await;
    assert_eq!((details.summary.state, details.failed_attempts.len()), (State::Done, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_is_stopped_when_the_store_reports_its_lease_as_lost() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    let count = Arc::new(AtomicU32::new(0));
    // One at a time: the second starts only when the first was stopped.
    let worker = eager(&inbox).concurrency(1).lease(Duration::from_millis(600)).shutdown_timeout(Duration::ZERO);
    let working = start(worker, hanging(&count));
    reached(&count, 1).await;
    inbox.accept(&capa("b")).await.unwrap();
    faults.set(&faults.loses, true);
    reached(&count, 2).await;
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_worker_waits_for_a_store_that_fails() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let handlers = Handlers::new().on(move |_: Capa| {
        counted.fetch_add(1, Ordering::SeqCst);
        async {}
    });
    let working = start(eager(&inbox), handlers);
    for (number, fault) in [&faults.claim, &faults.complete].into_iter().enumerate() {
        let failed = faults.failed();
        faults.set(fault, true);
        inbox.accept(&capa(&format!("customer-{number}"))).await.unwrap();
        eventually("it fails", || async { (faults.failed() > failed).then_some(()) }).await;
        faults.set(fault, false);
        all_done(&inbox, number as u64 + 1).await;
    }
    working.stop().await;
    assert_eq!(count.load(Ordering::SeqCst), 2, "the outcome was written again, the handler not called again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_respond_stops_neither_worker_nor_shutdown() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    let other = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let (count, stopped) = (Arc::default(), Arc::default());
    let worker = eager(&inbox).lease(Duration::from_millis(900)).shutdown_timeout(Duration::from_millis(100));
    let working = start(worker, hanging_until_stopped(&count, &stopped));
    reached(&count, 1).await;
    faults.set(&faults.hangs, true);
    // It cannot renew, so it lets go.
    reached(&stopped, 1).await;
    let taken = eventually("another takes over", || async { claim(&other, request()).await.pop() }).await;
    assert_eq!(taken.attempt(), 2);
    let asked = Instant::now();
    working.stop().await;
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert_eq!(inbox.store().stats().await.unwrap().running, 1, "the other one holds it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_blocks_its_thread_costs_no_other_delivery_an_attempt() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let (broken, faults) = faulty(engine.open().await);
    let entered = Arc::new(AtomicU32::new(0));
    let handlers = Handlers::new().on({
        let entered = Arc::clone(&entered);
        move |job: Capa| {
            entered.fetch_add(1, Ordering::SeqCst);
            let blocks = subject(&job) == "blocks" && job.attempt() == 1;
            async move {
                if blocks {
                    std::thread::sleep(Duration::from_secs(4));
                }
            }
        }
    });
    let worker = eager(&broken).lease(Duration::from_millis(600)).max_attempts(3).shutdown_timeout(Duration::ZERO);
    let working = start(worker, handlers);
    inbox.accept(&capa("blocks")).await.unwrap();
    eventually("it is blocked", || async { (entered.load(Ordering::SeqCst) == 1).then_some(()) }).await;
    faults.set(&faults.renew, true);
    faults.set(&faults.claim, true);
    sleep(Duration::from_millis(1100)).await;
    let swept = inbox.store().claim(ClaimRequest { limit: 0, ..request() }).await.unwrap();
    assert_eq!(swept.expired.len(), 1);
    faults.set(&faults.renew, false);
    faults.set(&faults.claim, false);
    for number in 0..20 {
        inbox.accept(&capa(&format!("innocent-{number}"))).await.unwrap();
    }
    all_done(&inbox, 21).await;
    working.stop().await;
    let mut with_failures = 0;
    for delivery in all(&inbox).await {
        with_failures += usize::from(!details(&inbox, delivery.id).await.failed_attempts.is_empty());
    }
    assert_eq!(with_failures, 1);
}

/// When its lease is over a handler has been stopped, although no renewal was due just then.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_37_a_handler_is_stopped_before_another_worker_starts() {
    struct Dropped(Arc<Mutex<Option<Instant>>>);

    impl Drop for Dropped {
        fn drop(&mut self) {
            *self.0.lock().unwrap() = Some(Instant::now());
        }
    }

    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let (broken, faults) = faulty(engine.open().await);
    let (stopped, began) = (Arc::new(Mutex::new(None)), Arc::new(Mutex::new(None)));
    let entered = Arc::new(AtomicU32::new(0));
    let first = Handlers::new().on({
        let (stopped, entered) = (Arc::clone(&stopped), Arc::clone(&entered));
        move |_: Capa| {
            entered.fetch_add(1, Ordering::SeqCst);
            let dropped = Dropped(Arc::clone(&stopped));
            async move {
                let _dropped = dropped;
                std::future::pending::<()>().await;
            }
        }
    });
    let lease = Duration::from_secs(3);
    let first = start(eager(&broken).lease(lease).shutdown_timeout(Duration::ZERO), first);
    // Between two looks at the leases: the next comes a second after the first, and the lease ends between two of them.
    sleep(Duration::from_millis(1200)).await;
    inbox.accept(&capa("a")).await.unwrap();
    eventually("the first has it", || async { (entered.load(Ordering::SeqCst) == 1).then_some(()) }).await;
    faults.set(&faults.renew, true);
    faults.set(&faults.claim, true);
    let second = Handlers::new().on({
        let began = Arc::clone(&began);
        move |_: Capa| {
            *began.lock().unwrap() = Some(Instant::now());
            async {}
        }
    });
    let second = start(eager(&inbox), second);
    let began = eventually("the second has it", || async { *began.lock().unwrap() }).await;
    let stopped = eventually("the first is stopped", || async { *stopped.lock().unwrap() }).await;
    // The machine may be busy in the very moment; a third of the lease it is not.
    let overlap = stopped.saturating_duration_since(began);
    assert!(overlap < Duration::from_millis(400), "{overlap:?}");
    second.stop().await;
    first.stop().await;
}

/// As when the network is cut: the store neither responds nor fails.
#[tokio::test(flavor = "multi_thread")]
async fn row_37_a_handler_is_stopped_at_the_end_of_its_lease_although_a_renewal_hangs() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    faults.set(&faults.renew_hangs, true);
    let (count, stopped) = (Arc::default(), Arc::default());
    let lease = Duration::from_millis(1500);
    let worker = eager(&inbox).lease(lease).shutdown_timeout(Duration::ZERO);
    let working = start(worker, hanging_until_stopped(&count, &stopped));
    inbox.accept(&capa("a")).await.unwrap();
    reached(&count, 1).await;
    let started = Instant::now();
    reached(&stopped, 1).await;
    let took = started.elapsed();
    assert!(took + Duration::from_millis(200) > lease && took < lease + Duration::from_millis(600), "{took:?}");
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn until_idle_waits_for_a_store_that_fails_up_to_the_shutdown() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    faults.set(&faults.claim, true);
    let handlers = || nothing();
    let limit = sleep(Duration::from_millis(200));
    let worker = inbox.worker().with_graceful_shutdown(limit).until_idle();
    tokio::time::timeout(PATIENCE, worker.run(handlers())).await.expect("it was shut down").unwrap();
    assert_eq!(inbox.stats().await.unwrap().ready, 1);

    let failed = faults.failed();
    let working = tokio::spawn(inbox.worker().until_idle().run(handlers()));
    eventually("it fails", || async { (faults.failed() > failed).then_some(()) }).await;
    assert!(!working.is_finished(), "it is not known whether there is something to do");
    faults.set(&faults.claim, false);
    tokio::time::timeout(PATIENCE, working).await.expect("it ends").unwrap().unwrap();
    assert_eq!(count_done(&inbox).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_is_not_asked_for_each_new_delivery() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    let working = start(eager(&inbox), nothing());
    let began = Instant::now();
    faults.set(&faults.claim, true);
    let mut number = 0;
    while number < 100 || began.elapsed() < Duration::from_millis(600) {
        inbox.accept(&capa(&format!("customer-{number}"))).await.unwrap();
        number += 1;
    }
    let failed = u128::from(faults.failed());
    let most = 1 + began.elapsed().as_millis() / 500;
    assert!((1..=most).contains(&failed), "{failed} times, and {most} at most");
    faults.set(&faults.claim, false);
    all_done(&inbox, number).await;
    working.stop().await;
}

/// As long as handing back may take.
#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_panics_ends_its_worker_and_another_takes_over() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    faults.set(&faults.complete_panics, true);
    let working = start(eager(&inbox).lease(Duration::from_secs(1)), nothing());
    let panicked = tokio::time::timeout(PATIENCE, working.task).await.expect("it ends").unwrap_err();
    assert!(panicked.is_panic() && faults.failed() == 1);
    faults.set(&faults.complete_panics, false);
    let working = start(eager(&inbox), nothing());
    all_done(&inbox, 1).await;
    working.stop().await;
    assert_eq!(details(&inbox, id).await.failed_attempts.len(), 1, "the lease expired");
}

/// As when the connection breaks after the commit: the worker writes the outcome again.
#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_that_was_written_before_an_error_counts_once() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    faults.set(&faults.complete_fails_after_write, true);
    let handlers = Handlers::new().on(|_: Capa| async { Outcome::retry_after(Duration::from_secs(600), "not now") });
    let working = start(eager(&inbox), handlers);
    eventually("it fails twice", || async { (faults.failed() > 1).then_some(()) }).await;
    faults.set(&faults.complete_fails_after_write, false);
    working.stop().await;
    let details = details(&inbox, id).await;
    assert_eq!((details.summary.state, details.summary.attempts), (State::Scheduled, 1));
    assert_eq!(details.failed_attempts.len(), 1);
}

/// Two answers of a store come in any order: that the lease is gone, and that its verdict was written down.
#[cfg(feature = "metrics")]
#[tokio::test]
async fn an_outcome_written_during_a_renewal_is_counted_as_done() {
    let counters = support::counters::Counters::default();
    let _here = metrics::set_default_local_recorder(&counters);
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    faults.set(&faults.complete_is_late, true);
    inbox.accept(&capa("a")).await.unwrap();
    // A third of it is less than the store takes to answer, so it is renewed before; the whole is a good deal more.
    let lease = support::faulty::LATE.mul_f64(2.7);
    let working = start(eager(&inbox).lease(lease), nothing());
    all_done(&inbox, 1).await;
    sleep(support::faulty::LATE).await;
    working.stop().await;
    let handled = |outcome| counters.value(&format!("idhooks_inbox_handled_total vendor=capa outcome={outcome}"));
    assert_eq!((handled("done"), handled("lease_lost")), (1, 0));
}
