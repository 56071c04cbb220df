use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use idhooks_caf as caf;
use idhooks_core::testing;
use tokio::time::sleep;

use super::*;

#[path = "../../tests/support/postgres.rs"]
mod support;

use support::{Database, database};

mod lanes;
mod sessions;
mod size;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn arrival(id: &str, profile: &str) -> Arrival {
    padded(id, profile, 0)
}

fn padded(id: &str, profile: &str, bytes: usize) -> Arrival {
    let body = format!(
        r#"{{"type":"PROFILEUPDATEDEVENT","source":"tests","id":"{id}","data":{{"profileId":"{profile}","x":"{:bytes$}"}}}}"#,
        ""
    );
    Arrival::new(&testing::verified::<caf::Event>(body), DAY)
}

fn request(most: usize) -> LeaseRequest {
    LeaseRequest {
        worker: "tests".into(),
        most,
        time: Duration::from_secs(60),
        attempts: 25,
        routes: Arc::new([Route { vendor: "caf".into(), verified: true }]),
        reader: 1,
    }
}

async fn store(database: &Database) -> Arc<Postgres> {
    Arc::new(Postgres::open(database.url()).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_programs_start_at_once_on_an_empty_schema() {
    let Some(database) = database().await else { return };
    let starts: Vec<_> = (0..12)
        .map(|_| {
            let url = database.url().to_owned();
            tokio::spawn(async move { Postgres::open(&url).await.map(drop) })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
    let steps = database.client().await.query_one("SELECT count(*) FROM idhooks_schema", &[]).await.unwrap();
    assert_eq!(steps.get::<_, i64>(0), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_28_eight_receivers_of_the_same_keys() {
    let Some(database) = database().await else { return };
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let store = store(&database).await;
        tasks.push(tokio::spawn(async move {
            let mut new = Vec::new();
            for key in 0..50 {
                let accepted = store.accept(arrival(&format!("key-{key}"), "profile")).await.unwrap();
                assert!(!matches!(accepted, Accepted::Conflict { .. }));
                new.extend(matches!(accepted, Accepted::New { .. }).then_some((key, accepted.id())));
            }
            new
        }));
    }
    let mut new = HashMap::new();
    for task in tasks {
        for (key, id) in task.await.unwrap() {
            assert_eq!(new.insert(key, id), None, "key {key} was new twice");
        }
    }
    assert_eq!(new.len(), 50);
    assert_eq!(store(&database).await.stats().await.unwrap().pending, 50);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_28_receivers_that_gather_the_same_keys_do_not_wait_for_each_other() {
    let Some(database) = database().await else { return };
    let (mut stores, mut tasks) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        stores.push(store(&database).await);
    }
    for key in 0..300 {
        for (place, store) in stores.iter().enumerate() {
            let key = if place % 2 == 0 { key } else { (key / 50 + 1) * 50 - 1 - key % 50 };
            let store = Arc::clone(store);
            let arrival = arrival(&format!("key-{key}"), &format!("{key}"));
            tasks.push(tokio::spawn(async move { store.accept(arrival).await.unwrap() }));
        }
    }
    let mut new = 0;
    for task in tasks {
        new += usize::from(matches!(task.await.unwrap(), Accepted::New { .. }));
    }
    assert_eq!(new, 300);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_28_a_key_whose_window_is_over_is_taken_over_once() {
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    let first = Arrival { window: Some(DAY), ..arrival("key", "profile") };
    let later = Arrival { received_at: first.received_at + DAY * 2, ..first.clone() };
    let old = stores[0].accept(first).await.unwrap().id();
    let tasks: Vec<_> = (0..16)
        .map(|place| {
            let (store, later) = (Arc::clone(&stores[place % 2]), later.clone());
            tokio::spawn(async move { store.accept(later).await.unwrap() })
        })
        .collect();
    let mut accepted = Vec::new();
    for task in tasks {
        accepted.push(task.await.unwrap());
    }
    let replays = accepted.iter().filter(|accepted| matches!(accepted, Accepted::New { possible_replay: true, .. }));
    assert_eq!(replays.count(), 1, "{accepted:?}");
    let ids: HashSet<_> = accepted.iter().map(Accepted::id).collect();
    assert!(ids.len() == 1 && !ids.contains(&old), "{accepted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_29_other_bodies_that_come_at_once_are_counted_right() {
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    let id = stores[0].accept(arrival("key", "profile")).await.unwrap().id();
    let tasks: Vec<_> = (0..40)
        .map(|place| {
            let store = Arc::clone(&stores[place % 2]);
            tokio::spawn(async move { store.accept(padded("key", "profile", 1 + place / 2)).await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Accepted::Conflict { id });
    }
    let details = stores[1].get(id).await.unwrap().unwrap();
    assert_eq!((details.entry.conflicts, details.conflicting.len()), (16, 16));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_never_hold_two_of_a_lane() {
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    for place in 0..200 {
        stores[place % 2].accept(arrival(&format!("{place}"), &format!("lane-{}", place % 20))).await.unwrap();
    }
    let held: Arc<[AtomicUsize; 20]> = Arc::default();
    let done = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..6)
        .map(|place| {
            let (store, held, done) = (Arc::clone(&stores[place % 2]), Arc::clone(&held), Arc::clone(&done));
            tokio::spawn(async move {
                let started = Instant::now();
                while done.load(Ordering::SeqCst) < 200 {
                    assert!(started.elapsed() < Duration::from_secs(60), "{done:?} are done");
                    let batch = store.lease(request(5)).await.unwrap();
                    let lanes: Vec<_> = batch.leased.iter().map(lane).collect();
                    for lane in &lanes {
                        assert_eq!(held[*lane].fetch_add(1, Ordering::SeqCst), 0, "lane {lane} is held twice");
                    }
                    sleep(Duration::from_millis(1)).await;
                    for (leased, lane) in batch.leased.iter().zip(lanes) {
                        held[lane].fetch_sub(1, Ordering::SeqCst);
                        assert!(store.finish(leased.id, leased.token, Verdict::Done).await.unwrap());
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let stats = stores[0].stats().await.unwrap();
    assert_eq!((stats.done, stats.pending, stats.running), (200, 0, 0));
}

fn lane(leased: &crate::store::Leased) -> usize {
    let body = String::from_utf8(leased.stored.as_ref().unwrap().body.to_vec()).unwrap();
    let (_, rest) = body.split_once("lane-").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

/// Whoever leases may hold the lock of a delivery that is being finished, and then want its lane.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_finishes_does_not_hold_the_lease_while_waiting_for_the_delivery() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let id = store.accept(arrival("1", "profile")).await.unwrap().id();
    let token = store.lease(request(1)).await.unwrap().leased[0].token;
    let client = database.client().await;
    client.batch_execute("BEGIN; SELECT FROM idhooks_deliveries FOR UPDATE").await.unwrap();
    let finish = tokio::spawn(async move { store.finish(id, token, Verdict::Done).await });
    sleep(Duration::from_millis(300)).await;
    let lease = client.query("SELECT FROM idhooks_leases FOR UPDATE NOWAIT", &[]).await.unwrap();
    assert_eq!((lease.len(), finish.is_finished()), (1, false));
    client.batch_execute("COMMIT").await.unwrap();
    assert!(finish.await.unwrap().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_of_one_lane_do_not_stand_in_the_way_of_others() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    for place in 0..40 {
        store.accept(arrival(&format!("one-{place}"), "lane-1")).await.unwrap();
    }
    for place in 2..12 {
        store.accept(arrival(&format!("other-{place}"), &format!("lane-{place}"))).await.unwrap();
    }
    let batch = store.lease(request(16)).await.unwrap();
    let lanes: HashSet<_> = batch.leased.iter().map(lane).collect();
    assert_eq!((batch.leased.len(), lanes.len()), (11, 11));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_elsewhere_is_woken_before_it_looks_by_itself() {
    let Some(database) = database().await else { return };
    let (here, there) = (store(&database).await, store(&database).await);
    listening(&[&here, &there]).await;
    // What the start itself has woken.
    while timeout(Duration::from_millis(200), there.changed()).await.is_ok() {}
    for place in 0..3 {
        here.accept(arrival(&format!("{place}"), "profile")).await.unwrap();
        let woken = timeout(there.poll_interval() / 3, there.changed()).await;
        assert!(woken.is_ok(), "was not woken by number {place}");
        while timeout(Duration::from_millis(100), there.changed()).await.is_ok() {}
    }
}

async fn listening(stores: &[&Arc<Postgres>]) {
    let started = Instant::now();
    while stores.iter().any(|store| !store.signals.listening()) {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not listen");
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_42_old_and_new_tables() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let (mut session, _) = store.working.take().await.unwrap();
    let first = schema::STEPS[0];
    let column = ("ALTER TABLE idhooks_deliveries ADD COLUMN added integer NOT NULL DEFAULT 0", 1);
    schema::apply(&mut session, &[first, column]).await.unwrap();
    schema::apply(&mut session, &[first]).await.expect("the release before starts");
    let id = store.accept(arrival("1", "profile")).await.expect("and one that ran before works on").id();
    let batch = store.lease(request(1)).await.unwrap();
    assert!(store.finish(id, batch.leased[0].token, Verdict::Done).await.unwrap());
    assert_eq!(store.get(id).await.unwrap().unwrap().entry.state, State::Done);

    let breaking = ("ALTER TABLE idhooks_deliveries DROP COLUMN added", 3);
    schema::apply(&mut session, &[first, column, breaking]).await.unwrap();
    let error = schema::apply(&mut session, &[first, column]).await.unwrap_err();
    assert!(error.is_schema() && error.to_string().contains("upgrade"), "{error}");
    let error = Postgres::open(database.url()).await.map(drop).unwrap_err();
    assert!(error.is_schema(), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_fails_leaves_the_tables_as_they_were() {
    let Some(database) = database().await else { return };
    let pool = Pool::new(url::read(database.url()).unwrap(), 1).unwrap();
    let (mut session, _) = pool.take().await.unwrap();
    let bad = ("CREATE TABLE half (x int); NONSENSE", 1);
    schema::apply(&mut session, &[schema::STEPS[0], bad]).await.unwrap_err();
    schema::migrate(&mut session).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_of_another_schema_are_not_taken_for_ones_own() {
    let (Some(here), Some(there)) = (database().await, database().await) else { return };
    let schema = |database: &Database| database.url().rsplit("%3D").next().unwrap().to_owned();
    store(&there).await.accept(arrival("there", "profile")).await.unwrap();
    let both = here.url_with(&format!("search_path={},{}", schema(&here), schema(&there)));
    let store = Postgres::open(&both).await.unwrap();
    assert_eq!(store.stats().await.unwrap().pending, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_cannot_be_kept_does_no_harm_to_those_that_came_with_it() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let tasks: Vec<_> = (0..40)
        .map(|place| {
            let mut arrival = arrival(&format!("{place}"), "profile");
            if place == 20 {
                arrival.key = "a\0b".into();
            }
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.accept(arrival).await })
        })
        .collect();
    let mut failures = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(accepted) => assert!(matches!(accepted, Accepted::New { .. })),
            Err(error) => {
                assert!(error.is_unavailable(), "{error}");
                failures += 1;
            }
        }
    }
    assert_eq!((failures, store.stats().await.unwrap().pending), (1, 39));
}
