//! Deliveries that may be what kills their workers.

use std::time::Duration;

use idhooks_inbox::{
    DeliveryId, Inbox, Outcome, State,
    store::{ClaimRequest, LEASE_EXPIRED},
};

use crate::support::{
    caf, capa, claim, claim_briefly, claim_one, complete, details, engine::Engine, ids, request, summary,
};

cases! {
    row_52_a_delivery_that_lost_two_leases_is_claimed_alone,
    row_52_a_busy_worker_is_told_that_a_suspect_waits,
    row_52_after_too_many_lost_leases_it_is_a_dead_letter,
    row_52_an_attempt_that_ends_clears_the_suspicion,
    row_52_only_the_delivery_that_kills_its_workers_dies,
    row_52_a_suspect_of_another_kind_does_not_matter,
}

async fn lose_leases(inbox: &Inbox, id: DeliveryId, number: u32) {
    for _ in 0..number {
        assert_eq!(claim_briefly(inbox).await.id, id);
    }
}

async fn row_52_a_delivery_that_lost_two_leases_is_claimed_alone(engine: Engine) {
    let inbox = engine.open().await;
    let suspect = inbox.accept(&caf("1", "a")).await.unwrap().id();
    lose_leases(&inbox, suspect, 2).await;
    let innocent = [inbox.accept(&caf("2", "b")).await.unwrap().id(), inbox.accept(&capa("c")).await.unwrap().id()];
    let claimed = inbox.store().claim(request()).await.unwrap();
    assert_eq!(ids(&claimed.deliveries), [suspect], "alone, although two others are ready");
    assert_eq!((claimed.deliveries[0].lost_leases, claimed.deliveries[0].attempt()), (2, 3));
    assert!(!claimed.suspect_waiting);
    // Other workers go on.
    let mut rest = ids(&claim(&inbox, request()).await);
    rest.sort();
    assert_eq!(rest, innocent);
}

async fn row_52_a_busy_worker_is_told_that_a_suspect_waits(engine: Engine) {
    let inbox = engine.open().await;
    let suspect = inbox.accept(&caf("1", "a")).await.unwrap().id();
    lose_leases(&inbox, suspect, 2).await;
    inbox.accept(&caf("2", "b")).await.unwrap();
    let claimed = inbox.store().claim(ClaimRequest { idle: false, ..request() }).await.unwrap();
    assert!(claimed.deliveries.is_empty() && claimed.suspect_waiting, "{claimed:?}");
    assert_eq!(summary(&inbox, suspect).await.state, State::Ready);
    let claimed = inbox.store().claim(request()).await.unwrap();
    assert_eq!((ids(&claimed.deliveries), claimed.suspect_waiting), (vec![suspect], false));
    let claimed = inbox.store().claim(ClaimRequest { idle: false, ..request() }).await.unwrap();
    assert_eq!((claimed.deliveries.len(), claimed.suspect_waiting), (1, false), "the suspect is held");
}

async fn row_52_after_too_many_lost_leases_it_is_a_dead_letter(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    lose_leases(&inbox, id, 3).await;
    let claimed = inbox.store().claim(ClaimRequest { max_lost_leases: 3, ..request() }).await.unwrap();
    assert!(claimed.deliveries.is_empty() && !claimed.suspect_waiting);
    assert_eq!(claimed.expired.iter().map(|expired| (expired.id, expired.dead)).collect::<Vec<_>>(), [(id, true)]);
    let details = details(&inbox, id).await;
    let summary = &details.summary;
    assert_eq!((summary.state, summary.attempts, summary.lost_leases), (State::DeadLetter, 0, 3));
    assert_eq!(summary.reason.as_deref(), Some(LEASE_EXPIRED));
    assert!(summary.finished_at.is_some());
    let failed: Vec<_> = details.failed_attempts.iter().map(|attempt| (attempt.number, &*attempt.reason)).collect();
    assert_eq!(failed, [(1, LEASE_EXPIRED), (2, LEASE_EXPIRED), (3, LEASE_EXPIRED)]);
    inbox.replay(id).await.unwrap();
    let record = claim_one(&inbox).await;
    assert_eq!((record.id, record.lost_leases, record.attempt()), (id, 0, 1));
}

async fn row_52_an_attempt_that_ends_clears_the_suspicion(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "a")).await.unwrap().id();
    lose_leases(&inbox, id, 2).await;
    let record = claim_one(&inbox).await;
    assert!(complete(&inbox, &record, Outcome::retry_after(Duration::ZERO, "it survived")).await);
    let after = summary(&inbox, id).await;
    assert_eq!((after.attempts, after.lost_leases), (1, 0));
    inbox.accept(&caf("2", "b")).await.unwrap();
    let claimed = claim(&inbox, ClaimRequest { idle: false, ..request() }).await;
    assert_eq!(claimed.len(), 2, "no suspect any more");
}

/// Each round is a process that claims what it gets, and dies when it has the one at fault.
async fn row_52_only_the_delivery_that_kills_its_workers_dies(engine: Engine) {
    const INNOCENT: usize = 16;
    let inbox = engine.open().await;
    let guilty = inbox.accept(&caf("guilty", "guilty")).await.unwrap().id();
    for place in 0..INNOCENT {
        inbox.accept(&caf(&format!("{place}"), &format!("{place}"))).await.unwrap();
    }
    let mut done = 0;
    for _ in 0..40 {
        let brief = ClaimRequest { lease: Duration::from_millis(1), max_lost_leases: 5, ..request() };
        let claimed = inbox.store().claim(brief).await.unwrap().deliveries;
        if claimed.is_empty() {
            break;
        }
        if claimed.iter().any(|record| record.id == guilty) {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        }
        for record in &claimed {
            done += usize::from(complete(&inbox, record, Outcome::Done).await);
        }
    }
    assert_eq!(done, INNOCENT);
    let dead: Vec<_> = inbox.dead_letters().await.unwrap().iter().map(|delivery| delivery.id).collect();
    assert_eq!(dead, [guilty]);
}

async fn row_52_a_suspect_of_another_kind_does_not_matter(engine: Engine) {
    let inbox = engine.open().await;
    let suspect = inbox.accept(&caf("1", "a")).await.unwrap().id();
    lose_leases(&inbox, suspect, 2).await;
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let of_capa = crate::support::kinds(&[("capa", true)], 1);
    let claimed = inbox.store().claim(ClaimRequest { kinds: of_capa, idle: false, ..request() }).await.unwrap();
    assert_eq!((ids(&claimed.deliveries), claimed.suspect_waiting), (vec![id], false));
}
