//! Asking signers again.

use idhooks_client::{Error, Fetched};
use serde::Serialize;

use super::{Client, operation::Operation};
use crate::{SignatureId, rest::Link};

const RESEND: Operation = Operation::mutation("resendSignatures", include_str!("queries/resend_signatures.graphql"));

const CREATE_LINK: Operation =
    Operation::mutation("createLinkToSignature", include_str!("queries/create_link_to_signature.graphql"));

#[derive(Serialize)]
struct Signatures {
    public_ids: Vec<String>,
}

#[derive(Serialize)]
struct OneSignature {
    public_id: String,
}

impl Client {
    /// Sends these signers another request, the same way as the first one. Free of charge.
    ///
    /// The API silently skips signers who got a request a short while ago. If that is all of them, the error is
    /// [`TooManyResentEmails`](crate::rest::ErrorCode::TooManyResentEmails). `true` means that the API accepted the
    /// request, not that anything arrived.
    ///
    /// Takes ids from webhooks as well, and sends them in the API's own spelling, without dashes.
    ///
    /// Retries only if the request cannot have arrived, because people get these messages: no connection, or 429.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_autentique::Client) -> Result<(), idhooks_autentique::Error> {
    /// client.resend_signatures(&["434fcd4c6d0c11eea3c542010a2b60c6".into()]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [every call](Client#errors), and before anything is sent if no signature is named or an id is empty.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/mutations/resend-signatures).
    pub async fn resend_signatures(&self, ids: &[SignatureId]) -> Result<bool, Error> {
        if ids.is_empty() {
            return Err(Error::invalid_request("no signature is named"));
        }
        let public_ids = ids.iter().map(spelt_for_the_api).collect::<Result<_, _>>()?;
        Ok(self.ask::<bool>(RESEND, &Signatures { public_ids }).await?.into_inner())
    }

    /// Creates a link for this signer, for you to deliver. Anyone with the link can open the document. The id may come
    /// from a webhook.
    ///
    /// Retries only if the request cannot have arrived: no connection, or 429.
    ///
    /// ```no_run
    /// # async fn example(client: &idhooks_autentique::Client) -> Result<(), idhooks_autentique::Error> {
    /// let link = client.create_link_to_signature(&"434fcd4c6d0c11eea3c542010a2b60c6".into()).await?;
    /// println!("{link:?}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [every call](Client#errors). Before anything is sent if the id is empty, and when the response has no
    /// documented field. It does not say whose link it is.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/mutations/create-signature-link).
    pub async fn create_link_to_signature(&self, id: &SignatureId) -> Result<Fetched<Link>, Error> {
        let variables = OneSignature { public_id: spelt_for_the_api(id)? };
        self.execute(CREATE_LINK, &variables).await?.known(&["data", CREATE_LINK.field], &[])
    }
}

/// Without dashes, as the API prints them in every sample. That it takes them so is inferred.
fn spelt_for_the_api(id: &SignatureId) -> Result<String, Error> {
    let id = id.without_dashes();
    if id.is_empty() { Err(Error::invalid_request("a signature's id is empty")) } else { Ok(id) }
}
