//! What is done in steps, or allowed to take long, where there is much.

use super::{
    super::finish::{PURGE, PURGE_LATE, PURGED_TOGETHER, purge_step},
    *,
};

/// Deliveries that were handled an hour ago, each with a body in conflict that came later.
async fn handled(client: &tokio_postgres::Client, number: i64) {
    let deliveries = "INSERT INTO idhooks_deliveries (digest, vendor, verified, proof, received_at, possible_replay, \
                      state, due_at, finished_at) \
                      SELECT '', 'caf', true, 'hmac-sha256', now(), false, 2, now(), now() - interval '1 hour' \
                      FROM generate_series(1, $1::bigint)";
    client.execute(deliveries, &[&number]).await.unwrap();
    let bodies = "INSERT INTO idhooks_bodies SELECT id, 'body' FROM idhooks_deliveries";
    client.execute(bodies, &[]).await.unwrap();
    let conflicts = "INSERT INTO idhooks_conflicts (delivery, digest, received_at, body) \
                     SELECT id, '', now() - interval '30 minutes', 'other' FROM idhooks_deliveries";
    client.execute(conflicts, &[]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purge_goes_in_steps_whether_or_not_there_is_something_to_purge() {
    const MINUTE: Duration = Duration::from_secs(60);
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    let client = database.client().await;
    let number = PURGED_TOGETHER * 3;
    handled(&client, number).await;
    let (session, _) = store.working.take().await.unwrap();
    let together = PURGED_TOGETHER.unsigned_abs();
    // (statement, age, bodies that are there, how many of the first step go)
    let cases = [
        (PURGE, 90 * MINUTE, true, 0),
        (PURGE_LATE, MINUTE, true, 0),
        (PURGE_LATE, 45 * MINUTE, false, 0),
        (PURGE_LATE, MINUTE, false, together),
        (PURGE, MINUTE, true, together),
    ];
    for (sql, age, has_bodies, wanted) in cases {
        session.client().batch_execute("BEGIN").await.unwrap();
        if !has_bodies {
            session.client().batch_execute("DELETE FROM idhooks_bodies").await.unwrap();
        }
        let mut after = i64::MIN;
        for _ in 0..3 {
            let (purged, last) = purge_step(&session, sql, after, age, State::Done).await.unwrap();
            let last = last.expect("there are more");
            let between = "SELECT count(*) FROM idhooks_deliveries WHERE id > $1 AND id <= $2";
            let looked_at: i64 = session.client().query_one(between, &[&after, &last]).await.unwrap().get(0);
            assert_eq!((purged, looked_at), (wanted, PURGED_TOGETHER), "{sql}");
            after = last;
        }
        let (purged, last) = purge_step(&session, sql, after, age, State::Done).await.unwrap();
        assert_eq!((purged, last), (0, None), "{sql}");
        session.client().batch_execute("ROLLBACK").await.unwrap();
    }
    drop(session);
    assert_eq!(store.purge(90 * MINUTE, false).await.unwrap().deliveries, 0);
    assert_eq!(store.purge(MINUTE, true).await.unwrap().deliveries, 0, "none of them is dead");
    assert_eq!(store.purge(MINUTE, false).await.unwrap().deliveries, number.unsigned_abs());
    assert_eq!(store.purge(MINUTE, false).await.unwrap().deliveries, 0);
}

/// The server ends what takes more than five seconds, but for what has to read much.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_reads_much_may_take_longer() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    store.accept(arrival("1", "profile")).await.unwrap();
    // A table that takes six seconds to read.
    let slow = "DROP TABLE idhooks_lanes; CREATE VIEW idhooks_lanes AS \
                SELECT 0::bigint AS lane, 'none' AS vendor, true AS verified, 0::bigint AS times FROM pg_sleep(6)";
    database.client().await.batch_execute(slow).await.unwrap();
    let started = Instant::now();
    let (stats, unfinished) = tokio::join!(store.stats(), store.unfinished());
    assert_eq!(stats.unwrap().pending, 1);
    assert_eq!(unfinished.unwrap().len(), 1);
    assert!(started.elapsed() > Duration::from_secs(6));
    // The same session is short of patience again.
    let short = "SHOW statement_timeout";
    let (session, _) = store.working.take().await.unwrap();
    assert_eq!(session.client().query_one(short, &[]).await.unwrap().get::<_, String>(0), "5s");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_behind_is_unfinished_and_is_counted() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    store.accept(arrival("1", "profile")).await.unwrap();
    let client = database.client().await;
    let lanes = "INSERT INTO idhooks_lanes (lane, vendor, verified) \
                 SELECT lane, v, true FROM idhooks_deliveries, unnest(ARRAY['caf', 'capa']) AS v; \
                 UPDATE idhooks_deliveries SET behind = true, due_at = now() - interval '1 hour'";
    client.batch_execute(lanes).await.unwrap();
    let unfinished = store.unfinished().await.unwrap();
    assert_eq!(unfinished.iter().map(|route| &*route.vendor).collect::<Vec<_>>(), ["caf"]);
    let stats = store.stats().await.unwrap();
    assert_eq!(stats.pending, 1);
    let lag = stats.lag.unwrap();
    assert!((Duration::from_secs(3590)..Duration::from_secs(3700)).contains(&lag), "{lag:?}");
}
