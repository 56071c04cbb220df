//! The calls of the API.

mod account;
mod builder;
mod documents;
mod endpoints;
mod error;
#[cfg(feature = "__tls")]
mod files;
mod operation;
mod signatures;

pub use builder::ClientBuilder;
pub use error::errors_of;

use idhooks_client::{ApiClient, BuildError};

/// A client for Autentique's GraphQL API, version 2.
///
/// Cheap to clone. Clones share connections. `Debug` shows neither the key nor any response.
///
/// A key acts as its owner: what they may not see is not found. The API allows 10, 60 or 200 calls a minute, by plan
/// ([documented](https://docs.autentique.com.br/api/api-pricing)), and responds to further ones with 429. The client
/// retries every call after a 429, within a second or two by default.
///
/// ```no_run
/// # async fn read(id: &idhooks_autentique::DocumentId) -> Result<(), Box<dyn std::error::Error>> {
/// let client = idhooks_autentique::Client::new("the key")?;
/// println!("{:?}", client.get_document(id).await?.name);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Only a rejected key ([`Error::is_auth`](crate::Error::is_auth)) and a rate limit have a status of their own. Other
/// errors come with status 200, in a list that [`errors_of`] reads. [`Error::code`](crate::Error::code) is the code of
/// the first one. **A response with errors is an error, even if half of it is filled.** The body of such an error holds
/// the list only.
///
/// Source: [documented](https://docs.autentique.com.br/api).
#[derive(Clone, Debug)]
pub struct Client {
    api: ApiClient,
    #[cfg(feature = "__tls")]
    downloader: idhooks_client::Downloader,
}

impl Client {
    /// The base URL. Sandbox documents have the same one.
    pub const PRODUCTION: &'static str = "https://api.autentique.com.br";

    /// Builds a client with the default settings, for an API key from Autentique's dashboard.
    ///
    /// ```no_run
    /// let client = idhooks_autentique::Client::new("the key")?;
    /// # Ok::<(), idhooks_autentique::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn new(api_key: &str) -> Result<Self, BuildError> {
        Self::builder(api_key).build()
    }

    /// Builds a client from environment variables. [`ClientBuilder::from_env`] lists them.
    ///
    /// ```no_run
    /// let client = idhooks_autentique::Client::from_env()?;
    /// # Ok::<(), idhooks_autentique::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ClientBuilder::from_env`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, BuildError> {
        ClientBuilder::from_env()?.build()
    }

    /// Starts a client with other settings. [`ClientBuilder::build`] reports an invalid key.
    ///
    /// ```no_run
    /// let client = idhooks_autentique::Client::builder("the key").concurrency(4).build()?;
    /// # Ok::<(), idhooks_autentique::BuildError>(())
    /// ```
    #[must_use]
    pub fn builder(api_key: &str) -> ClientBuilder {
        ClientBuilder::new(api_key)
    }
}
