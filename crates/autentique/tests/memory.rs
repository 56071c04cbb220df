//! Row 21: memory, measured. A file of its own, so that nothing else runs in the process.

use idhooks_autentique::Event;
use idhooks_core::WebhookEvent as _;
use idhooks_fixtures::suite::stays_in_proportion;

#[test]
fn row_21_hostile_lists_take_memory_in_proportion() {
    // A text in the wrong place; each of these would take six times its length in a message that quotes it.
    let text = "\u{7f}".repeat(1000);
    for member in ["author", "signatures", "qualified", "locale"] {
        let before = format!(r#"{{"event":{{"id":"e","type":"document.created","data":{{"id":"d","{member}":""#);
        stays_in_proportion(&before, &text, "\"}}}", Event::decode);
    }

    let signature = r#"{"event":{"id":"e","type":"signature.viewed","data":{"public_id":"s","events":["#;
    let document = r#"{"event":{"id":"e","type":"document.created","data":{"id":"d","signatures":["#;
    for (before, element) in [
        (signature, r#"{"type":0,"document":0,"user":{},"geolocation":{},"reason":0,"ip":0,"port":"","created_at":0}"#),
        (signature, r#"{"user":{},"geolocation":{}}"#),
        (signature, "{}"),
        (document, r#"{"public_id":"","user":{},"mail":{},"name":""}"#),
        (document, r#"{"public_id":""}"#),
    ] {
        stays_in_proportion(before, element, "]}}}", Event::decode);
    }

    #[cfg(feature = "client")]
    for element in [
        r#"{"public_id":"","action":{},"link":{},"user":{},"email_events":{},"viewed":{"geolocation":{},"user":{}}}"#,
        r#"{"public_id":""}"#,
    ] {
        stays_in_proportion(r#"{"id":"d","signatures":["#, element, "]}", |body| {
            idhooks_core::json::decode::<idhooks_autentique::rest::Document>(body)
        });
    }
}
