//! Unico, whose deliveries carry a credential and no signature.

use idhooks_unico::Event;

use crate::{
    Outcome,
    contestants::Reads,
    sample::{Body, Sample, Text, borrowed, documented, lean},
};

pub(super) fn samples() -> Outcome<Vec<Sample>> {
    documented("unico").map(|fixture| Body::from(fixture).presented(FINISHED)).collect()
}

lean! {
    struct Finished {
        process_id: Text<'a> = "processId",
        state: Text<'a> = "state",
        flow: Text<'a> = "flow",
        result: Text<'a> = "result",
        last_event: Text<'a> = "lastEvent",
        last_event_description: Text<'a> = "lastEventDescription",
    }
}

const FINISHED: Reads<Event> = Reads {
    lean: |text| borrowed::<Finished<'_>>(text).process_id.map_or(0, |id| id.len()),
    typed: |event| match event {
        Event::Finished(process) => Some(process.process_id.as_str().len()),
        _ => None,
    },
    value: |value| Some(value["processId"].as_str()?.len()),
};
