//! Accepting: what is new, what is a duplicate, what is a conflict, and that it is stored byte for byte.

use std::time::{Duration, SystemTime};

use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_core::WebhookEvent;
use idhooks_inbox::{AcceptOutcome, DeliveryId, Filter, Outcome, State};

use crate::support::{
    all, caf, caf_body, caf_body_of, capa_body, claim, claim_one, complete, details, engine::Engine, is_new, list,
    request, secret, signed_caf, signed_capa, summary,
};

cases! {
    a_new_delivery_is_listed_as_it_was_received,
    a_repeated_delivery_is_a_duplicate_in_every_state,
    row_28_the_same_event_accepted_by_two_processes_at_once_is_new_once,
    row_29_the_first_body_wins_and_the_conflict_is_stored,
    row_29_at_most_sixteen_conflicts_are_stored,
    row_30_a_reencoded_signature_is_a_duplicate,
    row_27_a_reserialized_body_is_a_duplicate,
    row_32_odd_ids_do_not_collide,
    bodies_are_stored_byte_for_byte,
    a_dropped_accept_is_stored_once_or_not_at_all,
    row_54_ids_and_tokens_are_at_least_the_clock_at_open,
}

async fn a_new_delivery_is_listed_as_it_was_received(engine: Engine) {
    let inbox = engine.open().await;
    let before = SystemTime::now();
    let body = caf_body("event-1", "profile-1");
    let verifier = caf::Verifier::new(secret()).endpoint("tenant-a");
    let delivery = verifier.verify(&[caf::sign(&secret(), &body)], body.clone()).unwrap();
    let id = inbox.accept(&delivery).await.unwrap().id();

    let details = details(&inbox, id).await;
    let summary = details.summary;
    assert_eq!((summary.id, &*summary.vendor, summary.verified, summary.state), (id, "caf", true, State::Ready));
    assert_eq!(summary.endpoint.as_deref(), Some("tenant-a"));
    assert_eq!(summary.event.as_deref(), Some("PROFILEUPDATEDEVENT"));
    assert_eq!(summary.subject.as_ref().map(|subject| &**subject.expose()), Some("profile-1"));
    assert_eq!((summary.attempts, summary.lost_leases, summary.conflicts), (0, 0, 0));
    assert!(!summary.possible_replay && !summary.purged);
    assert_eq!((summary.reason, summary.finished_at), (None, None));
    // Stores keep microseconds.
    let margin = Duration::from_millis(1);
    assert!(summary.received_at + margin >= before && summary.received_at <= SystemTime::now() + margin);
    assert_eq!(details.body.unwrap().expose()[..], body[..]);
    assert!(details.failed_attempts.is_empty() && details.conflicts.is_empty());
    assert!(inbox.get(DeliveryId::new(id.get() + 1)).await.unwrap().is_none());
}

async fn a_repeated_delivery_is_a_duplicate_in_every_state(engine: Engine) {
    let inbox = engine.open().await;
    let outcomes = [
        Outcome::Done,
        Outcome::dead_letter("why"),
        Outcome::Undecodable { decoder_version: 1, reason: "why".into() },
        Outcome::retry_after(Duration::from_secs(600), "why"),
        Outcome::Released,
    ];
    for (place, outcome) in outcomes.into_iter().enumerate() {
        let delivery = caf(&format!("event-{place}"), &format!("profile-{place}"));
        let id = inbox.accept(&delivery).await.unwrap().id();
        let duplicate = AcceptOutcome::Duplicate { id };
        assert_eq!(inbox.accept(&delivery).await.unwrap(), duplicate, "ready");
        let record = claim_one(&inbox).await;
        assert_eq!(record.id, id);
        assert_eq!(inbox.accept(&delivery).await.unwrap(), duplicate, "running");
        assert!(complete(&inbox, &record, outcome.clone()).await);
        let state = summary(&inbox, id).await.state;
        assert_eq!(inbox.accept(&delivery).await.unwrap(), duplicate, "after {outcome:?}");
        assert_eq!(summary(&inbox, id).await.state, state, "a duplicate changes nothing");
    }
    let last = all(&inbox).await[0].id;
    let blocked = caf("blocked", "profile-4");
    let id = inbox.accept(&blocked).await.unwrap().id();
    assert_eq!((summary(&inbox, last).await.state, summary(&inbox, id).await.state), (State::Ready, State::Blocked));
    assert_eq!(inbox.accept(&blocked).await.unwrap(), AcceptOutcome::Duplicate { id });
    assert_eq!(all(&inbox).await.len(), 6);
}

async fn row_28_the_same_event_accepted_by_two_processes_at_once_is_new_once(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    let delivery = caf("event-1", "profile-1");
    let accepts: Vec<_> = (0..32)
        .map(|place| {
            let (inbox, delivery) = (if place % 2 == 0 { here.clone() } else { there.clone() }, delivery.clone());
            tokio::spawn(async move { inbox.accept(&delivery).await.unwrap() })
        })
        .collect();
    let (mut new, mut first) = (0, Vec::new());
    for accept in accepts {
        let accepted = accept.await.unwrap();
        new += usize::from(is_new(accepted));
        assert!(is_new(accepted) || matches!(accepted, AcceptOutcome::Duplicate { .. }), "{accepted:?}");
        first.push(accepted.id());
    }
    first.dedup();
    assert_eq!((new, first.len()), (1, 1));
    assert_eq!(here.stats().await.unwrap().ready, 1);
}

async fn row_29_the_first_body_wins_and_the_conflict_is_stored(engine: Engine) {
    let inbox = engine.open().await;
    let first = caf_body_of("event-1", "profile-1", "APPROVED");
    let second = caf_body_of("event-1", "profile-1", "REPROVED");
    let id = inbox.accept(&signed_caf(first.clone())).await.unwrap().id();
    for time in 0..2 {
        let accepted = inbox.accept(&signed_caf(second.clone())).await.unwrap();
        assert_eq!(accepted, AcceptOutcome::Conflict { id }, "time {time}");
    }
    assert_eq!(inbox.accept(&signed_caf(first.clone())).await.unwrap(), AcceptOutcome::Duplicate { id });

    let details = details(&inbox, id).await;
    assert_eq!(details.body.unwrap().expose()[..], first[..]);
    assert_eq!(details.summary.conflicts, 1, "the same conflict is stored once");
    let bodies: Vec<_> = details.conflicts.iter().map(|other| other.body.as_ref().unwrap().expose().to_vec()).collect();
    assert_eq!(bodies, [second]);
    assert_eq!(inbox.stats().await.unwrap().ready, 1);
}

async fn row_29_at_most_sixteen_conflicts_are_stored(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("event-1", "profile-1")).await.unwrap().id();
    let bodies: Vec<_> = (0..20).map(|place| caf_body_of("event-1", "profile-1", &format!("S{place}"))).collect();
    for body in &bodies {
        assert_eq!(inbox.accept(&signed_caf(body.clone())).await.unwrap(), AcceptOutcome::Conflict { id });
    }
    let details = details(&inbox, id).await;
    let stored: Vec<_> = details.conflicts.iter().map(|other| other.body.as_ref().unwrap().expose().to_vec()).collect();
    assert_eq!(stored, bodies[..16], "the oldest first");
    assert_eq!(details.summary.conflicts, 16);
}

async fn row_30_a_reencoded_signature_is_a_duplicate(engine: Engine) {
    let inbox = engine.open().await;
    let body = caf_body("event-1", "profile-1");
    let (name, signature) = caf::sign(&secret(), &body);
    let id = inbox.accept(&signed_caf(body.clone())).await.unwrap().id();
    for written in [signature.to_uppercase(), format!(" {signature}\t")] {
        let delivery = caf::Verifier::new(secret()).verify(&[(name, &*written)], body.clone()).unwrap();
        assert_eq!(inbox.accept(&delivery).await.unwrap(), AcceptOutcome::Duplicate { id }, "{written:?}");
    }
}

/// Where a signature over the reserialized body is accepted, all bodies that match one signature are one delivery.
async fn row_27_a_reserialized_body_is_a_duplicate(engine: Engine) {
    let inbox = engine.open().await;
    let verifier = capa::Verifier::new(secret()).accept_reserialized();
    let body = capa_body("customer-1");
    let compact = <capa::Event as WebhookEvent>::reserialize(&body).unwrap();
    let signed = [capa::sign(&secret(), compact.as_bytes())];
    let id = inbox.accept(&verifier.verify(&signed, compact.clone()).unwrap()).await.unwrap().id();

    for body in [compact.replace(',', ", "), compact] {
        let again = verifier.verify(&signed, body).unwrap();
        assert_eq!(inbox.accept(&again).await.unwrap(), AcceptOutcome::Duplicate { id });
    }
}

async fn row_32_odd_ids_do_not_collide(engine: Engine) {
    let inbox = engine.open().await;
    let long = "x".repeat(10_240);
    let odd = [
        "a",
        "A",
        "a.",
        "a/b",
        "a%2fb",
        "a'; DROP TABLE idhooks_deliveries; --",
        "\"",
        "\\",
        "a\0",
        "a\0b",
        "%",
        "_",
        "\u{202e}a",
        "é",
        "e\u{301}",
        "$1",
        "?1",
        " ",
        "\n",
        &long,
        &long[1..],
    ];
    for (place, id) in odd.iter().enumerate() {
        let accepted = inbox.accept(&caf(id, id)).await.unwrap();
        assert!(is_new(accepted), "{id:.20?}: {accepted:?}");
        assert_eq!(
            inbox.accept(&caf(id, id)).await.unwrap(),
            AcceptOutcome::Duplicate { id: accepted.id() },
            "{place}"
        );
        let stored = summary(&inbox, accepted.id()).await.subject.map(|subject| subject.expose().to_string()).unwrap();
        let is_short = id.len() <= 256 && !id.contains('\0');
        assert!(if is_short { stored == *id } else { stored.starts_with("sha256:") }, "{stored}");
        let found = list(&inbox, &Filter::new().vendor("caf").subject(id)).await;
        let found: Vec<_> = found.iter().map(|delivery| delivery.id).collect();
        assert_eq!(found, [accepted.id()], "{id:.20?}");
    }
    assert_eq!(all(&inbox).await.len(), odd.len());
    assert_eq!(claim(&inbox, request()).await.len(), odd.len(), "no two are of one subject");
}

async fn bodies_are_stored_byte_for_byte(engine: Engine) {
    let inbox = engine.open().await;
    let large: Vec<u8> = (0..2_000_000_u32).map(|place| place.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let every: Vec<u8> = (0..=255).collect();
    for body in [Vec::new(), vec![0], b"\xff\xfe".to_vec(), every, large, capa_body("a")] {
        let accepted = inbox.accept(&signed_capa(body.clone())).await.unwrap();
        assert!(is_new(accepted));
        let stored = details(&inbox, accepted.id()).await.body.unwrap();
        assert!(stored.expose()[..] == body[..], "{} bytes", body.len());
        let record = claim_one(&inbox).await;
        assert!(record.body.as_ref().unwrap()[..] == body[..], "{} bytes", body.len());
        assert!(complete(&inbox, &record, Outcome::Done).await);
    }
}

async fn a_dropped_accept_is_stored_once_or_not_at_all(engine: Engine) {
    let inbox = engine.open().await;
    for place in 0..50 {
        let delivery = caf(&format!("event-{place}"), "profile");
        let accept = inbox.accept(&delivery);
        drop(tokio::time::timeout(Duration::from_micros(place * 40), accept).await);
        let accepted = inbox.accept(&delivery).await.unwrap();
        assert!(is_new(accepted) || matches!(accepted, AcceptOutcome::Duplicate { .. }));
        assert_eq!(details(&inbox, accepted.id()).await.body.unwrap().expose()[..], delivery.body()[..]);
    }
    assert_eq!(all(&inbox).await.len(), 50);
}

/// So ids and tokens are not used again after an older copy of the store was restored.
async fn row_54_ids_and_tokens_are_at_least_the_clock_at_open(engine: Engine) {
    let before = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros();
    let (here, there) = (engine.open().await, engine.open().await);
    let mut last = i64::try_from(before).unwrap() - 1;
    for place in 0..20 {
        let inbox = if place % 2 == 0 { &here } else { &there };
        let id = inbox.accept(&caf(&format!("event-{place}"), &format!("profile-{place}"))).await.unwrap().id();
        assert!(id.get() > last, "ids grow: {id} after {last}");
        last = id.get();
    }
    for record in claim(&here, request()).await {
        assert!(record.token.unwrap().get() > last, "{record:?}");
    }
}
