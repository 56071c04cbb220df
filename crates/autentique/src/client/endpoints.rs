//! Registering for webhooks.

use idhooks_client::{Error, Fetched};

use super::{Client, operation::Operation};
use crate::rest::{CreatedEndpoint, NewEndpoint};

const CREATE_ENDPOINT: Operation =
    Operation::mutation("createEndpoint", include_str!("queries/create_endpoint.graphql")).corporate();

impl Client {
    /// Registers a webhook endpoint for a child organisation, by the Corporate API. Create your own organisation's
    /// endpoints in the dashboard.
    ///
    /// **Store the secret of the response at once**: Autentique never shows it again. Autentique drops events that do
    /// not fit the endpoint's kind, without an error: compare the `events` of the response with your request.
    ///
    /// Retries only if the request cannot have arrived: no connection, or 429. The API cannot list or delete endpoints.
    /// Look into the dashboard after an error that [may have taken effect](crate::Error::may_have_taken_effect), and
    /// after an error under status 200 although the request was valid, because that response may have been half filled.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_autentique::Client, endpoint: &idhooks_autentique::rest::NewEndpoint) -> Result<(), Box<dyn std::error::Error>> {
    /// let created = client.create_endpoint(endpoint).await?;
    /// std::fs::write("webhook.secret", created.secret.expose())?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [every call](Client#errors), `no_enterprise_access` without the Corporate plan among them.
    ///
    /// Source:
    /// [documented](https://docs.autentique.com.br/api/corporate/mutations/gestao-de-endpoints-de-webhooks/criando-endpoint-para-receber-webhooks);
    /// where the Corporate API is was observed in public code, 2026-09.
    pub async fn create_endpoint(&self, endpoint: &NewEndpoint) -> Result<Fetched<CreatedEndpoint>, Error> {
        self.ask(CREATE_ENDPOINT, endpoint).await
    }
}
