//! The trait of a vendor's event.

use std::time::Duration;

use crate::{
    DecodeError, Envelope,
    json::{self, FromJson},
};

/// An event that arrives by webhook: the one trait that a vendor crate implements.
///
/// ```
/// use idhooks_core::{Envelope, Hmac, HmacSigned, Lenient, Secret, Verifiable, WebhookEvent, json, payload};
///
/// payload! {
///     /// Something happened at Example Inc.
///     pub struct Event {
///         /// The name of the event.
///         pub event: Box<str> = "event",
///         /// Unique forever.
///         pub id: Box<str> = "id",
///         /// The user; absent from test deliveries.
///         pub user: Lenient<Box<str>> = "user",
///     }
/// }
///
/// impl WebhookEvent for Event {
///     const VENDOR: &'static str = "example";
///     const VERSION: &'static str = env!("CARGO_PKG_VERSION");
///
///     fn envelope(body: &[u8]) -> Envelope {
///         let [event, user, id] = json::members(body, ["event", "user", "id"]).map(json::text);
///         // With the ids that make an event unique, its key is made of them; without any, of its bytes.
///         Envelope::new().with_event(event).with_subject(user).with_identity([id])
///     }
/// }
///
/// impl Verifiable for Event {}
///
/// impl HmacSigned for Event {
///     const SIGNATURE_HEADER: &'static str = "x-example-signature";
/// }
///
/// /// Checks deliveries of Example Inc.
/// pub type Verifier = Hmac<Event>;
///
/// let secret = Secret::new("s3cret-text")?;
/// let body = br#"{"event":"ping","id":"e-1"}"#;
/// let signed = [Verifier::sign(&secret, body)];
/// let delivery = Verifier::new(secret).verify(&signed, &body[..])?;
/// assert_eq!(&*delivery.decode()?.event, "ping");
/// assert_eq!(delivery.dedup_key().to_string(), "e-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait WebhookEvent: for<'de> FromJson<'de> + Send + Sync + 'static {
    /// The vendor's name in lower case with hyphens: for logs, and as prefix of environment variables.
    const VENDOR: &'static str;

    /// Version of the crate that decodes the events: `env!("CARGO_PKG_VERSION")`. A delivery that one version cannot
    /// decode is decoded again by a later one. Defaults to `0.0.0`.
    const VERSION: &'static str = "0.0.0";

    /// The largest body that a receiver should buffer, in bytes. Defaults to 1 MiB.
    const MAX_BODY: usize = 1024 * 1024;

    /// How long equal bytes mean the same event, where the key is a [`DedupKey::BodyDigest`](crate::DedupKey::BodyDigest).
    /// Ids of the vendor are good forever and ignore it.
    ///
    /// Set it just longer than the vendor's own retries. A longer window swallows a genuine second event with the same
    /// bytes; a shorter one only handles a retry twice. Defaults to 24 hours.
    const DEDUP_WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

    /// Returns whether this release knows the event. A worker logs and counts those it does not know.
    fn is_known(&self) -> bool {
        true
    }

    /// Decodes the event. An event name that this release does not know is an event too.
    ///
    /// # Errors
    /// When the body is not a JSON object, or the body of a known event does not fit.
    fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        json::decode(body)
    }

    /// Reads the envelope without decoding the event. Never fails: a member that is missing, or there twice, is left out.
    fn envelope(body: &[u8]) -> Envelope;

    /// Returns the part of the body that is the event's content, the same for each delivery of one event. Two deliveries
    /// with one [`DedupKey::VendorId`](crate::DedupKey::VendorId) and other content are in conflict. Defaults to the
    /// whole body.
    ///
    /// Override it when the vendor wraps one event in another object for each endpoint. It only selects bytes that came,
    /// so that the digest does not depend on the release that computes it.
    fn content(body: &[u8]) -> &[u8] {
        body
    }

    /// Writes the body as the vendor signs it, for [`SignsJsonText`](crate::SignsJsonText). `None` if it cannot.
    #[doc(hidden)]
    fn reserialize(_: &[u8]) -> Option<String> {
        None
    }
}
