//! The settings of a client.

use idhooks_client::{Auth, BuildError, Credentials, Settings, TokenCache, Url, env};

use super::{Client, error};

/// Builds a [`Client`].
///
/// For mutual TLS set [`Client::PRODUCTION_MTLS`] as the base URL, and a transport with a client certificate. Caf does
/// not document whether the token is needed there as well, so the client sends it.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use idhooks_caf::{Client, Credentials, http_client::{Retry, Url}};
///
/// let client = Client::builder(Credentials::new("the client id", "the client secret"))
///     .base_url(Url::parse("https://gateway.example.com/caf")?)
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(20))
///     .retry(Retry::new().attempts(2))
///     .max_response_bytes(1024 * 1024)
///     .concurrency(8)
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    settings: Settings,
    token_base_url: Option<Url>,
    credentials: Credentials,
}

impl ClientBuilder {
    idhooks_client::settings!(settings);

    pub(super) fn new(credentials: Credentials) -> Self {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let settings = Settings::new("caf", agent).base_url_str(Client::PRODUCTION).vendor_errors(error::read);
        Self { settings, token_base_url: None, credentials }
    }

    /// Reads the credentials from `CAF_CLIENT_ID` and `CAF_CLIENT_SECRET`, and the base URL from `CAF_BASE_URL` if that
    /// is set.
    ///
    /// ```no_run
    /// let client = idhooks_caf::ClientBuilder::from_env()?.concurrency(8).build()?;
    /// # Ok::<(), idhooks_caf::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// When one of the first two is not set, or one of the three is invalid. The error names the variable, never its
    /// text.
    pub fn from_env() -> Result<Self, BuildError> {
        let builder = Self::new(Credentials::from_env("CAF_CLIENT_ID", "CAF_CLIENT_SECRET")?);
        Ok(match env::url("CAF_BASE_URL")? {
            Some(base) => builder.base_url(base),
            None => builder,
        })
    }

    /// Sets the base URL of the token endpoint, for a host with mutual TLS that gives no tokens. Defaults to the base
    /// URL of the calls.
    #[must_use]
    pub fn token_base_url(self, base: Url) -> Self {
        Self { token_base_url: Some(base), ..self }
    }

    /// Builds the client. Sends nothing, so wrong credentials show at the first call.
    ///
    /// # Errors
    /// When the id or the secret is empty or has leading or trailing whitespace, a setting is invalid, or the transport
    /// is missing.
    pub fn build(self) -> Result<Client, BuildError> {
        let login = match self.token_base_url {
            Some(base) => self.settings.clone().base_url(base).build(Auth::none())?,
            None => self.settings.build(Auth::none())?,
        };
        let tokens = TokenCache::client_credentials(login, "/oauth2/token", &self.credentials)?;
        Ok(Client { api: self.settings.build(Auth::tokens(tokens))? })
    }
}
