//! The line that is printed.

use idhooks::{DecodeError, WebhookEvent, autentique, caf, capa, case_keeper, unico};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    arguments::{Captured, Vendor},
    check::{Verdict, check},
    compact::compact,
};

/// Everything known about a delivery.
#[derive(Serialize)]
pub(crate) struct Report {
    vendor: &'static str,
    verdict: &'static str,
    reason: Option<&'static str>,
    readable: bool,
    event: Option<String>,
    known: bool,
    key: String,
    subject: Option<String>,
    occurred_at: Option<String>,
    typed: Option<Box<RawValue>>,
    advice: Option<String>,
    error: Option<String>,
}

impl Report {
    pub(crate) fn of(delivery: &Captured) -> Result<Self, String> {
        let verdict = check(delivery)?;
        let body = &delivery.body;
        Ok(match delivery.vendor {
            Vendor::Caf => Self::about::<caf::Event>(
                verdict,
                body,
                |event| event.body.is_known(),
                |name| caf::EventBody::KNOWN.contains(&name),
            ),
            Vendor::Unico => Self::about::<unico::Event>(verdict, body, unico::Event::is_known, |name| {
                unico::ProcessState::from(name).is_known() || unico::CheckEvent::from(name).is_known()
            }),
            Vendor::Autentique => Self::about::<autentique::Event>(
                verdict,
                body,
                |event| event.body.is_known(),
                |name| autentique::EventBody::KNOWN.contains(&name),
            ),
            Vendor::CaseKeeper => Self::about::<case_keeper::Event>(
                verdict,
                body,
                |event| event.key.is_known(),
                |name| case_keeper::EventKey::from(name).is_known(),
            ),
            Vendor::Capa => Self::about::<capa::Event>(verdict, body, capa::Event::is_known, |name| {
                capa::KycEvent::KNOWN.contains(&name) || capa::TransactionEvent::KNOWN.contains(&name)
            }),
        })
    }

    fn about<E: WebhookEvent + Serialize>(
        verdict: Verdict,
        body: &[u8],
        is_known: impl Fn(&E) -> bool,
        is_known_name: impl Fn(&str) -> bool,
    ) -> Self {
        let envelope = E::envelope(body);
        let read = E::decode(body);
        let known = match &read {
            Ok(event) => is_known(event),
            Err(_) => envelope.event_name().is_some_and(is_known_name),
        };
        let typed = read.as_ref().ok().filter(|_| known).and_then(write);
        let unreadable = read.as_ref().err().map(|error| explain::<E>(error, body));
        let (reason, rejected, advice) = match &verdict {
            Verdict::Rejected { reason, why, advice } => (Some(*reason), Some(why.clone()), advice.clone()),
            Verdict::Verified | Verdict::Unverified => (None, None, None),
        };
        Self {
            vendor: E::VENDOR,
            verdict: verdict.as_str(),
            reason,
            readable: read.is_ok(),
            event: envelope.event_name().map(str::to_owned),
            known,
            key: envelope.dedup_key(body).to_string(),
            subject: envelope.subject_id().map(str::to_owned),
            occurred_at: envelope.time().map(str::to_owned),
            typed,
            advice,
            error: match (rejected, unreadable) {
                (Some(rejected), Some(unreadable)) => Some(format!("{rejected}; {unreadable}")),
                (rejected, unreadable) => rejected.or(unreadable),
            },
        }
    }

    pub(crate) fn exit_status(&self) -> u8 {
        match (self.verdict, self.readable) {
            ("rejected", _) => 1,
            (_, true) => 0,
            (_, false) => 3,
        }
    }

    pub(crate) fn to_line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The event as JSON on one line: parts kept raw may hold line ends.
fn write<E: Serialize>(event: &E) -> Option<Box<RawValue>> {
    let text = serde_json::to_vec(event).ok()?;
    RawValue::from_string(compact(&text)?).ok()
}

/// Says of Caf's older APIs what they are; elsewhere the error speaks for itself.
fn explain<E: WebhookEvent>(error: &DecodeError, body: &[u8]) -> String {
    let older =
        if E::VENDOR == "caf" { caf::Generation::of(body).filter(|generation| !generation.is_signed()) } else { None };
    match older {
        Some(caf::Generation::Core(_)) => "a body of Caf's Core API, which signs nothing".to_owned(),
        Some(_) => "a body of Caf's Global API, which signs nothing".to_owned(),
        None => error.to_string(),
    }
}
