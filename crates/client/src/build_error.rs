//! Why a client could not be built.

use std::{error, fmt, sync::Arc};

use crate::chain::Chain;

/// Why a client could not be built. Never shows a secret.
#[derive(Clone)]
pub struct BuildError {
    kind: Kind,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
}

#[derive(Clone, Debug)]
enum Kind {
    MissingVariable(Box<str>),
    InvalidVariable { name: Box<str>, why: &'static str },
    Invalid { what: &'static str, why: &'static str },
    Other(&'static str),
}

impl BuildError {
    /// Reports an environment variable that is not set.
    #[must_use]
    pub fn missing_variable(name: &str) -> Self {
        Kind::MissingVariable(name.into()).into()
    }

    /// Reports an environment variable with an invalid value: "the environment variable `name` `why`".
    #[must_use]
    pub fn invalid_variable(name: &str, why: &'static str) -> Self {
        Kind::InvalidVariable { name: name.into(), why }.into()
    }

    /// Reports an invalid argument: "the `what` `why`".
    #[must_use]
    pub fn invalid(what: &'static str, why: &'static str) -> Self {
        Kind::Invalid { what, why }.into()
    }

    /// Reports anything else.
    #[must_use]
    pub fn new(message: &'static str) -> Self {
        Kind::Other(message).into()
    }

    /// Adds the source, which must not quote a secret.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self { source: Some(Arc::from(source.into())), ..self }
    }

    /// Names the environment variable that an invalid argument came from.
    #[must_use]
    pub fn in_variable(self, name: &str) -> Self {
        match self.kind {
            Kind::Invalid { why, .. } => {
                Self { kind: Kind::InvalidVariable { name: name.into(), why }, source: self.source }
            }
            _ => self,
        }
    }

    /// Returns the environment variable that is missing or invalid.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        match &self.kind {
            Kind::MissingVariable(name) | Kind::InvalidVariable { name, .. } => Some(name),
            Kind::Invalid { .. } | Kind::Other(_) => None,
        }
    }

    /// Returns whether an environment variable is not set.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.kind, Kind::MissingVariable(_))
    }
}

impl From<Kind> for BuildError {
    fn from(kind: Kind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::MissingVariable(name) => write!(f, "the environment variable {name} is not set"),
            Kind::InvalidVariable { name, why } => write!(f, "the environment variable {name} {why}"),
            Kind::Invalid { what, why } => write!(f, "the {what} {why}"),
            Kind::Other(message) => f.write_str(message),
        }
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildError").field("kind", &self.kind).field("source", &Chain::of(self)).finish()
    }
}

impl error::Error for BuildError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
