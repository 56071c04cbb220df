//! OAuth2 client credentials.

use std::{fmt, time::Duration};

use crate::{
    AccessToken, ApiClient, BuildError, Error, Request, RetrySafety, SecretText, TokenCache, TokenSource, env,
};

/// A client id and its secret. `Debug` hides the secret.
///
/// ```
/// use idhooks_client::Credentials;
///
/// let credentials = Credentials::new("id", "secret");
/// assert_eq!(format!("{credentials:?}"), r#"Credentials { client_id: "id", .. }"#);
/// ```
#[derive(Clone)]
pub struct Credentials {
    client_id: Box<str>,
    client_secret: Result<SecretText, BuildError>,
}

impl Credentials {
    /// Takes both as the vendor shows them. A text that cannot be a credential is reported when the client is built.
    #[must_use]
    pub fn new(client_id: &str, client_secret: &str) -> Self {
        Self { client_id: client_id.into(), client_secret: SecretText::new("client secret", client_secret) }
    }

    /// Reads both from environment variables with these names.
    ///
    /// # Errors
    /// When a variable is not set, or its text cannot be a credential. The error names every such variable, never its
    /// text.
    pub fn from_env(client_id: &str, client_secret: &str) -> Result<Self, BuildError> {
        let (id, secret) = env::both(env::secret(client_id), env::secret(client_secret))?;
        Ok(Self { client_id: id.expose().into(), client_secret: Ok(secret) })
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl TokenCache {
    /// Caches tokens for client credentials (RFC 6749, section 4.4), renewed one minute before they expire.
    ///
    /// Sends id and secret as a form to `route` on the host of `api`, which itself sends no credentials.
    ///
    /// # Errors
    /// When the id or the secret is empty, or has leading or trailing whitespace.
    pub fn client_credentials(
        api: ApiClient,
        route: &'static str,
        credentials: &Credentials,
    ) -> Result<Self, BuildError> {
        let id = SecretText::new("client id", &credentials.client_id)?;
        let source = ClientCredentials { api, route, id, secret: credentials.client_secret.clone()? };
        Ok(Self::new(source, Duration::from_secs(60)))
    }
}

struct ClientCredentials {
    api: ApiClient,
    route: &'static str,
    id: SecretText,
    secret: SecretText,
}

#[async_trait::async_trait]
impl TokenSource for ClientCredentials {
    async fn fetch(&self) -> Result<AccessToken, Error> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.id.expose()),
            ("client_secret", self.secret.expose()),
        ];
        // A token that never arrived is of no use to anyone, so another attempt is safe.
        let call = Request::post(self.route, RetrySafety::Idempotent).form(&form);
        AccessToken::read(&self.api.send(call).await?)
    }
}
