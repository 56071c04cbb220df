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
    Ok(vec![
        Told::new(Size::Least, "signature.created", least).signed(SIGNATURE)?,
        Told::new(Size::Kb2, "signature.accepted, with two steps", accepted).signed(SIGNATURE_AND_STEPS)?,
        Told::new(Size::Kb10, "document.finished, with seven signatures and their steps", document_of(6)?)
            .signed(DOCUMENT_AND_STEPS)?,
    ])
}

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
        let steps = signature.events.as_ref()?;
        Some(signature.public_id.as_str().len() * usize::from(!steps.is_empty()))
    },
    ..SIGNATURE
};

const DOCUMENT_AND_STEPS: Reads<Event> = Reads {
    typed: |event| {
        let signatures = event.body.document()?.signatures.as_ref()?;
        Some(signatures.iter().filter(|signature| signature.events.is_some()).count())
    },
    lean: |text| borrowed::<Delivery<'_, Document<'_>>>(text).event.data.signatures.len(),
    value: |value| Some(value["event"]["data"]["signatures"].as_array()?.len()),
};
