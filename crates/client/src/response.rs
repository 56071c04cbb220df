//! What the vendor answered.

use std::{fmt, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Method, StatusCode};
use idhooks_core::{
    DecodeError,
    json::{self, FromJson},
};

use crate::{Error, Request, VendorError, retry_after::retry_after, vendor_error::token};

/// A whole answer. `Debug` shows its status and size.
#[derive(Clone)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    request_id: Option<Box<str>>,
    /// What was asked; an error made from the answer says so.
    call: Option<(Method, &'static str)>,
}

impl Response {
    /// HTTP status; of a successful call, one from 200 to 299.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The vendor's id of the request, for its support, where it gives one under a header.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Reads the body: strict about what a type requires, patient with everything else.
    ///
    /// # Errors
    /// When it does not fit. The error names fields, never values.
    pub fn decode<T: for<'de> FromJson<'de>>(&self) -> Result<T, Error> {
        json::decode(&self.body).map_err(|why| self.unreadable(why))
    }

    /// This answer as an error, because its body does not fit: for a vendor crate that looks into it by itself.
    #[must_use]
    pub fn unreadable(&self, why: DecodeError) -> Error {
        self.asked(Error::decode(self.status, why)).with_request_id(self.request_id())
    }

    /// This answer as an error: for a vendor that says no under a status that says yes.
    #[must_use]
    pub fn refused(&self, problem: VendorError) -> Error {
        self.refused_by(problem, &self.body)
    }

    /// The same, keeping `part` of the body alone: the rest may be about people and would crowd it out.
    #[must_use]
    pub fn refused_by(&self, mut problem: VendorError, part: &Bytes) -> Error {
        if problem.request_id.is_none() {
            problem.request_id.clone_from(&self.request_id);
        }
        let wait = retry_after(&self.headers, SystemTime::now());
        self.asked(Error::vendor(self.status, problem, wait, part))
    }

    fn asked(&self, error: Error) -> Error {
        match &self.call {
            Some((method, route)) => error.of_call(method, route),
            None => error,
        }
    }

    pub(crate) fn new(response: http::Response<Bytes>, call: &Request, request_id: Option<&HeaderName>) -> Self {
        let id = request_id.and_then(|name| token(response.headers().get(name)?.to_str().ok()?));
        Self { request_id: id, call: Some((call.method.clone(), call.route)), ..response.into() }
    }
}

/// An answer out of nowhere, for tests of a vendor crate.
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
