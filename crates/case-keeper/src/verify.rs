//! Nothing to verify, and what to do about it.

use idhooks_core::Unauthenticated;

use crate::Event;

/// Takes deliveries of Case Keeper and gives [`Unverified`](idhooks_core::Unverified)s.
///
/// **What a delivery proves: nothing.** The vendor signs nothing, and documents neither a header nor
/// a list of addresses; it says that the URL is open to anyone and that you must read the
/// verification again by an authenticated call. Do that, and act on the answer alone. That the id
/// exists proves nothing either: it stands in the link the end user opens, so a forger may know one.
///
/// **A secret path:** strangers do not know the URL. Put a long random part into
/// the path you register with the vendor, and check it with
/// [`Credential::path`](idhooks_core::Credential::path):
///
/// ```
/// use idhooks_case_keeper::{OpenEndpoint, core::{Credential, VerifyError}};
///
/// let verifier = OpenEndpoint::with_shared_secret(Credential::path("Zf9qk2c71d4n8w0x")?);
/// let body = &br#"{"key":"verification.updated","data":{"id":"01234567-89ab-cdef-0123-456789abcdef"}}"#[..];
/// let headers = [("content-type", "application/json")];
///
/// let delivery = verifier.verify_with_path("/hooks/case-keeper/Zf9qk2c71d4n8w0x", &headers[..], body)?;
/// assert_eq!(delivery.decode()?.key.as_str(), "verification.updated");
///
/// let refused = verifier.verify_with_path("/hooks/case-keeper/guessed", &headers[..], body);
/// assert_eq!(refused.err(), Some(VerifyError::Mismatch));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A gateway that adds a header to what it lets through is checked with
/// [`Credential::in_header`](idhooks_core::Credential::in_header). [`Unauthenticated::from_env`] reads
/// `CASE_KEEPER_WEBHOOK_PATH`, `CASE_KEEPER_WEBHOOK_API_KEY` and `CASE_KEEPER_WEBHOOK_BASIC`, and
/// wants at least one of them; [`Unauthenticated::new`] takes every delivery. Either way the result is an `Unverified`.
///
/// **Testing your handler:** there is nothing to sign, so there is no `sign` here as in crates for
/// other vendors. Send the body as it is, as above; or skip the verifier with
/// `idhooks_core::testing::unverified(body)` (feature `testing`).
///
/// Source: [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events).
pub type OpenEndpoint = Unauthenticated<Event>;
