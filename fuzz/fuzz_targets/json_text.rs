//! Any bytes to what writes JSON again as `JSON.stringify` does, against walks anyone can follow.

#![no_main]

use idhooks_capa::Event;
use idhooks_core::WebhookEvent as _;
use idhooks_fuzz::{
    reference::{self, Object},
    seeds,
};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fuzz_target!(init: seeds::plant(seeds()), |body: &[u8]| {
    let text = std::str::from_utf8(body).ok();
    let is_json = text.is_some_and(|text| serde_json::from_str::<&RawValue>(text).is_ok());

    let Some(written) = Event::reserialize(body) else { return };
    assert!(is_json && written.len() <= 2 * body.len());
    assert_eq!(Event::reserialize(written.as_bytes()).as_ref(), Some(&written), "writing is at its end after one time");
    assert_eq!(without_whitespace(&written), written, "no whitespace is left");
    let [before, after] = [text.unwrap_or_default(), &written].map(|json| serde_json::from_str(json).expect("JSON"));
    assert!(same(before, after), "{text:?} became {written}");
});

fn seeds() -> impl Iterator<Item = Vec<u8>> {
    let spelled = [
        r#" { "b" : 1 , "a" : [ true , null , { } , [ ] ] } "#,
        r#"{"a":"\/ \u00e3 \u2028 \u0001 \t \" \\ \ud83d\ude00 \ud800"}"#,
        "[1.0,1.10,-0,0.000001,1e-7,1e21,123456789012345680000,1.5e300,9007199254740993,1e999,1e-400]",
    ];
    let spelled = spelled.into_iter().map(|text| text.as_bytes().to_vec());
    spelled.chain(seeds::small(idhooks_fixtures::all()).map(<[u8]>::to_vec))
}

fn without_whitespace(json: &str) -> String {
    let (mut out, mut in_text, mut escaped) = (String::new(), false, false);
    for c in json.chars() {
        if in_text || !" \t\r\n".contains(c) {
            out.push(c);
        }
        if c == '"' && !escaped {
            in_text = !in_text;
        }
        escaped = in_text && c == '\\' && !escaped;
    }
    out
}

/// As JavaScript sees it, whose numbers are all floats. Not by way of `serde_json::Value`, whose floats are only nearly
/// those that are written.
fn same(one: &RawValue, other: &RawValue) -> bool {
    match one.get().as_bytes() {
        [b'{', ..] => {
            let (Some(one), Some(other)) = (Object::inside(one), Object::inside(other)) else { return false };
            one.members().count() == other.members().count()
                && one.members().zip(other.members()).all(|(one, other)| one.0 == other.0 && same(one.1, other.1))
        }
        [b'[', ..] => {
            let [one, other] = [one, other].map(|list| serde_json::from_str::<Vec<&RawValue>>(list.get()));
            let (Ok(one), Ok(other)) = (one, other) else { return false };
            one.len() == other.len() && one.into_iter().zip(other).all(|(one, other)| same(one, other))
        }
        [b'"', ..] => reference::text(Some(one)) == reference::text(Some(other)),
        [b'-' | b'0'..=b'9', ..] => one.get().parse::<f64>().ok() == other.get().parse::<f64>().ok(),
        _ => one.get() == other.get(),
    }
}
