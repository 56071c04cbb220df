//! What becomes of a delivery when its lease ends.

use std::time::{Duration, Instant, SystemTime};

use idhooks_inbox::{Outcome, State, store::ClaimRequest};

use crate::support::{
    caf, case_keeper, details, engine::Engine, eventually, finish, ids, kinds, lease, lease_one, request, request_of,
};

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
    assert!(finish(&inbox, id, token, Outcome::Done).await);
    let details = details(&inbox, id).await;
    assert_eq!((details.summary.state, details.summary.attempts, details.summary.reason), (State::Done, 0, None));
    assert!(
        details.summary.finished_at.unwrap() >= before && details.body.is_some() && details.failed_attempts.is_empty()
    );
    assert!(lease(&inbox, request()).await.is_empty());
}

async fn dead_is_dead_and_says_why(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let (id, token) = lease_one(&inbox).await;
    assert!(finish(&inbox, id, token, Outcome::DeadLetter { reason: "no such customer".into() }).await);
    let details = details(&inbox, id).await;
    assert_eq!(
        (details.summary.state, details.summary.reason.as_deref()),
        (State::DeadLetter, Some("no such customer"))
    );
    assert!(details.summary.finished_at.is_some() && details.body.is_some());
    let history: Vec<_> = details.failed_attempts.iter().map(|attempt| (attempt.number, &*attempt.reason)).collect();
    assert_eq!(history, [(1, "no such customer")]);
    assert_eq!(ids_of_dead(&inbox).await, [id]);
    assert!(lease(&inbox, request_of(i64::MAX)).await.is_empty());
}

async fn ids_of_dead(inbox: &idhooks_inbox::Inbox) -> Vec<idhooks_inbox::DeliveryId> {
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
        let retry =
            Outcome::Retry { after: Some(Duration::from_millis(300)), reason: format!("attempt {number}").into() };
        assert!(finish(&inbox, leased.id, leased.token, retry).await);
        let details = details(&inbox, leased.id).await;
        assert_eq!((details.summary.state, details.summary.attempts), (State::Scheduled, number));
        assert_eq!(details.summary.reason.as_deref(), Some(&*format!("attempt {number}")));
        assert_eq!(details.summary.finished_at, None);
        let history: Vec<_> = details.failed_attempts.iter().map(|attempt| attempt.number).collect();
        assert_eq!(history, (1..=number).collect::<Vec<_>>());
        assert!(details.failed_attempts.is_sorted_by_key(|attempt| attempt.ended_at));
    }
}

async fn a_retry_that_is_far_off_is_told_of(engine: Engine) {
    let inbox = engine.open().await;
    assert_eq!(inbox.store().claim(request()).await.unwrap().next, None);
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&caf("2", "b")).await.unwrap();
    for after in [Duration::from_secs(3600), Duration::MAX] {
        let (id, token) = lease_one(&inbox).await;
        let far = Outcome::Retry { after: Some(after), reason: "later".into() };
        assert!(finish(&inbox, id, token, far).await);
    }
    let batch = inbox.store().claim(request()).await.unwrap();
    assert!(batch.deliveries.is_empty());
    let next = batch.next.unwrap();
    assert!(next <= Duration::from_secs(3600) && next > Duration::from_secs(3000), "{next:?}");
    assert_eq!(inbox.stats().await.unwrap().oldest_ready, None, "what waits for its time does not lag");
    assert_eq!(crate::support::all(&inbox).await.len(), 2, "times far off are listed all the same");
}

async fn what_cannot_be_read_waits_for_a_later_release(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&case_keeper("01234567-89ab-cdef-0123-456789abcdef")).await.unwrap();
    let leased = lease(&inbox, request_of(5)).await;
    assert_eq!(leased.len(), 2);
    for leased in &leased {
        let unreadable = Outcome::Undecodable { decoder_version: 5, reason: "not read".into() };
        assert!(finish(&inbox, leased.id, leased.token, unreadable).await);
        let entry = details(&inbox, leased.id).await.summary;
        assert_eq!((entry.state, entry.attempts, entry.reason.as_deref()), (State::Undecodable, 0, Some("not read")));
    }
    assert_eq!(inbox.stats().await.unwrap().undecodable, 2);
    for version in [i64::MIN, 1, 4, 5] {
        assert!(lease(&inbox, request_of(version)).await.is_empty(), "{version}");
    }
    let later = lease(&inbox, ClaimRequest { kinds: kinds(&[("caf", true)], 6), ..request() }).await;
    assert_eq!(later.iter().map(|leased| (leased.id, leased.attempt)).collect::<Vec<_>>(), [(leased[0].id, 1)]);
    assert!(finish(&inbox, later[0].id, later[0].token, Outcome::Done).await);
    assert_eq!(lease(&inbox, request_of(6)).await.len(), 1);
}

async fn a_release_may_have_any_number(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    for decoder_version in [0, 1, 2, i64::MAX] {
        let leased = lease(&inbox, request_of(decoder_version)).await.pop().unwrap();
        let undecodable = Outcome::Undecodable { decoder_version, reason: "not read".into() };
        assert!(finish(&inbox, leased.id, leased.token, undecodable).await);
        assert!(lease(&inbox, request_of(decoder_version)).await.is_empty(), "{decoder_version}");
    }
}

async fn what_is_released_was_not_taken_up(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    for _ in 0..3 {
        let leased = lease(&inbox, ClaimRequest { max_lost_leases: 1, ..request() }).await;
        assert_eq!(leased[0].attempt, 1);
        assert!(finish(&inbox, leased[0].id, leased[0].token, Outcome::Released).await);
        let details = details(&inbox, leased[0].id).await;
        assert_eq!((details.summary.state, details.summary.attempts), (State::Ready, 0));
        assert!(details.failed_attempts.is_empty());
    }
}

async fn the_lane_is_free_after_every_verdict(engine: Engine) {
    let inbox = engine.open().await;
    let far = || Duration::from_secs(600);
    let verdicts = [
        Outcome::Done,
        Outcome::DeadLetter { reason: "x".into() },
        Outcome::Retry { after: Some(far()), reason: "x".into() },
        Outcome::Undecodable { decoder_version: 1, reason: "x".into() },
        Outcome::Released,
    ];
    for (place, verdict) in verdicts.into_iter().enumerate() {
        let lane = format!("profile-{place}");
        let first = inbox.accept(&caf(&format!("{place}-1"), &lane)).await.unwrap().id();
        let second = inbox.accept(&caf(&format!("{place}-2"), &lane)).await.unwrap().id();
        let (id, token) = lease_one(&inbox).await;
        assert_eq!(id, first);
        let is_released = verdict == Outcome::Released;
        assert!(finish(&inbox, id, token, verdict).await);
        let next = ids(&lease(&inbox, request()).await);
        assert!(next == [second] || is_released && next == [first], "{place}: {next:?}");
    }
}
