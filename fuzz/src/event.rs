//! What holds of every event and of every body.

use std::fmt::Debug;

use idhooks_core::{DedupKey, WebhookEvent};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{assert_plain, assert_same_but_for_drift, reference::hex};

/// A key's parts are at most this many, each of at most 256 bytes that may be percent-encoded.
const LONGEST_KEY: usize = 4 * (3 * 256 + 1);

/// Reads `body` and fails unless what is promised of any body is so.
pub fn check<E: WebhookEvent + Serialize + Debug + PartialEq>(body: &[u8]) -> Option<E> {
    let envelope = E::envelope(body);
    let key = envelope.dedup_key(body);
    let shown = key.to_string();
    assert!(shown.bytes().all(|byte| byte.is_ascii_graphic()) && shown.len() <= LONGEST_KEY, "{shown}");
    drop(format!("{envelope} {envelope:?}"));
    let event = match E::decode(body) {
        Ok(event) => event,
        Err(error) => {
            assert_plain(&error.to_string());
            return None;
        }
    };

    let written = serde_json::to_vec(&event).expect("an event can be written");
    let again = E::decode(&written).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&written)));
    let has_drifted = assert_same_but_for_drift(&event, &again);
    let rewritten = serde_json::to_vec(&again).expect("an event can be written");
    assert!(rewritten == written, "written otherwise: {}", String::from_utf8_lossy(&rewritten));

    let envelope_again = E::envelope(&written);
    assert_eq!(envelope_again.event_name(), envelope.event_name());
    if let DedupKey::VendorId(_) = key
        && !has_drifted
    {
        let ids_again = without_body_digest(&envelope_again.dedup_key(&written), &written);
        assert_eq!(ids_again, without_body_digest(&key, body));
    }
    Some(event)
}

/// The vendor's ids alone. Written again, the body has another digest.
fn without_body_digest(key: &DedupKey, body: &[u8]) -> String {
    let key = key.to_string();
    let digest = format!("/sha256:{}", hex(&Sha256::digest(body)));
    key.strip_suffix(&digest).unwrap_or(&key).to_owned()
}
