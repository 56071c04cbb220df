//! GraphQL operations.

use idhooks_client::{Error, Fetched, Request, Response, RetrySafety, http::HeaderName};
use idhooks_core::json::{self, FromJson};
use serde::{Serialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{Client, error};

/// The header with the id of the request, in every response (observed in public code, 2026-09).
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-attq-request-id");

/// An operation. Its text is a constant: arguments go into variables, never into the text.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    /// The only field it asks for.
    pub(super) field: &'static str,
    text: &'static str,
    route: &'static str,
    retry_safety: RetrySafety,
}

impl Operation {
    /// An operation that reads. It is idempotent, although it is a `POST` as all are.
    pub(super) const fn query(field: &'static str, text: &'static str) -> Self {
        Self { field, text, route: "/v2/graphql", retry_safety: RetrySafety::Idempotent }
    }

    /// An operation with an effect, which is retried only if it cannot have started.
    pub(super) const fn mutation(field: &'static str, text: &'static str) -> Self {
        Self { field, text, route: "/v2/graphql", retry_safety: RetrySafety::IfNotSent }
    }

    /// Uses the Corporate API.
    pub(super) const fn corporate(self) -> Self {
        Self { route: "/v2/graphql/corporate", ..self }
    }
}

#[derive(Serialize)]
struct GraphQl<'a, V> {
    query: &'static str,
    variables: &'a V,
}

impl Client {
    /// Sends `operation` and decodes its field.
    pub(super) async fn ask<T: for<'de> FromJson<'de>>(
        &self,
        operation: Operation,
        variables: &(impl Serialize + Sync),
    ) -> Result<Fetched<T>, Error> {
        self.execute(operation, variables).await?.fetched(&["data", operation.field])
    }

    /// Sends `operation`. A list of errors is an error under any status.
    pub(super) async fn execute(
        &self,
        operation: Operation,
        variables: &(impl Serialize + Sync),
    ) -> Result<Response, Error> {
        let request = GraphQl { query: operation.text, variables };
        let call = Request::post(operation.route, operation.retry_safety).json(&request);
        let response = self.api.send(call).await?;
        let [errors] = json::members(response.body(), ["errors"]);
        match errors.filter(|errors| !is_empty(errors)) {
            Some(errors) => Err(error::of_list(&response, errors)),
            None => Ok(response),
        }
    }
}

/// Returns whether the member says that there are no errors.
fn is_empty(errors: &RawValue) -> bool {
    let list: Result<Option<[IgnoredAny; 0]>, _> = serde_json::from_str(errors.get());
    list.is_ok()
}
