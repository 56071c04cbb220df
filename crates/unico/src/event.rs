//! The body of a delivery: two envelopes, told apart by the member that names what happened.

use std::{borrow::Cow, mem, time::Duration};

use idhooks_core::{
    Decimal, DecodeError, Envelope, Lenient, Pii, Timestamp, WebhookEvent, envelope,
    json::{self, members, members_of, text},
    payload,
};
use serde_json::value::RawValue;

use crate::{
    CheckEvent, CheckStatus, CheckUpdate, CheckedProcess, Flow, LastEvent, ProcessFinished, ProcessId, ProcessResult,
    ProcessState,
};

envelope! {
    /// One notification of Unico.
    ///
    /// The dedup key of a verified delivery with a `state` is the process id, the state and the digest of the body. Equal
    /// bytes are a duplicate. Other content for the same process and state is a new delivery: a process that was
    /// `expired` may be `ok` later. The key of [`Check`](Self::Check) is the process id, the event, the status and the
    /// score. Both are inferred: the vendor's [page](https://developer.unico.io/developers/webhooks-and-events/security/index.html)
    /// names the process id alone, and the body has neither an id nor a time of the event.
    ///
    /// Sources: [documented](https://developer.unico.io/developers/webhooks-and-events/event-types) for
    /// [`Finished`](Self::Finished), observed in public code for [`Check`](Self::Check).
    pub enum Event from Wire {
        /// A process ended.
        Finished(ProcessFinished) by state,
        /// A process of the API contract ("by client", formerly Check) changed.
        Check(CheckUpdate) by event,
    }
}

payload! {
    /// Every field either envelope has, so that one pass reads them all. None is required here:
    /// which ones are depends on the envelope.
    struct Wire {
        process_id: Lenient<ProcessId> = "processId",
        state: Lenient<Box<str>> = "state",
        flow: Lenient<Flow> = "flow",
        result: Lenient<ProcessResult> = "result",
        last_event: Lenient<LastEvent> = "lastEvent",
        last_event_description: Lenient<Pii<Box<str>>> = "lastEventDescription",
        event_date: Lenient<Timestamp> = "eventDate",
        event: Lenient<Box<str>> = "event",
        data: Lenient<WireProcess> = "data",
    }
}

payload! {
    /// [`CheckedProcess`] with an optional id, so that an error can say `data.id` and not just `data`.
    struct WireProcess {
        id: Lenient<ProcessId> = "id",
        status: Lenient<CheckStatus> = "status",
        score: Lenient<Decimal> = "score",
    }
}

impl Wire {
    fn finished(self, state: ProcessState) -> Result<ProcessFinished, DecodeError> {
        Ok(ProcessFinished {
            process_id: self.process_id.require("processId")?,
            state,
            flow: self.flow,
            result: self.result,
            last_event: self.last_event,
            last_event_description: self.last_event_description,
        })
    }

    fn check(self, event: CheckEvent) -> Result<CheckUpdate, DecodeError> {
        let WireProcess { id, status, score } = self.data.require("data")?;
        let data = CheckedProcess { id: id.require("data.id")?, status, score };
        Ok(CheckUpdate { event, data, event_date: self.event_date })
    }

    /// A body in both envelopes at once must speak of one process.
    fn refuse_two_processes(&self) -> Result<(), DecodeError> {
        let is_check = self.event.as_deref().is_some_and(|event| CheckEvent::from(event).is_known());
        let checked = self.data.as_ref().and_then(|data| data.id.as_ref());
        match (self.process_id.as_ref(), checked) {
            (Some(process), Some(checked)) if is_check && process != checked => {
                Err(DecodeError::new("data.id", "is not the same as processId"))
            }
            _ => Ok(()),
        }
    }

    /// What to blame when nothing says what happened.
    fn nameless(&self) -> DecodeError {
        let is_there = [!self.process_id.is_absent(), !self.data.is_absent()];
        DecodeError::missing(match is_there {
            [true, _] => "state",
            [false, true] => "event",
            [false, false] => "processId",
        })
    }
}

impl WebhookEvent for Event {
    const VENDOR: &'static str = "unico";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    /// A day (inferred), for bodies without ids and for deliveries from an open endpoint. You register the number and
    /// interval of retries, with exponential backoff and no documented default
    /// ([documented](https://developer.unico.io/developers/webhooks-and-events/setup)). Two genuine notifications rarely
    /// have the same bytes, so a long window loses little.
    const DEDUP_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

    fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        json::decode_flat(body, Self::from_wire)
    }

    fn is_known(&self) -> bool {
        Self::is_known(self)
    }

    fn envelope(body: &[u8]) -> Envelope {
        let [process, state, event, data, time] = members(body, ["processId", "state", "event", "data", "eventDate"]);
        let [id, status, score] = members_of(data, ["id", "status", "score"]);
        let is_check = text(event).is_some_and(|event| CheckEvent::from(&*event).is_known());
        let same = |(one, other): (Cow<'_, str>, Cow<'_, str>)| one.eq_ignore_ascii_case(&other);
        if is_check && text(process).zip(text(id)).is_some_and(|ids| !same(ids)) {
            return Envelope::new(); // as `decode`, which refuses it
        }
        if said(state).is_some() {
            let (process, state) = (text(process), text(state));
            return Envelope::new()
                .with_event(state.clone())
                .with_subject(process.clone())
                .with_identity([process.map(lower_case), state])
                // The same process can end again in the same state, `expired` first and `ok` later (inferred). No id and
                // no time tells the two apart, and a handler must see both.
                .with_body_digest();
        }
        let (id, event) = (text(id), text(event));
        let facts = Envelope::new().with_event(event.clone()).with_subject(id.clone()).with_time(text(time));
        // Only of this event is it known that these four tell one notice from the next. Any other
        // name gets the digest of its body.
        if event.as_deref() != Some(CheckEvent::UpdateProcess.as_str()) {
            return facts;
        }
        // The same process is notified again with another status or score, so both are part of the
        // key. Where one is absent its place is taken, because to fall back to the digest of the body
        // would make a late retry with, say, another `eventDate` a new event; and the place taken is
        // JSON's own `null`, because absent and `null` are the same to the reader.
        let as_sent = |member| Some(Cow::Borrowed(said(member).unwrap_or("null")));
        facts.with_identity([id.map(lower_case), event, as_sent(status), as_sent(score)])
    }
}

impl Event {
    fn from_wire(mut wire: Wire, body: &str) -> Result<Self, DecodeError> {
        wire.refuse_two_processes()?;
        let name = if !wire.state.is_absent() {
            let name = mem::take(&mut wire.state).require("state")?;
            let state = ProcessState::from(&*name);
            if state.is_finished() {
                return wire.finished(state).map(Self::Finished);
            }
            name
        } else if !wire.event.is_absent() {
            let name = mem::take(&mut wire.event).require("event")?;
            let event = CheckEvent::from(&*name);
            if event.is_known() {
                return wire.check(event).map(Self::Check);
            }
            name
        } else {
            return Err(wire.nameless());
        };
        Ok(Self::Other { name, body: json::decode(body.as_bytes())? })
    }
}

/// The JSON of a member that is there and not `null`.
fn said(member: Option<&RawValue>) -> Option<&str> {
    member.map(RawValue::get).filter(|json| *json != "null")
}

/// Letter case differs between the vendor's pages; the key must not.
fn lower_case(id: Cow<'_, str>) -> Cow<'_, str> {
    if id.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(id.to_ascii_lowercase()) } else { id }
}
