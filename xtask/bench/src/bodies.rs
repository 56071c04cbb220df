//! What is verified and decoded.

use serde_json::Value;

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Caf,
    Signature,
    Document,
}

pub struct Sample {
    pub kind: Kind,
    pub body: Vec<u8>,
}

const SMALL: &str = r#"{"specversion":"1.0","type":"COMMUNICATIONCREATEDEVENT","source":"COMMUNICATION","id":"01JZNK5ZQBNF623MB5KE64GNQB","time":"2025-07-08T18:01:19.622Z","data":{"channel":"sms","notificationId":"01JZNK51YCZXT55TKF8M366QHJ"}}"#;

impl Sample {
    /// About 200 B, 400 B, 2 KB and 10 KB, as the vendors write them: without blanks.
    pub fn all() -> [Self; 4] {
        let caf = include_bytes!("../../../fixtures/caf/signature-vector--constructed.json");
        let signature = include_str!("../../../fixtures/autentique/signature-accepted--documented.json");
        let document = include_str!("../../../fixtures/autentique/document-finished-2025-11--observed.json");
        [
            Self { kind: Kind::Caf, body: SMALL.into() },
            Self { kind: Kind::Caf, body: caf.to_vec() },
            Self { kind: Kind::Signature, body: compact(signature) },
            Self { kind: Kind::Document, body: with_more_signatures(document, 5) },
        ]
    }
}

fn compact(text: &str) -> Vec<u8> {
    idhooks_core::json::compact(text.as_bytes()).expect("a fixture is JSON").into_bytes()
}

/// The same document with its last signature repeated.
fn with_more_signatures(text: &str, more: usize) -> Vec<u8> {
    let text = String::from_utf8(compact(text)).expect("a fixture is text");
    let whole: Value = serde_json::from_str(&text).expect("a fixture is JSON");
    let last = whole["event"]["data"]["signatures"][1]["public_id"].as_str().expect("two signatures");
    let start = text.find(&format!("{{\"public_id\":\"{last}\"")).expect("as written");
    let end = start + text[start..].find("],\"stop_on_rejected\"").expect("as written");
    let signature = text[start..end].to_owned();
    let repeated = vec![signature; more + 1].join(",");
    [&text[..start], &repeated, &text[end..]].concat().into_bytes()
}
