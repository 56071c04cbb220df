//! Why a download failed.

use std::{error, fmt};

use http::StatusCode;

use crate::{TransportError, TransportErrorKind, content_encoding::UnexpectedEncoding};

/// Why a download failed. Never shows the link.
///
/// `Display` says what failed, and [`source`](std::error::Error::source) says why.
#[derive(Clone, Debug)]
pub struct DownloadError(Kind);

#[derive(Clone, Debug)]
pub(super) enum Kind {
    InvalidLink,
    NotHttps,
    HostNotAllowed,
    NotPublic,
    Status(StatusCode),
    Encoded(StatusCode, UnexpectedEncoding),
    Transport(TransportError),
}

impl DownloadError {
    /// Returns the HTTP status, if a response arrived.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0 {
            Kind::Status(status) | Kind::Encoded(status, _) => Some(*status),
            _ => None,
        }
    }

    /// Returns whether the link was rejected because of where it points. Nothing was sent.
    #[must_use]
    pub fn is_rejected(&self) -> bool {
        matches!(self.0, Kind::InvalidLink | Kind::NotHttps | Kind::HostNotAllowed | Kind::NotPublic)
    }

    /// Returns whether the same link may work later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match &self.0 {
            Kind::Status(status) => crate::retry::is_transient(*status),
            Kind::Transport(error) => error.kind() != TransportErrorKind::TooLarge,
            _ => false,
        }
    }

    /// Returns whether the download timed out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(&self.0, Kind::Transport(error) if error.kind() == TransportErrorKind::Timeout)
    }

    /// Returns whether the file is larger than the limit.
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
            Kind::InvalidLink => "link rejected: it is not a valid URL",
            Kind::NotHttps => "link rejected: it is not https",
            Kind::HostNotAllowed => "link rejected: its host or port is not allowed",
            Kind::NotPublic => "link rejected: its address is not public",
            Kind::Status(status) => {
                let note = if status.is_redirection() { ", and redirects are not followed" } else { "" };
                return write!(f, "download failed: the server returned {}{note}", status.as_u16());
            }
            Kind::Encoded(..) | Kind::Transport(_) => "download failed",
        })
    }
}

impl error::Error for DownloadError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match &self.0 {
            Kind::Transport(error) => Some(error),
            Kind::Encoded(_, error) => Some(error),
            _ => None,
        }
    }
}
