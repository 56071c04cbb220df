use super::*;

#[test]
fn every_transaction_behind_a_pooler_sets_everything() {
    let config = PostgresConfig::new("postgres://h/d?pooler=transaction&schema=a%22b&durability=replicated").unwrap();
    let begin = Target::new(config).unwrap().begin(Purpose::Write);
    for part in ["SET LOCAL statement_timeout", "SET LOCAL search_path = \"a\"\"b\"", "synchronous_commit = on", "fsync"] {
        assert!(begin.contains(part), "{part}: {begin}");
    }
    assert!(begin.contains("pg_stat_replication") && begin.starts_with("BEGIN"));
    assert!(!begin.contains("SET statement_timeout") && !begin.contains(", false)"));
}

#[tokio::test]
async fn futures_are_polled_in_order_until_all_are_complete() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let futures = (0..5).map(|number| -> Pin<Box<dyn Future<Output = usize> + Send>> {
        let order = Arc::clone(&order);
        Box::pin(async move {
            order.lock().unwrap().push(number);
            tokio::time::sleep(Duration::from_millis(5 * (5 - number as u64))).await;
            number
        })
    });
    assert_eq!(all(futures.collect()).await, [0, 1, 2, 3, 4]);
    assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3, 4]);
}
