//! `X-Caf-Signature`.

use idhooks_core::{Hmac, HmacSigned, Secret, Verifiable};

use crate::Event;

impl Verifiable for Event {}

impl HmacSigned for Event {
    const SIGNATURE_HEADER: &'static str = "x-caf-signature";
    const OFFERS_CREDENTIAL: bool = true;
}

/// Checks deliveries of Caf's Connect API: `X-Caf-Signature`, the HMAC-SHA256 of the raw body in hex.
///
/// A valid signature proves that someone who knows the webhook's secret signed exactly this body. It does not prove that
/// the delivery is new (only the body is signed, so deduplicate by `dedup_key()`), that it is the latest one (events come
/// in any order), or that none is missing. Fetch the transaction before you act.
///
/// **Which secret?** Caf's pages disagree: the webhook's own "Secret" in the panel, or the
/// application's OAuth client secret. Public code uses the first. Give both as
/// [`Secrets`](idhooks_core::Secrets) if in doubt: [`Authentication`](idhooks_core::Authentication)
/// says which one matched.
///
/// **An additional Basic credential or API key**, as you chose in the panel, is checked after [`Hmac::also`], or with
/// `CAF_WEBHOOK_BASIC` or `CAF_WEBHOOK_API_KEY`. It never replaces the signature.
///
/// **Invalid signatures on purpose:** Caf may send some to see whether you reject them. Never respond with 2xx to a
/// rejected delivery.
///
/// The example signatures on the vendor's pages do not match their bodies in any format that was tried. The test vectors
/// here were made with two other tools.
///
/// ```
/// use std::time::SystemTime;
/// use idhooks_caf::{Verifier, core::{Credential, Secret}, sign};
///
/// let secret = Secret::new("the secret you typed into the panel")?;
/// let basic = Credential::basic("user", "password")?;
/// let verifier = Verifier::new(secret.clone()).also(basic.clone()).endpoint("brazil");
///
/// let (name, signature) = sign(&secret, b"{}");
/// let (authorization, password) = basic.header().unwrap_or_default();
/// let headers = [(name, &*signature), (authorization, password)];
/// assert!(verifier.check_at_time(&headers, b"{}", SystemTime::now()).is_ok());
/// # Ok::<(), idhooks_caf::core::SecretError>(())
/// ```
///
/// Sources: [signature](https://docs.caf.io/caf-api/caf-connect/webhook/signature),
/// [request](https://docs.caf.io/caf-api/caf-connect/webhook/request), documented.
pub type Verifier = Hmac<Event>;

/// Returns the header that Caf would send with `body`: name and value. For tests of your own handler.
#[must_use]
pub fn sign(secret: &Secret, body: &[u8]) -> (&'static str, String) {
    Verifier::sign(secret, body)
}
