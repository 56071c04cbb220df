//! Connections: what they promise, and how they are made, lost and refused.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_34_connections_that_are_cut_are_made_anew() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    listening(&[&store]).await;
    store.accept(arrival("before", "profile")).await.unwrap();
    let client = database.client().await;
    let channel: String =
        client.query_one("SELECT 'idhooks_' || 'idhooks_deliveries'::regclass::oid", &[]).await.unwrap().get(0);
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity, \
               (SELECT setting FROM pg_settings WHERE name = 'search_path') AS s \
               WHERE application_name = $1";
    let named = database.url().replace("options=", &format!("application_name={channel}&options="));
    let named = Arc::new(Postgres::open(&named).await.unwrap());
    listening(&[&named]).await;
    named.accept(arrival("named", "profile")).await.unwrap();
    let number: i64 = client.query_one(cut, &[&channel]).await.unwrap().get(0);
    assert!(number >= 3, "one that listens and one of each pool were cut: {number}");
    let started = Instant::now();
    let mut failures = 0;
    while let Err(error) = named.accept(arrival("after", "profile")).await {
        assert!(error.is_unavailable(), "{error}");
        failures += 1;
        assert!(failures < 20 && started.elapsed() < Duration::from_secs(5), "{error}");
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(named.stats().await.unwrap().pending, 3);
    listening(&[&named]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_promises_less_is_refused() {
    let Some(database) = database().await else { return };
    for value in ["off", "local", "remote_write"] {
        let url = database.url_with(&format!("synchronous_commit={value}"));
        let error = Postgres::open(&url).await.map(drop).unwrap_err();
        assert!(error.is_weak() && error.to_string().contains("synchronous_commit"), "{error}");
    }
    let url = database.url_with("default_transaction_read_only=on");
    let error = Postgres::open(&url).await.map(drop).unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("read-only"), "{error}");
    let there = database.client().await.query_one("SELECT to_regclass('idhooks_schema') IS NULL", &[]).await.unwrap();
    assert!(there.get::<_, bool>(0), "nothing was made");
}

/// The settings of a role or a database may change while the program runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_came_to_promise_less_is_refused_too() {
    let Some(database) = database().await else { return };
    let store = Postgres::open(database.url()).await.unwrap();
    let weak = url::read(&database.url_with("synchronous_commit=off")).unwrap();
    let weak = Arc::new(Pool::new(weak, 1).unwrap());
    let weak = Postgres { gather: Gather::start(Arc::clone(&weak)), receiving: weak, ..store };
    let error = weak.accept(arrival("key", "profile")).await.unwrap_err();
    assert!(error.to_string().contains("synchronous_commit"), "{error}");
}

/// Those of the server, too, and then of sessions that are there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_keeps_the_promise_it_was_taken_for() {
    let Some(database) = database().await else { return };
    let pool = Pool::new(url::read(database.url()).unwrap(), 1).unwrap();
    let (mut session, _) = pool.take().await.unwrap();
    let source = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'";
    let source: String = session.client().query_one_scalar(source, &[]).await.unwrap();
    assert_eq!(source, "session", "a server that reads its settings again changes it");
    // What no session can hold on to is looked at again.
    session.client().batch_execute("SET synchronous_commit = off").await.unwrap();
    session.checked = session.checked.checked_sub(Duration::from_secs(60)).unwrap();
    drop(session);
    let (session, _) = pool.take().await.unwrap();
    let value: String = session.client().query_one_scalar("SHOW synchronous_commit", &[]).await.unwrap();
    assert_eq!(value, "on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_34_a_server_that_is_not_there_is_unavailable() {
    let started = Instant::now();
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let silent = format!("postgres://user@127.0.0.1:{port}/test");
    assert!(Postgres::open(&silent).await.map(drop).unwrap_err().is_unavailable());
    drop(socket);
    let error = Postgres::open(&silent).await.map(drop).unwrap_err();
    assert!(error.is_unavailable() && error.to_string().contains("refused"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(9));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_the_end_there_are_errors() {
    let Some(database) = database().await else { return };
    let store = store(&database).await;
    store.close().await;
    assert!(store.accept(arrival("1", "profile")).await.unwrap_err().is_unavailable());
    assert!(store.stats().await.unwrap_err().is_unavailable());
    assert!(!store.signals.listening());
}

#[test]
fn a_store_may_outlive_its_runtime() {
    let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let first = runtime();
    let Some((database, store)) = first.block_on(async {
        let database = database().await?;
        let store = store(&database).await;
        store.accept(arrival("1", "profile")).await.unwrap();
        Some((database, store))
    }) else {
        return;
    };
    drop(first);
    assert!(!store.signals.listening(), "and it looks more often");
    let second = runtime();
    second.block_on(async { assert_eq!(store.stats().await.unwrap().pending, 1) });
    drop(second);
    drop((store, database));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_49_no_secret_is_shown() {
    let canary = "canary-7f3a";
    let urls = [
        format!("postgres://user:{canary}@127.0.0.1:1/test"),
        format!("postgres://user:{canary}@127.0.0.1:not-a-port/test"),
        format!("postgres://user:{canary}@127.0.0.1/test?{canary}=1"),
        format!("postgres://user:{canary}@127.0.0.1/test?sslmode={canary}"),
        format!("postgres://user:{canary}@"),
        format!("postgres://user:{canary}@127.0.0.1/test?sslmode=require"),
        format!("postgres://{canary}@127.0.0.1/{canary}?options=-c{canary}%3D1"),
    ];
    for url in urls {
        let error = crate::Inbox::open(&url).await.unwrap_err();
        let mut shown = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            shown.push_str(&format!(" {cause} {cause:?}"));
            source = cause.source();
        }
        assert!(!shown.contains(canary), "{shown}");
    }
}

/// A server that has no TLS, and would take a password in the clear.
async fn without_tls() -> (u16, tokio::task::JoinHandle<usize>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = socket.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut connection, _) = socket.accept().await.unwrap();
        let mut request = [0; 8];
        connection.read_exact(&mut request).await.unwrap();
        connection.write_all(b"N").await.unwrap();
        let mut more = Vec::new();
        let _ = timeout(Duration::from_secs(2), connection.read_to_end(&mut more)).await;
        more.len()
    });
    (port, server)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_that_is_asked_for_is_not_left_out() {
    for mode in ["require", "verify-ca", "verify-full"] {
        let (port, server) = without_tls().await;
        let url = format!("postgres://user:password@localhost:{port}/test?sslmode={mode}&hostaddr=127.0.0.1");
        let error = crate::Inbox::open(&url).await.unwrap_err();
        assert!(error.to_string().contains("TLS"), "{mode}: {error}");
        if cfg!(feature = "postgres-rustls") {
            assert_eq!(server.await.unwrap(), 0, "nothing was said in the clear");
        } else {
            assert!(error.to_string().contains("postgres-rustls"), "{error}");
        }
    }
}

#[cfg(feature = "postgres-rustls")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let Some(database) = database().await else { return };
    let client = database.client().await;
    let has_tls: String = client.query_one("SHOW ssl", &[]).await.unwrap().get(0);
    if has_tls == "on" {
        let error = Postgres::open(&format!("{}&sslmode=require", database.url())).await.map(drop).unwrap_err();
        assert!(error.is_unavailable() && error.to_string().contains("certificate"), "{error}");
    }
    Postgres::open(&format!("{}&sslmode=prefer", database.url())).await.unwrap();
}

/// A server that froze is no reason not to find the one that took over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn row_34_a_silent_server_before_another_does_not_keep_it_from_being_found() {
    let Some(database) = database().await else { return };
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = database.address();
    let (_, port) = address.rsplit_once(':').unwrap();
    let both = format!("localhost:{},localhost:{port}", silent.local_addr().unwrap().port());
    let pool = Pool::new(url::read(&database.url_through(0).replace("localhost:0", &both)).unwrap(), 16).unwrap();
    // At once, as whoever asks the silent one waits for it. That all do, and do first, is as good as impossible.
    let taken: Vec<_> = (0..16)
        .map(|_| {
            let pool = pool.clone();
            tokio::spawn(async move { pool.take().await.is_ok() })
        })
        .collect();
    let mut found = 0;
    for taken in taken {
        found += usize::from(taken.await.unwrap());
    }
    assert!(found > 0);
}
