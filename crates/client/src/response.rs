//! The vendor's response.

use std::{fmt, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode};
use idhooks_core::{
    DecodeError, RawJson,
    json::{self, FromJson},
};

use crate::{Error, Fetched, Request, VendorError, retry_after::retry_after, vendor_error::log_safe};

/// A whole response. `Debug` shows its status and size.
#[derive(Clone)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    request_id: Option<Box<str>>,
    /// The request, which an error that is made from the response names.
    call: Option<(Method, &'static str)>,
}

impl Response {
    /// Returns the HTTP status: from 200 to 299 after a successful call.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the body. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// Returns the vendor's id of the request, for its support, if a header has it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Decodes the body.
    ///
    /// # Errors
    /// When the body does not fit `T`. The error names fields, never values.
    pub fn decode<T: for<'de> FromJson<'de>>(&self) -> Result<T, Error> {
        json::decode(&self.body).map_err(|why| self.invalid(why))
    }

    /// Decodes the part of the body at `path`, such as `data`, and keeps its JSON beside the value. An empty path is
    /// the whole body.
    ///
    /// # Errors
    /// When that part is missing or does not fit `T`. The error names fields, never values.
    pub fn fetched<T: for<'de> FromJson<'de>>(&self, path: &[&str]) -> Result<Fetched<T>, Error> {
        self.part(path).map_err(|why| self.invalid(why))
    }

    fn part<T: for<'de> FromJson<'de>>(&self, path: &[&str]) -> Result<Fetched<T>, DecodeError> {
        if path.is_empty() {
            return Fetched::decode(&self.body);
        }
        let whole: RawJson = json::decode(&self.body)?;
        let mut part = whole.get();
        for (depth, name) in path.iter().enumerate() {
            let [inner] = json::members(part.as_bytes(), [name]);
            let missing = || DecodeError::missing(&path.get(..=depth).unwrap_or(path).join("."));
            part = inner.ok_or_else(missing)?.get();
        }
        Fetched::decode(part.as_bytes()).map_err(|why| why.inside(&path.join(".")))
    }

    /// Makes an error of a response that cannot be decoded, for a vendor crate with a rule that no type can state.
    #[must_use]
    pub fn invalid(&self, why: DecodeError) -> Error {
        self.with_call(Error::invalid_response(why).with_status(self.status, self.request_id()))
    }

    /// Makes an error of the response, for a vendor that reports a missing object under a status that means success.
    #[must_use]
    pub fn not_found(&self, why: DecodeError) -> Error {
        let vendor = VendorError { is_not_found: true, ..VendorError::default() };
        self.error(vendor, &self.body).with_source(why)
    }

    /// Makes an error of the response, for a vendor that reports errors under a status that means success. The error
    /// keeps `body`: the response's, or a part of it.
    #[must_use]
    pub fn error(&self, mut vendor: VendorError, body: &Bytes) -> Error {
        if vendor.request_id.is_none() {
            vendor.request_id.clone_from(&self.request_id);
        }
        let wait = retry_after(&self.headers, SystemTime::now());
        self.with_call(Error::vendor(self.status, vendor, wait, body))
    }

    fn with_call(&self, error: Error) -> Error {
        match &self.call {
            Some((method, route)) => error.with_call(method, route),
            None => error,
        }
    }

    pub(crate) fn new(response: http::Response<Bytes>, call: &Request, request_id: Option<&HeaderName>) -> Self {
        let id = request_id.and_then(|name| log_safe(response.headers().get(name)?.to_str().ok()?));
        Self { request_id: id, call: Some((call.method.clone(), call.route)), ..response.into() }
    }
}

/// Makes a response without a request, for tests of a vendor crate.
impl From<http::Response<Bytes>> for Response {
    fn from(response: http::Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Self { status: head.status, headers: head.headers, body, request_id: None, call: None }
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("bytes", &self.body.len()).finish()
    }
}
