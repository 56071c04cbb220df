//! A backlog of one kind of delivery does not delay the others.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use idhooks_capa as capa;
use idhooks_case_keeper as case_keeper;
use idhooks_core::{Unverified, Verified};
use idhooks_inbox::{Handlers, Inbox, Job, Outcome, store::ClaimRequest};
use tokio::time::sleep;

use crate::support::{
    capa, case_keeper, claim, complete, eager, engine::Engine, eventually, ids, kind, kinds, request, start,
};

cases! {
    row_51_one_claim_finds_a_delivery_behind_a_backlog_of_another_kind,
    row_51_a_backlog_of_one_endless_kind_does_not_wake_other_workers,
    row_51_kinds_take_turns,
    row_51_the_kind_that_runs_least_goes_first,
    row_51_a_flood_of_unverified_deliveries_does_not_delay_verified_ones,
}

async fn flood(inbox: &Inbox, number: usize) {
    let accepts: Vec<_> = (0..number)
        .map(|place| {
            let (inbox, delivery) = (inbox.clone(), verification(place));
            tokio::spawn(async move { inbox.accept(&delivery).await.unwrap() })
        })
        .collect();
    for accept in accepts {
        accept.await.unwrap();
    }
}

async fn row_51_one_claim_finds_a_delivery_behind_a_backlog_of_another_kind(engine: Engine) {
    let inbox = engine.open().await;
    flood(&inbox, 2000).await;
    let id = inbox.accept(&capa("a")).await.unwrap().id();
    let of_capa = || ClaimRequest { kinds: kinds(&[("capa", true)], 1), ..request() };
    let claimed = inbox.store().claim(of_capa()).await.unwrap();
    assert_eq!((ids(&claimed.deliveries), claimed.next == Some(Duration::ZERO)), (vec![id], false));
    assert!(complete(&inbox, &claimed.deliveries[0], Outcome::Done).await);
    let stats = inbox.stats().await.unwrap();
    assert_eq!((stats.ready, stats.running), (2000, 0));
}

async fn row_51_a_backlog_of_one_endless_kind_does_not_wake_other_workers(engine: Engine) {
    let inbox = engine.open().await;
    flood(&inbox, 300).await;
    let of_capa = ClaimRequest { kinds: kinds(&[("capa", true)], 1), ..request() };
    let claimed = inbox.store().claim(of_capa).await.unwrap();
    assert!(claimed.deliveries.is_empty() && !claimed.suspect_waiting);
    assert_eq!(claimed.next, None, "nothing is due for this worker");
}

fn verification(place: usize) -> idhooks_core::Unverified<idhooks_case_keeper::Event> {
    case_keeper(&format!("01234567-89ab-cdef-0123-{place:012}"))
}

async fn row_51_kinds_take_turns(engine: Engine) {
    let inbox = engine.open().await;
    for place in 0..40 {
        inbox.accept(&verification(place)).await.unwrap();
    }
    for place in 0..6 {
        inbox.accept(&capa(&format!("customer-{place}"))).await.unwrap();
    }
    let claimed = claim(&inbox, ClaimRequest { limit: 8, ..request() }).await;
    let of_capa = claimed.iter().filter(|record| record.kind == kind("capa", true)).count();
    assert_eq!((claimed.len(), of_capa), (8, 4), "half of each, although the others are older");
    let claimed = claim(&inbox, ClaimRequest { limit: 8, ..request() }).await;
    let of_capa = claimed.iter().filter(|record| record.kind == kind("capa", true)).count();
    assert_eq!((claimed.len(), of_capa), (8, 2), "an idle kind leaves its turns to the other");
}

async fn row_51_the_kind_that_runs_least_goes_first(engine: Engine) {
    let inbox = engine.open().await;
    for place in 0..20 {
        inbox.accept(&verification(place)).await.unwrap();
        inbox.accept(&capa(&format!("customer-{place}"))).await.unwrap();
    }
    let mut busy = request();
    for asked in busy.kinds.iter_mut().filter(|asked| asked.kind.vendor == "case-keeper") {
        asked.running = 6;
    }
    let claimed = claim(&inbox, ClaimRequest { limit: 10, idle: false, ..busy }).await;
    let of_capa = claimed.iter().filter(|record| record.kind == kind("capa", true)).count();
    assert_eq!((claimed.len(), of_capa), (10, 8), "eight of each run then");
}

/// One worker for both kinds. Each unverified delivery costs it a call to the vendor.
async fn row_51_a_flood_of_unverified_deliveries_does_not_delay_verified_ones(engine: Engine) {
    const FLOOD: usize = 600;
    const SIGNED: u32 = 20;
    let inbox = engine.open().await;
    flood(&inbox, FLOOD).await;
    let (signed, unverified) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (of_capa, of_case_keeper) = (Arc::clone(&signed), Arc::clone(&unverified));
    let handlers = Handlers::new()
        .on(move |_: Job<Unverified<case_keeper::Event>>| {
            of_case_keeper.fetch_add(1, Ordering::SeqCst);
            sleep(Duration::from_millis(20))
        })
        .on(move |_: Job<Verified<capa::Event>>| {
            of_capa.fetch_add(1, Ordering::SeqCst);
            async {}
        });
    let working = start(eager(&inbox).concurrency(4).shutdown_timeout(Duration::ZERO), handlers);
    eventually("the flood is handled", || async { (unverified.load(Ordering::SeqCst) > 8).then_some(()) }).await;
    for place in 0..SIGNED {
        inbox.accept(&capa(&format!("customer-{place}"))).await.unwrap();
    }
    eventually("all are handled", || async { (signed.load(Ordering::SeqCst) == SIGNED).then_some(()) }).await;
    let before = unverified.load(Ordering::SeqCst);
    working.stop().await;
    assert!((before as usize) < FLOOD / 2, "the signed ones waited for {before} of {FLOOD}");
}
