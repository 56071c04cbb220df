//! Settings from environment variables.

use std::env::{self, VarError};

use url::Url;

use crate::{BuildError, SecretText};

/// Reads a required variable.
///
/// # Errors
/// When it is not set, empty or not UTF-8.
pub fn required(name: &str) -> Result<String, BuildError> {
    optional(name)?.ok_or_else(|| BuildError::missing_variable(name))
}

/// Reads an optional variable. An empty one counts as not set.
///
/// # Errors
/// When it is not UTF-8.
pub fn optional(name: &str) -> Result<Option<String>, BuildError> {
    match env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(BuildError::invalid_variable(name, "is not UTF-8")),
    }
}

/// Reads a required key or password.
///
/// # Errors
/// When it is not set, or has leading or trailing whitespace.
pub fn secret(name: &str) -> Result<SecretText, BuildError> {
    SecretText::new("text", &required(name)?).map_err(|error| error.in_variable(name))
}

/// Reads an optional URL. Building the client checks whether it can be a base URL.
///
/// # Errors
/// When it is not a URL.
pub fn url(name: &str) -> Result<Option<Url>, BuildError> {
    let Some(text) = optional(name)? else { return Ok(None) };
    Url::parse(&text).map(Some).map_err(|_| BuildError::invalid_variable(name, "is not a URL"))
}

/// Returns both values, or the problems of both.
///
/// # Errors
/// If one of them is an error.
pub fn both<A, B>(a: Result<A, BuildError>, b: Result<B, BuildError>) -> Result<(A, B), BuildError> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(error), Err(further)) => Err(error.and(further)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Setting a variable is unsafe, so this test uses those that cargo sets.
    #[test]
    fn names_the_variable() {
        let error = required("IDHOOKS_NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!(error.to_string(), "the environment variable IDHOOKS_NO_SUCH_VARIABLE is not set");
        assert!(error.is_missing());
        assert_eq!(optional("IDHOOKS_NO_SUCH_VARIABLE").unwrap(), None);

        assert_eq!(required("CARGO_PKG_NAME").unwrap(), "idhooks-client");
        let error = url("CARGO_PKG_NAME").unwrap_err();
        assert_eq!(error.to_string(), "the environment variable CARGO_PKG_NAME is not a URL");
        assert_eq!(error.variable(), Some("CARGO_PKG_NAME"));
        assert_eq!(secret("CARGO_PKG_NAME").unwrap().expose(), "idhooks-client");

        let error = both(required("NO_SUCH_ID"), both(required("NO_SUCH_KEY"), required("NO_SUCH_URL"))).unwrap_err();
        let missing = "the environment variable NO_SUCH_ID is not set; the environment variable NO_SUCH_KEY is not set; \
                       the environment variable NO_SUCH_URL is not set";
        assert_eq!(error.to_string(), missing);
    }
}
