//! Who holds what, and for how long.

use std::{collections::HashSet, time::Duration};

use idhooks_inbox::{
    FencingToken, Inbox, Outcome, State,
    store::{ClaimRequest, Lease},
};
use tokio::time::sleep;

use crate::support::{
    caf, capa, case_keeper, details, engine::Engine, eventually, finish, ids, kinds, lease, lease_briefly, lease_one,
    request, request_of, signed_capa,
};

cases! {
    no_two_of_a_lane_are_held_at_once,
    a_lane_goes_on_in_the_order_of_arrival,
    deliveries_without_a_subject_do_not_wait_for_each_other,
    at_most_as_many_as_asked_for_and_the_longest_due_first,
    what_could_not_be_read_comes_after_what_is_due,
    a_replay_of_a_ready_delivery_keeps_its_turn,
    retries_without_end_do_not_keep_what_comes_waiting,
    a_worker_gets_only_what_it_has_handlers_for,
    two_workers_never_get_the_same,
    row_37_another_takes_over_when_the_lease_has_run_out_and_the_first_cannot_finish,
    row_37_a_lease_that_ran_out_and_was_taken_by_nobody_can_be_finished,
    row_37_the_last_attempt_ends_with_its_lease,
    row_37_the_lane_of_a_dead_worker_is_free_again,
    renewing_holds_on_and_tells_what_is_lost,
    tokens_grow_and_fit_one_delivery_each,
}

async fn no_two_of_a_lane_are_held_at_once(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    for (id, profile) in [("1", "a"), ("2", "a"), ("3", "b"), ("4", "a"), ("5", "b"), ("6", "c")] {
        here.accept(&caf(id, profile)).await.unwrap();
    }
    // The same id is another subject at another vendor.
    here.accept(&capa("a")).await.unwrap();
    let first = lease(&here, request()).await;
    assert_eq!(first.len(), 4, "{first:?}");
    assert!(lease(&there, request()).await.is_empty());
    for leased in &first {
        assert_eq!(details(&there, leased.id).await.summary.state, State::Running);
    }
}

async fn a_lane_goes_on_in_the_order_of_arrival(engine: Engine) {
    let inbox = engine.open().await;
    let mut accepted = Vec::new();
    for id in ["1", "2", "3"] {
        accepted.push(inbox.accept(&caf(id, "a")).await.unwrap().id());
    }
    for wanted in accepted {
        let (id, token) = lease_one(&inbox).await;
        assert_eq!(id, wanted);
        assert!(lease(&inbox, request()).await.is_empty());
        assert!(finish(&inbox, id, token, Outcome::Done).await);
    }
}

async fn deliveries_without_a_subject_do_not_wait_for_each_other(engine: Engine) {
    let inbox = engine.open().await;
    for body in ["one", "two", "three"] {
        inbox.accept(&signed_capa(body)).await.unwrap();
    }
    assert_eq!(lease(&inbox, request()).await.len(), 3);
}

async fn at_most_as_many_as_asked_for_and_the_longest_due_first(engine: Engine) {
    let inbox = engine.open().await;
    let mut accepted = Vec::new();
    for place in 0..7 {
        accepted.push(inbox.accept(&capa(&format!("customer-{place}"))).await.unwrap().id());
    }
    // The first one comes to the end of the queue.
    let (id, token) = lease_one(&inbox).await;
    let later = Outcome::Retry { after: Some(Duration::ZERO), reason: "later".into() };
    assert!(id == accepted[0] && finish(&inbox, id, token, later).await);
    accepted.rotate_left(1);
    let mut got = Vec::new();
    for number in [3, 3, 1, 0] {
        let mut leased = ids(&lease(&inbox, ClaimRequest { limit: 3, ..request() }).await);
        assert_eq!(leased.len(), number);
        // In what order one batch comes is not promised.
        leased.sort_by_key(|id| accepted.iter().position(|other| other == id));
        got.extend(leased);
    }
    assert_eq!(got, accepted);
}

/// Of one subject as among all, however many are asked for.
async fn what_could_not_be_read_comes_after_what_is_due(engine: Engine) {
    let inbox = engine.open().await;
    for most in [1, 2, 100] {
        let unread = inbox.accept(&caf(&format!("unread {most}"), "a")).await.unwrap().id();
        let (id, token) = lease_one(&inbox).await;
        assert_eq!(id, unread);
        let unreadable = Outcome::Undecodable { decoder_version: 1, reason: "not read".into() };
        assert!(finish(&inbox, id, token, unreadable).await);
        let due = inbox.accept(&caf(&format!("due {most}"), "a")).await.unwrap().id();
        for next in [due, unread] {
            let leased = lease(&inbox, ClaimRequest { limit: most, ..request_of(2) }).await;
            assert_eq!(ids(&leased), [next], "{most}");
            assert!(finish(&inbox, next, leased[0].token, Outcome::Done).await);
        }
    }
}

async fn a_replay_of_a_ready_delivery_keeps_its_turn(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let second = inbox.accept(&caf("2", "a")).await.unwrap().id();
    let third = inbox.accept(&caf("3", "a")).await.unwrap().id();
    let (first, token) = lease_one(&inbox).await;
    assert!(lease(&inbox, request()).await.is_empty(), "they are blocked");
    assert!(finish(&inbox, first, token, Outcome::Done).await);
    inbox.replay(second).await.unwrap();
    for next in [second, third] {
        let (id, token) = lease_one(&inbox).await;
        assert_eq!(id, next);
        assert!(finish(&inbox, id, token, Outcome::Done).await);
    }
}

/// As when a service is away and there are more to try again than workers can.
async fn retries_without_end_do_not_keep_what_comes_waiting(engine: Engine) {
    const FAILING: usize = 12;
    let inbox = engine.open().await;
    for place in 0..FAILING {
        inbox.accept(&caf(&format!("{place}"), &format!("{place}"))).await.unwrap();
    }
    let one = || lease(&inbox, ClaimRequest { limit: 1, ..request() });
    let mut fresh = None;
    for turn in 0..3 * FAILING {
        let leased = one().await.pop().unwrap();
        if Some(leased.id) == fresh {
            return;
        }
        let again = Outcome::Retry { after: Some(Duration::ZERO), reason: "away".into() };
        assert!(finish(&inbox, leased.id, leased.token, again).await);
        if turn == FAILING {
            fresh = Some(inbox.accept(&caf("fresh", "fresh")).await.unwrap().id());
        }
    }
    panic!("it never came to its turn");
}

async fn a_worker_gets_only_what_it_has_handlers_for(engine: Engine) {
    let inbox = engine.open().await;
    let of_caf = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let of_capa = inbox.accept(&capa("a")).await.unwrap().id();
    let of_case_keeper = inbox.accept(&case_keeper("01234567-89ab-cdef-0123-456789abcdef")).await.unwrap().id();
    let ask = |asked: &[(&'static str, bool)]| lease(&inbox, ClaimRequest { kinds: kinds(asked, 1), ..request() });
    assert!(ask(&[]).await.is_empty());
    assert!(ask(&[("caf", false), ("capa", false), ("case-keeper", true), ("case_keeper", false)]).await.is_empty());
    assert_eq!(ids(&ask(&[("capa", true)]).await), [of_capa]);
    let rest: HashSet<_> = ids(&ask(&[("caf", true), ("case-keeper", false)]).await).into_iter().collect();
    assert_eq!(rest, HashSet::from([of_caf, of_case_keeper]));
}

async fn two_workers_never_get_the_same(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    for place in 0..60 {
        here.accept(&caf(&format!("{place}"), &format!("{}", place % 40))).await.unwrap();
    }
    let take = |inbox: Inbox| async move {
        let mut got = Vec::new();
        for _ in 0..8 {
            got.extend(ids(&lease(&inbox, ClaimRequest { limit: 3, ..request() }).await));
        }
        got
    };
    let tasks = [here.clone(), there.clone(), here.clone(), there].map(|inbox| tokio::spawn(take(inbox)));
    let mut got = Vec::new();
    for task in tasks {
        got.extend(task.await.unwrap());
    }
    // What was passed over, because another came before, is left.
    got.extend(ids(&lease(&here, request()).await));
    let distinct: HashSet<_> = got.iter().collect();
    assert_eq!((got.len(), distinct.len()), (40, 40), "one of each lane, each once");
}

async fn row_37_another_takes_over_when_the_lease_has_run_out_and_the_first_cannot_finish(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    let id = here.accept(&caf("1", "a")).await.unwrap().id();
    let first = lease_briefly(&here).await;
    assert_eq!((first.id, first.attempt), (id, 1));

    let batch = there.store().claim(request()).await.unwrap();
    let expired: Vec<_> = batch.expired.iter().map(|expired| (expired.id, &*expired.vendor, expired.dead)).collect();
    assert_eq!(expired, [(id, "caf", false)]);
    // Moved on with the claim, and claimed with the same or the next one.
    let second = match batch.deliveries.into_iter().next() {
        Some(record) => record.into(),
        None => eventually("it is claimed again", || async { lease(&there, request()).await.pop() }).await,
    };
    assert_eq!((second.id, second.attempt), (id, 2));
    assert!(second.token > first.token);

    // The first one wakes.
    let old = Lease { id, token: first.token };
    assert_eq!(here.store().renew(&[old], Duration::from_secs(60)).await.unwrap(), [old]);
    let reason = || "too late".into();
    for verdict in [
        Outcome::Done,
        Outcome::DeadLetter { reason: reason() },
        Outcome::Retry { after: Some(Duration::ZERO), reason: reason() },
        Outcome::Undecodable { decoder_version: 7, reason: reason() },
        Outcome::Released,
    ] {
        assert!(!finish(&here, id, first.token, verdict).await);
        let entry = details(&here, id).await.summary;
        assert_eq!((entry.state, entry.lost_leases), (State::Running, 1), "nothing is changed");
        assert_ne!(entry.reason.as_deref(), Some("too late"));
    }
    assert!(finish(&there, id, second.token, Outcome::Done).await);
    assert!(finish(&there, id, second.token, Outcome::Released).await, "a repeated call changes nothing");
    let details = details(&here, id).await;
    assert_eq!((details.summary.state, details.summary.attempts), (State::Done, 0));
    let [attempt] = &details.failed_attempts[..] else { panic!("{:?}", details.failed_attempts) };
    assert!(attempt.number == 1 && attempt.reason.contains("lease expired"), "{attempt:?}");
}

async fn row_37_a_lease_that_ran_out_and_was_taken_by_nobody_can_be_finished(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let leased = lease_briefly(&inbox).await;
    assert!(finish(&inbox, id, leased.token, Outcome::Done).await);
    assert_eq!(details(&inbox, id).await.summary.state, State::Done);
    assert!(lease(&inbox, request()).await.is_empty());
}

async fn row_37_the_last_attempt_ends_with_its_lease(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let last = ClaimRequest { max_lost_leases: 2, ..request() };
    for attempt in [1, 2] {
        let brief = ClaimRequest { lease: Duration::from_millis(1), limit: 1, ..last.clone() };
        assert_eq!(lease(&inbox, brief).await[0].attempt, attempt);
        sleep(Duration::from_millis(20)).await;
    }
    let batch = inbox.store().claim(last).await.unwrap();
    assert!(batch.deliveries.is_empty());
    assert_eq!(batch.expired.iter().map(|expired| expired.dead).collect::<Vec<_>>(), [true]);
    let details = details(&inbox, id).await;
    assert_eq!((details.summary.state, details.summary.lost_leases), (State::DeadLetter, 2));
    assert!(details.summary.finished_at.is_some() && details.summary.reason.is_some());
    assert_eq!(details.failed_attempts.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2]);
}

async fn row_37_the_lane_of_a_dead_worker_is_free_again(engine: Engine) {
    let inbox = engine.open().await;
    let first = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let second = inbox.accept(&caf("2", "a")).await.unwrap().id();
    let dead = ClaimRequest { max_lost_leases: 1, lease: Duration::from_millis(1), limit: 1, ..request() };
    assert_eq!(ids(&lease(&inbox, dead.clone()).await), [first]);
    sleep(Duration::from_millis(20)).await;
    assert_eq!(ids(&lease(&inbox, ClaimRequest { max_lost_leases: 1, ..request() }).await), [second]);
}

async fn renewing_holds_on_and_tells_what_is_lost(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&caf("2", "b")).await.unwrap();
    let (held, finished) = (lease_briefly(&inbox).await, lease_one(&inbox).await);
    // The first one was taken back by the second lease.
    let again = lease_briefly(&inbox).await;
    assert_eq!(again.id, held.id);
    assert!(finish(&inbox, finished.0, finished.1, Outcome::Done).await);
    let held_id = held.id;
    let of = |token| Lease { id: held_id, token };
    let finished = Lease { id: finished.0, token: finished.1 };
    let unknown = of(FencingToken::new(i64::MAX));
    let leases = [of(held.token), of(again.token), finished, unknown];
    let lost = inbox.store().renew(&leases, Duration::from_secs(600)).await.unwrap();
    assert_eq!(lost, [of(held.token), finished, unknown]);
    sleep(Duration::from_millis(50)).await;
    assert!(lease(&inbox, request()).await.is_empty(), "held for ten minutes now");
    assert!(inbox.store().renew(&[], Duration::from_secs(1)).await.unwrap().is_empty());

    assert!(inbox.store().renew(&[of(again.token)], Duration::from_millis(1)).await.unwrap().is_empty());
    let taken = eventually("the renewed lease runs out", || async { lease(&inbox, request()).await.pop() }).await;
    assert_eq!((taken.id, taken.attempt), (held.id, 3));
}

async fn tokens_grow_and_fit_one_delivery_each(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    for place in 0..6 {
        here.accept(&capa(&format!("customer-{place}"))).await.unwrap();
    }
    let mut held = Vec::new();
    for inbox in [&here, &there, &here, &there, &here, &there] {
        held.push(lease_one(inbox).await);
    }
    assert!(held.is_sorted_by(|one, other| one.1 < other.1), "{held:?}");
    assert!(!finish(&here, held[0].0, held[1].1, Outcome::Done).await);
    assert_eq!(details(&here, held[0].0).await.summary.state, State::Running);
    // Nor is a number given twice when the newest is gone.
    let newest = held.pop().unwrap();
    assert!(finish(&here, newest.0, newest.1, Outcome::Released).await);
    assert!(lease_one(&there).await.1 > newest.1);
}
