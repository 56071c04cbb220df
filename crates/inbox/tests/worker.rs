//! Workers: handlers, limits and shutdown. What depends on the engine is in `conformance/work.rs`.

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

use idhooks_caf as caf;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{Unverified, Verified};
use idhooks_inbox::{Backoff, ErrorKind, Handlers, Inbox, Job, Outcome, State};
use tokio::{sync::Notify, time::sleep};

use support::{
    PATIENCE, all_done, caf, capa, case_keeper, claim, count_done, details, eager,
    engine::Engine,
    eventually,
    handling::{Capa, hanging, hanging_until_stopped, nothing, reached, subject},
    request, signed_capa, start, summary,
};

#[tokio::test(flavor = "multi_thread")]
async fn row_38_neighbours_go_on_while_one_panics_and_one_hangs() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let panics = inbox.accept(&capa("panics")).await.unwrap().id();
    let panics_early = inbox.accept(&capa("panics-early")).await.unwrap().id();
    let hangs = inbox.accept(&capa("hangs")).await.unwrap().id();
    let handlers = Handlers::new().on(|job: Capa| {
        let subject = subject(&job);
        assert_ne!(subject, "panics-early", "canary-in-a-panic");
        async move {
            match &*subject {
                "panics" => panic!("canary-in-a-panic of {:?}", job.delivery().body()),
                "hangs" => std::future::pending().await,
                _ => {}
            }
        }
    });
    let working =
        start(eager(&inbox).max_attempts(3).handler_timeout(Duration::from_millis(200)).concurrency(4), handlers);
    for place in 0..20 {
        inbox.accept(&capa(&format!("good-{place}"))).await.unwrap();
    }
    eventually("all have ended", || async {
        let dead = inbox.stats().await.unwrap().dead_letters;
        (dead == 3 && count_done(&inbox).await == 20).then_some(())
    })
    .await;
    working.stop().await;
    for (id, reason) in [(panics, "handler panicked"), (panics_early, "handler panicked"), (hangs, "handler timed out")]
    {
        let details = details(&inbox, id).await;
        let history: Vec<_> =
            details.failed_attempts.iter().map(|attempt| (attempt.number, &*attempt.reason)).collect();
        assert_eq!(history, [(1, reason), (2, reason), (3, reason)]);
        assert!(!format!("{details:?}").contains("canary"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_refuses_to_start_without_a_handler_for_what_its_program_receives() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let of_capa = || Handlers::new().on(|_: Capa| async {});
    let run = async |handlers| {
        let worker = inbox.worker().with_graceful_shutdown(async {});
        tokio::time::timeout(PATIENCE, worker.run(handlers)).await.expect("it was shut down")
    };
    run(Handlers::new()).await.expect("this program receives nothing");
    inbox.register_source::<Verified<caf::Event>>();
    inbox.clone().register_source::<Unverified<case_keeper::Event>>();
    inbox.register_source::<Verified<caf::Event>>();
    let missing = run(of_capa()).await.unwrap_err();
    assert_eq!(missing.missing(), [support::kind("caf", true), support::kind("case-keeper", false)]);
    let message = missing.to_string();
    let kinds = "verified deliveries of caf, unverified deliveries of case-keeper:";
    assert!(message.contains(kinds) && message.contains("handled_elsewhere"), "{message}");
    assert_eq!(format!("{missing:?}"), message, "a `main` that fails shows a sentence");

    // A handler of unverified deliveries takes no verified ones.
    let of_unverified = of_capa().handled_elsewhere("case-keeper").on(|_: Job<Unverified<caf::Event>>| async {});
    let missing = run(of_unverified).await.unwrap_err();
    assert_eq!(missing.missing(), [support::kind("caf", true)]);
    run(of_capa().handled_elsewhere("caf").handled_elsewhere("case-keeper")).await.unwrap();
    let every =
        || of_capa().on(|_: Job<Verified<caf::Event>>| async {}).on(|_: Job<Unverified<case_keeper::Event>>| async {});
    run(every()).await.unwrap();
    let other = engine.open().await;
    let worker = other.worker().with_graceful_shutdown(async {});
    worker.run(Handlers::new()).await.expect("another inbox, of a program that only works");
}

/// As in a rolling deploy, or after a vendor was removed.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_starts_although_the_store_has_kinds_it_does_not_know() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let unknown = [
        inbox.accept(&caf("1", "a")).await.unwrap().id(),
        inbox.accept(&case_keeper("01234567-89ab-cdef-0123-456789abcdef")).await.unwrap().id(),
    ];
    inbox.accept(&capa("a")).await.unwrap();
    let working = start(eager(&inbox), nothing());
    eventually("its own is done", || async { (count_done(&inbox).await == 1).then_some(()) }).await;
    working.stop().await;
    tokio::time::timeout(PATIENCE, eager(&inbox).until_idle().run(nothing())).await.expect("it is idle").unwrap();
    for id in unknown {
        let summary = summary(&inbox, id).await;
        assert_eq!((summary.state, summary.attempts), (State::Ready, 0), "left alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_handled_elsewhere_are_left_alone() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&capa("a")).await.unwrap();
    let working = start(eager(&inbox), Handlers::new().on(|_: Capa| async {}).handled_elsewhere("caf"));
    eventually("the other is done", || async { (count_done(&inbox).await == 1).then_some(()) }).await;
    working.stop().await;
    assert_eq!(inbox.stats().await.unwrap().ready, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_shut_down_before_it_starts_claims_nothing() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let worker = inbox.worker().with_graceful_shutdown(async {});
    tokio::time::timeout(PATIENCE, worker.run(nothing())).await.expect("it was shut down").unwrap();
    let summary = summary(&inbox, id).await;
    assert_eq!((summary.state, summary.attempts, summary.lost_leases), (State::Ready, 0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrency_is_limited() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (handler_now, handler_most) = (Arc::clone(&now), Arc::clone(&most));
    let handlers = Handlers::new().on(move |_: Capa| {
        let (now, most) = (Arc::clone(&handler_now), Arc::clone(&handler_most));
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            sleep(Duration::from_millis(20)).await;
            now.fetch_sub(1, Ordering::SeqCst);
        }
    });
    for place in 0..20 {
        inbox.accept(&capa(&format!("{place}"))).await.unwrap();
    }
    let working = start(eager(&inbox).concurrency(3), handlers);
    all_done(&inbox, 20).await;
    working.stop().await;
    assert_eq!(most.load(Ordering::SeqCst), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_waits_for_handlers_and_claims_nothing() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let (count, go_on) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
    let (handler_count, handler_go_on) = (Arc::clone(&count), Arc::clone(&go_on));
    let handlers = Handlers::new().on(move |_: Capa| {
        let (count, go_on) = (Arc::clone(&handler_count), Arc::clone(&handler_go_on));
        async move {
            count.fetch_add(1, Ordering::SeqCst);
            go_on.notified().await;
        }
    });
    inbox.accept(&capa("a")).await.unwrap();
    let working = start(eager(&inbox), handlers);
    reached(&count, 1).await;
    let stop = tokio::spawn(working.stop());
    sleep(Duration::from_millis(200)).await;
    inbox.accept(&capa("b")).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert!(!stop.is_finished());
    go_on.notify_one();
    stop.await.unwrap();
    let ready = inbox.stats().await.unwrap().ready;
    assert_eq!((count_done(&inbox).await, ready, count.load(Ordering::SeqCst)), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_still_running_after_the_shutdown_timeout_are_released() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    for place in 0..3 {
        inbox.accept(&capa(&format!("{place}"))).await.unwrap();
    }
    let count = Arc::new(AtomicU32::new(0));
    let working = start(eager(&inbox).max_attempts(1).shutdown_timeout(Duration::from_millis(100)), hanging(&count));
    reached(&count, 3).await;
    working.stop().await;
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.ready, stats.running, stats.dead_letters), (3, 0, 0));
    let claimed = claim(&inbox, request()).await;
    assert_eq!(claimed.iter().map(|record| record.attempt()).collect::<Vec<_>>(), [1; 3], "no attempt was counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_worker_stops_its_handlers_and_its_leases_expire() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let (count, stopped) = (Arc::default(), Arc::default());
    let handlers = hanging_until_stopped(&count, &stopped);
    let run = tokio::spawn(eager(&inbox).lease(Duration::from_millis(500)).run(handlers));
    reached(&count, 1).await;
    run.abort();
    reached(&stopped, 1).await;
    assert_eq!(inbox.stats().await.unwrap().running, 1);

    let other = start(eager(&inbox), nothing());
    all_done(&inbox, 1).await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_may_run_longer_than_its_lease() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let count = Arc::new(AtomicU32::new(0));
    let handlers = || {
        let count = Arc::clone(&count);
        Handlers::new().on(move |_: Capa| {
            count.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_secs(5))
        })
    };
    let workers = [(); 2].map(|()| start(eager(&inbox).lease(Duration::from_secs(2)), handlers()));
    reached(&count, 1).await;
    all_done(&inbox, 1).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!((count.load(Ordering::SeqCst), details(&inbox, id).await.summary.attempts), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_wait_for_the_backoff() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let handler_times = Arc::clone(&times);
    let handlers = Handlers::new().on(move |job: Capa| {
        handler_times.lock().unwrap().push(Instant::now());
        async move { if job.attempt() < 4 { Outcome::retry("not now") } else { Outcome::Done } }
    });
    let backoff = Backoff::new(Duration::from_millis(200), Duration::from_millis(400)).unwrap();
    let working = start(inbox.worker().backoff(backoff), handlers);
    all_done(&inbox, 1).await;
    working.stop().await;
    let times = times.lock().unwrap();
    let waits: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    for (wait, least) in waits.iter().zip([100, 200, 200]) {
        assert!(*wait >= Duration::from_millis(least - 5), "{waits:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_sees_possible_replays() {
    let engine = Engine::sqlite();
    let inbox = engine.open_with(Inbox::builder().dedup_window(Duration::ZERO)).await;
    let flags: Arc<Mutex<Vec<bool>>> = Arc::default();
    let handler_flags = Arc::clone(&flags);
    let handlers = Handlers::new().on(move |job: Capa| {
        handler_flags.lock().unwrap().push(job.possible_replay());
        async {}
    });
    let working = start(eager(&inbox), handlers);
    for number in 1..=2 {
        inbox.accept(&capa("a")).await.unwrap();
        all_done(&inbox, number).await;
        sleep(Duration::from_millis(5)).await;
    }
    working.stop().await;
    assert_eq!(*flags.lock().unwrap(), [false, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_of_one_subject_does_not_delay_others() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    for place in 0..80 {
        inbox.accept(&caf(&format!("{place}"), "busy")).await.unwrap();
    }
    let quick = inbox.accept(&caf("quick", "quick")).await.unwrap().id();
    let handlers = Handlers::new().on(|_: Job<Verified<caf::Event>>| async { sleep(Duration::from_millis(200)).await });
    let working = start(eager(&inbox).concurrency(8).shutdown_timeout(Duration::ZERO), handlers);
    eventually("it is done", || async { (summary(&inbox, quick).await.state == State::Done).then_some(()) }).await;
    let done = count_done(&inbox).await;
    working.stop().await;
    assert!(done < 40, "it waited for {done} others");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overloaded_inbox_is_busy() {
    let engine = Engine::sqlite();
    let inbox = engine.open_with(Inbox::builder().max_pending_bytes(10_000)).await;
    let error = inbox.accept(&signed_capa(vec![b'x'; 10_000])).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Busy && error.is_unavailable(), "{error}");
    for _ in 0..20 {
        inbox.accept(&signed_capa(vec![b'x'; 8_000])).await.expect("its memory is free again");
    }
    assert_eq!(support::all(&inbox).await.len(), 1);
}

#[tokio::test]
async fn a_wrong_url_is_named() {
    for (url, kind, words) in [
        ("", ErrorKind::Config, "must begin with"),
        ("inbox.db", ErrorKind::Config, "must begin with"),
        ("mysql://localhost", ErrorKind::Config, "must begin with"),
        ("sqlite:", ErrorKind::Config, "names no file"),
        ("sqlite://", ErrorKind::Config, "names no file"),
        ("sqlite:inbox.db?mode=memory", ErrorKind::Config, "allow_filesystem"),
        ("sqlite::memory:", ErrorKind::NotDurable, "not durable"),
    ] {
        let error = Inbox::open(url).await.unwrap_err();
        assert!(error.to_string().contains(words) && error.kind() == kind, "{url}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_settings_do_not_overflow() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let worker = inbox.worker().lease(Duration::MAX).handler_timeout(Duration::MAX).shutdown_timeout(Duration::MAX);
    let working = start(worker, nothing());
    all_done(&inbox, 1).await;
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_ends_when_its_inbox_is_closed() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let working = start(eager(&inbox), nothing());
    all_done(&inbox, 1).await;
    inbox.close().await;
    tokio::time::timeout(PATIENCE, working.task).await.expect("it ends").unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_cannot_be_completed_in_a_transaction_of_sqlite() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let handlers = Handlers::new().on(|job: Capa| async move {
        let error = job.complete_in().unwrap_err();
        assert!(error.kind() == ErrorKind::Config && error.to_string().contains("PostgreSQL"), "{error}");
    });
    // A failed assertion is a panic, and a panic a dead letter.
    inbox.worker().max_attempts(1).until_idle().run(handlers).await.unwrap();
    assert_eq!(count_done(&inbox).await, 1);
}

#[tokio::test]
async fn a_second_handler_of_one_kind_is_an_error() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let handlers = || Handlers::new().on(|_: Job<Verified<idhooks_capa::Event>>| async {});
    let twice = handlers().on(|_: Job<Verified<idhooks_capa::Event>>| async {});
    let error = inbox.worker().until_idle().run(twice).await.unwrap_err();
    assert_eq!(error.to_string(), "more than one handler for verified deliveries of capa: call `Handlers::on` once");
    assert_eq!((error.repeated().len(), error.missing().len()), (1, 0));
    inbox.worker().until_idle().run(handlers()).await.unwrap();
}
