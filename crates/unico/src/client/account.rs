//! A service account: who calls.

use std::{fmt, sync::Arc, time::Duration};

use idhooks_client::{Auth, BuildError, Settings, TokenCache};

use super::{AGENT, CONCURRENCY, Environment, Sign, token::AssertionGrant};

/// How long before its end a token is renewed: observed in public code, a profile of the vendor's advice, 2026-09.
const RENEW_BEFORE: Duration = Duration::from_secs(10 * 60);

/// A service account of Unico, signed in when it is first needed. Cheap to clone; clones, and the clients built from
/// it, share one token. `Debug` shows neither key nor token.
///
/// Unico counts every token that is made, and one account may use both contracts: build one `Account` and give it to
/// each client.
#[derive(Clone)]
pub struct Account {
    name: Arc<str>,
    environment: Environment,
    tokens: TokenCache,
}

impl Account {
    /// For the account `name` (`account@tenant.iam.acesso.io`), whose private key `signer` has.
    pub fn builder(name: &str, signer: impl Sign, environment: Environment) -> AccountBuilder {
        AccountBuilder {
            name: name.into(),
            signer: Arc::new(signer),
            environment,
            settings: Settings::new("unico", AGENT, Some(environment.token_host()))
                .concurrency(CONCURRENCY)
                .problems(super::token::problem),
        }
    }

    /// Which of Unico's two worlds it belongs to.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.environment
    }

    pub(super) fn access(&self) -> Auth {
        Auth::tokens(self.tokens.clone())
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, environment, tokens } = self;
        f.debug_struct("Account").field("name", name).field("environment", environment).field("tokens", tokens).finish()
    }
}

/// Builds an [`Account`]. Everything it sets is about the token host, `base_url` too; the API hosts are set with the
/// clients.
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

    /// The account. Nothing is sent yet.
    ///
    /// # Errors
    /// When the name is not of the form `account@tenant.iam.acesso.io`, or a setting can not be used.
    pub fn build(self) -> Result<Account, BuildError> {
        let Self { name, signer, environment, settings } = self;
        let is_plain = name.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain || name.split_once('@').is_none_or(|(account, tenant)| account.is_empty() || tenant.is_empty()) {
            return Err(BuildError::unusable("service account", "is not of the form account@tenant.iam.acesso.io"));
        }
        // Unico knows its token host by scheme and name alone, without a slash at the end.
        let audience = settings.base().map(|base| base.origin().ascii_serialization()).unwrap_or_default();
        let grant = AssertionGrant::new(settings.api(Auth::none())?, Arc::clone(&name), audience, signer);
        Ok(Account { name, environment, tokens: TokenCache::new(grant).renew_before(RENEW_BEFORE) })
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
    /// From the environment:
    ///
    /// | variable | |
    /// |---|---|
    /// | `UNICO_SERVICE_ACCOUNT` | `account@tenant.iam.acesso.io` |
    /// | `UNICO_PRIVATE_KEY` | its private key in PEM; line ends may be written as `\n` |
    /// | `UNICO_PRIVATE_KEY_FILE` | or the file it is in |
    /// | `UNICO_ENVIRONMENT` | `sandbox` or `production`; there is no default, because the wrong one looks like a wrong key |
    ///
    /// # Errors
    /// When one is missing or can not be used, or both forms of the key are given.
    pub fn from_env() -> Result<Self, BuildError> {
        use idhooks_client::env;

        let name = env::required("UNICO_SERVICE_ACCOUNT")?;
        let environment = Environment::named(&env::required("UNICO_ENVIRONMENT")?)
            .ok_or_else(|| BuildError::bad_variable("UNICO_ENVIRONMENT", "is neither sandbox nor production"))?;
        Ok(Account::builder(&name, key_from_env()?, environment))
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
            return Err(BuildError::said("set only one of UNICO_PRIVATE_KEY and UNICO_PRIVATE_KEY_FILE"));
        }
        // Many places that keep variables keep them in one line.
        (Some(text), None) => (TEXT, text.replace("\\n", "\n").into_bytes()),
        (None, Some(path)) => {
            let read = std::fs::read(path);
            (FILE, read.map_err(|why| BuildError::bad_variable(FILE, "names no file that can be read").because(why))?)
        }
        (None, None) => return Err(BuildError::missing_variable(TEXT)),
    };
    RsaKey::from_pem(pem).map_err(|why| BuildError::bad_variable(variable, "holds no usable key").because(why))
}
