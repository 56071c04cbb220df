//! Every promise about bodies, over every fixture. The two envelopes name what happened by different
//! members, so each is a set of its own.

use idhooks_fixtures::{Fixture, UNICO, suite::Payload};
use idhooks_unico::Event;

const CHECK: &str = "update_process";

fn fixtures(wanted: impl Fn(&Fixture) -> bool) -> &'static [Fixture] {
    let found: Vec<_> = UNICO.iter().copied().filter(wanted).collect();
    assert!(!found.is_empty());
    found.leak()
}

#[test]
fn keeps_every_promise_about_finished_processes() {
    Payload::<Event> {
        fixtures: fixtures(|fixture| fixture.event != CHECK),
        is_known: Event::is_known,
        required: |_, place| matches!(place, "processId" | "state"),
        name: "state",
        personal: &["lastEventDescription"],
    }
    .check();
}

#[test]
fn keeps_every_promise_about_check_notices() {
    Payload::<Event> {
        fixtures: fixtures(|fixture| fixture.event == CHECK),
        is_known: Event::is_known,
        required: |_, place| matches!(place, "event" | "data" | "data.id"),
        name: "event",
        personal: &[],
    }
    .check();
}
