//! Every promise about bodies, over every fixture.

use idhooks_caf::Event;
use idhooks_fixtures::{CAF, payload_rows, suite::Payload};

payload_rows!(caf());

fn caf() -> Payload<Event> {
    Payload {
        fixtures: CAF,
        is_known: |event| event.body.is_known(),
        required: |fixture, place| {
            matches!(place, "id" | "source" | "type")
                || fixture.known
                    && match place {
                        "data" => true,
                        "data.id" => fixture.event.starts_with("TRANSACTION"),
                        "data.notificationId" => fixture.event.starts_with("COMMUNICATION"),
                        "data.attemptId" | "data.isMatch" => fixture.event == "FACEAUTHENTICATIONEVENT",
                        "data.profileId" => fixture.event == "PROFILEUPDATEDEVENT",
                        _ => false,
                    }
        },
        name: "type",
        identity: &["source", "id"],
        personal: &["cpf", "cnpj", "personId", "reason"],
    }
}
