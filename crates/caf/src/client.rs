//! The calls of Caf's Connect API.

mod builder;
mod error;
#[cfg(feature = "unstable-rest")]
mod observed;

pub use self::builder::ClientBuilder;

use idhooks_client::{ApiClient, BuildError, Credentials, Error, Fetched, Request, RetrySafety};

use crate::rest::{CreatedTransaction, NewTransaction};

/// A client for Caf's Connect API. Cheap to clone. Clones share the connections and the token.
///
/// It logs in by itself: OAuth2 client credentials at `/oauth2/token`, renewed a minute before they expire, and once
/// more after a 401. Never call from a browser or an app: Caf deactivates credentials that it finds there
/// ([documented](https://docs.caf.io/caf-api)).
///
/// ```no_run
/// # async fn create() -> Result<(), Box<dyn std::error::Error>> {
/// use idhooks_caf::{Client, Credentials};
///
/// let client = Client::new(Credentials::new("the client id", "the client secret"))?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    api: ApiClient,
}

impl Client {
    /// The base URL in production
    /// ([documented](https://docs.caf.io/caf-api/caf-connect/available-resources/transaction)). No other region and no
    /// sandbox is known.
    pub const PRODUCTION: &str = "https://api.us.prd.caf.io";

    /// The base URL in production with a client certificate
    /// ([documented](https://docs.caf.io/caf-api/caf-connect/authentication/using-mtls)); see [`ClientBuilder`].
    pub const PRODUCTION_MTLS: &str = "https://mtls.us.prd.caf.io";

    /// Builds a client with the default settings, for the credentials that Caf's Trust panel shows.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), idhooks_caf::BuildError> {
    /// use idhooks_caf::{Client, Credentials};
    ///
    /// let client = Client::new(Credentials::new("the client id", "the client secret"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn new(credentials: Credentials) -> Result<Self, BuildError> {
        Self::builder(credentials).build()
    }

    /// Builds a client from environment variables. [`ClientBuilder::from_env`] lists them.
    ///
    /// ```no_run
    /// let client = idhooks_caf::Client::from_env()?;
    /// # Ok::<(), idhooks_caf::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ClientBuilder::from_env`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, BuildError> {
        ClientBuilder::from_env()?.build()
    }

    /// Starts a client with other settings. [`ClientBuilder::build`] reports invalid credentials.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), idhooks_caf::BuildError> {
    /// use std::time::Duration;
    /// use idhooks_caf::{Client, Credentials};
    ///
    /// let credentials = Credentials::new("the client id", "the client secret");
    /// let client = Client::builder(credentials).deadline(Duration::from_secs(20)).build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder(credentials: Credentials) -> ClientBuilder {
        ClientBuilder::new(credentials)
    }

    /// Creates a transaction, which starts a run of its query template. Needs the permission "Create Transaction".
    ///
    /// The response proves that Caf accepted the transaction, and nothing about its result. The result comes as an
    /// event.
    ///
    /// Retries only if Caf cannot have started: no connection, 429, or a rejected token. Each creation makes another
    /// transaction, which will be billed (inferred), and Caf documents no idempotency key. After any other failure look
    /// at [`Error::may_have_taken_effect`] before you try again.
    ///
    /// ```no_run
    /// # async fn create(client: &idhooks_caf::Client) -> Result<(), idhooks_caf::Error> {
    /// use idhooks_caf::rest::NewTransaction;
    ///
    /// let created = client.create_transaction(&NewTransaction::new("the template's id")).await?;
    /// println!("{}", created.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/available-resources/transaction).
    ///
    /// # Errors
    /// When no response arrives or it cannot be decoded; 400 for an invalid body, 401 for invalid credentials, 403
    /// without the permission, 500.
    pub async fn create_transaction(&self, transaction: &NewTransaction) -> Result<Fetched<CreatedTransaction>, Error> {
        let call = Request::post("/v1/transactions", RetrySafety::IfNotSent).query("origin", "TRUST").json(transaction);
        self.api.fetch(call).await
    }
}
