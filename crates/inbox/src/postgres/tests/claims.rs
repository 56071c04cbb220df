//! The rows that a claim reads, and their order.

use super::*;

/// Inserts ready deliveries of another kind.
async fn flood(database: &Database, number: u32) -> tokio_postgres::Client {
    let client = database.client().await;
    let insert = format!(
        "INSERT INTO idhooks_deliveries (dedup, body_digest, vendor, verified, subject_key, auth, received_at,
            possible_replay, state, due_at)
        SELECT sha256(n::text::bytea), sha256(''), 'case-keeper', false, n, 'none', now(), false, 0, clock_timestamp()
        FROM generate_series(1, {number}) AS n"
    );
    client.batch_execute(&insert).await.unwrap();
    client
}

/// Faults L1 to L3: how much a claim reads does not depend on what it must skip.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_reads_few_rows_beside_a_flood_of_another_kind() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let client = flood(&database, 300_000).await;
    for place in 0..100 {
        store.accept(record(&format!("{place}"), &format!("{place}"))).await.unwrap();
    }
    for analyzed in [false, true] {
        if analyzed {
            client.batch_execute("ANALYZE idhooks_deliveries").await.unwrap();
        }
        for mode in ["force_custom_plan", "force_generic_plan"] {
            client.batch_execute(&format!("DEALLOCATE ALL; SET plan_cache_mode = {mode}")).await.unwrap();
            client.batch_execute(&format!("PREPARE claim AS {}", include_str!("../sql/claim.sql"))).await.unwrap();
            let explain = "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) \
                           EXECUTE claim ('{caf}', '{t}', '{1}', '{0}', '{1970-01-01}', 16, 60, 'tests')";
            let rows = client.query(explain, &[]).await.unwrap();
            let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            let buffers = plan.iter().find(|line| line.contains("Buffers: shared")).unwrap();
            let number = |name: &str| {
                let number = buffers.split(name).nth(1).map(|rest| rest.split(' ').next().unwrap().parse::<u32>());
                number.transpose().unwrap().unwrap_or_default()
            };
            let read = number("hit=") + number("read=");
            assert!(read < 2000, "{mode}, analyzed {analyzed}: {read} pages: {plan:#?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kinds_take_fair_turns() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    flood(&database, 1000).await;
    for place in 0..50 {
        store.accept(record(&format!("{place}"), &format!("{place}"))).await.unwrap();
    }
    let mut request = ClaimRequest { kinds: vec![kind("case-keeper", false, 6), kind("caf", true, 0)], ..request(10) };
    let count = |claimed: Claimed| claimed.deliveries.iter().filter(|record| record.kind.verified).count();
    assert_eq!(count(store.claim(request.clone()).await.unwrap()), 8, "six of the others are running");
    request.kinds[0].running = 0;
    assert_eq!(count(store.claim(request.clone()).await.unwrap()), 5);
    request.kinds.truncate(1);
    assert_eq!(store.claim(request).await.unwrap().deliveries.len(), 10, "alone, it takes all");
}

/// Fault L5: an old snapshot keeps the server from removing what is dead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_old_snapshot_does_not_make_claims_read_more_and_more() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let client = flood(&database, 20_000).await;
    let snapshot = database.client().await;
    snapshot.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM idhooks_schema").await.unwrap();
    let fetched = "SELECT pg_stat_clear_snapshot(), idx_tup_read FROM pg_stat_user_indexes \
                   WHERE schemaname = $1 AND indexrelname = 'idhooks_ready'";
    let read = async || {
        // Sessions report what they read after up to a second.
        sleep(Duration::from_millis(1500)).await;
        let row = client.query_one(fetched, &[&database.schema()]).await.unwrap();
        row.get::<_, i64>("idx_tup_read")
    };
    let request = ClaimRequest { kinds: vec![kind("case-keeper", false, 0)], ..request(100) };
    let mut before = read().await;
    let mut steps = Vec::new();
    for _ in 0..4 {
        for _ in 0..50 {
            let claimed = store.claim(request.clone()).await.unwrap().deliveries;
            assert_eq!(claimed.len(), 100);
            let done: Vec<_> = claimed.iter().map(|record| completion(record, Outcome::Done)).collect();
            store.complete(&done).await.unwrap();
        }
        let now = read().await;
        steps.push(now - before);
        before = now;
    }
    // One claim in a second reads all that is dead, up to 20 000 entries; 50 claims would read a million.
    assert!(steps.iter().all(|step| *step < 300_000), "{steps:?}");
}

/// Fault L6: what may have killed its workers is claimed alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspect_is_claimed_alone_and_only_by_an_idle_worker() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let suspect = store.accept(record("suspect", "suspect")).await.unwrap().id();
    for _ in 0..2 {
        let brief = ClaimRequest { lease: Duration::from_millis(1), ..request(1) };
        assert_eq!(store.claim(brief).await.unwrap().deliveries[0].id, suspect);
        sleep(Duration::from_millis(20)).await;
    }
    for place in 0..3 {
        store.accept(record(&format!("{place}"), &format!("{place}"))).await.unwrap();
    }
    let busy = store.claim(ClaimRequest { idle: false, ..request(10) }).await.unwrap();
    assert!(busy.deliveries.is_empty() && busy.suspect_waiting);
    let idle = store.claim(request(10)).await.unwrap();
    assert_eq!(idle.deliveries.iter().map(|record| record.id).collect::<Vec<_>>(), [suspect]);
    assert_eq!(idle.deliveries[0].lost_leases, 2);
    let others = store.claim(ClaimRequest { idle: false, ..request(10) }).await.unwrap();
    assert_eq!((others.deliveries.len(), others.suspect_waiting), (3, false), "while it runs elsewhere");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_waits_longer_after_each_expired_lease() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let id = store.accept(record("1", "a")).await.unwrap().id();
    let client = database.client().await;
    let backoff = crate::Backoff::new(Duration::from_secs(100), Duration::from_secs(250)).unwrap();
    let brief = ClaimRequest { lease: Duration::from_millis(1), backoff, ..request(1) };
    for (number, seconds) in [100, 200, 250, 250].into_iter().enumerate() {
        assert_eq!(store.claim(brief.clone()).await.unwrap().deliveries.len(), 1);
        sleep(Duration::from_millis(20)).await;
        let swept = store.claim(brief.clone()).await.unwrap();
        assert_eq!((swept.deliveries.len(), swept.expired.len()), (0, 1));
        let summary = store.get(id).await.unwrap().unwrap().summary;
        assert_eq!((summary.state, summary.lost_leases as usize), (State::Scheduled, number + 1));
        let wait = summary.due_at.duration_since(SystemTime::now()).unwrap().as_secs_f64();
        assert!((wait - f64::from(seconds)).abs() < 5.0, "{number}: {wait}");
        client.batch_execute("UPDATE idhooks_deliveries SET due_at = now()").await.unwrap();
        sleep(Duration::from_millis(250)).await;
    }
}
