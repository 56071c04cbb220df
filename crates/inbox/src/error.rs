//! Why the inbox could not do what it was asked.

use std::{error, fmt};

type Cause = Box<dyn error::Error + Send + Sync>;

/// Why the inbox could not do what it was asked. Its text and its causes name settings and files, never a body, a
/// subject or a password. `Debug` says the same in the same words, because that is what a `main` prints that fails.
pub struct Error {
    kind: Kind,
    what: Box<str>,
    source: Option<Cause>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Settings,
    Weak,
    Schema,
    Unavailable,
    Busy,
    Closed,
    NotFound,
    Conflict,
}

impl Error {
    fn new(kind: Kind, what: impl Into<Box<str>>) -> Self {
        Self { kind, what: what.into(), source: None }
    }

    /// A setting that cannot be used: a URL without a scheme we know, an engine that was not built in.
    #[must_use]
    pub fn settings(what: impl Into<Box<str>>) -> Self {
        Self::new(Kind::Settings, what)
    }

    /// The store would promise less than "on disk"; `what` names the setting.
    #[must_use]
    pub fn weak(what: impl Into<Box<str>>) -> Self {
        Self::new(Kind::Weak, what)
    }

    /// The store was written by a release this one cannot work beside.
    #[must_use]
    pub fn schema(what: impl Into<Box<str>>) -> Self {
        Self::new(Kind::Schema, what)
    }

    /// The store cannot promise anything now; the same may succeed later.
    #[must_use]
    pub fn unavailable(what: impl Into<Box<str>>) -> Self {
        Self::new(Kind::Unavailable, what)
    }

    /// More is waiting to be stored than there is memory for.
    #[must_use]
    pub fn busy(what: impl Into<Box<str>>) -> Self {
        Self::new(Kind::Busy, what)
    }

    /// The inbox was closed by this program.
    #[must_use]
    pub fn closed() -> Self {
        Self::new(Kind::Closed, "the inbox is closed")
    }

    /// There is no such delivery.
    #[must_use]
    pub fn not_found(what: impl Into<Box<str>>) -> Self {
        Self::new(Kind::NotFound, what)
    }

    /// The delivery is not in a state in which that can be done.
    #[must_use]
    pub fn conflict(what: impl Into<Box<str>>) -> Self {
        Self::new(Kind::Conflict, what)
    }

    /// The same, for another who waits for the same.
    #[cfg(feature = "postgres")]
    pub(crate) fn same(&self) -> Self {
        let source = self.source.as_ref().map(|cause| Cause::from(cause.to_string()));
        Self { kind: self.kind, what: self.what.clone(), source }
    }

    /// With what lies behind it. Its text is shown to whoever reads logs, so it must not quote what was stored.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Cause>) -> Self {
        self.source = Some(cause.into());
        self
    }

    /// Whether the store cannot promise anything now: it is down, full, read-only, locked, or has too much to do.
    /// The sender is answered 503 and comes again.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self.kind, Kind::Unavailable | Kind::Busy | Kind::Closed)
    }

    /// Whether that is because more is waiting than there is memory for.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.kind == Kind::Busy
    }

    /// Whether that is because this program closed the inbox: then it never succeeds.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.kind == Kind::Closed
    }

    /// Whether the store is set up to promise less than "on disk".
    #[must_use]
    pub fn is_weak(&self) -> bool {
        self.kind == Kind::Weak
    }

    /// Whether the store was written by a release this one cannot work beside.
    #[must_use]
    pub fn is_schema(&self) -> bool {
        self.kind == Kind::Schema
    }

    /// Whether there is no such delivery.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind == Kind::NotFound
    }

    /// Whether the delivery is not in a state in which that can be done.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.kind == Kind::Conflict
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        self.source.as_ref().map_or(Ok(()), |cause| write!(f, " ({cause})"))
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}
