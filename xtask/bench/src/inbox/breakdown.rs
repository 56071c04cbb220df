//! Where the time of an accept goes: the inbox's own table filled without the inbox around it, and against the least that
//! could be kept.

use std::time::Instant;

use rusqlite::{Connection, params};
use sha2::{Digest as _, Sha256};

use super::engine::{Engine, Fresh};
use crate::{Effort, Outcome, measure::Rounds};

/// As many as are committed together when that many callers wait.
const TOGETHER: [usize; 2] = [super::accept::CALLERS, 1];

/// As the inbox has it.
const LOG_PAGES: u32 = 1000;

pub(super) async fn run(effort: Effort) -> Outcome<()> {
    let (rounds, count, before) = effort.pick((15, 1024, 100_000), (1, 64, 200));
    println!(
        "\n## Inbox: the same rows without the inbox around them, {before} there before; medians of {rounds} rounds\n"
    );
    println!(
        "{:<44} {:>17} {:>13} {:>15} {:>13}",
        "", "32 together: each", "pages written", "1 by 1: each", "pages written"
    );
    let mut contestants = [
        Contestant::new("a number, a body", Tables::Least, before).await?,
        Contestant::new("a number, a key that is there once, a body", Tables::LeastWithKey, before).await?,
        Contestant::new("the inbox's table", Tables::Inbox, before).await?,
    ];
    for round in 0..rounds {
        for turn in 0..contestants.len() {
            let who = (round + turn) % contestants.len();
            for (place, together) in TOGETHER.into_iter().enumerate() {
                contestants[who].run(place, together, count / TOGETHER[0] * together)?;
            }
        }
    }
    for contestant in &contestants {
        let [(many, many_pages), (one, one_pages)] = &contestant.rounds;
        let (many, many_pages, one, one_pages) = (many.median(), many_pages.median(), one.median(), one_pages.median());
        println!("{:<44} {many:>14.2} µs {many_pages:>13.1} {one:>12.1} µs {one_pages:>13.1}", contestant.name);
    }
    Ok(())
}

#[derive(PartialEq)]
enum Tables {
    Least,
    LeastWithKey,
    Inbox,
}

struct Contestant {
    name: String,
    tables: Tables,
    connection: Connection,
    next: u64,
    /// Microseconds and pages for one row, for each of `TOGETHER`.
    rounds: [(Rounds, Rounds); 2],
    _store: Fresh,
}

impl Contestant {
    async fn new(name: &str, tables: Tables, before: usize) -> Outcome<Self> {
        let store = Fresh::new(Engine::Sqlite)?;
        idhooks_inbox::Inbox::open(&store.url).await?.close().await;
        let connection = Connection::open(store.url.trim_start_matches("sqlite:"))?;
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        match tables {
            Tables::Least => {
                connection.execute_batch("CREATE TABLE least (id INTEGER PRIMARY KEY, dedup BLOB, body BLOB)")?
            }
            Tables::LeastWithKey => {
                connection.execute_batch("CREATE TABLE least (id INTEGER PRIMARY KEY, dedup BLOB UNIQUE, body BLOB)")?
            }
            Tables::Inbox => {}
        }
        let name = name.to_owned();
        let mut new = Self { name, tables, connection, next: 0, rounds: Default::default(), _store: store };
        for _ in 0..before / 100 {
            new.insert(100)?;
        }
        Ok(new)
    }

    fn run(&mut self, place: usize, together: usize, count: usize) -> Outcome<()> {
        let started = Instant::now();
        for _ in 0..count / together {
            self.insert(together)?;
        }
        let took = started.elapsed();
        // An empty log, which then nobody empties, tells how much the next few write.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        self.connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        for _ in 0..4 {
            self.insert(together)?;
        }
        let pages: i64 = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(1))?;
        self.connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        let (times, pages_each) = &mut self.rounds[place];
        times.push(took.as_secs_f64() * 1e6 / count as f64);
        pages_each.push(pages as f64 / (4 * together) as f64);
        Ok(())
    }

    fn insert(&mut self, together: usize) -> Outcome<()> {
        let body = [b'x'; 1024];
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..together {
            self.next += 1;
            let number = self.next;
            let digest: [u8; 32] = Sha256::digest(number.to_le_bytes()).into();
            if self.tables != Tables::Inbox {
                let insert = "INSERT INTO least (dedup, body) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
                self.connection.prepare_cached(insert)?.execute((&digest[..], &body[..]))?;
                continue;
            }
            let lane = digest.first_chunk().map(|bytes| i64::from_le_bytes(*bytes));
            let text = format!("01JZNL6XQB{number:016}");
            let now = 1_795_000_000_000_000 + number as i64;
            let insert = "INSERT INTO idhooks_deliveries (dedup, digest, key, vendor, verified, event, subject, lane, \
                          proof, secret, received_at, possible_replay, body) \
                          VALUES (?1, ?1, ?2, 'caf', 1, 'TRANSACTIONSTATUSUPDATED', ?2, ?3, 'hmac', 0, ?4, 0, ?5)";
            self.connection.prepare_cached(insert)?.execute(params![&digest[..], text, lane, now, &body[..]])?;
        }
        Ok(self.connection.execute_batch("COMMIT")?)
    }
}
