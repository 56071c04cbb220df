//! SQLite: what a purge leaves in the files, and how its log grows.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use idhooks_inbox::{Error, Inbox, Outcome};
use support::{caf, capa, claim, complete, complete_next, engine::folder, is_new, request, signed_capa};

async fn open(path: &Path) -> Result<Inbox, Error> {
    Inbox::open(&format!("sqlite:{}", path.display())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn row_35_purged_data_is_in_none_of_the_files() {
    let folder = folder();
    let inbox = open(&folder.path().join("inbox.db")).await.unwrap();
    let canary = "canary-5d41402abc4b2a76";
    for place in 0..5 {
        inbox.accept(&caf(&format!("{canary}-{place}"), &format!("{canary}-profile-{place}"))).await.unwrap();
    }
    inbox.accept(&support::signed_caf(support::caf_body_of(&format!("{canary}-0"), canary, "OTHER"))).await.unwrap();
    let holds = || holding(folder.path(), canary);
    assert!(holds() > 0);
    for record in claim(&inbox, request()).await {
        assert!(complete(&inbox, &record, Outcome::Done).await);
    }
    let purged = inbox.purge(Duration::ZERO).await.unwrap();
    assert_eq!((purged.deliveries, purged.in_log, holds()), (5, false, 0));
}

/// Counts the files in a folder that hold a text.
fn holding(folder: &Path, text: &str) -> usize {
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    files.filter(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes())).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_35_a_log_that_was_read_during_a_purge_is_emptied_by_the_next() {
    let folder = folder();
    let path = folder.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    let canary = "canary-5d41402abc4b2a76";
    inbox.accept(&caf(canary, canary)).await.unwrap();
    complete_next(&inbox, Outcome::Done).await;

    // As a backup or an open shell does.
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN").unwrap();
    let there: i64 = other.query_row("SELECT count(*) FROM idhooks_bodies", (), |row| row.get(0)).unwrap();
    assert_eq!(there, 1);
    let purging = tokio::spawn({
        let inbox = inbox.clone();
        async move { inbox.purge(Duration::ZERO).await.unwrap() }
    });
    let mut longest = Duration::ZERO;
    let mut number = 0;
    while !purging.is_finished() {
        let started = Instant::now();
        inbox.accept(&capa(&format!("meanwhile-{number}"))).await.unwrap();
        longest = longest.max(started.elapsed());
        number += 1;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(longest < Duration::from_secs(2), "accepting does not wait for the reader: {longest:?}");
    let purged = purging.await.unwrap();
    assert_eq!((purged.deliveries, purged.in_log), (1, true));
    assert!(holding(folder.path(), canary) > 0, "as reported");

    other.execute_batch("COMMIT").unwrap();
    let purged = inbox.purge(Duration::ZERO).await.unwrap();
    assert_eq!((purged.deliveries, purged.in_log, holding(folder.path(), canary)), (0, false, 0));
    // It still waits for other writers.
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = tokio::spawn(async move { inbox.accept(&capa("later")).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    other.execute_batch("COMMIT").unwrap();
    assert!(is_new(waiting.await.unwrap().unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_person_is_in_none_of_the_files() {
    let folder = folder();
    let inbox = open(&folder.path().join("inbox.db")).await.unwrap();
    let canary = "canary-5d41402abc4b2a76";
    for state in ["done", "dead", "waiting", "blocked"] {
        inbox.accept(&caf(&format!("{canary}-{state}"), canary)).await.unwrap();
        match state {
            "done" => drop(complete_next(&inbox, Outcome::Done).await),
            "dead" => drop(complete_next(&inbox, Outcome::dead_letter(canary)).await),
            _ => {}
        }
    }
    inbox.accept(&support::signed_caf(support::caf_body_of(&format!("{canary}-done"), canary, "OTHER"))).await.unwrap();
    assert!(holding(folder.path(), canary) > 0);
    let erased = inbox.erase("caf", canary).await.unwrap();
    assert_eq!((erased.deliveries, erased.in_log, holding(folder.path(), canary)), (4, false, 0));
}

/// Another program keeps a transaction open, so SQLite cannot empty its log (fault S8).
#[tokio::test(flavor = "multi_thread")]
async fn the_size_of_the_log_is_reported() {
    const BODY: usize = 1_000_000;
    let folder = folder();
    let path = folder.path().join("inbox.db");
    let inbox = open(&path).await.unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN").unwrap();
    let _: i64 = other.query_row("SELECT count(*) FROM idhooks_bodies", (), |row| row.get(0)).unwrap();
    for number in 0..20 {
        inbox.accept(&signed_capa(format!("{number} {}", "x".repeat(BODY)))).await.unwrap();
    }
    let log = fs::metadata(folder.path().join("inbox.db-wal")).unwrap().len();
    assert_eq!(inbox.stats().await.unwrap().log_bytes, log);
    assert!(log > 20 * BODY as u64, "nothing of it could be removed: {log}");

    other.execute_batch("COMMIT").unwrap();
    inbox.purge(Duration::ZERO).await.unwrap();
    assert_eq!(inbox.stats().await.unwrap().log_bytes, 0);
}
