//! Whether a response is about the object that was asked for.

use idhooks_core::DecodeError;

use crate::{Error, Response};

impl Response {
    /// Checks that the response is about the object that was asked for. `field` is the path of its id.
    ///
    /// ```
    /// use idhooks_client::{Bytes, Response, http};
    ///
    /// let response = Response::from(http::Response::new(Bytes::from_static(br#"{"id":"o-2"}"#)));
    /// let error = response.check_id("id", &"o-2", &"o-1").unwrap_err();
    /// assert!(error.to_string().contains("id is not the one that was asked for"));
    /// ```
    ///
    /// # Errors
    /// When `sent` is another id than `asked`.
    pub fn check_id<T: PartialEq>(&self, field: &str, sent: &T, asked: &T) -> Result<(), Error> {
        match sent == asked {
            true => Ok(()),
            false => Err(self.unreadable(DecodeError::new(field, "is not the one that was asked for"))),
        }
    }
}
