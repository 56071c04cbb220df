//! The same rows through sqlx, one transaction each.

use std::time::Duration;

use idhooks_core::DedupKey;
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use super::{
    accept::{CALLERS, all},
    deliveries::Delivery,
    engine::Fresh,
};
use crate::Outcome;

const DELIVERY: &str = "INSERT INTO idhooks_deliveries (dedup, body_digest, vendor, verified, event, subject, subject_key, \
                        auth, received_at, possible_replay, due_at, state) \
                        VALUES (?1, ?2, 'caf', 1, ?3, ?4, ?5, 'signature/0', ?6, 0, ?6, 0) RETURNING id";

/// A file with the tables of the inbox. SQLite has one writer, so one connection is the fastest.
#[derive(Clone)]
pub(super) struct Sqlx(SqlitePool);

impl Sqlx {
    pub(super) async fn open(store: &Fresh) -> Outcome<Self> {
        let file = store.url.strip_prefix("sqlite:").ok_or("not a file")?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        Ok(Self(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
    }

    /// Inserts rows in one transaction, to have them there.
    pub(super) async fn fill(&self, deliveries: &[Delivery]) -> Outcome<()> {
        let mut transaction = self.0.begin().await?;
        for delivery in deliveries {
            insert(&mut transaction, delivery).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Returns the time until all rows are on disk, inserted by as many callers as the inbox has.
    pub(super) async fn insert_all(&self, deliveries: &[Delivery]) -> Outcome<Duration> {
        let pool = self.0.clone();
        all(deliveries, CALLERS, move |delivery| {
            let pool = pool.clone();
            async move {
                let mut transaction = pool.begin().await?;
                insert(&mut transaction, &delivery).await?;
                Ok(transaction.commit().await?)
            }
        })
        .await
    }
}

async fn insert(connection: &mut sqlx::SqliteConnection, delivery: &Delivery) -> Outcome<()> {
    let key: [u8; 32] = match delivery.dedup_key() {
        DedupKey::BodyDigest(digest) => *digest.digest(),
        key => Sha256::digest(key.to_string()).into(),
    };
    let subject = delivery.envelope().subject_id().unwrap_or_default().to_owned();
    let subject_key = key.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes));
    let query = sqlx::query_scalar(DELIVERY).bind(&key[..]).bind(delivery.content_digest().to_vec());
    let query =
        query.bind("TRANSACTIONSTATUSUPDATEDEVENT").bind(subject).bind(subject_key).bind(1_800_000_000_000_000_i64);
    let id: i64 = query.fetch_one(&mut *connection).await?;
    let body = "INSERT INTO idhooks_bodies (id, body) VALUES (?1, ?2)";
    sqlx::query(body).bind(id).bind(delivery.body().to_vec()).execute(connection).await?;
    Ok(())
}
