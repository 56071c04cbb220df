//! Keeping: what is new, what is a duplicate, what is in conflict, and that it comes back as it came.

use std::time::{Duration, SystemTime};

use idhooks_caf as caf;
use idhooks_capa as capa;
use idhooks_core::WebhookEvent;
use idhooks_inbox::{AcceptOutcome, DeliveryId, Filter, State};

use crate::support::{
    all, caf, caf_body, caf_body_of, capa_body, details, engine::Engine, finish, is_new, secret, signed_caf,
    signed_capa,
};

cases! {
    a_new_delivery_is_listed_as_it_came,
    the_same_again_is_a_duplicate_whatever_became_of_the_first,
    row_28_the_same_event_at_the_same_moment_in_two_processes_is_new_once,
    row_29_the_first_body_stays_and_the_second_is_kept_beside_it,
    row_29_no_more_than_sixteen_other_bodies_are_kept,
    row_30_a_signature_written_in_another_way_is_the_same_delivery,
    row_27_a_body_written_in_another_way_is_a_duplicate,
    row_32_odd_ids_are_kept_apart,
    bodies_come_back_to_the_last_bit,
    an_accept_that_is_dropped_leaves_a_store_that_works,
}

async fn a_new_delivery_is_listed_as_it_came(engine: Engine) {
    let inbox = engine.open().await;
    let before = SystemTime::now();
    let body = caf_body("event-1", "profile-1");
    let verifier = caf::Verifier::new(secret()).endpoint("tenant-a");
    let delivery = verifier.verify(&[caf::sign(&secret(), &body)], body.clone()).unwrap();
    let id = inbox.accept(&delivery).await.unwrap().id();

    let details = details(&inbox, id).await;
    let entry = details.summary;
    assert_eq!((entry.id, &*entry.vendor, entry.verified, entry.state), (id, "caf", true, State::Ready));
    assert_eq!(entry.endpoint.as_deref(), Some("tenant-a"));
    assert_eq!(entry.event.as_deref(), Some("PROFILEUPDATEDEVENT"));
    assert_eq!(entry.subject.as_ref().map(|subject| &**subject.expose()), Some("profile-1"));
    assert_eq!((entry.attempts, entry.conflicts, entry.possible_replay, entry.purged), (0, 0, false, false));
    assert_eq!((entry.reason, entry.finished_at), (None, None));
    // Stores keep microseconds.
    let margin = Duration::from_millis(1);
    assert!(entry.received_at + margin >= before && entry.received_at <= SystemTime::now() + margin);
    assert_eq!(details.body.unwrap().expose()[..], body[..]);
    assert!(details.failed_attempts.is_empty() && details.conflicts.is_empty());
    assert!(inbox.get(DeliveryId::new(id.get() + 1)).await.unwrap().is_none());
}

async fn the_same_again_is_a_duplicate_whatever_became_of_the_first(engine: Engine) {
    use idhooks_inbox::Outcome;
    let inbox = engine.open().await;
    let reason = || "why".into();
    let verdicts = [
        Outcome::Done,
        Outcome::DeadLetter { reason: reason() },
        Outcome::Undecodable { decoder_version: 1, reason: reason() },
        Outcome::Retry { after: Some(Duration::from_secs(600)), reason: reason() },
    ];
    for (place, verdict) in verdicts.into_iter().enumerate() {
        let delivery = caf(&format!("event-{place}"), &format!("profile-{place}"));
        let id = inbox.accept(&delivery).await.unwrap().id();
        let again = AcceptOutcome::Duplicate { id };
        assert_eq!(inbox.accept(&delivery).await.unwrap(), again, "pending");
        let (leased, token) = crate::support::lease_one(&inbox).await;
        assert_eq!(leased, id);
        assert_eq!(inbox.accept(&delivery).await.unwrap(), again, "running");
        assert!(finish(&inbox, id, token, verdict.clone()).await);
        let state = details(&inbox, id).await.summary.state;
        assert_eq!(inbox.accept(&delivery).await.unwrap(), again, "after {verdict:?}");
        assert_eq!(details(&inbox, id).await.summary.state, state, "a duplicate changes nothing");
    }
    assert_eq!(all(&inbox).await.len(), 4);
}

async fn row_28_the_same_event_at_the_same_moment_in_two_processes_is_new_once(engine: Engine) {
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
    assert_eq!(here.stats().await.unwrap().waiting(), 1);
}

async fn row_29_the_first_body_stays_and_the_second_is_kept_beside_it(engine: Engine) {
    let inbox = engine.open().await;
    let first = caf_body_of("event-1", "profile-1", "APPROVED");
    let second = caf_body_of("event-1", "profile-1", "REPROVED");
    let id = inbox.accept(&signed_caf(first.clone())).await.unwrap().id();
    for again in 0..2 {
        let accepted = inbox.accept(&signed_caf(second.clone())).await.unwrap();
        assert_eq!(accepted, AcceptOutcome::Conflict { id }, "time {again}");
    }
    assert_eq!(inbox.accept(&signed_caf(first.clone())).await.unwrap(), AcceptOutcome::Duplicate { id });

    let details = details(&inbox, id).await;
    assert_eq!(details.body.unwrap().expose()[..], first[..]);
    assert_eq!(details.summary.conflicts, 1, "the same body again is no other one");
    let bodies: Vec<_> = details.conflicts.iter().map(|other| other.body.as_ref().unwrap().expose().to_vec()).collect();
    assert_eq!(bodies, [second]);
    assert_eq!(inbox.stats().await.unwrap().waiting(), 1);
}

async fn row_29_no_more_than_sixteen_other_bodies_are_kept(engine: Engine) {
    let inbox = engine.open().await;
    let id = inbox.accept(&caf("event-1", "profile-1")).await.unwrap().id();
    let bodies: Vec<_> = (0..20).map(|place| caf_body_of("event-1", "profile-1", &format!("S{place}"))).collect();
    for body in &bodies {
        assert_eq!(inbox.accept(&signed_caf(body.clone())).await.unwrap(), AcceptOutcome::Conflict { id });
    }
    let details = details(&inbox, id).await;
    let kept: Vec<_> = details.conflicts.iter().map(|other| other.body.as_ref().unwrap().expose().to_vec()).collect();
    assert_eq!(kept, bodies[..16], "the oldest first");
    assert_eq!(details.summary.conflicts, 16);
}

async fn row_30_a_signature_written_in_another_way_is_the_same_delivery(engine: Engine) {
    let inbox = engine.open().await;
    let body = caf_body("event-1", "profile-1");
    let (name, signature) = caf::sign(&secret(), &body);
    let id = inbox.accept(&signed_caf(body.clone())).await.unwrap().id();
    for written in [signature.to_uppercase(), format!(" {signature}\t")] {
        let delivery = caf::Verifier::new(secret()).verify(&[(name, &*written)], body.clone()).unwrap();
        assert_eq!(inbox.accept(&delivery).await.unwrap(), AcceptOutcome::Duplicate { id }, "{written:?}");
    }
}

/// Where a signature over the reserialized body is accepted, every body that fits one signature is one delivery.
async fn row_27_a_body_written_in_another_way_is_a_duplicate(engine: Engine) {
    let inbox = engine.open().await;
    let verifier = capa::Verifier::new(secret()).accept_reserialized();
    let body = capa_body("customer-1");
    let compact = <capa::Event as WebhookEvent>::reserialize(&body).unwrap();
    let signed = [capa::sign(&secret(), compact.as_bytes())];
    let id = inbox.accept(&verifier.verify(&signed, compact.clone()).unwrap()).await.unwrap().id();

    let again = verifier.verify(&signed, compact.replace(',', ", ")).unwrap();
    assert_eq!(inbox.accept(&again).await.unwrap(), AcceptOutcome::Duplicate { id });
    assert_eq!(
        inbox.accept(&verifier.verify(&signed, compact).unwrap()).await.unwrap(),
        AcceptOutcome::Duplicate { id }
    );
}

async fn row_32_odd_ids_are_kept_apart(engine: Engine) {
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
        let subject = inbox.list(&Filter::new().vendor("caf").subject(id)).await.unwrap().deliveries;
        assert_eq!(subject.iter().map(|entry| entry.id).collect::<Vec<_>>(), [accepted.id()], "{id:.20?}");
        let shown = subject[0].subject.as_ref().map(|subject| subject.expose().to_string());
        let is_shown = id.len() <= 256 && !id.contains('\0');
        assert_eq!(shown.as_deref() == Some(*id), is_shown, "a digest stands for what cannot be stored");
    }
    assert_eq!(all(&inbox).await.len(), odd.len());
    assert_eq!(
        crate::support::lease(&inbox, crate::support::request()).await.len(),
        odd.len(),
        "all have lanes of their own"
    );
}

async fn bodies_come_back_to_the_last_bit(engine: Engine) {
    let inbox = engine.open().await;
    let large: Vec<u8> = (0..2_000_000_u32).map(|place| place.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let every: Vec<u8> = (0..=255).collect();
    for body in [Vec::new(), vec![0], b"\xff\xfe".to_vec(), every, large, capa_body("a")] {
        let accepted = inbox.accept(&signed_capa(body.clone())).await.unwrap();
        assert!(is_new(accepted));
        let there = details(&inbox, accepted.id()).await.body.unwrap();
        assert!(there.expose()[..] == body[..], "{} bytes", body.len());
    }
}

async fn an_accept_that_is_dropped_leaves_a_store_that_works(engine: Engine) {
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
