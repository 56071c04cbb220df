//! What becomes of a delivery when its lease ends.

use std::time::{Duration, Instant, SystemTime};

use idhooks_inbox::{
    State,
    store::{LeaseRequest, Verdict},
};

use crate::support::{caf, case_keeper, details, engine::Engine, eventually, ids, lease, lease_one, request};

cases! {
    done_is_done,
    dead_is_dead_and_says_why,
    a_retry_waits_for_its_time_and_has_a_history,
    a_retry_that_is_far_off_is_told_of,
    what_cannot_be_read_waits_for_a_later_release,
    a_release_may_have_any_number,
    what_is_released_was_not_taken_up,
    the_lane_is_free_after_every_verdict,
}

async fn done_is_done(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let before = SystemTime::now() - Duration::from_millis(1);
    let (id, token) = lease_one(&inbox).await;
    assert!(inbox.store().finish(id, token, Verdict::Done).await.unwrap());
    let details = details(&inbox, id).await;
    assert_eq!((details.entry.state, details.entry.attempts, details.entry.reason), (State::Done, 1, None));
    assert!(details.entry.finished_at.unwrap() >= before && details.body.is_some() && details.history.is_empty());
    assert!(lease(&inbox, request()).await.is_empty());
}

async fn dead_is_dead_and_says_why(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let (id, token) = lease_one(&inbox).await;
    assert!(inbox.store().finish(id, token, Verdict::Dead { reason: "no such customer".into() }).await.unwrap());
    let details = details(&inbox, id).await;
    assert_eq!((details.entry.state, details.entry.reason.as_deref()), (State::Dead, Some("no such customer")));
    assert!(details.entry.finished_at.is_some() && details.body.is_some());
    let history: Vec<_> = details.history.iter().map(|attempt| (attempt.number, &*attempt.reason)).collect();
    assert_eq!(history, [(1, "no such customer")]);
    assert_eq!(ids_of_dead(&inbox).await, [id]);
    assert!(lease(&inbox, LeaseRequest { reader: i64::MAX, ..request() }).await.is_empty());
}

async fn ids_of_dead(inbox: &idhooks_inbox::Inbox) -> Vec<idhooks_inbox::EntryId> {
    inbox.dead_letters().await.unwrap().iter().map(|entry| entry.id).collect()
}

async fn a_retry_waits_for_its_time_and_has_a_history(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    for number in 1..=3 {
        let started = Instant::now();
        let leased = eventually("it is due", || async { lease(&inbox, request()).await.pop() }).await;
        assert_eq!(leased.attempt, number);
        let waited = started.elapsed();
        assert!(number == 1 || waited >= Duration::from_millis(250), "{waited:?}");
        let retry = Verdict::Retry { after: Duration::from_millis(300), reason: format!("attempt {number}").into() };
        assert!(inbox.store().finish(leased.id, leased.token, retry).await.unwrap());
        let details = details(&inbox, leased.id).await;
        assert_eq!((details.entry.state, details.entry.attempts), (State::Pending, number));
        assert_eq!(details.entry.reason.as_deref(), Some(&*format!("attempt {number}")));
        assert_eq!(details.entry.finished_at, None);
        let history: Vec<_> = details.history.iter().map(|attempt| attempt.number).collect();
        assert_eq!(history, (1..=number).collect::<Vec<_>>());
        assert!(details.history.is_sorted_by_key(|attempt| attempt.ended_at));
    }
}

async fn a_retry_that_is_far_off_is_told_of(engine: Engine) {
    let inbox = engine.open().await;
    assert_eq!(inbox.store().lease(request()).await.unwrap().next, None);
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&caf("2", "b")).await.unwrap();
    for after in [Duration::from_secs(3600), Duration::MAX] {
        let (id, token) = lease_one(&inbox).await;
        let far = Verdict::Retry { after, reason: "later".into() };
        assert!(inbox.store().finish(id, token, far).await.unwrap());
    }
    let batch = inbox.store().lease(request()).await.unwrap();
    assert!(batch.leased.is_empty());
    let next = batch.next.unwrap();
    assert!(next <= Duration::from_secs(3600) && next > Duration::from_secs(3000), "{next:?}");
    assert_eq!(inbox.stats().await.unwrap().lag, None, "what waits for its time does not lag");
    assert_eq!(crate::support::all(&inbox).await.len(), 2, "times far off are listed all the same");
}

async fn what_cannot_be_read_waits_for_a_later_release(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&case_keeper("01234567-89ab-cdef-0123-456789abcdef")).await.unwrap();
    let leased = lease(&inbox, LeaseRequest { reader: 5, ..request() }).await;
    assert_eq!(leased.len(), 2);
    for leased in &leased {
        let unreadable = Verdict::Unreadable { reader: 5, reason: "not read".into() };
        assert!(inbox.store().finish(leased.id, leased.token, unreadable).await.unwrap());
        let entry = details(&inbox, leased.id).await.entry;
        assert_eq!((entry.state, entry.attempts, entry.reason.as_deref()), (State::Unreadable, 0, Some("not read")));
    }
    assert_eq!(inbox.stats().await.unwrap().unreadable, 2);
    for reader in [i64::MIN, 1, 4, 5] {
        assert!(lease(&inbox, LeaseRequest { reader, ..request() }).await.is_empty(), "{reader}");
    }
    let caf_alone = [crate::support::route("caf", true)].into();
    let later = lease(&inbox, LeaseRequest { reader: 6, routes: caf_alone, ..request() }).await;
    assert_eq!(later.iter().map(|leased| (leased.id, leased.attempt)).collect::<Vec<_>>(), [(leased[0].id, 1)]);
    assert!(inbox.store().finish(later[0].id, later[0].token, Verdict::Done).await.unwrap());
    assert_eq!(lease(&inbox, LeaseRequest { reader: 6, ..request() }).await.len(), 1);
}

async fn a_release_may_have_any_number(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    for reader in [-5, -4, 0, 1] {
        let leased = lease(&inbox, LeaseRequest { reader, ..request() }).await.pop().unwrap();
        let unreadable = Verdict::Unreadable { reader, reason: "not read".into() };
        assert!(inbox.store().finish(leased.id, leased.token, unreadable).await.unwrap());
        assert!(lease(&inbox, LeaseRequest { reader, ..request() }).await.is_empty(), "{reader}");
    }
}

async fn what_is_released_was_not_taken_up(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    for _ in 0..3 {
        let leased = lease(&inbox, LeaseRequest { attempts: 1, ..request() }).await;
        assert_eq!(leased[0].attempt, 1);
        assert!(inbox.store().finish(leased[0].id, leased[0].token, Verdict::Released).await.unwrap());
        let details = details(&inbox, leased[0].id).await;
        assert_eq!((details.entry.state, details.entry.attempts), (State::Pending, 0));
        assert!(details.history.is_empty());
    }
}

async fn the_lane_is_free_after_every_verdict(engine: Engine) {
    let inbox = engine.open().await;
    let far = || Duration::from_secs(600);
    let verdicts = [
        Verdict::Done,
        Verdict::Dead { reason: "x".into() },
        Verdict::Retry { after: far(), reason: "x".into() },
        Verdict::Unreadable { reader: 1, reason: "x".into() },
        Verdict::Released,
    ];
    for (place, verdict) in verdicts.into_iter().enumerate() {
        let lane = format!("profile-{place}");
        let first = inbox.accept(&caf(&format!("{place}-1"), &lane)).await.unwrap().id();
        let second = inbox.accept(&caf(&format!("{place}-2"), &lane)).await.unwrap().id();
        let (id, token) = lease_one(&inbox).await;
        assert_eq!(id, first);
        let is_released = verdict == Verdict::Released;
        assert!(inbox.store().finish(id, token, verdict).await.unwrap());
        let next = ids(&lease(&inbox, request()).await);
        assert!(next == [second] || is_released && next == [first], "{place}: {next:?}");
    }
}
