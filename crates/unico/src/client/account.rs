//! A service account.

use std::{fmt, sync::Arc, time::Duration};

use idhooks_client::{Auth, BuildError, Settings, TokenCache};

use super::{Environment, Sign, error, settings, token::AssertionGrant};

/// How long before its end a token is renewed: observed in public code, a profile of the vendor's advice, 2026-09.
const RENEW_BEFORE: Duration = Duration::from_secs(10 * 60);

/// A service account of Unico. It logs in at the first call. Cheap to clone. Clones, and the clients built from it,
/// share one token. `Debug` shows neither key nor token.
///
/// Unico counts every token, and one account may use both contracts: build one `Account` and give it to each client.
///
/// ```no_run
/// # #[cfg(feature = "aws-lc-rs")]
/// # fn build() -> Result<(), Box<dyn std::error::Error>> {
/// use idhooks_unico::{Account, Environment, RsaKey, WebClient};
///
/// let key = RsaKey::from_pem(std::fs::read("unico.key")?)?;
/// let account = Account::new("account@tenant.iam.acesso.io", key, Environment::Sandbox)?;
/// let client = WebClient::new(&account)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Account {
    name: Arc<str>,
    environment: Environment,
    tokens: TokenCache,
}

impl Account {
    /// Builds an account with the default settings. `name` is `account@tenant.iam.acesso.io`, and `signer` has its
    /// private key.
    ///
    /// # Errors
    /// As [`AccountBuilder::build`].
    pub fn new(name: &str, signer: impl Sign, environment: Environment) -> Result<Self, BuildError> {
        Self::builder(name, signer, environment).build()
    }

    /// Builds an account from environment variables. [`AccountBuilder::from_env`] lists them.
    ///
    /// ```no_run
    /// let account = idhooks_unico::Account::from_env()?;
    /// # Ok::<(), idhooks_unico::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`AccountBuilder::from_env`] and [`AccountBuilder::build`].
    #[cfg(feature = "aws-lc-rs")]
    #[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
    pub fn from_env() -> Result<Self, BuildError> {
        AccountBuilder::from_env()?.build()
    }

    /// Starts an account with other settings. [`AccountBuilder::build`] reports an invalid name.
    ///
    /// ```no_run
    /// # fn build(vault: impl idhooks_unico::Sign) -> Result<(), idhooks_unico::BuildError> {
    /// use std::time::Duration;
    /// use idhooks_unico::{Account, Environment};
    ///
    /// let account = Account::builder("account@tenant.iam.acesso.io", vault, Environment::Production)
    ///     .timeout(Duration::from_secs(5))
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(name: &str, signer: impl Sign, environment: Environment) -> AccountBuilder {
        AccountBuilder {
            name: name.into(),
            signer: Arc::new(signer),
            environment,
            settings: settings(environment.token_host()).vendor_errors(error::read_token),
        }
    }

    /// Returns the environment that the account belongs to.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.environment
    }

    pub(super) fn auth(&self) -> Auth {
        Auth::tokens(self.tokens.clone())
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, environment, tokens } = self;
        f.debug_struct("Account").field("name", name).field("environment", environment).field("tokens", tokens).finish()
    }
}

/// Builds an [`Account`]. All settings, the base URL included, are about the token host. The clients have settings of
/// their own for the API hosts.
///
/// At most four logins run at a time by default.
#[derive(Clone)]
#[must_use]
pub struct AccountBuilder {
    name: Arc<str>,
    signer: Arc<dyn Sign>,
    environment: Environment,
    settings: Settings,
}

impl AccountBuilder {
    idhooks_client::settings!(settings);

    /// Builds the account. Sends nothing.
    ///
    /// # Errors
    /// When the name is not of the form `account@tenant.iam.acesso.io`, a setting is invalid, or the transport is
    /// missing.
    pub fn build(self) -> Result<Account, BuildError> {
        let Self { name, signer, environment, settings } = self;
        let is_plain = name.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain || name.split_once('@').is_none_or(|(account, tenant)| account.is_empty() || tenant.is_empty()) {
            return Err(BuildError::invalid("service account", "is not of the form account@tenant.iam.acesso.io"));
        }
        // Unico knows its token host by scheme and name only, without a slash at the end.
        let audience = settings.base().map(|base| base.origin().ascii_serialization()).unwrap_or_default();
        let grant = AssertionGrant::new(settings.build(Auth::none())?, Arc::clone(&name), audience, signer);
        Ok(Account { name, environment, tokens: TokenCache::new(grant, RENEW_BEFORE) })
    }
}

impl fmt::Debug for AccountBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, environment, settings, .. } = self;
        f.debug_struct("AccountBuilder")
            .field("name", name)
            .field("environment", environment)
            .field("settings", settings)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "aws-lc-rs")]
#[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
impl AccountBuilder {
    /// Reads these environment variables:
    ///
    /// | variable | value |
    /// |---|---|
    /// | `UNICO_SERVICE_ACCOUNT` | `account@tenant.iam.acesso.io` |
    /// | `UNICO_PRIVATE_KEY` | the private key in PEM; line ends may be written as `\n` |
    /// | `UNICO_PRIVATE_KEY_FILE` | or the path of the file that holds it |
    /// | `UNICO_ENVIRONMENT` | `sandbox` or `production`, without a default, because the wrong one looks like a wrong key |
    ///
    /// ```no_run
    /// let account = idhooks_unico::AccountBuilder::from_env()?.build()?;
    /// # Ok::<(), idhooks_unico::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// When a variable is missing or invalid, or both forms of the key are set.
    pub fn from_env() -> Result<Self, BuildError> {
        use idhooks_client::env;

        let environment = env::required("UNICO_ENVIRONMENT").and_then(|name| {
            let invalid = || BuildError::invalid_variable("UNICO_ENVIRONMENT", "is neither sandbox nor production");
            Environment::named(&name).ok_or_else(invalid)
        });
        let name = env::required("UNICO_SERVICE_ACCOUNT");
        let (name, (environment, key)) = env::both(name, env::both(environment, key_from_env()))?;
        Ok(Account::builder(&name, key, environment))
    }
}

#[cfg(feature = "aws-lc-rs")]
fn key_from_env() -> Result<super::RsaKey, BuildError> {
    use idhooks_client::env;

    use super::RsaKey;

    const TEXT: &str = "UNICO_PRIVATE_KEY";
    const FILE: &str = "UNICO_PRIVATE_KEY_FILE";
    let (variable, pem) = match (env::optional(TEXT)?, env::optional(FILE)?) {
        (Some(_), Some(_)) => {
            return Err(BuildError::new("UNICO_PRIVATE_KEY and UNICO_PRIVATE_KEY_FILE are both set: set only one"));
        }
        // Many places that store variables store them in one line.
        (Some(text), None) => (TEXT, text.replace("\\n", "\n").into_bytes()),
        (None, Some(path)) => {
            let read = std::fs::read(path);
            let invalid = |why| BuildError::invalid_variable(FILE, "names a file that cannot be read").with_source(why);
            (FILE, read.map_err(invalid)?)
        }
        (None, None) => return Err(BuildError::missing_variable(TEXT)),
    };
    RsaKey::from_pem(pem).map_err(|why| BuildError::invalid_variable(variable, "holds no usable key").with_source(why))
}
