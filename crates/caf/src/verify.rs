//! `X-Caf-Signature`.

use idhooks_core::{Hmac, HmacSigned, Secret};

use crate::Event;

impl HmacSigned for Event {
    const SIGNATURE_HEADER: &'static str = "x-caf-signature";
    const OFFERS_CREDENTIAL: bool = true;
}

/// Checks deliveries of Caf's Connect API: `X-Caf-Signature`, the HMAC-SHA256 of the raw body in hex.
///
/// **What a fitting signature proves:** the body was signed, to the last bit, by someone who knows
/// the webhook's secret. **What it does not:** that the delivery is new (nothing but the body is
/// signed, so deduplicate by `dedup_key()`), that it is the latest word (events are not in order), or that
/// none is missing. Fetch the transaction before you act.
///
/// **Which secret?** Caf's pages disagree: the webhook's own "Secret" in the panel, or the
/// application's OAuth client secret. Public code uses the first. Give both as
/// [`Secrets`](idhooks_core::Secrets) if in doubt, and look which one
/// [`Authentication`](idhooks_core::Authentication) reports.
///
/// **Basic or an API key besides:** whichever you chose in the panel; switch the check on with
/// [`Hmac::also`] or `CAF_WEBHOOK_BASIC` / `CAF_WEBHOOK_API_KEY`. Never instead of the signature.
///
/// **Bad signatures on purpose:** Caf may send some to see whether you refuse them. Nothing is
/// needed for that; just never answer 2xx to a refused delivery.
///
/// The example signatures on the vendor's pages do not fit their own bodies under any serialisation
/// we tried; that is not this code's fault. The vectors in our tests were made with two other tools.
///
/// Sources: [signature](https://docs.caf.io/caf-api/caf-connect/webhook/signature),
/// [request](https://docs.caf.io/caf-api/caf-connect/webhook/request), documented.
pub type Verifier = Hmac<Event>;

/// The header Caf would send with `body`: name and value. For tests of your own handler.
#[must_use]
pub fn sign(secret: &Secret, body: &[u8]) -> (&'static str, String) {
    Verifier::sign(secret, body)
}
