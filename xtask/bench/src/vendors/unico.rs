//! Unico: the largest documented notice has 231 B.

use idhooks_unico::Event;

use crate::{
    Outcome,
    contestants::Reads,
    floor::{borrowed, unico as lean},
    sample::{Sample, Size, Told, compact},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    let (check, finished) = (compact("unico", "check-update-process")?, compact("unico", "finished-expired")?);
    Ok(vec![
        Told::new(Size::Least, "a Check notice", check).presented(CHECK)?,
        Told::new(Size::B200, "a process expired, the largest documented", finished).presented(FINISHED)?,
    ])
}

const CHECK: Reads<Event> = Reads {
    lean: |text| borrowed::<lean::Check<'_>>(text).data.id.len(),
    typed: |event| match event {
        Event::Check(update) => Some(update.data.id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["data"]["id"].as_str()?.len()),
};

const FINISHED: Reads<Event> = Reads {
    lean: |text| borrowed::<lean::Finished<'_>>(text).process_id.len(),
    typed: |event| match event {
        Event::Finished(process) => Some(process.process_id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["processId"].as_str()?.len()),
};
