//! OAuth2 client credentials.

use std::fmt;

use crate::{AccessToken, ApiClient, Error, Request, RetrySafety, SecretText, TokenSource};

/// Gets tokens by OAuth2 client credentials (RFC 6749, section 4.4), id and secret in the form.
pub struct ClientCredentials {
    api: ApiClient,
    route: &'static str,
    id: Box<str>,
    secret: SecretText,
}

impl ClientCredentials {
    /// `api` leads to the token's host, `route` to the token endpoint there. `api` itself shows no
    /// credential.
    #[must_use]
    pub fn new(api: ApiClient, route: &'static str, id: &str, secret: SecretText) -> Self {
        Self { api, route, id: id.into(), secret }
    }
}

#[async_trait::async_trait]
impl TokenSource for ClientCredentials {
    async fn fetch(&self) -> Result<AccessToken, Error> {
        let form =
            [("grant_type", "client_credentials"), ("client_id", &*self.id), ("client_secret", self.secret.expose())];
        // A token nobody received is of no use to anyone, so asking again is safe.
        let call = Request::post(self.route, RetrySafety::Idempotent).form(&form);
        AccessToken::read(&self.api.send(call).await?)
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCredentials").field("id", &self.id).finish_non_exhaustive()
    }
}
