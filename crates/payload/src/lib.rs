#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

pub mod json;

mod decimal;
mod envelope;
mod escaped;
mod id;
mod open_enum;
mod payload;
mod pii;
mod raw_json;
mod timestamp;

pub use decimal::{Decimal, DecimalError};
pub use escaped::Escaped;
pub use id::IgnoreCase;
pub use json::{DecodeError, Lenient, List};
pub use open_enum::UnknownValue;
pub use pii::Pii;
pub use raw_json::RawJson;
pub use timestamp::Timestamp;
#[cfg(any(feature = "jiff-02", feature = "time-03", feature = "chrono-04"))]
pub use timestamp::TimestampError;

/// For the macros of this crate.
#[doc(hidden)]
pub mod __private {
    pub use serde;

    use crate::{Lenient, json::Field};

    /// Returns an empty place for a field of type `F`.
    #[must_use]
    pub fn slot<'de, F: Field<'de>>() -> Lenient<F::Value> {
        Lenient::default()
    }
}
