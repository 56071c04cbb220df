//! The network between a program and PostgreSQL is cut, and both keep their sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]
#![cfg(feature = "postgres")]

mod support;

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use idhooks_caf as caf;
use idhooks_core::Verified;
use idhooks_inbox::{
    FencingToken, Handlers, Inbox, Job, Outcome, State,
    store::{ClaimRequest, Completion, Lease},
};
use tokio::time::{sleep, timeout};

use support::{
    all, caf, claim, complete, completion, eager, eventually,
    link::{self, Link},
    postgres::{Database, database},
    request, start, summary,
};

/// What the machine may be late by, because it has other things to do.
const LATE: Duration = Duration::from_millis(1500);

/// The database, a way to it that can be cut, and an inbox at the end of that way and one beside it.
async fn reached_by_a_link(deadline: Duration) -> Option<(Database, Link, Inbox, Inbox)> {
    let database = database().await?;
    let link = Link::to(database.address()).await;
    let near = Inbox::open(database.url()).await.unwrap();
    let far = Inbox::builder().accept_timeout(deadline).open(&database.url_through(link.port)).await.unwrap();
    Some((database, link, far, near))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_34_a_receiver_without_network_fails_in_time_and_recovers() {
    const DEADLINE: Duration = Duration::from_secs(2);
    const SENDERS: usize = 8;
    let Some((_database, link, far, near)) = reached_by_a_link(DEADLINE).await else { return };
    let tasks: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let far = far.clone();
            tokio::spawn(async move {
                let (mut accepted, mut failed) = (Vec::new(), Vec::new());
                let started = Instant::now();
                for number in 0.. {
                    // Until it is cut, and once more.
                    if failed.len() == 2 {
                        break;
                    }
                    assert!(started.elapsed() < support::PATIENCE, "{sender} is not told of the cut");
                    let name = format!("{sender}-{number}");
                    let asked = Instant::now();
                    match far.accept(&caf(&name, &name)).await {
                        Ok(accept) => accepted.push(accept.id()),
                        Err(error) => {
                            assert!(error.is_unavailable(), "{error}");
                            assert!(asked.elapsed() < DEADLINE + LATE, "{:?}", asked.elapsed());
                            failed.push(name);
                        }
                    }
                }
                (accepted, failed)
            })
        })
        .collect();
    sleep(Duration::from_millis(300)).await;
    link.set(link::State::Cut);
    let (mut accepted, mut failed) = (Vec::new(), Vec::new());
    for task in tasks {
        let (some, others) = task.await.unwrap();
        accepted.extend(some);
        failed.extend(others);
    }
    assert!(accepted.len() > SENDERS && failed.len() == 2 * SENDERS, "{} and {}", accepted.len(), failed.len());
    for id in &accepted {
        assert!(near.get(*id).await.unwrap().is_some(), "{id} was accepted and is lost");
    }

    link.set(link::State::Whole);
    let first = &failed[0];
    eventually("the receiver is back", || async { far.accept(&caf(first, first)).await.ok() }).await;
    for name in &failed {
        far.accept(&caf(name, name)).await.unwrap();
    }
    let stats = near.stats().await.unwrap();
    assert_eq!(stats.ready, (accepted.len() + failed.len()) as u64, "each is there once");
}

/// Whose handler, what it did, under which lease, and when.
type Note = (&'static str, &'static str, FencingToken, Instant);

/// What handlers did.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Note>>>);

impl Seen {
    fn note(&self, who: &'static str, what: &'static str, token: FencingToken) {
        self.0.lock().unwrap().push((who, what, token, Instant::now()));
    }

    fn find(&self, who: &str, what: &str) -> Option<(FencingToken, Instant)> {
        let seen = self.0.lock().unwrap();
        seen.iter().find(|seen| (seen.0, seen.1) == (who, what)).map(|seen| (seen.2, seen.3))
    }
}

/// Notes when it is dropped: the handler has ended, or was stopped.
struct Until {
    seen: Seen,
    who: &'static str,
    token: FencingToken,
}

impl Drop for Until {
    fn drop(&mut self) {
        self.seen.note(self.who, "stops", self.token);
    }
}

/// Starts, and does not end by itself.
fn endless(who: &'static str, seen: &Seen) -> Handlers {
    let seen = seen.clone();
    Handlers::new().on(move |job: Job<Verified<caf::Event>>| {
        let (seen, token) = (seen.clone(), job.token());
        async move {
            seen.note(who, "starts", token);
            let _until = Until { seen, who, token };
            std::future::pending::<()>().await;
        }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_37_a_worker_without_network_stops_before_another_takes_over() {
    const LEASE: Duration = Duration::from_secs(2);
    let Some((_database, link, far, near)) = reached_by_a_link(Duration::from_secs(5)).await else { return };
    let id = near.accept(&caf("1", "a")).await.unwrap().id();
    let seen = Seen::default();
    let cut_off = start(eager(&far).lease(LEASE), endless("far", &seen));
    let (token, _) = eventually("the far one starts", || async { seen.find("far", "starts") }).await;
    // Renewed at least once.
    sleep(LEASE).await;
    assert!(seen.find("far", "stops").is_none());

    let cut_at = Instant::now();
    link.set(link::State::Cut);
    let other = start(eager(&near).lease(LEASE), endless("near", &seen));
    let (newer, taken_over_at) = eventually("another takes over", || async { seen.find("near", "starts") }).await;
    let (_, stopped_at) = eventually("the far one stops", || async { seen.find("far", "stops") }).await;
    assert!(newer > token);
    assert!(stopped_at < cut_at + LEASE + LATE, "stopped {:?} after the cut", stopped_at - cut_at);
    assert!(stopped_at < taken_over_at + LATE, "stopped {:?} after another had begun", stopped_at - taken_over_at);

    link.set(link::State::Whole);
    let lease = |token| Lease { id, token };
    let done = |token| Completion { lease: lease(token), subject_key: None, attempt: 1, outcome: Outcome::Done };
    let complete = || async { far.store().complete(&[done(token)]).await.ok() };
    assert_eq!(eventually("the far one reaches the store", complete).await, [lease(token)], "it had lost the lease");
    let after = summary(&near, id).await;
    assert_eq!((after.state, after.lost_leases), (State::Running, 1));

    // The first worker goes on by itself, once there is something for it.
    assert!(near.store().complete(&[done(newer)]).await.unwrap().is_empty());
    other.stop().await;
    near.accept(&caf("2", "b")).await.unwrap();
    let again = || async {
        let seen = seen.0.lock().unwrap();
        seen.iter().filter(|seen| (seen.0, seen.1) == ("far", "starts")).nth(1).map(|seen| seen.2)
    };
    assert!(eventually("the far one works again", again).await > newer);
    drop(cut_off);
}

/// As when packets are sent again after an outage: the word of the old worker arrives when another has taken over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_37_an_outcome_that_arrives_after_a_takeover_changes_nothing() {
    const LEASE: Duration = Duration::from_secs(2);
    let Some((_database, link, far, near)) = reached_by_a_link(Duration::from_secs(5)).await else { return };
    let id = near.accept(&caf("1", "a")).await.unwrap().id();
    let old = claim(&far, ClaimRequest { lease: LEASE, ..request() }).await.pop().unwrap();
    link.set(link::State::Stalled);
    let late = tokio::spawn({
        let far = far.clone();
        let done = completion(&old, Outcome::Done);
        async move { far.store().complete(&[done]).await }
    });
    let new = eventually("another takes over", || async { claim(&near, request()).await.pop() }).await;
    assert!(!late.is_finished());
    link.set(link::State::Whole);
    let answer = timeout(support::PATIENCE, late).await.unwrap().unwrap();
    assert_eq!(answer.unwrap(), [old.lease().unwrap()], "it had lost the lease");
    assert_eq!(summary(&near, id).await.state, State::Running);
    assert!(complete(&near, &new, Outcome::Done).await);
    assert_eq!(all(&near).await.len(), 1);
}
