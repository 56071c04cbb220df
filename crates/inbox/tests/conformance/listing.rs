//! Looking at what is there.

use idhooks_inbox::{AcceptOutcome, DeliveryId, Filter, Inbox, Outcome, State};

use crate::support::{
    caf, capa, case_keeper, count_done, engine::Engine, finish, kind, lease, lease_one, request, request_of, secret,
    signed_caf, unico_body, unverified_unico,
};

cases! {
    the_newest_come_first_in_pages,
    filters_narrow_down,
    endpoints_labels_and_reasons_may_be_any_text,
    a_subject_is_one_vendors_and_one_endpoints,
    every_state_is_counted,
    the_oldest_that_is_due_lags,
    what_is_not_handled_yet_is_told_by_vendor,
}

async fn list(inbox: &Inbox, filter: Filter) -> Vec<DeliveryId> {
    inbox.list(&filter).await.unwrap().deliveries.iter().map(|entry| entry.id).collect()
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
        let ids: Vec<_> = page.deliveries.iter().map(|entry| entry.id).collect();
        assert_eq!(ids, accepted[..first], "limit {limit}");
        assert_eq!(page.next, (first < 105).then(|| accepted[first - 1]));
    }
    let mut got = Vec::new();
    let mut filter = Filter::new().limit(25);
    loop {
        let page = inbox.list(&filter).await.unwrap();
        got.extend(page.deliveries.iter().map(|entry| entry.id));
        let Some(last) = page.next else { break };
        filter = filter.before(last);
    }
    assert_eq!(got, accepted);
}

async fn filters_narrow_down(engine: Engine) {
    let inbox = engine.open().await;
    let body = crate::support::capa_body("a");
    let at = |endpoint: &str| {
        let verifier = idhooks_capa::Verifier::new(secret()).endpoint(endpoint);
        verifier.verify(&[idhooks_capa::sign(&secret(), &body)], body.clone()).unwrap()
    };
    let done = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let (id, token) = lease_one(&inbox).await;
    assert!(finish(&inbox, id, token, Outcome::Done).await);
    let pending = inbox.accept(&caf("2", "b")).await.unwrap().id();
    let north = inbox.accept(&at("north")).await.unwrap().id();
    let south = inbox.accept(&at("south")).await.unwrap().id();

    assert_eq!(list(&inbox, Filter::new()).await, [south, north, pending, done]);
    assert_eq!(list(&inbox, Filter::new().state(State::Done)).await, [done]);
    assert_eq!(list(&inbox, Filter::new().state(State::Ready)).await, [south, north, pending]);
    assert!(list(&inbox, Filter::new().state(State::DeadLetter)).await.is_empty());
    assert_eq!(list(&inbox, Filter::new().vendor("caf")).await, [pending, done]);
    assert_eq!(list(&inbox, Filter::new().vendor("caf").state(State::Ready)).await, [pending]);
    assert!(list(&inbox, Filter::new().vendor("caf' OR true --")).await.is_empty());
    assert_eq!(list(&inbox, Filter::new().endpoint("north")).await, [north]);
    assert_eq!(list(&inbox, Filter::new().vendor("capa").before(south)).await, [north]);
    assert_eq!(list(&inbox, Filter::new().vendor("capa").endpoint("south").limit(1)).await, [south]);
}

/// An endpoint may be made of a request's path, so it is text from outside.
async fn endpoints_labels_and_reasons_may_be_any_text(engine: Engine) {
    let inbox = engine.open().await;
    for text in ["", " ", "'; --", "🦀\u{301}", "a\0b", "\0"] {
        let secret = secret().with_label(text);
        let verifier = idhooks_capa::Verifier::new(secret.clone()).endpoint(text);
        let body = crate::support::capa_body("a");
        let delivery = verifier.verify(&[idhooks_capa::sign(&secret, &body)], body).unwrap();
        let id = inbox.accept(&delivery).await.unwrap().id();
        assert_eq!(inbox.accept(&delivery).await.unwrap(), AcceptOutcome::Duplicate { id }, "{text:?}");
        assert_eq!(list(&inbox, Filter::new().endpoint(text)).await, [id], "{text:?}");
        assert_eq!(list(&inbox, Filter::new().vendor("capa").subject("a").endpoint(text)).await, [id], "{text:?}");
        assert!(list(&inbox, Filter::new().vendor(text)).await.is_empty(), "{text:?}");
        inbox.store().dead_letter(id, text).await.unwrap();
        assert!(inbox.get(id).await.unwrap().unwrap().summary.reason.is_some(), "{text:?}");
    }
}

async fn a_subject_is_one_vendors_and_one_endpoints(engine: Engine) {
    let inbox = engine.open().await;
    let first = inbox.accept(&caf("1", "a")).await.unwrap().id();
    let second = inbox.accept(&caf("2", "a")).await.unwrap().id();
    let of_capa = inbox.accept(&capa("a")).await.unwrap().id();
    let body = crate::support::capa_body("a");
    let verifier = idhooks_capa::Verifier::new(secret()).endpoint("north");
    let delivery = verifier.verify(&[idhooks_capa::sign(&secret(), &body)], body).unwrap();
    let north = inbox.accept(&delivery).await.unwrap().id();
    inbox.accept(&caf("3", "b")).await.unwrap();

    assert_eq!(list(&inbox, Filter::new().vendor("caf").subject("a")).await, [second, first]);
    assert_eq!(list(&inbox, Filter::new().vendor("caf").subject("a").before(second)).await, [first]);
    assert_eq!(list(&inbox, Filter::new().vendor("capa").subject("a")).await, [north, of_capa], "at every endpoint");
    assert_eq!(list(&inbox, Filter::new().vendor("capa").subject("a").endpoint("north")).await, [north]);
    assert!(list(&inbox, Filter::new().vendor("caf").subject("A")).await.is_empty());
    let mut without_vendor = Filter::new().vendor("caf").subject("a");
    without_vendor.vendor = None;
    assert!(inbox.list(&without_vendor).await.is_err());
}

async fn every_state_is_counted(engine: Engine) {
    let inbox = engine.open().await;
    let stats = inbox.stats().await.unwrap();
    assert!(State::ALL.iter().all(|state| stats.of(*state) == 0), "{stats:?}");
    let reason = || "why".into();
    let verdicts = [
        (3, Some(Outcome::Done)),
        (2, Some(Outcome::DeadLetter { reason: reason() })),
        (2, Some(Outcome::Undecodable { decoder_version: 1, reason: reason() })),
        (1, None),
    ];
    for (number, verdict) in verdicts {
        for place in 0..number {
            let name = format!("{verdict:?}-{place}");
            inbox.accept(&caf(&name, &name)).await.unwrap();
            let (id, token) = lease_one(&inbox).await;
            if let Some(verdict) = verdict.clone() {
                assert!(finish(&inbox, id, token, verdict).await);
            }
        }
    }
    for place in 0..4 {
        inbox.accept(&caf(&format!("{place}"), "a")).await.unwrap();
    }
    inbox.accept(&signed_caf(crate::support::caf_body_of("0", "a", "OTHER"))).await.unwrap();
    inbox.accept(&caf("0", "a")).await.unwrap();
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.ready, stats.blocked, stats.running, stats.dead_letters, stats.undecodable), (1, 3, 1, 2, 2));
    assert_eq!((stats.waiting(), count_done(&inbox).await), (4, 3));
}

async fn the_oldest_that_is_due_lags(engine: Engine) {
    use std::time::Duration;
    let inbox = engine.open().await;
    assert_eq!(inbox.stats().await.unwrap().oldest_ready, None);
    inbox.accept(&caf("1", "a")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    inbox.accept(&caf("2", "b")).await.unwrap();
    let lag = inbox.stats().await.unwrap().oldest_ready.unwrap();
    assert!(lag >= Duration::from_millis(250) && lag < Duration::from_secs(60), "{lag:?}");
    lease(&inbox, request()).await;
    assert_eq!(inbox.stats().await.unwrap().oldest_ready, None, "nothing waits for a worker");
}

async fn what_is_not_handled_yet_is_told_by_vendor(engine: Engine) {
    let inbox = engine.open().await;
    assert!(inbox.store().unfinished_kinds().await.unwrap().is_empty());
    let process = unico_body("8263a268-5388-492a-bca2-28e1ff4a69f0", "PROCESS_STATE_FINISHED");
    inbox.accept(&caf("1", "a")).await.unwrap();
    inbox.accept(&caf("2", "b")).await.unwrap();
    inbox.accept(&capa("a")).await.unwrap();
    inbox.accept(&case_keeper("01234567-89ab-cdef-0123-456789abcdef")).await.unwrap();
    inbox.accept(&unverified_unico(process)).await.unwrap();
    let told = async || {
        let mut routes = inbox.store().unfinished_kinds().await.unwrap();
        routes.sort();
        routes
    };
    let every = [kind("caf", true), kind("capa", true), kind("case-keeper", false), kind("unico", false)];
    assert_eq!(told().await, every, "pending");
    let leased = lease(&inbox, request()).await;
    assert_eq!((leased.len(), told().await), (5, every.to_vec()), "running");
    for leased in leased {
        let verdict = match &*leased.record.kind.vendor {
            "caf" => Outcome::Done,
            "capa" => Outcome::DeadLetter { reason: "why".into() },
            "unico" => Outcome::Retry { after: Some(std::time::Duration::from_secs(600)), reason: "why".into() },
            _ => Outcome::Undecodable { decoder_version: 1, reason: "why".into() },
        };
        assert!(finish(&inbox, leased.id, leased.token, verdict).await);
    }
    assert_eq!(told().await, [kind("case-keeper", false), kind("unico", false)]);
    assert!(lease(&inbox, request_of(0)).await.is_empty());
}
