//! What a clock that is set does to leases and to retries.

use super::*;

#[tokio::test]
async fn row_39_a_lease_is_good_for_its_time_whatever_the_clock_says() {
    let store = Stored::new();
    let id = accept(&store.sqlite, "a").await;
    let held = lease(&store.sqlite).await.pop().unwrap();
    for jump in [YEAR, -2 * YEAR, YEAR] {
        store.hands.jump(jump);
        assert!(lease(&store.sqlite).await.is_empty(), "{jump}");
        assert!(store.sqlite.renew(&[held.token], Duration::from_secs(30)).await.unwrap().is_empty());
    }
    store.hands.pass(30 * SECOND - 1);
    assert!(lease(&store.sqlite).await.is_empty());
    store.hands.pass(1);
    store.hands.jump(-YEAR);
    let taken = lease(&store.sqlite).await.pop().unwrap();
    assert_eq!((taken.id, taken.attempt), (id, 2));
    assert!(!store.sqlite.finish(id, held.token, Verdict::Done).await.unwrap());
    assert!(store.sqlite.finish(id, taken.token, Verdict::Done).await.unwrap());
}

#[tokio::test]
async fn row_39_a_lease_that_nobody_renews_runs_out_in_its_time() {
    for jump in [YEAR, -YEAR] {
        let store = Stored::new();
        accept(&store.sqlite, "a").await;
        assert_eq!(lease(&store.sqlite).await.len(), 1);
        store.hands.jump(jump);
        store.hands.pass(30 * SECOND - 1);
        assert!(lease(&store.sqlite).await.is_empty(), "{jump}");
        store.hands.pass(1);
        assert_eq!(lease(&store.sqlite).await.len(), 1, "{jump}");
    }
}

#[tokio::test]
async fn row_39_a_retry_waits_no_longer_when_the_clock_goes_back() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let held = lease(&store.sqlite).await.pop().unwrap();
    retry(&store.sqlite, &held, Duration::from_secs(60)).await;
    accept(&store.sqlite, "b").await;
    store.hands.jump(-YEAR);
    let due = lease(&store.sqlite).await;
    assert_eq!(due.len(), 1, "the one that was due is still due");
    assert!(store.sqlite.finish(due[0].id, due[0].token, Verdict::Done).await.unwrap());
    store.hands.pass(60 * SECOND - 1);
    assert!(lease(&store.sqlite).await.is_empty());
    let next = store.sqlite.lease(request()).await.unwrap().next;
    assert_eq!(next, Some(Duration::from_micros(1)));
    store.hands.pass(1);
    assert_eq!(lease(&store.sqlite).await.len(), 1);
}

#[tokio::test]
async fn row_39_a_retry_comes_early_when_the_clock_goes_ahead_and_late_ones_are_mended() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let held = lease(&store.sqlite).await.pop().unwrap();
    retry(&store.sqlite, &held, Duration::from_secs(3600)).await;
    store.hands.jump(YEAR);
    let again = lease(&store.sqlite).await.pop().unwrap();
    // A year from a time that is a year too late.
    retry(&store.sqlite, &again, Duration::from_secs(60)).await;
    store.hands.jump(-YEAR);
    assert!(lease(&store.sqlite).await.is_empty());
    store.hands.pass(60 * SECOND);
    assert_eq!(lease(&store.sqlite).await.len(), 1);
}

#[tokio::test]
async fn row_39_the_clock_went_back_while_nobody_looked() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let mut late = arrival("b");
    late.received_at = clock::time(store.hands.wall());
    store.sqlite.accept(late).await.unwrap();
    store.sqlite.close().await;

    store.hands.jump(-YEAR);
    let sqlite = store.open(store.hands.clone());
    assert_eq!(lease(&sqlite).await.len(), 2);
}

#[tokio::test]
async fn row_39_a_step_of_the_clock_is_followed_once_by_leases_of_one_transaction() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let held = lease(&store.sqlite).await.pop().unwrap();
    retry(&store.sqlite, &held, Duration::from_secs(60)).await;
    let mut write = store.write().await;
    store.hands.jump(-YEAR);
    write.begin().unwrap();
    for _ in 0..3 {
        assert!(write.lease(&request()).unwrap().leased.is_empty());
    }
    write.commit().unwrap();
    write.begin().unwrap();
    assert!(write.lease(&request()).unwrap().leased.is_empty());
    store.hands.pass(60 * SECOND);
    assert_eq!(write.lease(&request()).unwrap().leased.len(), 1);
}

#[tokio::test]
async fn row_39_what_was_found_out_about_the_clock_is_not_lost_with_a_transaction_that_fails() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let mut write = store.write().await;
    store.hands.jump(-YEAR);
    for commit in [false, true] {
        write.begin().unwrap();
        let leased = write.lease(&request()).unwrap().leased;
        assert_eq!(leased.len(), 1, "{commit}");
        if commit { write.commit().unwrap() } else { write.roll_back() }
    }
}

#[tokio::test]
async fn row_39_a_start_of_the_machine_frees_its_leases() {
    let store = Stored::new();
    let id = accept(&store.sqlite, "a").await;
    let held = lease(&store.sqlite).await.pop().unwrap();
    store.sqlite.close().await;

    // Uptime begins anew, so the old lease would be good for a quarter of an hour.
    let sqlite = store.open(store.hands.reboot(60 * SECOND));
    assert_eq!(sqlite.renew(&[held.token], Duration::from_secs(30)).await.unwrap(), [held.token], "it is over");
    let batch = sqlite.lease(request()).await.unwrap();
    assert_eq!((batch.expired.len(), batch.leased[0].id, batch.leased[0].attempt), (1, id, 2));
    assert!(!sqlite.finish(id, held.token, Verdict::Done).await.unwrap());
}

#[tokio::test]
async fn row_39_times_of_any_size_are_survived() {
    let store = Stored::new();
    for (place, wall) in [i64::MIN, i64::MAX, 0, -YEAR].into_iter().enumerate() {
        store.hands.wall.store(wall, Ordering::SeqCst);
        accept(&store.sqlite, &format!("{place}")).await;
        let leased = lease(&store.sqlite).await;
        assert!(!leased.is_empty(), "{wall}");
        for leased in &leased {
            retry(&store.sqlite, leased, Duration::MAX).await;
        }
        store.sqlite.stats().await.unwrap();
        assert_eq!(store.sqlite.list(&Filter::new()).await.unwrap().entries.len(), place + 1);
        store.sqlite.purge(Duration::MAX, false).await.unwrap();
    }
}

/// A retry in a minute, and what the clock says then is put back by a year.
async fn retry_then_step_back(store: &Stored, sqlite: &Sqlite) {
    let held = lease(sqlite).await.pop().unwrap();
    retry(sqlite, &held, Duration::from_secs(60)).await;
    store.hands.jump(-YEAR);
}

#[tokio::test]
async fn row_39_a_step_of_the_clock_is_followed_once_by_several_programs() {
    let store = Stored::new();
    let other = store.open(store.hands.clone());
    accept(&store.sqlite, "a").await;
    retry_then_step_back(&store, &store.sqlite).await;
    let late = store.open(store.hands.clone());
    for sqlite in [&store.sqlite, &other, &late] {
        assert!(lease(sqlite).await.is_empty());
    }
    store.hands.pass(60 * SECOND);
    assert_eq!(lease(&other).await.len(), 1);
}

#[tokio::test]
async fn row_39_a_step_of_the_clock_is_followed_by_programs_that_did_not_see_both_sides_of_it() {
    let store = Stored::new();
    let ahead = store.open(store.hands.clone());
    accept(&store.sqlite, "a").await;
    store.hands.jump(YEAR);
    retry_then_step_back(&store, &ahead).await;
    ahead.close().await;
    assert!(lease(&store.sqlite).await.is_empty());
    store.hands.pass(60 * SECOND);
    assert_eq!(lease(&store.sqlite).await.len(), 1);
}

#[tokio::test]
async fn row_39_a_retry_after_a_step_of_the_clock_waits_its_time() {
    let store = Stored::new();
    accept(&store.sqlite, "a").await;
    let held = lease(&store.sqlite).await.pop().unwrap();
    store.hands.jump(-YEAR);
    retry(&store.sqlite, &held, Duration::from_secs(60)).await;
    assert!(lease(&store.sqlite).await.is_empty());
    store.hands.pass(60 * SECOND);
    assert_eq!(lease(&store.sqlite).await.len(), 1);
}
