//! `capa-signature`.

use idhooks_core::{Hmac, HmacSigned, Secret, SignsJsonText, Verifiable};

use crate::Event;

impl Verifiable for Event {}

impl HmacSigned for Event {
    const SIGNATURE_HEADER: &'static str = "capa-signature";
}

impl SignsJsonText for Event {}

/// Checks deliveries of Capa: `capa-signature`, the HMAC-SHA256 of the raw body in hex.
///
/// **What a fitting signature proves:** the body was signed, to the last bit, by someone who knows
/// the webhook secret. **What it does not:** that the delivery is new. There is no time and no
/// event id, in the header or the body, so a recorded delivery stays valid forever, and two genuine
/// KYC events can have the same bytes. Deduplicate by `dedup_key()` within
/// [`DEDUP_WINDOW`](idhooks_core::WebhookEvent::DEDUP_WINDOW), and read the KYC details or the transaction by REST
/// before you act. Nor does it prove that none is missing: after five retries Capa gives up until you ask for a manual
/// one.
///
/// ```
/// use idhooks_capa::{Verifier, core::Secret, sign};
///
/// let secret = Secret::new("the webhook secret")?;
/// // Only behind a proxy that formats JSON anew.
/// let verifier = Verifier::new(secret.clone()).accept_reserialized();
/// let headers = [sign(&secret, br#"{"type":"KYC"}"#)];
/// assert!(verifier.check(&headers, br#"{ "type": "KYC" }"#).is_ok());
/// # Ok::<(), idhooks_capa::core::SecretError>(())
/// ```
///
/// **Raw or re-written body?** The vendor's sample hashes `JSON.stringify` of the parsed body on
/// both sides, which are the bytes it posts, as long as nothing in between re-formats them (inferred;
/// no delivery was captured). If something does, [`Hmac::accept_reserialized`] follows the sample
/// to the letter.
///
/// The secret is used as text, also when it looks like hex. A `sha256=` prefix is not documented and
/// refused.
///
/// Source: [documented](https://docs.capa.fi/reference/step-by-step-process-for-hmac-signature-validation).
pub type Verifier = Hmac<Event>;

/// Returns the header Capa would send with `body`: name and value. For tests of your own handler.
#[must_use]
pub fn sign(secret: &Secret, body: &[u8]) -> (&'static str, String) {
    Verifier::sign(secret, body)
}
