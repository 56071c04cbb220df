//! The error of the inbox.

use std::{error, fmt};

type Source = Box<dyn error::Error + Send + Sync>;

/// The error of an inbox.
///
/// `Display`, `Debug` and the sources name settings, hosts and files, never a body, a subject or a password. `Debug`
/// prints a sentence, because that is what a `main` that fails shows.
pub struct Error {
    kind: ErrorKind,
    message: Box<str>,
    source: Option<Source>,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting is wrong: a URL with an unknown scheme or parameter, or an engine that was not built in.
    Config,
    /// The store would promise less than "on disk".
    NotDurable,
    /// The store was written by a release that this one cannot work beside, or is not an inbox.
    IncompatibleSchema,
    /// The store cannot commit now. The same call may succeed later.
    Unavailable,
    /// More bytes wait to be stored than the inbox may hold in memory.
    Busy,
    /// This program closed the inbox.
    Closed,
    /// The delivery does not exist.
    NotFound,
    /// The state of the delivery does not allow the call.
    InvalidState,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<Box<str>>) -> Self {
        Self { kind, message: message.into(), source: None }
    }

    /// Creates an error of the kind [`ErrorKind::Config`].
    #[must_use]
    pub fn config(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// Creates an error of the kind [`ErrorKind::NotDurable`]; the message names the setting.
    #[must_use]
    pub fn not_durable(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::NotDurable, message)
    }

    /// Creates an error of the kind [`ErrorKind::IncompatibleSchema`].
    #[must_use]
    pub fn incompatible_schema(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::IncompatibleSchema, message)
    }

    /// Creates an error of the kind [`ErrorKind::Unavailable`].
    #[must_use]
    pub fn unavailable(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::Unavailable, message)
    }

    /// Creates an error of the kind [`ErrorKind::Busy`].
    #[must_use]
    pub fn busy(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::Busy, message)
    }

    /// Creates an error of the kind [`ErrorKind::Closed`].
    #[must_use]
    pub fn closed() -> Self {
        Self::new(ErrorKind::Closed, "the inbox is closed")
    }

    /// Creates an error of the kind [`ErrorKind::NotFound`].
    #[must_use]
    pub fn not_found(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// Creates an error of the kind [`ErrorKind::InvalidState`].
    #[must_use]
    pub fn invalid_state(message: impl Into<Box<str>>) -> Self {
        Self::new(ErrorKind::InvalidState, message)
    }

    /// Adds the cause. Its text reaches logs, so it must not quote what was stored.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Copies the error for another caller of the same commit.
    #[cfg(feature = "postgres")]
    pub(crate) fn duplicate(&self) -> Self {
        let source = self.source.as_ref().map(|source| Source::from(source.to_string()));
        Self { kind: self.kind, message: self.message.clone(), source }
    }

    /// Returns the kind.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use idhooks_inbox::{ErrorKind, Inbox};
    ///
    /// let error = Inbox::open("mysql://localhost/inbox").await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// # }
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns whether the store cannot commit now: it is down, full, read-only, locked, overloaded or closed. Respond
    /// with 503; the sender retries.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self.kind, ErrorKind::Unavailable | ErrorKind::Busy | ErrorKind::Closed)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        self.source.as_ref().map_or(Ok(()), |source| write!(f, " ({source})"))
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
