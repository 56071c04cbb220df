use std::{
    collections::{HashMap, HashSet},
    time::{Instant, SystemTime},
};

use idhooks_caf as caf;
use idhooks_core::testing;
use tokio::time::{sleep, timeout};

use super::*;
use crate::{ErrorKind, FencingToken, State, store::KindRequest};

#[path = "../../tests/support/postgres.rs"]
mod support;

use support::{Database, database};

mod claims;
mod subjects;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn record(id: &str, profile: &str) -> DeliveryRecord {
    padded(id, profile, 0)
}

/// The same event with another content.
fn padded(id: &str, profile: &str, bytes: usize) -> DeliveryRecord {
    let body = format!(
        r#"{{"type":"PROFILEUPDATEDEVENT","source":"tests","id":"{id}","data":{{"profileId":"{profile}","status":"{:x>bytes$}"}}}}"#,
        ""
    );
    DeliveryRecord::new(&testing::verified::<caf::Event>(body), DAY)
}

fn kind(vendor: &'static str, verified: bool, running: usize) -> KindRequest {
    KindRequest { kind: DeliveryKind { vendor: vendor.into(), verified }, decoder_version: 1, running }
}

fn request(limit: usize) -> ClaimRequest {
    ClaimRequest {
        worker: "tests".into(),
        limit,
        lease: Duration::from_secs(60),
        kinds: vec![kind("caf", true, 0)],
        max_lost_leases: 25,
        backoff: crate::Backoff::NONE,
        idle: true,
    }
}

fn completion(record: &DeliveryRecord, outcome: Outcome) -> Completion {
    Completion { outcome, ..released(record).unwrap() }
}

async fn open(url: &str) -> Result<Postgres, Error> {
    Postgres::open(PostgresConfig::new(url)?).await
}

async fn store(database: &Database) -> Arc<Postgres> {
    Arc::new(open(database.url()).await.unwrap())
}

async fn claim(store: &Postgres, limit: usize) -> Vec<DeliveryRecord> {
    store.claim(request(limit)).await.unwrap().deliveries
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_programs_start_at_once_on_an_empty_schema() {
    let Some(database) = database().await else { return };
    let starts: Vec<_> = (0..12)
        .map(|_| {
            let url = database.url().to_owned();
            tokio::spawn(async move { open(&url).await.map(drop) })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
    let versions = database.client().await.query_one("SELECT count(*) FROM idhooks_schema", &[]).await.unwrap();
    assert_eq!(versions.get::<_, i64>(0), 1);
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
                let accepted = store.accept(record(&format!("key-{key}"), "profile")).await.unwrap();
                assert!(!matches!(accepted, AcceptOutcome::Conflict { .. }));
                new.extend(matches!(accepted, AcceptOutcome::New { .. }).then_some((key, accepted.id())));
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
    let stats = store(&database).await.stats().await.unwrap();
    assert_eq!((stats.ready, stats.blocked), (1, 49));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_28_receivers_that_gather_the_same_keys_do_not_deadlock() {
    let Some(database) = database().await else { return };
    let mut stores = Vec::new();
    for _ in 0..4 {
        stores.push(store(&database).await);
    }
    // With few subjects, the batches also meet at those.
    for subjects in [300, 3] {
        let started = Instant::now();
        let mut tasks = Vec::new();
        for key in 0..300 {
            for (place, store) in stores.iter().enumerate() {
                let key = if place % 2 == 0 { key } else { (key / 50 + 1) * 50 - 1 - key % 50 };
                let store = Arc::clone(store);
                let record = record(&format!("key-{subjects}-{key}"), &format!("{subjects}-{}", key % subjects));
                tasks.push(tokio::spawn(async move { store.accept(record).await.unwrap() }));
            }
        }
        let mut new = 0;
        for task in tasks {
            new += usize::from(matches!(task.await.unwrap(), AcceptOutcome::New { .. }));
        }
        assert_eq!(new, 300);
        assert!(started.elapsed() < Duration::from_secs(10), "each deadlock takes a second");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_28_an_expired_key_is_taken_over_once() {
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    let received_at = SystemTime::now();
    let first = DeliveryRecord { dedup_until: Some(received_at + DAY), received_at, ..record("key", "profile") };
    let later = DeliveryRecord { received_at: received_at + DAY * 2, ..first.clone() };
    let old = stores[0].accept(first).await.unwrap().id();
    let tasks: Vec<_> = (0..16)
        .map(|place| {
            let (store, later) = (Arc::clone(&stores[place % 2]), later.clone());
            let dedup_until = Some(later.received_at + DAY);
            tokio::spawn(async move { store.accept(DeliveryRecord { dedup_until, ..later }).await.unwrap() })
        })
        .collect();
    let mut accepted = Vec::new();
    for task in tasks {
        accepted.push(task.await.unwrap());
    }
    let replays = accepted.iter().filter(|one| matches!(one, AcceptOutcome::New { possible_replay: true, .. }));
    assert_eq!(replays.count(), 1, "{accepted:?}");
    let ids: HashSet<_> = accepted.iter().map(AcceptOutcome::id).collect();
    assert!(ids.len() == 1 && !ids.contains(&old), "{accepted:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_29_conflicts_that_arrive_at_once_are_counted_right() {
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    let id = stores[0].accept(record("key", "profile")).await.unwrap().id();
    let tasks: Vec<_> = (0..40)
        .map(|place| {
            let store = Arc::clone(&stores[place % 2]);
            tokio::spawn(async move { store.accept(padded("key", "profile", 1 + place / 2)).await.unwrap() })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), AcceptOutcome::Conflict { id });
    }
    let details = stores[1].get(id).await.unwrap().unwrap();
    assert_eq!((details.summary.conflicts, details.conflicts.len()), (16, 16));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_cannot_be_stored_does_not_harm_its_neighbours() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let tasks: Vec<_> = (0..40)
        .map(|place| {
            let mut record = record(&format!("{place}"), &format!("{place}"));
            if place == 20 {
                record.auth = "a\0b".into();
            }
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.accept(record).await })
        })
        .collect();
    let mut failures = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(accepted) => assert!(matches!(accepted, AcceptOutcome::New { .. })),
            Err(error) => {
                assert!(error.is_unavailable(), "{error}");
                failures += 1;
            }
        }
    }
    assert_eq!((failures, store.stats().await.unwrap().ready), (1, 39));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subject_that_somebody_has_locked_delays_only_its_own() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let locked = record("locked", "locked");
    let client = database.client().await;
    let lock = format!("BEGIN; SELECT pg_advisory_xact_lock({})", locked.subject_key.unwrap());
    client.batch_execute(&lock).await.unwrap();
    let started = Instant::now();
    let waiting = {
        let store = Arc::clone(&store);
        tokio::spawn(async move { store.accept(locked).await })
    };
    let others: Vec<_> = (0..20)
        .map(|place| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.accept(record(&format!("{place}"), &format!("{place}"))).await.unwrap() })
        })
        .collect();
    for other in others {
        other.await.unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    client.batch_execute("COMMIT").await.unwrap();
    assert!(matches!(waiting.await.unwrap().unwrap(), AcceptOutcome::New { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_elsewhere_is_woken_before_it_polls() {
    let Some(database) = database().await else { return };
    let (here, there) = (store(&database).await, store(&database).await);
    assert!(!there.signals.is_listening(), "a program without a worker does not listen");
    let _ = timeout(Duration::from_millis(10), there.changed()).await;
    let started = Instant::now();
    while !there.signals.is_listening() {
        assert!(started.elapsed() < Duration::from_secs(20), "it does not listen");
        sleep(Duration::from_millis(10)).await;
    }
    while timeout(Duration::from_millis(200), there.changed()).await.is_ok() {}
    for place in 0..3 {
        here.accept(record(&format!("{place}"), "profile")).await.unwrap();
        let woken = timeout(there.poll_interval() / 2, there.changed()).await;
        assert!(woken.is_ok(), "was not woken by number {place}");
        while timeout(Duration::from_millis(100), there.changed()).await.is_ok() {}
    }
    assert!(!here.signals.is_listening());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_42_old_and_new_tables() {
    let Some(database) = database().await else { return };
    let here = store(&database).await;
    let client = database.client().await;
    client.batch_execute("INSERT INTO idhooks_schema VALUES (2, 1)").await.unwrap();
    let id = here.accept(record("1", "a")).await.expect("a program that ran before works on").id();
    let other = store(&database).await;
    let claimed = claim(&other, 1).await;
    assert!(other.complete(&[completion(&claimed[0], Outcome::Done)]).await.unwrap().is_empty());
    assert_eq!(other.get(id).await.unwrap().unwrap().summary.state, State::Done);
    client.batch_execute("INSERT INTO idhooks_schema VALUES (4, 3)").await.unwrap();
    let error = open(database.url()).await.map(drop).unwrap_err();
    assert!(error.kind() == ErrorKind::IncompatibleSchema && error.to_string().contains("upgrade"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_of_an_unreleased_version_are_refused() {
    let Some(database) = database().await else { return };
    let old = "CREATE TABLE idhooks_schema (step integer, oldest integer); INSERT INTO idhooks_schema VALUES (1, 1)";
    database.client().await.batch_execute(old).await.unwrap();
    let error = open(database.url()).await.map(drop).unwrap_err();
    assert!(error.kind() == ErrorKind::IncompatibleSchema && error.to_string().contains("drop them"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_that_cannot_be_created_leave_nothing() {
    let Some(database) = database().await else { return };
    let target = Arc::new(Target::new(PostgresConfig::new(database.url()).unwrap()).unwrap());
    let session = Session::open(&target, || ()).await.unwrap();
    schema::migrate_to(&session, "CREATE TABLE half (x int); NONSENSE", 1, 1).await.unwrap_err();
    drop(session);
    let session = Session::open(&target, || ()).await.unwrap();
    schema::migrate(&session).await.unwrap();
    assert!(database.client().await.query("SELECT FROM half", &[]).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_asked_schema_is_used() {
    let (Some(here), Some(there)) = (database().await, database().await) else { return };
    store(&there).await.accept(record("there", "profile")).await.unwrap();
    let both = here.url_with(&format!("search_path={},{}", here.schema(), there.schema()));
    assert_eq!(open(&both).await.unwrap().stats().await.unwrap().waiting(), 0);
    let server = here.url().split('?').next().unwrap().to_owned();
    let error = open(&format!("{server}?schema=missing_{}", here.schema())).await.map(drop).unwrap_err();
    assert!(error.kind() == ErrorKind::Config && error.to_string().contains("does not exist"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_and_tokens_do_not_repeat_after_a_restore() {
    let Some(database) = database().await else { return };
    let before = store(&database).await;
    let id = before.accept(record("1", "a")).await.unwrap().id();
    let micros = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros();
    assert!(id.get().unsigned_abs() as u128 > micros - 60_000_000, "ids are at the clock");
    let token = claim(&before, 1).await[0].token.unwrap();
    before.close().await;
    // A copy of yesterday, and an import that begins to count at 1.
    for last in ["1", "1000000"] {
        let set = format!("DELETE FROM idhooks_deliveries; SELECT setval('idhooks_ids', {last})");
        database.client().await.batch_execute(&set).await.unwrap();
        let after = store(&database).await;
        let again = after.accept(record("2", "a")).await.unwrap().id();
        let claimed = claim(&after, 1).await;
        assert!(again > id && claimed[0].token.unwrap() > token, "{last}: {again} after {id}");
    }
}

/// Fault D5: the server warns that a commit may not have been replicated.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_warning_during_accept_or_complete_is_an_error() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    store.accept(record("1", "a")).await.unwrap();
    let claimed = claim(&store, 1).await;
    let warn =
        "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'x'; RETURN NULL; END $$;
        CREATE TRIGGER warn AFTER INSERT OR UPDATE ON idhooks_deliveries EXECUTE FUNCTION warn()";
    let client = database.client().await;
    client.batch_execute(warn).await.unwrap();
    assert!(store.accept(record("2", "b")).await.unwrap_err().is_unavailable());
    let done = [completion(&claimed[0], Outcome::Done)];
    assert!(store.complete(&done).await.unwrap_err().is_unavailable());
    client.batch_execute("DROP TRIGGER warn ON idhooks_deliveries").await.unwrap();
    assert!(store.complete(&done).await.unwrap().is_empty(), "it was completed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passwords_are_asked_for_each_connection() {
    let Some(database) = database().await else { return };
    let asked = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let config = PostgresConfig::new(database.url()).unwrap().password({
        let asked = Arc::clone(&asked);
        move || {
            let number = asked.fetch_add(1, Ordering::Relaxed);
            async move { if number < 100 { Ok("postgres".to_owned()) } else { Err("no token".into()) } }
        }
    });
    let store = Postgres::open(config.clone()).await.unwrap();
    store.accept(record("1", "a")).await.unwrap();
    assert!(asked.load(Ordering::Relaxed) >= 4);
    asked.store(100, Ordering::Relaxed);
    let error = Postgres::open(config).await.map(drop).unwrap_err();
    assert!(error.is_unavailable() && format!("{error:?}").contains("no token"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_that_nobody_waits_for_is_released() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    store.accept(record("1", "a")).await.unwrap();
    let client = database.client().await;
    client.batch_execute("BEGIN; LOCK TABLE idhooks_bodies IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let dropped = timeout(Duration::from_millis(300), store.claim(request(1))).await;
    assert!(dropped.is_err(), "the claim waits");
    client.batch_execute("COMMIT").await.unwrap();
    let started = Instant::now();
    let record = loop {
        if let Some(record) = claim(&store, 1).await.pop() {
            break record;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it is still leased");
        sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((record.lost_leases, record.attempts), (0, 0));
}
