//! Any bytes to what writes JSON again: `compact` and `stringify`, against walks anyone can follow.

#![no_main]

use idhooks_core::json;
use idhooks_fuzz::seeds;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, value::RawValue};

fuzz_target!(init: seeds::plant(seeds()), |body: &[u8]| {
    let text = std::str::from_utf8(body).ok();
    // Raw, because a number may be too large for a `Value` and is still JSON.
    let is_json = text.is_some_and(|text| serde_json::from_str::<&RawValue>(text).is_ok());

    let compact = json::compact(body);
    assert_eq!(compact, text.filter(|_| is_json).map(without_blanks), "{text:?}");

    let Some(written) = json::stringify(body) else { return };
    assert!(is_json && written.len() <= 2 * body.len());
    assert_eq!(json::stringify(written.as_bytes()).as_ref(), Some(&written), "writing is at its end after one time");
    assert_eq!(json::compact(written.as_bytes()).as_ref(), Some(&written), "no blanks are left");
    if let (Ok(before), Ok(after)) = (serde_json::from_slice(body), serde_json::from_str(&written)) {
        assert!(same(&before, &after), "{text:?} became {written}");
    }
});

fn seeds() -> impl Iterator<Item = Vec<u8>> {
    let spelled = [
        r#" { "b" : 1 , "a" : [ true , null , { } , [ ] ] } "#,
        r#"{"a":"\/ \u00e3 \u2028 \u0001 \t \" \\ \ud83d\ude00 \ud800"}"#,
        "[1.0,1.10,-0,0.000001,1e-7,1e21,123456789012345680000,1.5e300,9007199254740993,1e999,1e-400]",
    ];
    let spelled = spelled.into_iter().map(|text| text.as_bytes().to_vec());
    let small = idhooks_fixtures::all().filter(|fixture| fixture.body.len() < 2048);
    spelled.chain(small.map(|fixture| fixture.body.to_vec()))
}

fn without_blanks(json: &str) -> String {
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

/// As JavaScript sees it, whose numbers are all floats.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let alike = |(name, one): (&String, &Value)| other.get(name).is_some_and(|other| same(one, other));
            one.len() == other.len() && one.iter().all(alike)
        }
        (one, other) => one == other,
    }
}
