#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "__stored")]
#[doc(hidden)]
#[path = "stored.rs"]
pub mod __stored;
#[cfg(feature = "testing")]
pub mod testing;

mod authentication;
mod credential;
mod delivery;
mod env_errors;
mod envelope;
mod event;
mod headers;
mod hex;
mod secret;
mod secret_set;
mod setup;
mod verify;
mod verify_error;

pub use authentication::{AuthMethod, Authentication};
pub use credential::Credential;
pub use delivery::{Delivery, Unverified, Verified};
pub use env_errors::{EnvErrors, Results, read_all};
pub use envelope::{BodyDigest, DedupKey, Envelope, VendorId};
pub use event::WebhookEvent;
pub use headers::Headers;
pub use http;
#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
pub use idhooks_payload::TimestampError;
pub use idhooks_payload::{
    Decimal, DecimalError, DecodeError, Escaped, IgnoreCase, Lenient, List, Pii, RawJson, Timestamp, UnknownValue,
    envelope, impl_deserialize, impl_text, integer, json, one_of, open_enum, payload, text_id,
};
pub use secret::Secret;
pub use secret_set::{Credentials, SecretSet, Secrets};
pub use setup::{EnvError, SecretError};
pub use verify::{
    BearerCheck, BearerVerifier, CheckUnavailable, Expected, Hmac, HmacSigned, PresentsCredential, SharedCredential,
    SignsJsonText, Unauthenticated, Verifiable, Verify,
};
pub use verify_error::VerifyError;
