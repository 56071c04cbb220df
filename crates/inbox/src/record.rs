//! A delivery as every part of the inbox sees it: one struct, one row.

use std::{
    borrow::Cow,
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use idhooks_core::{
    __stored::{self, Restore, Stored},
    DedupKey, Delivery, Pii, WebhookEvent,
};
use sha2::{Digest as _, Sha256};

use crate::inbox::MemoryPermit;

/// The longest event name or subject id that is stored beside the body, in bytes.
const MAX_TEXT: usize = 256;

/// A delivery that lost this many leases in a row is claimed alone, because it may be what kills its workers.
pub(crate) const SUSPECT_AFTER: u32 = 2;

/// The id of a delivery in one inbox.
///
/// Ids grow with time and are never used twice, also after a backup was restored: the store raises its counter to the
/// clock's microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(i64);

impl DeliveryId {
    /// Creates the id with that number.
    ///
    /// ```
    /// use idhooks_inbox::DeliveryId;
    ///
    /// assert_eq!(DeliveryId::new(7).to_string(), "7");
    /// ```
    #[must_use]
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number that grows with each lease of a store.
///
/// A later lease of the same delivery, or of another one with the same subject, has a higher token. A system that
/// compares tokens can therefore reject a worker whose lease was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FencingToken(i64);

impl FencingToken {
    /// Creates the token with that number.
    #[must_use]
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// Returns the number.
    #[must_use]
    pub fn get(self) -> i64 {
        self.0
    }
}

impl fmt::Display for FencingToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The kind of a delivery, which selects its handler: the vendor, and whether the sender was authenticated.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_structs, reason = "the two facts that select a handler")]
pub struct DeliveryKind {
    /// The vendor's name, such as `case-keeper`.
    pub vendor: Cow<'static, str>,
    /// Whether the sender was authenticated.
    pub verified: bool,
}

impl DeliveryKind {
    pub(crate) fn of<D: Delivery>() -> Self {
        Self { vendor: Cow::Borrowed(<D::Event as WebhookEvent>::VENDOR), verified: D::IS_VERIFIED }
    }
}

impl fmt::Display for DeliveryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} deliveries of {}", if self.verified { "verified" } else { "unverified" }, self.vendor)
    }
}

/// The state of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// A worker may claim it.
    Ready,
    /// A worker holds its lease.
    Running,
    /// It waits for its next attempt.
    Scheduled,
    /// It was handled.
    Done,
    /// It waits for an earlier delivery of the same subject.
    Blocked,
    /// It will not be handled: its handler, an operator, or too many attempts decided so.
    DeadLetter,
    /// This release cannot decode it. A later release tries again.
    Undecodable,
}

impl State {
    /// All states.
    pub const ALL: [Self; 7] =
        [Self::Ready, Self::Running, Self::Scheduled, Self::Done, Self::Blocked, Self::DeadLetter, Self::Undecodable];

    /// Returns a short constant name, fit for a metric's label.
    ///
    /// ```
    /// use idhooks_inbox::State;
    ///
    /// assert_eq!(State::DeadLetter.as_str(), "dead_letter");
    /// ```
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Scheduled => "scheduled",
            Self::Done => "done",
            Self::Blocked => "blocked",
            Self::DeadLetter => "dead_letter",
            Self::Undecodable => "undecodable",
        }
    }

    /// Returns the number that stands for the state in both schemas.
    #[must_use]
    pub fn code(self) -> i16 {
        match self {
            Self::Ready => 0,
            Self::Running => 1,
            Self::Scheduled => 2,
            Self::Done => 3,
            Self::Blocked => 4,
            Self::DeadLetter => 5,
            Self::Undecodable => 6,
        }
    }

    /// Returns the state that a number stands for.
    #[must_use]
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// The right to handle a delivery, until it expires or another worker takes it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs, reason = "the two numbers that name a lease")]
pub struct Lease {
    /// The delivery.
    pub id: DeliveryId,
    /// The token of this lease.
    pub token: FencingToken,
}

/// A delivery as the store holds it: one field for each column of the table, and the body.
#[derive(Clone)]
#[non_exhaustive]
pub struct DeliveryRecord {
    /// The id; 0 before the store has assigned one.
    pub id: DeliveryId,
    /// A digest of vendor, endpoint, kind and deduplication key. `None` once a later delivery took the key over.
    pub dedup: Option<[u8; 32]>,
    /// Until when an equal key means the same event; `None` means forever.
    pub dedup_until: Option<SystemTime>,
    /// A digest of the content, to tell a duplicate from a conflict.
    pub body_digest: [u8; 32],
    /// Vendor, and whether the sender was authenticated.
    pub kind: DeliveryKind,
    /// The name of the verifier's endpoint.
    pub endpoint: Option<Arc<str>>,
    /// The vendor's name of the event, if it is of bounded length.
    pub event: Option<Box<str>>,
    /// The id of the thing that the event is about; a digest of it, if it is too long or holds a NUL.
    pub subject: Option<Pii<Box<str>>>,
    /// Equal for deliveries of one kind, endpoint and subject, which are handled one at a time.
    pub subject_key: Option<i64>,
    /// How the sender was authenticated: the method, and the index of the secret after a slash.
    pub auth: Box<str>,
    /// The label of the secret that matched.
    pub label: Option<Arc<str>>,
    /// When the inbox accepted the delivery, by the receiver's clock.
    pub received_at: SystemTime,
    /// Whether the same bytes arrived before, longer ago than the deduplication window.
    pub possible_replay: bool,
    /// The state.
    pub state: State,
    /// Since when, or from when on, the delivery may be handled.
    pub due_at: SystemTime,
    /// How many attempts failed.
    pub attempts: u32,
    /// How many leases expired since the last attempt that ended.
    pub lost_leases: u32,
    /// The token of the current lease, or of the last one.
    pub token: Option<FencingToken>,
    /// When the delivery was handled or became a dead letter.
    pub finished_at: Option<SystemTime>,
    /// Why the last attempt failed.
    pub reason: Option<Box<str>>,
    /// The version of the decoder that could not decode the body.
    pub decoder_version: Option<i64>,
    /// The body as it arrived; `None` where the query did not ask for it, and after a purge.
    pub body: Option<Bytes>,
    /// Memory that is free again when the last holder drops the record.
    #[expect(dead_code, reason = "what counts is when it is dropped")]
    pub(crate) permit: Option<Arc<MemoryPermit>>,
}

impl DeliveryRecord {
    /// Creates the record of a delivery that has just arrived. `window` applies to keys that are a digest of the body.
    #[must_use]
    pub fn new<D: Delivery>(delivery: &D, window: Duration) -> Self {
        Self::with_permit(delivery, window, None)
    }

    pub(crate) fn with_permit<D: Delivery>(delivery: &D, window: Duration, permit: Option<Arc<MemoryPermit>>) -> Self {
        let kind = DeliveryKind::of::<D>();
        let (authentication, endpoint, envelope, key) =
            (delivery.authentication(), delivery.endpoint(), delivery.envelope(), delivery.dedup_key());
        let received_at = SystemTime::now();
        let auth = match authentication.secret_index() {
            Some(index) => format!("{}/{index}", authentication.method().as_str()),
            None => authentication.method().as_str().to_owned(),
        };
        Self {
            id: DeliveryId::default(),
            dedup: Some(dedup(&kind, endpoint, key)),
            dedup_until: matches!(key, DedupKey::BodyDigest(_)).then(|| later(received_at, window)),
            body_digest: delivery.content_digest(),
            subject_key: envelope.subject_id().map(|subject| subject_key(&kind, endpoint, subject)),
            kind,
            endpoint: endpoint.map(|endpoint| without_nul(endpoint).into()),
            event: bounded(envelope.event_name()),
            subject: envelope.subject_id().map(|subject| Pii::from(storable_subject(subject))),
            auth: auth.into(),
            label: authentication.label().map(|label| without_nul(label).into()),
            received_at,
            possible_replay: false,
            state: State::Ready,
            due_at: received_at,
            attempts: 0,
            lost_leases: 0,
            token: None,
            finished_at: None,
            reason: None,
            decoder_version: None,
            body: Some(delivery.body().clone()),
            permit,
        }
    }

    /// Returns the number of the current attempt, counted from 1; leases that expired count.
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempts.saturating_add(self.lost_leases).saturating_add(1)
    }

    /// Returns the lease, if the delivery was ever claimed.
    #[must_use]
    pub fn lease(&self) -> Option<Lease> {
        self.token.map(|token| Lease { id: self.id, token })
    }

    /// Returns whether the key of `self`, which is in the store, no longer covers `later`. A clock that was set back
    /// counts as time that passed.
    #[must_use]
    pub fn key_expired(&self, later: &Self) -> bool {
        let Some(until) = self.dedup_until else { return false };
        let window = until.duration_since(self.received_at).unwrap_or_default();
        later.received_at > until || self.received_at.duration_since(later.received_at).is_ok_and(|back| back > window)
    }

    /// Rebuilds the delivery; `None` if this release does not know how its sender was authenticated.
    pub(crate) fn restore<D: Restore>(&self) -> Option<D> {
        let (method, index) =
            self.auth.split_once('/').map_or((&*self.auth, None), |(method, index)| (method, Some(index)));
        D::restore(Stored {
            body: self.body.clone()?,
            method: __stored::method(method)?,
            secret_index: index.and_then(|index| index.parse().ok()),
            label: self.label.clone(),
            endpoint: self.endpoint.clone(),
        })
    }
}

impl fmt::Debug for DeliveryRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryRecord")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("state", &self.state)
            .field("token", &self.token)
            .field("attempts", &self.attempts)
            .field("lost_leases", &self.lost_leases)
            .field("body_bytes", &self.body.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}

/// Adds without overflow.
pub(crate) fn later(time: SystemTime, by: Duration) -> SystemTime {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 24 * 3600);
    time.checked_add(by.min(CENTURY)).unwrap_or(time)
}

/// Unverified deliveries have keys of their own, because anyone could otherwise take the key of a verified delivery.
fn dedup(kind: &DeliveryKind, endpoint: Option<&str>, key: &DedupKey) -> [u8; 32] {
    let mut digest = scope(kind, endpoint);
    match key {
        DedupKey::BodyDigest(content) => {
            digest.update(b"c");
            digest.update(content.digest());
        }
        vendor_id => {
            digest.update(b"v");
            digest.update(vendor_id.to_string());
        }
    }
    digest.finalize().into()
}

/// Two subjects that share a key by chance (one in 2^64) only wait for each other.
fn subject_key(kind: &DeliveryKind, endpoint: Option<&str>, subject: &str) -> i64 {
    let digest: [u8; 32] = scope(kind, endpoint).chain_update(subject).finalize().into();
    digest.first_chunk().map_or(0, |bytes| i64::from_le_bytes(*bytes))
}

/// Starts a digest so that no two scopes give the same bytes.
fn scope(kind: &DeliveryKind, endpoint: Option<&str>) -> Sha256 {
    let mut digest = Sha256::new();
    for part in [Some(&*kind.vendor), endpoint] {
        digest.update([u8::from(part.is_some())]);
        let part = part.unwrap_or_default();
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.update([u8::from(kind.verified)]);
    digest
}

/// Returns what stands for a subject in the store, also in a filter.
pub(crate) fn storable_subject(subject: &str) -> Box<str> {
    bounded(Some(subject)).unwrap_or_else(|| {
        let digest: String = Sha256::digest(subject).iter().map(|byte| format!("{byte:02x}")).collect();
        format!("sha256:{digest}").into()
    })
}

fn bounded(text: Option<&str>) -> Option<Box<str>> {
    text.filter(|text| text.len() <= MAX_TEXT && !text.contains('\0')).map(Box::from)
}

/// Replaces NUL, because PostgreSQL has no NUL in a text.
pub(crate) fn without_nul(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}
