//! Workers on each engine.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{AuthMethod, Secret, Secrets, Unverified, Verified};
use idhooks_inbox::{AcceptOutcome, Backoff, HandlerError, Handlers, Inbox, Job, Outcome, State};
use idhooks_unico as unico;
use tokio::time::sleep;

use crate::support::{
    all_done, caf, capa, case_keeper, claim, claim_one, complete, count_done, details, eager, engine::Engine,
    eventually, ids, request_with_decoder, secret, signed_caf, signed_capa, start, summary, unico, unico_body,
};

cases! {
    a_job_holds_the_delivery_that_was_accepted,
    row_28_an_event_accepted_twice_is_handled_once,
    two_processes_share_the_work,
    row_40_one_delivery_of_a_subject_runs_at_a_time,
    outcomes_are_stored,
    row_38_twenty_five_failures_make_a_dead_letter_with_its_history,
    an_undecodable_delivery_waits_and_its_neighbours_go_on,
    odd_reasons_are_stored,
    a_new_delivery_wakes_an_idle_worker,
    until_idle_ends_when_nothing_can_be_handled_now,
    until_idle_makes_every_attempt_if_the_backoff_is_zero,
    attempts_count_lost_leases,
}

async fn a_job_holds_the_delivery_that_was_accepted(engine: Engine) {
    let inbox = engine.open().await;
    let body = crate::support::caf_body("event-1", "profile-1");
    let secrets = Secrets::new([Secret::new("the newest of the secrets").unwrap(), secret().with_label("the old one")]);
    let verifier = caf::Verifier::new(secrets.unwrap()).endpoint("tenant-a");
    let of_caf = verifier.verify(&[caf::sign(&secret(), &body)], body).unwrap();
    let of_unico = unico(unico_body("8263a268-5388-492a-bca2-28e1ff4a69f0", "PROCESS_STATE_FINISHED"));
    let unverified = case_keeper("01234567-89ab-cdef-0123-456789abcdef");
    let id = inbox.accept(&of_caf).await.unwrap().id();
    inbox.accept(&of_unico).await.unwrap();
    inbox.accept(&unverified).await.unwrap();
    let received_at = details(&inbox, id).await.summary.received_at;

    let wanted = of_caf.clone();
    let handlers = Handlers::new()
        .on(move |job: Job<Verified<caf::Event>>| {
            let wanted = wanted.clone();
            async move {
                assert_eq!(job.delivery(), &wanted);
                assert_eq!((job.id(), job.attempt(), job.possible_replay()), (id, 1, false));
                assert_eq!(job.received_at(), received_at);
                assert_eq!(
                    (job.delivery().authentication().secret_index(), job.delivery().endpoint()),
                    (Some(1), Some("tenant-a"))
                );
                assert_eq!(job.delivery().authentication().label(), Some("the old one"));
                assert_eq!(job.event(), &wanted.decode().unwrap());
            }
        })
        .on(move |job: Job<Verified<unico::Event>>| {
            let wanted = of_unico.clone();
            async move {
                assert_eq!((job.delivery(), job.delivery().authentication().method()), (&wanted, AuthMethod::ApiKey))
            }
        })
        .on(move |job: Job<Unverified<case_keeper::Event>>| {
            let wanted = unverified.clone();
            async move {
                assert_eq!((job.delivery(), job.delivery().authentication().method()), (&wanted, AuthMethod::Nothing))
            }
        });
    // A failed assertion is a panic, and a panic a dead letter.
    let working = start(eager(&inbox).max_attempts(1), handlers);
    eventually("all are handled", || async {
        assert_eq!(inbox.stats().await.unwrap().dead_letters, 0);
        (count_done(&inbox).await == 3).then_some(())
    })
    .await;
    working.stop().await;
}

async fn row_28_an_event_accepted_twice_is_handled_once(engine: Engine) {
    let handled = Arc::new(AtomicU32::new(0));
    let (here, there) = (engine.open().await, engine.open().await);
    let work = |inbox: &Inbox| {
        let handled = Arc::clone(&handled);
        let handlers = Handlers::new().on(move |_: Job<Verified<caf::Event>>| {
            handled.fetch_add(1, Ordering::SeqCst);
            async {}
        });
        start(eager(inbox), handlers)
    };
    let workers = [work(&here), work(&there)];
    let delivery = caf("event-1", "profile-1");
    let (one, other) = tokio::join!(here.accept(&delivery), there.accept(&delivery));
    let accepted = [one.unwrap(), other.unwrap()];
    assert_eq!(
        accepted.iter().filter(|accepted| matches!(accepted, AcceptOutcome::New { .. })).count(),
        1,
        "{accepted:?}"
    );
    all_done(&here, 1).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(handled.load(Ordering::SeqCst), 1);
}

async fn two_processes_share_the_work(engine: Engine) {
    const NUMBER: u64 = 120;
    let handled: Arc<Mutex<BTreeMap<i64, Vec<usize>>>> = Arc::default();
    let inboxes = [engine.open().await, engine.open().await];
    let mut workers = Vec::new();
    for (place, inbox) in inboxes.iter().enumerate() {
        let handled = Arc::clone(&handled);
        let handlers = Handlers::new().on(move |job: Job<Verified<caf::Event>>| {
            let handled = Arc::clone(&handled);
            async move {
                sleep(Duration::from_millis(20)).await;
                handled.lock().unwrap().entry(job.id().get()).or_default().push(place);
            }
        });
        workers.push(start(eager(inbox).concurrency(4), handlers));
    }
    for place in 0..NUMBER {
        inboxes[place as usize % 2].accept(&caf(&format!("{place}"), &format!("{place}"))).await.unwrap();
    }
    all_done(&inboxes[0], NUMBER).await;
    for worker in workers {
        worker.stop().await;
    }
    let handled = handled.lock().unwrap();
    assert_eq!(handled.len() as u64, NUMBER);
    assert!(handled.values().all(|by| by.len() == 1), "{handled:?}");
    let by: BTreeSet<_> = handled.values().flatten().collect();
    assert_eq!(by.len(), 2, "both worked");
}

async fn row_40_one_delivery_of_a_subject_runs_at_a_time(engine: Engine) {
    let inbox = engine.open().await;
    // The final state comes first, then the one before, then one of a session that was replaced.
    let states = ["APPROVED", "PENDING", "PROCESSING"];
    for profile in ["a", "b", "c"] {
        for (place, state) in states.iter().enumerate() {
            let body = crate::support::caf_body_of(&format!("{profile}-{place}"), profile, state);
            assert!(crate::support::is_new(inbox.accept(&signed_caf(body)).await.unwrap()));
        }
    }
    let busy: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let most = Arc::new(AtomicUsize::new(0));
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let (handler_busy, handler_most, handler_seen) = (Arc::clone(&busy), Arc::clone(&most), Arc::clone(&seen));
    let handlers = Handlers::new().on(move |job: Job<Verified<caf::Event>>| {
        let (busy, most, seen) = (Arc::clone(&handler_busy), Arc::clone(&handler_most), Arc::clone(&handler_seen));
        async move {
            let subject = job.delivery().envelope().subject_id().unwrap().to_owned();
            assert!(job.delivery().envelope().time().is_some(), "the vendor's own time decides");
            {
                let mut busy = busy.lock().unwrap();
                assert!(busy.insert(subject.clone()), "two of one subject at once");
                most.fetch_max(busy.len(), Ordering::SeqCst);
            }
            sleep(Duration::from_millis(30)).await;
            busy.lock().unwrap().remove(&subject);
            seen.lock().unwrap().push(job.delivery().dedup_key().to_string());
        }
    });
    let other = engine.open().await;
    let workers = [&inbox, &other].map(|inbox| start(eager(inbox).max_attempts(1), handlers.clone()));
    all_done(&inbox, 9).await;
    for worker in workers {
        worker.stop().await;
    }
    assert!(most.load(Ordering::SeqCst) > 1, "different subjects do not wait for each other");
    let seen: BTreeSet<_> = seen.lock().unwrap().drain(..).collect();
    assert_eq!(seen.len(), 9, "no state was swallowed");
}

async fn outcomes_are_stored(engine: Engine) {
    let inbox = engine.open().await;
    let mut ids = BTreeMap::new();
    for name in ["done", "again", "later", "never", "error"] {
        ids.insert(name, inbox.accept(&capa(name)).await.unwrap().id());
    }
    async fn handle(job: Job<Verified<capa::Event>>) -> Result<Outcome, HandlerError> {
        let subject = job.delivery().envelope().subject_id().map(str::to_owned);
        Ok(match (subject.as_deref(), job.attempt()) {
            (Some("again"), 1) => Outcome::retry("not now"),
            (Some("later"), 1) => Outcome::retry_after(Duration::from_secs(3600), "in an hour"),
            (Some("never"), _) => Outcome::dead_letter("no such customer"),
            (Some("error"), 1) => {
                "x".parse::<u32>()?;
                Outcome::Done
            }
            _ => Outcome::Done,
        })
    }
    let working = start(eager(&inbox), Handlers::new().on(handle));
    eventually("they are handled", || async {
        let stats = inbox.stats().await.unwrap();
        let counts = (count_done(&inbox).await, stats.dead_letters, stats.scheduled, stats.waiting() + stats.running);
        (counts == (3, 1, 1, 1)).then_some(())
    })
    .await;
    working.stop().await;
    let mut told = BTreeMap::new();
    for (name, id) in &ids {
        let details = details(&inbox, *id).await;
        let history: Vec<_> = details.failed_attempts.iter().map(|attempt| attempt.reason.to_string()).collect();
        told.insert(*name, (details.summary.state, details.summary.attempts, history.join(", ")));
    }
    let error = "core::num::error::ParseIntError".to_owned();
    assert_eq!(told["done"], (State::Done, 0, String::new()));
    assert_eq!(told["again"], (State::Done, 1, "not now".to_owned()));
    assert_eq!(told["later"], (State::Scheduled, 1, "in an hour".to_owned()));
    assert_eq!(told["never"], (State::DeadLetter, 1, "no such customer".to_owned()));
    assert_eq!(told["error"], (State::Done, 1, error));
    let later = summary(&inbox, ids["later"]).await;
    let wait = later.due_at.duration_since(std::time::SystemTime::now()).unwrap();
    assert!(wait > Duration::from_secs(3000) && wait <= Duration::from_secs(3600), "{wait:?}");
}

async fn row_38_twenty_five_failures_make_a_dead_letter_with_its_history(engine: Engine) {
    let inbox = engine.open().await;
    let bad = inbox.accept(&capa("bad")).await.unwrap().id();
    let attempts = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&attempts);
    let handlers = Handlers::new().on(move |job: Job<Verified<capa::Event>>| {
        let is_bad = job.delivery().envelope().subject_id() == Some("bad");
        counted.fetch_add(u32::from(is_bad), Ordering::SeqCst);
        async move { if is_bad { Outcome::retry(format!("failure {}", job.attempt())) } else { Outcome::Done } }
    });
    let working = start(eager(&inbox), handlers);
    for place in 0..20 {
        inbox.accept(&capa(&format!("good-{place}"))).await.unwrap();
    }
    eventually("it is dead", || async { inbox.dead_letters().await.unwrap().pop() }).await;
    all_done(&inbox, 20).await;
    working.stop().await;
    assert_eq!(attempts.load(Ordering::SeqCst), 25);
    let details = details(&inbox, bad).await;
    assert_eq!((details.summary.state, details.summary.attempts), (State::DeadLetter, 25));
    let wanted: Vec<_> = (1..=25).map(|number| (number, format!("failure {number}"))).collect();
    let history: Vec<_> =
        details.failed_attempts.iter().map(|attempt| (attempt.number, attempt.reason.to_string())).collect();
    assert_eq!(history, wanted);

    // A replay gives it all its attempts again.
    inbox.replay(bad).await.unwrap();
    let working = start(eager(&inbox), Handlers::new().on(|_: Job<Verified<capa::Event>>| async {}));
    all_done(&inbox, 21).await;
    working.stop().await;
    assert_eq!(summary(&inbox, bad).await.attempts, 0);
}

async fn an_undecodable_delivery_waits_and_its_neighbours_go_on(engine: Engine) {
    let inbox = engine.open().await;
    let odd = inbox.accept(&signed_capa("no JSON, with a canary")).await.unwrap().id();
    inbox.accept(&capa("a")).await.unwrap();
    let handlers = Handlers::new().on(|_: Job<Verified<capa::Event>>| async {});
    let working = start(eager(&inbox), handlers.clone());
    all_done(&inbox, 1).await;
    working.stop().await;
    let details = details(&inbox, odd).await;
    assert_eq!((details.summary.state, details.summary.attempts), (State::Undecodable, 0));
    assert!(!details.summary.reason.as_ref().unwrap().contains("canary"), "{:?}", details.summary.reason);
    // The same release does not try forever.
    let working = start(eager(&inbox), handlers);
    sleep(Duration::from_millis(300)).await;
    working.stop().await;
    assert_eq!(inbox.stats().await.unwrap().undecodable, 1);
    assert_eq!(ids(&claim(&inbox, request_with_decoder(i64::MAX)).await), [odd]);
}

async fn odd_reasons_are_stored(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let handlers = Handlers::new().on(|job: Job<Verified<capa::Event>>| async move {
        match job.attempt() {
            1 => Outcome::retry("a\0b'; --"),
            2 => Outcome::retry("é".repeat(100_000)),
            3 => Outcome::retry(""),
            _ => Outcome::Done,
        }
    });
    let working = start(eager(&inbox), handlers);
    all_done(&inbox, 1).await;
    working.stop().await;
    let history = details(&inbox, id).await.failed_attempts;
    assert_eq!(&*history[0].reason, "a\u{fffd}b'; --");
    assert!(history[1].reason.len() <= 1000 && history[1].reason.starts_with("éé"), "{}", history[1].reason.len());
    assert_eq!((history.len(), &*history[2].reason), (3, ""));
}

async fn a_new_delivery_wakes_an_idle_worker(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    let working = start(eager(&there), Handlers::new().on(|_: Job<Verified<capa::Event>>| async {}));
    for number in 1..=3 {
        sleep(Duration::from_millis(100)).await;
        here.accept(&capa(&format!("customer-{number}"))).await.unwrap();
        all_done(&here, number).await;
    }
    working.stop().await;
}

async fn until_idle_ends_when_nothing_can_be_handled_now(engine: Engine) {
    let inbox = engine.open().await;
    let handlers = |handled: &Arc<AtomicU32>| {
        let handled = Arc::clone(handled);
        Handlers::new().handled_elsewhere("capa").on(move |job: Job<Verified<caf::Event>>| {
            let handled = Arc::clone(&handled);
            async move {
                sleep(Duration::from_millis(5)).await;
                handled.fetch_add(1, Ordering::SeqCst);
                match job.delivery().envelope().subject_id() {
                    Some("later") => Outcome::retry_after(Duration::from_secs(600), "not now"),
                    _ => Outcome::Done,
                }
            }
        })
    };
    let run = async |concurrency| {
        let handled = Arc::default();
        let worker = eager(&inbox).concurrency(concurrency).until_idle();
        let ended = tokio::time::timeout(crate::support::PATIENCE, worker.run(handlers(&handled))).await;
        ended.expect("it returns").unwrap();
        handled.load(Ordering::SeqCst)
    };
    assert_eq!(run(4).await, 0, "nothing is there");

    // Held by another worker, which may be dead, with others of that subject behind it.
    for number in 0..20 {
        inbox.accept(&caf(&format!("held-{number}"), "held")).await.unwrap();
    }
    let held = claim_one(&inbox).await;
    // Many subjects, and many of one.
    for number in 0..30 {
        inbox.accept(&caf(&format!("one-{number}"), "one")).await.unwrap();
        inbox.accept(&caf(&format!("many-{number}"), &format!("many-{number}"))).await.unwrap();
    }
    inbox.accept(&caf("later", "later")).await.unwrap();
    inbox.accept(&capa("of another worker")).await.unwrap();
    inbox.accept(&signed_caf(br#"{"type":"PROFILEUPDATEDEVENT","id":"e1","data":7}"#.to_vec())).await.unwrap();
    assert_eq!(run(3).await, 61);
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.ready, stats.blocked, stats.scheduled), (1, 19, 1), "{stats:?}");
    assert_eq!((count_done(&inbox).await, stats.running, stats.undecodable), (60, 1, 1), "{stats:?}");
    assert_eq!(run(1).await, 0, "it does not wait for what is due later");

    assert!(complete(&inbox, &held, Outcome::Done).await);
    assert_eq!(run(1).await, 19);
}

async fn until_idle_makes_every_attempt_if_the_backoff_is_zero(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let handlers = Handlers::new().on(|job: Job<Verified<capa::Event>>| async move {
        assert_ne!(job.attempt(), 2);
        Outcome::retry("not now")
    });
    let worker = inbox.worker().max_attempts(4).backoff(Backoff::NONE).until_idle();
    worker.run(handlers).await.unwrap();
    let details = details(&inbox, id).await;
    let history: Vec<_> = details.failed_attempts.iter().map(|attempt| &*attempt.reason).collect();
    assert_eq!(history, ["not now", "handler panicked", "not now", "not now"]);
    assert_eq!(details.summary.state, State::DeadLetter);
}

async fn attempts_count_lost_leases(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&capa("a")).await.unwrap();
    let record = claim_one(&inbox).await;
    assert!(complete(&inbox, &record, Outcome::retry_after(Duration::ZERO, "not now")).await);
    crate::support::claim_briefly(&inbox).await;
    let seen: Arc<Mutex<Vec<u32>>> = Arc::default();
    let handler_seen = Arc::clone(&seen);
    let handlers = Handlers::new().on(move |job: Job<Verified<capa::Event>>| {
        handler_seen.lock().unwrap().push(job.attempt());
        // One more failed attempt is the second one: a lost lease is none.
        async { Outcome::retry("not now") }
    });
    let worker = inbox.worker().max_attempts(2).backoff(Backoff::NONE).until_idle();
    worker.run(handlers).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), [3]);
    let dead = inbox.dead_letters().await.unwrap();
    assert_eq!((dead.len(), dead[0].attempts), (1, 2));
}
