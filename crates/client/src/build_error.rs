//! Why a client could not be built.

use std::{error, fmt, sync::Arc};

use crate::chain::Chain;

/// Why a client could not be built. Never shows a secret.
#[derive(Clone)]
pub struct BuildError {
    variable: Option<Box<str>>,
    /// The setting at fault, if it is not a variable. Empty if `why` is a whole sentence.
    what: &'static str,
    why: &'static str,
    source: Option<Arc<dyn error::Error + Send + Sync>>,
    further: Option<Box<BuildError>>,
}

const NOT_SET: &str = "is not set";

impl BuildError {
    /// Reports an environment variable that is not set.
    #[must_use]
    pub fn missing_variable(name: &str) -> Self {
        Self::invalid_variable(name, NOT_SET)
    }

    /// Reports an environment variable with an invalid value: "the environment variable `name` `why`".
    #[must_use]
    pub fn invalid_variable(name: &str, why: &'static str) -> Self {
        Self::new(why).in_variable(name)
    }

    /// Reports an invalid argument: "the `what` `why`".
    #[must_use]
    pub fn invalid(what: &'static str, why: &'static str) -> Self {
        Self { what, ..Self::new(why) }
    }

    /// Reports anything else.
    #[must_use]
    pub fn new(message: &'static str) -> Self {
        Self { variable: None, what: "", why: message, source: None, further: None }
    }

    /// Adds the source, which must not quote a secret.
    #[must_use]
    pub fn with_source(self, source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self { source: Some(Arc::from(source.into())), ..self }
    }

    /// Names the environment variable that an invalid argument came from.
    #[must_use]
    pub fn in_variable(self, name: &str) -> Self {
        Self { variable: Some(name.into()), ..self }
    }

    /// Adds another problem, which `Display` appends.
    #[must_use]
    pub fn and(self, further: Self) -> Self {
        let further = match self.further {
            Some(nearer) => nearer.and(further),
            None => further,
        };
        Self { further: Some(Box::new(further)), ..self }
    }

    /// Returns the first environment variable that is missing or invalid.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        self.variable.as_deref()
    }

    /// Returns whether an environment variable is not set.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.variable.is_some() && self.why == NOT_SET
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.variable, self.what) {
            (Some(name), _) => write!(f, "the environment variable {name} {}", self.why)?,
            (None, "") => f.write_str(self.why)?,
            (None, what) => write!(f, "the {what} {}", self.why)?,
        }
        self.further.as_ref().map_or(Ok(()), |further| write!(f, "; {further}"))
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("BuildError");
        shown.field("variable", &self.variable).field("what", &self.what).field("why", &self.why);
        shown.field("source", &Chain::of(self));
        if let Some(further) = &self.further {
            shown.field("further", further);
        }
        shown.finish()
    }
}

impl error::Error for BuildError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
