//! Which keys are taken.
//!
//! Digests come in no order, so an index of them costs each delivery a page of the log: most of what an accept takes,
//! and more the larger the store. So the keys of the latest deliveries are held in memory, and written into the index
//! many at a time, in its order, a part after each transaction. Nothing rests on memory: each key stands beside its
//! delivery, and whoever begins a transaction first reads the deliveries that others have added since.
//!
//! The index has the first eight bytes of a key, so that many stand on a page. Whether the rest is the same stands
//! beside the delivery.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _};

/// How many keys are held before they are written into the index: enough that many share a page.
const TOGETHER: usize = 16 * 1024;

/// How many are written in one transaction, or of more than [`TOGETHER`] the same share: few enough that what arrives
/// meanwhile does not wait long.
pub(super) const PART: usize = 512;

/// More are written at once: so many are left where no program lives long enough to write a run to its end.
const MOST: usize = 8 * TOGETHER;

type Db<T> = Result<T, rusqlite::Error>;
type Digest = [u8; 32];

/// The keys, as the connection that writes knows them. Each function but [`Keys::forget`] is for use inside its
/// transactions.
#[derive(Default)]
pub(super) struct Keys {
    /// Of the deliveries after `settled`.
    recent: HashMap<Digest, i64>,
    /// Those of them that are being written into the index, the next one last.
    run: Vec<(i64, i64)>,
    /// The last delivery of the run.
    run_end: i64,
    /// The last delivery whose key, and that of every one before, is in the index.
    settled: i64,
    /// The last delivery that was looked at.
    seen: i64,
    /// Whether this transaction has looked for what others did.
    looked: bool,
}

impl Keys {
    /// A transaction begins: others may have written since the last one.
    pub(super) fn begin(&mut self) {
        self.looked = false;
    }

    /// A transaction was undone, and with it some of what is known.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// The delivery that has the key.
    pub(super) fn find(&mut self, connection: &Connection, key: &Digest) -> Db<Option<i64>> {
        self.look(connection)?;
        if let Some(id) = self.recent.get(key) {
            return Ok(Some(*id));
        }
        let find = "SELECT id FROM idhooks_keys JOIN idhooks_deliveries USING (id) WHERE prefix = ?1 AND dedup = ?2";
        connection.prepare_cached(find)?.query_row((prefix(key), &key[..]), |row| row.get(0)).optional()
    }

    /// A delivery that was just added has the key.
    pub(super) fn take(&mut self, key: Digest, id: i64) {
        self.recent.insert(key, id);
        self.seen = id;
    }

    /// The delivery that had the key has it no more; another one is about to take it. What the index says of it, or is
    /// yet to be told, leads to a delivery without a key.
    pub(super) fn free(&mut self, connection: &Connection, key: &Digest, id: i64) -> Db<()> {
        self.recent.remove(key);
        connection.prepare_cached("UPDATE idhooks_deliveries SET dedup = NULL WHERE id = ?1")?.execute([id]).map(drop)
    }

    /// Whether there is something to be written into the index.
    pub(super) fn want_settling(&self) -> bool {
        !self.run.is_empty() || self.recent.len() >= TOGETHER
    }

    /// Writes some of those that are held in memory into the index.
    pub(super) fn settle(&mut self, connection: &Connection, part: usize) -> Db<()> {
        self.look(connection)?;
        // Else several programs that each accept as many as they write would come to hold ever more.
        let held = self.recent.len();
        let part = if held > MOST { held } else { part.max(held / (TOGETHER / PART)) };
        if self.run.is_empty() {
            self.run.extend(self.recent.iter().map(|(key, id)| (prefix(key), *id)));
            self.run.sort_unstable_by(|one, other| other.cmp(one));
            self.run_end = self.seen;
        }
        let mut insert =
            connection.prepare_cached("INSERT OR IGNORE INTO idhooks_keys (prefix, id) VALUES (?1, ?2)")?;
        for (prefix, id) in self.run.drain(self.run.len().saturating_sub(part)..).rev() {
            insert.execute([prefix, id])?;
        }
        if self.run.is_empty() {
            connection.prepare_cached("UPDATE idhooks_settled SET delivery = ?1")?.execute([self.run_end])?;
            self.forget_settled(self.run_end);
        }
        Ok(())
    }

    fn forget_settled(&mut self, settled: i64) {
        self.recent.retain(|_, id| *id > settled);
        self.run.retain(|(_, id)| *id > settled);
        self.settled = settled;
        self.seen = self.seen.max(settled);
    }

    /// Looks for what others did: the keys they wrote into the index, and the deliveries they added.
    fn look(&mut self, connection: &Connection) -> Db<()> {
        if self.looked {
            return Ok(());
        }
        let settled: i64 =
            connection.prepare_cached("SELECT delivery FROM idhooks_settled")?.query_row([], |row| row.get(0))?;
        if settled != self.settled {
            self.forget_settled(settled);
        }
        let added = "SELECT dedup, id FROM idhooks_deliveries WHERE id > ?1 AND dedup IS NOT NULL ORDER BY id";
        let mut statement = connection.prepare_cached(added)?;
        let mut rows = statement.query([self.seen])?;
        while let Some(row) = rows.next()? {
            let id = row.get(1)?;
            self.recent.insert(row.get(0)?, id);
            self.seen = id;
        }
        self.looked = true;
        Ok(())
    }
}

/// Of a key, what the index has of it.
fn prefix(key: &Digest) -> i64 {
    let [a, b, c, d, e, f, g, h, ..] = *key;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: i64) -> Digest {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15_u64.cast_signed()).to_be_bytes());
        digest
    }

    /// What two programs do to one store, each with what it knows.
    struct Store {
        connection: Connection,
        keys: [Keys; 2],
    }

    impl Store {
        fn new() -> Self {
            let connection = Connection::open_in_memory().unwrap();
            let tables = "CREATE TABLE idhooks_deliveries (id INTEGER PRIMARY KEY, dedup BLOB);
                          CREATE TABLE idhooks_keys (prefix INTEGER, id INTEGER, PRIMARY KEY (prefix, id)) WITHOUT ROWID;
                          CREATE TABLE idhooks_settled (delivery INTEGER NOT NULL);
                          INSERT INTO idhooks_settled VALUES (0)";
            connection.execute_batch(tables).unwrap();
            Self { connection, keys: Default::default() }
        }

        fn find(&mut self, program: usize, key: i64) -> Option<i64> {
            self.keys[program].begin();
            self.keys[program].find(&self.connection, &digest(key)).unwrap()
        }

        /// As an accept does; the number of the delivery that has the key then.
        fn accept(&mut self, program: usize, key: i64, take_over: bool) -> i64 {
            let digest = digest(key);
            match self.find(program, key) {
                Some(id) if !take_over => return id,
                Some(id) => self.keys[program].free(&self.connection, &digest, id).unwrap(),
                None => {}
            }
            self.connection.execute("INSERT INTO idhooks_deliveries (dedup) VALUES (?1)", [&digest[..]]).unwrap();
            let id = self.connection.last_insert_rowid();
            self.keys[program].take(digest, id);
            id
        }

        fn settle(&mut self, program: usize, part: usize) {
            self.keys[program].begin();
            self.keys[program].settle(&self.connection, part).unwrap();
        }

        /// What a program finds that has seen nothing yet.
        fn fresh(&mut self, key: i64) -> Option<i64> {
            Keys::default().find(&self.connection, &digest(key)).unwrap()
        }
    }

    /// Against the plain truth: a table of keys, and any order of what two programs may do.
    #[test]
    fn row_28_two_programs_never_disagree_on_a_key() {
        let mut random = fastrand::Rng::with_seed(7);
        let (mut store, mut truth) = (Store::new(), HashMap::new());
        for _ in 0..20_000 {
            let (program, key) = (random.usize(..2), random.i64(0..300));
            match random.u8(..20) {
                0 => store.settle(program, 20),
                1 => store.settle(program, usize::MAX),
                2 => store.keys[program].forget(),
                3 => {
                    truth.insert(key, store.accept(program, key, true));
                }
                4 => assert_eq!(store.fresh(key), truth.get(&key).copied()),
                _ => {
                    let id = store.accept(program, key, false);
                    assert_eq!(id, *truth.entry(key).or_insert(id), "key {key}");
                }
            }
            assert_eq!(store.find(1 - program, key), truth.get(&key).copied());
        }
        // The first ends a run that was begun, the second has all that came since.
        store.settle(0, usize::MAX);
        store.settle(0, usize::MAX);
        for (key, id) in truth {
            assert_eq!((store.find(0, key), store.find(1, key), store.fresh(key)), (Some(id), Some(id), Some(id)));
        }
        assert!(store.keys.iter().all(|keys| keys.recent.is_empty() && keys.run.is_empty()), "held no longer");
    }

    #[test]
    fn keys_do_not_pile_up_in_memory() {
        let mut store = Store::new();
        for key in 0..TOGETHER as i64 {
            assert!(!store.keys[0].want_settling());
            store.accept(0, key, false);
        }
        let mut parts = 0;
        while store.keys[0].want_settling() {
            store.settle(0, PART);
            parts += 1;
        }
        assert_eq!((parts, store.keys[0].recent.len()), (TOGETHER / PART, 0));
        let indexed: usize =
            store.connection.query_row("SELECT count(*) FROM idhooks_keys", [], |row| row.get(0)).unwrap();
        assert_eq!(indexed, TOGETHER);
    }

    /// Each holds what the other one accepts as well, and both write the same keys into the index.
    #[test]
    fn keys_of_several_busy_programs_do_not_pile_up_in_memory() {
        let (mut store, mut key, mut most) = (Store::new(), 0, 0);
        while key < 12 * TOGETHER as i64 {
            for program in [0, 1] {
                for _ in 0..PART {
                    key += 1;
                    store.accept(program, key, false);
                }
                if store.keys[program].want_settling() {
                    store.settle(program, PART);
                }
                most = most.max(store.keys[program].recent.len());
            }
        }
        assert!(most <= 3 * TOGETHER, "{most} were held");
    }

    /// Nobody goes on where another one was in its run.
    #[test]
    fn row_41_keys_of_programs_that_never_live_long_do_not_pile_up_in_the_file() {
        let mut store = Store::new();
        let add = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                   INSERT INTO idhooks_deliveries (dedup) SELECT randomblob(32) FROM n";
        let mut most = 0;
        for _ in 0..20 {
            store.connection.execute(add, [TOGETHER / 2]).unwrap();
            store.keys[0].forget();
            store.find(0, 0);
            most = most.max(store.keys[0].recent.len());
            if store.keys[0].want_settling() {
                store.settle(0, PART);
            }
        }
        assert!(most <= MOST + TOGETHER, "{most} were read at a start");
    }

    /// As everyone can make them who sends unauthenticated deliveries.
    #[test]
    fn row_32_keys_that_begin_alike_are_different() {
        let mut store = Store::new();
        let alike = |last| {
            let mut digest = [7; 32];
            digest[31] = last;
            digest
        };
        for last in 0..3 {
            store.keys[0].begin();
            assert_eq!(store.keys[0].find(&store.connection, &alike(last)).unwrap(), None);
            store.connection.execute("INSERT INTO idhooks_deliveries (dedup) VALUES (?1)", [&alike(last)[..]]).unwrap();
            store.keys[0].take(alike(last), i64::from(last) + 1);
            store.settle(0, PART);
        }
        for last in 0..4 {
            let found = Keys::default().find(&store.connection, &alike(last)).unwrap();
            assert_eq!(found, (last < 3).then_some(i64::from(last) + 1));
        }
    }
}
