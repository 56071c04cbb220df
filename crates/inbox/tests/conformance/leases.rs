//! Leases: who holds what, and for how long.

use std::{collections::HashSet, time::Duration};

use idhooks_inbox::{
    Backoff, DeliveryId, FencingToken, Inbox, Outcome, State,
    store::{ClaimRequest, LEASE_EXPIRED, Lease},
};
use tokio::time::sleep;

use crate::support::{
    caf, capa, case_keeper, claim, claim_briefly, claim_one, complete, completion, details, engine::Engine, eventually,
    ids, kinds, request, summary,
};

cases! {
    a_claim_takes_at_most_its_limit_and_the_longest_due_first,
    endless_retries_do_not_delay_new_deliveries,
    a_worker_claims_only_kinds_it_has_handlers_for,
    two_workers_never_claim_the_same_delivery,
    row_37_an_expired_lease_is_taken_over_and_its_old_holder_cannot_complete,
    row_37_an_expired_lease_that_nobody_took_over_can_complete,
    row_37_a_lease_that_was_taken_back_cannot_complete,
    row_37_lost_leases_back_off,
    row_37_a_renewed_lease_holds_and_a_lost_one_is_reported,
    repeated_completions_change_nothing_and_are_not_lost,
    completions_of_one_call_are_independent,
    tokens_grow_and_fit_one_delivery_each,
}

async fn a_claim_takes_at_most_its_limit_and_the_longest_due_first(engine: Engine) {
    let inbox = engine.open().await;
    let mut accepted = Vec::new();
    for place in 0..7 {
        accepted.push(inbox.accept(&capa(&format!("customer-{place}"))).await.unwrap().id());
    }
    // A retry puts the first one at the end.
    let record = claim_one(&inbox).await;
    assert_eq!(record.id, accepted[0]);
    assert!(complete(&inbox, &record, Outcome::retry_after(Duration::ZERO, "later")).await);
    accepted.rotate_left(1);
    let mut claimed = Vec::new();
    for number in [3, 3, 1, 0] {
        let mut batch = ids(&claim(&inbox, ClaimRequest { limit: 3, ..request() }).await);
        assert_eq!(batch.len(), number);
        // The order inside one batch is not promised.
        batch.sort_by_key(|id| accepted.iter().position(|other| other == id));
        claimed.extend(batch);
    }
    assert_eq!(claimed, accepted);
    assert!(claim(&inbox, ClaimRequest { limit: 0, ..request() }).await.is_empty());
}

/// As when a service is away and more deliveries fail than workers can retry.
async fn endless_retries_do_not_delay_new_deliveries(engine: Engine) {
    const FAILING: usize = 12;
    let inbox = engine.open().await;
    for place in 0..FAILING {
        inbox.accept(&caf(&format!("{place}"), &format!("{place}"))).await.unwrap();
    }
    let mut new = None;
    for turn in 0..3 * FAILING {
        let record = claim_one(&inbox).await;
        if Some(record.id) == new {
            return;
        }
        assert!(complete(&inbox, &record, Outcome::retry_after(Duration::ZERO, "away")).await);
        if turn == FAILING {
            new = Some(inbox.accept(&caf("new", "new")).await.unwrap().id());
        }
    }
    panic!("the new delivery was never claimed");
}

async fn a_worker_claims_only_kinds_it_has_handlers_for(engine: Engine) {
    let inbox = engine.open().await;
    let of_caf = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let of_capa = inbox.accept(&capa("a")).await.unwrap().id();
    let of_case_keeper = inbox.accept(&case_keeper("01234567-89ab-cdef-0123-456789abcdef")).await.unwrap().id();
    let ask = |asked: &[(&'static str, bool)]| claim(&inbox, ClaimRequest { kinds: kinds(asked, 1), ..request() });
    assert!(ask(&[]).await.is_empty());
    assert!(ask(&[("caf", false), ("capa", false), ("case-keeper", true), ("case_keeper", false)]).await.is_empty());
    assert_eq!(ids(&ask(&[("capa", true)]).await), [of_capa]);
    let rest: HashSet<_> = ids(&ask(&[("caf", true), ("case-keeper", false)]).await).into_iter().collect();
    assert_eq!(rest, HashSet::from([of_caf, of_case_keeper]));
}

async fn two_workers_never_claim_the_same_delivery(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    for place in 0..60 {
        here.accept(&caf(&format!("{place}"), &format!("{}", place % 40))).await.unwrap();
    }
    let take = |inbox: Inbox| async move {
        let mut claimed = Vec::new();
        for _ in 0..8 {
            claimed.extend(ids(&claim(&inbox, ClaimRequest { limit: 3, ..request() }).await));
        }
        claimed
    };
    let tasks = [here.clone(), there.clone(), here.clone(), there].map(|inbox| tokio::spawn(take(inbox)));
    let mut claimed = Vec::new();
    for task in tasks {
        claimed.extend(task.await.unwrap());
    }
    // A claim may skip what another one holds at this moment.
    claimed.extend(ids(&claim(&here, request()).await));
    let distinct: HashSet<_> = claimed.iter().collect();
    assert_eq!((claimed.len(), distinct.len()), (40, 40), "one of each subject, each once");
}

async fn row_37_an_expired_lease_is_taken_over_and_its_old_holder_cannot_complete(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    let id = here.accept(&caf("1", "a")).await.unwrap().id();
    let first = claim_briefly(&here).await;
    assert_eq!((first.id, first.attempt()), (id, 1));

    let claimed = there.store().claim(request()).await.unwrap();
    let expired: Vec<_> = claimed.expired.iter().map(|expired| (expired.id, &*expired.vendor, expired.dead)).collect();
    assert_eq!(expired, [(id, "caf", false)]);
    let [second] = &claimed.deliveries[..] else { panic!("{claimed:?}") };
    assert_eq!((second.id, second.attempts, second.lost_leases, second.attempt()), (id, 0, 1, 2));
    assert!(second.token > first.token);

    // The first one wakes.
    let lease = first.lease().unwrap();
    assert_eq!(here.store().renew(&[lease], Duration::from_secs(60)).await.unwrap(), [lease]);
    for outcome in [
        Outcome::Done,
        Outcome::dead_letter("too late"),
        Outcome::retry_after(Duration::ZERO, "too late"),
        Outcome::Undecodable { decoder_version: 7, reason: "too late".into() },
        Outcome::Released,
    ] {
        assert!(!complete(&here, &first, outcome).await);
        let summary = summary(&here, id).await;
        assert_eq!((summary.state, summary.attempts, summary.lost_leases), (State::Running, 0, 1), "nothing changes");
        assert_ne!(summary.reason.as_deref(), Some("too late"));
    }
    assert!(complete(&there, second, Outcome::Done).await);
    let details = details(&here, id).await;
    assert_eq!((details.summary.state, details.summary.attempts, details.summary.lost_leases), (State::Done, 0, 0));
    let [attempt] = &details.failed_attempts[..] else { panic!("{:?}", details.failed_attempts) };
    assert_eq!((attempt.number, &*attempt.reason), (1, LEASE_EXPIRED));
}

async fn row_37_an_expired_lease_that_nobody_took_over_can_complete(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let record = claim_briefly(&inbox).await;
    assert!(complete(&inbox, &record, Outcome::Done).await);
    assert_eq!(summary(&inbox, id).await.state, State::Done);
    assert!(claim(&inbox, request()).await.is_empty());
    assert!(details(&inbox, id).await.failed_attempts.is_empty());
}

async fn row_37_a_lease_that_was_taken_back_cannot_complete(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let record = claim_briefly(&inbox).await;
    let lease = record.lease().unwrap();
    let backoff = Backoff::new(Duration::from_secs(60), Duration::from_secs(60)).unwrap();
    assert!(claim(&inbox, ClaimRequest { backoff, ..request() }).await.is_empty(), "nobody has it now");
    assert_eq!(inbox.store().renew(&[lease], Duration::from_secs(60)).await.unwrap(), [lease]);
    for outcome in [Outcome::Done, Outcome::Released, Outcome::dead_letter("too late")] {
        assert!(!complete(&inbox, &record, outcome).await);
    }
    let summary = summary(&inbox, id).await;
    assert_eq!((summary.state, summary.lost_leases, summary.attempts), (State::Scheduled, 1, 0));
}

async fn row_37_lost_leases_back_off(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let other = inbox.accept(&caf("2", "a")).await.unwrap().id();
    claim_briefly(&inbox).await;
    let backoff = Backoff::new(Duration::from_secs(60), Duration::from_secs(3600)).unwrap();
    let claimed = inbox.store().claim(ClaimRequest { backoff, ..request() }).await.unwrap();
    assert_eq!(claimed.expired.len(), 1);
    assert_eq!(ids(&claimed.deliveries), [other], "the next one of the subject goes first");
    let summary = summary(&inbox, id).await;
    assert_eq!(
        (summary.state, summary.lost_leases, summary.reason.as_deref()),
        (State::Scheduled, 1, Some(LEASE_EXPIRED))
    );
    let wait = summary.due_at.duration_since(std::time::SystemTime::now()).unwrap();
    assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(60), "{wait:?}");
    let next = inbox.store().claim(request()).await.unwrap().next.unwrap();
    assert!(next <= Duration::from_secs(60), "{next:?}");
}

async fn row_37_a_renewed_lease_holds_and_a_lost_one_is_reported(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&caf("2", "b")).await.unwrap();
    let (swept, finished) = (claim_briefly(&inbox).await, claim_one(&inbox).await);
    // That claim took the first lease back.
    let held = claim_briefly(&inbox).await;
    assert_eq!(held.id, swept.id);
    assert!(complete(&inbox, &finished, Outcome::Done).await);
    let unknown = Lease { id: held.id, token: FencingToken::new(i64::MAX) };
    let nowhere = Lease { id: DeliveryId::new(i64::MAX), token: held.token.unwrap() };
    let [swept, held_lease, finished] = [&swept, &held, &finished].map(|record| record.lease().unwrap());
    let leases = [swept, held_lease, finished, unknown, nowhere];
    let lost = inbox.store().renew(&leases, Duration::from_secs(600)).await.unwrap();
    assert_eq!(lost.len(), 4);
    assert!([swept, finished, unknown, nowhere].iter().all(|lease| lost.contains(lease)), "{lost:?}");
    sleep(Duration::from_millis(50)).await;
    assert!(claim(&inbox, request()).await.is_empty(), "renewed for ten minutes");
    assert!(inbox.store().renew(&[], Duration::from_secs(1)).await.unwrap().is_empty());

    assert!(inbox.store().renew(&[held_lease], Duration::from_millis(1)).await.unwrap().is_empty());
    let taken = eventually("the renewed lease expires", || async { claim(&inbox, request()).await.pop() }).await;
    assert_eq!((taken.id, taken.lost_leases, taken.attempt()), (held.id, 2, 3));
}

async fn repeated_completions_change_nothing_and_are_not_lost(engine: Engine) {
    let inbox = engine.open().await;
    let outcomes = [
        (Outcome::Done, State::Done),
        (Outcome::dead_letter("why"), State::DeadLetter),
        (Outcome::retry_after(Duration::from_secs(600), "why"), State::Scheduled),
        (Outcome::Undecodable { decoder_version: 1, reason: "why".into() }, State::Undecodable),
    ];
    let mut completions = Vec::new();
    for (place, (outcome, _)) in outcomes.iter().enumerate() {
        inbox.accept(&caf(&format!("{place}"), &format!("{place}"))).await.unwrap();
        completions.push(completion(&claim_one(&inbox).await, outcome.clone()));
    }
    let show = async || {
        let mut shown = Vec::new();
        for completion in &completions {
            shown.push(format!("{:?}", details(&inbox, completion.lease.id).await));
        }
        shown
    };
    assert!(inbox.store().complete(&completions).await.unwrap().is_empty());
    let first = show().await;
    for _ in 0..2 {
        assert!(inbox.store().complete(&completions).await.unwrap().is_empty(), "a repeated call reports nothing lost");
        assert_eq!(show().await, first);
    }
    for (completion, (_, state)) in completions.iter().zip(outcomes) {
        assert_eq!(summary(&inbox, completion.lease.id).await.state, state);
    }
    assert!(inbox.store().complete(&[]).await.unwrap().is_empty());

    // Nor does a late repetition release what was claimed again.
    let id = inbox.accept(&caf("again", "again")).await.unwrap().id();
    let released = claim_one(&inbox).await;
    assert!(complete(&inbox, &released, Outcome::Released).await);
    let held = claim_one(&inbox).await;
    assert!(!complete(&inbox, &released, Outcome::Released).await, "another lease has begun");
    assert_eq!(summary(&inbox, id).await.state, State::Running);
    assert!(complete(&inbox, &held, Outcome::Done).await);
}

async fn completions_of_one_call_are_independent(engine: Engine) {
    let inbox = engine.open().await;
    for (id, subject) in [("1", "a"), ("2", "b"), ("3", "c"), ("4", "a")] {
        inbox.accept(&caf(id, subject)).await.unwrap();
    }
    let swept = claim_briefly(&inbox).await;
    let held = claim(&inbox, ClaimRequest { limit: 3, ..request() }).await;
    assert_eq!(held.len(), 3, "and one is blocked");
    let mut completions: Vec<_> = held.iter().map(|record| completion(record, Outcome::Done)).collect();
    completions.insert(1, completion(&swept, Outcome::dead_letter("too late")));
    assert_eq!(inbox.store().complete(&completions).await.unwrap(), [swept.lease().unwrap()]);
    for record in &held {
        assert_eq!(summary(&inbox, record.id).await.state, State::Done);
    }
    assert_eq!(claim(&inbox, request()).await.len(), 1, "the blocked one goes on");
}

async fn tokens_grow_and_fit_one_delivery_each(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    for place in 0..6 {
        here.accept(&capa(&format!("customer-{place}"))).await.unwrap();
    }
    let mut held = Vec::new();
    for inbox in [&here, &there, &here, &there, &here, &there] {
        held.push(claim_one(inbox).await);
    }
    assert!(held.is_sorted_by(|one, other| one.token < other.token), "{held:?}");
    let mut mixed = completion(&held[0], Outcome::Done);
    mixed.lease.token = held[1].token.unwrap();
    assert_eq!(here.store().complete(&[mixed.clone()]).await.unwrap(), [mixed.lease]);
    assert_eq!(summary(&here, held[0].id).await.state, State::Running);
    // Nor is a token used twice after the newest was released.
    let newest = held.pop().unwrap();
    assert!(complete(&here, &newest, Outcome::Released).await);
    assert!(claim_one(&there).await.token > newest.token);
}
