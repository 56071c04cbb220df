//! SQLite: a log that was removed, and copies that were restored (faults D1, D2 and D3).

#![cfg(all(feature = "sqlite", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{collections::BTreeSet, fs, path::PathBuf};

use idhooks_inbox::{AcceptOutcome, DeliveryId, Error, ErrorKind, Inbox, Outcome};
use tempfile::TempDir;

use support::{all, caf, claim_one, complete, complete_next, engine::folder, is_new};

/// A folder with a store in it.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(folder())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    async fn open(&self) -> Result<Inbox, Error> {
        Inbox::open(&format!("sqlite:{}", self.path("inbox.db").display())).await
    }

    /// Copies the database as the documentation says, also while it is in use.
    fn back_up(&self, name: &str) {
        let connection = rusqlite::Connection::open(self.path("inbox.db")).unwrap();
        connection.execute("VACUUM INTO ?1", [self.path(name).to_str().unwrap()]).unwrap();
    }

    /// Puts a copy over the database and leaves the log where it is.
    fn restore(&self, name: &str) {
        fs::copy(self.path(name), self.path("inbox.db")).unwrap();
    }

    /// Copies the files as a crash at this moment would leave them.
    fn crash(&self) -> Self {
        let crashed = Self::new();
        for file in ["inbox.db", "inbox.db-wal"] {
            fs::copy(self.path(file), crashed.path(file)).unwrap();
        }
        for file in fs::read_dir(self.0.path()).unwrap() {
            let file = file.unwrap();
            if file.file_name().to_str().unwrap().starts_with("copy") {
                fs::copy(file.path(), crashed.path(file.file_name().to_str().unwrap())).unwrap();
            }
        }
        crashed
    }

    fn log_bytes(&self) -> u64 {
        fs::metadata(self.path("inbox.db-wal")).unwrap().len()
    }
}

async fn accept(inbox: &Inbox, number: usize) -> DeliveryId {
    inbox.accept(&caf(&format!("event-{number}"), &format!("profile-{number}"))).await.unwrap().id()
}

fn is_gone(error: &Error) -> bool {
    error.is_unavailable() && error.to_string().contains("deleted or replaced")
}

/// SQLite would lose what it writes into a deleted log when the last program closes it.
#[tokio::test(flavor = "multi_thread")]
async fn row_54_a_log_removed_under_a_running_program_is_an_error_until_it_is_opened_again() {
    let files = Files::new();
    let (receiver, other) = (files.open().await.unwrap(), files.open().await.unwrap());
    let first = accept(&receiver, 1).await;
    let record = claim_one(&other).await;
    fs::remove_file(files.path("inbox.db-wal")).unwrap();
    for inbox in [&receiver, &other] {
        let delivery = caf("event-2", "profile-2");
        assert!(is_gone(&inbox.accept(&delivery).await.unwrap_err()));
        assert!(is_gone(&inbox.accept(&caf("event-1", "profile-1")).await.unwrap_err()), "nor is it a duplicate");
        assert!(is_gone(&inbox.store().claim(support::request()).await.unwrap_err()));
        let done = support::completion(&record, Outcome::Done);
        assert!(is_gone(&inbox.store().complete(&[done]).await.unwrap_err()));
        assert!(is_gone(&inbox.replay(first).await.unwrap_err()));
    }
    // Another log of the same name changes nothing.
    fs::write(files.path("inbox.db-wal"), "").unwrap();
    assert!(is_gone(&receiver.accept(&caf("event-2", "profile-2")).await.unwrap_err()));
    receiver.close().await;
    other.close().await;
    let again = files.open().await.unwrap();
    assert!(is_new(again.accept(&caf("event-2", "profile-2")).await.unwrap()));
}

#[tokio::test(flavor = "multi_thread")]
async fn row_54_a_crash_leaves_a_log_that_is_read() {
    let files = Files::new();
    let inbox = files.open().await.unwrap();
    let mut accepted = Vec::new();
    for number in 0..20 {
        accepted.push(accept(&inbox, number).await);
        let crashed = files.crash();
        let again = crashed.open().await.unwrap();
        assert_eq!(all(&again).await.len(), accepted.len());
    }
    complete_next(&inbox, Outcome::Done).await;
    inbox.purge(std::time::Duration::ZERO).await.unwrap();
    assert_eq!(files.log_bytes(), 0);
    for state in ["emptied", "written again"] {
        let crashed = files.crash();
        let again = crashed.open().await.unwrap();
        assert!(all(&again).await.len() >= 20, "{state}");
        accept(&inbox, 20).await;
    }
}

/// The log after a crash belongs to the database that crashed, not to the copy that is put in its place.
#[tokio::test(flavor = "multi_thread")]
async fn row_54_a_log_beside_a_restored_copy_is_an_error() {
    let files = Files::new();
    let inbox = files.open().await.unwrap();
    accept(&inbox, 1).await;
    files.back_up("copy.db");
    inbox.close().await;
    let inbox = files.open().await.unwrap();
    for number in 2..10 {
        accept(&inbox, number).await;
    }
    let crashed = files.crash();
    inbox.close().await;
    assert!(crashed.log_bytes() > 0);
    crashed.restore("copy.db");
    for _ in 0..2 {
        let error = crashed.open().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IncompatibleSchema);
        assert!(error.to_string().contains("inbox.db-wal does not belong"), "{error}");
    }
    fs::remove_file(crashed.path("inbox.db-wal")).unwrap();
    drop(fs::remove_file(crashed.path("inbox.db-shm")));
    crashed.restore("copy.db");
    let restored = crashed.open().await.unwrap();
    assert_eq!(all(&restored).await.len(), 1, "the copy, and nothing of the log");
}

/// However little the log holds.
#[tokio::test(flavor = "multi_thread")]
async fn row_54_a_log_without_a_new_id_is_recognised_as_foreign() {
    let files = Files::new();
    let inbox = files.open().await.unwrap();
    accept(&inbox, 1).await;
    files.back_up("copy.db");
    inbox.close().await;
    let inbox = files.open().await.unwrap();
    let record = claim_one(&inbox).await;
    // Empties the log. The next transaction takes no id.
    inbox.purge(std::time::Duration::ZERO).await.unwrap();
    assert_eq!(files.log_bytes(), 0);
    assert!(complete(&inbox, &record, Outcome::Done).await);
    let crashed = files.crash();
    inbox.close().await;
    assert!(crashed.log_bytes() > 0);
    crashed.restore("copy.db");
    let error = crashed.open().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IncompatibleSchema);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_54_ids_and_tokens_are_not_used_again_after_an_older_copy_is_restored() {
    const NUMBER: usize = 40;
    let files = Files::new();
    let inbox = files.open().await.unwrap();
    accept(&inbox, 0).await;
    inbox.close().await;
    fs::copy(files.path("inbox.db"), files.path("copy.db")).unwrap();

    let mut used = BTreeSet::new();
    for run in 1..=2 {
        let inbox = files.open().await.unwrap();
        for number in 0..NUMBER {
            let id = accept(&inbox, run * NUMBER + number).await;
            assert!(used.insert(id.get()), "{id} was used before");
        }
        for _ in 0..=NUMBER {
            let record = claim_one(&inbox).await;
            assert!(used.insert(record.token.unwrap().get()), "{record:?} has a token that was used before");
            assert!(complete(&inbox, &record, Outcome::Done).await);
        }
        inbox.close().await;
        files.restore("copy.db");
    }
    let inbox = files.open().await.unwrap();
    let duplicate = inbox.accept(&caf("event-0", "profile-0")).await.unwrap();
    assert!(matches!(duplicate, AcceptOutcome::Duplicate { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_without_its_log_is_a_store_of_an_earlier_moment() {
    let files = Files::new();
    let inbox = files.open().await.unwrap();
    for number in 0..10 {
        accept(&inbox, number).await;
    }
    let copy = Files::new();
    fs::copy(files.path("inbox.db"), copy.path("inbox.db")).unwrap();
    let opened = copy.open().await.unwrap();
    assert!(all(&opened).await.len() <= 10);
    assert!(is_new(opened.accept(&caf("another", "another")).await.unwrap()));
}
