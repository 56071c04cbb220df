//! CloudEvents' `data_base64`, which Caf was not seen to send.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use base64::{Engine as _, prelude::BASE64_STANDARD};
use idhooks_caf::{Event, EventBody};
use idhooks_core::WebhookEvent as _;

fn read(text: &str) -> Event {
    Event::decode(text.as_bytes()).expect("readable")
}

fn base64(content_type: &str, kind: &str, data: &str) -> String {
    let data = BASE64_STANDARD.encode(data);
    format!(r#"{{"type":"{kind}","source":"TRANSACTION","id":"e1"{content_type},"data_base64":"{data}"}}"#)
}

/// CloudEvents lets `data` come as base64. Caf was not seen to do so.
#[test]
fn data_in_base64_is_json_only_if_the_content_type_says_so() {
    const KIND: &str = "TRANSACTIONSTATUSUPDATED";
    const DATA: &str = r#"{"id":"t1","status":"COMPLETED"}"#;
    let plain = read(&format!(r#"{{"type":"{KIND}","source":"TRANSACTION","id":"e1","data":{DATA}}}"#));
    for json in ["application/json", "Application/JSON", "application/json; charset=utf-8", "application/x+json"] {
        let text = base64(&format!(r#","datacontenttype":"{json}""#), KIND, DATA);
        let event = read(&text);
        assert_eq!(event.body, plain.body, "{json}");
        // It is written back as it came, and reads the same again.
        let again = serde_json::to_string(&event).expect("writes");
        assert!(again.contains("data_base64") && !again.contains("\"data\""), "{again}");
        assert_eq!(read(&again), event);
    }
    for other in ["", r#","datacontenttype":null"#, r#","datacontenttype":"text/plain""#] {
        // CloudEvents assumes nothing then: bytes of a known event that nobody calls JSON do not fit it.
        let error = Event::decode(base64(other, KIND, DATA).as_bytes()).expect_err("not said to be JSON");
        assert_eq!(error.to_string(), "data_base64 is not JSON according to datacontenttype");
        match read(&base64(other, "NEW", DATA)).body {
            EventBody::Other { name, data, .. } => {
                assert_eq!((&*name, data.get()), ("NEW", &*format!("\"{}\"", BASE64_STANDARD.encode(DATA))));
            }
            known => panic!("{known:?}"),
        }
    }
    match read(&base64(r#","datacontenttype":"application/json""#, "NEW", "[1.10]")).body {
        EventBody::Other { data, .. } => assert_eq!(data.get(), "[1.10]"),
        known => panic!("{known:?}"),
    }
}

#[test]
fn data_in_base64_that_is_none_or_not_alone_is_refused() {
    let json = r#","datacontenttype":"application/json""#;
    let wrong_type = "data_base64 is of another type than documented";
    for (data, wanted) in [
        ("not JSON", "data_base64 does not hold JSON"),
        (r#"{"id":"t1"} trailing"#, "data_base64 does not hold JSON"),
        ("", "data_base64 does not hold JSON"),
        ("{}", "data_base64.id is missing"),
        ("\"\"", wrong_type),
        ("[\"t1\"]", wrong_type),
    ] {
        let text = base64(json, "TRANSACTIONSTATUSUPDATED", data);
        let error = Event::decode(text.as_bytes()).expect_err(data);
        assert_eq!(error.to_string(), wanted, "{data}");
    }
    for members in [
        r#""data":{"id":"t1"},"data_base64":"e30=""#,
        r#""data_base64":"e30=","data":{"id":"t1"}"#,
        r#""data":null,"data_base64":"e30=""#,
        r#""data_base64":"e30=","data_base64":"e30=""#,
    ] {
        for kind in ["TRANSACTIONSTATUSUPDATED", "NEW"] {
            let text = format!(r#"{{"type":"{kind}","source":"TRANSACTION","id":"e1",{members}}}"#);
            assert!(Event::decode(text.as_bytes()).is_err(), "{text}");
        }
    }
}

/// The content is read as leniently as `data` itself.
#[test]
fn data_in_base64_is_lenient_too() {
    let text =
        base64(r#","datacontenttype":"application/json""#, "TRANSACTIONSTATUSUPDATED", r#"{"id":"t1","status":7}"#);
    let event = read(&text);
    let EventBody::TransactionStatusUpdated(transaction) = &event.body else { panic!("{event:?}") };
    assert!(transaction.status.is_none() && transaction.status.error().is_some());
    assert_eq!(read(&serde_json::to_string(&event).expect("writes")), event);

    let odd =
        r#"{"type":"TRANSACTIONSTATUSUPDATED","source":"TRANSACTION","id":"e1","data":{"id":"t1"},"data_base64":7}"#;
    let event = read(odd);
    let again = serde_json::to_string(&event).expect("writes");
    assert!(event.data_base64.error().is_some() && !again.contains("data_base64"), "{again}");
    assert_eq!(read(&again).body, event.body);
}

/// It holds the same people as `data` would.
#[test]
fn row_49_data_in_base64_is_hidden() {
    const DATA: &str = r#"{"id":"t1","name":"MARIA CANARY"}"#;
    let encoded = BASE64_STANDARD.encode(DATA);
    for kind in ["TRANSACTIONSTATUSUPDATED", "NEW"] {
        let event = read(&base64(r#","datacontenttype":"application/json""#, kind, DATA));
        let shown = format!("{event:?} {event:#?}");
        assert!(!shown.contains("CANARY") && !shown.contains(&encoded), "{shown}");
    }
}
