//! Whose key it is.

use idhooks_client::Error;

use super::{Client, operation::Operation};
use crate::rest::Account;

const ME: Operation = Operation::query("me", include_str!("queries/me.graphql"));

impl Client {
    /// The account the key acts for: the cheapest way to learn whether it is good, no document being read.
    ///
    /// Repeated after a failure: it only reads.
    ///
    /// # Errors
    /// As [every call](Client#errors).
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/queries/fetch-current-user).
    pub async fn me(&self) -> Result<Account, Error> {
        self.ask(ME, &NoVariables {}).await
    }
}

/// `{}`, which the API wants where there are none.
#[derive(serde::Serialize)]
struct NoVariables {}
