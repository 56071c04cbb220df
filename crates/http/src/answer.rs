//! What the vendor answered.

use std::{fmt, time::SystemTime};

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use idhooks_core::json;
use serde::de::DeserializeOwned;

use crate::{Error, Problem, retry_after::retry_after};

/// A whole answer. `Debug` shows its status and size.
#[derive(Clone)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
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

    /// Reads the body: strict about what a type requires, patient with everything else.
    ///
    /// # Errors
    /// When it does not fit. The error names fields, never values.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, Error> {
        json::decode(&self.body).map_err(|why| Error::decode(self.status, why))
    }

    /// This answer as an error: for a vendor that says no under a status that says yes.
    #[must_use]
    pub fn refused(&self, problem: Problem) -> Error {
        Error::vendor(self.status, problem, retry_after(&self.headers, SystemTime::now()), &self.body)
    }
}

impl From<Response<Bytes>> for Answer {
    fn from(response: Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        Self { status: head.status, headers: head.headers, body }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).field("bytes", &self.body.len()).finish()
    }
}
