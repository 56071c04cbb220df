//! Who sent it: a credential of your own choice, because Unico signs nothing.

use idhooks_core::{Credential, PresentsCredential, SharedCredential, Unauthenticated, Verifiable};

use crate::Event;

impl Verifiable for Event {}

impl PresentsCredential for Event {}

/// Checks the credential that you had Unico register for your endpoint: HTTP Basic, or an API key in
/// either of its written forms. It cannot be built without one.
///
/// | registered as | Unico sends | build with |
/// |---|---|---|
/// | Basic, `user:pass` | `Authorization: Basic …` | [`basic`](SharedCredential::basic) |
/// | API key, `X-API-Key:abc` | `X-API-Key: abc` | [`api_key`](SharedCredential::api_key) |
/// | API key, `Authorization:Bearer abc` | `Authorization: Bearer abc` | [`api_key`](SharedCredential::api_key) |
/// | API key, `abc` | `Authorization: abc`, without a scheme | [`api_key`](SharedCredential::api_key) |
///
/// **What a success proves:** the caller knows the credential, so it is Unico or someone who saw it.
/// **What it does not:** anything about the body. Nothing is signed, so whoever has seen one
/// delivery, in a proxy's log for instance, can send any other body, and can send the same one again.
/// Nor does it prove that the delivery is new. So take what it says as a reason to call
/// `GetProcess`, and decide on that answer.
///
/// An API key is split at its first colon, as Unico splits it: a bare key that holds a colon is no bare
/// key. What Unico does with blanks around the colon is not stated; here they are cut off.
///
/// [`from_env`](SharedCredential::from_env) reads `UNICO_WEBHOOK_BASIC` and `UNICO_WEBHOOK_API_KEY`.
/// There is no verifier without a credential:
///
/// ```compile_fail,E0599
/// let verifier = idhooks_unico::Verifier::default();
/// ```
///
/// Source: [documented](https://developer.unico.io/developers/webhooks-and-events/setup).
pub type Verifier = SharedCredential<Event>;

/// Checks the OAuth2 token that Unico got from *your* authorization server, by asking you.
///
/// You register your endpoint, your provider's URL, a client id and a client secret; Unico fetches a
/// token by client credentials and sends `Authorization: Bearer <token>`. Which scope and audience it
/// asks for and whether it keeps tokens is not stated, so the check is yours: verify your own
/// signature, expiry, client and audience, or introspect.
///
/// **What a success proves:** the caller holds a token that your check stands for. **What it does
/// not:** anything about the body, or that the delivery is new; whoever has seen the token can send
/// any body until it runs out. Call `GetProcess` before you act.
///
/// Source: [documented](https://developer.unico.io/developers/webhooks-and-events/setup).
pub type BearerVerifier = idhooks_core::BearerVerifier<Event>;

/// Takes deliveries of an endpoint registered without authentication, which Unico offers for
/// development. **Anyone can send to it**, so it gives a [`Unverified`](idhooks_core::Unverified), and a handler
/// that asks for a `Verified` cannot be reached by one:
///
/// ```compile_fail,E0308
/// use idhooks_unico::{Event, OpenEndpoint, core::{VerifyError, Verified}};
///
/// fn handle(delivery: Verified<Event>) {}
///
/// fn receive(headers: &[(&str, &str)], body: Vec<u8>) -> Result<(), VerifyError> {
///     handle(OpenEndpoint::new().verify(headers, body)?);
///     Ok(())
/// }
/// ```
///
/// Success proves nothing, or with [`with_shared_secret`](Unauthenticated::with_shared_secret), that the caller knows your
/// guard. **What it does not:** that Unico sent it. Call `GetProcess` with the id, and act on that
/// answer alone.
///
/// Source: [documented](https://developer.unico.io/developers/webhooks-and-events/setup).
pub type OpenEndpoint = Unauthenticated<Event>;

/// Returns the header Unico would send to present `credential`: name and value. For tests of your own handler.
///
/// `None` for a credential in the URL's path, which Unico does not offer.
///
/// ```
/// use idhooks_unico::{core::Credential, present};
///
/// assert_eq!(present(&Credential::api_key("X-API-Key:abc-123")?), Some(("x-api-key", "abc-123")));
/// assert_eq!(present(&Credential::api_key("abc-123")?), Some(("authorization", "abc-123")));
/// # Ok::<(), idhooks_unico::core::SecretError>(())
/// ```
#[must_use]
pub fn present(credential: &Credential) -> Option<(&str, &str)> {
    credential.header()
}
