//! Lists, counts and kinds.

use std::time::Duration;

use idhooks_capa as capa;
use idhooks_core::Verified;
use idhooks_inbox::{AcceptOutcome, DeliveryId, DeliverySummary, ErrorKind, Filter, Inbox, Outcome, State};

use crate::support::{
    caf, capa, capa_body, case_keeper, claim, claim_one, complete, complete_next, engine::Engine, kind, request,
    request_with_decoder, secret, signed_caf, summary, unico_body, unverified_unico,
};

cases! {
    the_newest_come_first_in_pages,
    filters_select,
    endpoints_labels_and_reasons_may_be_any_text,
    a_subject_is_found_at_every_endpoint_of_its_vendor,
    every_state_is_counted_except_done,
    the_oldest_ready_delivery_is_reported,
    unfinished_kinds_are_listed_until_they_are_finished,
}

async fn ids(inbox: &Inbox, filter: Filter) -> Vec<DeliveryId> {
    inbox.list(&filter).await.unwrap().deliveries.iter().map(|delivery| delivery.id).collect()
}

fn capa_at(endpoint: &str) -> Verified<capa::Event> {
    let body = capa_body("a");
    let verifier = capa::Verifier::new(secret()).endpoint(endpoint);
    verifier.verify(&[capa::sign(&secret(), &body)], body).unwrap()
}

async fn the_newest_come_first_in_pages(engine: Engine) {
    let inbox = engine.open().await;
    assert!(inbox.list(&Filter::new()).await.unwrap().deliveries.is_empty());
    let mut accepted = Vec::new();
    let accepts: Vec<_> = (0..105)
        .map(|place| {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.accept(&capa(&format!("customer-{place}"))).await.unwrap().id() })
        })
        .collect();
    for accept in accepts {
        accepted.push(accept.await.unwrap());
    }
    accepted.sort();
    accepted.reverse();
    for (limit, first) in [(0, 100), (1, 1), (104, 104), (105, 105), (106, 105), (usize::MAX, 105)] {
        let page = inbox.list(&Filter::new().limit(limit)).await.unwrap();
        let ids: Vec<_> = page.deliveries.iter().map(|delivery| delivery.id).collect();
        assert_eq!(ids, accepted[..first], "limit {limit}");
        assert_eq!(page.next, (first < 105).then(|| accepted[first - 1]));
    }
    let mut found = Vec::new();
    let mut filter = Filter::new().limit(25);
    loop {
        let page = inbox.list(&filter).await.unwrap();
        found.extend(page.deliveries.iter().map(|delivery| delivery.id));
        let Some(last) = page.next else { break };
        filter = filter.before(last);
    }
    assert_eq!(found, accepted);
}

async fn filters_select(engine: Engine) {
    let inbox = engine.open().await;
    inbox.accept(&caf("1", "a")).await.unwrap();
    let done = complete_next(&inbox, Outcome::Done).await;
    let ready = inbox.accept(&caf("2", "b")).await.unwrap().id();
    let north = inbox.accept(&capa_at("north")).await.unwrap().id();
    let south = inbox.accept(&capa_at("south")).await.unwrap().id();

    assert_eq!(ids(&inbox, Filter::new()).await, [south, north, ready, done]);
    assert_eq!(ids(&inbox, Filter::new().state(State::Done)).await, [done]);
    assert_eq!(ids(&inbox, Filter::new().state(State::Ready)).await, [south, north, ready]);
    assert!(ids(&inbox, Filter::new().state(State::DeadLetter)).await.is_empty());
    assert_eq!(ids(&inbox, Filter::new().vendor("caf")).await, [ready, done]);
    assert_eq!(ids(&inbox, Filter::new().vendor("caf").state(State::Ready)).await, [ready]);
    assert!(ids(&inbox, Filter::new().vendor("caf' OR true --")).await.is_empty());
    assert_eq!(ids(&inbox, Filter::new().endpoint("north")).await, [north]);
    assert_eq!(ids(&inbox, Filter::new().vendor("capa").before(south)).await, [north]);
    let event = inbox.get(ready).await.unwrap().unwrap().summary.event.unwrap();
    assert_eq!(ids(&inbox, Filter::new().event(&event)).await, [ready, done]);
    assert!(ids(&inbox, Filter::new().event("no such event")).await.is_empty());
    let at = |summary: DeliverySummary| summary.received_at;
    let (from, until) = (at(summary(&inbox, ready).await), at(summary(&inbox, south).await));
    assert_eq!(
        ids(&inbox, Filter::new().received(from, until)).await,
        [north, ready],
        "from the first on, before the last"
    );
    assert!(ids(&inbox, Filter::new().received(until, from)).await.is_empty());
    assert_eq!(ids(&inbox, Filter::new().vendor("capa").endpoint("south").limit(1)).await, [south]);
}

/// An endpoint may be made of a request's path, so it is text from outside.
async fn endpoints_labels_and_reasons_may_be_any_text(engine: Engine) {
    let inbox = engine.open().await;
    for text in ["", " ", "'; --", "🦀\u{301}", "a\0b", "\0"] {
        let secret = secret().with_label(text);
        let verifier = capa::Verifier::new(secret.clone()).endpoint(text);
        let body = capa_body("a");
        let delivery = verifier.verify(&[capa::sign(&secret, &body)], body).unwrap();
        let id = inbox.accept(&delivery).await.unwrap().id();
        assert_eq!(inbox.accept(&delivery).await.unwrap(), AcceptOutcome::Duplicate { id }, "{text:?}");
        assert_eq!(ids(&inbox, Filter::new().endpoint(text)).await, [id], "{text:?}");
        let subject = Filter::new().vendor("capa").subject("a").endpoint(text);
        assert_eq!(ids(&inbox, subject).await, [id], "{text:?}");
        assert!(ids(&inbox, Filter::new().vendor(text)).await.is_empty(), "{text:?}");
        assert!(ids(&inbox, Filter::new().vendor("capa").subject(text)).await.is_empty(), "{text:?}");
        assert_eq!(inbox.erase(text, text).await.unwrap().deliveries, 0, "{text:?}");
        inbox.dead_letter(id, text).await.unwrap();
        assert!(inbox.get(id).await.unwrap().unwrap().summary.reason.is_some(), "{text:?}");
    }
}

async fn a_subject_is_found_at_every_endpoint_of_its_vendor(engine: Engine) {
    let inbox = engine.open().await;
    let first = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let second = inbox.accept(&caf("2", "a")).await.unwrap().id();
    let of_capa = inbox.accept(&capa("a")).await.unwrap().id();
    let north = inbox.accept(&capa_at("north")).await.unwrap().id();
    inbox.accept(&caf("3", "b")).await.unwrap();

    let of = |vendor: &str, subject: &str| Filter::new().vendor(vendor).subject(subject);
    assert_eq!(ids(&inbox, of("caf", "a")).await, [second, first]);
    assert_eq!(ids(&inbox, of("caf", "a").before(second)).await, [first]);
    assert_eq!(ids(&inbox, of("capa", "a")).await, [north, of_capa]);
    assert_eq!(ids(&inbox, of("capa", "a").endpoint("north")).await, [north]);
    assert!(ids(&inbox, of("caf", "A")).await.is_empty());
    let error = inbox.list(&Filter::new().subject("a")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
}

async fn every_state_is_counted_except_done(engine: Engine) {
    let inbox = engine.open().await;
    assert_eq!(inbox.stats().await.unwrap().waiting(), 0);
    let outcomes = [
        (3, Some(Outcome::Done)),
        (2, Some(Outcome::dead_letter("why"))),
        (2, Some(Outcome::Undecodable { decoder_version: 1, reason: "why".into() })),
        (5, Some(Outcome::retry_after(Duration::from_secs(600), "why"))),
        (1, None),
    ];
    for (number, outcome) in outcomes {
        for place in 0..number {
            let name = format!("{outcome:?}-{place}");
            inbox.accept(&caf(&name, &name)).await.unwrap();
            let record = claim_one(&inbox).await;
            if let Some(outcome) = outcome.clone() {
                assert!(complete(&inbox, &record, outcome).await);
            }
        }
    }
    for place in 0..4 {
        inbox.accept(&caf(&format!("{place}"), "a")).await.unwrap();
    }
    inbox.accept(&caf("other", "b")).await.unwrap();
    inbox.accept(&signed_caf(crate::support::caf_body_of("0", "a", "OTHER"))).await.unwrap();
    inbox.accept(&caf("0", "a")).await.unwrap();
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.ready, stats.running, stats.scheduled, stats.blocked), (2, 1, 5, 3));
    assert_eq!((stats.dead_letters, stats.undecodable, stats.waiting()), (2, 2, 10));
    assert_eq!(State::ALL.map(|state| stats.of(state)), [2, 1, 5, 0, 3, 2, 2]);
    assert_eq!(crate::support::count_done(&inbox).await, 3);
}

async fn the_oldest_ready_delivery_is_reported(engine: Engine) {
    let inbox = engine.open().await;
    assert_eq!(inbox.stats().await.unwrap().oldest_ready, None);
    inbox.accept(&caf("1", "a")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    inbox.accept(&caf("2", "b")).await.unwrap();
    let oldest = inbox.stats().await.unwrap().oldest_ready.unwrap();
    assert!(oldest >= Duration::from_millis(250) && oldest < Duration::from_secs(60), "{oldest:?}");
    claim(&inbox, request()).await;
    assert_eq!(inbox.stats().await.unwrap().oldest_ready, None, "nothing waits for a worker");
}

async fn unfinished_kinds_are_listed_until_they_are_finished(engine: Engine) {
    let inbox = engine.open().await;
    assert!(inbox.store().unfinished_kinds().await.unwrap().is_empty());
    let process = unico_body("8263a268-5388-492a-bca2-28e1ff4a69f0", "PROCESS_STATE_FINISHED");
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&caf("2", "b")).await.unwrap();
    inbox.accept(&capa("a")).await.unwrap();
    inbox.accept(&case_keeper("01234567-89ab-cdef-0123-456789abcdef")).await.unwrap();
    inbox.accept(&unverified_unico(process)).await.unwrap();
    let unfinished = async || {
        let mut kinds = inbox.store().unfinished_kinds().await.unwrap();
        kinds.sort();
        kinds
    };
    let every = [kind("caf", true), kind("capa", true), kind("case-keeper", false), kind("unico", false)];
    assert_eq!(unfinished().await, every, "ready");
    let claimed = claim(&inbox, request()).await;
    assert_eq!((claimed.len(), unfinished().await), (5, every.to_vec()), "running");
    for record in claimed {
        let outcome = match &*record.kind.vendor {
            "caf" => Outcome::Done,
            "capa" => Outcome::dead_letter("why"),
            "unico" => Outcome::retry_after(Duration::from_secs(600), "why"),
            _ => Outcome::Undecodable { decoder_version: 1, reason: "why".into() },
        };
        assert!(complete(&inbox, &record, outcome).await);
    }
    assert_eq!(unfinished().await, [kind("case-keeper", false), kind("unico", false)]);
    assert!(claim(&inbox, request_with_decoder(0)).await.is_empty());
}
