//! Identity checks of people and businesses.

use idhooks_client::{Error, Fetched, Request};

use super::{Client, envelope, query_text};
use crate::rest::{KybDetails, KycDetails, UserId};

impl Client {
    /// Reads a person and the result of their check. Call it after a KYC webhook, which does not prove the result.
    ///
    /// Takes Capa's own id of the user. A webhook has yours: look up the other one in your database.
    ///
    /// [`KycDetails::verdict`] is Capa's current result. Retries after every transient error, because the call only
    /// reads.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// let details = client.get_kyc_details(&"the user's id".into()).await?;
    /// println!("{:?}", details.verdict());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/reference/kycpartnercontrollerv2_getuserverificationdetails).
    ///
    /// # Errors
    /// `UNAUTHORIZED` (401), also when the user is not one of yours; `NOT_FOUND` (404). When the response has no
    /// documented field, or its `clientReferenceId` is another user's id.
    pub async fn get_kyc_details(&self, user_id: &UserId) -> Result<Fetched<KycDetails>, Error> {
        let call = Request::get("/api/partner/v2/kyc/details").query("userId", query_text(user_id.as_str())?);
        let response = self.api.send(call).await?;
        let details: Fetched<KycDetails> = envelope::read(&response)?;
        if let Some(sent) = details.client_reference_id.as_ref() {
            response.check_id("clientReferenceId", sent, user_id)?;
        }
        Ok(details)
    }

    /// Reads a business, its owners and the state of its check.
    ///
    /// Asks by Capa's own id of the user. The response does not say whose it is. Repeated after any passing failure:
    /// nothing changes by asking.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_capa::Client) -> Result<(), idhooks_capa::Error> {
    /// let details = client.get_kyb_details(&"the user's id".into()).await?;
    /// println!("{details:?}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.capa.fi/reference/kybpartnercontrollerv2_getuserkybdetails).
    ///
    /// # Errors
    /// `UNAUTHORIZED` (401), also when the user is not one of yours; `NOT_FOUND` (404). When the response has no
    /// documented field.
    pub async fn get_kyb_details(&self, user_id: &UserId) -> Result<Fetched<KybDetails>, Error> {
        self.fetch(Request::get("/api/partner/v2/kyb/details").query("userId", query_text(user_id.as_str())?)).await
    }
}
