//! Every vendor's rules once more, written to be obvious and not to be fast, from what the documentation of the
//! readers promises. Each level of an object is read into a list of members, and nothing is clever.

pub mod autentique;
pub mod caf;
pub mod capa;
pub mod case_keeper;
mod object;
mod plain;
pub mod unico;

use idhooks_core::{DecodeError, Envelope, WebhookEvent, json::tokens};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

pub use object::{Object, Slot, is_null, text};
pub use plain::agreed;
use plain::decode;

/// What the reader should make of a body.
#[derive(Debug)]
enum Verdict<T> {
    Read(T),
    Rejected,
    /// A member is there twice of which this reference does not know whether a type names it.
    Open,
}

impl<T> Verdict<T> {
    fn read(value: Option<T>) -> Self {
        value.map_or(Self::Rejected, Self::Read)
    }

    fn map<U>(self, change: impl FnOnce(T) -> U) -> Verdict<U> {
        match self {
            Self::Read(value) => Verdict::Read(change(value)),
            Self::Rejected => Verdict::Rejected,
            Self::Open => Verdict::Open,
        }
    }
}

/// The event that was read, together with what it should have been; `None` if it was rejected, as it should.
fn decided<E, T>(read: Result<E, DecodeError>, wanted: Verdict<T>, body: &[u8]) -> Option<(E, T)> {
    match (read, wanted) {
        (Ok(event), Verdict::Read(wanted)) => Some((event, wanted)),
        (Err(_), Verdict::Rejected) | (_, Verdict::Open) => None,
        (Err(_), Verdict::Read(_)) if has_unreadable_token(body) => None,
        (Ok(_), Verdict::Rejected) => panic!("read: {}", String::from_utf8_lossy(body)),
        (Err(error), Verdict::Read(_)) => panic!("{error}: {}", String::from_utf8_lossy(body)),
    }
}

/// Whether a string has half of a surrogate pair, or a number is beyond any float. A type that reads it does not decode;
/// this reference does not know what each type reads and what it skips.
fn has_unreadable_token(body: &[u8]) -> bool {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let is_read = |token: &&str| token.starts_with(|c: char| c == '"' || c == '-' || c.is_ascii_digit());
    tokens(text).filter(is_read).any(|token| serde_json::from_str::<Value>(token).is_err())
}

/// What the envelope should say.
#[derive(Debug, Default, PartialEq, Eq)]
struct ExpectedEnvelope {
    event: Option<String>,
    subject: Option<String>,
    time: Option<String>,
    /// The parts of a vendor's key, if the event has such a one.
    identity: Option<Vec<Option<String>>>,
    /// Whether the digest of the body follows those parts.
    is_body_in_key: bool,
}

impl ExpectedEnvelope {
    fn compare<E: WebhookEvent>(&self, body: &[u8]) {
        let envelope = E::envelope(body);
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let Self { event, subject, time, .. } = self;
        assert_eq!(
            [owned(envelope.event_name()), owned(envelope.subject_id()), owned(envelope.time())],
            [event.clone(), subject.clone(), time.clone()],
            "{}: {}",
            E::VENDOR,
            String::from_utf8_lossy(body)
        );
        assert_eq!(
            envelope.dedup_key(body).to_string(),
            self.key(body),
            "{}: {}",
            E::VENDOR,
            String::from_utf8_lossy(body)
        );
    }

    fn key(&self, body: &[u8]) -> String {
        let parts = self.identity.iter().flatten().map(|part| part.as_deref().filter(|part| !part.is_empty()));
        let digest = format!("sha256:{}", hex(&Sha256::digest(body)));
        match parts.collect::<Option<Vec<&str>>>() {
            Some(parts) if !parts.is_empty() => {
                let digest = self.is_body_in_key.then_some(digest);
                parts.into_iter().map(key_part).chain(digest).collect::<Vec<_>>().join("/")
            }
            _ => digest,
        }
    }
}

fn key_part(part: &str) -> String {
    if part.len() > 256 {
        return format!("#{}", hex(&Sha256::digest(part)));
    }
    let escaped = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    };
    part.bytes().map(escaped).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The envelope, which is read on its own, must not contradict what the whole event says.
fn assert_agrees(envelope: &Envelope, id: &str, body: &[u8]) {
    if let Some(subject) = envelope.subject_id() {
        assert_eq!(subject, id, "{}", String::from_utf8_lossy(body));
    }
}
