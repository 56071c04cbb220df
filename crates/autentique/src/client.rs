//! The calls of the API.

mod account;
mod builder;
mod documents;
mod endpoints;
#[cfg(feature = "__tls")]
mod files;
mod operation;
mod signatures;

pub use builder::ClientBuilder;
pub use operation::errors_of;

use idhooks_client::ApiClient;

/// Autentique's GraphQL API, version 2.
///
/// Cheap to clone; clones share connections. `Debug` shows neither the key nor anything answered.
///
/// A key acts as its owner: what they may not see is not found. The API allows 10, 60 or 200 calls a minute, by plan
/// ([documented](https://docs.autentique.com.br/api/api-pricing)); one too many is answered 429, and every call
/// here is repeated after it, within a second or two unless the retry is set to be more patient.
///
/// # Errors
///
/// Only a refused key ([`Error::is_auth`](crate::Error::is_auth)) and a refused rate have a status of their own. Other
/// errors come with status 200, in a list that [`errors_of`] reads; [`Error::code`](crate::Error::code) is the first
/// one's code. **An answer with errors is an error, also if half of it is filled.** The body of such an error holds the
/// list alone.
///
/// Source: [documented](https://docs.autentique.com.br/api).
#[derive(Clone, Debug)]
pub struct Client {
    api: ApiClient,
    /// For downloads, which do not go through `api`.
    #[cfg(feature = "__tls")]
    api_key: idhooks_client::SecretText,
    #[cfg(feature = "__tls")]
    base: Option<idhooks_client::Url>,
}

impl Client {
    /// Where the API is. There is no other one for tests: sandbox documents live beside the others.
    pub const PRODUCTION: &'static str = "https://api.autentique.com.br";

    /// For an API key, made in Autentique's dashboard.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), idhooks_autentique::BuildError> {
    /// let client = idhooks_autentique::Client::builder("the key").build()?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn builder(api_key: &str) -> ClientBuilder {
        ClientBuilder::new(api_key)
    }
}
