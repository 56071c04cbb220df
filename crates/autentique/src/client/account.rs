//! Whose key it is.

use idhooks_client::{Error, Fetched};

use super::{Client, operation::Operation};
use crate::rest::Account;

const ME: Operation = Operation::query("me", include_str!("queries/me.graphql"));

impl Client {
    /// Reads the account that the key acts for: the cheapest way to check a key, because it reads no document.
    ///
    /// Retries after every transient error, because the call only reads.
    ///
    /// ```no_run
    /// # async fn check(client: &idhooks_autentique::Client) -> Result<(), idhooks_autentique::Error> {
    /// println!("{:?}", client.me().await?.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [every call](Client#errors), and when the response has no documented field.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub async fn me(&self) -> Result<Fetched<Account>, Error> {
        self.execute(ME, &NoVariables {}).await?.known(&["data", ME.field], &[])
    }
}

/// `{}`, which the API demands when there are none.
#[derive(serde::Serialize)]
struct NoVariables {}
