//! Bodies made to take memory: large, well-formed, and in the places each vendor's types look at.

use idhooks_core::{WebhookEvent, json};

/// Whether a body could be read.
pub type Decode = fn(&[u8]) -> bool;

pub(crate) struct Case {
    pub(crate) vendor: &'static str,
    pub(crate) shape: String,
    /// The member it stands in.
    pub(crate) member: &'static str,
    /// Whether the shape is put to every vendor.
    pub(crate) common: bool,
    before: String,
    fill: Fill,
    after: &'static str,
    pub(crate) decode: Decode,
}

/// What is made as long as it takes.
#[derive(Clone, Copy)]
enum Fill {
    /// `[[[…]]]`.
    Deep,
    /// `{"k0":0,"k1":0,…}`.
    Keys,
    /// The same without the braces.
    Members,
    /// An array of one element again and again.
    List(&'static str),
    /// One string of one piece again and again.
    Text(&'static str),
}

impl Case {
    /// The body, of about `bytes`, built in one block: nothing freed is left for the reader to find.
    pub(crate) fn body(&self, bytes: usize) -> Vec<u8> {
        let mut body = String::with_capacity(bytes + 1024);
        body.push_str(&self.before);
        self.fill.onto(&mut body, bytes);
        body.push_str(self.after);
        body.into_bytes()
    }
}

impl Fill {
    fn onto(self, body: &mut String, bytes: usize) {
        let (open, close) = match self {
            Self::Deep | Self::List(_) => ("[", "]"),
            Self::Keys => ("{", "}"),
            Self::Members => ("", ""),
            Self::Text(_) => ("\"", "\""),
        };
        body.push_str(open);
        let mut number = 0_u32;
        while body.len() < bytes {
            match self {
                Self::Deep if number as usize * 2 >= bytes => break,
                Self::Deep => body.push('['),
                Self::Text(piece) => body.push_str(piece),
                Self::List(element) => {
                    body.push_str(if number == 0 { "" } else { "," });
                    body.push_str(element);
                }
                Self::Keys | Self::Members => {
                    body.push_str(if number == 0 { "\"k" } else { ",\"k" });
                    body.push_str(&number.to_string());
                    body.push_str("\":0");
                }
            }
            number += 1;
        }
        if let Self::Deep = self {
            body.extend(std::iter::repeat_n(']', number as usize));
        }
        body.push_str(close);
    }
}

struct Vendor {
    name: &'static str,
    /// An event up to a further member of its innermost object.
    before: &'static str,
    after: &'static str,
    /// Members of that object: a text, then others that are kept in another way.
    known: &'static [&'static str],
    decode: Decode,
}

fn decodes<E: WebhookEvent>(body: &[u8]) -> bool {
    E::decode(body).is_ok()
}

const VERIFICATION: &str = "verification";

const SIGNATURE: &str = r#"{"event":{"id":"e","type":"signature.viewed","data":{"public_id":"s","#;

const VENDORS: [Vendor; 6] = [
    Vendor {
        name: "caf",
        before: r#"{"type":"TRANSACTIONSTATUSUPDATED","source":"TRANSACTION","id":"e","data":{"id":"t","#,
        after: "}}",
        known: &["customStatus", "status", "date"],
        decode: decodes::<idhooks_caf::Event>,
    },
    Vendor {
        name: "unico",
        before: r#"{"processId":"p","state":"PROCESS_STATE_FINISHED","#,
        after: "}",
        known: &["lastEventDescription", "result", "data"],
        decode: decodes::<idhooks_unico::Event>,
    },
    Vendor {
        name: "autentique",
        before: r#"{"event":{"id":"e","type":"document.created","data":{"id":"d","#,
        after: "}}}",
        known: &["message", "reminder", "created_at", "locale", "author", "signatures"],
        decode: decodes::<idhooks_autentique::Event>,
    },
    Vendor {
        name: "case-keeper",
        before: r#"{"key":"verification.updated","data":{"id":"v","#,
        after: "}}",
        known: &["ref", "frontIdCardResult"],
        decode: decodes::<idhooks_case_keeper::Event>,
    },
    // What an event claims is read when asked for; this is how it is read then, and from REST.
    Vendor {
        name: VERIFICATION,
        before: r#"{"id":"v","#,
        after: "}",
        known: &[
            "ref",
            "status",
            "createdAt",
            "meta",
            "pdpaConsented",
            "reusedResults",
            "frontIdCardResult",
            "frontIdCardResults",
        ],
        decode: |body| json::decode::<idhooks_case_keeper::Verification>(body).is_ok(),
    },
    Vendor {
        name: "capa",
        before: r#"{"type":"TRANSACTION","event":"CREATED_ON_RAMP","transactionId":"t","#,
        after: "}",
        known: &["blockchain", "externalUserId", "fiatAmount"],
        decode: decodes::<idhooks_capa::Event>,
    },
];

const VALUES: [(&str, Fill); 8] = [
    ("arrays, one in the other", Fill::Deep),
    ("an object of many keys", Fill::Keys),
    ("an array of {}", Fill::List("{}")),
    ("an array of 0", Fill::List("0")),
    (r#"an array of """#, Fill::List(r#""""#)),
    ("a string", Fill::Text("a")),
    ("a string of escapes", Fill::Text(r"\u00e9")),
    // Six times as long where an error message quotes it.
    ("a string of control characters", Fill::Text("\u{7f}")),
];

/// Elements of lists the types know: empty, of the wrong type, and all that is dear to keep.
const LISTS: &[(&str, &str, &[&str])] = &[
    (
        "autentique",
        "events",
        &[
            "{}",
            "0",
            r#"{"user":{},"geolocation":{}}"#,
            r#"{"type":0,"document":0,"user":{},"geolocation":{},"reason":0,"ip":0,"port":"","created_at":0}"#,
        ],
    ),
    ("autentique", "signatures", &["{}", r#"{"public_id":""}"#, r#"{"public_id":"","user":{},"mail":{},"name":""}"#]),
    (
        VERIFICATION,
        "frontIdCardResults",
        &["{}", "0", r#"{"id":0,"createdAt":0,"verified":0,"errors":0,"response":0}"#],
    ),
    (VERIFICATION, "dipChipResults", &["{}"]),
    (VERIFICATION, "livenessResults", &["{}", r#"{"errors":[{}]}"#]),
    (VERIFICATION, "bankruptcyResults", &[r#"{"result":{"data":[[{}]]}}"#]),
    (VERIFICATION, "reusedResults", &[r#""""#, r#""a""#, "0"]),
];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for vendor in &VENDORS {
        let Vendor { name, before, after, known, decode } = vendor;
        let mut put = |shape: String, member: &'static str, before: String, fill: Fill| {
            cases.push(Case { vendor: name, shape, member, common: true, before, fill, after, decode: *decode });
        };
        put("many members no type knows".to_owned(), "", (*before).to_owned(), Fill::Members);
        for (value, fill) in VALUES {
            let mut put = |what: &str, member| {
                put(format!("{what}: {value}"), member, format!(r#"{before}"{member}":"#), fill);
            };
            put("a member no type knows", "surprise");
            known.iter().for_each(|member| put("a known member", member));
        }
    }
    for (vendor, list, elements) in LISTS {
        let Some(Vendor { name, before, after, decode, .. }) = VENDORS.iter().find(|known| known.name == *vendor)
        else {
            continue;
        };
        let before = if *list == "events" { SIGNATURE } else { before };
        for element in *elements {
            let (before, fill) = (format!(r#"{before}"{list}":"#), Fill::List(element));
            let shape = format!("{list} of {element}");
            cases.push(Case { vendor: name, shape, member: list, common: false, before, fill, after, decode: *decode });
        }
    }
    cases
}
