//! Why a file did not come.

use std::{error, fmt};

use http::StatusCode;

use crate::{TransportError, TransportErrorKind};

/// Why a file did not come. Never shows the link.
#[derive(Clone)]
pub struct DownloadError(Kind);

#[derive(Clone)]
pub(super) enum Kind {
    NotALink,
    NotHttps,
    HostNotAllowed,
    NotPublic,
    Redirected(StatusCode),
    Status(StatusCode),
    Transport(TransportError),
}

impl DownloadError {
    /// HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match &self.0 {
            Kind::Redirected(status) | Kind::Status(status) => Some(status.as_u16()),
            _ => None,
        }
    }

    /// Whether the link was not followed, because of where it leads: nothing was sent.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.0, Kind::NotALink | Kind::NotHttps | Kind::HostNotAllowed | Kind::NotPublic)
    }

    /// Whether the same link may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match &self.0 {
            Kind::Status(status) => crate::retry::is_transient(*status),
            Kind::Transport(error) => error.kind() != TransportErrorKind::TooLarge,
            _ => false,
        }
    }

    /// Whether time ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(&self.0, Kind::Transport(error) if error.kind() == TransportErrorKind::Timeout)
    }

    /// Whether the file is larger than allowed.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(&self.0, Kind::Transport(error) if error.kind() == TransportErrorKind::TooLarge)
    }
}

impl From<Kind> for DownloadError {
    fn from(kind: Kind) -> Self {
        Self(kind)
    }
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Kind::NotALink => "this is no link that can be followed",
            Kind::NotHttps => "the link is not https",
            Kind::HostNotAllowed => "the link leads to a host or port that is not on the list",
            Kind::NotPublic => "the link leads to an address that is not public",
            Kind::Redirected(status) => {
                return write!(f, "the server answered {}, a redirect, which is not followed", status.as_u16());
            }
            Kind::Status(status) => return write!(f, "the server answered {}", status.as_u16()),
            Kind::Transport(error) if error.kind() == TransportErrorKind::TooLarge => "the file is larger than allowed",
            Kind::Transport(error) => return error.fmt(f),
        })
    }
}

/// The sentence and its causes: a program that returns the error from `main` shows it in this form.
impl fmt::Debug for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::explain::with_causes(self, f)
    }
}

impl error::Error for DownloadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.0 {
            Kind::Transport(error) => error.source(),
            _ => None,
        }
    }
}
