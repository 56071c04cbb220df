//! How a client is made.

use idhooks_client::{Auth, BuildError, ClientCredentials, SecretText, Settings, TokenCache, Url, env};

use super::Client;

/// Makes a [`Client`]. Credentials that can not be used are reported by [`build`](Self::build).
///
/// For the host that demands a client certificate (mutual TLS) set [`Client::PRODUCTION_MTLS`] as the base and give a
/// transport that shows the certificate. Whether the token is needed there too is not documented, so it is sent.
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    settings: Settings,
    token_base_url: Option<Url>,
    client_id: Result<SecretText, BuildError>,
    client_secret: Result<SecretText, BuildError>,
}

impl ClientBuilder {
    idhooks_client::settings!(settings);

    pub(super) fn new(
        client_id: Result<SecretText, BuildError>,
        client_secret: Result<SecretText, BuildError>,
    ) -> Self {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let settings = Settings::new("caf", agent, Some(Client::PRODUCTION));
        Self { settings, token_base_url: None, client_id, client_secret }
    }

    /// Takes the credentials from `CAF_CLIENT_ID` and `CAF_CLIENT_SECRET`, and the base from `CAF_BASE_URL` if that is
    /// set.
    ///
    /// # Errors
    /// When one of the first two is not set, or any can not be used. Names the variable, never its text.
    pub fn from_env() -> Result<Self, BuildError> {
        let builder = Self::new(Ok(env::secret("CAF_CLIENT_ID")?), Ok(env::secret("CAF_CLIENT_SECRET")?));
        Ok(match env::url("CAF_BASE_URL")? {
            Some(base) => builder.base_url(base),
            None => builder,
        })
    }

    /// Fetches tokens from another host than that of the calls. Not needed as far as is documented; there because
    /// nothing says whether the host that demands a client certificate gives tokens.
    #[must_use]
    pub fn token_base_url(self, base: Url) -> Self {
        Self { token_base_url: Some(base), ..self }
    }

    /// The client. Sends nothing yet: a wrong secret shows at the first call.
    ///
    /// # Errors
    /// When the id or the secret is empty or has a blank at one of its ends, a setting can not be used, or there is no
    /// transport.
    pub fn build(self) -> Result<Client, BuildError> {
        let (id, secret) = (self.client_id?, self.client_secret?);
        let login = match self.token_base_url {
            Some(base) => self.settings.at(base).api(Auth::none())?,
            None => self.settings.api(Auth::none())?,
        };
        let tokens = TokenCache::new(ClientCredentials::new(login, "/oauth2/token", id.expose(), secret));
        Ok(Client { api: self.settings.api(Auth::tokens(tokens))? })
    }
}
