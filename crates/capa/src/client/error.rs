//! Capa's error responses.

use idhooks_client::{Response, VendorError};
use idhooks_core::json;

/// Reads `{"success":false,"error":{"message","id","code"}}` and `errorCode`, besides the common formats.
pub(super) fn read(response: &Response) -> VendorError {
    let [error, error_code] = json::members(response.body(), ["error", "errorCode"]);
    let [code, message] = json::members_of(error, ["code", "message"]);
    VendorError::read(response.body()).or_code(code).or_code(error_code).or_message(message)
}

#[cfg(test)]
mod tests {
    use idhooks_client::http;

    use super::*;

    #[test]
    fn row_45_reads_every_format() {
        for (body, code, message) in [
            (
                r#"{"success":false,"error":{"message":"Not found","id":"","code":"NOT_FOUND"}}"#,
                Some("NOT_FOUND"),
                Some("Not found"),
            ),
            (r#"{"success":false,"error":{"message":"Not found","id":""}}"#, None, Some("Not found")),
            (r#"{"error":"Invalid API Key"}"#, None, Some("Invalid API Key")),
            (
                r#"{"message":"Invalid API Key","errorCode":"UNAUTHORIZED"}"#,
                Some("UNAUTHORIZED"),
                Some("Invalid API Key"),
            ),
            (r#"{"message":"Invalid API Key","code":"UNAUTHORIZED"}"#, Some("UNAUTHORIZED"), Some("Invalid API Key")),
            (r#"{"error":{"code":"ana@example.com"}}"#, None, None),
            ("<html>", None, None),
        ] {
            let read = read(&http::Response::new(body.into()).into());
            assert_eq!((read.code.as_deref(), read.message.as_deref()), (code, message), "{body}");
        }
    }
}
