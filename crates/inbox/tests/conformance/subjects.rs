//! Deliveries of one subject are handled one at a time.

use std::time::Duration;

use idhooks_inbox::{
    Outcome, State,
    store::{ClaimRequest, DeliveryRecord},
};

use crate::support::{
    caf, capa, claim, claim_briefly, claim_one, complete, engine::Engine, ids, request, request_with_decoder,
    signed_capa, summary,
};

cases! {
    one_delivery_of_a_subject_is_held_at_a_time,
    a_subject_goes_on_in_the_order_of_arrival,
    deliveries_without_a_subject_do_not_block_each_other,
    later_deliveries_of_a_subject_are_blocked,
    every_outcome_unblocks_the_next,
    a_retry_lets_the_next_one_go_first,
    a_due_retry_waits_for_the_one_that_runs,
    row_37_an_expired_lease_unblocks_the_subject,
    an_undecodable_delivery_is_tried_again_after_what_is_due,
    a_dead_letter_in_the_middle_does_not_stop_the_subject,
    replaying_a_blocked_delivery_keeps_its_turn,
}

async fn one_delivery_of_a_subject_is_held_at_a_time(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    for (id, profile) in [("1", "a"), ("2", "a"), ("3", "b"), ("4", "a"), ("5", "b"), ("6", "c")] {
        here.accept(&caf(id, profile)).await.unwrap();
    }
    // The same id is another subject at another vendor.
    here.accept(&capa("a")).await.unwrap();
    let first = claim(&here, request()).await;
    assert_eq!(first.len(), 4, "{first:?}");
    assert!(claim(&there, request()).await.is_empty());
    for record in &first {
        assert_eq!(summary(&there, record.id).await.state, State::Running);
    }
}

async fn a_subject_goes_on_in_the_order_of_arrival(engine: Engine) {
    let inbox = engine.open().await;
    let mut accepted = Vec::new();
    for id in ["1", "2", "3"] {
        accepted.push(inbox.accept(&caf(id, "a")).await.unwrap().id());
    }
    for wanted in accepted {
        let record = claim_one(&inbox).await;
        assert_eq!(record.id, wanted);
        assert!(claim(&inbox, request()).await.is_empty());
        assert!(complete(&inbox, &record, Outcome::Done).await);
    }
}

async fn deliveries_without_a_subject_do_not_block_each_other(engine: Engine) {
    let inbox = engine.open().await;
    for body in ["one", "two", "three"] {
        inbox.accept(&signed_capa(body)).await.unwrap();
    }
    assert_eq!(claim(&inbox, request()).await.len(), 3);
}

async fn later_deliveries_of_a_subject_are_blocked(engine: Engine) {
    let inbox = engine.open().await;
    let mut accepted = Vec::new();
    for id in ["1", "2", "3"] {
        accepted.push(inbox.accept(&caf(id, "a")).await.unwrap().id());
    }
    let states = async || {
        let mut states = Vec::new();
        for id in &accepted {
            states.push(summary(&inbox, *id).await.state);
        }
        states
    };
    assert_eq!(states().await, [State::Ready, State::Blocked, State::Blocked]);
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.ready, stats.blocked, stats.waiting()), (1, 2, 3));
    let first = claim_one(&inbox).await;
    assert_eq!(states().await, [State::Running, State::Blocked, State::Blocked]);
    assert!(complete(&inbox, &first, Outcome::Done).await);
    assert_eq!(states().await, [State::Done, State::Ready, State::Blocked]);
}

async fn every_outcome_unblocks_the_next(engine: Engine) {
    let inbox = engine.open().await;
    let outcomes = [
        Outcome::Done,
        Outcome::dead_letter("x"),
        Outcome::retry_after(Duration::from_secs(600), "x"),
        Outcome::Undecodable { decoder_version: 1, reason: "x".into() },
        Outcome::Released,
    ];
    for (place, outcome) in outcomes.into_iter().enumerate() {
        let subject = format!("profile-{place}");
        let first = inbox.accept(&caf(&format!("{place}-1"), &subject)).await.unwrap().id();
        let second = inbox.accept(&caf(&format!("{place}-2"), &subject)).await.unwrap().id();
        let record = claim_one(&inbox).await;
        assert_eq!(record.id, first);
        let next = if outcome == Outcome::Released { first } else { second };
        assert!(complete(&inbox, &record, outcome).await);
        assert_eq!(ids(&claim(&inbox, request()).await), [next], "{place}");
    }
}

async fn a_retry_lets_the_next_one_go_first(engine: Engine) {
    let inbox = engine.open().await;
    let first = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let second = inbox.accept(&caf("2", "a")).await.unwrap().id();
    let third = inbox.accept(&caf("3", "a")).await.unwrap().id();
    let record = claim_one(&inbox).await;
    assert!(complete(&inbox, &record, Outcome::retry_after(Duration::from_secs(600), "later")).await);
    assert_eq!(summary(&inbox, first).await.state, State::Scheduled);
    for wanted in [second, third] {
        let record = claim_one(&inbox).await;
        assert_eq!(record.id, wanted);
        assert!(complete(&inbox, &record, Outcome::Done).await);
    }
    assert_eq!(summary(&inbox, first).await.state, State::Scheduled);
    assert!(claim(&inbox, request()).await.is_empty());
}

async fn a_due_retry_waits_for_the_one_that_runs(engine: Engine) {
    let inbox = engine.open().await;
    let first = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let second = inbox.accept(&caf("2", "a")).await.unwrap().id();
    let third = inbox.accept(&caf("3", "a")).await.unwrap().id();
    let record = claim_one(&inbox).await;
    assert!(complete(&inbox, &record, Outcome::retry_after(Duration::ZERO, "at once")).await);
    let running = claim_one(&inbox).await;
    assert_eq!(running.id, second, "it was unblocked before the retry was due");
    assert!(claim(&inbox, request()).await.is_empty());
    assert_eq!(summary(&inbox, first).await.state, State::Blocked, "the retry is due and blocked");
    assert!(complete(&inbox, &running, Outcome::Done).await);
    // Deliveries of a subject are unblocked by id.
    for wanted in [first, third] {
        let record = claim_one(&inbox).await;
        assert_eq!(record.id, wanted);
        assert!(complete(&inbox, &record, Outcome::Done).await);
    }
}

async fn row_37_an_expired_lease_unblocks_the_subject(engine: Engine) {
    let inbox = engine.open().await;
    let first = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let second = inbox.accept(&caf("2", "a")).await.unwrap().id();
    assert_eq!(claim_briefly(&inbox).await.id, first);
    let claimed: Vec<DeliveryRecord> = claim(&inbox, ClaimRequest { max_lost_leases: 1, ..request() }).await;
    assert_eq!(ids(&claimed), [second]);
    assert_eq!(summary(&inbox, first).await.state, State::DeadLetter);
}

/// However many are asked for.
async fn an_undecodable_delivery_is_tried_again_after_what_is_due(engine: Engine) {
    let inbox = engine.open().await;
    for limit in [1, 2, 100] {
        let undecodable = inbox.accept(&caf(&format!("undecodable {limit}"), "a")).await.unwrap().id();
        let record = claim_one(&inbox).await;
        assert_eq!(record.id, undecodable);
        let outcome = Outcome::Undecodable { decoder_version: 1, reason: "unknown".into() };
        assert!(complete(&inbox, &record, outcome).await);
        let due = inbox.accept(&caf(&format!("due {limit}"), "a")).await.unwrap().id();
        for next in [due, undecodable] {
            let claimed = claim(&inbox, ClaimRequest { limit, ..request_with_decoder(2) }).await;
            assert_eq!(ids(&claimed), [next], "{limit}");
            assert!(complete(&inbox, &claimed[0], Outcome::Done).await);
        }
    }
}

async fn a_dead_letter_in_the_middle_does_not_stop_the_subject(engine: Engine) {
    let inbox = engine.open().await;
    let mut left = Vec::new();
    for number in 0..5 {
        left.push(inbox.accept(&caf(&format!("event-{number}"), "one")).await.unwrap().id());
    }
    let first = claim_one(&inbox).await;
    left.retain(|id| *id != first.id);
    for place in [1, 0] {
        assert!(claim(&inbox, request()).await.is_empty());
        inbox.dead_letter(left.remove(place), "while the subject is held").await.unwrap();
    }
    assert!(complete(&inbox, &first, Outcome::Done).await);
    inbox.dead_letter(left.remove(0), "while the subject is free").await.unwrap();
    let last = claim_one(&inbox).await;
    assert_eq!([last.id], left[..]);
    assert!(complete(&inbox, &last, Outcome::Done).await);
    assert!(claim(&inbox, request()).await.is_empty());
}

async fn replaying_a_blocked_delivery_keeps_its_turn(engine: Engine) {
    let inbox = engine.open().await;
    let mut accepted = Vec::new();
    for id in ["1", "2", "3"] {
        accepted.push(inbox.accept(&caf(id, "a")).await.unwrap().id());
    }
    let first = claim_one(&inbox).await;
    inbox.replay(accepted[1]).await.unwrap();
    assert_eq!(summary(&inbox, accepted[1]).await.state, State::Blocked);
    // A finished one that is replayed waits like the others.
    assert!(complete(&inbox, &first, Outcome::Done).await);
    inbox.replay(accepted[0]).await.unwrap();
    assert_eq!(summary(&inbox, accepted[0]).await.state, State::Blocked, "the second one is ready");
    for wanted in [accepted[1], accepted[0], accepted[2]] {
        let record = claim_one(&inbox).await;
        assert_eq!(record.id, wanted);
        assert!(complete(&inbox, &record, Outcome::Done).await);
    }
}
