//! Why a delivery was turned away.

use std::{error, fmt};

/// Why a delivery was refused. Safe to log and to count; the sender gets a bare 401, and 503 for
/// [`VerifyError::Unavailable`].
///
/// Ordered by how much it says: where several credentials are accepted and none fits, the refusal
/// that got furthest is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum VerifyError {
    /// The header (or part of the path) that carries the proof is absent.
    MissingHeader,
    /// The header stands there more than once.
    RepeatedHeader,
    /// It is not in the documented form.
    Malformed,
    /// No accepted secret made it. Wrong secret, or the body is not byte for byte what was sent:
    /// a parser, proxy or framework that re-encodes JSON on the way breaks every signature.
    Mismatch,
    /// The request names no tenant that the receiver knows.
    UnknownTenant,
    /// It could not be decided, because the party that checks the token did not answer.
    /// Answer 503, so that the vendor tries again.
    Unavailable,
}

impl VerifyError {
    /// Returns a short constant name, fit for a metric's label.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingHeader => "missing_header",
            Self::RepeatedHeader => "repeated_header",
            Self::Malformed => "malformed",
            Self::Mismatch => "mismatch",
            Self::UnknownTenant => "unknown_tenant",
            Self::Unavailable => "unavailable",
        }
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingHeader => "the header that proves the sender is missing",
            Self::RepeatedHeader => "the header that proves the sender was sent more than once",
            Self::Malformed => "the proof of the sender is not in the documented form",
            Self::Mismatch => "no accepted secret fits the delivery",
            Self::UnknownTenant => "the request names no known tenant",
            Self::Unavailable => "the proof of the sender could not be checked now",
        })
    }
}

impl error::Error for VerifyError {}
