//! A delivery on its way into a store.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use idhooks_core::{__stored::Stored, AuthMethod, DedupKey, Delivery, WebhookEvent};
use sha2::{Digest as _, Sha256};

use crate::inbox::Room;

/// Longest name of an event or id of a subject that is kept for listings; a longer one is only in the body.
const LONGEST_TEXT: usize = 256;

/// A delivery on its way into a [`Store`](crate::store::Store): all that is to be kept.
#[derive(Clone)]
#[non_exhaustive]
pub struct Arrival {
    /// The vendor's name.
    pub vendor: &'static str,
    /// Whether its sender was authenticated.
    pub verified: bool,
    /// Digest of vendor, endpoint, kind and key: equal for deliveries of the same event, and for no others.
    pub dedup: [u8; 32],
    /// The key in words, printable ASCII of bounded length.
    pub key: Box<str>,
    /// For how long equal keys mean the same event; forever if `None`.
    pub window: Option<Duration>,
    /// The vendor's own name of the event, if it is of bounded length.
    pub event: Option<Box<str>>,
    /// Id of the thing it is about, if it is of bounded length.
    pub subject: Option<Box<str>>,
    /// The same for deliveries about the same thing, which are handled one at a time.
    pub lane: Option<i64>,
    /// SHA-256 of the body.
    pub digest: [u8; 32],
    /// When it was handed in, by this machine's clock.
    pub received_at: SystemTime,
    pub(crate) stored: Stored,
    /// Given back once no store has it in its hands, however long ago its sender was answered.
    #[expect(dead_code, reason = "what counts is when it is dropped")]
    pub(crate) room: Option<Arc<Room>>,
}

impl Arrival {
    /// A delivery that has just come. `window` is for keys that are made of the body's bytes, the others have none.
    #[must_use]
    pub fn new<D: Delivery>(delivery: &D, window: Duration) -> Self {
        let vendor = <D::Event as WebhookEvent>::VENDOR;
        let (body, authentication, endpoint) = (delivery.body(), delivery.authentication(), delivery.endpoint());
        let (envelope, key) = (delivery.envelope(), delivery.dedup_key());
        let digest = match key {
            // Of a body that was signed in another form, the key is of that form.
            DedupKey::BodyDigest(content) if authentication.method() != AuthMethod::ReserializedSignature => {
                *content.digest()
            }
            _ => Sha256::digest(body).into(),
        };
        Self {
            vendor,
            verified: D::IS_VERIFIED,
            dedup: dedup(vendor, D::IS_VERIFIED, endpoint, key),
            window: matches!(key, DedupKey::BodyDigest(_)).then_some(window),
            key: key.to_string().into(),
            event: bounded(envelope.event_name()),
            subject: bounded(envelope.subject_id()),
            lane: envelope.subject_id().and_then(|subject| lane_of(vendor, endpoint, subject)),
            digest,
            received_at: SystemTime::now(),
            stored: Stored {
                body: body.clone(),
                method: authentication.method(),
                secret_index: authentication.secret_index(),
                label: authentication.label().map(Arc::from),
                endpoint: endpoint.map(Arc::from),
            },
            room: None,
        }
    }

    /// The bytes as they came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.stored.body
    }

    /// The verifier's endpoint.
    #[must_use]
    pub fn endpoint(&self) -> Option<&str> {
        self.stored.endpoint.as_deref()
    }

    /// Name of the method of authentication.
    #[must_use]
    pub fn method(&self) -> &'static str {
        self.stored.method.as_str()
    }

    /// Index of the secret that matched.
    #[must_use]
    pub fn secret_index(&self) -> Option<i64> {
        self.stored.secret_index.and_then(|index| i64::try_from(index).ok())
    }

    /// Label of the secret that matched.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.stored.label.as_deref()
    }
}

impl std::fmt::Debug for Arrival {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arrival")
            .field("vendor", &self.vendor)
            .field("verified", &self.verified)
            .field("bytes", &self.body().len())
            .finish_non_exhaustive()
    }
}

/// Unverified deliveries have a key space of their own. Otherwise anyone could take the key of a verified delivery first.
fn dedup(vendor: &str, verified: bool, endpoint: Option<&str>, key: &DedupKey) -> [u8; 32] {
    let mut digest = parts(vendor, endpoint);
    digest.update([u8::from(verified)]);
    match key {
        DedupKey::BodyDigest(content) => {
            digest.update(b"c");
            digest.update(content.digest());
        }
        vendors => {
            digest.update(b"v");
            digest.update(vendors.to_string());
        }
    }
    digest.finalize().into()
}

/// What a subject's deliveries have in common. Two subjects that share one by chance (one in 2^64) only wait for
/// each other.
pub(crate) fn lane_of(vendor: &str, endpoint: Option<&str>, subject: &str) -> Option<i64> {
    let mut digest = parts(vendor, endpoint);
    digest.update(subject);
    digest.finalize().first_chunk().map(|bytes| i64::from_le_bytes(*bytes))
}

/// Vendor and endpoint, so that no two pairs give the same bytes.
fn parts(vendor: &str, endpoint: Option<&str>) -> Sha256 {
    let mut digest = Sha256::new();
    for part in [Some(vendor), endpoint] {
        digest.update([u8::from(part.is_some())]);
        let part = part.unwrap_or_default();
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest
}

fn bounded(text: Option<&str>) -> Option<Box<str>> {
    // A NUL ends a text in more than one database.
    text.filter(|text| text.len() <= LONGEST_TEXT && !text.contains('\0')).map(Box::from)
}
