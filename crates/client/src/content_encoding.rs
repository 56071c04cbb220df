//! Responses that are compressed although the client asked for none.

use std::{error, fmt};

use http::{HeaderMap, HeaderValue, header};

use crate::vendor_error::log_safe;

/// The value of `Accept-Encoding` of every request: the client decompresses nothing.
pub(crate) const IDENTITY: HeaderValue = HeaderValue::from_static("identity");

/// The body has a content encoding that the client did not request.
#[derive(Clone, Debug)]
pub(crate) struct UnexpectedEncoding(Box<str>);

impl UnexpectedEncoding {
    /// Checks that the body is not encoded.
    ///
    /// `utf-8` is a frequent mistake, and S3 repeats the `aws-chunked` of an upload. Neither changes the body.
    pub(crate) fn check(headers: &HeaderMap) -> Result<(), Self> {
        const HARMLESS: [&str; 5] = ["", "identity", "utf-8", "utf8", "aws-chunked"];
        let values = headers.get_all(header::CONTENT_ENCODING).iter();
        for encoding in values.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')) {
            let name = std::str::from_utf8(encoding.trim_ascii()).unwrap_or("?").to_ascii_lowercase();
            if !HARMLESS.contains(&name.as_str()) {
                return Err(Self(log_safe(&name).unwrap_or_else(|| "(unprintable)".into())));
            }
        }
        Ok(())
    }
}

impl fmt::Display for UnexpectedEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unexpected content encoding {}: the client asked for identity", self.0)
    }
}

impl error::Error for UnexpectedEncoding {}
