//! A credential the receiver chose: Basic, an API key, a raw `Authorization`.

use std::{fmt, marker::PhantomData, sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::request::Parts;

use crate::{
    Authentication, Credential, Credentials, EnvError, Expected, Headers, SecretError, Verifiable, Verified, Verify,
    VerifyError, WebhookEvent,
    setup::{Environment, Variables, VendorVariables},
};

/// An event whose vendor presents a credential of the receiver's choice with every delivery, and
/// signs nothing. For other vendors a credential is no proof, so no verifier of one can be built.
///
/// ```compile_fail,E0277
/// # use idhooks_core::{HmacSigned, Credential, SharedCredential};
/// fn downgrade<E: HmacSigned>(credential: Credential) -> SharedCredential<E> {
///     SharedCredential::new(credential)
/// }
/// ```
pub trait PresentsCredential: Verifiable {}

/// Checks a credential that the vendor presents with every delivery. It cannot be built without one.
///
/// It proves that the caller knows the credential, and nothing about the body. Anyone who has seen one delivery, for
/// instance in a proxy's log, can send any body. Read the data by an authenticated call before you act on it.
pub struct SharedCredential<E> {
    credentials: Credentials,
    endpoint: Option<Arc<str>>,
    event: PhantomData<fn() -> E>,
}

impl<E: PresentsCredential> SharedCredential<E> {
    /// Accepts any of `credentials`: one [`Credential`], or [`Credentials`] for several and for rotation.
    pub fn new(credentials: impl Into<Credentials>) -> Self {
        Self { credentials: credentials.into(), endpoint: None, event: PhantomData }
    }

    /// Builds it for HTTP Basic.
    ///
    /// # Errors
    /// As [`Credential::basic`].
    pub fn basic(user: &str, password: &str) -> Result<Self, SecretError> {
        Credential::basic(user, password).map(Self::new)
    }

    /// Builds it for an API key in either written form, `header:value` or a bare `value`.
    ///
    /// # Errors
    /// As [`Credential::api_key`].
    pub fn api_key(text: &str) -> Result<Self, SecretError> {
        Credential::api_key(text).map(Self::new)
    }

    /// Builds it from `<VENDOR>_WEBHOOK_BASIC` (`user:password`) and `<VENDOR>_WEBHOOK_API_KEY`
    /// (`header:value` or `value`), each also numbered from `_2` to `_16`.
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be used.
    pub fn from_env() -> Result<Self, EnvError> {
        Self::from_variables(&Environment)
    }

    pub(super) fn from_variables(variables: &impl Variables) -> Result<Self, EnvError> {
        VendorVariables::new(E::VENDOR, variables).credentials().map(Self::new)
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
    /// Why it was refused.
    pub fn verify<H: Headers + ?Sized>(&self, headers: &H, body: impl Into<Bytes>) -> Result<Verified<E>, VerifyError> {
        let authentication = check(&self.credentials, headers, None, None)?;
        Ok(Verified::new(body.into(), authentication, self.endpoint.clone()))
    }

    /// Checks the headers alone; a credential says nothing about the body.
    ///
    /// # Errors
    /// Why they were refused.
    pub fn check<H: Headers + ?Sized>(&self, headers: &H) -> Result<Authentication, VerifyError> {
        check(&self.credentials, headers, None, None)
    }

    /// Does the same as [`Self::check`] at another time, which decides which rotated credentials have expired.
    ///
    /// # Errors
    /// Why they were refused.
    pub fn check_at_time<H: Headers + ?Sized>(
        &self,
        headers: &H,
        now: SystemTime,
    ) -> Result<Authentication, VerifyError> {
        check(&self.credentials, headers, None, Some(now))
    }
}

/// The first credential that fits, as authentication.
pub(super) fn check<H: Headers + ?Sized>(
    credentials: &Credentials,
    headers: &H,
    path: Option<&str>,
    now: Option<SystemTime>,
) -> Result<Authentication, VerifyError> {
    let credentials = credentials.now();
    let (place, credential, proof) =
        credentials.first(now, VerifyError::MissingHeader, |credential| credential.check(headers, path))?;
    Ok(Authentication::new(proof, place, credential.label()))
}

impl<E: PresentsCredential> Verify for SharedCredential<E> {
    type Delivery = Verified<E>;
    const MAX_BODY: usize = E::MAX_BODY;

    fn verify_request(
        &self,
        head: &Parts,
        body: Bytes,
    ) -> impl Future<Output = Result<Verified<E>, VerifyError>> + Send {
        let authentication = check(&self.credentials, &head.headers, Some(head.uri.path()), None);
        std::future::ready(
            authentication.map(|authentication| Verified::new(body, authentication, self.endpoint.clone())),
        )
    }

    fn endpoint_name(&self, _: &Parts) -> Option<String> {
        self.endpoint.as_deref().map(str::to_owned)
    }

    fn expected(&self, _: &Parts) -> Vec<Expected> {
        self.credentials.expected()
    }
}

impl<E> Clone for SharedCredential<E> {
    fn clone(&self) -> Self {
        Self { credentials: self.credentials.clone(), endpoint: self.endpoint.clone(), event: PhantomData }
    }
}

impl<E: WebhookEvent> fmt::Debug for SharedCredential<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedCredential")
            .field("vendor", &E::VENDOR)
            .field("credentials", &self.credentials)
            .field("endpoint", &self.endpoint)
            .finish()
    }
}
