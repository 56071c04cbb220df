//! SQLite: several processes open one new store at the same moment (fault S1).

#![cfg(all(feature = "sqlite", unix))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStderr, ChildStdin, Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use idhooks_inbox::Inbox;
use support::{all, caf, engine::folder, is_new};

const PROCESSES: usize = 8;
const ROUNDS: usize = 50;

/// An open waits up to four seconds for other programs, and then there is a commit.
const PROMISED: Duration = Duration::from_secs(6);

/// Tells the child that it is one, and its number. Without it `child` does nothing.
const NUMBER: &str = "IDHOOKS_TEST_START_NUMBER";

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

async fn open_and_accept(path: &str, number: &str) -> Result<(), idhooks_inbox::Error> {
    let inbox = Inbox::open(&format!("sqlite:{path}")).await?;
    inbox.accept(&caf(&format!("event-{number}"), &format!("profile-{number}"))).await?;
    inbox.close().await;
    Ok(())
}

/// Opens each store that the parent names, at the moment that it names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(number) = std::env::var(NUMBER) else { return };
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let (at, path) = line.split_once(' ').unwrap();
        let at = Duration::from_micros(at.parse().unwrap());
        tokio::time::sleep(at.saturating_sub(now())).await;
        let started = Instant::now();
        let opened = open_and_accept(path, &number).await;
        let took = started.elapsed();
        match opened {
            Ok(()) if took <= PROMISED => eprintln!("ok"),
            Ok(()) => eprintln!("too late: {took:?}"),
            Err(error) => eprintln!("failed after {took:?}: {error:?}"),
        }
    }
}

struct Process {
    child: Child,
    orders: ChildStdin,
    results: BufReader<ChildStderr>,
}

impl Process {
    fn spawn(number: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--nocapture"])
            .env(NUMBER, number.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (orders, results) = (child.stdin.take().unwrap(), BufReader::new(child.stderr.take().unwrap()));
        Self { child, orders, results }
    }

    fn order(&mut self, at: Duration, path: &Path) {
        writeln!(self.orders, "{} {}", at.as_micros(), path.display()).unwrap();
    }

    fn result(&mut self) -> String {
        let mut line = String::new();
        self.results.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_56_eight_processes_open_a_new_store_at_the_same_moment() {
    let folder = folder();
    let mut processes: Vec<_> = (0..PROCESSES).map(Process::spawn).collect();
    let mut failed = Vec::new();
    for round in 0..ROUNDS {
        let path = folder.path().join(format!("{round}.db"));
        let at = now() + Duration::from_millis(30);
        processes.iter_mut().for_each(|process| process.order(at, &path));
        for (number, process) in processes.iter_mut().enumerate() {
            let result = process.result();
            if result != "ok" {
                failed.push(format!("round {round}, process {number}: {result}"));
            }
        }
    }
    for mut process in processes {
        drop(process.orders);
        assert!(process.child.wait().unwrap().success());
    }
    assert!(failed.is_empty(), "{} of {}: {failed:#?}", failed.len(), PROCESSES * ROUNDS);
    for round in 0..ROUNDS {
        let path = folder.path().join(format!("{round}.db"));
        let inbox = Inbox::open(&format!("sqlite:{}", path.display())).await.unwrap();
        assert_eq!(all(&inbox).await.len(), PROCESSES, "round {round}");
    }
}

/// The same within one program, as with a receiver and a worker that each open the store.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_56_one_program_opens_a_new_store_several_times_at_once() {
    for round in 0..10 {
        let folder = folder();
        let url = format!("sqlite:{}", folder.path().join("inbox.db").display());
        let opens: Vec<_> = (0..PROCESSES)
            .map(|number| {
                let url = url.clone();
                tokio::spawn(async move {
                    let inbox = Inbox::open(&url).await.unwrap();
                    let name = number.to_string();
                    assert!(is_new(inbox.accept(&caf(&name, &name)).await.unwrap()));
                    inbox
                })
            })
            .collect();
        let mut inboxes = Vec::new();
        for open in opens {
            inboxes.push(open.await.unwrap());
        }
        assert_eq!(all(&inboxes[0]).await.len(), PROCESSES, "round {round}");
    }
}
