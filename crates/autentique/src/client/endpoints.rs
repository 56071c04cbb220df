//! Registering for webhooks.

use idhooks_client::{Error, Fetched};

use super::{Client, operation::Operation};
use crate::rest::{CreatedEndpoint, NewEndpoint};

const CREATE_ENDPOINT: Operation =
    Operation::mutation("createEndpoint", include_str!("queries/create_endpoint.graphql")).corporate();

impl Client {
    /// Registers a webhook endpoint for a child organisation, by the Corporate API. Your own organisation's endpoints
    /// are made in the dashboard.
    ///
    /// **Store the secret of the answer at once**: it is not shown again. Events of another kind than the endpoint's
    /// are dropped without an error: compare the answer's `events` with what you asked for.
    ///
    /// Repeated only after a refused connection and 429, when none can have been made. The API has no call to list or
    /// delete endpoints: look into the dashboard after an error that
    /// [may have been carried out](crate::Error::may_have_taken_effect), and after one under status 200 if nothing
    /// was wrong with what you sent, because its answer may have been half filled.
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
    /// Source: [documented](https://docs.autentique.com.br/api/corporate/mutations/gestao-de-endpoints-de-webhooks/criando-endpoint-para-receber-webhooks);
    /// where the Corporate API is was observed in public code, 2026-09.
    pub async fn create_endpoint(&self, endpoint: &NewEndpoint) -> Result<Fetched<CreatedEndpoint>, Error> {
        self.ask(CREATE_ENDPOINT, endpoint).await
    }
}
