//! A lane with very many deliveries: they are put behind, and none is left there.

use std::sync::atomic::AtomicI64;

use super::{
    super::{lease as leasing, tidy},
    *,
};
use crate::store::Leased;

fn unverified(number: usize) -> Arrival {
    let body = format!(
        r#"{{"type":"PROFILEUPDATEDEVENT","source":"tests","id":"unverified-{number}","data":{{"profileId":"lane-0"}}}}"#
    );
    Arrival::new(&testing::unverified::<caf::Event>(body), DAY)
}

fn routes(kinds: &[bool]) -> Arc<[Route]> {
    kinds.iter().map(|verified| Route { vendor: "caf".into(), verified: *verified }).collect()
}

async fn accept_all(store: &Arc<Postgres>, arrivals: impl Iterator<Item = Arrival>) {
    let tasks: Vec<_> = arrivals
        .map(|arrival| {
            let store = Arc::clone(store);
            tokio::spawn(async move { store.accept(arrival).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

async fn number(client: &tokio_postgres::Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap().get(0)
}

const BEHIND: &str = "SELECT count(*) FROM idhooks_deliveries WHERE behind";
const LANES: &str = "SELECT count(*) FROM idhooks_lanes";

async fn put_behind(store: &Postgres) {
    let (session, watch) = store.working.take().await.unwrap();
    tidy::put_behind(&session, &watch, &Vendors::of(&routes(&[false, true]))).await.unwrap();
}

async fn forget(store: &Postgres) {
    let (session, _) = store.working.take().await.unwrap();
    tidy::forget(&session).await.unwrap();
}

/// Rows of deliveries that one lease fetches.
async fn fetched(store: &Postgres, most: usize) -> (i64, Vec<Leased>) {
    let (session, _) = store.working.take().await.unwrap();
    session.client().batch_execute("BEGIN").await.unwrap();
    // As far as this session has not told it to the server's statistics, so what was before is in it too.
    let count = "SELECT coalesce(sum(idx_tup_fetch + seq_tup_read), 0)::bigint FROM pg_stat_xact_user_tables \
                 WHERE relid = 'idhooks_deliveries'::regclass";
    let before = number(session.client(), count).await;
    let (batch, _) = leasing::lease(&session, &request(most)).await.unwrap();
    let after = number(session.client(), count).await;
    session.client().batch_execute("COMMIT").await.unwrap();
    (after - before, batch.leased)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_looks_at_few_however_many_of_a_lane_wait() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    accept_all(&store, (0..3000).map(|place| arrival(&format!("one-{place}"), "lane-1"))).await;
    accept_all(&store, std::iter::once(arrival("other", "lane-2"))).await;
    let (_, first) = fetched(&store, 1).await;
    assert_eq!(first.len(), 1);
    let (looked_at, none) = fetched(&store, 16).await;
    assert!(looked_at < 1000 && none.is_empty(), "{looked_at} before they are put behind");
    assert!(looked_at > 0, "nothing is counted");
    put_behind(&store).await;
    let client = database.client().await;
    assert_eq!((number(&client, BEHIND).await, number(&client, LANES).await), (2999, 1));
    let (looked_at, leased) = fetched(&store, 16).await;
    assert_eq!(leased.iter().map(lane).collect::<Vec<_>>(), [2]);
    assert!(looked_at < 100, "{looked_at} while the lane is held");
    assert!(store.finish(first[0].id, first[0].token, Verdict::Done).await.unwrap());
    let (looked_at, leased) = fetched(&store, 16).await;
    assert_eq!(leased.iter().map(lane).collect::<Vec<_>>(), [1]);
    assert!(looked_at < 100, "{looked_at} when the lane is free");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn leasing_puts_behind_what_stands_in_the_way() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    accept_all(&store, (0..500).map(|place| arrival(&format!("one-{place}"), "lane-1"))).await;
    accept_all(&store, std::iter::once(arrival("other", "lane-2"))).await;
    let mut leased = Vec::new();
    let started = Instant::now();
    while leased.len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(20), "only {leased:?}");
        leased.extend(store.lease(request(8)).await.unwrap().leased);
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(leased.iter().map(lane).collect::<Vec<_>>(), [1, 2]);
}

/// Or a worker that runs until it is idle would leave before them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_due_and_not_looked_at_is_told_of() {
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    accept_all(&stores[0], (0..200).map(|place| arrival(&format!("one-{place}"), "lane-1"))).await;
    stores[0].accept(arrival("other", "lane-2")).await.unwrap();
    assert_eq!(stores[0].lease(request(1)).await.unwrap().leased.len(), 1);
    let started = Instant::now();
    let leased = loop {
        let batch = stores[1].lease(request(8)).await.unwrap();
        if let Some(leased) = batch.leased.first() {
            break lane(leased);
        }
        assert_eq!(batch.next, Some(Duration::ZERO), "it is as if nothing were due");
        assert!(started.elapsed() < Duration::from_secs(20), "it is not found");
    };
    assert_eq!(leased, 2);
    // And once all that is due is of lanes that are held, nothing is left to look at.
    let idle = stores[1].lease(request(8)).await.unwrap();
    assert!(idle.leased.is_empty() && idle.next.is_none(), "{idle:?}");
}

/// Neither what is being put behind in this moment, nor what else has a lock for a moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_due_and_in_another_sessions_hands_is_told_of() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    for place in 0..3 {
        store.accept(arrival(&format!("{place}"), "lane-1")).await.unwrap();
    }
    let first = store.lease(request(1)).await.unwrap().leased.remove(0);
    let (session, watch) = store.working.take().await.unwrap();
    session.client().batch_execute("BEGIN").await.unwrap();
    tidy::put_behind(&session, &watch, &Vendors::of(&routes(&[true]))).await.unwrap();
    assert!(store.finish(first.id, first.token, Verdict::Done).await.unwrap());
    let batch = store.lease(request(8)).await.unwrap();
    assert!(batch.leased.is_empty() && batch.next == Some(Duration::ZERO), "{batch:?}");
    session.client().batch_execute("COMMIT").await.unwrap();
    let last = store.lease(request(8)).await.unwrap().leased.remove(0);
    let idle = store.lease(request(8)).await.unwrap();
    assert!(idle.leased.is_empty() && idle.next.is_none(), "{last:?} has the lane: {idle:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_put_behind_goes_on_in_its_order_and_the_lane_is_forgotten() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let mut order = Vec::new();
    for place in 0..6 {
        order.push(store.accept(arrival(&format!("{place}"), "lane-1")).await.unwrap().id());
    }
    let first = store.lease(request(1)).await.unwrap().leased.remove(0);
    put_behind(&store).await;
    // The first comes again after the third, the fourth at once by hand, and is then behind those that were there.
    let later = Verdict::Retry { after: Duration::ZERO, reason: "later".into() };
    assert!(store.finish(first.id, first.token, later).await.unwrap());
    store.replay(order[3]).await.unwrap();
    let client = database.client().await;
    assert_eq!((number(&client, BEHIND).await, number(&client, LANES).await), (4, 1));
    let mut got = Vec::new();
    for _ in 0..6 {
        let batch = store.lease(request(8)).await.unwrap();
        let [leased] = &batch.leased[..] else { panic!("{batch:?}") };
        got.push(leased.id);
        assert!(store.finish(leased.id, leased.token, Verdict::Done).await.unwrap());
    }
    order.rotate_left(1);
    let replayed = order.remove(2);
    order.push(replayed);
    assert_eq!(got, order);
    let started = Instant::now();
    while number(&client, LANES).await > 0 {
        assert!(started.elapsed() < Duration::from_secs(20), "the lane is not forgotten");
        assert!(store.lease(request(8)).await.unwrap().leased.is_empty());
        sleep(Duration::from_millis(10)).await;
    }
}

/// Nor one whose last was taken while another was being put there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_is_not_forgotten_while_one_is_put_behind() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    for place in 0..3 {
        store.accept(arrival(&format!("{place}"), "lane-1")).await.unwrap();
    }
    let first = store.lease(request(1)).await.unwrap().leased.remove(0);
    let lane = "INSERT INTO idhooks_lanes (lane, vendor, verified) SELECT lane, vendor, verified FROM idhooks_deliveries LIMIT 1";
    let client = database.client().await;
    client.execute(lane, &[]).await.unwrap();
    let (session, watch) = store.working.take().await.unwrap();
    session.client().batch_execute("BEGIN").await.unwrap();
    tidy::put_behind(&session, &watch, &Vendors::of(&routes(&[true]))).await.unwrap();
    // Sees none behind, and must not wait.
    forget(&store).await;
    session.client().batch_execute("COMMIT").await.unwrap();
    assert_eq!((number(&client, BEHIND).await, number(&client, LANES).await), (2, 1));
    assert!(store.finish(first.id, first.token, Verdict::Done).await.unwrap());
    assert_eq!(store.lease(request(8)).await.unwrap().leased.len(), 1);
}

/// Workers of one kind and of both, leases that run out, retries and replays, and all the tidying there can be.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_sessions_on_one_lane_leave_nothing_behind() {
    const MANY: usize = 300;
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    accept_all(&stores[0], (0..MANY).map(|place| arrival(&format!("{place}"), "lane-0"))).await;
    accept_all(&stores[1], (0..MANY).map(unverified)).await;
    let (held, done) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicUsize::new(0)));
    let over = |done: &AtomicUsize| done.load(Ordering::SeqCst) == 2 * MANY;
    let mut tasks = Vec::new();
    for store in &stores {
        let (store, done) = (Arc::clone(store), Arc::clone(&done));
        tasks.push(tokio::spawn(async move {
            while !over(&done) {
                put_behind(&store).await;
                forget(&store).await;
            }
        }));
    }
    for (place, kinds) in [&[true][..], &[false], &[false, true], &[true], &[false], &[false, true]].iter().enumerate()
    {
        let (store, held, done) = (Arc::clone(&stores[place % 2]), Arc::clone(&held), Arc::clone(&done));
        let request = LeaseRequest { routes: routes(kinds), attempts: 1_000_000, ..request(4) };
        tasks.push(tokio::spawn(async move {
            let started = Instant::now();
            while !over(&done) {
                assert!(started.elapsed() < Duration::from_secs(90), "{done:?} are done");
                // Some die with what they hold.
                let dies = fastrand::u8(..) < 8;
                let time = if dies { Duration::from_millis(1) } else { request.time };
                let batch = store.lease(LeaseRequest { time, ..request.clone() }).await.unwrap();
                // A lease of a moment may be over before the same call looks again.
                assert!(dies || batch.leased.len() < 2, "two of a lane: {batch:?}");
                let Some(leased) = batch.leased.first().filter(|_| !dies) else { continue };
                let token = leased.token.get();
                assert_eq!(held.swap(token, Ordering::SeqCst), 0, "the lane is held twice");
                tokio::task::yield_now().await;
                held.store(0, Ordering::SeqCst);
                let verdict = match fastrand::u8(0..8) {
                    0 => Verdict::Retry { after: Duration::ZERO, reason: "once more".into() },
                    1 => Verdict::Released,
                    2 => Verdict::Unreadable { reader: 0, reason: "read again at once".into() },
                    _ => Verdict::Done,
                };
                let ended = verdict == Verdict::Done;
                assert!(store.finish(leased.id, leased.token, verdict).await.unwrap());
                done.fetch_add(usize::from(ended), Ordering::SeqCst);
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let stats = stores[0].stats().await.unwrap();
    assert_eq!((stats.done, stats.pending, stats.running), (2 * MANY as u64, 0, 0));
    let client = database.client().await;
    assert_eq!(number(&client, BEHIND).await, 0);
}

/// Whoever waits for the lane has its number already, if it is not kept from taking one, and gives it out after higher
/// ones: what was told of those would turn it away.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_37_a_lane_never_gets_a_lower_token_after_a_higher_one() {
    let Some(database) = database().await else { return };
    let stores = [store(&database).await, store(&database).await];
    for place in 0..2 {
        stores[0].accept(arrival(&format!("{place}"), "lane-1")).await.unwrap();
    }
    let client = database.client().await;
    let in_the_way = "BEGIN; INSERT INTO idhooks_leases (delivery, worker, expires_at) \
                      SELECT min(id), '', statement_timestamp() FROM idhooks_deliveries";
    client.batch_execute(in_the_way).await.unwrap();
    let slow = tokio::spawn({
        let store = Arc::clone(&stores[0]);
        async move { store.lease(request(1)).await.unwrap() }
    });
    // Whoever waits until that transaction ends.
    let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid";
    let started = Instant::now();
    while number(&client, waiting).await == 0 {
        assert!(started.elapsed() < Duration::from_secs(3), "it does not come to wait");
        sleep(Duration::from_millis(10)).await;
    }
    let quick = timeout(Duration::from_secs(1), stores[1].lease(request(1))).await;
    let quick = quick.map(|batch| batch.unwrap().leased).unwrap_or_default();
    for leased in &quick {
        assert!(stores[1].finish(leased.id, leased.token, Verdict::Done).await.unwrap());
    }
    client.batch_execute("ROLLBACK").await.unwrap();
    let later = slow.await.unwrap().leased.remove(0);
    assert!(quick.iter().all(|leased| leased.token < later.token), "{later:?} after {quick:?}");
}
