//! The calls of Caf's Connect API.

mod builder;
#[cfg(feature = "unstable-rest")]
mod observed;

pub use self::builder::ClientBuilder;

use idhooks_client::{ApiClient, Error, Request, RetrySafety, SecretText};

use crate::rest::{CreatedTransaction, NewTransaction};

/// Calls Caf's Connect API. Cheap to clone; clones share the connections and the token.
///
/// It logs in by itself: OAuth2 client credentials at `/oauth2/token`, renewed a minute before they expire, and once
/// more when Caf answers 401. Never call from a browser or an app: Caf deactivates credentials it finds used there
/// ([documented](https://docs.caf.io/caf-api)).
#[derive(Clone, Debug)]
pub struct Client {
    api: ApiClient,
}

impl Client {
    /// Where the API is ([documented](https://docs.caf.io/caf-api/caf-connect/available-resources/transaction)). No
    /// other region and no sandbox is known.
    pub const PRODUCTION: &str = "https://api.us.prd.caf.io";

    /// Where it is for those who present a client certificate
    /// ([documented](https://docs.caf.io/caf-api/caf-connect/authentication/using-mtls)); see [`ClientBuilder`].
    pub const PRODUCTION_MTLS: &str = "https://mtls.us.prd.caf.io";

    /// Starts with the credentials of an application, as Caf's Trust panel shows them. A bad one is reported by
    /// [`ClientBuilder::build`].
    #[must_use]
    pub fn builder(client_id: &str, client_secret: &str) -> ClientBuilder {
        ClientBuilder::new(SecretText::new("client id", client_id), SecretText::new("client secret", client_secret))
    }

    /// Creates a transaction, which starts a run of its query template. Needs the permission "Create Transaction".
    ///
    /// The answer proves that Caf took it, nothing about the result: that comes as an event.
    ///
    /// Repeated only when Caf can not have started on it: no connection, 429, or a token that was refused. Each
    /// creation makes a transaction of its own, which will be billed (inferred), and Caf documents no key to tell a
    /// repeated one by. After any other failure look at [`Error::may_have_taken_effect`] before you try again.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/available-resources/transaction).
    ///
    /// # Errors
    /// When it could not be sent or was not answered; 400 for a body Caf can not use, 401 for bad credentials, 403
    /// without the permission, 500; when the answer can not be read.
    pub async fn create_transaction(&self, transaction: &NewTransaction) -> Result<CreatedTransaction, Error> {
        let call = Request::post("/v1/transactions", RetrySafety::IfNotSent).query("origin", "TRUST").json(transaction);
        self.api.json(call).await
    }
}
