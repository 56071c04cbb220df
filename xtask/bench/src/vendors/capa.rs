//! Capa: the largest documented event has 346 B.

use idhooks_capa::Event;

use crate::{
    Outcome,
    contestants::Reads,
    floor::{borrowed, capa as lean},
    sample::{Sample, Size, Told, compact},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    let (small, usual) = (compact("capa", "created-on-ramp")?, compact("capa", "completed-on-ramp")?);
    Ok(vec![
        Told::new(Size::B200, "an on-ramp was opened", small).signed(TRANSACTION)?,
        Told::new(Size::B400, "an on-ramp is done, the largest documented", usual).signed(TRANSACTION)?,
    ])
}

const TRANSACTION: Reads<Event> = Reads {
    lean: |text| borrowed::<lean::Transaction<'_>>(text).transaction_id.len(),
    typed: |event| match event {
        Event::Transaction(transaction) => Some(transaction.transaction_id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["transactionId"].as_str()?.len()),
};
