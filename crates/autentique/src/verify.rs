//! `X-Autentique-Signature`.

use idhooks_core::{Hmac, HmacSigned, Secret, Verifiable};

use crate::Event;

impl Verifiable for Event {}

impl HmacSigned for Event {
    const SIGNATURE_HEADER: &'static str = "x-autentique-signature";
}

/// Checks deliveries of Autentique: `X-Autentique-Signature`, the HMAC-SHA256 of the raw body in hex.
///
/// **What a fitting signature proves:** the body was signed, to the last bit, by someone who knows
/// the secret of one of your endpoints. **What it does not:** that the delivery is new (neither a
/// time nor a nonce is signed, so a recorded one stays valid forever: deduplicate by `dedup_key()`, which
/// is `event.id`), that it is the latest word (events come in any order), or that none is missing
/// (after three repeats Autentique gives up and lists the event as undelivered in its dashboard).
///
/// **Which secret?** Autentique makes one for each endpoint and shows it when the endpoint is
/// created. An endpoint gets the events of documents, of signatures or of members, never two of
/// them. If several point at one URL, accept all their secrets; the
/// [`Authentication`](idhooks_core::Authentication) of a delivery says which one fitted:
///
/// ```
/// use idhooks_autentique::{Verifier, core::{Secret, Secrets}, sign};
///
/// let documents = Secret::new("secret of the documents endpoint")?.with_label("documents");
/// let signatures = Secret::new("secret of the signatures endpoint")?.with_label("signatures");
/// let verifier = Verifier::new(Secrets::new([documents, signatures.clone()])?);
///
/// let body = br#"{"event":{"id":"e1","type":"signature.viewed","data":{"public_id":"s1"}}}"#;
/// let delivery = verifier.verify(&[sign(&signatures, body)], &body[..])?;
/// assert_eq!(delivery.authentication().label(), Some("signatures"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// **Give it the bytes as they came.** The vendor's Python and Ruby samples parse the body and
/// write it again before they hash it; the escapes of a genuine body (`\/`, `\u00e3`) do not
/// survive that. A framework that parses the body before you see it breaks the signature too.
///
/// The header's name is compared without regard to case. Upper-case hex is accepted; a `sha256=`
/// prefix is not documented and refused.
///
/// Source: [documented](https://docs.autentique.com.br/api/integration-basics/webhooks); hashing the
/// raw bytes is also what live deliveries confirmed (observed in public code, September 2026).
pub type Verifier = Hmac<Event>;

/// Returns the header Autentique would send with `body`: name and value. For tests of your own handler.
#[must_use]
pub fn sign(secret: &Secret, body: &[u8]) -> (&'static str, String) {
    Verifier::sign(secret, body)
}
