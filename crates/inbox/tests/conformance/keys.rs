//! Which deliveries are the same event.

use std::time::{Duration, SystemTime};

use idhooks_capa as capa;
use idhooks_core::Delivery;
use idhooks_inbox::{AcceptOutcome, DeliveryId, Inbox, store::DeliveryRecord};

use crate::support::{
    all, caf, capa, capa_body, case_keeper, details, engine::Engine, is_new, secret, signed_caf, signed_capa, unico,
    unico_body, unverified_unico,
};

cases! {
    row_12_the_end_of_the_window_is_inside,
    row_12_a_clock_set_back_or_before_1970_loses_nothing,
    row_13_vendor_ids_are_duplicates_forever,
    row_13_equal_bytes_after_the_window_are_possible_replays,
    row_13_equal_bytes_sent_at_once_after_the_window_are_new_once,
    row_31_a_later_state_is_new,
    row_33_the_same_id_at_two_endpoints_is_new_twice,
    an_unverified_delivery_does_not_take_the_key_of_a_verified_one,
    a_forgery_does_not_take_the_key_of_a_genuine_unverified_delivery,
    equal_bytes_of_two_vendors_are_new_twice,
    the_builder_overrides_the_window,
}

const DAY: Duration = Duration::from_secs(24 * 3600);
const SECOND: Duration = Duration::from_secs(1);

async fn accept_at<D: Delivery>(inbox: &Inbox, delivery: &D, at: SystemTime) -> AcceptOutcome {
    let mut record = DeliveryRecord::new(delivery, DAY);
    record.received_at = at;
    record.dedup_until = record.dedup_until.map(|_| at + DAY);
    inbox.store().accept(record).await.unwrap()
}

fn flagged(accepted: AcceptOutcome, first: DeliveryId) -> bool {
    matches!(accepted, AcceptOutcome::New { possible_replay: true, id } if id != first)
}

async fn row_12_the_end_of_the_window_is_inside(engine: Engine) {
    let inbox = engine.open().await;
    // A whole second, because stores keep microseconds.
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let delivery = capa("customer-1");
    let id = accept_at(&inbox, &delivery, start).await.id();
    for (at, is_inside) in [(DAY - SECOND, true), (DAY, true), (DAY + SECOND, false)] {
        let accepted = accept_at(&inbox, &delivery, start + at).await;
        assert_eq!(accepted == AcceptOutcome::Duplicate { id }, is_inside, "{at:?}: {accepted:?}");
        assert!(is_inside || flagged(accepted, id));
    }
}

async fn row_12_a_clock_set_back_or_before_1970_loses_nothing(engine: Engine) {
    let inbox = engine.open().await;
    let delivery = capa("customer-1");
    let early = SystemTime::UNIX_EPOCH - 100 * DAY;
    let id = accept_at(&inbox, &delivery, early).await.id();
    assert_eq!(details(&inbox, id).await.summary.received_at, early);
    assert_eq!(accept_at(&inbox, &delivery, early + DAY).await, AcceptOutcome::Duplicate { id });
    let today = accept_at(&inbox, &delivery, SystemTime::UNIX_EPOCH + 20_000 * DAY).await;
    assert!(flagged(today, id), "{today:?}");
    // Whichever of the two clocks was wrong, no event is lost.
    let back = accept_at(&inbox, &delivery, SystemTime::UNIX_EPOCH + 10_000 * DAY).await;
    assert!(flagged(back, today.id()), "{back:?}");
}

async fn row_13_vendor_ids_are_duplicates_forever(engine: Engine) {
    let inbox = engine.open().await;
    let start = SystemTime::now();
    let deliveries = (
        caf("event-1", "profile-1"),
        unico(unico_body("8263a268-5388-492a-bca2-28e1ff4a69f0", "PROCESS_STATE_FINISHED")),
    );
    let first = accept_at(&inbox, &deliveries.0, start).await.id();
    let second = accept_at(&inbox, &deliveries.1, start).await.id();
    for days in [1, 15, 365, 36_500] {
        assert_eq!(accept_at(&inbox, &deliveries.0, start + days * DAY).await, AcceptOutcome::Duplicate { id: first });
        assert_eq!(accept_at(&inbox, &deliveries.1, start + days * DAY).await, AcceptOutcome::Duplicate { id: second });
    }
    assert_eq!(accept_at(&inbox, &deliveries.0, start - 365 * DAY).await, AcceptOutcome::Duplicate { id: first });
}

async fn row_13_equal_bytes_after_the_window_are_possible_replays(engine: Engine) {
    let inbox = engine.open().await;
    let start = SystemTime::now();
    for delivery in [capa("customer-1"), signed_capa("not readable")] {
        let first = accept_at(&inbox, &delivery, start).await;
        assert!(is_new(first));
        let second = accept_at(&inbox, &delivery, start + 2 * DAY).await;
        assert!(flagged(second, first.id()), "{second:?}");
        let third = accept_at(&inbox, &delivery, start + 2 * DAY + DAY / 2).await;
        assert_eq!(third, AcceptOutcome::Duplicate { id: second.id() }, "the second one has the key now");
        assert!(flagged(accept_at(&inbox, &delivery, start + 365 * DAY).await, second.id()));

        let (first, second) = (details(&inbox, first.id()).await, details(&inbox, second.id()).await);
        assert_eq!((first.summary.possible_replay, second.summary.possible_replay), (false, true));
        assert_eq!(first.body.unwrap().expose(), second.body.unwrap().expose());
    }
}

async fn row_13_equal_bytes_sent_at_once_after_the_window_are_new_once(engine: Engine) {
    let (here, there) = (engine.open().await, engine.open().await);
    let start = SystemTime::now();
    let first = accept_at(&here, &capa("customer-1"), start).await.id();
    let accepts: Vec<_> = (0..16)
        .map(|place| {
            let inbox = if place % 2 == 0 { here.clone() } else { there.clone() };
            tokio::spawn(async move { accept_at(&inbox, &capa("customer-1"), start + 2 * DAY).await })
        })
        .collect();
    let mut new = 0;
    for accept in accepts {
        new += usize::from(flagged(accept.await.unwrap(), first));
    }
    assert_eq!((new, all(&here).await.len()), (1, 2));
}

async fn row_31_a_later_state_is_new(engine: Engine) {
    let inbox = engine.open().await;
    let process = "8263a268-5388-492a-bca2-28e1ff4a69f0";
    for state in ["PROCESS_STATE_CREATED", "PROCESS_STATE_FINISHED", "PROCESS_STATE_OF_TOMORROW"] {
        assert!(is_new(inbox.accept(&unico(unico_body(process, state))).await.unwrap()), "{state}");
    }
    let rejected = String::from_utf8(capa_body("customer-1")).unwrap().replace("VERIFIED_USER", "REJECTED_KYC");
    assert!(is_new(inbox.accept(&capa("customer-1")).await.unwrap()));
    assert!(is_new(inbox.accept(&signed_capa(rejected)).await.unwrap()));
    assert_eq!(all(&inbox).await.len(), 5);
}

async fn row_33_the_same_id_at_two_endpoints_is_new_twice(engine: Engine) {
    let inbox = engine.open().await;
    let body = capa_body("customer-1");
    // "a" besides "ab": the parts of a scope are separate.
    for endpoint in [None, Some(""), Some("a"), Some("ab"), Some("tenant/a")] {
        let verifier = capa::Verifier::new(secret());
        let verifier = if let Some(name) = endpoint { verifier.endpoint(name) } else { verifier };
        let delivery = verifier.verify(&[capa::sign(&secret(), &body)], body.clone()).unwrap();
        let accepted = inbox.accept(&delivery).await.unwrap();
        assert!(is_new(accepted), "{endpoint:?}");
        assert_eq!(inbox.accept(&delivery).await.unwrap(), AcceptOutcome::Duplicate { id: accepted.id() });
        assert_eq!(details(&inbox, accepted.id()).await.summary.endpoint.as_deref(), endpoint);
    }
    let claimed = crate::support::claim(&inbox, crate::support::request()).await;
    assert_eq!(claimed.len(), 5, "no tenant's subject blocks another's");
}

async fn an_unverified_delivery_does_not_take_the_key_of_a_verified_one(engine: Engine) {
    let inbox = engine.open().await;
    let process = "8263a268-5388-492a-bca2-28e1ff4a69f0";
    let forged = String::from_utf8(unico_body(process, "PROCESS_STATE_FINISHED")).unwrap().replace("expired", "valid");
    assert!(is_new(inbox.accept(&unverified_unico(forged.into())).await.unwrap()));
    let genuine = unico_body(process, "PROCESS_STATE_FINISHED");
    let accepted = inbox.accept(&unico(genuine.clone())).await.unwrap();
    assert!(is_new(accepted), "{accepted:?}");
    let details = details(&inbox, accepted.id()).await;
    assert!(details.summary.verified && details.body.unwrap().expose()[..] == genuine[..]);
}

/// Anyone who knows the id of a process can claim that it is finished.
async fn a_forgery_does_not_take_the_key_of_a_genuine_unverified_delivery(engine: Engine) {
    let inbox = engine.open().await;
    let process = "8263a268-5388-492a-bca2-28e1ff4a69f0";
    let forged = format!(r#"{{"processId":"{process}","state":"PROCESS_STATE_FINISHED"}}"#);
    assert!(is_new(inbox.accept(&unverified_unico(forged.into())).await.unwrap()));
    let genuine = unverified_unico(unico_body(process, "PROCESS_STATE_FINISHED"));
    let accepted = inbox.accept(&genuine).await.unwrap();
    assert!(is_new(accepted), "{accepted:?}");
    assert_eq!(inbox.accept(&genuine).await.unwrap(), AcceptOutcome::Duplicate { id: accepted.id() });
}

async fn equal_bytes_of_two_vendors_are_new_twice(engine: Engine) {
    let inbox = engine.open().await;
    let unverified = case_keeper("01234567-89ab-cdef-0123-456789abcdef");
    assert!(is_new(inbox.accept(&unverified).await.unwrap()));
    assert!(is_new(inbox.accept(&signed_capa(unverified.body().to_vec())).await.unwrap()));
    assert!(is_new(inbox.accept(&signed_caf(unverified.body().to_vec())).await.unwrap()), "and no id");
    assert!(matches!(inbox.accept(&unverified).await.unwrap(), AcceptOutcome::Duplicate { .. }));
}

async fn the_builder_overrides_the_window(engine: Engine) {
    let inbox = engine.open_with(idhooks_inbox::Inbox::builder().dedup_window(Duration::ZERO)).await;
    let first = inbox.accept(&capa("customer-1")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let second = inbox.accept(&capa("customer-1")).await.unwrap();
    assert!(flagged(second, first.id()), "{second:?}");
    inbox.accept(&caf("event-1", "profile-1")).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;
    let again = inbox.accept(&caf("event-1", "profile-1")).await.unwrap();
    assert!(matches!(again, AcceptOutcome::Duplicate { .. }), "a vendor id has no window: {again:?}");
    let other = engine.open().await;
    let third = other.accept(&capa("customer-1")).await.unwrap();
    assert!(flagged(third, second.id()), "the window of the one that is stored counts: {third:?}");
    let fourth = inbox.accept(&capa("customer-1")).await.unwrap();
    assert_eq!(fourth, AcceptOutcome::Duplicate { id: third.id() });
}
