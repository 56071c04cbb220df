//! Kills a process that receives and works, again and again, and then counts. `cargo xtask crash` does more of it.

#![cfg(all(feature = "sqlite", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use idhooks_caf as caf;
use idhooks_core::Verified;
use idhooks_inbox::{AcceptOutcome, Backoff, Handlers, Inbox, Job, State};
use tokio::time::sleep;

use support::{all, caf, details, eventually, start};

/// Names the folder to the child. Without it `child` does nothing.
const FOLDER: &str = "IDHOOKS_TEST_CRASH_FOLDER";

const SUBJECTS: u64 = 7;

/// Appends one line, which survives a kill of this process.
fn note(file: &Path, line: &str) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(file).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn notes(file: &Path) -> Vec<String> {
    fs::read_to_string(file).unwrap_or_default().lines().map(str::to_owned).collect()
}

fn worker(inbox: &Inbox) -> idhooks_inbox::Worker {
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(5)).unwrap();
    inbox
        .worker()
        .backoff(backoff)
        .max_attempts(1000)
        .max_lost_leases(1000)
        .lease(Duration::from_secs(2))
        .concurrency(4)
}

fn handlers(folder: &Path) -> Handlers {
    let handled = folder.join("handled");
    Handlers::new().on(move |job: Job<Verified<caf::Event>>| {
        let handled = handled.clone();
        async move {
            note(&handled, &format!("begin {} {}", job.id(), job.token()));
            sleep(Duration::from_millis(fastrand::u64(0..4))).await;
            note(&handled, &format!("end {} {}", job.id(), job.token()));
        }
    })
}

/// The program that is killed. It accepts each delivery twice, and notes what it accepted and handled.
#[tokio::test(flavor = "multi_thread")]
async fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let inbox = Inbox::open(&format!("sqlite:{}", folder.join("inbox.db").display())).await.unwrap();
    let _working = start(worker(&inbox), handlers(folder));
    let accepted = folder.join("accepted");
    let mut number = notes(&accepted).len() as u64;
    loop {
        let delivery = caf(&format!("event-{number}"), &format!("profile-{}", number % SUBJECTS));
        let (one, other) = tokio::join!(inbox.accept(&delivery), inbox.accept(&delivery));
        assert_eq!(one.unwrap().id(), other.unwrap().id());
        note(&accepted, &format!("event-{number}"));
        number += 1;
    }
}

fn spawn(folder: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_36_kills_at_any_moment_lose_nothing_and_block_nothing() {
    let folder = support::engine::folder();
    let (accepted, handled) = (folder.path().join("accepted"), folder.path().join("handled"));
    let mut kills = 0;
    while kills < 8 {
        let before = notes(&accepted).len();
        let mut child = spawn(folder.path());
        let started = Instant::now();
        while notes(&accepted).len() < before + 5 {
            assert!(started.elapsed() < support::PATIENCE, "the program does nothing");
            assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
            sleep(Duration::from_millis(5)).await;
        }
        sleep(Duration::from_millis(fastrand::u64(0..150))).await;
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success());
        kills += 1;
    }

    let inbox = Inbox::open(&format!("sqlite:{}", folder.path().join("inbox.db").display())).await.unwrap();
    let working = start(worker(&inbox), handlers(folder.path()));
    eventually("all is handled", || async {
        let stats = inbox.stats().await.unwrap();
        (stats.waiting() + stats.running == 0).then_some(())
    })
    .await;
    working.stop().await;

    let mut by_event = BTreeMap::new();
    for delivery in all(&inbox).await {
        assert_eq!(delivery.state, State::Done, "{delivery:?}");
        let body = details(&inbox, delivery.id).await.body.unwrap();
        let body: serde_json::Value = serde_json::from_slice(body.expose()).unwrap();
        let event = body["id"].as_str().unwrap().to_owned();
        assert!(by_event.insert(event, delivery.id).is_none(), "stored twice");
    }
    let accepted: BTreeSet<_> = notes(&accepted).into_iter().collect();
    assert!(accepted.len() >= 40, "{}", accepted.len());
    for event in &accepted {
        assert!(by_event.contains_key(event), "{event} was accepted and is lost");
    }
    // Each is a duplicate when it arrives once more, and none is handled again.
    for number in 0..accepted.len() as u64 {
        let delivery = caf(&format!("event-{number}"), &format!("profile-{}", number % SUBJECTS));
        assert!(matches!(inbox.accept(&delivery).await.unwrap(), AcceptOutcome::Duplicate { .. }));
    }
    check_handled(&notes(&handled), by_event.values().map(|id| id.get()).collect());
}

/// Each was handled to its end, no attempt overlapped with another one, and tokens only grow.
fn check_handled(notes: &[String], stored: BTreeSet<i64>) {
    let mut ended = BTreeSet::new();
    let mut tokens: BTreeMap<i64, i64> = BTreeMap::new();
    for note in notes {
        let mut words = note.split(' ');
        let (what, id, token) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let (id, token): (i64, i64) = (id.parse().unwrap(), token.parse().unwrap());
        match what {
            "begin" => assert!(tokens.insert(id, token).is_none_or(|before| before < token), "{note}"),
            _ => {
                assert_eq!(tokens[&id], token, "{note}: it ended after another had begun");
                ended.insert(id);
            }
        }
    }
    assert_eq!(ended, stored, "everything that was stored was handled");
}
