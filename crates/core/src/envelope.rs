//! The envelope of a delivery, and the key made from it.

use std::{borrow::Cow, fmt};

use sha2::{Digest as _, Sha256};

use crate::{Escaped, hex};

/// A part of a key longer than this is replaced by its digest, so that keys fit a database index.
const LONGEST_PART: usize = 256;

/// Event name, subject, time and ids of a delivery, read without decoding the event. A part is absent when the body
/// does not have it exactly once, as a string.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    event: Option<Box<str>>,
    subject: Option<Box<str>>,
    occurred_at: Option<Box<str>>,
    identity: Option<VendorId>,
    is_body_in_key: bool,
}

fn owned(text: Option<Cow<'_, str>>) -> Option<Box<str>> {
    text.map(|text| text.into_owned().into())
}

impl Envelope {
    /// Makes an empty envelope.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the vendor's name of the event.
    #[must_use]
    pub fn with_event(self, name: Option<Cow<'_, str>>) -> Self {
        Self { event: owned(name), ..self }
    }

    /// Sets the id of the thing that the event is about.
    #[must_use]
    pub fn with_subject(self, id: Option<Cow<'_, str>>) -> Self {
        Self { subject: owned(id), ..self }
    }

    /// Sets the vendor's time of the event, as written.
    #[must_use]
    pub fn with_time(self, time: Option<Cow<'_, str>>) -> Self {
        Self { occurred_at: owned(time), ..self }
    }

    /// Sets the ids that together are unique forever. A missing or empty id leaves the envelope without an identity.
    #[must_use]
    pub fn with_identity<const N: usize>(self, parts: [Option<Cow<'_, str>>; N]) -> Self {
        Self { identity: VendorId::of(&parts), ..self }
    }

    /// Adds the digest of the body to the ids of [`Self::with_identity`], for a vendor that sends other content under the
    /// same ids. Equal bytes then have the same key forever, and other bytes have another key. Without ids it changes
    /// nothing.
    #[must_use]
    pub fn with_body_digest(self) -> Self {
        Self { is_body_in_key: true, ..self }
    }

    /// Returns the vendor's name of the event.
    #[must_use]
    pub fn event_name(&self) -> Option<&str> {
        self.event.as_deref()
    }

    /// Returns the id of the object that the event is about, as the vendor writes it.
    #[must_use]
    pub fn subject_id(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// Returns the vendor's time of the event, as written; `None` where the vendor sends none.
    #[must_use]
    pub fn time(&self) -> Option<&str> {
        self.occurred_at.as_deref()
    }

    /// Returns the key for deduplication: the vendor's ids if there are any, and the digest of `signed` otherwise. With
    /// [`Self::with_body_digest`], the ids and the digest.
    #[must_use]
    pub fn dedup_key(&self, signed: &[u8]) -> DedupKey {
        let digest = || DedupKey::BodyDigest(BodyDigest::of(signed));
        match &self.identity {
            // No id can hold a colon, so none looks like the digest.
            Some(VendorId(ids)) if self.is_body_in_key => {
                DedupKey::VendorId(VendorId(format!("{ids}/{}", digest()).into()))
            }
            Some(ids) => DedupKey::VendorId(ids.clone()),
            None => digest(),
        }
    }
}

/// Tells one event from every other event of the same vendor and endpoint, for deduplication.
///
/// Its text is printable ASCII of bounded length, safe in logs and as a database key. Two keys are equal only if the
/// events are. Scope it by vendor and endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DedupKey {
    /// The vendor's own ids: unique forever. Where the vendor sends other content under the same ids, the digest of the
    /// body follows them.
    VendorId(VendorId),
    /// The digest of the body, or of the text that was signed instead
    /// ([`AuthMethod::ReserializedSignature`](crate::AuthMethod::ReserializedSignature)). Used where the vendor gives
    /// no id, and for every [`Unverified`](crate::Unverified), whose ids anyone could have written.
    ///
    /// Two genuine events can have the same bytes. Deduplicate within
    /// [`WebhookEvent::DEDUP_WINDOW`](crate::WebhookEvent::DEDUP_WINDOW) only, and treat a later delivery as a possible
    /// replay.
    BodyDigest(BodyDigest),
}

/// The text of a [`DedupKey::VendorId`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VendorId(Box<str>);

impl VendorId {
    fn of(parts: &[Option<Cow<'_, str>>]) -> Option<Self> {
        let mut text = String::new();
        for part in parts {
            if !text.is_empty() {
                text.push('/');
            }
            push_part(&mut text, part.as_deref().filter(|part| !part.is_empty())?);
        }
        (!text.is_empty()).then(|| Self(text.into()))
    }

    /// Returns the ids, percent-encoded and joined with `/`. The digest of the body, where there is one, is the last part:
    /// `sha256:` and 64 hex digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Writes one part so that no two lists of parts give the same text. Everything but unreserved characters is
/// percent-encoded, and a long part becomes `#` and its digest.
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

/// The SHA-256 of a [`DedupKey::BodyDigest`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BodyDigest([u8; 32]);

impl BodyDigest {
    fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Returns the digest.
    #[must_use]
    pub fn digest(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for DedupKey {
    /// The vendor's ids, or `sha256:` and 64 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::VendorId(VendorId(text)) => f.write_str(text),
            Self::BodyDigest(BodyDigest(digest)) => write!(f, "sha256:{}", hex::encode(digest)),
        }
    }
}

impl fmt::Display for Envelope {
    /// The name of the event, with characters that could disturb a terminal or a log escaped. Not the subject: at one
    /// vendor that id alone opens doors.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped(self.event_name().unwrap_or("-")).fmt(f)
    }
}

impl fmt::Debug for Envelope {
    /// Event and time, for the same reason.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Envelope").field("event", &self.event).field("time", &self.occurred_at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key<const N: usize>(parts: [&'static str; N]) -> String {
        Envelope::new().with_identity(parts.map(|part| Some(part.into()))).dedup_key(b"body").to_string()
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
    fn a_body_digest_follows_the_ids() {
        let envelope = Envelope::new().with_identity([Some("p".into()), Some("done".into())]).with_body_digest();
        let key = |body: &[u8]| envelope.dedup_key(body);
        // printf body | sha256sum
        let sha = "sha256:230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
        assert_eq!(key(b"body").to_string(), format!("p/done/{sha}"));
        assert!(matches!(key(b"body"), DedupKey::VendorId(_)), "good forever");
        assert_eq!(key(b"body"), key(b"body"));
        assert_ne!(key(b"body"), key(b"other"));

        let written_like_it = Envelope::new().with_identity(["p", "done", sha].map(|part| Some(part.into())));
        assert_ne!(written_like_it.dedup_key(b"body"), key(b"body"));
        assert_eq!(Envelope::new().with_body_digest().dedup_key(b"body").to_string(), sha, "no ids");
    }

    #[test]
    fn row_24_a_key_is_printable_whatever_the_id() {
        let text = key(["\u{202e}evil\n\0é"]);
        assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
    }

    #[test]
    fn a_missing_or_empty_part_leaves_the_content() {
        let sha = "sha256:230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5";
        assert_eq!(Envelope::new().with_identity([Some("a".into()), None]).dedup_key(b"body").to_string(), sha);
        assert_eq!(key(["a", ""]), sha);
        assert_eq!(Envelope::new().dedup_key(b"body").to_string(), sha);
    }
}
