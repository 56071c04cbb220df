//! How calls authenticate.

use std::fmt;

use http::{HeaderName, HeaderValue, header};

use crate::{BuildError, TokenCache, sensitive::sensitive};

/// How calls authenticate. `Debug` shows the method only.
#[derive(Clone)]
pub struct Auth {
    pub(crate) kind: Kind,
    /// Further headers, such as a second key.
    pub(crate) beside: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Clone)]
pub(crate) enum Kind {
    None,
    Fixed(HeaderName, HeaderValue),
    TokenCache(TokenCache),
}

impl Auth {
    /// Sends no credentials: for a token endpoint, which takes them in the body.
    #[must_use]
    pub fn none() -> Self {
        Kind::None.into()
    }

    /// Sends the same key in a header of every call.
    ///
    /// # Errors
    /// When the key is empty or cannot be sent in a header.
    pub fn header(name: HeaderName, key: &str) -> Result<Self, BuildError> {
        Ok(Kind::Fixed(name, header_value(key)?).into())
    }

    /// Sends the same bearer token with every call.
    ///
    /// # Errors
    /// When the token is empty or cannot be sent in a header.
    pub fn bearer(token: &str) -> Result<Self, BuildError> {
        if token.is_empty() {
            return Err(BuildError::invalid("token", "is empty"));
        }
        Self::header(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// Sends a bearer token from the cache, which renews it.
    #[must_use]
    pub fn tokens(tokens: TokenCache) -> Self {
        Kind::TokenCache(tokens).into()
    }

    /// Adds another key in a header of every call.
    ///
    /// # Errors
    /// When the key is empty or cannot be sent in a header.
    pub fn and_header(mut self, name: HeaderName, key: &str) -> Result<Self, BuildError> {
        self.beside.push((name, header_value(key)?));
        Ok(self)
    }
}

impl From<Kind> for Auth {
    fn from(kind: Kind) -> Self {
        Self { kind, beside: Vec::new() }
    }
}

fn header_value(key: &str) -> Result<HeaderValue, BuildError> {
    if key.trim().is_empty() {
        return Err(BuildError::invalid("key", "is empty"));
    }
    sensitive(key).ok_or_else(|| BuildError::invalid("key", "cannot be sent in a header"))
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.kind {
            Kind::None => "Auth(none)",
            Kind::Fixed(..) => "Auth(key)",
            Kind::TokenCache(_) => "Auth(tokens)",
        })
    }
}
