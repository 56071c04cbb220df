//! The Connect API's CloudEvents envelope and the ten events in it.

#[cfg(feature = "cloudevents")]
mod cloudevents;
#[cfg(feature = "cloudevents")]
mod exact;

use std::borrow::Cow;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use idhooks_core::{
    DecodeError, Envelope, Lenient, Pii, RawJson, Timestamp, WebhookEvent, envelope,
    json::{self, members, members_of, text},
    open_enum, text_id,
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

envelope! {
    /// One event of Caf's Connect API.
    ///
    /// Optional attributes of an unexpected type read as absent. Extension attributes are skipped; read them with
    /// [`Verified::decode_as`](idhooks_core::Verified::decode_as).
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    pub struct Event("type" names "data" or data_base64 by from_base64(datacontenttype)) {
        /// The body of the event.
        pub body: EventBody,
        /// Unique together with `source`. Stays the same when Caf retries (inferred from the vendor's advice).
        pub id: EventId = "id",
        /// The part of Caf it comes from.
        pub source: Source = "source",
        /// Version of CloudEvents.
        pub specversion: Lenient<SpecVersion> = "specversion",
        /// When the event was made; may be earlier or later than the time inside the body.
        pub time: Lenient<Timestamp> = "time",
        /// Media type of `data`.
        pub datacontenttype: Lenient<ContentType> = "datacontenttype",
        /// CloudEvents' subject; not seen yet.
        pub subject: Lenient<Box<str>> = "subject",
        /// CloudEvents' schema address; not seen yet.
        pub dataschema: Lenient<Box<str>> = "dataschema",
        /// The body in base64, when it was sent in base64; not seen yet.
        pub data_base64: Lenient<Pii<Box<str>>> = "data_base64",
    }

    /// The body of an event, by its `type`.
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

/// Decodes the body from `data_base64`, which excludes `data`. As CloudEvents has it, the bytes are JSON only if the
/// content type says so.
fn from_base64(
    name: &str,
    data: Option<EventBody>,
    data_base64: &Lenient<Pii<Box<str>>>,
    content_type: &Lenient<ContentType>,
) -> Result<Option<EventBody>, DecodeError> {
    let Some(text) = data_base64.as_ref().map(Pii::expose) else { return Ok(data) };
    let fault = |why| Err(DecodeError::new("data_base64", why));
    if data.is_some() {
        return fault("excludes data, and both are there");
    }
    if content_type.as_ref().is_some_and(|content_type| is_json(content_type.as_str())) {
        let Ok(bytes) = BASE64_STANDARD.decode(&**text) else { return fault("is not base64") };
        let body = json::decode_named(name, &bytes);
        return body.map(Some).map_err(|error| match error.is_syntax() {
            true => DecodeError::new("data_base64", "does not hold JSON"),
            false => error.inside("data_base64"),
        });
    }
    if EventBody::KNOWN.contains(&name) {
        return fault("is not JSON according to datacontenttype");
    }
    let Ok(data) = serde_json::value::to_raw_value(text) else { return fault("is not a string") };
    Ok(Some(EventBody::Other { name: name.into(), data: RawJson::from(&*data) }))
}

fn is_json(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    media.eq_ignore_ascii_case("application/json") || media.to_ascii_lowercase().ends_with("+json")
}

impl WebhookEvent for Event {
    const VENDOR: &'static str = "caf";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    fn is_known(&self) -> bool {
        self.body.is_known()
    }

    fn envelope(body: &[u8]) -> Envelope {
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
