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

mod accepted;
mod bodies;
mod credential;
mod decimal;
mod delivery;
mod event;
mod evidence;
mod facts;
mod headers;
mod hex;
mod object_only;
mod open_enum;
mod pii;
mod printable;
mod raw_json;
mod record;
mod refused;
mod secret;
mod setup;
mod timestamp;
mod unread;
mod verify;

pub use accepted::{Accepted, Credentials, Secrets};
pub use credential::Credential;
pub use decimal::{Decimal, DecimalError};
pub use delivery::{Delivery, Hint, Verified};
pub use event::WebhookEvent;
pub use evidence::{Evidence, Proof};
pub use facts::{ContentKey, Facts, Key, VendorKey};
pub use headers::Headers;
pub use http;
pub use json::{DecodeError, Lenient, List};
pub use open_enum::UnknownValue;
pub use pii::Pii;
pub use printable::Printable;
pub use raw_json::RawJson;
pub use refused::Refused;
pub use secret::Secret;
pub use setup::{EnvError, SecretError};
pub use timestamp::Timestamp;
#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
pub use timestamp::TimestampError;
pub use unread::Unread;
pub use verify::{
    BearerCheck, BearerVerifier, Hmac, HmacSigned, Open, PresentsCredential, SharedCredential, SignsJsonText,
    Undecided, Verify,
};

/// For the macros of this crate.
#[doc(hidden)]
pub mod __private {
    pub use serde;

    pub use crate::{
        json::object::{Member, read_object},
        object_only::ObjectOnly,
    };
}
