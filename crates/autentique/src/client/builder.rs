//! Settings of a client.

use idhooks_client::{Auth, BuildError, SecretText, Settings, env};

use super::{
    Client,
    operation::{REQUEST_ID, problem},
};

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
        let settings = Settings::new("autentique", agent, Some(Client::PRODUCTION));
        Self { settings: settings.request_id(REQUEST_ID).problems(problem), api_key }
    }

    /// Reads the key from `AUTENTIQUE_API_KEY` and, if it is set, the base from `AUTENTIQUE_BASE_URL`.
    ///
    /// # Errors
    /// When the key is missing or one of the two can not be used. The error names the variable, never its text.
    pub fn from_env() -> Result<Self, BuildError> {
        let builder = Self::with(Ok(env::secret("AUTENTIQUE_API_KEY")?));
        Ok(match env::url("AUTENTIQUE_BASE_URL")? {
            Some(base) => builder.base_url(base),
            None => builder,
        })
    }

    idhooks_client::settings!(settings);

    /// The client.
    ///
    /// # Errors
    /// When the key is empty, padded with blanks or can not stand in a header, when the base may not be used, or when
    /// there is no transport.
    pub fn build(self) -> Result<Client, BuildError> {
        let api_key = self.api_key?;
        let api = self.settings.api(Auth::bearer(api_key.expose())?)?;
        Ok(Client {
            api,
            #[cfg(feature = "__tls")]
            api_key,
            #[cfg(feature = "__tls")]
            base: self.settings.base().cloned(),
        })
    }
}
