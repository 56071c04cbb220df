//! How much work the calls do beside a large store. SQLite counts the steps of its virtual machine, which no
//! busy computer can change.

use std::sync::atomic::AtomicU64;

use rusqlite::Connection;

use super::*;

const FEW: u32 = 300;
const MANY: u32 = 60_000;

/// Deliveries in the store besides those of a test.
#[derive(Clone, Copy, Debug)]
enum Backlog {
    OfTheSameKind,
    OfAnotherVendor,
    Unverified,
    OfOneSubject,
    Scheduled,
    DeadLetters,
    Undecodable,
    Done,
}

const ALL: [Backlog; 8] = [
    Backlog::OfTheSameKind,
    Backlog::OfAnotherVendor,
    Backlog::Unverified,
    Backlog::OfOneSubject,
    Backlog::Scheduled,
    Backlog::DeadLetters,
    Backlog::Undecodable,
    Backlog::Done,
];

/// Inserts a backlog without the work of accepting it. Its ids and times are before those of the test's clock.
fn fill(connection: &Connection, backlog: Backlog, number: u32) {
    let (vendor, verified, subject, state, due_at) = match backlog {
        Backlog::OfTheSameKind => ("capa", 1, "i", "0", "i"),
        Backlog::OfAnotherVendor => ("caf", 1, "i", "0", "i"),
        Backlog::Unverified => ("case-keeper", 0, "i", "0", "i"),
        Backlog::OfOneSubject => ("capa", 1, "7", "CASE i WHEN 1 THEN 0 ELSE 4 END", "i"),
        Backlog::Scheduled => ("capa", 1, "i", "2", "1800000000000000 + 60000000 + i"),
        Backlog::DeadLetters => ("capa", 1, "i", "5", "i"),
        Backlog::Undecodable => ("capa", 1, "i", "6", "i"),
        Backlog::Done => ("capa", 1, "i", "3", "i"),
    };
    let fill = format!(
        "BEGIN;
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number})
         INSERT INTO idhooks_deliveries (id, dedup, body_digest, vendor, verified, subject_key, auth, received_at, \
             possible_replay, state, due_at, finished_at, decoder_version)
         SELECT i, randomblob(32), randomblob(32), '{vendor}', {verified}, {subject}, 'signature', i, 0, {state}, \
             {due_at}, CASE WHEN {state} IN (3, 5) THEN i END, CASE WHEN {state} = 6 THEN 1 END FROM n;
         INSERT INTO idhooks_bodies SELECT id, zeroblob(400) FROM idhooks_deliveries;
         UPDATE idhooks_store SET last_id = {number};
         COMMIT;"
    );
    connection.execute_batch(&fill).unwrap();
}

/// A store without its thread, which counts steps.
struct Counted {
    _folder: TempDir,
    path: PathBuf,
    write: WriteConnection,
    steps: Arc<AtomicU64>,
}

impl Counted {
    fn new(backlog: Backlog, number: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.db");
        Location::parse(path.to_str().unwrap()).unwrap().create().unwrap();
        let mut connection = connect(&path).unwrap();
        schema::configure(&connection).unwrap();
        schema::migrate(&mut connection).unwrap();
        fill(&connection, backlog, number);
        let steps = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&steps);
        let count = move || {
            counted.fetch_add(10, Ordering::SeqCst);
            false
        };
        connection.progress_handler(10, Some(count)).unwrap();
        let write = WriteConnection::new(connection, OpenFiles::of(&path), Hands::new().clock());
        Self { _folder: folder, path, write, steps }
    }

    /// Makes a change in a transaction. Returns its result and how many steps it took.
    fn step<T>(&mut self, change: impl FnOnce(&mut WriteConnection) -> T) -> (T, u64) {
        let before = self.steps.load(Ordering::SeqCst);
        self.write.begin().unwrap();
        let result = change(&mut self.write);
        self.write.commit().unwrap();
        (result, self.steps.load(Ordering::SeqCst) - before)
    }
}

fn few() -> ClaimRequest {
    ClaimRequest { limit: 8, ..request() }
}

/// Accepts, claims and completes, and returns the steps of each.
fn work_beside(backlog: Backlog, number: u32) -> [(&'static str, u64); 5] {
    let mut store = Counted::new(backlog, number);
    for place in 0..8 {
        store.step(|write| write.accept(&record(&format!("before {place}"))).unwrap());
    }
    let (accepted, accept) = store.step(|write| write.accept(&record("a")).unwrap());
    assert!(matches!(accepted, AcceptOutcome::New { .. }));
    let (accepted, duplicate) = store.step(|write| write.accept(&record("a")).unwrap());
    assert!(matches!(accepted, AcceptOutcome::Duplicate { .. }));
    let (claimed, claim) = store.step(|write| write.claim(&few()).unwrap());
    assert_eq!(claimed.deliveries.len(), 8, "{backlog:?}");
    let done: Vec<_> = claimed.deliveries.iter().map(|record| completion(record, Outcome::Done)).collect();
    let (lost, complete) = store.step(|write| write.complete(&done).unwrap());
    assert!(lost.is_empty());
    let (_, last) = store.step(|write| write.claim(&few()).unwrap());
    [("accept", accept), ("duplicate", duplicate), ("claim", claim), ("complete", complete), ("last claim", last)]
}

#[test]
fn row_41_row_51_no_backlog_makes_accept_claim_or_complete_more_work() {
    for backlog in ALL {
        let (little, much) = (work_beside(backlog, FEW), work_beside(backlog, MANY));
        for ((what, little), (_, much)) in little.into_iter().zip(much) {
            assert!(much <= 2 * little + 200, "{backlog:?}, {what}: {much} steps, and {little} beside {FEW}");
        }
    }
}

/// An operator takes one out of the middle (fault L7).
#[test]
fn row_51_a_dead_letter_or_replay_by_hand_is_no_more_work_with_a_backlog() {
    let work = |backlog, number: u32| {
        let mut store = Counted::new(backlog, number);
        let id = DeliveryId::new(i64::from(number) - 5);
        let (dead, dead_letter) = store.step(|write| write.dead_letter(id, "a test").unwrap());
        dead.unwrap();
        let (replayed, replay) = store.step(|write| write.replay(id).unwrap());
        replayed.unwrap();
        [dead_letter, replay]
    };
    for backlog in [Backlog::OfTheSameKind, Backlog::OfOneSubject, Backlog::Scheduled, Backlog::Undecodable] {
        let (little, much) = (work(backlog, FEW), work(backlog, MANY));
        for (little, much) in little.into_iter().zip(much) {
            assert!(much <= 2 * little + 200, "{backlog:?}: {much} steps, and {little} of {FEW}");
        }
    }
}

/// A store keeps the rows of handled deliveries for years (fault S9).
#[test]
fn stats_and_kinds_do_not_read_what_was_handled() {
    let work = |number| {
        let store = Counted::new(Backlog::Done, number);
        let mut connection = connect(&store.path).unwrap();
        let counted = Arc::clone(&store.steps);
        let count = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            false
        };
        connection.progress_handler(1, Some(count)).unwrap();
        let before = store.steps.load(Ordering::SeqCst);
        assert_eq!(read::stats(&mut connection, SystemTime::now()).unwrap(), Stats::default());
        assert!(read::unfinished_kinds(&connection).unwrap().is_empty());
        store.steps.load(Ordering::SeqCst) - before
    };
    let (little, much) = (work(FEW), work(MANY));
    assert!(much <= 2 * little, "{much} steps, and {little} with {FEW}");
}

/// One kind with a large backlog does not make the question for kinds more work.
#[test]
fn kinds_are_found_without_reading_a_backlog() {
    let work = |backlog, vendor: &'static str, number| {
        let store = Counted::new(backlog, number);
        let before = store.steps.load(Ordering::SeqCst);
        let kinds = read::unfinished_kinds(store.write.connection().unwrap()).unwrap();
        assert_eq!(kinds, [DeliveryKind { vendor: vendor.into(), verified: vendor == "capa" }]);
        store.steps.load(Ordering::SeqCst) - before
    };
    for (backlog, vendor) in [(Backlog::Unverified, "case-keeper"), (Backlog::Undecodable, "capa")] {
        let (little, much) = (work(backlog, vendor, FEW), work(backlog, vendor, MANY));
        assert!(much <= 2 * little + 50, "{backlog:?}: {much} steps, and {little} with {FEW}");
    }
}
