#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

// Lets the macros name this crate the same way here and in a vendor crate.
extern crate self as idhooks_core;

#[cfg(feature = "__stored")]
#[doc(hidden)]
#[path = "stored.rs"]
pub mod __stored;
pub mod json;
#[cfg(feature = "testing")]
pub mod testing;

mod authentication;
mod credential;
mod decimal;
mod delivery;
mod envelope;
mod envelope_macro;
mod escaped;
mod event;
mod headers;
mod hex;
mod id;
mod open_enum;
mod payload;
mod pii;
mod raw_json;
mod secret;
mod secret_set;
mod setup;
mod timestamp;
mod verify;
mod verify_error;

pub use authentication::{AuthMethod, Authentication};
pub use credential::Credential;
pub use decimal::{Decimal, DecimalError};
pub use delivery::{Delivery, Unverified, Verified};
pub use envelope::{BodyDigest, DedupKey, Envelope, VendorId};
pub use escaped::Escaped;
pub use event::WebhookEvent;
pub use headers::Headers;
pub use http;
pub use id::IgnoreCase;
pub use json::{DecodeError, Lenient, List};
pub use open_enum::UnknownValue;
pub use pii::Pii;
pub use raw_json::RawJson;
pub use secret::Secret;
pub use secret_set::{Credentials, SecretSet, Secrets};
pub use setup::{EnvError, SecretError};
pub use timestamp::Timestamp;
#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
pub use timestamp::TimestampError;
pub use verify::{
    BearerCheck, BearerVerifier, CheckUnavailable, Hmac, HmacSigned, PresentsCredential, SharedCredential,
    SignsJsonText, Unauthenticated, Verify,
};
pub use verify_error::VerifyError;

/// For the macros of this crate.
#[doc(hidden)]
pub mod __private {
    pub use serde;

    use crate::{Lenient, json::Field};

    /// An empty place for a field of type `F`.
    #[must_use]
    pub fn slot<'de, F: Field<'de>>() -> Lenient<F::Value> {
        Lenient::default()
    }
}
