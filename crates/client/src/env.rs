//! Settings from environment variables.

use std::env::{self, VarError};

use url::Url;

use crate::{BuildError, SecretText};

/// The text of a variable that must be there.
///
/// # Errors
/// When it is not set, empty, or not UTF-8.
pub fn required(name: &str) -> Result<String, BuildError> {
    optional(name)?.ok_or_else(|| BuildError::missing_variable(name))
}

/// The text of a variable; one that is set to nothing counts as not set.
///
/// # Errors
/// When it is not UTF-8.
pub fn optional(name: &str) -> Result<Option<String>, BuildError> {
    match env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(BuildError::bad_variable(name, "is not UTF-8")),
    }
}

/// A key or password that must be there.
///
/// # Errors
/// When it is not set or can not be used.
pub fn secret(name: &str) -> Result<SecretText, BuildError> {
    SecretText::new("text", &required(name)?).map_err(|error| error.in_variable(name))
}

/// The URL in a variable, if it is set.
///
/// # Errors
/// When it is no URL. Whether it may be used as a base is checked when the client is built.
pub fn url(name: &str) -> Result<Option<Url>, BuildError> {
    let Some(text) = optional(name)? else { return Ok(None) };
    Url::parse(&text).map(Some).map_err(|_| BuildError::bad_variable(name, "is no URL"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Setting a process's own variables is unsafe, so these take what cargo sets.
    #[test]
    fn says_which_variable() {
        let error = required("IDHOOKS_NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!(error.to_string(), "the environment variable IDHOOKS_NO_SUCH_VARIABLE is not set");
        assert!(error.is_missing());
        assert_eq!(optional("IDHOOKS_NO_SUCH_VARIABLE").unwrap(), None);

        assert_eq!(required("CARGO_PKG_NAME").unwrap(), "idhooks-client");
        let error = url("CARGO_PKG_NAME").unwrap_err();
        assert_eq!(error.to_string(), "the environment variable CARGO_PKG_NAME is no URL");
        assert_eq!(error.variable(), Some("CARGO_PKG_NAME"));
        assert_eq!(secret("CARGO_PKG_NAME").unwrap().expose(), "idhooks-client");
    }
}
