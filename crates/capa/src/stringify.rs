//! The body as JavaScript's `JSON.stringify` writes it.

use idhooks_core::{
    Decimal,
    json::{tokens, unescape},
};
use serde::de::IgnoredAny;

/// Writes `body` again as `JSON.stringify(JSON.parse(body))` would: no blanks, members in the order
/// they came, text unescaped, numbers in JavaScript's spelling. `None` if it
/// is no JSON, holds a number JavaScript cannot hold exactly, or would come out more than twice as long.
///
/// Differs from JavaScript on purpose in two cases no vendor here sends: a repeated member is kept
/// (JavaScript drops the first), and members named like array indexes are not moved to the front.
pub(crate) fn stringify(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let IgnoredAny = serde_json::from_str(text).ok()?;
    // Genuine formatting makes a body shorter, or a little longer where it writes escapes out.
    let longest = text.len().saturating_mul(2);
    let mut out = String::with_capacity(text.len());
    for token in tokens(text).filter(|token| !token.starts_with(|c: char| c.is_ascii_whitespace())) {
        match token.bytes().next()? {
            b'"' => push_text(&mut out, &unescape(token)?),
            b'-' | b'0'..=b'9' => push_number(&mut out, token)?,
            _ => out.push_str(token),
        }
        if out.len() > longest {
            return None;
        }
    }
    Some(out)
}

fn push_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// ECMA-262, `Number::toString`: the shortest digits that give the number back, with an exponent
/// from 10^21 up and below 10^-6. Rust finds the same digits; only the layout differs.
///
/// `None` for a number that JavaScript would change by reading it: whoever signed never wrote it.
fn push_number(out: &mut String, token: &str) -> Option<()> {
    let value: f64 = token.parse().ok()?;
    let text = if value == 0.0 {
        "0".to_owned() // -0 too
    } else if (1e-6..1e21).contains(&value.abs()) {
        value.to_string()
    } else {
        let text = format!("{value:e}");
        match text.split_once('e') {
            Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
            _ => text,
        }
    };
    let same = text.parse::<Decimal>().ok()? == token.parse().ok()?;
    same.then(|| out.push_str(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right-hand sides printed by Node 20: `JSON.stringify(JSON.parse(text))`.
    #[test]
    fn row_27_writes_as_javascript_does() {
        for (text, wanted) in [
            (r#" { "b" : 1 , "a" : [ true , null , { } , [ ] ] } "#, r#"{"b":1,"a":[true,null,{},[]]}"#),
            (r#"{"a":"\/ \u00e3 \u2028 \u0001 \t \" \\"}"#, "{\"a\":\"/ ã \u{2028} \\u0001 \\t \\\" \\\\\"}"),
            (
                "[1.0,1.10,-0,0.000001,1e-7,1e21,123456789012345680000,1.5e300]",
                "[1,1.1,0,0.000001,1e-7,1e+21,123456789012345680000,1.5e+300]",
            ),
            (r#""x""#, r#""x""#),
        ] {
            assert_eq!(stringify(text.as_bytes()).as_deref(), Some(wanted), "{text}");
        }
        for changed in
            ["[9007199254740993]", "[18446744073709551615]", "[1e999]", "[1e-400]", "[0.100000000000000000012345]"]
        {
            assert_eq!(stringify(changed.as_bytes()), None, "JavaScript cannot read {changed} exactly");
        }
        let growing = format!("[{}0]", "1e20,".repeat(1000));
        assert_eq!(stringify(growing.as_bytes()), None, "nobody's re-formatting makes it four times as long");
        for none in ["", "{", "{}x", "nul", "\u{feff}{}"] {
            assert_eq!(stringify(none.as_bytes()), None, "{none}");
        }
    }
}
