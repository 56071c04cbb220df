//! Caf's error responses.

use idhooks_client::{Response, VendorError};
use idhooks_core::json;

/// Reads `{"Message":"…"}`, as Caf's gateway sends it, and the `requestId` that every response has, besides the common
/// formats.
pub(super) fn read(response: &Response) -> VendorError {
    let [message, request_id] = json::members(response.body(), ["Message", "requestId"]);
    VendorError::read(response.body()).or_message(message).or_request_id(request_id)
}

#[cfg(test)]
mod tests {
    use idhooks_client::http;

    use super::*;

    #[test]
    fn row_45_reads_every_format() {
        for (body, message, request_id) in [
            (r#"{"Message":"User is not authorized"}"#, Some("User is not authorized"), None),
            (
                r#"{"requestId":"6cb8093c-14ef-4fd1-810b-ee9fa5f9aae9","message":"no"}"#,
                Some("no"),
                Some("6cb8093c-14ef-4fd1-810b-ee9fa5f9aae9"),
            ),
            (r#"{"requestId":"12345678909"}"#, None, None),
            ("<html>", None, None),
        ] {
            let read = read(&http::Response::new(body.into()).into());
            assert_eq!((read.message.as_deref(), read.request_id.as_deref()), (message, request_id), "{body}");
        }
    }
}
