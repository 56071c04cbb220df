//! Autentique: today's layout starts at about 1 KB.

use idhooks_autentique::Event;

use crate::{
    Outcome,
    contestants::Reads,
    floor::{
        autentique::{Delivery, Document, Signature},
        borrowed,
    },
    sample::{Sample, Size, Told, between, compact, repeated},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    let least = compact("autentique", "signature-created")?;
    let accepted = compact("autentique", "signature-accepted")?;
    let event = between(&accepted, r#""events":["#, r#"],"created_at""#)?;
    let accepted = repeated(&accepted, event, 2)?;
    let signature = |about| Told::new(Size::Kb2, about, accepted.clone());
    let document = |about| -> Outcome<Told> { Ok(Told::new(Size::Kb10, about, document_of(6)?)) };
    Ok(vec![
        Told::new(Size::Least, "signature.created", least).signed(SIGNATURE)?,
        signature("signature.accepted, with two steps, not asked for").signed(SIGNATURE)?,
        signature("the same, each step read").signed(SIGNATURE_AND_STEPS)?.called(WITH_STEPS),
        document("document.finished, with seven signatures, their steps not asked for")?.signed(DOCUMENT)?,
        document("the same, each step read")?.signed(DOCUMENT_AND_STEPS)?.called(WITH_STEPS),
    ])
}

/// `Signature::events` is read when asked for; here it is.
const WITH_STEPS: &str = "autentique*";

/// A finished document whose last signature stands there `times`.
pub(crate) fn document_of(times: usize) -> Outcome<String> {
    let document = compact("autentique", "document-finished-2025-11")?;
    let signatures = between(&document, r#""signatures":["#, r#"],"stop_on_rejected""#)?;
    let last = signatures.rfind(r#"{"public_id""#).ok_or("no signature")?;
    repeated(&document, &signatures[last..], times)
}

const SIGNATURE: Reads<Event> = Reads {
    lean: |text| borrowed::<Delivery<'_, Signature<'_>>>(text).event.data.public_id.len(),
    typed: |event| Some(event.body.signature()?.public_id.as_str().len()),
    value: |value| Some(value["event"]["data"]["public_id"].as_str()?.len()),
};

const SIGNATURE_AND_STEPS: Reads<Event> = Reads {
    typed: |event| {
        let signature = event.body.signature()?;
        let steps = signature.events.as_ref()?.read().ok()?;
        Some(signature.public_id.as_str().len() * usize::from(!steps.is_empty()))
    },
    ..SIGNATURE
};

const DOCUMENT_AND_STEPS: Reads<Event> = Reads {
    typed: |event| {
        let signatures = event.body.document()?.signatures.as_ref()?;
        Some(signatures.iter().filter_map(|signature| signature.events.as_ref()?.read().ok()).count())
    },
    ..DOCUMENT
};

const DOCUMENT: Reads<Event> = Reads {
    lean: |text| borrowed::<Delivery<'_, Document<'_>>>(text).event.data.signatures.len(),
    typed: |event| Some(event.body.document()?.signatures.as_ref()?.len()),
    value: |value| Some(value["event"]["data"]["signatures"].as_array()?.len()),
};
