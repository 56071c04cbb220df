//! PostgreSQL with a synchronous standby, which a 200 promises to have the delivery.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![cfg(feature = "postgres")]

#[path = "support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use idhooks_inbox::{AcceptOutcome, Durability, ErrorKind, Inbox, PostgresConfig};
use support::{caf, cluster::Cluster, eventually};
use tokio::time::{sleep, timeout};

fn config(cluster: &Cluster, durability: Durability) -> PostgresConfig {
    PostgresConfig::new(&cluster.url()).unwrap().durability(durability)
}

async fn open(cluster: &Cluster, durability: Durability) -> Inbox {
    Inbox::builder().open_postgres(config(cluster, durability)).await.unwrap()
}

/// Cancels what waits for the standby, as an operator or a timeout does.
async fn cancel_waiting(cluster: &Cluster) {
    let client = cluster.client().await;
    eventually("a commit waits for the standby", || async {
        let cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        (client.query_one(cancel, &[]).await.unwrap().get::<_, i64>(0) > 0).then_some(())
    })
    .await;
}

/// Faults D5 and D6: neither a first delivery nor its duplicate is acknowledged before the standby has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_acknowledged_while_the_standby_is_away() {
    let Some(cluster) = Cluster::start() else { return };
    let inbox = open(&cluster, Durability::Local).await;
    cluster.set("synchronous_standby_names = 'standby'").await;

    let first = tokio::spawn({
        let inbox = inbox.clone();
        async move { inbox.accept(&caf("1", "a")).await }
    });
    cancel_waiting(&cluster).await;
    let error = first.await.unwrap().unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("standby"), "{error:?}");

    // It is there now, also after a crash, and the standby still has nothing.
    cluster.stop_server("primary", "immediate");
    assert!(cluster.start_server("primary", cluster.port));
    let repeated = timeout(Duration::from_secs(2), inbox.accept(&caf("1", "a"))).await;
    assert!(repeated.is_err() || repeated.unwrap().is_err(), "a duplicate promises as much as a first delivery");

    cluster.set("synchronous_standby_names = ''").await;
    let accepted = eventually("the store works again", || async { inbox.accept(&caf("1", "a")).await.ok() }).await;
    assert!(matches!(accepted, AcceptOutcome::Duplicate { .. }), "{accepted:?}");
}

/// Fault D7: senders that go on cost no more connections than the pool has.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_stay_within_the_pool_while_the_standby_is_away() {
    let Some(cluster) = Cluster::start() else { return };
    let inbox = open(&cluster, Durability::Local).await;
    inbox.accept(&caf("0", "a")).await.unwrap();
    cluster.set("synchronous_standby_names = 'standby'").await;
    let senders: Vec<_> = (0..30)
        .map(|sender| {
            let inbox = inbox.clone();
            tokio::spawn(async move {
                let (started, mut number) = (Instant::now(), 0);
                while started.elapsed() < Duration::from_secs(20) {
                    number += 1;
                    let delivery = caf(&format!("{sender}-{number}"), &format!("{sender}"));
                    assert!(inbox.accept(&delivery).await.unwrap_err().is_unavailable());
                }
            })
        })
        .collect();
    let client = cluster.client().await;
    let mut most = 0;
    while senders.iter().any(|sender| !sender.is_finished()) {
        let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'idhooks-inbox'";
        most = most.max(client.query_one(count, &[]).await.unwrap().get::<_, i64>(0));
        sleep(Duration::from_millis(200)).await;
    }
    for sender in senders {
        sender.await.unwrap();
    }
    assert!((1..=12).contains(&most), "{most} connections for pools of 4 and 8");
    cluster.set("synchronous_standby_names = ''").await;
    eventually("the store works again", || async { inbox.accept(&caf("last", "a")).await.ok() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicated_asks_for_standbys() {
    let Some(cluster) = Cluster::start() else { return };
    let replicated = Durability::Replicated(1);
    let error = Inbox::builder().open_postgres(config(&cluster, replicated)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotDurable, "{error:?}");
    assert!(error.to_string().contains("synchronous_standby_names"), "{error}");

    cluster.set("synchronous_standby_names = 'standby'").await;
    let error = Inbox::builder().open_postgres(config(&cluster, replicated)).await.unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("0 synchronous standbys"), "{error:?}");

    let port = cluster.start_standby("standby");
    let inbox = eventually("the standby is there", || async {
        Inbox::builder().open_postgres(config(&cluster, replicated)).await.ok()
    })
    .await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let error = Inbox::builder().open_postgres(config(&cluster, Durability::Replicated(2))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotDurable, "{error:?}");

    // Fault S6: of several servers, the primary.
    let both = format!("postgres://postgres@127.0.0.1:{port},127.0.0.1:{}/postgres", cluster.port);
    for _ in 0..4 {
        Inbox::open(&both).await.unwrap();
    }
    let error = Inbox::open(&format!("postgres://postgres@127.0.0.1:{port}/postgres")).await.unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("standby"), "{error:?}");

    cluster.stop_server("standby", "immediate");
    assert!(inbox.accept(&caf("2", "b")).await.unwrap_err().is_unavailable());
    assert!(cluster.start_server("standby", port));
    let accepted = eventually("the standby is back", || async { inbox.accept(&caf("2", "b")).await.ok() }).await;
    assert!(matches!(accepted, AcceptOutcome::New { .. } | AcceptOutcome::Duplicate { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_promise_less_are_refused_unless_the_storage_replaces_them() {
    let Some(cluster) = Cluster::start() else { return };
    let inbox = open(&cluster, Durability::Local).await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    cluster.set("fsync = off").await;
    let error = Inbox::open(&cluster.url()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::NotDurable && error.to_string().contains("fsync is off"), "{error:?}");
    let noticed = eventually("the running program notices", || async {
        inbox.accept(&caf("2", "b")).await.err()
    });
    assert_eq!(noticed.await.kind(), ErrorKind::NotDurable);
    let storage = open(&cluster, Durability::Storage).await;
    storage.accept(&caf("3", "c")).await.unwrap();

    cluster.set("fsync = on").await;
    // A program that runs keeps the setting that it has found.
    let running = open(&cluster, Durability::Local).await;
    running.accept(&caf("4", "d")).await.unwrap();
    cluster.set("synchronous_commit = off").await;
    running.accept(&caf("5", "e")).await.unwrap();
    let error = Inbox::open(&cluster.url()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::NotDurable && error.to_string().contains("synchronous_commit"), "{error:?}");
}
