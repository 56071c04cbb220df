//! Whether a response is about the object that was asked for.

use idhooks_core::{
    DecodeError,
    json::{self, Payload},
};

use crate::{Error, Fetched, Response};

impl Response {
    /// Checks that the response is about the object that was asked for. `field` is the path of its id.
    ///
    /// ```
    /// use idhooks_client::{Bytes, Response, http};
    ///
    /// let response = Response::from(http::Response::new(Bytes::from_static(br#"{"id":"o-2"}"#)));
    /// assert!(response.check_id("id", &"o-2", &"o-1").is_err());
    /// ```
    ///
    /// # Errors
    /// When `sent` is another id than `asked`.
    pub fn check_id<T: PartialEq>(&self, field: &str, sent: &T, asked: &T) -> Result<(), Error> {
        match sent == asked {
            true => Ok(()),
            false => Err(self.invalid(DecodeError::new(field, "is not the requested one"))),
        }
    }

    /// Decodes an object whose fields are all optional, as [`fetched`](Self::fetched) does, and requires one of them.
    /// Otherwise `{}` or a gateway's `{"message":…}` would pass for it. Fields in `common` do not count: every response
    /// of the vendor has them.
    ///
    /// ```
    /// use idhooks_client::{Bytes, Response, http};
    /// use idhooks_core::{Lenient, payload};
    ///
    /// payload! {
    ///     struct Order {
    ///         status: Lenient<Box<str>> = "status",
    ///     }
    /// }
    ///
    /// let response = Response::from(http::Response::new(Bytes::from_static(br#"{"message":"no route"}"#)));
    /// assert!(response.known::<Order>(&[], &[]).is_err());
    /// ```
    ///
    /// # Errors
    /// When it does not fit `T`, or has no documented field.
    pub fn known<T: for<'de> Payload<'de>>(&self, path: &[&str], common: &[&str]) -> Result<Fetched<T>, Error> {
        let fetched = self.fetched::<T>(path)?;
        let names: Vec<_> = T::NAMES.iter().copied().filter(|name| !common.contains(name)).collect();
        let known = json::require_any(fetched.raw().get().as_bytes(), &names);
        known.map_err(|why| self.invalid(why.inside(&path.join("."))))?;
        Ok(fetched)
    }
}
