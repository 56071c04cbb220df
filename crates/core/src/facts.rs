//! The envelope's own words, and the key made from them.

use std::{borrow::Cow, fmt};

use sha2::{Digest as _, Sha256};

use crate::{hex, printable::Printable};

/// A part of a key longer than this is replaced by its digest, so that keys fit a database index.
const LONGEST_PART: usize = 256;

/// What the envelope of a delivery says, read without looking further. Each part is absent when
/// the body does not have it exactly once, as text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    event: Option<Cow<'a, str>>,
    subject: Option<Cow<'a, str>>,
    occurred_at: Option<Cow<'a, str>>,
    identity: Vec<Cow<'a, str>>,
    signed: Option<ContentKey>,
}

impl<'a> Facts<'a> {
    /// Nothing known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The vendor's own name of the event.
    #[must_use]
    pub fn with_event(mut self, name: Option<Cow<'a, str>>) -> Self {
        self.event = name;
        self
    }

    /// Id of the thing it is about.
    #[must_use]
    pub fn with_subject(mut self, id: Option<Cow<'a, str>>) -> Self {
        self.subject = id;
        self
    }

    /// The vendor's time of the event, as written.
    #[must_use]
    pub fn with_time(mut self, time: Option<Cow<'a, str>>) -> Self {
        self.occurred_at = time;
        self
    }

    /// The parts that together make the event unique for ever; nothing is kept unless every part
    /// is there and none is empty.
    #[must_use]
    pub fn with_identity<const N: usize>(mut self, parts: [Option<Cow<'a, str>>; N]) -> Self {
        let parts: Option<Vec<_>> = parts.into_iter().map(|part| part.filter(|part| !part.is_empty())).collect();
        self.identity = parts.unwrap_or_default();
        self
    }

    /// The ids are anybody's word: a key made of them would keep the place of the event, for ever, for whoever names
    /// them first.
    pub(crate) fn without_identity(mut self) -> Self {
        self.identity.clear();
        self
    }

    /// The signature fits `text`, not the body as it came. One text has any number of spellings, so without an id of
    /// the vendor's the key is made of what was signed: else whoever recorded a delivery could send it as a new one.
    pub(crate) fn with_signed(mut self, text: Option<String>) -> Self {
        self.signed = text.map(|text| ContentKey::of(text.as_bytes()));
        self
    }

    /// The vendor's own name of the event.
    #[must_use]
    pub fn event_name(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// Id of the thing the event is about, as the vendor writes it.
    #[must_use]
    pub fn subject_id(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The vendor's time of the event, as written; `None` where the vendor sends none.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        self.occurred_at.as_deref()
    }

    /// The key of the delivery these facts were read from.
    #[must_use]
    pub fn key(&self, body: &[u8]) -> Key {
        if self.identity.is_empty() {
            return Key::Content(self.signed.clone().unwrap_or_else(|| ContentKey::of(body)));
        }
        let mut text = String::new();
        for part in &self.identity {
            if !text.is_empty() {
                text.push('/');
            }
            push_part(&mut text, part);
        }
        Key::Vendor(VendorKey(text.into()))
    }
}

/// Writes one part so that no two lists of parts give the same text: all but unreserved
/// characters are percent-encoded, and a long part becomes `#` and its digest.
fn push_part(text: &mut String, part: &str) {
    if part.len() > LONGEST_PART {
        text.push('#');
        text.push_str(&hex::encode(&Sha256::digest(part)));
        return;
    }
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push_str(&hex::encode(&[byte]));
        }
    }
}

/// What tells one event from every other of the same vendor and endpoint, for deduplication.
///
/// Its text form is printable ASCII of bounded length, safe in logs and as a database key.
/// Two keys are equal only if the events are; scope it by vendor and endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key {
    /// From the vendor's own ids: unique for ever.
    Vendor(VendorKey),
    /// The vendor gives no id, or it stands in a [`Hint`](crate::Hint), so the key is the digest of the body, or of
    /// what was signed in its place ([`Proof::ReserializedSignature`](crate::Proof::ReserializedSignature)). Two
    /// genuine events can have the same bytes: use it to deduplicate inside a window only, a day for instance, and
    /// treat a later one as a possible replay.
    Content(ContentKey),
}

/// The text of [`Key::Vendor`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VendorKey(Box<str>);

impl VendorKey {
    /// The ids, percent-encoded and joined with `/`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The SHA-256 of [`Key::Content`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentKey([u8; 32]);

impl ContentKey {
    fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of the body, or of what was signed in its place.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Key {
    /// The vendor's ids, or `sha256:` and 64 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Vendor(VendorKey(text)) => f.write_str(text),
            Self::Content(ContentKey(digest)) => write!(f, "sha256:{}", hex::encode(digest)),
        }
    }
}

impl fmt::Display for Facts<'_> {
    /// The event's name, with characters that could disturb a terminal or a log escaped. Not the
    /// subject: at one vendor that id alone opens doors.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printable(self.event_name().unwrap_or("-")).fmt(f)
    }
}

impl fmt::Debug for Facts<'_> {
    /// Event and time, for the same reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts").field("event", &self.event).field("time", &self.occurred_at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key<const N: usize>(parts: [&'static str; N]) -> String {
        Facts::new().with_identity(parts.map(|part| Some(part.into()))).key(b"body").to_string()
    }

    /// Row 32: no two lists of ids give the same key.
    #[test]
    fn row_32_ids_are_never_confused() {
        let lists =
            [["a/b", "c"], ["a", "b/c"], ["a%2fb", "c"], ["a", "b%2fc"], ["A", "b/c"], ["a.b", "c"], ["a'b\"", "c"]];
        let keys: std::collections::BTreeSet<_> = lists.iter().map(|list| key(*list)).collect();
        assert_eq!(keys.len(), lists.len(), "{keys:?}");
        assert_eq!(key(["TRANSACTION", "01JZ"]), "TRANSACTION/01JZ");
    }

    #[test]
    fn row_32_long_ids_are_digested_and_stay_apart() {
        let long: &'static str = Box::leak("x".repeat(10_000).into_boxed_str());
        let longer: &'static str = Box::leak("x".repeat(10_001).into_boxed_str());
        assert_ne!(key([long]), key([longer]));
        assert!(key([long]).len() < 80);
        let digest: &'static str = Box::leak(key([long]).into_boxed_str());
        assert_ne!(key([digest]), key([long]), "an id that looks like a digest is not one");
    }

    #[test]
    fn row_24_a_key_is_printable_whatever_the_id() {
        let text = key(["\u{202e}evil\n\0é"]);
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
    }

    #[test]
    fn a_missing_or_empty_part_leaves_the_content() {
        let sha = "sha256:230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
        assert_eq!(Facts::new().with_identity([Some("a".into()), None]).key(b"body").to_string(), sha);
        assert_eq!(key(["a", ""]), sha);
        assert_eq!(Facts::new().key(b"body").to_string(), sha);
    }
}
