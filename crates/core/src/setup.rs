//! What can be wrong with the settings of a verifier.

use std::{env, error, fmt};

use crate::{Credential, Credentials, Secret, SecretSet, Secrets};

/// Why a secret, a credential or a set of them cannot be used. Never shows the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretError {
    /// Empty, or only whitespace.
    Empty,
    /// Leading or trailing whitespace, most often the newline of the file that held the secret.
    Padded,
    /// Fewer than 8 bytes for an HMAC secret, fewer than 3 for a password or an API key.
    TooShort,
    /// A set without a single secret.
    NoneGiven,
    /// A set of more than sixteen.
    TooMany,
    /// A Basic credential without a colon between user and password, or with one in the user's name.
    NotUserPassword,
    /// An API key whose part before the colon cannot be a header's name, or whose value, or a token
    /// that, cannot stand in a header.
    NotAHeader,
    /// A secret path that is no single part of a URL's path.
    NotAPathPart,
    /// Longer than a header may be for it to be read: a kilobyte, as it is sent.
    TooLong,
}

impl fmt::Display for SecretError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the secret is empty",
            Self::Padded => "the secret has leading or trailing whitespace",
            Self::TooShort => {
                "the secret is too short: an HMAC secret has at least 8 bytes, a password or API key at least 3"
            }
            Self::NoneGiven => "no secret was given",
            Self::TooMany => "more than sixteen secrets were given",
            Self::NotUserPassword => "the credential is not of the form user:password",
            Self::NotAHeader => "the key is not of the form header:value or value, or cannot stand in a header",
            Self::NotAPathPart => "the secret path is not a single segment of a URL path",
            Self::TooLong => "the credential is longer than the kilobyte a receiver reads",
        })
    }
}

impl error::Error for SecretError {}

/// Why a verifier could not be built from the environment. Names the variable, never its text.
///
/// ```
/// fn advice(error: &idhooks_core::EnvError) -> String {
///     if error.is_missing() { format!("set {}", error.variable()) } else { error.to_string() }
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct EnvError {
    variable: String,
    problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Problem {
    Missing { or: Option<String> },
    NotUnicode,
    Unusable(SecretError),
}

impl EnvError {
    /// Returns the variable that is missing or unusable.
    #[must_use]
    pub fn variable(&self) -> &str {
        &self.variable
    }

    /// Returns whether the variable is not set at all.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self.problem, Problem::Missing { .. })
    }
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.variable;
        match &self.problem {
            Problem::Missing { or: None } => write!(f, "the environment variable {name} is not set"),
            Problem::Missing { or: Some(other) } => {
                write!(f, "neither of the environment variables {name} and {other} is set")
            }
            Problem::NotUnicode => write!(f, "the environment variable {name} is not UTF-8"),
            Problem::Unusable(why) => write!(f, "the environment variable {name} cannot be used: {why}"),
        }
    }
}

/// The sentence again: a program that returns the error from `main` shows it in this form.
impl fmt::Debug for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// Its text says why already, so there is no `source` to say it again.
impl error::Error for EnvError {}

/// Where variables come from; the process environment, but for tests.
pub(crate) trait Variables {
    fn get(&self, name: &str) -> Result<String, env::VarError>;
}

/// The environment of this process.
pub(crate) struct Environment;

impl Variables for Environment {
    fn get(&self, name: &str) -> Result<String, env::VarError> {
        env::var(name)
    }
}

/// The variables of one vendor, all under one prefix.
pub(crate) struct VendorVariables<'a, V: ?Sized> {
    prefix: String,
    variables: &'a V,
}

impl<'a, V: Variables + ?Sized> VendorVariables<'a, V> {
    /// `case-keeper` → `CASE_KEEPER_WEBHOOK_…`.
    pub(crate) fn new(vendor: &str, variables: &'a V) -> Self {
        Self { prefix: format!("{}_WEBHOOK", vendor.to_uppercase().replace('-', "_")), variables }
    }

    /// `…_SECRET`, and `…_SECRET_2` to `…_SECRET_16` during a rotation or for several endpoints.
    pub(crate) fn secrets(&self) -> Result<Secrets, EnvError> {
        let secrets = self.all("SECRET", |text: &str| Secret::new(text))?;
        self.set(secrets, "SECRET", None)
    }

    /// `…_BASIC` and `…_API_KEY`, each also numbered; at least one must be set.
    pub(crate) fn credentials(&self) -> Result<Credentials, EnvError> {
        self.set(self.basic_and_api_keys()?, "BASIC", Some("API_KEY"))
    }

    /// As [`Self::credentials`], for a check that may be left out.
    pub(crate) fn optional_credentials(&self) -> Result<Option<Credentials>, EnvError> {
        let found = self.basic_and_api_keys()?;
        if found.is_empty() { Ok(None) } else { self.set(found, "BASIC", Some("API_KEY")).map(Some) }
    }

    /// As [`Self::credentials`], with `…_PATH` beside them.
    pub(crate) fn guards(&self) -> Result<Credentials, EnvError> {
        let mut found = self.basic_and_api_keys()?;
        found.extend(self.all("PATH", Credential::path)?);
        self.set(found, "PATH", Some("API_KEY"))
    }

    fn basic_and_api_keys(&self) -> Result<Vec<Credential>, EnvError> {
        let mut found = self.all("BASIC", Credential::basic_pair)?;
        found.extend(self.all("API_KEY", Credential::api_key)?);
        Ok(found)
    }

    fn all<T>(&self, name: &str, build: impl Fn(&str) -> Result<T, SecretError>) -> Result<Vec<T>, EnvError> {
        let first = std::iter::once(format!("{}_{name}", self.prefix));
        let further = (2..=SecretSet::<Secret>::MOST).map(|n| format!("{}_{name}_{n}", self.prefix));
        let mut found = Vec::new();
        for variable in first.chain(further) {
            match self.variables.get(&variable) {
                Ok(text) => {
                    found.push(build(&text).map_err(|why| EnvError { variable, problem: Problem::Unusable(why) })?)
                }
                Err(env::VarError::NotPresent) => {}
                Err(env::VarError::NotUnicode(_)) => {
                    return Err(EnvError { variable, problem: Problem::NotUnicode });
                }
            }
        }
        Ok(found)
    }

    fn set<T: Clone>(&self, found: Vec<T>, name: &str, or: Option<&str>) -> Result<SecretSet<T>, EnvError> {
        let variable = format!("{}_{name}", self.prefix);
        SecretSet::new(found).map_err(|why| EnvError {
            variable,
            problem: match why {
                SecretError::NoneGiven => Problem::Missing { or: or.map(|or| format!("{}_{or}", self.prefix)) },
                other => Problem::Unusable(other),
            },
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Setting a process's own variables is unsafe, so tests bring theirs.
    pub(crate) struct Fixed(pub(crate) &'static [(&'static str, &'static str)]);

    impl Variables for Fixed {
        fn get(&self, name: &str) -> Result<String, env::VarError> {
            let found = self.0.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned()).ok_or(env::VarError::NotPresent)
        }
    }

    #[test]
    fn errors_name_the_variable_and_the_reason() {
        let none = VendorVariables::new("case-keeper", &Fixed(&[]));
        let error = none.secrets().unwrap_err();
        assert!(error.is_missing());
        assert_eq!(error.variable(), "CASE_KEEPER_WEBHOOK_SECRET");
        assert_eq!(error.to_string(), "the environment variable CASE_KEEPER_WEBHOOK_SECRET is not set");
        assert_eq!(
            none.credentials().unwrap_err().to_string(),
            "neither of the environment variables CASE_KEEPER_WEBHOOK_BASIC and CASE_KEEPER_WEBHOOK_API_KEY is set",
        );

        let padded = VendorVariables::new("caf", &Fixed(&[("CAF_WEBHOOK_SECRET_3", "CANARY\n")]));
        let error = padded.secrets().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable CAF_WEBHOOK_SECRET_3 cannot be used: \
             the secret has leading or trailing whitespace",
        );
        assert!(!format!("{error:?}").contains("CANARY"));
    }

    #[test]
    fn numbered_variables_join_the_set() {
        let variables = Fixed(&[
            ("CAF_WEBHOOK_SECRET", "first secret"),
            ("CAF_WEBHOOK_SECRET_2", "second secret"),
            ("CAF_WEBHOOK_SECRET_16", "last secret"),
        ]);
        assert_eq!(VendorVariables::new("caf", &variables).secrets().unwrap().len(), 3);
    }
}
