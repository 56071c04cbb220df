//! Deliveries: what a verifier hands over.

use std::{fmt, marker::PhantomData, sync::Arc};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{DecodeError, Evidence, Facts, Key, Proof, WebhookEvent, json};

/// The parts both kinds of delivery share.
#[derive(Clone, PartialEq, Eq)]
struct Parcel {
    body: Bytes,
    evidence: Evidence,
    endpoint: Option<Arc<str>>,
}

/// A delivery whose sender was authenticated against a secret this process configured.
///
/// Only the checks of this crate make one: [`Hmac`](crate::Hmac),
/// [`SharedCredential`](crate::SharedCredential) and [`BearerVerifier`](crate::BearerVerifier).
/// So a function that takes a `Verified<Event>` can not be reached by a forgery, and none of these compile:
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
///     Verified { parcel: todo!(), event: std::marker::PhantomData }
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
/// Verified and readable are two things: [`Verified::event`] may fail, and the delivery is still a
/// delivery. Keep it, answer 200, read it again after an upgrade.
pub struct Verified<E> {
    parcel: Parcel,
    event: PhantomData<fn() -> E>,
}

/// A delivery that proves nothing about its sender: a hint that something may have happened.
///
/// Re-read the thing it names by an authenticated call, and act on that answer alone.
pub struct Hint<E> {
    parcel: Parcel,
    event: PhantomData<fn() -> E>,
}

mod sealed {
    #[allow(unnameable_types, reason = "that is what seals it")]
    pub trait Sealed {}
}

/// What [`Verified`] and [`Hint`] share, for glue that takes either. Sealed.
pub trait Delivery: sealed::Sealed + Send + Sync + Clone + 'static {
    /// The event it carries.
    type Event: WebhookEvent;

    /// Whether the sender is known: `true` for [`Verified`].
    const IS_VERIFIED: bool;

    /// The bytes as they came.
    fn body(&self) -> &Bytes;

    /// What is known about the sender.
    fn evidence(&self) -> &Evidence;

    /// Name of the endpoint the verifier was built for.
    fn endpoint(&self) -> Option<&str>;

    /// The envelope's own words.
    fn facts(&self) -> Facts<'_>;

    /// What tells this event from every other one of the same vendor and endpoint.
    fn key(&self) -> Key;

    /// Reads the event.
    ///
    /// # Errors
    /// When the body does not fit the event it names.
    fn event(&self) -> Result<Self::Event, DecodeError>;

    /// Whether the delivery may be accepted although nobody looked inside. A verified one always
    /// may: its sender is known, so it is kept even if this release can not read it. A hint must be
    /// readable, or anyone could fill a store with anything.
    ///
    /// # Errors
    /// Why a hint can not be read.
    fn admit(&self) -> Result<(), DecodeError>;
}

macro_rules! delivery {
    ($name:ident, $shown:literal, $verified:literal, |$delivery:ident| $admit:expr) => {
        impl<E> $name<E> {
            pub(crate) fn new(body: Bytes, evidence: Evidence, endpoint: Option<Arc<str>>) -> Self {
                Self { parcel: Parcel { body, evidence, endpoint }, event: PhantomData }
            }

            /// The bytes as they came. They may hold personal data.
            #[must_use]
            pub fn body(&self) -> &Bytes {
                &self.parcel.body
            }

            /// What is known about the sender.
            #[must_use]
            pub fn evidence(&self) -> &Evidence {
                &self.parcel.evidence
            }

            /// Name of the endpoint the verifier was built for, the scope of every [`Key`].
            #[must_use]
            pub fn endpoint(&self) -> Option<&str> {
                self.parcel.endpoint.as_deref()
            }

            /// Reads the body into a type of your own, for a field this release does not name.
            ///
            /// # Errors
            /// When the body does not fit; the error never quotes it.
            pub fn decode_as<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
                json::decode(&self.parcel.body)
            }
        }

        impl<E: WebhookEvent> $name<E> {
            /// Reads the event. Nothing is kept, so call it once.
            ///
            /// # Errors
            /// When the body does not fit the event it names; the error never quotes it.
            /// An event this release does not know is no error.
            pub fn event(&self) -> Result<E, DecodeError> {
                E::decode(&self.parcel.body)
            }

            /// The envelope's own words: event, subject, time. Never fails; computed when asked.
            #[must_use]
            pub fn facts(&self) -> Facts<'_> {
                let Parcel { body, evidence, .. } = &self.parcel;
                let facts = E::facts(body);
                match evidence.proof() {
                    _ if !$verified => facts.without_identity(),
                    Proof::ReserializedSignature => facts.with_signed(json::stringify(body)),
                    _ => facts,
                }
            }

            /// What tells this event from every other one of the same vendor and endpoint. The same
            /// before and after an upgrade, and whether or not the body can be read. A hint's is made of
            /// its bytes, because the ids in it are anybody's word.
            #[must_use]
            pub fn key(&self) -> Key {
                self.facts().key(&self.parcel.body)
            }
        }

        impl<E> Clone for $name<E> {
            fn clone(&self) -> Self {
                Self { parcel: self.parcel.clone(), event: PhantomData }
            }
        }

        impl<E> PartialEq for $name<E> {
            fn eq(&self, other: &Self) -> bool {
                self.parcel == other.parcel
            }
        }

        impl<E> Eq for $name<E> {}

        impl<E: WebhookEvent> fmt::Debug for $name<E> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct($shown)
                    .field("vendor", &E::VENDOR)
                    .field("endpoint", &self.parcel.endpoint)
                    .field("evidence", &self.parcel.evidence)
                    .field("bytes", &self.parcel.body.len())
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

            fn evidence(&self) -> &Evidence {
                self.evidence()
            }

            fn endpoint(&self) -> Option<&str> {
                self.endpoint()
            }

            fn facts(&self) -> Facts<'_> {
                self.facts()
            }

            fn key(&self) -> Key {
                self.key()
            }

            fn event(&self) -> Result<E, DecodeError> {
                self.event()
            }

            fn admit(&self) -> Result<(), DecodeError> {
                let $delivery = self;
                $admit
            }
        }
    };
}

delivery!(Verified, "Verified", true, |_verified| Ok(()));
delivery!(Hint, "Hint", false, |hint| hint.event().map(drop));
