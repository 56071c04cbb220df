//! Why a request got no further, and what its sender is told.

use std::{error, fmt};

use axum_core::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use idhooks_core::{DecodeError, VerifyError};

/// How long a sender is asked to wait when the answer is 503, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("10");

/// Why a request got no further.
///
/// As a response it is a status with an empty body: nothing tells a forger which check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// Not a POST: 405.
    Method,
    /// A content type the vendor does not send: 415.
    ContentType,
    /// A compressed body; no vendor sends one, and a small one can unfold to anything: 415.
    ContentEncoding,
    /// The body is larger than the limit: 413.
    TooLarge,
    /// The body did not arrive in time: 408.
    Deadline,
    /// The sender went away before the body was there: 400, which nobody sees.
    Interrupted,
    /// Too many bodies are being read at once: 503 with `Retry-After`.
    Busy,
    /// The sender could not be authenticated: 401, or 503 with `Retry-After` if it could not be decided.
    VerifyError(VerifyError),
    /// An unverified delivery cannot be decoded: 400.
    Unreadable(DecodeError),
    /// It could not be kept: 503 with `Retry-After`, so that the sender comes again. Feature `inbox`.
    NotKept,
}

impl Rejection {
    /// The status of the answer.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::ContentType | Self::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Deadline => StatusCode::REQUEST_TIMEOUT,
            Self::Interrupted | Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Busy | Self::NotKept | Self::VerifyError(VerifyError::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
            Self::VerifyError(_) => StatusCode::UNAUTHORIZED,
        }
    }

    /// A short constant name, fit for a metric's label.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::ContentType => "content_type",
            Self::ContentEncoding => "content_encoding",
            Self::TooLarge => "too_large",
            Self::Deadline => "deadline",
            Self::Interrupted => "interrupted",
            Self::Busy => "busy",
            Self::VerifyError(error) => error.as_str(),
            Self::Unreadable(_) => "unreadable",
            Self::NotKept => "not_kept",
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the request is no POST",
            Self::ContentType => "the content type is not the vendor's",
            Self::ContentEncoding => "the body is compressed",
            Self::TooLarge => "the body is larger than the limit",
            Self::Deadline => "the body did not arrive in time",
            Self::Interrupted => "the sender went away",
            Self::Busy => "too many bodies are being read at once",
            Self::VerifyError(error) => return error.fmt(f),
            Self::Unreadable(error) => return error.fmt(f),
            Self::NotKept => "the delivery could not be kept",
        })
    }
}

// Its text is that of what it holds, so there is no `source` to say it again.
impl error::Error for Rejection {}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status();
        match self.status() {
            StatusCode::METHOD_NOT_ALLOWED => {
                response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            _ => {}
        }
        response
    }
}
