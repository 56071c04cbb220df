//! Leases and retries when the clock is set.

use super::*;

const LEASE: i64 = 30 * SECOND;

fn hour() -> i64 {
    i64::try_from(MAX_LEASE.as_micros()).unwrap()
}

#[tokio::test]
async fn row_39_a_lease_expires_after_its_time() {
    let store = Stored::new();
    let id = accept(&store.sqlite, "a").await;
    let held = claim(&store.sqlite).await.pop().unwrap();
    store.hands.add(LEASE - 1);
    assert!(claim(&store.sqlite).await.is_empty());
    store.hands.add(1);
    let taken = claim(&store.sqlite).await.pop().unwrap();
    assert_eq!((taken.id, taken.lost_leases), (id, 1));
    assert!(!complete(&store.sqlite, &held, Outcome::Done).await);
    assert!(complete(&store.sqlite, &taken, Outcome::Done).await);
}

/// Another worker may then start while the first one is at work; only the second one can complete.
#[tokio::test]
async fn row_39_a_clock_set_forward_ends_leases_early_and_the_token_decides() {
    let store = Stored::new();
    let id = accept(&store.sqlite, "a").await;
    let held = claim(&store.sqlite).await.pop().unwrap();
    store.hands.add(YEAR);
    let taken = claim(&store.sqlite).await.pop().unwrap();
    let lease = held.lease().unwrap();
    assert_eq!(store.sqlite.renew(&[lease], Duration::from_secs(30)).await.unwrap(), [lease]);
    assert!(!complete(&store.sqlite, &held, Outcome::Done).await);
    assert!(taken.token > held.token && complete(&store.sqlite, &taken, Outcome::Done).await);
    assert_eq!(state(&store.sqlite, id).await, State::Done);
}

#[tokio::test]
async fn row_39_a_clock_set_back_by_more_than_a_lease_can_last_ends_leases() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let held = claim(&store.sqlite).await.pop().unwrap();
    store.hands.add(-YEAR);
    let taken = claim(&store.sqlite).await.pop().unwrap();
    assert_eq!((taken.id, taken.lost_leases), (held.id, 1), "otherwise it would be held for a year");
    assert!(!complete(&store.sqlite, &held, Outcome::Done).await);
}

#[tokio::test]
async fn row_39_a_clock_set_back_by_less_keeps_a_lease_at_most_an_hour_longer() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let held = claim(&store.sqlite).await.pop().unwrap();
    store.hands.add(-hour() / 2);
    assert!(claim(&store.sqlite).await.is_empty());
    assert!(store.sqlite.renew(&[held.lease().unwrap()], Duration::from_secs(30)).await.unwrap().is_empty());
    store.hands.add(LEASE);
    assert_eq!(claim(&store.sqlite).await.len(), 1, "a renewal uses the new time");

    // Nobody renews this one.
    store.hands.add(-hour() / 2);
    assert!(claim(&store.sqlite).await.is_empty());
    store.hands.add(hour() / 2 + LEASE);
    assert_eq!(claim(&store.sqlite).await.len(), 1);
}

#[tokio::test]
async fn row_39_a_ready_delivery_stays_ready_whatever_the_clock_says() {
    let store = Stored::new();
    for (place, jump) in [YEAR, -2 * YEAR, -hour() / 2].into_iter().enumerate() {
        let id = accept(&store.sqlite, &format!("{place}")).await;
        store.hands.add(jump);
        let record = claim(&store.open()).await.pop().unwrap();
        assert_eq!((record.id, record.attempt()), (id, 1), "{jump}");
        assert!(complete(&store.sqlite, &record, Outcome::Done).await);
    }
}

#[tokio::test]
async fn row_39_a_retry_is_due_after_its_time_and_early_if_the_clock_is_set_forward() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let held = claim(&store.sqlite).await.pop().unwrap();
    retry(&store.sqlite, &held, Duration::from_secs(60)).await;
    store.hands.add(60 * SECOND - 1);
    let claimed = store.sqlite.claim(request()).await.unwrap();
    assert_eq!((claimed.deliveries.len(), claimed.next), (0, Some(Duration::from_micros(1))));
    store.hands.add(1);
    let again = claim(&store.sqlite).await.pop().unwrap();
    retry(&store.sqlite, &again, Duration::from_secs(3600)).await;
    store.hands.add(YEAR);
    assert_eq!(claim(&store.sqlite).await.len(), 1);
}

#[tokio::test]
async fn row_39_a_retry_that_the_clock_has_put_out_of_reach_is_due_at_once() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let held = claim(&store.sqlite).await.pop().unwrap();
    retry(&store.sqlite, &held, Duration::from_secs(60)).await;
    store.hands.add(-YEAR);
    assert_eq!(claim(&store.sqlite).await.len(), 1, "otherwise it would wait for a year");

    let held = accept(&store.sqlite, "b").await;
    let record = claim(&store.sqlite).await.pop().unwrap();
    assert_eq!(record.id, held);
    retry(&store.sqlite, &record, Duration::MAX).await;
    assert!(claim(&store.sqlite).await.is_empty(), "the longest delay is no jump of the clock");
    store.hands.add(i64::try_from(MAX_RETRY_DELAY.as_micros()).unwrap());
    assert!(claim(&store.sqlite).await.iter().any(|record| record.id == held));
}

#[tokio::test]
async fn row_39_times_of_any_size_do_no_harm() {
    let store = Stored::new();
    for (place, now) in [0, -YEAR, 100 * YEAR, i64::MAX / 2, i64::MIN / 2].into_iter().enumerate() {
        store.hands.set(now);
        accept(&store.sqlite, &format!("{place}")).await;
        let claimed = claim(&store.sqlite).await;
        assert!(!claimed.is_empty(), "{now}");
        for record in &claimed {
            retry(&store.sqlite, record, Duration::MAX).await;
        }
        store.sqlite.stats().await.unwrap();
        assert_eq!(store.sqlite.list(&Filter::new()).await.unwrap().deliveries.len(), place + 1);
        let everything = Retention::default().done(Duration::MAX).dead_letters(Duration::ZERO);
        store.sqlite.purge(&everything).await.unwrap();
    }
}
