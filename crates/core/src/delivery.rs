//! Deliveries: the result of a verifier.

use std::{
    borrow::Cow,
    fmt,
    marker::PhantomData,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::{AuthMethod, Authentication, DecodeError, DedupKey, Envelope, WebhookEvent, json};

/// The fields of both kinds of delivery.
#[derive(Clone)]
struct Parts {
    body: Bytes,
    authentication: Authentication,
    endpoint: Option<Arc<str>>,
    /// Computed when it is first asked for, and kept.
    scanned: OnceLock<(Envelope, DedupKey)>,
    /// The same.
    content_digest: OnceLock<[u8; 32]>,
}

impl Parts {
    fn scanned<E: WebhookEvent>(&self, is_verified: bool) -> &(Envelope, DedupKey) {
        self.scanned.get_or_init(|| {
            let envelope = E::envelope(&self.body);
            let key = if is_verified {
                envelope.dedup_key(&self.signed::<E>())
            } else {
                // Anyone could have written the ids, so a key made of them could take the place of an event.
                Envelope::new().dedup_key(&self.body)
            };
            (envelope, key)
        })
    }

    fn content_digest<E: WebhookEvent>(&self, is_verified: bool) -> [u8; 32] {
        *self.content_digest.get_or_init(|| match &self.scanned::<E>(is_verified).1 {
            DedupKey::BodyDigest(body) => *body.digest(),
            DedupKey::VendorId(_) => Sha256::digest(E::content(&self.signed::<E>())).into(),
        })
    }

    /// Returns the text that the signature covers. The same JSON can be written in many ways, so keys are made of this one.
    fn signed<E: WebhookEvent>(&self) -> Cow<'_, [u8]> {
        let reserialized = match self.authentication.method() {
            AuthMethod::ReserializedSignature => E::reserialize(&self.body),
            _ => None,
        };
        reserialized.map_or(Cow::Borrowed(&self.body), |text| Cow::Owned(text.into_bytes()))
    }
}

/// A delivery whose sender was authenticated against a secret this process configured.
///
/// Only the checks of this crate make one: [`Hmac`](crate::Hmac),
/// [`SharedCredential`](crate::SharedCredential) and [`BearerVerifier`](crate::BearerVerifier).
/// So a function that takes a `Verified<Event>` cannot be reached by a forgery, and none of these compile:
///
/// ```
/// # use idhooks_core::{Verified, WebhookEvent};
/// fn handle<E: WebhookEvent>(delivery: Verified<E>) -> usize {
///     delivery.body().len()
/// }
/// ```
/// ```compile_fail,E0451
/// # use idhooks_core::{Verified, WebhookEvent};
/// fn forge<E: WebhookEvent>(known: Verified<E>) -> Verified<E> {
///     Verified { parts: todo!(), event: std::marker::PhantomData }
/// }
/// ```
/// ```compile_fail,E0624
/// # use idhooks_core::{Verified, WebhookEvent};
/// fn forge<E: WebhookEvent>() -> Verified<E> {
///     Verified::new(bytes::Bytes::new(), todo!(), None)
/// }
/// ```
/// ```compile_fail,E0277
/// # use idhooks_core::{Verified, WebhookEvent};
/// fn forge<E: WebhookEvent>() -> Verified<E> {
///     fn default<T: Default>() -> T { T::default() }
///     default()
/// }
/// ```
/// ```compile_fail,E0277
/// # use idhooks_core::{Verified, WebhookEvent};
/// fn forge<E: WebhookEvent>(body: &str) -> Verified<E> {
///     serde_json::from_str(body).unwrap()
/// }
/// ```
/// ```compile_fail,E0308
/// # use idhooks_core::{Verified, WebhookEvent};
/// # fn handle<E: WebhookEvent>(delivery: Verified<E>) {}
/// fn forge<E: WebhookEvent>(event: E) {
///     handle::<E>(event)
/// }
/// ```
///
/// Verified and decodable are two things: [`Verified::decode`] may fail, and the delivery is still genuine. Store it,
/// respond with 200, and decode it again after an upgrade.
pub struct Verified<E> {
    parts: Parts,
    event: PhantomData<fn() -> E>,
}

/// A delivery whose sender is not authenticated: anyone could have sent it.
///
/// Fetch the object that it names by an authenticated call (`client.confirm(..)`), and act on that response alone.
pub struct Unverified<E> {
    parts: Parts,
    event: PhantomData<fn() -> E>,
}

mod sealed {
    #[allow(unnameable_types, reason = "a sealed trait is not to be named")]
    pub trait Sealed {}
}

/// The parts that [`Verified`] and [`Unverified`] share, for code that takes either. Sealed.
pub trait Delivery: sealed::Sealed + Send + Sync + Clone + 'static {
    /// The event it carries.
    type Event: WebhookEvent;

    /// Whether the sender is authenticated: `true` for [`Verified`].
    const IS_VERIFIED: bool;

    /// Returns the raw body.
    fn body(&self) -> &Bytes;

    /// Returns how the sender was authenticated.
    fn authentication(&self) -> &Authentication;

    /// Returns the name of the endpoint that the verifier was built for.
    fn endpoint(&self) -> Option<&str>;

    /// Returns the envelope: event, subject and time.
    fn envelope(&self) -> &Envelope;

    /// Returns the key for deduplication.
    fn dedup_key(&self) -> &DedupKey;

    /// Returns the SHA-256 of the event's content.
    fn content_digest(&self) -> [u8; 32];

    /// Decodes the event.
    ///
    /// # Errors
    /// When the body does not fit the event that it names.
    fn decode(&self) -> Result<Self::Event, DecodeError>;

    /// Checks whether the delivery may be stored although no handler has looked at it. A verified delivery
    /// may, because its sender is known, even if this release cannot decode it. An unverified one must be decodable, so
    /// that a stranger cannot fill the store with anything.
    ///
    /// # Errors
    /// Why an unverified delivery cannot be decoded.
    fn admit(&self) -> Result<(), DecodeError>;
}

macro_rules! delivery {
    ($name:ident, $verified:literal) => {
        impl<E> $name<E> {
            pub(crate) fn new(body: Bytes, authentication: Authentication, endpoint: Option<Arc<str>>) -> Self {
                let parts =
                    Parts { body, authentication, endpoint, scanned: OnceLock::new(), content_digest: OnceLock::new() };
                Self { parts, event: PhantomData }
            }

            /// Returns the raw body. It may hold personal data.
            #[must_use]
            pub fn body(&self) -> &Bytes {
                &self.parts.body
            }

            /// Returns how the sender was authenticated.
            #[must_use]
            pub fn authentication(&self) -> &Authentication {
                &self.parts.authentication
            }

            /// Returns the name of the endpoint that the verifier was built for, the scope of every [`DedupKey`].
            #[must_use]
            pub fn endpoint(&self) -> Option<&str> {
                self.parts.endpoint.as_deref()
            }

            /// Decodes the body into a type of your own, for a field that this release does not name.
            ///
            /// # Errors
            /// When the body does not fit. The error never quotes it.
            pub fn decode_as<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
                json::decode_as(&self.parts.body)
            }
        }

        impl<E: WebhookEvent> $name<E> {
            /// Decodes the event. The result is not kept, so call it once.
            ///
            /// # Errors
            /// When the body does not fit the event that it names. The error never quotes it. An event that this
            /// release does not know is not an error.
            pub fn decode(&self) -> Result<E, DecodeError> {
                E::decode(&self.parts.body)
            }

            /// Returns the envelope: event, subject and time. Never fails; computed once.
            #[must_use]
            pub fn envelope(&self) -> &Envelope {
                &self.parts.scanned::<E>($verified).0
            }

            /// Returns the key for deduplication, computed once. It is the same before and after an upgrade, whether or
            /// not the body can be decoded.
            #[must_use]
            pub fn dedup_key(&self) -> &DedupKey {
                &self.parts.scanned::<E>($verified).1
            }

            /// Returns the SHA-256 of the event's content, computed once. The content is the whole body, or the part that
            /// [`WebhookEvent::content`] selects. If the key is a [`DedupKey::BodyDigest`], it is that digest.
            ///
            /// Compare it where two keys are equal: equal content is a duplicate, and other content a conflict.
            #[must_use]
            pub fn content_digest(&self) -> [u8; 32] {
                self.parts.content_digest::<E>($verified)
            }
        }

        impl<E> Clone for $name<E> {
            fn clone(&self) -> Self {
                Self { parts: self.parts.clone(), event: PhantomData }
            }
        }

        impl<E> PartialEq for $name<E> {
            fn eq(&self, other: &Self) -> bool {
                let [ours, theirs] = [&self.parts, &other.parts];
                (&ours.body, &ours.authentication, &ours.endpoint)
                    == (&theirs.body, &theirs.authentication, &theirs.endpoint)
            }
        }

        impl<E> Eq for $name<E> {}

        impl<E: WebhookEvent> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name))
                    .field("vendor", &E::VENDOR)
                    .field("endpoint", &self.parts.endpoint)
                    .field("authentication", &self.parts.authentication)
                    .field("bytes", &self.parts.body.len())
                    .finish()
            }
        }

        impl<E> sealed::Sealed for $name<E> {}

        impl<E: WebhookEvent> Delivery for $name<E> {
            type Event = E;
            const IS_VERIFIED: bool = $verified;

            fn body(&self) -> &Bytes {
                self.body()
            }

            fn authentication(&self) -> &Authentication {
                self.authentication()
            }

            fn endpoint(&self) -> Option<&str> {
                self.endpoint()
            }

            fn envelope(&self) -> &Envelope {
                self.envelope()
            }

            fn dedup_key(&self) -> &DedupKey {
                self.dedup_key()
            }

            fn content_digest(&self) -> [u8; 32] {
                self.content_digest()
            }

            fn decode(&self) -> Result<E, DecodeError> {
                self.decode()
            }

            fn admit(&self) -> Result<(), DecodeError> {
                if $verified { Ok(()) } else { self.decode().map(drop) }
            }
        }
    };
}

delivery!(Verified, true);
delivery!(Unverified, false);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{json, payload};

    payload! {
        struct Wrapped {
            event: crate::Lenient<crate::RawJson> = "event",
        }
    }

    impl WebhookEvent for Wrapped {
        const VENDOR: &'static str = "wrapped";

        fn envelope(body: &[u8]) -> Envelope {
            let [event] = json::members(body, ["event"]);
            let [id] = json::members_of(event, ["id"]).map(json::text);
            Envelope::new().with_identity([id])
        }

        fn content(body: &[u8]) -> &[u8] {
            let [event] = json::members(body, ["event"]);
            event.map_or(body, |event| event.get().as_bytes())
        }

        fn reserialize(body: &[u8]) -> Option<String> {
            std::str::from_utf8(body).ok().map(|text| text.replace(' ', ""))
        }
    }

    const EVENT: &str = r#"{"id":"e-1","n":1}"#;

    fn verified(method: AuthMethod, body: &str) -> Verified<Wrapped> {
        Verified::new(body.to_owned().into(), Authentication::without_secret(method), None)
    }

    fn sha256(text: &str) -> [u8; 32] {
        Sha256::digest(text).into()
    }

    #[test]
    fn the_content_is_what_the_vendor_selects() {
        let [one, two] = ["a", "b"].map(|endpoint| format!(r#"{{"endpoint":"{endpoint}","event": {EVENT} }}"#));
        let [one, two] = [one, two].map(|body| verified(AuthMethod::Signature, &body));
        assert_eq!(one.dedup_key(), two.dedup_key());
        assert_eq!((one.content_digest(), two.content_digest()), (sha256(EVENT), sha256(EVENT)));
        let other = verified(AuthMethod::Signature, r#"{"endpoint":"a","event":{"id":"e-1","n":2}}"#);
        assert_eq!(one.dedup_key(), other.dedup_key());
        assert_ne!(one.content_digest(), other.content_digest());
        assert_eq!(Delivery::content_digest(&one), one.clone().content_digest());
    }

    #[test]
    fn the_content_is_part_of_what_was_signed() {
        let spaced = verified(AuthMethod::ReserializedSignature, r#"{"event": {"id": "e-1", "n": 1}}"#);
        assert_eq!(spaced.content_digest(), sha256(EVENT));
        let raw = verified(AuthMethod::Signature, r#"{"event": {"id": "e-1", "n": 1}}"#);
        assert_ne!(raw.content_digest(), sha256(EVENT));
    }

    #[test]
    fn without_ids_the_content_is_all_that_the_key_covers() {
        let body = r#"{"event": {"n":1}}"#;
        assert_eq!(verified(AuthMethod::Signature, body).content_digest(), sha256(body));
        let signed = verified(AuthMethod::ReserializedSignature, body);
        assert_eq!(signed.content_digest(), sha256(&body.replace(' ', "")));

        let claimed = format!(r#"{{"event":{EVENT}}}"#);
        let unverified: Unverified<Wrapped> =
            Unverified::new(claimed.clone().into(), Authentication::without_secret(AuthMethod::Nothing), None);
        assert_eq!(unverified.content_digest(), sha256(&claimed), "anyone could have chosen the part");
    }
}
