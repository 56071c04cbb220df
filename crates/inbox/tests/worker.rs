//! What a worker does with its handlers and with a stop. What depends on the engine is in `conformance/work.rs`.

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
use idhooks_inbox::{Backoff, ErrorKind, Handlers, Inbox, Job, Outcome, State, store::ClaimRequest};
use tokio::{sync::Notify, time::sleep};

use support::{
    PATIENCE, all_done, caf, capa, count_done, details, eager,
    engine::Engine,
    eventually,
    handling::{Capa, entered, hanging, hanging_until_stopped, subject},
    kind, lease, request, signed_capa, start,
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
        let stats = inbox.stats().await.unwrap();
        (count_done(&inbox).await == 20 && stats.dead_letters == 3).then_some(())
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
async fn a_worker_refuses_to_start_without_a_handler_for_a_registered_source() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let of_capa = || Handlers::new().on(|_: Capa| async {});
    let run = async |handlers| {
        let worker = inbox.worker().with_graceful_shutdown(async {});
        tokio::time::timeout(PATIENCE, worker.run(handlers)).await.expect("told to stop")
    };
    inbox.accept(&caf("1", "a")).await.unwrap();
    run(of_capa()).await.expect("what another program stored is no reason not to start");

    inbox.register_source::<Verified<caf::Event>>();
    inbox.register_source::<Unverified<case_keeper::Event>>();
    let error = run(of_capa()).await.unwrap_err();
    assert_eq!(error.kinds(), [kind("caf", true), kind("case-keeper", false)]);
    let shown = error.to_string();
    assert!(
        shown.contains("verified deliveries of caf, unverified deliveries of case-keeper")
            && shown.contains("handled_elsewhere"),
        "{shown}"
    );

    // A handler of unverified deliveries gets no verified ones.
    let error = run(of_capa().handled_elsewhere("case-keeper").on(|_: Job<Unverified<caf::Event>>| async {}));
    assert_eq!(error.await.unwrap_err().kinds(), [kind("caf", true)]);
    run(of_capa().handled_elsewhere("caf").handled_elsewhere("case-keeper")).await.unwrap();
    let every =
        of_capa().on(|_: Job<Verified<caf::Event>>| async {}).on(|_: Job<Unverified<case_keeper::Event>>| async {});
    run(every).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_handled_elsewhere_is_left_alone() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&capa("a")).await.unwrap();
    let working = start(eager(&inbox), Handlers::new().on(|_: Capa| async {}).handled_elsewhere("caf"));
    eventually("the other is done", || async { (count_done(&inbox).await == 1).then_some(()) }).await;
    working.stop().await;
    assert_eq!(inbox.stats().await.unwrap().waiting(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_told_to_stop_before_it_has_begun_takes_nothing_up() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let worker = inbox.worker().with_graceful_shutdown(async {});
    let handlers = Handlers::new().on(|_: Capa| async {});
    tokio::time::timeout(PATIENCE, worker.run(handlers)).await.expect("told to stop").unwrap();
    let entry = details(&inbox, id).await.summary;
    assert_eq!((entry.state, entry.attempts), (State::Ready, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_run_at_once_than_allowed() {
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
async fn a_stop_waits_for_handlers_and_takes_nothing_new() {
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
    entered(&count, 1).await;
    let stop = tokio::spawn(working.stop());
    sleep(Duration::from_millis(200)).await;
    inbox.accept(&capa("b")).await.unwrap();
    sleep(Duration::from_millis(200)).await;
    assert!(!stop.is_finished());
    go_on.notify_one();
    stop.await.unwrap();
    let stats = inbox.stats().await.unwrap();
    assert_eq!((count_done(&inbox).await, stats.waiting(), count.load(Ordering::SeqCst)), (1, 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_still_runs_after_the_grace_is_handed_back_unharmed() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    for place in 0..3 {
        inbox.accept(&capa(&format!("{place}"))).await.unwrap();
    }
    let count = Arc::new(AtomicU32::new(0));
    let working = start(eager(&inbox).max_attempts(1).shutdown_timeout(Duration::from_millis(100)), hanging(&count));
    entered(&count, 3).await;
    working.stop().await;
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.waiting(), stats.running, stats.dead_letters), (3, 0, 0));
    let leased = lease(&inbox, ClaimRequest { max_lost_leases: 1, ..request() }).await;
    assert_eq!(leased.iter().map(|leased| leased.attempt).collect::<Vec<_>>(), [1; 3], "no attempt was counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_dropped_stops_its_handlers_and_its_leases_run_out() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let (count, stopped) = (Arc::default(), Arc::default());
    let handlers = hanging_until_stopped(&count, &stopped);
    let run = tokio::spawn(eager(&inbox).lease(Duration::from_millis(500)).run(handlers));
    entered(&count, 1).await;
    run.abort();
    entered(&stopped, 1).await;
    assert_eq!(inbox.stats().await.unwrap().running, 1);

    let other = start(eager(&inbox), Handlers::new().on(|_: Capa| async {}));
    all_done(&inbox, 1).await;
    other.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_may_take_longer_than_its_lease() {
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
    entered(&count, 1).await;
    all_done(&inbox, 1).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!((count.load(Ordering::SeqCst), details(&inbox, id).await.summary.lost_leases), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_back_off_is_kept_to() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let handler_times = Arc::clone(&times);
    let handlers = Handlers::new().on(move |job: Capa| {
        handler_times.lock().unwrap().push(Instant::now());
        async move { if job.attempt() < 4 { Outcome::retry("not now") } else { Outcome::Done } }
    });
    let backoff = Backoff::new(Duration::from_millis(200), Duration::from_millis(400));
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
async fn possible_replays_are_told_to_the_handler() {
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
async fn a_backlog_of_one_subject_does_not_hold_up_the_others() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    for place in 0..80 {
        inbox.accept(&caf(&format!("{place}"), "busy")).await.unwrap();
    }
    let quick = inbox.accept(&caf("quick", "quick")).await.unwrap().id();
    let handlers = Handlers::new().on(|_: Job<Verified<caf::Event>>| async { sleep(Duration::from_millis(200)).await });
    let working = start(eager(&inbox).concurrency(8).shutdown_timeout(Duration::ZERO), handlers);
    eventually("it is done", || async { (details(&inbox, quick).await.summary.state == State::Done).then_some(()) })
        .await;
    let done = count_done(&inbox).await;
    working.stop().await;
    assert!(done < 40, "it waited for {done} others");
}

#[tokio::test(flavor = "multi_thread")]
async fn overload_is_turned_away_before_it_is_stored() {
    let engine = Engine::sqlite();
    let inbox = engine.open_with(Inbox::builder().max_pending_bytes(10_000)).await;
    let error = inbox.accept(&signed_capa(vec![b'x'; 10_000])).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Busy && error.is_unavailable(), "{error}");
    for _ in 0..20 {
        inbox.accept(&signed_capa(vec![b'x'; 8_000])).await.expect("room is given back");
    }
    assert_eq!(support::all(&inbox).await.len(), 1);
}

#[tokio::test]
async fn urls_that_cannot_be_opened_are_told_apart() {
    for (url, told) in [
        ("", "must begin with"),
        ("inbox.db", "must begin with"),
        ("mysql://localhost", "must begin with"),
        ("sqlite:", "names no file"),
        ("sqlite://", "names no file"),
        ("sqlite:inbox.db?mode=memory", "takes one parameter"),
        ("sqlite::memory:", "not durable"),
    ] {
        let error = Inbox::open(url).await.unwrap_err();
        assert!(error.to_string().contains(told) && !error.is_unavailable(), "{url}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_without_end_are_survived() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let worker = inbox.worker().lease(Duration::MAX).handler_timeout(Duration::MAX).shutdown_timeout(Duration::MAX);
    let working = start(worker, Handlers::new().on(|_: Capa| async {}));
    all_done(&inbox, 1).await;
    working.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_of_an_inbox_that_is_closed_ends() {
    let engine = Engine::sqlite();
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let working = start(eager(&inbox), Handlers::new().on(|_: Capa| async {}));
    all_done(&inbox, 1).await;
    inbox.close().await;
    tokio::time::timeout(PATIENCE, working.task).await.expect("it ends").unwrap().unwrap();
}
