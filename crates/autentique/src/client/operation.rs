//! One GraphQL operation: what is sent, and when its answer is an error.

use idhooks_client::{Bytes, Error, Request, Response, RetrySafety, VendorError, http::HeaderName};
use idhooks_core::{
    DecodeError, RawJson,
    json::{self, Budget, FromJson, Payload, Read},
};
use serde::{Deserializer, Serialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::Client;
use crate::rest::{ErrorCode, ErrorItem, errors_in};

/// Under which every answer carries the id of its request (observed in public code, 2026-09).
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-attq-request-id");

/// The text of an operation, always a constant: what a caller gives goes into variables, never into the text.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    /// The one field it asks for, or the one thing it does.
    field: &'static str,
    text: &'static str,
    route: &'static str,
    repeat: RetrySafety,
}

impl Operation {
    /// One that reads: sent by `POST` as all are, it may still be repeated.
    pub(super) const fn query(field: &'static str, text: &'static str) -> Self {
        Self { field, text, route: "/v2/graphql", repeat: RetrySafety::Idempotent }
    }

    /// One that does something, which is only repeated when it can not have begun.
    pub(super) const fn mutation(field: &'static str, text: &'static str) -> Self {
        Self { field, text, route: "/v2/graphql", repeat: RetrySafety::IfNotSent }
    }

    /// The same by the Corporate API.
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
    /// Sends `operation` and reads what stands under its field.
    pub(super) async fn ask<T: for<'de> FromJson<'de>>(
        &self,
        operation: Operation,
        variables: &(impl Serialize + Sync),
    ) -> Result<T, Error> {
        read(&self.send(operation, variables).await?, operation.field)
    }

    pub(super) async fn send(
        &self,
        operation: Operation,
        variables: &(impl Serialize + Sync),
    ) -> Result<Response, Error> {
        let request = GraphQl { query: operation.text, variables };
        self.api.send(Request::post(operation.route, operation.repeat).json(&request)).await
    }
}

/// An object whose fields are all optional. It has one of them at least: an empty one is no response to the question.
pub(super) struct Known<T>(pub(super) T);

impl<'de, T: for<'a> Payload<'a>> FromJson<'de> for Known<T> {
    fn from_json<D: Deserializer<'de>>(input: D, budget: &Budget) -> Read<Self, D::Error> {
        Ok(RawJson::from_json(input, budget)?.and_then(|raw| {
            json::require_any(raw.get().as_bytes(), T::NAMES)?;
            raw.decode().map(Self)
        }))
    }
}

pub(super) fn read<T: for<'de> FromJson<'de>>(answer: &Response, field: &str) -> Result<T, Error> {
    let [data, errors] = json::members(answer.body(), ["data", "errors"]);
    if let Some(errors) = errors.filter(|errors| !is_nothing(errors)) {
        return Err(refused(answer, errors));
    }
    let unreadable = |why: DecodeError| answer.unreadable(why);
    let Some(data) = data else {
        // Says more than "data is missing" about what is no JSON at all.
        answer.decode::<RawJson>()?;
        return Err(unreadable(DecodeError::missing("data")));
    };
    let [value] = json::members_of(Some(data), [field]);
    let value = value.ok_or_else(|| unreadable(DecodeError::missing(field).inside("data")))?;
    json::decode(value.get().as_bytes()).map_err(|why: DecodeError| unreadable(why.inside(field).inside("data")))
}

/// Whether the member says that there were no errors.
fn is_nothing(errors: &RawValue) -> bool {
    let list: Result<Option<[IgnoredAny; 0]>, _> = serde_json::from_str(errors.get());
    list.is_ok()
}

fn refused(answer: &Response, errors: &RawValue) -> Error {
    // Without the data: half an answer is of no use, may be about people, and would crowd the errors out of what an
    // error keeps of its body.
    let errors = Bytes::from(format!(r#"{{"errors":{}}}"#, errors.get()));
    answer.refused_by(problem_in(&errors), &errors)
}

/// What an answer says against a call.
pub(super) fn problem(answer: &Response) -> VendorError {
    problem_in(answer.body())
}

/// Its words are the code, as often as not.
fn problem_in(body: &[u8]) -> VendorError {
    let mut problem = VendorError::read(body);
    let code = problem.message.as_deref().and_then(ErrorCode::of_message);
    if let Some(code) = code {
        problem.is_auth = code.is_auth();
        problem.is_not_found = code.is_not_found();
        problem.code.get_or_insert_with(|| code.as_str().into());
    }
    problem
}

/// What Autentique has against a call, item by item: codes, and fields that were refused.
///
/// Empty for errors without such a list (a refused key or rate, no answer at all) and for a list longer than the 16 KiB
/// an error keeps.
///
/// ```no_run
/// # async fn call(client: &idhooks_autentique::Client) -> Result<(), idhooks_autentique::Error> {
/// use idhooks_autentique::{errors_of, rest::ErrorCode};
///
/// if let Err(error) = client.resend_signatures(&["434fcd4c6d0c11eea3c542010a2b60c6".into()]).await {
///     match errors_of(&error).first().and_then(|item| item.code()) {
///         Some(ErrorCode::TooManyResentEmails) => println!("they were reminded a short while ago"),
///         Some(code) if code.is_not_found() => println!("no such signature"),
///         _ => return Err(error),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// Source: [documented](https://docs.autentique.com.br/api/integration-basics/mensagens-de-erro).
#[must_use]
pub fn errors_of(error: &Error) -> Vec<ErrorItem> {
    error.body().map(|body| errors_in(body)).unwrap_or_default()
}
