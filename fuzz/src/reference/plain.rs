//! Compares plain `serde_json` with `decode`.

use std::fmt::Debug;

use idhooks_core::{DecodeError, WebhookEvent, json::tokens};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, value::RawValue};

use super::Object;

/// More digits than a float is sure to hold.
const MOST_DIGITS: usize = 15;

/// Decodes the event, and fails unless plain `serde_json` agrees.
pub(super) fn decode<E>(body: &[u8]) -> Result<E, DecodeError>
where
    E: WebhookEvent + DeserializeOwned + Serialize + Debug + PartialEq,
{
    agreed(E::decode(body), body)
}

/// Returns what was decoded from `body`, and fails unless plain `serde_json` makes the same of it in every way it can.
///
/// Two exceptions, both of `serde_json` itself. It does not look at the bytes of strings that it skips, so a body that is
/// not UTF-8 may pass. And a `Value` holds neither repeated members nor every digit of a number.
pub fn agreed<T>(decoded: Result<T, DecodeError>, body: &[u8]) -> Result<T, DecodeError>
where
    T: DeserializeOwned + Serialize + Debug + PartialEq,
{
    let Ok(text) = std::str::from_utf8(body) else {
        assert!(decoded.is_err(), "not UTF-8: {}", String::from_utf8_lossy(body));
        return decoded;
    };
    for plain in [serde_json::from_slice::<T>(body), serde_json::from_reader(body)] {
        match (&decoded, &plain) {
            (Ok(decoded), Ok(plain)) => assert_eq!(decoded, plain, "{text}"),
            (Err(_), Err(_)) => {}
            _ => panic!("{decoded:?} and {plain:?}: {text}"),
        }
    }
    let Some(value) = serde_json::from_str::<Value>(text).ok().filter(|_| fits_a_value(text)) else { return decoded };
    match (&decoded, serde_json::from_value::<T>(value)) {
        // The text of raw JSON comes out of a `Value` in another spelling.
        (Ok(decoded), Ok(plain)) => assert_eq!(written(decoded), written(&plain), "{text}"),
        (Err(_), Err(_)) => {}
        (decoded, plain) => panic!("{decoded:?} and {plain:?} by way of a `Value`: {text}"),
    }
    decoded
}

fn written(value: &impl Serialize) -> Value {
    serde_json::to_value(value).expect("what was read can be written")
}

/// Whether a `Value` holds all that `json` says.
fn fits_a_value(json: &str) -> bool {
    let is_held = |token: &str| {
        let digits = token.bytes().filter(u8::is_ascii_digit).count();
        !token.starts_with(|c: char| c == '-' || c.is_ascii_digit())
            || (digits <= MOST_DIGITS && !token.contains(['e', 'E']))
    };
    // `serde_json` gives a meaning of its own to members that are named so.
    !json.contains("$serde_json")
        && tokens(json).all(is_held)
        && serde_json::from_str(json).is_ok_and(is_without_repeats)
}

fn is_without_repeats(json: &RawValue) -> bool {
    match json.get().as_bytes() {
        [b'{', ..] => Object::inside(json)
            .is_some_and(|object| !object.repeats() && object.members().all(|(_, value)| is_without_repeats(value))),
        [b'[', ..] => serde_json::from_str::<Vec<&RawValue>>(json.get())
            .is_ok_and(|items| items.into_iter().all(is_without_repeats)),
        _ => true,
    }
}
