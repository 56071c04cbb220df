//! Every promise about bodies, over every fixture.

use idhooks_capa::Event;
use idhooks_fixtures::{CAPA, payload_rows, suite::Payload};

payload_rows!(capa());

fn capa() -> Payload<Event> {
    Payload {
        fixtures: CAPA,
        is_known: Event::is_known,
        required: |fixture, place| {
            matches!(place, "type" | "event") || place == "transactionId" && !fixture.event.contains("KYC")
        },
        name: "event",
        identity: &[],
        personal: &["firstName", "lastName"],
    }
}
