//! Row 21: memory, measured. A file of its own, so that nothing else runs in the process.

use idhooks_case_keeper::Event;
use idhooks_core::WebhookEvent as _;
use idhooks_fixtures::suite::stays_in_proportion;

#[test]
fn row_21_hostile_lists_take_memory_in_proportion() {
    for (member, element) in [
        (r#""frontIdCardResults":["#, "{}"),
        (r#""frontIdCardResults":["#, r#"{"id":0,"createdAt":0,"verified":0,"errors":0,"response":0}"#),
        (r#""reusedResults":["#, r#""a""#),
    ] {
        let before = format!(r#"{{"key":"k","data":{{"id":"x",{member}"#);
        stays_in_proportion(&before, element, "]}}", Event::decode);
    }
}
