//! The partial event a delivery carries, and the one verification it names.

use idhooks_core::{
    DecodeError, Envelope, LazyJson, Lenient, RawJson, Timestamp, WebhookEvent,
    json::{self, hand_out, members, members_once, text},
    payload,
};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::{EventId, EventKey, UserId, Verification, VerificationId};

/// One event of Case Keeper: a hint that something happened to a verification.
///
/// Nothing in it is proven. Take [`Event::verification_id`], read that verification by an
/// authenticated call, and act on the answer; never on [`Event::data`].
///
/// Documented: `key` and `data`, with the verification's id in `data.id`. A receiver in public code
/// (2026-03) reads the id from a top-level `dataId` instead. Either will do. If both are there and
/// differ by as much as a letter's case, or there is none, the event is refused: which verification
/// to read must never be a guess.
///
/// Deliveries carry no id and no time of their own, so the key of a delivery is the digest of its
/// body, and two genuine events can have the same bytes (the second `updated` of a verification).
/// Deduplicate inside a short window only, and order by `updatedAt` of what you read again.
///
/// Source: [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events);
/// fields beyond `key` and `data` observed in public code, 2024-03 and 2026-03.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Event {
    /// What happened.
    pub key: EventKey,
    /// The verification as the sender, whoever that is, says it is: often only its id and what
    /// changed. Not read until you ask; see [`Event::claimed`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<LazyJson<Verification>>,
    /// The verification's id once more; not documented. Prefer [`Event::verification_id`].
    #[serde(skip_serializing_if = "Lenient::is_absent")]
    pub data_id: Lenient<VerificationId>,
    /// Id of the event record. A field of the payload; not seen in a delivery.
    #[serde(skip_serializing_if = "Lenient::is_absent")]
    pub id: Lenient<EventId>,
    /// Who caused it. A field of the payload; not seen in a delivery.
    #[serde(skip_serializing_if = "Lenient::is_absent")]
    pub user_id: Lenient<UserId>,
    /// Who caused it, in full and as sent. A field of the payload; not seen in a delivery.
    #[serde(skip_serializing_if = "Lenient::is_absent")]
    pub user: Lenient<RawJson>,
    /// When the record was made. A field of the payload; not seen in a delivery.
    #[serde(skip_serializing_if = "Lenient::is_absent")]
    pub created_at: Lenient<Timestamp>,
    /// When the record last changed. A field of the payload; not seen in a delivery.
    #[serde(skip_serializing_if = "Lenient::is_absent")]
    pub updated_at: Lenient<Timestamp>,
    /// When the record was deleted. A field of the payload; not seen in a delivery.
    #[serde(skip_serializing_if = "Lenient::is_absent")]
    pub deleted_at: Lenient<Timestamp>,
    #[serde(skip)]
    verification_id: VerificationId,
}

impl Event {
    /// The verification it is about: `data.id` or `dataId`, which agree if both are there.
    #[must_use]
    pub fn verification_id(&self) -> &VerificationId {
        &self.verification_id
    }

    /// Reads [`Event::data`]; `None` if there is none. To look at, not to act on: nobody has vouched for it.
    ///
    /// ```
    /// use idhooks_case_keeper::{Event, core::WebhookEvent as _};
    ///
    /// let event = Event::decode(br#"{"key":"verification.updated","data":{"id":"v-1","ref":"POLICY-1"}}"#)?;
    /// let claimed = event.claimed()?;
    /// assert_eq!(claimed.and_then(|data| data.reference.into_option()).as_deref(), Some("POLICY-1"));
    /// # Ok::<(), idhooks_case_keeper::core::DecodeError>(())
    /// ```
    ///
    /// # Errors
    /// When it is no payload, or has a member twice.
    #[inline]
    pub fn claimed(&self) -> Result<Option<Verification>, DecodeError> {
        let read = self.data.as_ref().map(LazyJson::read).transpose();
        read.map_err(|error| error.inside("data"))
    }
}

payload! {
    /// An event whose ids have not been compared yet.
    struct Wire {
        key: EventKey = "key",
        data: Lenient<LazyJson<Verification>> = "data",
        data_id: Lenient<VerificationId> = "dataId",
        id: Lenient<EventId> = "id",
        user_id: Lenient<UserId> = "userId",
        user: Lenient<RawJson> = "user",
        created_at: Lenient<Timestamp> = "createdAt",
        updated_at: Lenient<Timestamp> = "updatedAt",
        deleted_at: Lenient<Timestamp> = "deletedAt",
    }
}

/// For the two ids of an event.
const INNER: &str = "data.id";
const OUTER: &str = "dataId";

impl Wire {
    fn compare(self) -> Result<Event, DecodeError> {
        let inner = match &*self.data {
            Some(data) => inner_id(data.raw())?,
            None => None,
        };
        let verification_id = match (inner, given(OUTER, &self.data_id)?) {
            (Some(inner), Some(outer)) if &inner != outer => {
                return Err(DecodeError::new(INNER, "is not the same as dataId"));
            }
            (Some(inner), _) => inner,
            (None, Some(outer)) => outer.clone(),
            (None, None) => return Err(DecodeError::new(INNER, "is missing, and so is dataId")),
        };
        let Self { key, data, data_id, id, user_id, user, created_at, updated_at, deleted_at } = self;
        let data = data.into_option();
        Ok(Event { key, data, data_id, id, user_id, user, created_at, updated_at, deleted_at, verification_id })
    }
}

/// The one member of `data` that decides something, and so may be there once only (row 22).
fn inner_id(data: &RawJson) -> Result<Option<VerificationId>, DecodeError> {
    payload! {
        struct Named {
            id: Lenient<VerificationId> = "id",
        }
    }

    if !data.get().starts_with('{') {
        return Ok(None);
    }
    let Named { id } = data.decode().map_err(|error| error.inside("data"))?;
    given(INNER, &id).map(Option::<&VerificationId>::cloned)
}

/// An id that is there must be usable: an empty one would turn "read this verification" into "list
/// them all", and one of another type may be an id all the same, only not ours to guess.
fn given<'a>(path: &str, id: &'a Lenient<VerificationId>) -> Result<Option<&'a VerificationId>, DecodeError> {
    match &**id {
        None if id.is_absent() => Ok(None),
        None => Err(DecodeError::new(path, "is of another type than documented")),
        Some(id) if id.as_str().is_empty() => Err(DecodeError::new(path, "is empty")),
        Some(id) => Ok(Some(id)),
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        <Wire as Deserialize>::deserialize(input)?.compare().map_err(hand_out)
    }
}

impl WebhookEvent for Event {
    const VENDOR: &'static str = "case-keeper";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    /// The text read from cards, with its confidences and comparisons, comes along for every attempt.
    const MAX_BODY: usize = 2 * 1024 * 1024;

    fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        json::decode::<Wire>(body)?.compare()
    }

    fn envelope(body: &[u8]) -> Envelope<'_> {
        let [key, data, outer] = members(body, ["key", "data", OUTER]);
        // An id that is there twice is refused by `decode`; the other one must not stand in for it.
        let inner = match data {
            Some(data) if data.get().starts_with('{') => members_once(data, ["id"]).map(|[id]| id),
            _ => Some(None),
        };
        let Some(inner) = inner else { return Envelope::new().with_event(text(key)) };
        let is_there = |id: &Option<&RawValue>| id.is_some_and(|id| id.get() != "null");
        let subject = match (Some(inner).filter(is_there).flatten(), Some(outer).filter(is_there).flatten()) {
            (Some(inner), Some(outer)) => text(Some(inner)).filter(|id| text(Some(outer)).as_ref() == Some(id)),
            (inner, outer) => text(inner.or(outer)),
        };
        Envelope::new().with_event(text(key)).with_subject(subject.filter(|id| !id.is_empty()))
    }
}
