//! How calls authenticate.

use std::fmt;

use http::{HeaderName, HeaderValue, header};

use crate::{BuildError, TokenCache, sensitive::sensitive};

/// How calls authenticate. `Debug` shows no key.
#[derive(Clone)]
pub struct Auth {
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) tokens: Option<TokenCache>,
}

impl Auth {
    /// Sends no credentials: for a token endpoint, which takes them in the body.
    #[must_use]
    pub fn none() -> Self {
        Self { headers: Vec::new(), tokens: None }
    }

    /// Sends the same key in a header of every call.
    ///
    /// # Errors
    /// When the key is empty or cannot be sent in a header.
    pub fn header(name: HeaderName, key: &str) -> Result<Self, BuildError> {
        Self::none().and_header(name, key)
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
        Self { headers: Vec::new(), tokens: Some(tokens) }
    }

    /// Adds another key in a header of every call.
    ///
    /// # Errors
    /// When the key is empty or cannot be sent in a header.
    pub fn and_header(mut self, name: HeaderName, key: &str) -> Result<Self, BuildError> {
        if key.trim().is_empty() {
            return Err(BuildError::invalid("key", "is empty"));
        }
        let value = sensitive(key).ok_or_else(|| BuildError::invalid("key", "cannot be sent in a header"))?;
        self.headers.push((name, value));
        Ok(self)
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Auth").field("headers", &names).field("tokens", &self.tokens).finish()
    }
}
