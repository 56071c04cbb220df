//! Row 21: memory, measured. A file of its own, so that nothing else runs in the process.

use idhooks_caf::Event;
use idhooks_core::WebhookEvent as _;
use idhooks_fixtures::suite::stays_in_proportion;

#[test]
fn row_21_hostile_bodies_take_memory_in_proportion() {
    // A text in the wrong place; each of these would take six times its length in a message that quotes it.
    let text = "\u{7f}".repeat(1000);
    let event = r#"{"id":"i","source":"S","type":"TRANSACTIONSTATUSUPDATED","data":""#;
    let face = r#"{"id":"i","source":"S","type":"FACEAUTHENTICATIONEVENT","data":{"attemptId":"a","isMatch":""#;
    for (before, after) in [("\"", "\""), (event, "\"}"), (face, "\"}}")] {
        stays_in_proportion(before, &text, after, Event::decode);
    }

    let unknown = r#"{"id":"i","source":"S","type":"NEWEVENT","data":["#;
    let known = r#"{"id":"i","source":"S","type":"TRANSACTIONSTATUSUPDATED","data":{"id":"t","status":["#;
    for (before, element, after) in [
        (unknown, "{}", "]}"),
        (unknown, r#"{"a":[0]}"#, "]}"),
        (known, "{}", "]}}"),
        (r#"{"id":"i","source":"S","type":"PROFILEUPDATEDEVENT","data":{"profileId":"p"},"new":["#, "{}", "]}"),
    ] {
        stays_in_proportion(before, element, after, Event::decode);
    }
}
