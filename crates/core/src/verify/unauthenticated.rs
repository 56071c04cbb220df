//! Deliveries of vendors that prove nothing.

use std::{fmt, marker::PhantomData, sync::Arc};

use bytes::Bytes;
use http::request::Parts;

use super::shared::check;
use crate::{
    AuthMethod, Authentication, Credentials, EnvError, Expected, Headers, Unverified, Verify, VerifyError,
    WebhookEvent,
    setup::{Environment, Variables, VendorVariables},
};

/// Takes deliveries of a vendor that proves nothing, and gives [`Unverified`]s.
///
/// The URL is open to anyone. [`Unauthenticated::with_shared_secret`] asks for a secret that you put into the URL's path
/// or had a gateway add as a header; that keeps strangers out, and still proves nothing about the
/// vendor, so the result stays `Unverified`.
pub struct Unauthenticated<E> {
    guards: Option<Credentials>,
    endpoint: Option<Arc<str>>,
    event: PhantomData<fn() -> E>,
}

impl<E: WebhookEvent> Unauthenticated<E> {
    /// Takes every delivery.
    #[must_use]
    pub fn new() -> Self {
        Self { guards: None, endpoint: None, event: PhantomData }
    }

    /// Takes deliveries that present one of `guards`: [`Credential::path`](crate::Credential::path)
    /// or [`Credential::in_header`](crate::Credential::in_header).
    pub fn with_shared_secret(guards: impl Into<Credentials>) -> Self {
        Self { guards: Some(guards.into()), ..Self::new() }
    }

    /// Reads shared secrets from `<VENDOR>_WEBHOOK_PATH`, `<VENDOR>_WEBHOOK_API_KEY` (`header:value`) and
    /// `<VENDOR>_WEBHOOK_BASIC`, each also numbered from `_2` to `_16`. At least one must be set, so that a misspelt
    /// name is an error. [`Unauthenticated::new`] needs none.
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be used.
    pub fn from_env() -> Result<Self, EnvError> {
        Self::from_variables(&Environment)
    }

    pub(super) fn from_variables(variables: &impl Variables) -> Result<Self, EnvError> {
        VendorVariables::new(E::VENDOR, variables).guards().map(Self::with_shared_secret)
    }

    /// Names the endpoint (a tenant, a region). Keys of different endpoints never meet.
    #[must_use]
    pub fn endpoint(mut self, name: &str) -> Self {
        self.endpoint = Some(name.into());
        self
    }

    /// Takes one delivery. A guard in the path refuses everything here: use [`Self::verify_with_path`].
    ///
    /// # Errors
    /// When a guard is set and not presented.
    pub fn verify<H: Headers + ?Sized>(
        &self,
        headers: &H,
        body: impl Into<Bytes>,
    ) -> Result<Unverified<E>, VerifyError> {
        self.take(None, headers, body.into())
    }

    /// Takes one delivery that was sent to `path`.
    ///
    /// # Errors
    /// When a guard is set and not presented.
    pub fn verify_with_path<H: Headers + ?Sized>(
        &self,
        path: &str,
        headers: &H,
        body: impl Into<Bytes>,
    ) -> Result<Unverified<E>, VerifyError> {
        self.take(Some(path), headers, body.into())
    }

    fn take<H: Headers + ?Sized>(
        &self,
        path: Option<&str>,
        headers: &H,
        body: Bytes,
    ) -> Result<Unverified<E>, VerifyError> {
        let authentication = match &self.guards {
            Some(guards) => check(guards, headers, path, None)?,
            None => Authentication::without_secret(AuthMethod::Nothing),
        };
        Ok(Unverified::new(body, authentication, self.endpoint.clone()))
    }
}

impl<E: WebhookEvent> Default for Unauthenticated<E> {
    fn default() -> Self {
        Self::new()
    }
}

impl<E: WebhookEvent> Verify for Unauthenticated<E> {
    type Delivery = Unverified<E>;
    const MAX_BODY: usize = E::MAX_BODY;

    fn verify_request(
        &self,
        head: &Parts,
        body: Bytes,
    ) -> impl Future<Output = Result<Unverified<E>, VerifyError>> + Send {
        std::future::ready(self.take(Some(head.uri.path()), &head.headers, body))
    }

    fn endpoint_name(&self, _: &Parts) -> Option<String> {
        self.endpoint.as_deref().map(str::to_owned)
    }

    fn expected(&self, _: &Parts) -> Vec<Expected> {
        self.guards.as_ref().map(Credentials::expected).unwrap_or_default()
    }
}

impl<E> Clone for Unauthenticated<E> {
    fn clone(&self) -> Self {
        Self { guards: self.guards.clone(), endpoint: self.endpoint.clone(), event: PhantomData }
    }
}

impl<E: WebhookEvent> fmt::Debug for Unauthenticated<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unauthenticated")
            .field("vendor", &E::VENDOR)
            .field("guards", &self.guards)
            .field("endpoint", &self.endpoint)
            .finish()
    }
}
