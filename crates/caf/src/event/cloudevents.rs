//! Conversions to and from the CloudEvents of `cloudevents-sdk`.

use std::{error, fmt};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use cloudevents::{
    AttributesReader as _, AttributesWriter as _, Data, EventBuilder as _, EventBuilderV10,
    event::{SpecVersion as SdkVersion, TryIntoTime as _, TryIntoUrl as _},
};
use idhooks_core::{DecodeError, Lenient, WebhookEvent as _};

use super::{Event, SpecVersion, exact::exact, is_json};

/// Why one event could not be made from the other. Names the attribute at fault, never a value: it is
/// safe to log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudEventError(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Attribute(DecodeError),
    Extension,
}

impl CloudEventError {
    fn new(attribute: &'static str, why: &'static str) -> Self {
        Self(Kind::Attribute(DecodeError::new(attribute, why)))
    }

    fn missing(attribute: &'static str) -> Self {
        Self(Kind::Attribute(DecodeError::missing(attribute)))
    }

    /// Returns the attribute at fault, as `time`, or the place in the data, as `data.id`; `*` for an extension
    /// attribute, whose name is a stranger's text.
    #[must_use]
    pub fn path(&self) -> &str {
        match &self.0 {
            Kind::Attribute(error) => error.path(),
            Kind::Extension => "*",
        }
    }

    /// Returns whether the event carries an extension attribute, which Caf's events have no place for.
    #[must_use]
    pub fn is_extension(&self) -> bool {
        matches!(self.0, Kind::Extension)
    }
}

impl fmt::Display for CloudEventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Attribute(error) => error.fmt(f),
            Kind::Extension => f.write_str("an extension attribute has no place in an event of Caf's"),
        }
    }
}

impl error::Error for CloudEventError {}

/// With feature `cloudevents`: the same event for `cloudevents-sdk`.
///
/// It holds what the [`Event`] holds, and so no extension attributes, no members of the data that
/// no field names, and no field of another type than documented. It proves nothing: only a [`Verified`](idhooks_core::Verified)
/// does.
/// And its `Debug` and `Display` print all of it, also what [`Pii`](idhooks_core::Pii) hides here.
///
/// - `data` becomes `Data::Json`, whose numbers keep their value and not their spelling (`1.10`). Text
///   under a content type that is not JSON becomes `Data::String`, `data_base64` becomes
///   `Data::Binary`. `null`, which an [`Event`] does not tell from absent, becomes no data.
/// - `time` becomes an instant in UTC: the offset is lost, and what is finer than a nanosecond.
/// - `dataschema` gets the spelling of its `Url`; the other attributes are handed on as they came.
///
/// # Errors
/// When the outcome would be no CloudEvent, or not the same one: `specversion` is not `1.0`; an
/// attribute is empty, or was of another type than text; `time` has no offset or is no time;
/// `dataschema` is relative; `data` has a number that `serde_json::Value` would change, or a member
/// twice; `datacontenttype` is not JSON, and `data` is.
impl TryFrom<&Event> for cloudevents::Event {
    type Error = CloudEventError;

    fn try_from(event: &Event) -> Result<Self, CloudEventError> {
        match given("specversion", &event.specversion)? {
            Some(SpecVersion::V1_0) => {}
            Some(_) => return Err(CloudEventError::new("specversion", "is not 1.0")),
            None => return Err(CloudEventError::missing("specversion")),
        }
        let time = given("time", &event.time)?
            .map(|time| {
                // In UTC it may have left the years 0 to 9999, and RFC 3339 has no others.
                let read = time.as_str().into_time().ok().filter(|utc| !utc.to_rfc3339().starts_with(['-', '+']));
                read.ok_or_else(|| CloudEventError::new("time", "is no time with an offset"))
            })
            .transpose()?;
        let dataschema = given("dataschema", &event.dataschema)?
            .map(|text| (&**text).into_url())
            .transpose()
            .map_err(|_| CloudEventError::new("dataschema", "is no absolute URL"))?;
        let subject = given("subject", &event.subject)?.map(|text| filled("subject", text)).transpose()?;
        let content_type = given("datacontenttype", &event.datacontenttype)?
            .map(|text| filled("datacontenttype", text.as_str()))
            .transpose()?;
        let data = data(event, content_type)?;

        let mut made = EventBuilderV10::new()
            .id(filled("id", event.id.as_str())?)
            .source(filled("source", event.source.as_str())?)
            .ty(filled("type", event.body.name())?)
            .build()
            .map_err(|_| CloudEventError::new("source", "is no reference"))?;
        made.set_time(time);
        made.set_dataschema(dataschema);
        made.set_subject(subject);
        made.set_datacontenttype(content_type);
        if let Some(data) = data {
            made.set_data_unchecked(data);
        }
        Ok(made)
    }
}

/// What was sent, if it was of the documented type.
fn given<'a, T>(attribute: &'static str, field: &'a Lenient<T>) -> Result<Option<&'a T>, CloudEventError> {
    match field.error() {
        Some(_) => Err(CloudEventError::new(attribute, "is of another type than documented")),
        None => Ok(field.as_ref()),
    }
}

fn filled<'a>(attribute: &'static str, text: &'a str) -> Result<&'a str, CloudEventError> {
    if text.is_empty() { Err(CloudEventError::new(attribute, "is empty")) } else { Ok(text) }
}

fn data(event: &Event, content_type: Option<&str>) -> Result<Option<Data>, CloudEventError> {
    if let Some(text) = given("data_base64", &event.data_base64)? {
        let bytes = BASE64_STANDARD.decode(&**text.expose());
        return bytes
            .map(|bytes| Some(Data::Binary(bytes)))
            .map_err(|_| CloudEventError::new("data_base64", "is not base64"));
    }
    let value = serde_json::to_string(&event.body).ok().and_then(|text| exact(&text));
    let value = value.ok_or_else(|| CloudEventError::new("data", "does not fit into a serde_json::Value as it is"))?;
    match (value, content_type.is_none_or(is_json)) {
        (serde_json::Value::Null, _) => Ok(None),
        (value, true) => Ok(Some(Data::Json(value))),
        (serde_json::Value::String(text), false) => Ok(Some(Data::String(text))),
        (_, false) => Err(CloudEventError::new("datacontenttype", "is not JSON, and the data is")),
    }
}

/// With feature `cloudevents`: an event of `cloudevents-sdk` as one of Caf's.
///
/// Read as leniently as a delivery. It proves nothing, wherever it came from: only a
/// [`Verified`](idhooks_core::Verified) does.
///
/// An event that was made from one of Caf's gives that one back, but for the spelling of times,
/// schema addresses and numbers, and for members and blanks in raw JSON, which are put in order.
///
/// # Errors
/// When something would be lost or guessed at: the event has extension attributes
/// (`remove_extension` takes them off), it is of version `0.3`, its data is text under a content type that says
/// JSON, which is written as JSON by one binding and as text by another, or the data does not fit its
/// type.
impl TryFrom<&cloudevents::Event> for Event {
    type Error = CloudEventError;

    fn try_from(event: &cloudevents::Event) -> Result<Self, CloudEventError> {
        if event.specversion() != SdkVersion::V10 {
            return Err(CloudEventError::new("specversion", "is not 1.0"));
        }
        if event.iter_extensions().next().is_some() {
            return Err(CloudEventError(Kind::Extension));
        }
        if matches!(event.data(), Some(Data::String(_))) && event.datacontenttype().is_none_or(is_json) {
            return Err(CloudEventError::new("data", "is text, and its content type says JSON"));
        }
        let text = serde_json::to_vec(event).map_err(|_| CloudEventError::new("data", "cannot be written"))?;
        Self::decode(&text).map_err(|error| CloudEventError(Kind::Attribute(error)))
    }
}

/// As by reference.
impl TryFrom<cloudevents::Event> for Event {
    type Error = CloudEventError;

    fn try_from(event: cloudevents::Event) -> Result<Self, CloudEventError> {
        Self::try_from(&event)
    }
}
