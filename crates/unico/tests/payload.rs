//! Every promise about bodies, over every fixture. The two envelopes name what happened by different
//! members, so each is a set of its own.

use idhooks_fixtures::{
    Fixture, UNICO, payload_rows,
    suite::{Payload, WHOLE_BODY},
};
use idhooks_unico::Event;

const CHECK: &str = "update_process";

fn fixtures(wanted: impl Fn(&Fixture) -> bool) -> &'static [Fixture] {
    let found: Vec<_> = UNICO.iter().copied().filter(wanted).collect();
    assert!(!found.is_empty());
    found.leak()
}

mod finished {
    use super::*;
    payload_rows!(finished());
}

fn finished() -> Payload<Event> {
    Payload {
        fixtures: fixtures(|fixture| fixture.event != CHECK),
        is_known: Event::is_known,
        required: |_, place| matches!(place, "processId" | "state"),
        name: "state",
        identity: &["processId", "state", WHOLE_BODY],
        personal: &["lastEventDescription"],
    }
}

mod notices {
    use super::*;
    payload_rows!(notices());
}

fn notices() -> Payload<Event> {
    Payload {
        fixtures: fixtures(|fixture| fixture.event == CHECK),
        is_known: Event::is_known,
        required: |_, place| matches!(place, "event" | "data" | "data.id"),
        name: "event",
        identity: &["data.id", "event", "data.status", "data.score"],
        personal: &[],
    }
}
