//! How calls show who makes them.

use std::fmt;

use http::{HeaderName, HeaderValue, header};

use crate::{BuildError, TokenCache, sensitive::sensitive};

/// How calls show who makes them. `Debug` shows the kind alone.
#[derive(Clone)]
pub struct Auth {
    pub(crate) kind: Kind,
    /// Headers sent beside it, such as a second key.
    pub(crate) beside: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Clone)]
pub(crate) enum Kind {
    None,
    Fixed(HeaderName, HeaderValue),
    TokenCache(TokenCache),
}

impl Auth {
    /// Nothing: for a token endpoint, whose proof is in the body.
    #[must_use]
    pub fn none() -> Self {
        Kind::None.into()
    }

    /// The same key under a header, with every call.
    ///
    /// # Errors
    /// When it is empty, or holds characters that can not stand in a header.
    pub fn header(name: HeaderName, key: &str) -> Result<Self, BuildError> {
        Ok(Kind::Fixed(name, usable(key)?).into())
    }

    /// The same bearer token with every call.
    ///
    /// # Errors
    /// When it is empty, or holds characters that can not stand in a header.
    pub fn bearer(token: &str) -> Result<Self, BuildError> {
        if token.is_empty() {
            return Err(BuildError::unusable("token", "is empty"));
        }
        Self::header(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// Bearer tokens that are fetched and renewed.
    #[must_use]
    pub fn tokens(tokens: TokenCache) -> Self {
        Kind::TokenCache(tokens).into()
    }

    /// Sends a further key with every call.
    ///
    /// # Errors
    /// When it is empty, or holds characters that can not stand in a header.
    pub fn and_header(mut self, name: HeaderName, key: &str) -> Result<Self, BuildError> {
        self.beside.push((name, usable(key)?));
        Ok(self)
    }
}

impl From<Kind> for Auth {
    fn from(kind: Kind) -> Self {
        Self { kind, beside: Vec::new() }
    }
}

fn usable(text: &str) -> Result<HeaderValue, BuildError> {
    if text.trim().is_empty() {
        return Err(BuildError::unusable("key", "is empty"));
    }
    sensitive(text).ok_or_else(|| BuildError::unusable("key", "can not stand in a header"))
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
