//! The Connect API's CloudEvents envelope and the ten events in it.

#[cfg(feature = "cloudevents")]
mod cloudevents;

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use idhooks_core::{
    DecodeError, Envelope, Lenient, Pii, RawJson, Timestamp, WebhookEvent, event_bodies,
    json::{self, Once, Tagged, decode_body, hand_out, members, members_of, put, read_tagged, text},
    open_enum, text_id,
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess},
    ser::SerializeStruct as _,
};

#[cfg(feature = "cloudevents")]
pub use self::cloudevents::CloudEventError;
use crate::{Communication, FaceAuthentication, Profile, Transaction};

text_id! {
    /// Id of an event, unique together with its [`Source`]. Looks like a ULID and is not always one.
    pub struct EventId;
}

open_enum! {
    /// The part of Caf an event comes from: a bare word, although CloudEvents calls it a URI.
    pub enum Source {
        /// Messages to the person.
        Communication = "COMMUNICATION",
        /// Transactions.
        Transaction = "TRANSACTION",
        /// Face authentication and profiles.
        SmartAuth = "SMARTAUTH",
    }
}

open_enum! {
    /// Version of CloudEvents an event keeps to.
    pub enum SpecVersion {
        /// The only one seen.
        V1_0 = "1.0",
    }
}

open_enum! {
    /// Media type of an event's data.
    pub enum ContentType {
        /// "Typically" this (documented).
        Json = "application/json",
    }
}

event_bodies! {
    /// What happened, by the event's `type`.
    pub enum EventBody {
        /// A message was created.
        CommunicationCreated(Communication) = "COMMUNICATIONCREATEDEVENT",
        /// A message was handed to the channel.
        CommunicationSentToDestination(Communication) = "COMMUNICATIONSENTTODESTINATIONEVENT",
        /// A message arrived.
        CommunicationDelivered(Communication) = "COMMUNICATIONDELIVEREDEVENT",
        /// A message was refused before it was sent; see `reason`.
        CommunicationRejected(Communication) = "COMMUNICATIONREJECTEDEVENT",
        /// A message did not arrive; see `reason`.
        CommunicationNotDelivered(Communication) = "COMMUNICATIONNOTDELIVEREDEVENT",
        /// A transaction started.
        TransactionProcessStarted(Transaction) = "TRANSACTIONPROCESSSTARTEDEVENT",
        /// A transaction changed state. The one type without the `EVENT` ending.
        TransactionStatusUpdated(Transaction) = "TRANSACTIONSTATUSUPDATED",
        /// A check for forged documents was asked for.
        TransactionDocumentscopyRequested(Transaction) = "TRANSACTIONDOCUMENTSCOPYREQUESTEDEVENT",
        /// Somebody tried to authenticate with their face.
        FaceAuthentication(FaceAuthentication) = "FACEAUTHENTICATIONEVENT",
        /// A profile changed.
        ProfileUpdated(Profile) = "PROFILEUPDATEDEVENT",
    }
}

/// One event of Caf's Connect API.
///
/// Lenient where CloudEvents is: optional attributes of an unexpected type read as absent, and
/// extension attributes are passed over (read them with
/// [`Verified::decode_as`](idhooks_core::Verified::decode_as)).
///
/// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// Unique together with `source`; stays the same when Caf retries (inferred from the vendor's advice).
    pub id: EventId,
    /// The part of Caf it comes from.
    pub source: Source,
    /// What happened, typed.
    pub body: EventBody,
    /// Version of CloudEvents.
    pub specversion: Lenient<SpecVersion>,
    /// When the event was made; may be earlier or later than the time inside the body.
    pub time: Lenient<Timestamp>,
    /// Media type of `data`.
    pub datacontenttype: Lenient<ContentType>,
    /// CloudEvents' subject; not seen yet.
    pub subject: Lenient<Box<str>>,
    /// CloudEvents' schema address; not seen yet.
    pub dataschema: Lenient<Box<str>>,
    /// The body as it came, when it came in base64; not seen yet.
    pub data_base64: Lenient<Pii<Box<str>>>,
}

#[derive(Default)]
struct Envelope {
    body: Option<EventBody>,
    id: Once<EventId>,
    source: Once<Source>,
    specversion: Once<Lenient<SpecVersion>>,
    time: Once<Lenient<Timestamp>>,
    datacontenttype: Once<Lenient<ContentType>>,
    subject: Once<Lenient<Box<str>>>,
    dataschema: Once<Lenient<Box<str>>>,
    data_base64: Once<Lenient<Pii<Box<str>>>>,
}

impl<'de> Tagged<'de> for Envelope {
    const NAME: &'static str = "type";
    const BODY: &'static str = "data";
    const FIELDS: &'static [&'static str] = &[
        "type",
        "data",
        "id",
        "source",
        "specversion",
        "time",
        "datacontenttype",
        "subject",
        "dataschema",
        "data_base64",
    ];

    fn read_body<D: Deserializer<'de>>(&mut self, name: &str, input: D) -> Result<(), D::Error> {
        EventBody::read_into(&mut self.body, name, input)
    }

    fn read_member<A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<bool, A::Error> {
        match name {
            "id" => self.id.read("id", map),
            "source" => self.source.read("source", map),
            "specversion" => self.specversion.read("specversion", map),
            "time" => self.time.read("time", map),
            "datacontenttype" => self.datacontenttype.read("datacontenttype", map),
            "subject" => self.subject.read("subject", map),
            "dataschema" => self.dataschema.read("dataschema", map),
            "data_base64" => self.data_base64.read("data_base64", map),
            _ => Ok(false),
        }
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let mut envelope = Envelope::default();
        let name = read_tagged(input, &mut envelope)?;
        let datacontenttype = envelope.datacontenttype.into_option().unwrap_or_default();
        let data_base64 = envelope.data_base64.into_option().unwrap_or_default();
        if let Some(text) = &*data_base64 {
            if envelope.body.is_some() {
                return Err(hand_out(DecodeError::new("data_base64", "excludes data, and both are there")));
            }
            let content_type = datacontenttype.as_ref().map(ContentType::as_str);
            envelope.body = Some(from_base64(&name, text.expose(), content_type).map_err(hand_out)?);
        }
        if envelope.body.is_none() {
            envelope.body = Some(EventBody::absent(&name, "data")?);
        }
        let Some(body) = envelope.body else { return Err(D::Error::missing_field("data")) };
        Ok(Self {
            id: envelope.id.into_option().ok_or_else(|| D::Error::missing_field("id"))?,
            source: envelope.source.into_option().ok_or_else(|| D::Error::missing_field("source"))?,
            body,
            specversion: envelope.specversion.into_option().unwrap_or_default(),
            time: envelope.time.into_option().unwrap_or_default(),
            datacontenttype,
            subject: envelope.subject.into_option().unwrap_or_default(),
            dataschema: envelope.dataschema.into_option().unwrap_or_default(),
            data_base64,
        })
    }
}

/// CloudEvents: bytes in base64 are JSON only if the content type says so.
fn from_base64(name: &str, text: &str, content_type: Option<&str>) -> Result<EventBody, DecodeError> {
    let fault = |why| DecodeError::new("data_base64", why);
    if content_type.is_some_and(is_json) {
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| fault("is not base64"))?;
        let json = std::str::from_utf8(&bytes).map_err(|_| fault("is not UTF-8"))?;
        let mut envelope = Envelope::default();
        decode_body(&mut envelope, name, json)
            .map_err(|error| if error.is_syntax() { fault("holds no JSON") } else { error.inside("data_base64") })?;
        return envelope.body.ok_or_else(|| fault("holds no JSON"));
    }
    if EventBody::KNOWN.contains(&name) {
        return Err(fault("is not said to be JSON"));
    }
    let data = serde_json::value::to_raw_value(text).map_err(|_| fault("is no text"))?;
    Ok(EventBody::Other { name: name.into(), data: RawJson::from(&*data) })
}

fn is_json(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/json") || media.to_ascii_lowercase().ends_with("+json")
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut event = out.serialize_struct("Event", 10)?;
        put(&mut event, "specversion", &self.specversion)?;
        put(&mut event, "datacontenttype", &self.datacontenttype)?;
        put(&mut event, "subject", &self.subject)?;
        put(&mut event, "dataschema", &self.dataschema)?;
        event.serialize_field("type", self.body.name())?;
        event.serialize_field("source", &self.source)?;
        event.serialize_field("id", &self.id)?;
        put(&mut event, "time", &self.time)?;
        if self.data_base64.is_none() {
            event.serialize_field("data", &self.body)?;
        }
        put(&mut event, "data_base64", &self.data_base64)?;
        event.end()
    }
}

impl WebhookEvent for Event {
    const VENDOR: &'static str = "caf";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const CONTENT_TYPE: Option<&'static str> = Some("application/json");

    fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        json::decode(body)
    }

    fn envelope(body: &[u8]) -> Envelope<'_> {
        let [kind, source, id, time, data] = members(body, ["type", "source", "id", "time", "data"]);
        Envelope::new()
            .with_event(text(kind))
            .with_subject(subject(text(kind), members_of(data, SUBJECTS).map(text)))
            .with_time(text(time))
            .with_identity([text(source), text(id)])
    }
}

/// The members that can name what an event is about.
const SUBJECTS: [&str; 4] = ["id", "notificationId", "attemptId", "profileId"];

/// Picks by the event's name, so that a member of the same name in another event is not mistaken.
fn subject<'a>(name: Option<Cow<'a, str>>, ids: [Option<Cow<'a, str>>; 4]) -> Option<Cow<'a, str>> {
    let [transaction, notification, attempt, profile] = ids;
    match name?.as_ref() {
        name if name.starts_with("TRANSACTION") => transaction,
        name if name.starts_with("COMMUNICATION") => notification,
        "FACEAUTHENTICATIONEVENT" => attempt,
        "PROFILEUPDATEDEVENT" => profile,
        _ => transaction.or(notification).or(attempt).or(profile),
    }
}
