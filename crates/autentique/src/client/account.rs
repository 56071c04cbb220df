//! Whose key it is.

use idhooks_client::Error;

use super::{
    Client,
    operation::{Known, Operation},
};
use crate::rest::Account;

const ME: Operation = Operation::query("me", include_str!("queries/me.graphql"));

impl Client {
    /// The account the key acts for: the cheapest way to learn whether it is good, no document being read.
    ///
    /// Repeated after a failure: it only reads.
    ///
    /// ```no_run
    /// # async fn read(client: &idhooks_autentique::Client) -> Result<(), idhooks_autentique::Error> {
    /// println!("{:?}", client.me().await?.id);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [every call](Client#errors), and when the response has no documented field.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub async fn me(&self) -> Result<Account, Error> {
        let Known(account) = self.ask(ME, &NoVariables {}).await?;
        Ok(account)
    }
}

/// `{}`, which the API wants where there are none.
#[derive(serde::Serialize)]
struct NoVariables {}
