//! Identity checks of people and businesses.

use idhooks_client::{Error, Fetched, Request};

use super::{Client, envelope, query_text};
use crate::rest::{KybDetails, KycDetails, UserId};

impl Client {
    /// A person and how their check ended: what to read after a KYC webhook, which is a mere hint.
    ///
    /// Asks by Capa's own id of the user. A webhook carries yours: look up the other in your database.
    ///
    /// [`KycDetails::verdict`] proves what Capa holds now. Repeated after any passing failure: nothing changes by
    /// asking.
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

    /// A business, its owners and how its check stands.
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
