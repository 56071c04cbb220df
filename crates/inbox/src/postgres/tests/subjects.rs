//! One delivery of a subject at a time.

use std::sync::atomic::AtomicUsize;

use super::*;

fn subject(record: &DeliveryRecord) -> usize {
    record.subject.as_ref().unwrap().expose().rsplit('-').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_never_hold_two_of_a_subject_and_tokens_grow() {
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    let accepting: Vec<_> = (0..2)
        .map(|half| {
            let store = Arc::clone(&stores[half]);
            tokio::spawn(async move {
                for place in 0..150 {
                    // Beside deliveries of the same subject that were sent before.
                    let sent = |place: usize| {
                        store.accept(record(&format!("{half}-{place}"), &format!("subject-{}", place % 20)))
                    };
                    let (new, again, before) =
                        tokio::join!(sent(place), sent(place.saturating_sub(20)), sent(place.saturating_sub(40)));
                    assert!(new.is_ok() && again.is_ok() && before.is_ok());
                }
            })
        })
        .collect();
    let held: Arc<[AtomicUsize; 20]> = Arc::default();
    let tokens: Arc<std::sync::Mutex<HashMap<usize, FencingToken>>> = Arc::default();
    let done = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..6)
        .map(|place| {
            let (store, held, done) = (Arc::clone(&stores[place % 2]), Arc::clone(&held), Arc::clone(&done));
            let tokens = Arc::clone(&tokens);
            tokio::spawn(async move {
                let started = Instant::now();
                while done.load(Ordering::SeqCst) < 300 {
                    assert!(started.elapsed() < Duration::from_secs(60), "{done:?} are done");
                    let claimed = claim(&store, 5).await;
                    for record in &claimed {
                        let subject = subject(record);
                        assert_eq!(held[subject].fetch_add(1, Ordering::SeqCst), 0, "{subject} is held twice");
                        let token = record.token.unwrap();
                        let before = tokens.lock().unwrap().insert(subject, token);
                        assert!(before.is_none_or(|before| before < token), "{before:?}, then {token:?}");
                    }
                    sleep(Duration::from_millis(1)).await;
                    let mut ended = Vec::new();
                    for record in claimed {
                        held[subject(&record)].fetch_sub(1, Ordering::SeqCst);
                        let again = record.attempts == 0 && record.id.get() % 5 == 0;
                        done.fetch_add(usize::from(!again), Ordering::SeqCst);
                        let outcome = if again { Outcome::retry_after(Duration::ZERO, "again") } else { Outcome::Done };
                        ended.push(completion(&record, outcome));
                    }
                    assert!(store.complete(&ended).await.unwrap().is_empty());
                }
            })
        })
        .collect();
    for task in accepting.into_iter().chain(tasks) {
        task.await.unwrap();
    }
    let stats = stores[0].stats().await.unwrap();
    assert_eq!((stats.waiting(), stats.running), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_of_one_subject_do_not_delay_others() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    for place in 0..40 {
        store.accept(record(&format!("one-{place}"), "subject-1")).await.unwrap();
    }
    for place in 2..12 {
        store.accept(record(&format!("other-{place}"), &format!("subject-{place}"))).await.unwrap();
    }
    let claimed = claim(&store, 16).await;
    let subjects: HashSet<_> = claimed.iter().map(subject).collect();
    assert_eq!((claimed.len(), subjects.len()), (11, 11));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_of_one_subject_are_handled_in_their_order() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let accepting: Vec<_> = (0..100)
        .map(|place| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.accept(record(&format!("{place}"), "subject-1")).await.unwrap().id() })
        })
        .collect();
    let mut ids = Vec::new();
    for task in accepting {
        ids.push(task.await.unwrap());
    }
    ids.sort_unstable();
    for id in ids {
        let claimed = claim(&store, 10).await;
        assert_eq!(claimed.iter().map(|record| record.id).collect::<Vec<_>>(), [id]);
        store.complete(&[completion(&claimed[0], Outcome::Done)]).await.unwrap();
    }
}

/// A duplicate does not count as the earlier delivery of its batch.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_arrives_with_a_duplicate_of_its_subject_is_not_blocked_by_it() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    store.accept(record("handled", "subject-1")).await.unwrap();
    let held = claim(&store, 1).await.remove(0);
    store.complete(&[completion(&held, Outcome::Done)]).await.unwrap();
    for number in 0..20 {
        // The first one occupies the batch before, so that the others are committed together.
        let sent = ["other", "handled", "new"].map(|name| match name {
            "handled" => record("handled", "subject-1"),
            name => record(&format!("{name}-{number}"), if name == "new" { "subject-1" } else { "subject-2" }),
        });
        let tasks: Vec<_> = sent
            .into_iter()
            .map(|record| {
                let store = Arc::clone(&store);
                tokio::spawn(async move { store.accept(record).await.unwrap() })
            })
            .collect();
        let mut accepted = Vec::new();
        for task in tasks {
            accepted.push(task.await.unwrap());
        }
        assert!(matches!(accepted[1], AcceptOutcome::Duplicate { .. }), "{accepted:?}");
        let claimed = claim(&store, 10).await;
        assert!(claimed.iter().any(|record| record.id == accepted[2].id()), "{number}: the new one is stuck");
        let done: Vec<_> = claimed.iter().map(|record| completion(record, Outcome::Done)).collect();
        store.complete(&done).await.unwrap();
    }
}

/// `Job::complete_in`: the effect and "done" commit together, or neither does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn completes_inside_a_transaction_of_the_handler() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let first = store.accept(record("1", "subject-1")).await.unwrap().id();
    let second = store.accept(record("2", "subject-1")).await.unwrap().id();
    let held = claim(&store, 1).await.remove(0);
    let (id, token) = (held.id.get(), held.token.unwrap().get());
    let sql = store.complete_statement().unwrap();
    // Of another search_path.
    let mut client = database.client().await;
    client.batch_execute("CREATE TABLE effects (n int); SET search_path = pg_catalog").await.unwrap();
    let effect = format!("INSERT INTO {}.effects VALUES (1)", session::quoted(database.schema()));

    let transaction = client.transaction().await.unwrap();
    transaction.batch_execute(&effect).await.unwrap();
    transaction.execute(&*sql, &[&id, &token]).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(store.get(first).await.unwrap().unwrap().summary.state, State::Running);
    assert!(claim(&store, 1).await.is_empty());

    let transaction = client.transaction().await.unwrap();
    transaction.batch_execute(&effect).await.unwrap();
    transaction.execute(&*sql, &[&id, &token]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.get(first).await.unwrap().unwrap().summary.state, State::Done);
    assert!(store.complete(&[completion(&held, Outcome::Done)]).await.unwrap().is_empty(), "not lost");

    let brief = ClaimRequest { lease: Duration::from_millis(1), ..request(1) };
    let lost = store.claim(brief).await.unwrap().deliveries.remove(0);
    assert_eq!(lost.id, second, "the completion has unblocked it");
    sleep(Duration::from_millis(20)).await;
    let again = claim(&store, 1).await;
    assert_eq!(again[0].id, second);
    let transaction = client.transaction().await.unwrap();
    transaction.batch_execute(&effect).await.unwrap();
    let error = transaction.execute(&*sql, &[&lost.id.get(), &lost.token.unwrap().get()]).await.unwrap_err();
    assert_eq!(error.code(), Some(&tokio_postgres::error::SqlState::T_R_SERIALIZATION_FAILURE));
    transaction.rollback().await.unwrap();
    let effects = format!("SELECT count(*) FROM {}.effects", session::quoted(database.schema()));
    assert_eq!(client.query_one(&effects, &[]).await.unwrap().get::<_, i64>(0), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_completion_unblocks_also_what_a_snapshot_did_not_see() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    store.accept(record("1", "subject-1")).await.unwrap();
    let held = claim(&store, 1).await.remove(0);
    let mut client = database.client().await;
    let transaction = client.build_transaction().isolation_level(tokio_postgres::IsolationLevel::RepeatableRead);
    let transaction = transaction.start().await.unwrap();
    transaction.batch_execute("SELECT FROM idhooks_schema").await.unwrap();
    let second = store.accept(record("2", "subject-1")).await.unwrap().id();
    let sql = store.complete_statement().unwrap();
    transaction.execute(&*sql, &[&held.id.get(), &held.token.unwrap().get()]).await.unwrap();
    transaction.commit().await.unwrap();
    store.complete(&[completion(&held, Outcome::Done)]).await.unwrap();
    assert_eq!(claim(&store, 1).await[0].id, second);
}
