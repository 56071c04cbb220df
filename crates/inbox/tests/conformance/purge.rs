//! Purging, retention and erasure.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime},
};

use idhooks_inbox::{
    AcceptOutcome, DeliveryId, ErrorKind, Filter, Inbox, Outcome, Purged, Retention, State,
    store::{ClaimRequest, DeliveryRecord},
};

use super::states::bring;
use crate::support::{
    all, caf, caf_body, caf_body_of, capa, case_keeper, claim, claim_one, complete, complete_next, completion, details,
    engine::Engine, eventually, is_new, list, request, secret, signed_caf, summary,
};

cases! {
    row_35_a_purged_delivery_is_still_a_duplicate,
    row_35_a_body_that_arrives_after_the_purge_is_purged_too,
    a_body_that_arrives_after_the_purge_has_its_own_age,
    a_purge_takes_only_what_was_handled_long_enough_ago,
    dead_letters_are_purged_separately,
    many_deliveries_are_purged_at_once,
    row_35_rows_go_when_they_are_purged_and_their_key_has_expired,
    rows_with_a_vendor_id_stay,
    unverified_rows_go_earlier_than_verified_ones,
    retention_forever_purges_nothing,
    erase_removes_a_subject_at_every_endpoint,
    erase_makes_waiting_deliveries_dead_letters,
    erase_leaves_a_running_delivery_alone_and_reports_it,
    erase_keeps_other_subjects_and_vendors,
}

const HOUR: Duration = Duration::from_secs(3600);

/// Purges until so many are purged, because the clock may not have moved on since they were handled.
pub(super) async fn purge(inbox: &Inbox, number: u64) {
    purge_all(number, || inbox.purge(Duration::ZERO)).await;
}

async fn purge_all<F: Future<Output = Result<Purged, idhooks_inbox::Error>>>(number: u64, purge: impl Fn() -> F) {
    let purged = AtomicU64::new(0);
    eventually("they are purged", || async {
        let step = purge().await.unwrap().deliveries;
        (purged.fetch_add(step, Ordering::Relaxed) + step == number).then_some(())
    })
    .await;
}

async fn row_35_a_purged_delivery_is_still_a_duplicate(engine: Engine) {
    let inbox = engine.open().await;
    let other = caf_body_of("event-1", "profile-1", "REPROVED");
    let mut first = Vec::new();
    for delivery in [caf("event-1", "profile-1"), caf("event-2", "profile-2")] {
        first.push(inbox.accept(&delivery).await.unwrap().id());
    }
    first.push(inbox.accept(&capa("customer-1")).await.unwrap().id());
    inbox.accept(&signed_caf(other.clone())).await.unwrap();
    for record in claim(&inbox, request()).await {
        assert!(complete(&inbox, &record, Outcome::Done).await);
    }
    purge(&inbox, 3).await;

    for id in &first {
        let details = details(&inbox, *id).await;
        let summary = details.summary;
        assert!(summary.purged && summary.state == State::Done && summary.finished_at.is_some());
        assert!(summary.subject.is_none() && summary.event.is_none() && summary.reason.is_none());
        assert!(details.body.is_none() && details.conflicts.iter().all(|other| other.body.is_none()));
    }
    assert_eq!(details(&inbox, first[0]).await.conflicts.len(), 1, "that it arrived is still listed");
    assert!(list(&inbox, &Filter::new().vendor("caf").subject("profile-1")).await.is_empty());

    let again = inbox.accept(&caf("event-1", "profile-1")).await.unwrap();
    assert_eq!(again, AcceptOutcome::Duplicate { id: first[0] });
    let again = inbox.accept(&capa("customer-1")).await.unwrap();
    assert_eq!(again, AcceptOutcome::Duplicate { id: first[2] }, "inside its window");
    assert_eq!(inbox.accept(&signed_caf(other)).await.unwrap(), AcceptOutcome::Conflict { id: first[0] });
    assert!(claim(&inbox, request()).await.is_empty());
    assert_eq!(all(&inbox).await.len(), 3);
}

async fn row_35_a_body_that_arrives_after_the_purge_is_purged_too(engine: Engine) {
    let inbox = engine.open().await;
    let id = bring(&inbox, "event-1", State::Done).await;
    purge(&inbox, 1).await;
    let late = caf_body_of("event-1", "event-1", "REPROVED");
    let later = caf_body_of("event-1", "event-1", "PENDING");
    for body in [&late, &later] {
        assert_eq!(inbox.accept(&signed_caf(body.clone())).await.unwrap(), AcceptOutcome::Conflict { id });
    }
    let stored = details(&inbox, id).await.conflicts;
    let stored: Vec<_> = stored.iter().map(|other| other.body.as_ref().unwrap().expose().to_vec()).collect();
    assert_eq!(stored, [late, later]);

    assert_eq!(inbox.purge(Duration::from_secs(600)).await.unwrap().deliveries, 0, "they have just arrived");
    assert!(details(&inbox, id).await.conflicts[0].body.is_some());
    purge(&inbox, 1).await;
    assert!(details(&inbox, id).await.conflicts.iter().all(|other| other.body.is_none()));
    assert_eq!(inbox.purge(Duration::ZERO).await.unwrap().deliveries, 0);
}

async fn a_body_that_arrives_after_the_purge_has_its_own_age(engine: Engine) {
    let inbox = engine.open().await;
    let id = bring(&inbox, "event-1", State::Done).await;
    purge(&inbox, 1).await;
    let times = [SystemTime::now() - HOUR, SystemTime::now() + HOUR];
    for (status, received_at) in ["REPROVED", "PENDING"].into_iter().zip(times) {
        let mut record = DeliveryRecord::new(&signed_caf(caf_body_of("event-1", "event-1", status)), HOUR);
        record.received_at = received_at;
        assert_eq!(inbox.store().accept(record).await.unwrap(), AcceptOutcome::Conflict { id });
    }
    purge(&inbox, 1).await;
    let stored: Vec<_> = details(&inbox, id).await.conflicts.iter().map(|other| other.body.is_some()).collect();
    assert_eq!(stored, [false, true], "the one that is old enough");
}

async fn a_purge_takes_only_what_was_handled_long_enough_ago(engine: Engine) {
    let inbox = engine.open().await;
    let mut kept = Vec::new();
    for state in [State::Scheduled, State::DeadLetter, State::Undecodable, State::Running] {
        kept.push(bring(&inbox, state.as_str(), state).await);
    }
    let done = bring(&inbox, "done", State::Done).await;
    kept.push(inbox.accept(&caf("ready", "ready")).await.unwrap().id());
    kept.push(inbox.accept(&caf("blocked", "ready")).await.unwrap().id());
    for age in [Duration::MAX, HOUR] {
        assert_eq!(inbox.purge(age).await.unwrap().deliveries, 0);
        assert_eq!(inbox.purge_dead_letters(age).await.unwrap().deliveries, 0);
    }
    purge(&inbox, 1).await;
    assert!(details(&inbox, done).await.body.is_none());
    for id in kept {
        let details = details(&inbox, id).await;
        assert!(details.body.is_some() && !details.summary.purged && details.summary.subject.is_some());
    }
}

async fn dead_letters_are_purged_separately(engine: Engine) {
    let inbox = engine.open().await;
    let dead = bring(&inbox, "dead", State::DeadLetter).await;
    let done = bring(&inbox, "done", State::Done).await;
    purge_all(1, || inbox.purge_dead_letters(Duration::ZERO)).await;
    let (dead, done) = (details(&inbox, dead).await, details(&inbox, done).await);
    assert!(dead.body.is_none() && dead.summary.purged && done.body.is_some());
    assert_eq!((dead.summary.state, dead.failed_attempts.len()), (State::DeadLetter, 1), "that it failed stays");
    let reasons = (dead.summary.reason.as_deref(), &*dead.failed_attempts[0].reason);
    assert_eq!(reasons, (None, ""), "why does not: reasons are a handler's words");
    let again = inbox.accept(&caf("dead", "dead")).await.unwrap();
    assert!(matches!(again, AcceptOutcome::Duplicate { .. }));
}

async fn many_deliveries_are_purged_at_once(engine: Engine) {
    let inbox = engine.open().await;
    let accepts: Vec<_> = (0..600)
        .map(|place| {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.accept(&capa(&format!("customer-{place}"))).await.unwrap() })
        })
        .collect();
    for accept in accepts {
        assert!(is_new(accept.await.unwrap()));
    }
    let claimed = claim(&inbox, ClaimRequest { limit: 600, ..request() }).await;
    assert_eq!(claimed.len(), 600);
    for batch in claimed.chunks(64) {
        let completions: Vec<_> = batch.iter().map(|record| completion(record, Outcome::Done)).collect();
        assert!(inbox.store().complete(&completions).await.unwrap().is_empty());
    }
    purge(&inbox, 600).await;
}

/// Accepts a delivery without a vendor id whose key has expired, and handles it.
async fn expired_key<D: idhooks_core::Delivery>(inbox: &Inbox, delivery: &D, expired_since: Duration) -> DeliveryId {
    let mut record = DeliveryRecord::new(delivery, HOUR);
    record.received_at = SystemTime::now() - expired_since - HOUR;
    record.dedup_until = Some(SystemTime::now() - expired_since);
    let id = inbox.store().accept(record).await.unwrap().id();
    assert_eq!(complete_next(inbox, Outcome::Done).await, id);
    id
}

async fn row_35_rows_go_when_they_are_purged_and_their_key_has_expired(engine: Engine) {
    let inbox = engine.open().await;
    let old = expired_key(&inbox, &capa("old"), 10 * HOUR).await;
    let recent = expired_key(&inbox, &capa("recent"), HOUR).await;
    inbox.accept(&capa("inside")).await.unwrap();
    let inside = complete_next(&inbox, Outcome::Done).await;
    let rows = Retention::forever().expired_keys(5 * HOUR);
    assert_eq!(inbox.store().purge(&rows).await.unwrap().rows, 0, "no row goes before its body");
    purge(&inbox, 3).await;
    let purged = inbox.store().purge(&rows).await.unwrap();
    assert_eq!((purged.deliveries, purged.rows), (0, 1));
    assert!(inbox.get(old).await.unwrap().is_none());
    assert!(inbox.get(recent).await.unwrap().is_some() && inbox.get(inside).await.unwrap().is_some());
    let again = inbox.accept(&capa("inside")).await.unwrap();
    assert_eq!(again, AcceptOutcome::Duplicate { id: inside }, "its key is still good");
    assert!(is_new(inbox.accept(&capa("old")).await.unwrap()), "a replay is not flagged once its row is gone");
}

async fn rows_with_a_vendor_id_stay(engine: Engine) {
    let inbox = engine.open().await;
    let id = bring(&inbox, "event-1", State::Done).await;
    purge(&inbox, 1).await;
    let purged = inbox.store().purge(&Retention::default().expired_keys(Duration::ZERO)).await.unwrap();
    assert_eq!(purged.rows, 0);
    assert_eq!(inbox.accept(&caf("event-1", "event-1")).await.unwrap(), AcceptOutcome::Duplicate { id });
}

async fn unverified_rows_go_earlier_than_verified_ones(engine: Engine) {
    let inbox = engine.open().await;
    let verified = expired_key(&inbox, &capa("a"), 2 * HOUR).await;
    let unverified = expired_key(&inbox, &case_keeper("01234567-89ab-cdef-0123-456789abcdef"), 2 * HOUR).await;
    purge(&inbox, 2).await;
    let retention = Retention::forever().done(HOUR).expired_keys(100 * HOUR);
    assert_eq!(inbox.store().purge(&retention).await.unwrap().rows, 1);
    assert!(inbox.get(verified).await.unwrap().is_some() && inbox.get(unverified).await.unwrap().is_none());
}

async fn retention_forever_purges_nothing(engine: Engine) {
    let inbox = engine.open().await;
    expired_key(&inbox, &capa("a"), 10_000 * HOUR).await;
    bring(&inbox, "dead", State::DeadLetter).await;
    let purged = inbox.store().purge(&Retention::forever()).await.unwrap();
    assert_eq!((purged.deliveries, purged.rows), (0, 0));
    assert!(all(&inbox).await.iter().all(|delivery| !delivery.purged));
}

fn caf_at(endpoint: &str, id: &str, profile: &str) -> idhooks_core::Verified<idhooks_caf::Event> {
    let body = caf_body(id, profile);
    let verifier = idhooks_caf::Verifier::new(secret().with_label("a label")).endpoint(endpoint);
    verifier.verify(&[idhooks_caf::sign(&secret(), &body)], body).unwrap()
}

async fn erase_removes_a_subject_at_every_endpoint(engine: Engine) {
    let inbox = engine.open().await;
    let mut erased = Vec::new();
    for (endpoint, id) in [("north", "1"), ("south", "2"), ("", "3")] {
        erased.push(inbox.accept(&caf_at(endpoint, id, "person")).await.unwrap().id());
        complete_next(&inbox, Outcome::Done).await;
    }
    let conflict = signed_caf(caf_body_of("4", "person", "REPROVED"));
    erased.push(inbox.accept(&caf("4", "person")).await.unwrap().id());
    assert!(matches!(inbox.accept(&conflict).await.unwrap(), AcceptOutcome::Conflict { .. }));
    complete_next(&inbox, Outcome::dead_letter("canary")).await;

    let result = inbox.erase("caf", "person").await.unwrap();
    assert_eq!((result.deliveries, result.running.len(), result.in_log), (4, 0, false));
    for id in &erased {
        let details = details(&inbox, *id).await;
        let summary = &details.summary;
        assert!(details.body.is_none() && summary.purged && summary.subject.is_none() && summary.event.is_none());
        assert!(details.conflicts.iter().all(|other| other.body.is_none()));
        assert!(!format!("{details:?}").contains("canary"));
    }
    assert!(list(&inbox, &Filter::new().vendor("caf").subject("person")).await.is_empty());
    let again = inbox.accept(&caf_at("north", "1", "person")).await.unwrap();
    assert_eq!(again, AcceptOutcome::Duplicate { id: erased[0] }, "the digests stay");
    let result = inbox.erase("caf", "person").await.unwrap();
    assert_eq!((result.deliveries, result.running.len()), (0, 0));
}

async fn erase_makes_waiting_deliveries_dead_letters(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "person")).await.unwrap();
    let scheduled = complete_next(&inbox, Outcome::retry_after(HOUR, "canary")).await;
    let ready = inbox.accept(&caf("2", "person")).await.unwrap().id();
    let blocked = inbox.accept(&caf("3", "person")).await.unwrap().id();
    assert_eq!(inbox.erase("caf", "person").await.unwrap().deliveries, 3);
    for id in [scheduled, ready, blocked] {
        let details = details(&inbox, id).await;
        assert_eq!(details.summary.state, State::DeadLetter);
        assert!(details.body.is_none() && details.summary.finished_at.is_some());
        assert!(!format!("{details:?}").contains("canary"));
        let error = inbox.replay(id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidState);
    }
    assert!(claim(&inbox, request()).await.is_empty());
    // A later delivery about the person is new, and not blocked.
    let id = inbox.accept(&caf("4", "person")).await.unwrap().id();
    assert_eq!(claim_one(&inbox).await.id, id);
}

async fn erase_leaves_a_running_delivery_alone_and_reports_it(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("1", "person")).await.unwrap().id();
    let waiting = inbox.accept(&caf("2", "person")).await.unwrap().id();
    let record = claim_one(&inbox).await;
    let result = inbox.erase("caf", "person").await.unwrap();
    assert_eq!((result.deliveries, result.running), (1, vec![id]));
    assert_eq!(summary(&inbox, waiting).await.state, State::DeadLetter);
    assert!(details(&inbox, id).await.body.is_some());
    assert!(complete(&inbox, &record, Outcome::Done).await);
    let result = inbox.erase("caf", "person").await.unwrap();
    assert_eq!((result.deliveries, result.running.len()), (1, 0));
    assert!(details(&inbox, id).await.body.is_none());
}

async fn erase_keeps_other_subjects_and_vendors(engine: Engine) {
    let inbox = engine.open().await;
    let kept = [
        inbox.accept(&caf("1", "Person")).await.unwrap().id(),
        inbox.accept(&caf("2", "person-2")).await.unwrap().id(),
        inbox.accept(&capa("person")).await.unwrap().id(),
    ];
    for (vendor, subject) in [("caf", "person"), ("caf", "%"), ("capa' --", "person"), ("caf", "")] {
        assert_eq!(inbox.erase(vendor, subject).await.unwrap().deliveries, 0, "{vendor} {subject}");
    }
    for id in kept {
        assert!(details(&inbox, id).await.body.is_some());
    }
}
