//! What a vendor's event is to this crate.

use crate::{DecodeError, Facts};

/// An event that arrives by webhook: the one trait a vendor crate implements.
///
/// ```
/// use idhooks_core::{DecodeError, Facts, Hmac, HmacSigned, Secret, WebhookEvent, json, record};
///
/// record! {
///     /// Something happened at Example Inc.
///     pub struct Event {
///         required {
///             /// What happened.
///             pub event: Box<str>,
///             /// Unique for ever.
///             pub id: Box<str>,
///         }
///         optional {
///             /// To whom; absent from test deliveries.
///             pub user: Box<str>,
///         }
///     }
/// }
///
/// impl WebhookEvent for Event {
///     const VENDOR: &'static str = "example";
///     const VERSION: &'static str = env!("CARGO_PKG_VERSION");
///
///     fn decode(body: &[u8]) -> Result<Self, DecodeError> {
///         json::decode(body)
///     }
///
///     fn facts(body: &[u8]) -> Facts<'_> {
///         let [event, user, id] = json::members(body, ["event", "user", "id"]).map(json::text);
///         // With the ids that make an event unique, its key is made of them; without any, of its bytes.
///         Facts::new().with_event(event).with_subject(user).with_identity([id])
///     }
/// }
///
/// impl HmacSigned for Event {
///     const SIGNATURE_HEADER: &'static str = "x-example-signature";
/// }
///
/// /// Checks deliveries of Example Inc.
/// pub type Verifier = Hmac<Event>;
///
/// let secret = Secret::new("s3cret")?;
/// let body = br#"{"event":"ping","id":"e-1"}"#;
/// let signed = [Verifier::sign(&secret, body)];
/// let delivery = Verifier::new(secret).verify(&signed, &body[..])?;
/// assert_eq!(&*delivery.event()?.event, "ping");
/// assert_eq!(delivery.key().to_string(), "e-1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait WebhookEvent: Sized + Send + Sync + 'static {
    /// The vendor's name in lower case with hyphens: for logs, and as prefix of environment variables.
    const VENDOR: &'static str;

    /// Version of the crate that reads the events, as `env!("CARGO_PKG_VERSION")`: what one could not read is read again
    /// by a later one. Left out, no release is later than another.
    const VERSION: &'static str = "0.0.0";

    /// Largest body a receiver should buffer, in bytes: 1 MiB unless the vendor sends more.
    const MAX_BODY: usize = 1024 * 1024;

    /// The media type the vendor documents for its deliveries.
    const CONTENT_TYPE: Option<&'static str> = None;

    /// Reads the event. A name this release does not know is an event too.
    ///
    /// # Errors
    /// When the body is no JSON object, or a known event's body does not fit.
    fn decode(body: &[u8]) -> Result<Self, DecodeError>;

    /// Reads what the envelope says, whatever else the body holds. Never fails: what is not there,
    /// or is there twice, is left out.
    fn facts(body: &[u8]) -> Facts<'_>;
}
