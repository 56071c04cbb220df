//! Which keys are taken.
//!
//! Digests come in no order, so an index of them costs each delivery a page of the log: most of what an accept takes,
//! and more the larger the store. So the keys of the latest deliveries are held in memory, and written into the index
//! many at a time, in its order. Nothing rests on memory: each key stands beside its delivery, and whoever begins a
//! transaction first reads the deliveries that others have added since.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

/// How many keys are written into the index at once: enough that many share a page, and few enough that what arrives
/// meanwhile does not wait long.
const TOGETHER: usize = 8192;

type Db<T> = Result<T, rusqlite::Error>;
type Digest = [u8; 32];

/// The keys, as the connection that writes knows them. Each function but [`Keys::forget`] is for use inside its
/// transactions.
#[derive(Default)]
pub(super) struct Keys {
    /// Of the deliveries after `settled`.
    recent: HashMap<Digest, i64>,
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
        let find = "SELECT id FROM idhooks_keys WHERE dedup = ?1";
        connection.prepare_cached(find)?.query_row([&key[..]], |row| row.get(0)).optional()
    }

    /// A delivery that was just added has the key.
    pub(super) fn take(&mut self, key: Digest, id: i64) {
        self.recent.insert(key, id);
        self.seen = id;
    }

    /// The delivery that had the key has it no more; another one is about to take it.
    pub(super) fn free(&mut self, connection: &Connection, key: &Digest, id: i64) -> Db<()> {
        connection.prepare_cached("UPDATE idhooks_deliveries SET dedup = NULL WHERE id = ?1")?.execute([id])?;
        self.recent.remove(key);
        connection.prepare_cached("DELETE FROM idhooks_keys WHERE dedup = ?1")?.execute([&key[..]]).map(drop)
    }

    /// Whether so many are held in memory that it is time to write them into the index.
    pub(super) fn are_many(&self) -> bool {
        self.recent.len() >= TOGETHER
    }

    /// Writes those that are held in memory into the index.
    pub(super) fn settle(&mut self, connection: &Connection) -> Db<()> {
        self.look(connection)?;
        let mut keys: Vec<_> = self.recent.drain().collect();
        keys.sort_unstable();
        let mut insert = connection.prepare_cached(
            "INSERT INTO idhooks_keys (dedup, id) VALUES (?1, ?2) ON CONFLICT (dedup) DO UPDATE SET id = excluded.id",
        )?;
        for (key, id) in keys {
            insert.execute(params![&key[..], id])?;
        }
        self.settled = self.seen;
        connection.prepare_cached("UPDATE idhooks_settled SET delivery = ?1")?.execute([self.settled]).map(drop)
    }

    /// Looks for what others did: the keys they wrote into the index, and the deliveries they added.
    fn look(&mut self, connection: &Connection) -> Db<()> {
        if self.looked {
            return Ok(());
        }
        let settled: i64 =
            connection.prepare_cached("SELECT delivery FROM idhooks_settled")?.query_row([], |row| row.get(0))?;
        if settled != self.settled {
            self.recent.retain(|_, id| *id > settled);
            self.settled = settled;
            self.seen = self.seen.max(settled);
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
                          CREATE TABLE idhooks_keys (dedup BLOB PRIMARY KEY, id INTEGER NOT NULL) WITHOUT ROWID;
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

        fn settle(&mut self, program: usize) {
            self.keys[program].begin();
            self.keys[program].settle(&self.connection).unwrap();
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
            let (program, key) = (random.usize(..2), random.i64(..300));
            match random.u8(..20) {
                0 => store.settle(program),
                1 => store.keys[program].forget(),
                2 => {
                    truth.insert(key, store.accept(program, key, true));
                }
                3 => assert_eq!(store.fresh(key), truth.get(&key).copied()),
                _ => {
                    let id = store.accept(program, key, false);
                    assert_eq!(id, *truth.entry(key).or_insert(id), "key {key}");
                }
            }
            assert_eq!(store.find(1 - program, key), truth.get(&key).copied());
        }
        store.settle(0);
        for (key, id) in truth {
            assert_eq!((store.find(0, key), store.find(1, key), store.fresh(key)), (Some(id), Some(id), Some(id)));
        }
        assert!(store.keys.iter().all(|keys| keys.recent.is_empty()), "what is in the index is held no longer");
    }

    #[test]
    fn keys_do_not_pile_up_in_memory() {
        let mut store = Store::new();
        for key in 0..TOGETHER as i64 {
            assert!(!store.keys[0].are_many());
            store.accept(0, key, false);
        }
        assert!(store.keys[0].are_many());
        store.settle(0);
        assert!(!store.keys[0].are_many());
        let indexed: usize =
            store.connection.query_row("SELECT count(*) FROM idhooks_keys", [], |row| row.get(0)).unwrap();
        assert_eq!(indexed, TOGETHER);
    }
}
