//! Why a client could not be built.

use std::{error, fmt, sync::Arc};

/// Why a client could not be built. Says what is wrong and where, never a secret's text.
#[derive(Clone)]
pub struct BuildError {
    kind: Kind,
    cause: Option<Arc<dyn error::Error + Send + Sync>>,
}

#[derive(Clone)]
enum Kind {
    MissingVariable(Box<str>),
    BadVariable { name: Box<str>, why: &'static str },
    Unusable { what: &'static str, why: &'static str },
    Said(&'static str),
}

impl BuildError {
    /// An environment variable that is not set.
    #[must_use]
    pub fn missing_variable(name: &str) -> Self {
        Kind::MissingVariable(name.into()).into()
    }

    /// An environment variable that is set and can not be used; `why` completes "the environment
    /// variable NAME …".
    #[must_use]
    pub fn bad_variable(name: &str, why: &'static str) -> Self {
        Kind::BadVariable { name: name.into(), why }.into()
    }

    /// Something given that can not be used: "the `what` `why`".
    #[must_use]
    pub fn unusable(what: &'static str, why: &'static str) -> Self {
        Kind::Unusable { what, why }.into()
    }

    /// Anything else, as a whole sentence.
    #[must_use]
    pub fn said(sentence: &'static str) -> Self {
        Kind::Said(sentence).into()
    }

    /// The error that led to it, which becomes `source()`. It must not quote a secret.
    #[must_use]
    pub fn because(self, cause: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self { cause: Some(Arc::from(cause.into())), ..self }
    }

    /// The same problem, told of the environment variable the text came from.
    #[must_use]
    pub fn in_variable(self, name: &str) -> Self {
        match self.kind {
            Kind::Unusable { why, .. } => {
                Self { kind: Kind::BadVariable { name: name.into(), why }, cause: self.cause }
            }
            _ => self,
        }
    }

    /// The environment variable at fault, if it is one.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        match &self.kind {
            Kind::MissingVariable(name) | Kind::BadVariable { name, .. } => Some(name),
            Kind::Unusable { .. } | Kind::Said(_) => None,
        }
    }

    /// Whether an environment variable is simply not set.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.kind, Kind::MissingVariable(_))
    }
}

impl From<Kind> for BuildError {
    fn from(kind: Kind) -> Self {
        Self { kind, cause: None }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::MissingVariable(name) => write!(f, "the environment variable {name} is not set"),
            Kind::BadVariable { name, why } => write!(f, "the environment variable {name} {why}"),
            Kind::Unusable { what, why } => write!(f, "the {what} {why}"),
            Kind::Said(sentence) => f.write_str(sentence),
        }
    }
}

/// The sentence and its causes: a program that returns the error from `main` shows it in this form.
impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::explain::with_causes(self, f)
    }
}

impl error::Error for BuildError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}
