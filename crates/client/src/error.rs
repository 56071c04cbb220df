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
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

/// What sort of failure an [`Error`] is.
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
    kind: Kind,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
    call: Option<(Method, &'static str)>,
    login: bool,
    /// Whether the vendor may have done what the call asked for.
    uncertain: bool,
    request_id: Option<Box<str>>,
}

#[derive(Clone)]
enum Kind {
    InvalidRequest(&'static str),
    DeadlineExceeded,
    Transport(TransportErrorKind),
    InvalidResponse(Option<StatusCode>),
    Vendor { status: StatusCode, vendor: VendorError, retry_after: Option<Duration>, body: Bytes },
    Other(&'static str),
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Box::new(Inner { kind, source: None, call: None, login: false, uncertain: false, request_id: None }))
    }

    /// Reports an argument that cannot be sent. `why` must not quote the argument.
    #[must_use]
    pub fn invalid_request(why: &'static str) -> Self {
        Self::new(Kind::InvalidRequest(why))
    }

    /// Reports a successful response that cannot be decoded.
    #[must_use]
    pub fn invalid_response(status: StatusCode, why: DecodeError) -> Self {
        Self::malformed(Some(status), why).with_possible_effect()
    }

    /// Reports something else that failed, such as a key vault. `source` must not quote secrets or personal data.
    #[must_use]
    pub fn other(what: &'static str, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::Other(what)).with_source(source)
    }

    /// As [`other`](Self::other), without a source.
    pub(crate) fn failed(what: &'static str) -> Self {
        Self::new(Kind::Other(what))
    }

    pub(crate) fn malformed(status: Option<StatusCode>, why: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::InvalidResponse(status)).with_source(why)
    }

    pub(crate) fn deadline() -> Self {
        Self::new(Kind::DeadlineExceeded)
    }

    pub(crate) fn transport(error: TransportError) -> Self {
        let kind = error.kind();
        let mut made = Self::new(Kind::Transport(kind)).with_source(error);
        made.0.uncertain = kind != TransportErrorKind::Connect;
        made
    }

    pub(crate) fn vendor(status: StatusCode, vendor: VendorError, retry_after: Option<Duration>, body: &Bytes) -> Self {
        // A copy, so that a small error does not keep a large response alive.
        let body = Bytes::copy_from_slice(body.get(..MAX_BODY).unwrap_or(body));
        let mut made = Self::new(Kind::Vendor { status, vendor, retry_after, body });
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

    pub(crate) fn with_request_id(mut self, id: Option<&str>) -> Self {
        self.0.request_id = id.map(Into::into);
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

    pub(crate) fn transport_kind(&self) -> Option<TransportErrorKind> {
        match &self.0.kind {
            Kind::Transport(kind) => Some(*kind),
            _ => None,
        }
    }

    /// Returns what sort of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &self.0.kind {
            Kind::InvalidRequest(_) => ErrorKind::InvalidRequest,
            Kind::DeadlineExceeded => ErrorKind::DeadlineExceeded,
            Kind::Transport(_) => ErrorKind::Transport,
            Kind::InvalidResponse(_) => ErrorKind::InvalidResponse,
            Kind::Vendor { .. } => ErrorKind::Vendor,
            Kind::Other(_) => ErrorKind::Other,
        }
    }

    /// Returns the HTTP status, if a response arrived.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0.kind {
            Kind::Vendor { status, .. } => Some(*status),
            Kind::InvalidResponse(status) => *status,
            _ => None,
        }
    }

    /// Returns the vendor's error code. A number is given as text.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.vendor_error()?.code.as_deref()
    }

    /// Returns the vendor's explanation. It may quote personal data.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.vendor_error()?.message.as_deref()
    }

    /// Returns the vendor's id of the request, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.vendor_error().and_then(|vendor| vendor.request_id.as_deref()).or(self.0.request_id.as_deref())
    }

    fn vendor_error(&self) -> Option<&VendorError> {
        match &self.0.kind {
            Kind::Vendor { vendor, .. } => Some(vendor),
            _ => None,
        }
    }

    /// Returns the first 16 KiB of an error response's body. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        match &self.0.kind {
            Kind::Vendor { body, .. } => Some(body),
            _ => None,
        }
    }

    /// Returns how long the vendor asked to wait before another attempt.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.0.kind {
            Kind::Vendor { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Returns whether the same call may succeed later: a connection failure, a timeout, 408, 429, or any 5xx but 501,
    /// 505 and 511.
    ///
    /// Says nothing about whether another attempt is safe: see [`may_have_taken_effect`](Self::may_have_taken_effect).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match &self.0.kind {
            Kind::DeadlineExceeded => true,
            Kind::Transport(kind) => *kind != TransportErrorKind::TooLarge,
            Kind::Vendor { status, .. } => is_transient(*status),
            Kind::InvalidRequest(_) | Kind::InvalidResponse(_) | Kind::Other(_) => false,
        }
    }

    /// Returns whether the vendor rejected the credentials, or their use for this call: 401, 403, a code that says so,
    /// or a rejected login.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        match &self.0.kind {
            Kind::Vendor { status, .. } if self.0.login => status.is_client_error() && !is_transient(*status),
            Kind::Vendor { status, vendor, .. } => matches!(status.as_u16(), 401 | 403) || vendor.is_auth,
            _ => false,
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
        !self.0.login
            && match &self.0.kind {
                Kind::Vendor { status, vendor, .. } => matches!(status.as_u16(), 404 | 410) || vendor.is_not_found,
                _ => false,
            }
    }

    /// Returns whether an attempt or the whole call timed out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::DeadlineExceeded | Kind::Transport(TransportErrorKind::Timeout))
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
        match &self.0.call {
            // A token URL that is taken whole has no route to name.
            Some((_, "")) | None => {}
            Some((method, route)) => write!(f, "{method} {route}: ")?,
        }
        if self.0.login {
            f.write_str("login failed: ")?;
        }
        let mut notes = Vec::new();
        match &self.0.kind {
            Kind::InvalidRequest(why) => write!(f, "invalid request: {why}")?,
            Kind::DeadlineExceeded => f.write_str("deadline exceeded")?,
            Kind::Transport(_) => f.write_str("request failed")?,
            Kind::InvalidResponse(status) => {
                f.write_str("invalid response")?;
                notes.extend(status.map(|status| format!("status {}", status.as_u16())));
            }
            Kind::Vendor { status, vendor, .. } => {
                write!(f, "the vendor returned {}", status.as_u16())?;
                if status.is_redirection() {
                    f.write_str(", and redirects are not followed")?;
                }
                notes.extend(vendor.code.as_ref().map(|code| format!("code {code}")));
            }
            Kind::Other(what) => f.write_str(what)?,
        }
        notes.extend(self.request_id().map(|id| format!("request {id}")));
        if notes.is_empty() { Ok(()) } else { write!(f, " ({})", notes.join(", ")) }
    }
}

/// Shows the accessors that are safe to log, and the sources as text.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Error");
        shown.field("kind", &self.kind());
        if let Some((method, route)) = &self.0.call {
            shown.field("method", method).field("route", route);
        }
        match &self.0.kind {
            Kind::InvalidRequest(what) | Kind::Other(what) => shown.field("what", what),
            Kind::Transport(kind) => shown.field("transport", kind),
            Kind::Vendor { body, .. } => shown
                .field("code", &self.code())
                .field("retry_after", &self.retry_after())
                .field("body_bytes", &body.len()),
            Kind::DeadlineExceeded | Kind::InvalidResponse(_) => &mut shown,
        };
        if let Some(status) = self.status() {
            shown.field("status", &status.as_u16()).field("request_id", &self.request_id());
        }
        shown.field("is_login", &self.0.login).field("may_have_taken_effect", &self.0.uncertain);
        shown.field("source", &Chain::of(self)).finish()
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
