//! Deliveries, made from fixtures.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::vendors::Vendor;

/// Member of every body with the delivery's number, which no vendor sends and every reader passes over.
const MARKER: &str = "crash_number";

/// The fixtures of each vendor, where a subject's id stands in them, and the event's, if there is one.
const SHAPES: &[(Vendor, &str, &str, Option<&str>)] = &[
    (Vendor::Caf, "transaction-status-updated", "/data/id", Some("/id")),
    (Vendor::Caf, "transaction-process-started", "/data/id", Some("/id")),
    (Vendor::Caf, "transaction-status-updated-reproved", "/data/id", Some("/id")),
    (Vendor::Autentique, "signature-viewed", "/event/data/document", Some("/event/id")),
    (Vendor::Autentique, "signature-rejected", "/event/data/document", Some("/event/id")),
    (Vendor::Autentique, "document-created", "/event/data/id", Some("/event/id")),
    (Vendor::Capa, "created-on-ramp", "/transactionId", None),
    (Vendor::Capa, "completed-on-ramp", "/transactionId", None),
    (Vendor::Capa, "kyc-verified", "/externalUserId", None),
    (Vendor::CaseKeeper, "verification-verified", "/data/id", None),
    (Vendor::CaseKeeper, "verification-updated", "/data/id", None),
];

/// A body to send.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) vendor: Vendor,
    pub(crate) body: Bytes,
    /// The same ids around another body, where the vendor gives ids.
    pub(crate) conflicting: Option<Bytes>,
}

/// So many, about so many subjects at each vendor. The number of each is its place; conflicting bodies have numbers above.
pub(crate) fn make(count: u32, subjects: u32, random: &mut fastrand::Rng) -> Result<Vec<Delivery>, String> {
    (0..count).map(|number| one(number, count, subjects, random)).collect()
}

fn one(number: u32, count: u32, subjects: u32, random: &mut fastrand::Rng) -> Result<Delivery, String> {
    let (vendor, name, subject, event) = random.choice(SHAPES).copied().ok_or("there are no shapes")?;
    let fixture = idhooks_fixtures::find(vendor.name(), name).ok_or_else(|| format!("{name}: no such fixture"))?;
    let mut body: Value = serde_json::from_slice(fixture.body).map_err(|error| format!("{name}: {error}"))?;
    let mut set = |place: &str, id: String| {
        let there = body.pointer_mut(place).ok_or_else(|| format!("{name}: nothing at {place}"))?;
        *there = json!(id);
        Ok::<_, String>(())
    };
    set(subject, id(1, random.u32(..subjects.max(1))))?;
    if let Some(event) = event {
        set(event, id(2, number))?;
    }
    let marked = |number: u32| {
        let mut body = body.clone();
        let members = body.as_object_mut().ok_or_else(|| format!("{name}: not an object"))?;
        members.insert(MARKER.to_owned(), json!(number));
        // Two events of Autentique differ inside the event, not in the envelope around it.
        if let Some(event) = members.get_mut("event").and_then(Value::as_object_mut) {
            event.insert(MARKER.to_owned(), json!(number));
        }
        Ok::<_, String>(Bytes::from(body.to_string()))
    };
    let conflicting = event.map(|_| marked(number.saturating_add(count))).transpose()?;
    Ok(Delivery { vendor, body: marked(number)?, conflicting })
}

/// An id of the form each of the vendors takes.
fn id(kind: u32, number: u32) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

/// The number in a body.
pub(crate) fn marker(body: &[u8]) -> Option<u32> {
    #[derive(Deserialize)]
    struct Marked {
        crash_number: u32,
    }
    serde_json::from_slice(body).ok().map(|Marked { crash_number }| crash_number)
}

/// Whether handlers are to give that one up.
pub(crate) fn gives_up(number: u32) -> bool {
    number % 500 == 499
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_body_is_of_its_own_and_says_its_number() {
        let made = make(500, 25, &mut fastrand::Rng::with_seed(1)).unwrap();
        let mut bodies = HashSet::new();
        for (number, delivery) in made.iter().enumerate() {
            assert_eq!(marker(&delivery.body).map(|number| number as usize), Some(number));
            assert!(bodies.insert(delivery.body.clone()));
            if let Some(conflicting) = &delivery.conflicting {
                assert_eq!(marker(conflicting).map(|other| other as usize), Some(number + 500));
                assert!(bodies.insert(conflicting.clone()));
            }
        }
        for vendor in Vendor::ALL {
            assert!(made.iter().filter(|delivery| delivery.vendor == vendor).count() > 50, "{vendor:?}");
        }
    }
}
