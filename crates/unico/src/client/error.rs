//! Unico's error responses.

use idhooks_client::{Response, VendorError};
use idhooks_core::json;

use super::token_error;

/// Reads `{"error":{"code","description"}}`, also with `message`, besides the common formats.
pub(super) fn read(response: &Response) -> VendorError {
    let [error] = json::members(response.body(), ["error"]);
    let [code, message, description] = json::members_of(error, ["code", "message", "description"]);
    VendorError::read(response.body()).or_code(code).or_message(message).or_message(description)
}

/// Reads an error response of the token host, whose code stands only in the message.
pub(super) fn read_token(response: &Response) -> VendorError {
    let mut read = read(response);
    if let Some(code) = read.message.as_deref().and_then(token_error::find) {
        read.code = Some(code.into());
    }
    read
}

#[cfg(test)]
mod tests {
    use idhooks_client::http;

    use super::*;

    #[test]
    fn row_45_reads_every_format() {
        for (body, code, message) in [
            (r#"{"code":5,"message":"process not found","details":[]}"#, Some("5"), Some("process not found")),
            (r#""token is expired""#, None, Some("token is expired")),
            (r#"{"error":{"code":"10502","description":"token expirado"}}"#, Some("10502"), Some("token expirado")),
            (r#"{"error":{"code":404,"message":"nope"}}"#, Some("404"), Some("nope")),
            (r#"{"error":{"code":12345678909}}"#, None, None),
            ("<html>", None, None),
        ] {
            let read = read(&http::Response::new(body.into()).into());
            assert_eq!((read.code.as_deref(), read.message.as_deref()), (code, message), "{body}");
        }
        let body = r#"{"error":"server_error","error_description":"Falha 1.2.7"}"#;
        let response = http::Response::new(body.into()).into();
        assert_eq!(read(&response).code.as_deref(), Some("server_error"));
        let read = read_token(&response);
        assert_eq!((read.code.as_deref(), read.message.as_deref()), (Some("1.2.7"), Some("Falha 1.2.7")));
    }
}
