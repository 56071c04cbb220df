//! Why a call failed.

use std::{error, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, StatusCode};
use idhooks_core::DecodeError;

use crate::{TransportError, TransportErrorKind, VendorError, retry::is_transient};

/// As much of an answer as an error keeps.
const KEPT: usize = 16 * 1024;

/// Why a call failed.
///
/// `Display` and `Debug` show the call's route, the status, the vendor's code and request id; never a
/// path's ids, a query, a header, or anything of a body. What the vendor said in words is
/// [`message`](Self::message), and the body is [`body`](Self::body): look at where you print those.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: Kind,
    call: Option<(Method, &'static str)>,
    login: bool,
    uncertain: bool,
    /// Of an answer that has no [`VendorError`] to hold it.
    request_id: Option<Box<str>>,
}

#[derive(Clone)]
enum Kind {
    /// Nothing was sent: the caller's own mistake.
    Argument(&'static str),
    /// Nothing was sent, or nothing more: the call's own time was over.
    Deadline,
    Transport(TransportError),
    Decode {
        status: StatusCode,
        why: DecodeError,
    },
    Vendor {
        status: StatusCode,
        problem: VendorError,
        retry_after: Option<Duration>,
        body: Bytes,
    },
    Other {
        what: &'static str,
        cause: Arc<dyn error::Error + Send + Sync>,
    },
}

impl Error {
    fn new(kind: Kind) -> Self {
        Self(Box::new(Inner { kind, call: None, login: false, uncertain: false, request_id: None }))
    }

    /// For an argument that can not be sent; `why` is a sentence without the argument.
    #[must_use]
    pub fn argument(why: &'static str) -> Self {
        Self::new(Kind::Argument(why))
    }

    /// For an answer with a good status whose body does not fit.
    #[must_use]
    pub fn decode(status: StatusCode, why: DecodeError) -> Self {
        Self::new(Kind::Decode { status, why }).perhaps_took_effect()
    }

    /// For something else that failed on the way, such as a key vault; `cause` must not quote secrets
    /// or personal data.
    #[must_use]
    pub fn other(what: &'static str, cause: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self::new(Kind::Other { what, cause: Arc::from(cause.into()) })
    }

    pub(crate) fn deadline() -> Self {
        Self::new(Kind::Deadline)
    }

    pub(crate) fn transport(error: TransportError) -> Self {
        let uncertain = matches!(
            error.kind(),
            TransportErrorKind::Timeout | TransportErrorKind::Interrupted | TransportErrorKind::TooLarge
        );
        let mut made = Self::new(Kind::Transport(error));
        made.0.uncertain = uncertain;
        made
    }

    pub(crate) fn vendor(
        status: StatusCode,
        problem: VendorError,
        retry_after: Option<Duration>,
        body: &Bytes,
    ) -> Self {
        // A copy, so that a small error does not hold a large answer.
        let body = Bytes::copy_from_slice(body.get(..KEPT).unwrap_or(body));
        let mut made = Self::new(Kind::Vendor { status, problem, retry_after, body });
        // A redirect of the kind that changes the method stands for something done; 307 and 308 say "not here".
        made.0.uncertain = status.is_server_error() || matches!(status.as_u16(), 408 | 300..=306);
        made
    }

    pub(crate) fn of_call(mut self, method: &Method, route: &'static str) -> Self {
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

    /// The same error, of a call that [may have been carried out](Self::may_have_taken_effect) all the same:
    /// for a vendor crate that knows better than the status.
    #[must_use]
    pub fn perhaps_took_effect(mut self) -> Self {
        self.0.uncertain = true;
        self
    }

    pub(crate) fn transport_kind(&self) -> Option<TransportErrorKind> {
        match &self.0.kind {
            Kind::Transport(error) => Some(error.kind()),
            _ => None,
        }
    }

    /// HTTP status, when an answer arrived, also if its body could not be read.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.0.kind {
            Kind::Vendor { status, .. } | Kind::Decode { status, .. } => Some(status.as_u16()),
            _ => None,
        }
    }

    /// The vendor's error code; a number is given as text.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.problem()?.code.as_deref()
    }

    /// What the vendor said in words. It may quote personal data.
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.problem()?.message.as_deref()
    }

    /// The vendor's id of the request, for its support, where it gives one.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.problem().and_then(|problem| problem.request_id.as_deref()).or(self.0.request_id.as_deref())
    }

    fn problem(&self) -> Option<&VendorError> {
        match &self.0.kind {
            Kind::Vendor { problem, .. } => Some(problem),
            _ => None,
        }
    }

    /// The error answer's body, its first 16 KiB. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> Option<&Bytes> {
        match &self.0.kind {
            Kind::Vendor { body, .. } => Some(body),
            _ => None,
        }
    }

    /// How long the vendor asked us to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.0.kind {
            Kind::Vendor { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the same call may succeed later: no connection, no answer in time, 408, 429 or a
    /// passing 5xx. Says nothing about whether it is safe to repeat; see
    /// [`may_have_taken_effect`](Self::may_have_taken_effect).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match &self.0.kind {
            Kind::Deadline => true,
            Kind::Transport(error) => error.kind() != TransportErrorKind::TooLarge,
            Kind::Vendor { status, .. } => is_transient(*status),
            Kind::Argument(_) | Kind::Decode { .. } | Kind::Other { .. } => false,
        }
    }

    /// Whether the vendor does not accept the credential, or not for this call: 401 or 403, a code that says
    /// so, or any refused login.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        match &self.0.kind {
            Kind::Vendor { status, .. } if self.0.login => status.is_client_error() && !is_transient(*status),
            Kind::Vendor { status, problem, .. } => matches!(status.as_u16(), 401 | 403) || problem.is_auth,
            _ => false,
        }
    }

    /// Whether the call never got as far as being made: getting a token failed.
    #[must_use]
    pub fn is_login(&self) -> bool {
        self.0.login
    }

    /// Whether the vendor has no such thing: 404, 410 or a code that says so. Some vendors answer so for another
    /// tenant's.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        let says_so = self.problem().is_some_and(|problem| problem.is_not_found);
        !self.0.login && (says_so || matches!(self.status(), Some(404 | 410)))
    }

    /// Whether time ran out, of one attempt or of the whole call.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Deadline) || self.transport_kind() == Some(TransportErrorKind::Timeout)
    }

    /// Whether the vendor may have done what was asked although the call failed: the answer was lost,
    /// could not be read, or was a 5xx. Before you repeat something that costs or creates, look whether
    /// it is there.
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
            f.write_str("the login failed: ")?;
        }
        match &self.0.kind {
            Kind::Argument(why) => f.write_str(why),
            Kind::Deadline => f.write_str("the call's time was over"),
            Kind::Transport(error) => error.fmt(f),
            Kind::Decode { status, why } => {
                write!(f, "the answer {} can not be read: {why}", status.as_u16())?;
                self.request_id().map_or(Ok(()), |id| write!(f, " (request {id})"))
            }
            Kind::Vendor { status, problem, .. } => {
                write!(f, "the vendor answered {}", status.as_u16())?;
                if status.is_redirection() {
                    f.write_str(", a redirect, which is not followed")?;
                }
                match (&problem.code, self.request_id()) {
                    (Some(code), Some(id)) => write!(f, " (code {code}, request {id})"),
                    (Some(code), None) => write!(f, " (code {code})"),
                    (None, Some(id)) => write!(f, " (request {id})"),
                    (None, None) => Ok(()),
                }
            }
            Kind::Other { what, .. } => f.write_str(what),
        }
    }
}

/// The sentence and its causes: a program that returns the error from `main` shows it in this form.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::explain::with_causes(self, f)
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.0.kind {
            // Its own sentence is part of ours already, so what caused it comes next.
            Kind::Transport(error) => error.source(),
            Kind::Other { cause, .. } => Some(&**cause),
            _ => None,
        }
    }
}
