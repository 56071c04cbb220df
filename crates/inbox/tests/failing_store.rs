//! What a worker does with its handlers while its store fails, hangs, or says that leases are lost.

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

use idhooks_inbox::{Handlers, Outcome, State};
use tokio::{sync::Notify, time::sleep};

use support::{
    PATIENCE, all, all_done, capa, count_done, details, eager,
    engine::Engine,
    eventually,
    faulty::{LATE, faulty},
    handling::{Capa, entered, hanging, hanging_until_stopped, subject},
    lease, request, start,
};

#[tokio::test(flavor = "multi_thread")]
async fn row_37_a_handler_whose_lease_is_lost_is_stopped_and_cannot_finish() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let (broken, faults) = faulty(engine.open().await);
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let count = Arc::new(AtomicU32::new(0));
    let first =
        start(eager(&broken).lease(Duration::from_millis(300)).shutdown_timeout(Duration::ZERO), hanging(&count));
    entered(&count, 1).await;
    // From now on the first worker cannot say that it lives.
    faults.set(&faults.renew, true);
    faults.set(&faults.claim, true);
    let second = start(eager(&inbox), Handlers::new().on(|_: Capa| async {}));
    all_done(&inbox, 1).await;
    second.stop().await;
    faults.set(&faults.claim, false);
    assert_eq!(details(&inbox, id).await.summary.state, State::Done);

    // It has stopped the handler, so it has room for another.
    inbox.accept(&capa("b")).await.unwrap();
    entered(&count, 2).await;
    first.stop().await;
    let details = details(&inbox, id).await;
    assert_eq!((details.summary.state, details.failed_attempts.len()), (State::Done, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_is_stopped_when_the_store_says_that_its_lease_is_lost() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    let count = Arc::new(AtomicU32::new(0));
    // One at a time: the second starts only when the first was stopped.
    let worker = eager(&inbox).concurrency(1).lease(Duration::from_millis(600)).shutdown_timeout(Duration::ZERO);
    let working = start(worker, hanging(&count));
    entered(&count, 1).await;
    inbox.accept(&capa("b")).await.unwrap();
    faults.set(&faults.loses, true);
    entered(&count, 2).await;
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_a_store_that_fails_in_the_middle_is_waited_for() {
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
    assert_eq!(count.load(Ordering::SeqCst), 2, "the verdict was written again, the handler not called again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_does_not_answer_stops_neither_the_worker_nor_its_end() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    let other = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let (count, stopped) = (Arc::default(), Arc::default());
    let worker = eager(&inbox).lease(Duration::from_millis(900)).shutdown_timeout(Duration::from_millis(100));
    let working = start(worker, hanging_until_stopped(&count, &stopped));
    entered(&count, 1).await;
    faults.set(&faults.hangs, true);
    // It cannot renew, so it lets go.
    entered(&stopped, 1).await;
    let taken = eventually("another takes over", || async { lease(&other, request()).await.pop() }).await;
    assert_eq!(taken.attempt, 2);
    let asked = Instant::now();
    working.stop().await;
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert_eq!(inbox.store().stats().await.unwrap().running, 1, "the other one holds it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_although_nothing_can_be_handed_back() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    let (count, stopped) = (Arc::default(), Arc::default());
    let working = start(eager(&inbox).shutdown_timeout(Duration::ZERO), hanging_until_stopped(&count, &stopped));
    entered(&count, 1).await;
    faults.set(&faults.hangs, true);
    working.stop().await;
    assert_eq!((stopped.load(Ordering::SeqCst), inbox.stats().await.unwrap().running), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_for_a_renewal_that_is_not_answered() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    faults.set(&faults.renew_hangs, true);
    let (count, stopped) = (Arc::default(), Arc::default());
    let worker = eager(&inbox).lease(Duration::from_secs(12)).shutdown_timeout(Duration::ZERO);
    let working = start(worker, hanging_until_stopped(&count, &stopped));
    entered(&count, 1).await;
    eventually("the renewal is asked for", || async { (faults.failed() > 0).then_some(()) }).await;
    let asked = Instant::now();
    working.stop().await;
    assert!(asked.elapsed() < Duration::from_secs(8), "{:?}, and the lease is 12 s", asked.elapsed());
}

/// A handler that cannot be stopped is held no longer, and what is asked of the store for others is waited for.
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
    let worker = eager(&broken).lease(Duration::from_millis(600)).max_lost_leases(3).shutdown_timeout(Duration::ZERO);
    let working = start(worker, handlers);
    inbox.accept(&capa("blocks")).await.unwrap();
    eventually("it is blocked", || async { (entered.load(Ordering::SeqCst) == 1).then_some(()) }).await;
    faults.set(&faults.renew, true);
    faults.set(&faults.claim, true);
    sleep(Duration::from_millis(1100)).await;
    faults.set(&faults.renew, false);
    faults.set(&faults.claim, false);
    for number in 0..20 {
        inbox.accept(&capa(&format!("innocent-{number}"))).await.unwrap();
    }
    all_done(&inbox, 21).await;
    working.stop().await;
    let mut first_attempts = 0;
    for delivery in all(&inbox).await {
        first_attempts += usize::from(details(&inbox, delivery.id).await.failed_attempts.is_empty());
    }
    assert_eq!(first_attempts, 20);
}

/// When its lease is over a handler has been stopped, although no renewal was due just then.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_37_a_handler_is_stopped_before_another_worker_may_begin() {
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

#[tokio::test(flavor = "multi_thread")]
async fn until_idle_a_store_that_fails_is_waited_for_and_no_longer_than_told() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    faults.set(&faults.claim, true);
    let handlers = || Handlers::new().on(|_: Capa| async {});
    let limit = sleep(Duration::from_millis(200));
    let worker = inbox.worker().with_graceful_shutdown(limit).until_idle();
    tokio::time::timeout(PATIENCE, worker.run(handlers())).await.expect("told to stop").unwrap();
    assert_eq!(inbox.stats().await.unwrap().waiting(), 1);

    let failed = faults.failed();
    let working = tokio::spawn(inbox.worker().until_idle().run(handlers()));
    eventually("it fails", || async { (faults.failed() > failed).then_some(()) }).await;
    assert!(!working.is_finished(), "it is not known whether there is something to do");
    faults.set(&faults.claim, false);
    tokio::time::timeout(PATIENCE, working).await.expect("it ends").unwrap().unwrap();
    assert_eq!(count_done(&inbox).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_is_not_asked_each_time_something_arrives() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    let working = start(eager(&inbox), Handlers::new().on(|_: Capa| async {}));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_does_not_wait_longer_because_leases_are_long() {
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
async fn a_stop_ends_a_worker_whose_store_does_not_answer_at_the_start() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    faults.set(&faults.hangs, true);
    let working = start(eager(&inbox), hanging(&Arc::default()));
    eventually("it is asked", || async { (faults.failed() > 0).then_some(()) }).await;
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_ends_although_handlers_end_after_the_inbox_was_closed() {
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
    entered(&count, 1).await;
    inbox.close().await;
    go_on.notify_one();
    // Its verdict cannot be written down, now or ever.
    tokio::time::timeout(PATIENCE, working.task).await.expect("it ends").unwrap().unwrap();
}

/// As long as handing back may take.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_handled_is_not_handed_back_because_its_verdict_is_late() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    faults.set(&faults.complete, true);
    let working = start(eager(&inbox).shutdown_timeout(Duration::ZERO), Handlers::new().on(|_: Capa| async {}));
    eventually("its verdict fails", || async { (faults.failed() > 0).then_some(()) }).await;
    let failed = faults.failed();
    let stop = tokio::spawn(working.stop());
    eventually("it fails again", || async { (faults.failed() > failed).then_some(()) }).await;
    faults.set(&faults.complete, false);
    stop.await.unwrap();
    assert_eq!(count_done(&inbox).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_fails_after_it_wrote_is_told_again_and_changes_nothing() {
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa("a")).await.unwrap();
    faults.set(&faults.complete_after, true);
    let count = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&count);
    let handlers = Handlers::new().on(move |_: Capa| {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Outcome::retry_after(Duration::from_secs(600), "later") }
    });
    let working = start(eager(&inbox).lease(Duration::from_secs(4)), handlers);
    eventually("it fails twice", || async { (faults.failed() > 1).then_some(()) }).await;
    faults.set(&faults.complete_after, false);
    sleep(Duration::from_millis(700)).await;
    working.stop().await;
    let delivery = all(&inbox).await.pop().unwrap();
    assert_eq!((delivery.state, delivery.attempts, count.load(Ordering::SeqCst)), (State::Scheduled, 1, 1));
    assert_eq!(details(&inbox, delivery.id).await.failed_attempts.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_handed_back_although_each_takes_its_time() {
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
    entered(&count, MANY).await;
    working.stop().await;
    assert_eq!(
        inbox.stats().await.unwrap().waiting(),
        u64::from(MANY),
        "{MANY} times {LATE:?} are more than is waited"
    );
}

/// Two answers of a store come in any order: that the lease is gone, and that its verdict was written down.
#[cfg(feature = "metrics")]
#[tokio::test]
async fn what_was_finished_while_leases_were_renewed_is_told_to_be_done() {
    let counters = support::counters::Counters::default();
    let _here = metrics::set_default_local_recorder(&counters);
    let engine = Engine::sqlite();
    let (inbox, faults) = faulty(engine.open().await);
    faults.set(&faults.complete_is_late, true);
    inbox.accept(&capa("a")).await.unwrap();
    // A third of it is less than the store takes to answer, so it is renewed before; the whole is a good deal more.
    let lease = LATE.mul_f64(2.7);
    let working = start(eager(&inbox).lease(lease), Handlers::new().on(|_: Capa| async {}));
    all_done(&inbox, 1).await;
    sleep(LATE).await;
    working.stop().await;
    let handled = |outcome| counters.value(&format!("idhooks_inbox_handled_total vendor=capa outcome={outcome}"));
    assert_eq!((handled("done"), handled("lease_lost")), (1, 0));
}
