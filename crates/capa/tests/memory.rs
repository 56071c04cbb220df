//! Row 21: memory, measured. A file of its own, so that nothing else runs in the process.

use idhooks_capa::Event;
use idhooks_core::WebhookEvent as _;
use idhooks_fixtures::suite::stays_in_proportion;

#[test]
fn row_21_hostile_bodies_take_memory_in_proportion() {
    let transaction = r#"{"type":"ON_RAMP","event":"COMPLETED","transactionId":"t""#;
    for (before, element, after) in [
        (format!(r#"{transaction},"new":["#), "{}", "]}"),
        (format!(r#"{transaction},"transaction":["#), "{}", "]}"),
        (r#"{"type":"NEW","event":"NEW","new":["#.to_owned(), r#"{"a":[0]}"#, "]}"),
    ] {
        stays_in_proportion(&before, element, after, Event::decode);
    }

    #[cfg(feature = "client")]
    for element in ["{}", "0"] {
        stays_in_proportion(r#"{"beneficialOwners":["#, element, "]}", |body| {
            idhooks_core::json::decode::<idhooks_capa::rest::KybDetails>(body)
        });
    }
}
