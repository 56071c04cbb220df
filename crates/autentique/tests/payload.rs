//! Every promise about bodies, over every fixture.

use idhooks_autentique::Event;
use idhooks_fixtures::{AUTENTIQUE, payload_rows, suite::Payload};

/// Without which an event of that type cannot be read.
fn is_required(event: &str, is_wrapped: bool, place: &str) -> bool {
    let resource = if is_wrapped { "event.data.object" } else { "event.data" };
    match place {
        "event" | "event.id" | "event.type" | "event.data" => true,
        "event.data.object" => is_wrapped,
        _ => match place.strip_prefix(resource) {
            Some(".id") => event.starts_with("document."),
            Some(".public_id") => event.starts_with("signature."),
            _ => false,
        },
    }
}

payload_rows!(autentique());

fn autentique() -> Payload<Event> {
    Payload {
        fixtures: AUTENTIQUE,
        is_known: |event| event.body.is_known(),
        required: |fixture, place| is_required(fixture.event, fixture.name == "document-updated-nested", place),
        name: "event.type",
        identity: &["event.id"],
        // Not in this list, because others share the name: `signed` (a link and a time) and `country`
        // (of a person and of a document). `webhook.rs` looks at those two.
        personal: &[
            // Whole objects, in case something else comes in their place.
            "author",
            "files",
            "geolocation",
            "group",
            "mail",
            "previous_attributes",
            "signatures",
            "user",
            // Texts of your own, and links.
            "name",
            "message",
            "url",
            "reply_to",
            "original",
            "certified",
            "pades",
            // People.
            "company",
            "email",
            "phone",
            "cpf",
            "cnpj",
            "birthday",
            "reason",
            "ip",
            "port",
            "countryISO",
            "state",
            "stateISO",
            "city",
            "zipcode",
            "latitude",
            "longitude",
        ],
    }
}
