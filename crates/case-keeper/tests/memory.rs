//! Row 21: memory, measured. A file of its own, so that nothing else runs in the process.

use idhooks_case_keeper::{
    Event, Verification,
    core::{WebhookEvent as _, json},
};
use idhooks_fixtures::suite::stays_in_proportion;

#[test]
fn row_21_hostile_lists_take_memory_in_proportion() {
    // A text in the wrong place; each of these would take six times its length in a message that quotes it.
    let text = "\u{7f}".repeat(1000);
    for member in ["frontIdCardResult", "frontIdCardResults", "reusedResults", "pdpaConsented"] {
        let before = format!(r#"{{"id":"x","{member}":""#);
        stays_in_proportion(&before, &text, "\"}", |body| json::decode::<Verification>(body).is_ok());
    }
    stays_in_proportion(r#"{"key":"k","data":""#, &text, "\"}", Event::decode);

    for (member, element) in [
        (r#""frontIdCardResults":["#, "{}"),
        (r#""frontIdCardResults":["#, r#"{"id":0,"createdAt":0,"verified":0,"errors":0,"response":0}"#),
        (r#""reusedResults":["#, r#""a""#),
        (r#""bankruptcyResults":["#, r#"{"result":{"data":[[{}]]}}"#),
    ] {
        let before = format!(r#"{{"id":"x",{member}"#);
        stays_in_proportion(&before, element, "]}", |body| json::decode::<Verification>(body).is_ok());
    }
}
