//! HMAC-SHA256 of the raw body, in hex, under one header.

use std::{fmt, marker::PhantomData, sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{HeaderName, request::Parts};

use crate::{
    AuthMethod, Authentication, Credentials, EnvError, Expected, Headers, Secret, Secrets, Verifiable, Verified,
    Verify, VerifyError,
    headers::single,
    hex,
    setup::{Environment, Variables, VendorVariables},
};

/// An event whose deliveries carry the HMAC-SHA256 of the raw body, as 64 hex digits, under one header.
///
/// A vendor crate implements this and names `Hmac<Event>` its `Verifier`; there is nothing else to write.
pub trait HmacSigned: Verifiable {
    /// The header that carries the signature, in lower case; anything else does not compile.
    const SIGNATURE_HEADER: &'static str;

    /// Whether the vendor can be told to present Basic or an API key besides.
    /// [`Hmac::from_env`] then reads those variables too.
    const OFFERS_CREDENTIAL: bool = false;
}

/// An event whose vendor documents the signature as one of `JSON.stringify(payload)`, not of the
/// bytes it posts.
pub trait SignsJsonText: HmacSigned {}

/// Checks an HMAC-SHA256 signature over the raw body.
///
/// A valid signature proves that someone who knows one of the accepted secrets signed exactly this body. It does not
/// prove that the delivery is new: no vendor here signs a time, so a recorded request stays valid forever. Deduplicate
/// by [`DedupKey`](crate::DedupKey). It does not prove that the delivery is the only or the latest one, and it says
/// nothing about other headers.
///
/// The header must hold exactly 64 hex digits of either case. Whitespace around them is ignored. A prefix, a list or a
/// second header is an error.
pub struct Hmac<E> {
    header: HeaderName,
    secrets: Secrets,
    also: Option<Credentials>,
    reserialized: bool,
    endpoint: Option<Arc<str>>,
    event: PhantomData<fn() -> E>,
}

impl<E: HmacSigned> Hmac<E> {
    /// Accepts what any of `secrets` signed: one [`Secret`], or [`Secrets`] for several and for
    /// rotation.
    pub fn new(secrets: impl Into<Secrets>) -> Self {
        Self {
            header: const { HeaderName::from_static(E::SIGNATURE_HEADER) },
            secrets: secrets.into(),
            also: None,
            reserialized: false,
            endpoint: None,
            event: PhantomData,
        }
    }

    /// Builds it from `<VENDOR>_WEBHOOK_SECRET`, with further accepted ones in `…_SECRET_2` to `…_SECRET_16`.
    /// Where the vendor offers a credential besides, `…_BASIC` (`user:password`) and `…_API_KEY`
    /// (`header:value`) switch that check on.
    ///
    /// # Errors
    /// Names the variable that is missing or cannot be used.
    pub fn from_env() -> Result<Self, EnvError> {
        Self::from_variables(&Environment)
    }

    pub(super) fn from_variables(variables: &impl Variables) -> Result<Self, EnvError> {
        let variables = VendorVariables::new(E::VENDOR, variables);
        let verifier = Self::new(variables.secrets()?);
        if !E::OFFERS_CREDENTIAL {
            return Ok(verifier);
        }
        Ok(Self { also: variables.optional_credentials()?, ..verifier })
    }

    /// Asks for one of `credentials` besides the signature, never instead of it.
    #[must_use]
    pub fn also(mut self, credentials: impl Into<Credentials>) -> Self {
        self.also = Some(credentials.into());
        self
    }

    /// Names the endpoint (a tenant, a region). Keys of different endpoints never meet.
    #[must_use]
    pub fn endpoint(mut self, name: &str) -> Self {
        self.endpoint = Some(name.into());
        self
    }

    /// Reads the signature from another header, should the vendor rename it before a release here does.
    #[must_use]
    pub fn header(mut self, name: HeaderName) -> Self {
        self.header = name;
        self
    }

    /// Returns the documented header, and the value a vendor would send in it with `body`. For tests of your
    /// own handler.
    #[must_use]
    pub fn sign(secret: &Secret, body: &[u8]) -> (&'static str, String) {
        (E::SIGNATURE_HEADER, secret.sign(body))
    }

    /// Checks one delivery.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn verify<H: Headers + ?Sized>(&self, headers: &H, body: impl Into<Bytes>) -> Result<Verified<E>, VerifyError> {
        let body = body.into();
        let authentication = self.check(headers, &body)?;
        Ok(Verified::new(body, authentication, self.endpoint.clone()))
    }

    /// Checks a borrowed body, where only the verdict is wanted.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn check<H: Headers + ?Sized>(&self, headers: &H, body: &[u8]) -> Result<Authentication, VerifyError> {
        self.check_when(headers, body, None)
    }

    /// Does the same as [`Self::check`] at another time, which decides which rotated secrets have expired.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn check_at_time<H: Headers + ?Sized>(
        &self,
        headers: &H,
        body: &[u8],
        now: SystemTime,
    ) -> Result<Authentication, VerifyError> {
        self.check_when(headers, body, Some(now))
    }

    fn check_when<H: Headers + ?Sized>(
        &self,
        headers: &H,
        body: &[u8],
        now: Option<SystemTime>,
    ) -> Result<Authentication, VerifyError> {
        let mut given = [0; 32];
        if !hex::decode_into(&mut given, single(headers, &self.header)?) {
            return Err(VerifyError::Malformed);
        }
        let secrets = self.secrets.now();
        let signed = |text: &[u8]| {
            let made = |secret: &Secret| if secret.made(&given, text) { Ok(()) } else { Err(VerifyError::Mismatch) };
            secrets.first(now, VerifyError::Mismatch, made)
        };
        let (method, (index, secret, ())) = match signed(body) {
            Err(_) if self.reserialized => {
                let text = E::reserialize(body).ok_or(VerifyError::Mismatch)?;
                (AuthMethod::ReserializedSignature, signed(text.as_bytes())?)
            }
            found => (AuthMethod::Signature, found?),
        };
        if let Some(credentials) = &self.also {
            credentials.now().first(now, VerifyError::MissingHeader, |credential| credential.check(headers, None))?;
        }
        Ok(Authentication::new(method, index, secret.label()))
    }
}

impl<E: SignsJsonText> Hmac<E> {
    /// Accepts also a signature over the body written again as `JSON.stringify` would: without
    /// blanks, members in the order they came. For a proxy in front that re-formats JSON; off by
    /// default, because the raw bytes need no such guess. However such a body is spelt, its
    /// [`dedup_key`](Verified::dedup_key) is that of what was signed.
    #[must_use]
    pub fn accept_reserialized(mut self) -> Self {
        self.reserialized = true;
        self
    }
}

impl<E: HmacSigned> Verify for Hmac<E> {
    type Delivery = Verified<E>;
    const MAX_BODY: usize = E::MAX_BODY;

    fn verify_request(
        &self,
        head: &Parts,
        body: Bytes,
    ) -> impl Future<Output = Result<Verified<E>, VerifyError>> + Send {
        std::future::ready(self.verify(&head.headers, body))
    }

    fn endpoint_name(&self, _: &Parts) -> Option<String> {
        self.endpoint.as_deref().map(str::to_owned)
    }

    fn expected(&self, _: &Parts) -> Vec<Expected> {
        let also = self.also.iter().flat_map(Credentials::expected);
        [Expected::Header(self.header.clone())].into_iter().chain(also).collect()
    }
}

impl<E> Clone for Hmac<E> {
    fn clone(&self) -> Self {
        Self {
            header: self.header.clone(),
            secrets: self.secrets.clone(),
            also: self.also.clone(),
            reserialized: self.reserialized,
            endpoint: self.endpoint.clone(),
            event: PhantomData,
        }
    }
}

impl<E: HmacSigned> fmt::Debug for Hmac<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hmac")
            .field("vendor", &E::VENDOR)
            .field("header", &self.header)
            .field("secrets", &self.secrets)
            .field("also", &self.also)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}
