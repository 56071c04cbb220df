//! PostgreSQL behind a pooler that hands sessions from transaction to transaction.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![cfg(feature = "postgres")]

#[path = "support/mod.rs"]
mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use idhooks_caf as caf;
use idhooks_core::Verified;
use idhooks_inbox::{
    AcceptOutcome, ErrorKind, Filter, Handlers, Inbox, Job, Outcome, PostgresConfig, State, store::ClaimRequest,
};
use support::{
    all_done, caf, caf_body_of, claim, claim_briefly, claim_one, complete, complete_next, count_done, details,
    pgbouncer::PgBouncer,
    postgres::{Database, database},
    request, signed_caf,
};
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// A schema and a pooler in front of its server.
async fn behind(mode: &str) -> Option<(PgBouncer, Database)> {
    let database = database().await?;
    Some((PgBouncer::start(&database, mode).await?, database))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn transaction_pooler_is_refused_unless_the_settings_name_it() {
    let Some((pooler, _database)) = behind("transaction").await else { return };
    for _ in 0..5 {
        let error = Inbox::open(&pooler.url("")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config, "{error:?}");
        assert!(error.to_string().contains("pooler=transaction"), "{error}");
    }
    // It has left no settings in the sessions of others.
    let (client, connection) =
        tokio_postgres::connect(&pooler.url("").replace("?schema", "?application_name"), NoTls).await.unwrap();
    tokio::spawn(connection);
    for setting in ["statement_timeout", "search_path", "jit"] {
        let ask = format!("SELECT setting = reset_val FROM pg_settings WHERE name = '{setting}'");
        let messages = client.simple_query(&ask).await.unwrap();
        let is_default =
            messages.iter().any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(0) == Some("t")));
        assert!(is_default, "{setting}");
    }
    Inbox::open(&pooler.url("&pooler=transaction")).await.unwrap();
    let config = PostgresConfig::new(&pooler.url("")).unwrap().transaction_pooler(true);
    Inbox::builder().open_postgres(config).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn session_pooler_is_accepted() {
    let Some((pooler, _database)) = behind("session").await else { return };
    let inbox = Inbox::open(&pooler.url("")).await.unwrap();
    inbox.accept(&caf("1", "a")).await.unwrap();
    complete_next(&inbox, Outcome::Done).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_operation_works_behind_a_transaction_pooler() {
    let Some((pooler, _database)) = behind("transaction").await else { return };
    let inbox = Inbox::open(&pooler.url("&pooler=transaction")).await.unwrap();
    let first = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let second = inbox.accept(&caf("2", "a")).await.unwrap().id();
    assert_eq!(inbox.accept(&caf("1", "a")).await.unwrap(), AcceptOutcome::Duplicate { id: first });
    let other = signed_caf(caf_body_of("1", "a", "REPROVED"));
    assert!(matches!(inbox.accept(&other).await.unwrap(), AcceptOutcome::Conflict { .. }));
    let expired = claim_briefly(&inbox).await;
    assert_eq!(expired.id, first);
    let held = claim_one(&inbox).await;
    assert_eq!(held.id, second, "the expired lease let the next one go first");
    assert!(inbox.store().renew(&[held.lease().unwrap()], Duration::from_secs(60)).await.unwrap().is_empty());
    assert!(complete(&inbox, &held, Outcome::retry_after(Duration::ZERO, "again")).await);
    for _ in 0..2 {
        complete_next(&inbox, Outcome::dead_letter("no")).await;
    }
    assert_eq!(details(&inbox, second).await.failed_attempts.len(), 2);
    inbox.replay(first).await.unwrap();
    inbox.dead_letter(first, "by hand").await.unwrap();
    assert_eq!(inbox.list(&Filter::new().vendor("caf").subject("a")).await.unwrap().deliveries.len(), 2);
    assert_eq!((inbox.stats().await.unwrap().dead_letters, inbox.stats().await.unwrap().waiting()), (2, 0));
    assert_eq!(inbox.erase("caf", "a").await.unwrap().deliveries, 2);
    assert!(claim(&inbox, ClaimRequest { limit: 5, ..request() }).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker_behind_a_transaction_pooler_handles_everything() {
    let Some((pooler, _database)) = behind("transaction").await else { return };
    let inbox = Inbox::open(&pooler.url("&pooler=transaction&poll_interval_ms=100")).await.unwrap();
    let handlers = || Handlers::new().on(|_: Job<Verified<caf::Event>>| async {});
    let workers = [inbox.clone(), inbox.clone()].map(|inbox| support::start(inbox.worker(), handlers()));
    let accepting = (0..8).map(|task| {
        let inbox = inbox.clone();
        tokio::spawn(async move {
            for number in 0..50 {
                inbox.accept(&caf(&format!("{task}-{number}"), &format!("{}", number % 7))).await.unwrap();
            }
        })
    });
    for task in accepting.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    all_done(&inbox, 400).await;
    for worker in workers {
        worker.stop().await;
    }
    assert_eq!(count_done(&inbox).await, 400);
}

/// Row 57: another client of the pool sets `synchronous_commit = off` in the sessions that the inbox shares.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_57_settings_of_other_clients_of_the_pool_do_not_weaken_a_commit() {
    let Some((pooler, database)) = behind("transaction").await else { return };
    let inbox = Inbox::open(&pooler.url("&pooler=transaction")).await.unwrap();
    let direct = database.client().await;
    let trigger = "CREATE TABLE seen (setting text, path text);
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO seen VALUES (current_setting('synchronous_commit'), current_setting('search_path'));
            RETURN NULL;
        END $$;
        CREATE TRIGGER see AFTER INSERT OR UPDATE ON idhooks_deliveries EXECUTE FUNCTION see()";
    direct.batch_execute(trigger).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let others = (0..2).map(|_| {
        let (url, stop) = (pooler.url("").replace("?schema", "?application_name"), Arc::clone(&stop));
        tokio::spawn(async move {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
            tokio::spawn(connection);
            while !stop.load(Ordering::Relaxed) {
                let weaken = "SET synchronous_commit = off; SET search_path = pg_catalog; SET lock_timeout = 1";
                client.batch_execute(weaken).await.unwrap();
            }
        })
    });
    let others: Vec<_> = others.collect();
    for number in 0..100 {
        inbox.accept(&caf(&format!("{number}"), &format!("{number}"))).await.unwrap();
        complete_next(&inbox, Outcome::Done).await;
    }
    stop.store(true, Ordering::Relaxed);
    for other in others {
        other.await.unwrap();
    }
    let seen = direct.query("SELECT DISTINCT setting, path = quote_ident($1) FROM seen", &[&database.schema()]).await;
    let seen: Vec<(String, bool)> = seen.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(seen, [("on".to_owned(), true)]);
    let done = inbox.list(&Filter::new().state(State::Done).limit(1000)).await.unwrap();
    assert_eq!(done.deliveries.len(), 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_up_parameter_that_the_pooler_rejects_is_named() {
    let Some((pooler, database)) = behind("session").await else { return };
    let error = Inbox::open(&pooler.url("&options=-cgeqo%3Doff")).await.unwrap_err();
    assert!(error.to_string().contains("`options`"), "{error}");
    // The schema is not among them.
    let path = format!("?options=-csearch_path%3D{}", database.schema());
    let url = pooler.url("").replace(&format!("?schema={}", database.schema()), &path);
    Inbox::open(&url).await.unwrap().accept(&caf("1", "a")).await.unwrap();
    let rows = database.client().await.query_one("SELECT count(*) FROM idhooks_deliveries", &[]).await.unwrap();
    assert_eq!(rows.get::<_, i64>(0), 1);
}
