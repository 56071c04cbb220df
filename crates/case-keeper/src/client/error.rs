//! Case Keeper's error responses.

use idhooks_client::{Response, VendorError};
use idhooks_core::json;

/// Reads `{"errors":[{"msg","code"}]}`, besides the common formats.
pub(super) fn read(response: &Response) -> VendorError {
    let [errors] = json::members(response.body(), ["errors"]);
    let [code, message] = json::members_of(VendorError::first(errors), ["code", "msg"]);
    VendorError::read(response.body()).or_code(code).or_message(message)
}

#[cfg(test)]
mod tests {
    use idhooks_client::http;

    use super::*;

    #[test]
    fn row_45_reads_every_format() {
        for (body, code, message) in [
            (
                r#"{"errors":[{"msg":"Permission denied.","code":"permissionDenied"}]}"#,
                Some("permissionDenied"),
                Some("Permission denied."),
            ),
            (r#"{"errors":[{"msg":"Entity could not be found."}]}"#, None, Some("Entity could not be found.")),
            (r#"{"errors":[{"code":"ana@example.com"}]}"#, None, None),
            (r#"{"errors":[]}"#, None, None),
            (r#"{"errors":{}}"#, None, None),
            ("<html>", None, None),
        ] {
            let read = read(&http::Response::new(body.into()).into());
            assert_eq!((read.code.as_deref(), read.message.as_deref()), (code, message), "{body}");
        }
    }
}
