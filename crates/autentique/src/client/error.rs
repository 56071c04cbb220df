//! Autentique's error responses.

use idhooks_client::{Bytes, Error, Response, VendorError};
use idhooks_core::json;
use serde_json::value::RawValue;

use crate::rest::{ErrorCode, ErrorItem, errors_in};

/// Reads `{"errors":[{"message","extensions":{"category"}}]}`, besides the common formats.
pub(super) fn read(response: &Response) -> VendorError {
    read_body(response.body())
}

/// Makes an error of a list that came with status 200.
pub(super) fn of_list(response: &Response, errors: &RawValue) -> Error {
    // Without the data: half a response is of no use, may hold personal data, and would crowd out the errors.
    let errors = Bytes::from(format!(r#"{{"errors":{}}}"#, errors.get()));
    response.error(read_body(&errors), &errors)
}

fn read_body(body: &[u8]) -> VendorError {
    let [errors] = json::members(body, ["errors"]);
    let [message, extensions] = json::members_of(VendorError::first(errors), ["message", "extensions"]);
    let [category] = json::members_of(extensions, ["category"]);
    let common = VendorError::read(body);
    let words = json::text(message).unwrap_or_default();
    let mut read = common.or_message(message).or_code_in(&words);
    // The message is the code, as often as not.
    if let Some(code) = read.message.as_deref().and_then(ErrorCode::of_message) {
        read.is_auth = code.is_auth();
        read.is_not_found = code.is_not_found();
        read.code.get_or_insert_with(|| code.as_str().into());
    }
    read.or_code_in(&json::text(category).unwrap_or_default())
}

/// Returns the items of an error: codes, and rejected fields.
///
/// Empty for an error without such a list (a rejected key, a rate limit, no response), and for a list longer than the
/// 16 KiB that an error keeps.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_45_reads_every_format() {
        for (body, code, message) in [
            (r#"{"message":"Too Many Attempts."}"#, None, Some("Too Many Attempts.")),
            (r#"{"message":"unauthorized"}"#, Some("unauthorized"), Some("unauthorized")),
            (
                r#"{"errors":[{"message":"too_many_resent_emails"}],"data":null}"#,
                Some("too_many_resent_emails"),
                Some("too_many_resent_emails"),
            ),
            (r#"{"errors":[{"message":"Folder not found","path":["folder"]}]}"#, None, Some("Folder not found")),
            (
                r#"{"errors":[{"message":"No.","extensions":{"category":"validation"}}]}"#,
                Some("validation"),
                Some("No."),
            ),
            (r#"{"errors":[]}"#, None, None),
            (r#"{"errors":{},"error":[],"code":{},"message":7}"#, None, None),
        ] {
            let read = read_body(body.as_bytes());
            assert_eq!((read.code.as_deref(), read.message.as_deref()), (code, message), "{body}");
        }
    }
}
