//! What needs a clock of its own, or a look inside.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
        mpsc,
    },
    time::Duration,
};

use idhooks_capa as capa;
use idhooks_core::testing::verified;
use tempfile::TempDir;

use super::*;
use crate::{State, store::Leased};

mod steps;

const SECOND: i64 = 1_000_000;
const YEAR: i64 = 365 * 24 * 3600 * SECOND;

/// A clock that tests set: both times, and which start of the machine it is.
#[derive(Clone)]
struct Hands {
    wall: Arc<AtomicI64>,
    uptime: Arc<AtomicI64>,
    boot: &'static str,
}

impl Clock for Hands {
    fn wall(&self) -> i64 {
        self.wall.load(Ordering::SeqCst)
    }

    fn uptime(&self) -> i64 {
        self.uptime.load(Ordering::SeqCst)
    }

    fn boot(&self) -> &str {
        self.boot
    }
}

impl Hands {
    fn new() -> Self {
        let wall = Arc::new(AtomicI64::new(1_800_000_000 * SECOND));
        Self { wall, uptime: Arc::new(AtomicI64::new(1000 * SECOND)), boot: "first" }
    }

    /// Time passes.
    fn pass(&self, micros: i64) {
        self.jump(micros);
        self.uptime.fetch_add(micros, Ordering::SeqCst);
    }

    /// Somebody sets the clock.
    fn jump(&self, micros: i64) {
        self.wall.fetch_add(micros, Ordering::SeqCst);
    }

    /// The machine starts again.
    fn reboot(&self, wall: i64) -> Self {
        self.jump(wall);
        Self { wall: Arc::clone(&self.wall), uptime: Arc::new(AtomicI64::new(SECOND)), boot: "second" }
    }
}

struct Stored {
    folder: TempDir,
    sqlite: Sqlite,
    hands: Hands,
}

impl Stored {
    fn new() -> Self {
        let (folder, hands) = (tempfile::tempdir().unwrap(), Hands::new());
        let sqlite = Sqlite::open_file(&folder.path().join("inbox.db"), hands.clone()).unwrap();
        Self { folder, sqlite, hands }
    }

    /// Ends it, and gives what it would write with.
    async fn write(&self) -> Write {
        self.sqlite.close().await;
        let connection = connect(&self.folder.path().join("inbox.db")).unwrap();
        schema::configure(&connection).unwrap();
        Write::new(connection, Box::new(self.hands.clone())).unwrap()
    }

    fn open(&self, hands: Hands) -> Sqlite {
        Sqlite::open_file(&self.folder.path().join("inbox.db"), hands).unwrap()
    }
}

async fn accept(sqlite: &Sqlite, subject: &str) -> EntryId {
    sqlite.accept(arrival(subject)).await.unwrap().id()
}

fn arrival(subject: &str) -> Arrival {
    let body = format!(r#"{{"type":"KYC","event":"VERIFIED_USER","externalUserId":"{subject}"}}"#);
    Arrival::new(&verified::<capa::Event>(body), Duration::from_secs(3600))
}

fn request() -> LeaseRequest {
    LeaseRequest {
        worker: "test".into(),
        most: 100,
        time: Duration::from_secs(30),
        attempts: 25,
        routes: [Route { vendor: "capa".into(), verified: true }].into(),
        reader: 1,
    }
}

async fn lease(sqlite: &Sqlite) -> Vec<Leased> {
    sqlite.lease(request()).await.unwrap().leased
}

async fn retry(sqlite: &Sqlite, leased: &Leased, after: Duration) {
    let retry = Verdict::Retry { after, reason: "not now".into() };
    assert!(sqlite.finish(leased.id, leased.token, retry).await.unwrap());
}

/// Holds the writer up, so that what is asked for meanwhile is committed together.
fn hold_up(sqlite: &Arc<Sqlite>) -> mpsc::Sender<()> {
    let (go_on, wait) = mpsc::channel();
    let sqlite = Arc::clone(sqlite);
    tokio::spawn(async move { sqlite.writer.run(move |_| Ok(wait.recv().is_ok())).await });
    go_on
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_cannot_be_made_does_no_harm_to_those_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Arc::new(Sqlite::open_file(&folder.path().join("inbox.db"), Hands::new()).unwrap());
    let go_on = hold_up(&sqlite);
    let accepts: Vec<_> = (0..20)
        .map(|place| {
            let sqlite = Arc::clone(&sqlite);
            tokio::spawn(async move {
                if place % 5 == 2 {
                    let bad = sqlite.writer.run(|write| {
                        write.accept(&arrival("bad"))?;
                        Err::<(), _>(failed(rusqlite::Error::InvalidQuery))
                    });
                    return bad.await.is_err();
                }
                let accepted = sqlite.accept(arrival(&format!("{place}"))).await;
                matches!(accepted, Ok(Accepted::New { .. }))
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(go_on);
    for accept in accepts {
        assert!(accept.await.unwrap());
    }
    let page = sqlite.list(&Filter::new()).await.unwrap();
    assert_eq!(page.entries.len(), 16, "and nothing of what failed is there");
}

#[tokio::test(flavor = "multi_thread")]
async fn row_34_many_wait_no_longer_for_a_lock_than_few() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.db");
    let sqlite = Arc::new(Sqlite::open_file(&path, Hands::new()).unwrap());
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = std::time::Instant::now();
    let accepts: Vec<_> = (0..20)
        .map(|place| {
            let sqlite = Arc::clone(&sqlite);
            tokio::spawn(async move { sqlite.accept(arrival(&format!("{place}"))).await })
        })
        .collect();
    for accept in accepts {
        let error = accept.await.unwrap().unwrap_err();
        assert!(error.is_unavailable() && error.to_string().contains("locked"), "{error}");
    }
    // Two rounds: the first one's, and that of those that came while it waited.
    assert!(started.elapsed() < 4 * BUSY, "{:?}", started.elapsed());
    other.execute_batch("ROLLBACK").unwrap();
    accept(&sqlite, "after").await;
}

/// Deliveries, a third of them waiting and the last `new` of them new, without the work of accepting each.
fn fill(connection: &Connection, number: u32, new: u32) {
    let fill = format!(
        "BEGIN;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number})
         INSERT INTO idhooks_deliveries (dedup, digest, key, vendor, verified, lane, proof, received_at, possible_replay, \
             body)
         SELECT randomblob(32), randomblob(32), 'key', 'capa', 1, i, 'signature', i, 0, zeroblob(400) FROM n;
         INSERT INTO idhooks_states (id, lane, verified, state, due_at, finished_at)
         SELECT id, lane, 1, CASE WHEN id % 3 = 0 THEN 0 ELSE 2 END, id, id FROM idhooks_deliveries \
             WHERE id <= {number} - {new};
         INSERT INTO idhooks_keys SELECT abs(random()), id FROM idhooks_deliveries;
         UPDATE idhooks_settled SET delivery = (SELECT max(id) FROM idhooks_deliveries);
         COMMIT;"
    );
    connection.execute_batch(&fill).unwrap();
}

#[test]
fn row_41_accept_and_lease_do_no_more_work_with_a_backlog() {
    let folder = tempfile::tempdir().unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    // SQLite tells of every so many steps of its machine: a count that no busy machine can change.
    let work_with = |backlog: u32, new: u32| {
        let path = folder.path().join(format!("{backlog}-{new}.db"));
        create(&path).unwrap();
        let mut connection = connect(&path).unwrap();
        schema::configure(&connection).unwrap();
        schema::migrate(&mut connection).unwrap();
        fill(&connection, backlog, new);
        let counted = Arc::clone(&steps);
        let count = move || {
            counted.fetch_add(10, Ordering::SeqCst);
            false
        };
        connection.progress_handler(10, Some(count)).unwrap();
        let mut write = Write::new(connection, Box::new(Hands::new())).unwrap();
        let mut step = |change: &mut dyn FnMut(&mut Write)| {
            let before = steps.load(Ordering::SeqCst);
            write.begin().unwrap();
            change(&mut write);
            write.commit().unwrap();
            steps.load(Ordering::SeqCst) - before
        };
        let mut leased = Vec::new();
        let few = LeaseRequest { most: 8, ..request() };
        [
            step(&mut |write| assert!(matches!(write.accept(&arrival("a")).unwrap(), Accepted::New { .. }))),
            step(&mut |write| assert!(matches!(write.accept(&arrival("a")).unwrap(), Accepted::Duplicate { .. }))),
            step(&mut |write| leased = write.lease(&few).unwrap().leased),
            step(&mut |write| {
                assert_eq!(leased.len(), 8);
                for leased in &leased {
                    assert!(write.finish(leased.id, leased.token, &Verdict::Done).unwrap());
                }
            }),
        ]
    };
    let little = work_with(300, 0);
    for new in [0, 30_000] {
        let much = work_with(30_000, new);
        for (place, what) in ["a new one", "a duplicate", "leasing", "finishing"].iter().enumerate() {
            let (much, little) = (much[place], little[place]);
            assert!(much <= little * 2 + 200, "{what}, {new} of them new: {much} steps, and {little} before");
        }
    }
}

#[tokio::test]
async fn new_ones_of_another_vendor_are_passed_over_once() {
    let store = Stored::new();
    for number in 0..900 {
        let body = format!(r#"{{"type":"KYC","event":"VERIFIED_USER","externalUserId":"{number}"}}"#);
        store.sqlite.accept(Arrival { vendor: "other", ..arrival(&body) }).await.unwrap();
    }
    let id = accept(&store.sqlite, "a").await;
    let mut asked = 0;
    let leased = loop {
        asked += 1;
        let batch = store.sqlite.lease(request()).await.unwrap();
        if let [leased] = &batch.leased[..] {
            break leased.id;
        }
        assert_eq!((batch.leased.len(), batch.next), (0, Some(Duration::ZERO)), "there is more to look at");
    };
    assert_eq!((leased, asked), (id, 3), "four times as many as are asked for are looked at");
    let batch = store.sqlite.lease(request()).await.unwrap();
    assert_eq!((batch.leased.len(), batch.next), (0, None), "a worker has nothing to come back for");
    let stats = store.sqlite.stats().await.unwrap();
    assert_eq!((stats.pending, stats.running), (900, 1));
}

#[tokio::test]
async fn states_are_the_numbers_of_the_tables() {
    let store = Stored::new();
    let id = accept(&store.sqlite, "a").await;
    let state = || {
        store.sqlite.read(move |connection| {
            let find = "SELECT coalesce((SELECT state FROM idhooks_states), 0)";
            connection.query_row(find, [], |row| row.get::<_, i16>(0)).map_err(failed)
        })
    };
    assert_eq!(state().await.unwrap(), State::Pending.code());
    let held = lease(&store.sqlite).await.pop().unwrap();
    assert_eq!(state().await.unwrap(), State::Running.code());
    assert!(store.sqlite.finish(id, held.token, Verdict::Done).await.unwrap());
    assert_eq!(state().await.unwrap(), State::Done.code());
}

#[test]
fn a_path_that_looks_like_a_url_is_a_path() {
    for name in ["file:inbox.db", "file::memory:", "file:a%20b.db"] {
        let path = path(name).unwrap();
        assert_eq!(path.file_name().unwrap(), name);
        assert!(!path.to_str().unwrap().starts_with("file:"), "SQLite takes that for a URL");
    }
}
