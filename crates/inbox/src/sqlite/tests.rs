//! Tests of the SQLite engine that need a clock of their own or a look inside.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
        mpsc,
    },
};

use idhooks_capa as capa;
use idhooks_core::testing::verified;
use tempfile::TempDir;

use super::*;
use crate::{
    Backoff, Outcome,
    clock::time,
    store::{KindRequest, MAX_LEASE, MAX_RETRY_DELAY},
};

mod clock;
mod work;

const SECOND: i64 = 1_000_000;
const YEAR: i64 = 365 * 24 * 3600 * SECOND;

/// A clock that a test sets, in microseconds since 1970.
#[derive(Clone)]
struct Hands(Arc<AtomicI64>);

impl Hands {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_800_000_000 * SECOND)))
    }

    fn now(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }

    fn set(&self, micros: i64) {
        self.0.store(micros, Ordering::SeqCst);
    }

    /// Moves the clock, as time or a change of the clock does.
    fn add(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }

    fn clock(&self) -> Clock {
        let hands = self.clone();
        Box::new(move || time(hands.now()))
    }
}

/// A store with a clock that the test sets.
struct Stored {
    _folder: TempDir,
    path: PathBuf,
    sqlite: Arc<Sqlite>,
    hands: Hands,
}

impl Stored {
    fn new() -> Self {
        let (folder, hands) = (tempfile::tempdir().unwrap(), Hands::new());
        let path = folder.path().join("inbox.db");
        let sqlite = Arc::new(open(&path, hands.clock()));
        Self { _folder: folder, path, sqlite, hands }
    }

    /// Opens the same file as another program does.
    fn open(&self) -> Sqlite {
        open(&self.path, self.hands.clock())
    }
}

fn open(path: &Path, clock: Clock) -> Sqlite {
    // The folder for temporary files may be in memory.
    let location = Location::parse(&format!("{}?allow_filesystem=tmpfs", path.display())).unwrap();
    Sqlite::open_file(&location, clock).unwrap()
}

async fn accept(sqlite: &Sqlite, subject: &str) -> DeliveryId {
    sqlite.accept(record(subject)).await.unwrap().id()
}

fn record(subject: &str) -> DeliveryRecord {
    let body = format!(r#"{{"type":"KYC","event":"VERIFIED_USER","externalUserId":"{subject}"}}"#);
    DeliveryRecord::new(&verified::<capa::Event>(body), Duration::from_secs(3600))
}

fn request() -> ClaimRequest {
    let kind = DeliveryKind { vendor: "capa".into(), verified: true };
    ClaimRequest {
        worker: "test".into(),
        limit: 100,
        lease: Duration::from_secs(30),
        kinds: vec![KindRequest { kind, decoder_version: 1, running: 0 }],
        max_lost_leases: 25,
        backoff: Backoff::NONE,
        idle: true,
    }
}

async fn claim(sqlite: &Sqlite) -> Vec<DeliveryRecord> {
    sqlite.claim(request()).await.unwrap().deliveries
}

fn completion(record: &DeliveryRecord, outcome: Outcome) -> Completion {
    let (lease, attempt) = (record.lease().unwrap(), record.attempt());
    Completion { lease, subject_key: record.subject_key, attempt, outcome }
}

/// Returns whether the outcome was written.
async fn complete(sqlite: &Sqlite, record: &DeliveryRecord, outcome: Outcome) -> bool {
    sqlite.complete(&[completion(record, outcome)]).await.unwrap().is_empty()
}

async fn retry(sqlite: &Sqlite, record: &DeliveryRecord, after: Duration) {
    assert!(complete(sqlite, record, Outcome::retry_after(after, "not now")).await);
}

async fn state(sqlite: &Sqlite, id: DeliveryId) -> State {
    sqlite.get(id).await.unwrap().unwrap().summary.state
}

/// Delays the thread that writes, so that pending changes are committed together.
fn hold_up(sqlite: &Arc<Sqlite>) -> mpsc::Sender<()> {
    let (go_on, wait) = mpsc::channel();
    let sqlite = Arc::clone(sqlite);
    tokio::spawn(async move { sqlite.writer.run(move |_| Ok(wait.recv().is_ok())).await });
    go_on
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_change_does_not_fail_the_others_of_its_batch() {
    let store = Stored::new();
    let go_on = hold_up(&store.sqlite);
    let accepts: Vec<_> = (0..20)
        .map(|place| {
            let sqlite = Arc::clone(&store.sqlite);
            tokio::spawn(async move {
                if place % 5 == 2 {
                    let bad = sqlite.writer.run(|write| {
                        write.accept(&record("bad"))?;
                        Err::<(), _>(failed(rusqlite::Error::InvalidQuery))
                    });
                    return bad.await.is_err();
                }
                let accepted = sqlite.accept(record(&format!("{place}"))).await;
                matches!(accepted, Ok(AcceptOutcome::New { .. }))
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(go_on);
    for accept in accepts {
        assert!(accept.await.unwrap());
    }
    let page = store.sqlite.list(&Filter::new()).await.unwrap();
    assert_eq!(page.deliveries.len(), 16, "nothing of the failed changes is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_many_callers_wait_no_longer_for_a_lock_than_few() {
    let store = Stored::new();
    let other = Connection::open(&store.path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let accepts: Vec<_> = (0..20)
        .map(|place| {
            let sqlite = Arc::clone(&store.sqlite);
            tokio::spawn(async move { sqlite.accept(record(&format!("{place}"))).await })
        })
        .collect();
    for accept in accepts {
        let error = accept.await.unwrap().unwrap_err();
        assert!(error.is_unavailable() && error.to_string().contains("locked"), "{error}");
    }
    // Two rounds: the first caller's, and that of the callers that came meanwhile.
    assert!(started.elapsed() < 4 * BUSY_TIMEOUT, "{:?}", started.elapsed());
    other.execute_batch("ROLLBACK").unwrap();
    accept(&store.sqlite, "after").await;
}

#[tokio::test]
async fn ids_and_tokens_are_at_least_the_clock_and_grow_when_it_is_set_back() {
    let store = Stored::new();
    let mut last = 0;
    for jump in [0, 1, SECOND, -YEAR, 0, YEAR] {
        store.hands.add(jump);
        let id = accept(&store.sqlite, &format!("{last}")).await.get();
        let token = claim(&store.sqlite).await.pop().unwrap().token.unwrap().get();
        assert!(id >= store.hands.now() && id > last && token > id, "{jump}: {last} {id} {token}");
        last = token;
    }
}

#[test]
fn a_path_that_looks_like_a_url_is_a_path() {
    for name in ["file:inbox.db", "file::memory:", "file:a%20b.db"] {
        let path = Location::parse(name).unwrap().path;
        assert_eq!(path.file_name().unwrap(), name);
        assert!(!path.to_str().unwrap().starts_with("file:"), "SQLite takes that for a URL");
    }
}
