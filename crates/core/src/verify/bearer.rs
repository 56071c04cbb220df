//! A bearer token that somebody else confirms.

use std::{
    error, fmt,
    future::poll_fn,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::Arc,
    task::Poll,
};

use bytes::Bytes;
use ctutils::CtEq as _;
use http::{header::AUTHORIZATION, request::Parts};
use sha2::{Digest as _, Sha256};

use super::PresentsCredential;
use crate::{
    AuthMethod, Authentication, Expected, Headers, SecretError, Verified, Verify, VerifyError, WebhookEvent,
    credential::after_scheme, headers::single_up_to, secret::check_text,
};

/// Longest `Authorization` read: signed tokens with many claims run to several kilobytes.
const LONGEST: usize = 8 * 1024;

/// Says whether a bearer token is one that your authorization server gave to the vendor: by
/// checking a signed token, or by asking the server (introspection).
///
/// Object-safe, so that a verifier does not carry its type. A check that panics counts as unavailable.
pub trait BearerCheck: Send + Sync {
    /// `Ok(true)` for a token that is valid now and was issued for this, `Ok(false)` for any other.
    ///
    /// # Errors
    /// [`CheckUnavailable`] when it could not be found out; the sender is then asked to come again.
    fn check<'a>(&'a self, token: &'a str)
    -> Pin<Box<dyn Future<Output = Result<bool, CheckUnavailable>> + Send + 'a>>;
}

/// A closure that takes the token is a check.
impl<F, R> BearerCheck for F
where
    F: Fn(String) -> R + Send + Sync,
    R: Future<Output = Result<bool, CheckUnavailable>> + Send + 'static,
{
    fn check<'a>(
        &'a self,
        token: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<bool, CheckUnavailable>> + Send + 'a>> {
        Box::pin(self(token.to_owned()))
    }
}

/// A bearer token could not be checked: the authorization server did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckUnavailable;

impl CheckUnavailable {
    /// Makes the error of a check that got no answer.
    #[must_use]
    pub fn new() -> Self {
        Self
    }
}

impl Default for CheckUnavailable {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for CheckUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the token could not be checked")
    }
}

impl error::Error for CheckUnavailable {}

/// Checks `Authorization: Bearer …` by asking a [`BearerCheck`].
///
/// What it proves: the caller holds a token your authorization server stands for. What it does
/// not: anything about the body. A token that was seen can be sent again until it runs out.
///
/// ```
/// use idhooks_core::{BearerVerifier, PresentsCredential, CheckUnavailable};
///
/// async fn introspect(token: String) -> Result<bool, CheckUnavailable> {
///     // Ask your authorization server here.
///     Ok(token == "what it issued")
/// }
///
/// fn verifier<E: PresentsCredential>() -> BearerVerifier<E> {
///     BearerVerifier::new(introspect)
/// }
/// ```
pub struct BearerVerifier<E> {
    check: Arc<dyn BearerCheck>,
    endpoint: Option<Arc<str>>,
    event: PhantomData<fn() -> E>,
}

impl<E: PresentsCredential> BearerVerifier<E> {
    /// Accepts the tokens that `check` confirms.
    pub fn new(check: impl BearerCheck + 'static) -> Self {
        Self { check: Arc::new(check), endpoint: None, event: PhantomData }
    }

    /// Accepts one fixed token, compared in constant time. For a trial, or for a gateway that
    /// issues a token that never changes.
    ///
    /// ```
    /// use idhooks_core::{BearerVerifier, PresentsCredential, SecretError};
    ///
    /// fn verifier<E: PresentsCredential>() -> Result<BearerVerifier<E>, SecretError> {
    ///     BearerVerifier::fixed("the token of the gateway")
    /// }
    /// ```
    ///
    /// # Errors
    /// [`SecretError::Empty`], [`SecretError::Padded`] or [`SecretError::TooShort`], and [`SecretError::NotAHeader`] for text
    /// that cannot be a token.
    pub fn fixed(token: &str) -> Result<Self, SecretError> {
        check_text(token.as_bytes())?;
        if !token.bytes().all(|byte| allowed(&byte)) || token.len() > LONGEST {
            return Err(SecretError::NotAHeader);
        }
        let wanted: [u8; 32] = Sha256::digest(token).into();
        Ok(Self::new(move |given: String| {
            let given: [u8; 32] = Sha256::digest(given).into();
            std::future::ready(Ok(given.ct_eq(&wanted).to_bool()))
        }))
    }

    /// Names the endpoint (a tenant, a region). Keys of different endpoints never meet.
    #[must_use]
    pub fn endpoint(mut self, name: &str) -> Self {
        self.endpoint = Some(name.into());
        self
    }

    /// Checks one delivery.
    ///
    /// # Errors
    /// Why it was refused; [`VerifyError::Unavailable`] when the check could not decide.
    pub async fn verify<H: Headers + ?Sized>(
        &self,
        headers: &H,
        body: impl Into<Bytes>,
    ) -> Result<Verified<E>, VerifyError> {
        let token = token(headers)?;
        self.decide(token, body.into()).await
    }

    async fn decide(&self, token: String, body: Bytes) -> Result<Verified<E>, VerifyError> {
        match no_panic(|| self.check.check(&token)).await {
            Ok(true) => {
                Ok(Verified::new(body, Authentication::without_secret(AuthMethod::Bearer), self.endpoint.clone()))
            }
            Ok(false) => Err(VerifyError::Mismatch),
            Err(CheckUnavailable) => Err(VerifyError::Unavailable),
        }
    }
}

/// Turns a panic of the user's check into an error, because the sender needs a response.
async fn no_panic<'a>(
    check: impl FnOnce() -> Pin<Box<dyn Future<Output = Result<bool, CheckUnavailable>> + Send + 'a>>,
) -> Result<bool, CheckUnavailable> {
    let Ok(mut checking) = catch_unwind(AssertUnwindSafe(check)) else { return Err(CheckUnavailable) };
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| checking.as_mut().poll(context))).unwrap_or(Poll::Ready(Err(CheckUnavailable)))
    })
    .await
}

/// The characters RFC 6750 allows in a token.
fn allowed(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~+/=".contains(byte)
}

fn token<H: Headers + ?Sized>(headers: &H) -> Result<String, VerifyError> {
    let value = single_up_to(headers, &AUTHORIZATION, LONGEST)?;
    let token = after_scheme(value, b"bearer").ok_or(VerifyError::Malformed)?;
    let body = token.trim_ascii_end();
    if body.is_empty() || !body.iter().all(allowed) {
        return Err(VerifyError::Malformed);
    }
    std::str::from_utf8(body).map(str::to_owned).map_err(|_| VerifyError::Malformed)
}

impl<E: PresentsCredential> Verify for BearerVerifier<E> {
    type Delivery = Verified<E>;
    const MAX_BODY: usize = E::MAX_BODY;

    fn verify_request(
        &self,
        head: &Parts,
        body: Bytes,
    ) -> impl Future<Output = Result<Verified<E>, VerifyError>> + Send {
        let token = token(&head.headers);
        async move { self.decide(token?, body).await }
    }

    fn endpoint_name(&self, _: &Parts) -> Option<String> {
        self.endpoint.as_deref().map(str::to_owned)
    }

    fn expected(&self, _: &Parts) -> Vec<Expected> {
        vec![Expected::Header(AUTHORIZATION)]
    }
}

impl<E> Clone for BearerVerifier<E> {
    fn clone(&self) -> Self {
        Self { check: Arc::clone(&self.check), endpoint: self.endpoint.clone(), event: PhantomData }
    }
}

impl<E: WebhookEvent> fmt::Debug for BearerVerifier<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerVerifier")
            .field("vendor", &E::VENDOR)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
