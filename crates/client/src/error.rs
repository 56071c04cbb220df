//! Why a call failed.

use std::{error, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, StatusCode};
use idhooks_core::DecodeError;

use crate::{TransportError, TransportErrorKind, VendorError, chain::Chain, retry::is_transient};

/// How much of an error response's body an error keeps.
const MAX_BODY: usize = 16 * 1024;

/// Why a call failed.
///
/// `Display` says what failed, and [`source`](std::error::Error::source) says why: print the whole chain, as
/// `anyhow`'s `{:#}` does. `Display`, `Debug` and the sources show the route, the status, the vendor's code and the
/// request id. They never show ids in a path, a query, a header or a body. [`message`](Self::message) and
/// [`body`](Self::body) may hold personal data: take care where you print them.
///
/// ```
/// use idhooks_client::{Error, ErrorKind};
///
/// fn retry_later(error: &Error) -> bool {
///     match error.kind() {
///         ErrorKind::InvalidRequest | ErrorKind::InvalidResponse => false,
///         // Look the object up first if the failed call may have created it.
///         _ => error.is_transient() && !error.may_have_taken_effect(),
///     }
/// }
///
/// /// For the vendor's support, not for a log: `message` may quote a person.
/// fn report(error: &Error) -> String {
///     let why = match error.transport_kind() {
///         _ if error.is_login() => "login failed".to_owned(),
///         _ if error.is_timeout() => "timed out".to_owned(),
///         Some(kind) => format!("{kind:?}"),
///         None => error.message().unwrap_or_default().to_owned(),
///     };
///     format!("{why}, request {:?}", error.request_id())
/// }
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

/// The sort of failure of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument cannot be sent. Nothing was sent.
    InvalidRequest,
    /// The call reached its deadline.
    DeadlineExceeded,
    /// No complete response arrived.
    Transport,
    /// A response arrived that does not match the vendor's documentation.
    InvalidResponse,
    /// The vendor responded with an error.
    Vendor,
    /// Something else failed, such as a key vault.
    Other,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    /// The failed step.
    what: &'static str,
    transport: Option<TransportErrorKind>,
    status: Option<StatusCode>,
    vendor: VendorError,
    retry_after: Option<Duration>,
    body: Bytes,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
    call: Option<(Method, &'static str)>,
    login: bool,
    uncertain: bool,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, what: &'static str) -> Self {
        Self(Box::new(Inner {
            kind,
            what,
            transport: None,
            status: None,
            vendor: VendorError::default(),
            retry_after: None,
            body: Bytes::new(),
            source: None,
            call: None,
            login: false,
            uncertain: false,
        }))
    }

    /// Reports an argument that cannot be sent. `why` must not quote the argument.
    #[must_use]
    pub fn invalid_request(why: &'static str) -> Self {
        Self::new(ErrorKind::InvalidRequest, why)
    }

    /// Reports a response that does not match the vendor's documentation.
    #[must_use]
    pub fn invalid_response(why: DecodeError) -> Self {
        Self::new(ErrorKind::InvalidResponse, "invalid response").with_source(why).with_possible_effect()
    }

    /// Reports something else that failed, such as a key vault. `source` must not quote secrets or personal data.
    #[must_use]
    pub fn other(what: &'static str, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self::new(ErrorKind::Other, what).with_source(source)
    }

    pub(crate) fn deadline() -> Self {
        Self::new(ErrorKind::DeadlineExceeded, "deadline exceeded")
    }

    pub(crate) fn transport(error: TransportError) -> Self {
        let kind = error.kind();
        let mut made = Self::new(ErrorKind::Transport, "request failed").with_source(error);
        made.0.transport = Some(kind);
        made.0.uncertain = kind != TransportErrorKind::Connect;
        made
    }

    pub(crate) fn vendor(status: StatusCode, vendor: VendorError, retry_after: Option<Duration>, body: &Bytes) -> Self {
        let mut made = Self::new(ErrorKind::Vendor, "the vendor returned");
        // A copy, so that a small error does not keep a large response alive.
        made.0.body = Bytes::copy_from_slice(body.get(..MAX_BODY).unwrap_or(body));
        (made.0.status, made.0.vendor, made.0.retry_after) = (Some(status), vendor, retry_after);
        // A 303 stands for something done. A 307 or 308 says that the resource is elsewhere.
        made.0.uncertain = status.is_server_error() || matches!(status.as_u16(), 408 | 300..=306);
        made
    }

    pub(crate) fn with_source(mut self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(Arc::from(source.into()));
        self
    }

    pub(crate) fn with_call(mut self, method: &Method, route: &'static str) -> Self {
        self.0.call.get_or_insert_with(|| (method.clone(), route));
        self
    }

    pub(crate) fn with_status(mut self, status: StatusCode, request_id: Option<&str>) -> Self {
        self.0.status = Some(status);
        self.0.vendor.request_id = request_id.map(Into::into);
        self
    }

    pub(crate) fn while_logging_in(mut self) -> Self {
        self.0.login = true;
        self.0.uncertain = false;
        self
    }

    /// Marks the call as one that [may have taken effect](Self::may_have_taken_effect): for a vendor crate that knows
    /// better than the status.
    #[must_use]
    pub fn with_possible_effect(mut self) -> Self {
        self.0.uncertain = true;
        self
    }

    /// Returns why no complete response arrived.
    #[must_use]
    pub fn transport_kind(&self) -> Option<TransportErrorKind> {
        self.0.transport
    }

    /// Returns what sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the HTTP status, if a response arrived.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// Returns the vendor's error code. A number is given as text.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.vendor.code.as_deref()
    }

    /// Returns the vendor's explanation. It may quote personal data.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.0.vendor.message.as_deref()
    }

    /// Returns the vendor's id of the request, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.vendor.request_id.as_deref()
    }

    /// Returns the first 16 KiB of an error response's body. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        (self.0.kind == ErrorKind::Vendor).then_some(&self.0.body)
    }

    /// Returns how long the vendor asked to wait before another attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns whether the same call may succeed later: a connection failure, a timeout, 408, 429, or any 5xx but 501,
    /// 505 and 511.
    ///
    /// Says nothing about whether another attempt is safe: see [`may_have_taken_effect`](Self::may_have_taken_effect).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self.0.kind {
            ErrorKind::DeadlineExceeded => true,
            ErrorKind::Transport => self.0.transport != Some(TransportErrorKind::TooLarge),
            ErrorKind::Vendor => self.0.status.is_some_and(is_transient),
            _ => false,
        }
    }

    /// Returns whether the vendor rejected the credentials, or their use for this call: 401, 403, a code that says so,
    /// or a rejected login.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        let status = self.vendor_status();
        match self.0.login {
            true => status.is_some_and(|status| status.is_client_error() && !is_transient(status)),
            false => status.is_some_and(|status| matches!(status.as_u16(), 401 | 403)) || self.0.vendor.is_auth,
        }
    }

    /// Returns whether the client could not log in, so that the call itself was never sent.
    #[must_use]
    pub fn is_login(&self) -> bool {
        self.0.login
    }

    /// Returns whether the object does not exist: 404, 410 or a code that says so. Some vendors respond like this for
    /// another tenant's object.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let by_status = self.vendor_status().is_some_and(|status| matches!(status.as_u16(), 404 | 410));
        !self.0.login && (by_status || self.0.vendor.is_not_found)
    }

    /// The status of an error response.
    fn vendor_status(&self) -> Option<StatusCode> {
        self.0.status.filter(|_| self.0.kind == ErrorKind::Vendor)
    }

    /// Returns whether an attempt or the whole call timed out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::DeadlineExceeded || self.0.transport == Some(TransportErrorKind::Timeout)
    }

    /// Returns whether the vendor may have done what the call asked for: the response was lost, could not be decoded,
    /// or was a 5xx. Look the object up before you repeat a call that creates something or costs money.
    #[must_use]
    pub fn may_have_taken_effect(&self) -> bool {
        self.0.uncertain
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, what, status, .. } = &*self.0;
        match &self.0.call {
            // A token URL that is taken whole has no route to name.
            Some((_, "")) | None => {}
            Some((method, route)) => write!(f, "{method} {route}: ")?,
        }
        if self.0.login {
            f.write_str("login failed: ")?;
        }
        let mut notes = Vec::new();
        match (kind, status) {
            (ErrorKind::InvalidRequest, _) => write!(f, "invalid request: {what}")?,
            (ErrorKind::Vendor, Some(status)) => {
                let redirect = if status.is_redirection() { ", and redirects are not followed" } else { "" };
                write!(f, "{what} {}{redirect}", status.as_u16())?;
            }
            _ => {
                f.write_str(what)?;
                notes.extend(status.map(|status| format!("status {}", status.as_u16())));
            }
        }
        notes.extend(self.code().map(|code| format!("code {code}")));
        notes.extend(self.request_id().map(|id| format!("request {id}")));
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join(", ")) }
    }
}

/// Shows what is safe to log, and the sources as text.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, what, transport, status, vendor, retry_after, body, source: _, call, login, uncertain } =
            &*self.0;
        f.debug_struct("Error")
            .field("kind", kind)
            .field("what", what)
            .field("call", call)
            .field("status", status)
            .field("vendor", vendor)
            .field("transport", transport)
            .field("retry_after", retry_after)
            .field("body_bytes", &body.len())
            .field("login", login)
            .field("may_have_taken_effect", uncertain)
            .field("source", &Chain::of(self))
            .finish()
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
