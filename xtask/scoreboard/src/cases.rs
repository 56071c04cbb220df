//! The cases: rows of `fixtures/HOSTILE.md` that are about a verifier, each in the contestant's own scheme.

use bytes::Bytes;
use http::HeaderMap;

use crate::{
    peers::{Attempt, Peer},
    scheme::{Parts, Scheme, append, now},
};

/// What a case asks for.
pub enum Wanted {
    Rejected,
    Accepted,
    /// Either, so long as it ends within time and memory.
    Survived,
    /// The id comes out as it went in, or the delivery is refused.
    SameId(&'static str),
    /// The amount's digits come out as they went in, or the delivery is refused.
    SameAmount(&'static str),
}

type Build = Box<dyn Fn(&Peer) -> Option<Attempt>>;

pub struct Case {
    pub row: u32,
    pub name: &'static str,
    pub wanted: Wanted,
    /// `None` where the contestant has no such thing.
    pub attempt: Build,
}

const KEY: &str = "a secret of the usual length 0123";
const OTHER: &str = "another secret of the usual length";
const ID: &str = "\"evt_1\"";

fn case(row: u32, name: &'static str, wanted: Wanted, attempt: impl Fn(&Peer) -> Option<Attempt> + 'static) -> Case {
    Case { row, name, wanted, attempt: Box::new(attempt) }
}

fn refused(row: u32, name: &'static str, attempt: impl Fn(&Peer) -> Option<Attempt> + 'static) -> Case {
    case(row, name, Wanted::Rejected, attempt)
}

fn attempt(peer: &Peer, headers: HeaderMap, body: impl Into<Bytes>) -> Attempt {
    Attempt { secrets: vec![peer.scheme.configured(KEY)], headers, body: body.into() }
}

fn sample(peer: &Peer) -> String {
    peer.body(ID, "")
}

/// A genuine delivery with its parts changed.
fn bent(
    row: u32,
    name: &'static str,
    wanted: Wanted,
    bend: impl Fn(Scheme, &mut Parts) -> Option<()> + 'static,
) -> Case {
    case(row, name, wanted, move |peer| {
        let body = sample(peer);
        let mut parts = peer.scheme.sign(KEY, body.as_bytes());
        bend(peer.scheme, &mut parts)?;
        Some(attempt(peer, peer.scheme.headers(&parts), body))
    })
}

/// The same with its signature changed.
fn signature(name: &'static str, change: impl Fn(Scheme, &str) -> Option<String> + 'static) -> Case {
    bent(3, name, Wanted::Rejected, move |scheme, parts| {
        for (_, signature) in &mut parts.signatures {
            *signature = change(scheme, signature)?;
        }
        Some(())
    })
}

/// The same with another value in its header.
fn value(name: &'static str, value: &'static [u8]) -> Case {
    refused(2, name, move |peer| {
        let body = sample(peer);
        let mut headers = peer.scheme.without_signature(&peer.scheme.sign(KEY, body.as_bytes()));
        append(&mut headers, peer.scheme.header(), value);
        Some(attempt(peer, headers, body))
    })
}

/// The same with headers changed; `None` where the contestant is handed the one value.
fn header(row: u32, name: &'static str, change: impl Fn(Scheme, &mut HeaderMap, &str) + 'static) -> Case {
    refused(row, name, move |peer| {
        let body = sample(peer);
        let parts = peer.scheme.sign(KEY, body.as_bytes());
        let mut headers = peer.scheme.without_signature(&parts);
        change(peer.scheme, &mut headers, &peer.scheme.value(&parts));
        peer.takes_headers.then(|| attempt(peer, headers, body))
    })
}

/// A secret that opens the door to anyone who guesses it; signed by someone who did.
fn weak(name: &'static str, key: &'static str, configured: impl Fn(Scheme) -> Option<String> + 'static) -> Case {
    refused(1, name, move |peer| {
        let body = sample(peer);
        let headers = peer.scheme.headers(&peer.scheme.sign(key, body.as_bytes()));
        Some(Attempt { secrets: vec![configured(peer.scheme)?], headers, body: body.into() })
    })
}

/// Signed now, presented with another time.
fn time_of(row: u32, name: &'static str, time: impl Fn(i64) -> Option<String> + 'static) -> Case {
    bent(row, name, Wanted::Rejected, move |scheme, parts| {
        parts.time = time(now());
        scheme.signs_time().then_some(())
    })
}

/// Signed with that time.
fn signed_at(row: u32, name: &'static str, wanted: Wanted, time: impl Fn(i64) -> String + 'static) -> Case {
    case(row, name, wanted, move |peer| {
        let body = sample(peer);
        let parts = peer.scheme.sign_at(KEY, &time(now()), body.as_bytes());
        peer.scheme.signs_time().then(|| attempt(peer, peer.scheme.headers(&parts), body))
    })
}

/// The right signature at one place among three.
fn candidate(name: &'static str, place: usize) -> Case {
    bent(5, name, Wanted::Accepted, move |scheme, parts| {
        let right = parts.signatures.remove(0);
        let wrong = scheme.sign(OTHER, b"").signatures.remove(0);
        parts.signatures = vec![wrong; 2];
        parts.signatures.insert(place, right);
        scheme.signs_time().then_some(())
    })
}

/// The right secret at one place among several.
fn secret_among(name: &'static str, wanted: Wanted, place: usize, all: usize) -> Case {
    case(5, name, wanted, move |peer| {
        let body = sample(peer);
        let headers = peer.scheme.headers(&peer.scheme.sign(KEY, body.as_bytes()));
        let mut secrets = vec![peer.scheme.configured(OTHER); all - 1];
        secrets.insert(place, peer.scheme.configured(KEY));
        peer.takes_several_secrets.then(|| Attempt { secrets, headers, body: body.into() })
    })
}

/// A genuine signature under another body.
fn changed_body(row: u32, name: &'static str, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
    refused(row, name, move |peer| {
        let mut body = sample(peer).into_bytes();
        let headers = peer.scheme.headers(&peer.scheme.sign(KEY, &body));
        change(&mut body);
        Some(attempt(peer, headers, body))
    })
}

/// A genuine signature over that body, for those who read it.
fn reading(row: u32, name: &'static str, wanted: Wanted, body: impl Fn(&Peer) -> Vec<u8> + 'static) -> Case {
    case(row, name, wanted, move |peer| {
        let body = if peer.reads { body(peer) } else { return None };
        let headers = peer.scheme.headers(&peer.scheme.sign(KEY, &body));
        Some(attempt(peer, headers, body))
    })
}

/// A number beside the event, for those who read such numbers.
fn amount(name: &'static str, digits: &'static str) -> Case {
    let read = reading(23, name, Wanted::SameAmount(digits), move |peer| {
        peer.body(ID, &format!(",\"amount\":{digits}")).into_bytes()
    });
    case(23, name, Wanted::SameAmount(digits), move |peer| (read.attempt)(peer).filter(|_| peer.reads_amounts))
}

fn beside(row: u32, name: &'static str, wanted: Wanted, more: impl Fn() -> String + 'static) -> Case {
    reading(row, name, wanted, move |peer| peer.body(ID, &more()).into_bytes())
}

pub fn all() -> Vec<Case> {
    [secrets(), headers(), signatures(), schemes_and_rotation(), bytes(), times(), bodies()]
        .into_iter()
        .flatten()
        .collect()
}

fn secrets() -> Vec<Case> {
    vec![
        bent(1, "genuine", Wanted::Accepted, |_, _| Some(())),
        weak("empty secret", "", |_| Some(String::new())),
        weak("prefix of a secret alone", "", |scheme| (scheme == Scheme::Standard).then(|| scheme.configured(""))),
        weak("blank secret", "   ", |_| Some("   ".to_owned())),
        weak("secret of one byte", "a", |scheme| Some(scheme.configured("a"))),
    ]
}

fn headers() -> Vec<Case> {
    vec![
        header(2, "no signature header", |_, _, _| {}),
        value("empty header", b""),
        header(2, "not ASCII", |scheme, headers, _| append(headers, scheme.header(), "\u{e9}".as_bytes())),
        header(2, "not ASCII after the right one", |scheme, headers, value| {
            append(headers, scheme.header(), format!("{value}\u{e9}").as_bytes());
        }),
        value("64 KB of header", &[b'0'; 65_536]),
        header(2, "header twice, equal", |scheme, headers, value| {
            append(headers, scheme.header(), value.as_bytes());
            append(headers, scheme.header(), value.as_bytes());
        }),
        header(2, "header twice, right one first", |scheme, headers, value| {
            append(headers, scheme.header(), value.as_bytes());
            append(headers, scheme.header(), b"forged");
        }),
    ]
}

fn signatures() -> Vec<Case> {
    vec![
        signature("cut by one digit", |_, right| right.get(..right.len() - 1).map(str::to_owned)),
        signature("cut to a whole prefix", |_, right| right.get(..8).map(str::to_owned)),
        signature("empty", |_, _| Some(String::new())),
        signature("extended", |_, right| Some(format!("{right}0000"))),
        signature("junk after it", |_, right| Some(format!("{right};x"))),
        signature("odd length", |_, right| Some(format!("{right}0"))),
        signature("no digits at all", |_, right| Some("!".repeat(right.len()))),
        signature("undocumented prefix", |_, right| Some(format!("sha256={right}"))),
        bent(3, "upper-case hex", Wanted::Accepted, |scheme, parts| {
            for (_, signature) in &mut parts.signatures {
                *signature = signature.to_uppercase();
            }
            scheme.is_hex().then_some(())
        }),
    ]
}

fn schemes_and_rotation() -> Vec<Case> {
    vec![
        header(4, "header says algorithm none", |_, headers, _| append(headers, "x-signature-algorithm", b"none")),
        bent(4, "right, under an older scheme", Wanted::Rejected, |scheme, parts| {
            parts.signatures.iter_mut().for_each(|(version, _)| "v0".clone_into(version));
            scheme.signs_time().then_some(())
        }),
        candidate("right signature first of three", 0),
        candidate("right signature in the middle", 1),
        candidate("right signature last", 2),
        secret_among("right secret first of three", Wanted::Accepted, 0, 3),
        secret_among("right secret in the middle", Wanted::Accepted, 1, 3),
        secret_among("right secret last", Wanted::Accepted, 2, 3),
        secret_among("a thousand secrets", Wanted::Rejected, 999, 1000),
        refused(7, "another tenant's secret", |peer| {
            let body = sample(peer);
            let headers = peer.scheme.headers(&peer.scheme.sign(OTHER, body.as_bytes()));
            Some(attempt(peer, headers, body))
        }),
        header(7, "under another vendor's header", |_, headers, value| {
            append(headers, "x-another-vendor-signature", value.as_bytes());
        }),
    ]
}

fn bytes() -> Vec<Case> {
    vec![
        changed_body(8, "first bit of the body", |body| body[0] ^= 1),
        changed_body(8, "last bit of the body", |body| *body.last_mut().expect("a body") ^= 1),
        changed_body(8, "a line end after the body", |body| body.push(b'\n')),
        bent(8, "first digit of the signature", Wanted::Rejected, |_, parts| {
            let (_, signature) = parts.signatures.first_mut()?;
            let other = if signature.starts_with('0') { "1" } else { "0" };
            signature.replace_range(..1, other);
            Some(())
        }),
        bent(8, "signed id", Wanted::Rejected, |scheme, parts| {
            parts.id.push('x');
            (scheme == Scheme::Standard).then_some(())
        }),
        time_of(8, "signed time", |now| Some((now + 1).to_string())),
    ]
}

fn times() -> Vec<Case> {
    vec![
        time_of(11, "no time", |_| None),
        time_of(11, "time empty", |_| Some(String::new())),
        time_of(11, "time blank", |_| Some("  ".to_owned())),
        time_of(11, "smallest i64, forged", |_| Some(i64::MIN.to_string())),
        time_of(11, "largest i64, forged", |_| Some(i64::MAX.to_string())),
        time_of(11, "largest u64, forged", |_| Some(u64::MAX.to_string())),
        time_of(11, "+ before the signed time", |now| Some(format!("+{now}"))),
        time_of(11, "0 before the signed time", |now| Some(format!("0{now}"))),
        signed_at(11, "smallest i64, signed", Wanted::Rejected, |_| i64::MIN.to_string()),
        signed_at(11, "largest i64, signed", Wanted::Rejected, |_| i64::MAX.to_string()),
        signed_at(11, "negative", Wanted::Rejected, |now| format!("-{now}")),
        signed_at(11, "fraction", Wanted::Rejected, |now| format!("{now}.5")),
        signed_at(11, "milliseconds", Wanted::Rejected, |now| format!("{now}000")),
        signed_at(12, "just inside five minutes", Wanted::Accepted, |now| (now - 280).to_string()),
        signed_at(12, "just outside, before", Wanted::Rejected, |now| (now - 320).to_string()),
        signed_at(12, "just outside, after", Wanted::Rejected, |now| (now + 340).to_string()),
    ]
}

fn bodies() -> Vec<Case> {
    vec![
        reading(19, "empty body", Wanted::Rejected, |_| Vec::new()),
        reading(19, "BOM", Wanted::Rejected, |peer| format!("\u{feff}{}", sample(peer)).into_bytes()),
        reading(19, "not UTF-8", Wanted::Rejected, |peer| {
            [b"{\"x\":\"\xe9\",", &sample(peer).as_bytes()[1..]].concat()
        }),
        reading(19, "array at top level", Wanted::Rejected, |peer| format!("[{}]", sample(peer)).into_bytes()),
        reading(19, "text at top level", Wanted::Rejected, |_| b"\"event\"".to_vec()),
        changed_body(20, "body parsed and written again", |body| {
            let parsed: serde_json::Value = serde_json::from_slice(body).expect("JSON");
            *body = parsed.to_string().into_bytes();
        }),
        beside(21, "depth 10 000", Wanted::Survived, || format!(",\"n\":{}{}", "[".repeat(10_000), "]".repeat(10_000))),
        beside(21, "depth 5 000 000", Wanted::Survived, || {
            format!(",\"n\":{}{}", "[".repeat(5_000_000), "]".repeat(5_000_000))
        }),
        beside(21, "a million keys", Wanted::Survived, || (0..1_000_000).map(|n| format!(",\"k{n}\":0")).collect()),
        beside(21, "five million elements", Wanted::Survived, || format!(",\"n\":[{}0]", "0,".repeat(5_000_000))),
        case(21, "10 MB of text", Wanted::Survived, |peer| {
            let body = peer.body(ID, &format!(",\"n\":\"{}\"", "x".repeat(10 << 20)));
            Some(attempt(peer, peer.scheme.headers(&peer.scheme.sign(KEY, body.as_bytes())), body))
        }),
        beside(22, "id twice, different", Wanted::Rejected, || ",\"id\":\"evt_2\"".to_owned()),
        beside(22, "type twice, different", Wanted::Rejected, || ",\"type\":\"other\"".to_owned()),
        amount("2^53 + 1", "9007199254740993"),
        amount("40 digits and a fraction", "1234567890123456789012345678901234567890.5"),
        amount("a cent that is no double", "18500.10"),
        reading(24, "lone surrogate in the id", Wanted::SameId("none"), |peer| {
            peer.body(r#""a\ud800b""#, "").into_bytes()
        }),
        reading(24, "NUL in the id", Wanted::SameId("a\0b"), |peer| peer.body(r#""a\u0000b""#, "").into_bytes()),
        reading(24, "bidirectional mark in the id", Wanted::SameId("a\u{202e}b"), |peer| {
            peer.body(r#""a\u202eb""#, "").into_bytes()
        }),
    ]
}
