//! Another process that uses the same SQLite file.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{process::Command, time::Duration};

use rusqlite::{Connection, ErrorCode};

use support::{caf, engine::Engine, is_new};

/// Names the file to the child. Without it `child` does nothing.
const FILE: &str = "IDHOOKS_TEST_BESIDE_FILE";

/// Wants the file for itself, as a process does that closes it last and removes the log.
#[test]
fn child() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let other = Connection::open(file).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    let alone = other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; ROLLBACK");
    assert_eq!(alone.unwrap_err().sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
}

/// A process that closes any handle of a file loses all its locks on it. The next process that closes the store would
/// then remove the log, and later deliveries would go into a file without a name.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_opens_a_store_twice_keeps_its_locks() {
    let engine = Engine::sqlite();
    let (receiver, worker) = (engine.open().await, engine.open().await);
    assert!(is_new(receiver.accept(&caf("1", "a")).await.unwrap()));
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact"])
        .env(FILE, engine.path())
        .output()
        .unwrap();
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    for inbox in [receiver, worker] {
        inbox.close().await;
    }
}
