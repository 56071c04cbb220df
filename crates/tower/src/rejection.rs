//! The reasons to reject a request, and the responses.

use std::{error, fmt};

use http::{HeaderValue, Response, StatusCode, header};
use idhooks_core::{DecodeError, VerifyError};

/// How long a sender should wait after a 503, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("10");

/// The reason to reject a request.
///
/// As a response it is a status with an empty body: nothing tells a forger which check failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The method is not POST: 405.
    Method,
    /// The body is compressed: 415. No vendor compresses, and a small body can unpack to any size.
    ContentEncoding,
    /// The body is larger than the limit: 413.
    TooLarge,
    /// The body did not arrive in time: 408.
    Timeout,
    /// The sender went away before the body had arrived: 400, which does not reach the sender.
    Interrupted,
    /// Too many bodies are being read: 503 with `Retry-After`.
    Busy,
    /// The sender could not be authenticated: 401. If the check is unavailable: 503 with `Retry-After`.
    VerifyError(VerifyError),
    /// An unverified delivery cannot be decoded: 400.
    Undecodable(DecodeError),
    /// The inbox could not store the delivery: 503 with `Retry-After`. Feature `inbox`.
    NotStored,
}

impl Rejection {
    /// Returns the status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::ContentEncoding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Timeout => StatusCode::REQUEST_TIMEOUT,
            Self::Interrupted | Self::Undecodable(_) => StatusCode::BAD_REQUEST,
            Self::Busy | Self::NotStored | Self::VerifyError(VerifyError::Unavailable) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::VerifyError(_) => StatusCode::UNAUTHORIZED,
        }
    }

    /// Returns a short constant name, fit for a metric's label.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::ContentEncoding => "content_encoding",
            Self::TooLarge => "too_large",
            Self::Timeout => "timeout",
            Self::Interrupted => "interrupted",
            Self::Busy => "busy",
            Self::VerifyError(error) => error.as_str(),
            Self::Undecodable(_) => "undecodable",
            Self::NotStored => "not_stored",
        }
    }

    /// Returns the response, with an empty body of the framework's type.
    ///
    /// ```
    /// use http_body_util::Empty;
    /// use idhooks_tower::Rejection;
    ///
    /// let response: http::Response<Empty<&[u8]>> = Rejection::Busy.response();
    /// assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (503, &"10".parse().unwrap()));
    /// ```
    #[must_use]
    pub fn response<B: Default>(&self) -> Response<B> {
        let mut response = Response::new(B::default());
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

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "the method is not POST",
            Self::ContentEncoding => "the body is compressed",
            Self::TooLarge => "the body is larger than the limit",
            Self::Timeout => "the body did not arrive in time",
            Self::Interrupted => "the sender closed the connection",
            Self::Busy => "too many bodies are being read",
            Self::VerifyError(error) => return error.fmt(f),
            Self::Undecodable(error) => return error.fmt(f),
            Self::NotStored => "the inbox could not store the delivery",
        })
    }
}

// `Display` shows the text of the inner error, so there is no `source` to repeat it.
impl error::Error for Rejection {}

#[cfg(feature = "axum")]
#[cfg_attr(docsrs, doc(cfg(feature = "axum")))]
impl axum_core::response::IntoResponse for Rejection {
    fn into_response(self) -> axum_core::response::Response {
        self.response()
    }
}
