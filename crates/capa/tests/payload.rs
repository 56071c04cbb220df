//! Every promise about bodies, over every fixture.

use idhooks_capa::Event;
use idhooks_fixtures::{CAPA, suite::Payload};

#[test]
fn keeps_every_promise() {
    Payload::<Event> {
        fixtures: CAPA,
        is_known: Event::is_known,
        required: |fixture, place| {
            matches!(place, "type" | "event") || place == "transactionId" && !fixture.event.contains("KYC")
        },
        name: "event",
        personal: &["firstName", "lastName"],
    }
    .check();
}
