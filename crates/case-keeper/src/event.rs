//! The event that a delivery carries, and the one verification that it names.

use std::time::Duration;

use idhooks_core::{
    DecodeError, Envelope, Lenient, RawJson, Timestamp, WebhookEvent, impl_deserialize,
    json::{FromJson, Place, members, members_once, text},
    payload,
};
use serde::{Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{EventId, EventKey, UserId, Verification, VerificationId};

payload! {
    /// One event of Case Keeper: something may have happened to a verification.
    ///
    /// Nothing in it is proven. Take [`Event::verification_id`], fetch that verification by an authenticated call, and act
    /// on the response; never on [`Event::data`].
    ///
    /// Documented: `key` and `data`, with the verification's id in `data.id`. A receiver in public code (2026-03) reads
    /// the id from a top-level `dataId` instead. Either will do. If both are there and differ, or there is none, the event
    /// does not decode: which verification to fetch must never be a guess. Ids that differ only in case are equal.
    ///
    /// Deliveries carry no id and no time of their own, so the dedup key of a delivery is the digest of its body, and two
    /// genuine events can have the same bytes (the second `updated` of a verification). Deduplicate within
    /// [`DEDUP_WINDOW`](WebhookEvent::DEDUP_WINDOW) only, and order by `updatedAt` of the verification that you fetch.
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events);
    /// fields beyond `key` and `data` observed in public code, 2024-03 and 2026-03.
    pub struct Event {
        /// The name of the event.
        pub key: EventKey = "key",
        /// The verification as the unknown sender describes it: often only its id and the changes.
        pub data: Lenient<ClaimedVerification> = "data",
        /// The verification's id once more; not documented. Prefer [`Event::verification_id`].
        pub data_id: Lenient<VerificationId> = "dataId",
        /// Id of the event record. A field of the record; not seen in a delivery.
        pub id: Lenient<EventId> = "id",
        /// Who caused it. A field of the record; not seen in a delivery.
        pub user_id: Lenient<UserId> = "userId",
        /// Who caused it, in full and as sent. A field of the record; not seen in a delivery.
        pub user: Lenient<RawJson> = "user",
        /// When the record was created. A field of the record; not seen in a delivery.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// When the record last changed. A field of the record; not seen in a delivery.
        pub updated_at: Lenient<Timestamp> = "updatedAt",
        /// When the record was deleted. A field of the record; not seen in a delivery.
        pub deleted_at: Lenient<Timestamp> = "deletedAt",
    }
    check check_ids
}

impl Event {
    /// Returns the verification that the event is about. `None` if the key is not about a verification, such as
    /// `flow.notification.sent` (observed): the id then names something else.
    ///
    /// ```
    /// use idhooks_case_keeper::Event;
    ///
    /// let event: Event = serde_json::from_str(r#"{"key":"verification.updated","data":{"id":"v-1"}}"#)?;
    /// assert_eq!(event.verification_id().map(|id| id.as_str()), Some("v-1"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn verification_id(&self) -> Option<&VerificationId> {
        self.subject_id().filter(|_| self.key.is_about_verification())
    }

    /// Returns the id of the object that the event is about: `data.id` or `dataId`.
    #[must_use]
    pub fn subject_id(&self) -> Option<&VerificationId> {
        self.data.as_ref().and_then(|data| data.id.as_ref()).or(self.data_id.as_ref())
    }

    /// One id there must be, and both must agree.
    fn check_ids(&self) -> Result<(), DecodeError> {
        if let Some(error) = self.data.error() {
            return Err(error.clone().inside("data"));
        }
        let inner = self.data.as_ref().and_then(|data| data.id.as_ref());
        match (inner, given(OUTER, &self.data_id)?) {
            (Some(inner), Some(outer)) if inner != outer => {
                Err(DecodeError::new("data.id", "is not the same as dataId"))
            }
            (None, None) => Err(DecodeError::new("data.id", "is missing, and so is dataId")),
            _ => Ok(()),
        }
    }
}

/// A verification as the sender of a delivery describes it. Decoded on demand, and proven by nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ClaimedVerification {
    #[serde(skip)]
    id: Option<VerificationId>,
    raw: RawJson,
}

impl ClaimedVerification {
    /// Returns the JSON as sent.
    #[must_use]
    pub fn raw(&self) -> &RawJson {
        &self.raw
    }

    /// Decodes it, to look at and not to act on, because its sender is unknown.
    ///
    /// ```
    /// use idhooks_case_keeper::Event;
    ///
    /// let event: Event =
    ///     serde_json::from_str(r#"{"key":"verification.updated","data":{"id":"v-1","ref":"POLICY-1"}}"#)?;
    /// let claimed = event.data.as_ref().ok_or("no data")?.decode()?;
    /// assert_eq!(claimed.reference.as_deref(), Some("POLICY-1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// When it is not an object, or has a member twice.
    #[inline]
    pub fn decode(&self) -> Result<Verification, DecodeError> {
        self.raw.decode().map_err(|error| error.inside("data"))
    }
}

impl<'de> FromJson<'de> for ClaimedVerification {
    fn from_json<D: Deserializer<'de>>(input: D, place: Place<'_, Self>) -> Result<(), D::Error> {
        let read = |raw: RawJson| own_id(&raw).map(|id| Self { id, raw });
        place.fill(read, |raw| RawJson::from_json(input, raw))
    }
}

impl_deserialize!(ClaimedVerification);

/// The top-level name of the id.
const OUTER: &str = "dataId";

/// The one member of `data` that decides something, and so may be there once only.
fn own_id(data: &RawJson) -> Result<Option<VerificationId>, DecodeError> {
    payload! {
        struct Named {
            id: Lenient<VerificationId> = "id",
        }
    }

    if !data.get().starts_with('{') {
        return Ok(None);
    }
    given("id", &data.decode::<Named>()?.id).map(Option::<&VerificationId>::cloned)
}

/// An id that is there must be usable. An empty one would turn "get this verification" into "list them all", and one of
/// another type may be an id all the same, but not one to guess at.
fn given<'a>(path: &str, id: &'a Lenient<VerificationId>) -> Result<Option<&'a VerificationId>, DecodeError> {
    match &**id {
        None if id.is_absent() => Ok(None),
        None => Err(DecodeError::new(path, "is of another type than documented")),
        Some(id) if id.as_str().is_empty() => Err(DecodeError::new(path, "is empty")),
        Some(id) => Ok(Some(id)),
    }
}

impl WebhookEvent for Event {
    const VENDOR: &'static str = "case-keeper";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    /// The text read from cards, with its confidences and comparisons, comes along for every attempt.
    const MAX_BODY: usize = 2 * 1024 * 1024;
    /// Ten minutes (inferred). No retry is documented or was ever seen, so this only covers a proxy or a sender that
    /// retries at once. The second `verification.updated` of a verification can have the bytes of the first: to swallow
    /// it loses a change, while to handle a retry twice only fetches the verification again.
    const DEDUP_WINDOW: Duration = Duration::from_secs(10 * 60);

    fn is_known(&self) -> bool {
        self.key.is_known()
    }

    fn envelope(body: &[u8]) -> Envelope {
        let [key, data, outer] = members(body, ["key", "data", OUTER]);
        // An id that is there twice is refused by `decode`; the other one must not stand in for it.
        let inner = match data {
            Some(data) if data.get().starts_with('{') => members_once(data, ["id"]).map(|[id]| id),
            _ => Some(None),
        };
        let Some(inner) = inner else { return Envelope::new().with_event(text(key)) };
        let is_there = |id: &Option<&RawValue>| id.is_some_and(|id| id.get() != "null");
        let subject = match (Some(inner).filter(is_there).flatten(), Some(outer).filter(is_there).flatten()) {
            (Some(inner), Some(outer)) => {
                text(Some(inner)).filter(|id| text(Some(outer)).is_some_and(|outer| outer.eq_ignore_ascii_case(id)))
            }
            (inner, outer) => text(inner.or(outer)),
        };
        Envelope::new().with_event(text(key)).with_subject(subject.filter(|id| !id.is_empty()))
    }
}
