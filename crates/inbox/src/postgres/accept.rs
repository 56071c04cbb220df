//! Stores what arrives: what has gathered in one commit, and alone what has more to it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    sync::{mpsc, oneshot},
    task::{AbortHandle, JoinSet},
    time::timeout,
};
use tokio_postgres::Row;

use super::{
    errors::{Failure, failed},
    param::params,
    pool::{Pool, Pooled, TIMEOUT},
    rows::{self, Mapped},
    session::{Purpose, Session},
};
use crate::{
    AcceptOutcome, DeliveryId, Error, row,
    store::{DeliveryRecord, MAX_CONFLICTS},
};

/// How many deliveries wait at most for their commit; later ones wait for a place.
const MAX_WAITING: usize = 1024;

/// How many deliveries are committed together at most, and about how many bytes of bodies.
const MAX_BATCH: usize = 64;
const MAX_BATCH_BYTES: usize = 1024 * 1024;

/// How long the next batch gathers while one before commits. A commit that takes longer does not delay it further.
const GATHER: Duration = Duration::from_millis(20);

/// How often to look again for what other sessions store at the same moment.
const MAX_TRIES: usize = 16;

const ACCEPT: &str = include_str!("sql/accept.sql");
const FIND_KEYS: &str = include_str!("sql/find_keys.sql");
const LOCK: &str = include_str!("sql/lock.sql");
const LOCK_SHARED: &str = include_str!("sql/lock_shared.sql");
const UNBLOCK: &str = include_str!("sql/unblock.sql");

/// Sends deliveries to the task that commits them in batches.
pub(super) struct GroupCommit {
    send: mpsc::Sender<Waiting>,
    task: AbortHandle,
}

struct Waiting {
    record: Arc<DeliveryRecord>,
    reply: oneshot::Sender<Result<AcceptOutcome, Error>>,
}

impl GroupCommit {
    pub(super) fn start(pool: Pool, connections: usize) -> Self {
        let (send, receive) = mpsc::channel(MAX_WAITING);
        // One connection stays free for deliveries that are stored alone.
        let batches = connections.saturating_sub(1).max(1);
        Self { send, task: tokio::spawn(commit_batches(receive, pool, batches)).abort_handle() }
    }

    pub(super) fn stop(&self) {
        self.task.abort();
    }

    pub(super) async fn accept(&self, record: DeliveryRecord) -> Result<AcceptOutcome, Error> {
        let (reply, answer) = oneshot::channel();
        let waiting = Waiting { record: Arc::new(record), reply };
        if self.send.send(waiting).await.is_err() {
            return Err(Error::closed());
        }
        answer.await.unwrap_or_else(|_| Err(Error::closed()))
    }
}

/// Ends once no more can come.
async fn commit_batches(mut receive: mpsc::Receiver<Waiting>, pool: Pool, batches: usize) {
    let mut running = JoinSet::new();
    while let Some(first) = receive.recv().await {
        while running.len() >= batches {
            running.join_next().await;
        }
        if !running.is_empty() {
            let _ = timeout(GATHER, running.join_next()).await;
        }
        running.spawn(commit(pool.clone(), gather(first, &mut receive)));
    }
}

fn gather(first: Waiting, receive: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let (mut batch, mut bytes, mut next) = (Vec::new(), 0, Some(first));
    while let Some(waiting) = next.take() {
        bytes += waiting.record.body.as_ref().map_or(0, |body| body.len());
        if !waiting.reply.is_closed() {
            batch.push(waiting);
        }
        if batch.len() < MAX_BATCH && bytes < MAX_BATCH_BYTES {
            next = receive.try_recv().ok();
        }
    }
    batch
}

/// Stores a batch, replies to those whose outcome is clear, and stores the others alone.
async fn commit(pool: Pool, batch: Vec<Waiting>) {
    let records: Vec<_> = batch.iter().map(|waiting| Arc::clone(&waiting.record)).collect();
    let stored =
        pool.run(TIMEOUT, |mut session: Pooled| async move { Ok(store_batch(&mut session, &records).await) }).await;
    let mut found = match stored.map_err(Failure::from).and_then(|stored| stored) {
        Ok(found) => found,
        Err(failure) if failure.may_be_of_one() => HashMap::new(),
        Err(failure) => {
            for waiting in batch {
                let _ = waiting.reply.send(Err(failure.error.duplicate()));
            }
            return;
        }
    };
    for Waiting { record, reply } in batch {
        let found = record.dedup.and_then(|key| found.get_mut(&key)).and_then(|found| match found {
            // The others with the same key come after it.
            Found::New(_) => Some(std::mem::replace(found, Found::Taken)),
            Found::First(first) => Some(Found::First(first.clone())),
            Found::Taken => None,
        });
        match found.as_ref().and_then(|found| found.outcome(&record)) {
            Some(outcome) => {
                let _ = reply.send(Ok(outcome));
            }
            None => {
                let pool = pool.clone();
                tokio::spawn(async move {
                    let alone =
                        |mut session: Pooled| async move { Ok(store_alone(&mut session, &record, found).await?) };
                    let _ = reply.send(pool.run(TIMEOUT, alone).await);
                });
            }
        }
    }
}

/// The delivery that has a key.
enum Found {
    /// The delivery itself.
    New(DeliveryId),
    /// One that was stored before.
    First(Arc<DeliveryRecord>),
    /// The delivery itself, for another one of the batch.
    Taken,
}

impl Found {
    /// Returns the outcome if there is nothing left to write.
    fn outcome(&self, record: &DeliveryRecord) -> Option<AcceptOutcome> {
        match self {
            Self::New(id) => Some(AcceptOutcome::New { id: *id, possible_replay: false }),
            Self::First(first) if !first.key_expired(record) && first.body_digest == record.body_digest => {
                Some(AcceptOutcome::Duplicate { id: first.id })
            }
            _ => None,
        }
    }
}

type ByKey = HashMap<[u8; 32], Found>;

/// Stores deliveries whose keys are free, and finds those that have the other keys.
async fn store_batch(session: &mut Session, records: &[Arc<DeliveryRecord>]) -> Result<ByKey, Failure> {
    let mut keys = HashSet::new();
    let first = records.iter().filter(|record| keys.insert(record.dedup));
    let columns = Columns::of(first.map(|record| &**record));
    let mut found = columns.insert(session, Purpose::WriteBatch, LOCK_SHARED, false, &[]).await?;
    let missing: Vec<_> = columns.dedup.iter().flatten().copied().filter(|key| !contains(&found, key)).collect();
    if !missing.is_empty() {
        found.extend(find(session, missing).await?);
    }
    Ok(found)
}

fn contains(found: &ByKey, key: &[u8]) -> bool {
    <[u8; 32]>::try_from(key).is_ok_and(|key| found.contains_key(&key))
}

/// Finds the deliveries that have these keys, in a commit that is as durable as theirs: "duplicate" is acknowledged like
/// the first delivery, whose commit may still wait for a standby.
async fn find(session: &mut Session, keys: Vec<&[u8]>) -> Result<ByKey, Failure> {
    let found = session.run(FIND_KEYS, &params![&keys]).await?;
    let records = found.iter().map(|found| row::record(&Mapped(found)));
    let records = records.collect::<Result<Vec<_>, _>>()?;
    let with_key = |record: DeliveryRecord| Some((record.dedup?, Found::First(Arc::new(record))));
    Ok(records.into_iter().filter_map(with_key).collect())
}

/// Stores one delivery, also if its key is taken.
async fn store_alone(
    session: &mut Session,
    record: &DeliveryRecord,
    mut found: Option<Found>,
) -> Result<AcceptOutcome, Failure> {
    let columns = Columns::of([record]);
    let key = record.dedup.unwrap_or_default();
    for _ in 0..MAX_TRIES {
        let there = match found.take() {
            Some(there) => Some(there),
            None => columns.insert(session, Purpose::Write, LOCK, false, &[]).await?.remove(&key),
        };
        let there = match there {
            Some(there) => Some(there),
            None => find(session, vec![&key]).await?.remove(&key),
        };
        if let Some(outcome) = there.as_ref().and_then(|there| there.outcome(record)) {
            return Ok(outcome);
        }
        let Some(Found::First(first)) = there else { continue };
        if !first.key_expired(record) {
            return store_conflict(session, record, first.id).await;
        }
        // Takes the key over, unless another session has just done so.
        let (id, key_column) = (first.id.get(), &key[..]);
        let free = "UPDATE idhooks_deliveries SET dedup = NULL WHERE id = $1 AND dedup = $2";
        let free = (free, &params![&id, &key_column][..]);
        if let Some(Found::New(id)) = columns.insert(session, Purpose::Write, LOCK, true, &[free]).await?.remove(&key) {
            return Ok(AcceptOutcome::New { id, possible_replay: true });
        }
    }
    Err(Error::unavailable("the store is overloaded").into())
}

/// Counts under a lock on the first delivery, or two that arrive at once would both be the last.
async fn store_conflict(
    session: &mut Session,
    record: &DeliveryRecord,
    id: DeliveryId,
) -> Result<AcceptOutcome, Failure> {
    let (first, most) = (id.get(), i64::from(MAX_CONFLICTS));
    let (digest, body) = (&record.body_digest[..], record.body.as_deref());
    let lock = "SELECT id FROM idhooks_deliveries WHERE id = $1 FOR UPDATE";
    let insert = params![&first, &digest, &record.received_at, &body, &most];
    let store = include_str!("sql/conflict.sql");
    session.transaction(Purpose::Write, &[(lock, &params![&first]), (store, &insert)]).await?;
    Ok(AcceptOutcome::Conflict { id })
}

/// Deliveries as the columns of a statement.
#[derive(Default)]
struct Columns<'a> {
    dedup: Vec<Option<&'a [u8]>>,
    dedup_until: Vec<Option<SystemTime>>,
    body_digest: Vec<&'a [u8]>,
    vendor: Vec<&'a str>,
    verified: Vec<bool>,
    endpoint: Vec<Option<&'a str>>,
    event: Vec<Option<&'a str>>,
    subject: Vec<Option<&'a str>>,
    subject_key: Vec<Option<i64>>,
    auth: Vec<&'a str>,
    label: Vec<Option<&'a str>>,
    received_at: Vec<SystemTime>,
    body: Vec<Option<&'a [u8]>>,
}

impl<'a> Columns<'a> {
    fn of(records: impl IntoIterator<Item = &'a DeliveryRecord>) -> Self {
        let mut columns = Self::default();
        for record in records {
            columns.dedup.push(record.dedup.as_ref().map(|key| &key[..]));
            columns.dedup_until.push(record.dedup_until);
            columns.body_digest.push(&record.body_digest);
            columns.vendor.push(&record.kind.vendor);
            columns.verified.push(record.kind.verified);
            columns.endpoint.push(record.endpoint.as_deref());
            columns.event.push(record.event.as_deref());
            columns.subject.push(record.subject.as_ref().map(|subject| &**subject.expose()));
            columns.subject_key.push(record.subject_key);
            columns.auth.push(&record.auth);
            columns.label.push(record.label.as_deref());
            columns.received_at.push(record.received_at);
            columns.body.push(record.body.as_deref());
        }
        columns
    }

    /// Returns the subjects of more than one delivery. The first one may turn out to be a duplicate: the next one is then
    /// blocked by nothing.
    fn crowded_subjects(&self) -> Vec<i64> {
        let mut keys: Vec<i64> = self.subject_key.iter().copied().flatten().collect();
        keys.sort_unstable();
        let several = keys.chunk_by(PartialEq::eq).filter(|equal| equal.len() > 1);
        several.filter_map(|equal| equal.first().copied()).collect()
    }

    /// Inserts those whose key is free, after the statements of `before`.
    async fn insert(
        &self,
        session: &mut Session,
        purpose: Purpose,
        lock: &'static str,
        possible_replay: bool,
        before: &[(&'static str, &[super::param::Param<'_>])],
    ) -> Result<ByKey, Failure> {
        let (keys, crowded) = (rows::lock_order(self.subject_key.iter().copied()), self.crowded_subjects());
        let (keys, crowded_keys) = (params![&keys], params![&crowded]);
        let values = params![
            &self.dedup,
            &self.dedup_until,
            &self.body_digest,
            &self.vendor,
            &self.verified,
            &self.endpoint,
            &self.event,
            &self.subject,
            &self.subject_key,
            &self.auth,
            &self.label,
            &self.received_at,
            &self.body,
            &possible_replay,
        ];
        let mut statements = vec![(lock, &keys[..])];
        statements.extend(before);
        let place = statements.len();
        statements.push((ACCEPT, &values));
        if !crowded.is_empty() {
            statements.push((UNBLOCK, &crowded_keys));
        }
        let new = session.transaction(purpose, &statements).await?.swap_remove(place);
        let new = new.iter().map(|row: &Row| {
            let key = <[u8; 32]>::try_from(row.try_get::<_, &[u8]>("dedup")?).unwrap_or_default();
            Ok((key, Found::New(DeliveryId::new(row.try_get("id")?))))
        });
        new.collect::<Result<_, tokio_postgres::Error>>().map_err(|error| failed(error).into())
    }
}
