//! Settings of a client.

use idhooks_client::{Auth, BuildError, SecretText, Settings, Url, env, http::HeaderName};

use super::Client;

/// Makes a [`Client`]. `Debug` hides the key.
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    settings: Settings,
    // A key that can not be used is told of by `build`, so that a client is made in one line.
    api_key: Result<SecretText, BuildError>,
}

impl ClientBuilder {
    pub(super) fn new(api_key: &str) -> Self {
        Self::with(SecretText::new("API key", api_key))
    }

    fn with(api_key: Result<SecretText, BuildError>) -> Self {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        Self { settings: Settings::new("capa", agent, Some(Client::PRODUCTION)), api_key }
    }

    /// Reads the key from `CAPA_API_KEY` and, if it is set, the base from `CAPA_BASE_URL`.
    ///
    /// # Errors
    /// When the key is missing or one of the two can not be used. The error names the variable, never its text.
    pub fn from_env() -> Result<Self, BuildError> {
        let builder = Self::with(Ok(env::secret("CAPA_API_KEY")?));
        Ok(match env::url("CAPA_BASE_URL")? {
            Some(base) => builder.base_url(base),
            None => builder,
        })
    }

    /// Uses [`Client::STAGING`].
    #[must_use]
    pub fn staging(self) -> Self {
        match Url::parse(Client::STAGING) {
            Ok(base) => self.base_url(base),
            Err(_) => self,
        }
    }

    idhooks_client::settings!(settings);

    /// The client.
    ///
    /// # Errors
    /// When the key is empty, padded with blanks or can not stand in a header, when the base may not be used, or when
    /// there is no transport.
    pub fn build(self) -> Result<Client, BuildError> {
        let access = Auth::header(HeaderName::from_static("partner-api-key"), self.api_key?.expose())?;
        Ok(Client { api: self.settings.api(access)? })
    }
}
