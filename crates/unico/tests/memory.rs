//! Row 21: memory, measured. A file of its own, so that nothing else runs in the process.

use idhooks_core::WebhookEvent as _;
use idhooks_fixtures::suite::stays_in_proportion;
use idhooks_unico::Event;

#[test]
fn row_21_hostile_bodies_take_memory_in_proportion() {
    for (before, element, after) in [
        (r#"{"processId":"p","state":"PROCESS_STATE_FINISHED","new":["#, "{}", "]}"),
        (r#"{"processId":"p","state":"PROCESS_STATE_FINISHED","result":["#, "{}", "]}"),
        (r#"{"processId":"p","state":"PROCESS_STATE_NEW","new":["#, r#"{"a":[0]}"#, "]}"),
        (r#"{"event":"update_process","data":{"id":"p","status":["#, "{}", "]}}"),
        (r#"{"event":"update_process","data":""#, "a text where an object is expected", r#""}"#),
    ] {
        stays_in_proportion(before, element, after, Event::decode);
    }
}
