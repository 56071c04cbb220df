//! The content of an error response.

use std::{borrow::Cow, fmt};

use idhooks_core::json::{members, text};
use serde_json::value::RawValue;

/// Longer bodies are not searched, because an explanation is short.
pub(crate) const MAX_SEARCHED: usize = 64 * 1024;

/// The content of an error response. Empty for a body of unknown format, such as HTML from a gateway.
///
/// A vendor crate with an error format of its own reads it with the `or_` methods, each of which fills a field that
/// is still empty, and installs its reader with [`Settings::vendor_errors`](crate::Settings::vendor_errors).
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VendorError {
    /// The vendor's code. A number is kept as text.
    pub code: Option<Box<str>>,
    /// The vendor's explanation. It may quote personal data, so `Display` and `Debug` of an error never show it.
    pub message: Option<Box<str>>,
    /// The vendor's id of the request, if the body has one.
    pub request_id: Option<Box<str>>,
    /// Whether the code means that the credentials do not allow this, for [`Error::is_auth`](crate::Error::is_auth).
    /// Set by a vendor crate.
    pub is_auth: bool,
    /// Whether the code means that the object does not exist, for
    /// [`Error::is_not_found`](crate::Error::is_not_found). Set by a vendor crate.
    pub is_not_found: bool,
}

impl VendorError {
    /// Reads the formats that many REST APIs share. Leaves empty what it does not understand.
    ///
    /// | format | used by |
    /// |---|---|
    /// | `{"code":5,"message":"…"}` | many |
    /// | `{"message":["…","…"],"error":"Bad Request"}` | NestJS |
    /// | `{"error":"invalid_client","error_description":"…"}` | OAuth2 |
    /// | `{"error":"…"}`, or a string by itself | many |
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        if body.len() > MAX_SEARCHED {
            return Self::default();
        }
        if let Ok(whole) = serde_json::from_slice::<&RawValue>(body)
            && let Some(said) = text(Some(whole))
        {
            return Self::default().or_message(Some(whole)).or_code_in(&said);
        }
        let names = ["error", "code", "message", "error_description"];
        let [error, code, message, description] = members(body, names);
        let read = Self::default().or_code(code).or_code_in(&text(error).unwrap_or_default());
        read.or_code_in(&text(message).unwrap_or_default())
            .or_message(description)
            .or_message(message)
            .or_message(error)
    }

    /// Returns the first element of a list of errors.
    #[must_use]
    pub fn first(list: Option<&RawValue>) -> Option<&RawValue> {
        serde_json::from_str::<Vec<&RawValue>>(list?.get()).ok()?.first().copied()
    }

    /// Takes the code from a string or a number.
    #[must_use]
    pub fn or_code(mut self, member: Option<&RawValue>) -> Self {
        let is_number = |raw: &&str| raw.starts_with(|c: char| c.is_ascii_digit() || c == '-');
        let read = || match text(member) {
            Some(text) => log_safe(&text),
            None => member.map(RawValue::get).filter(is_number).and_then(log_safe),
        };
        self.code = self.code.or_else(read);
        self
    }

    /// Takes the code from a message that is itself a code, such as `too_many_requests`.
    ///
    /// A single word may be anybody's name, so it counts only if it has an underscore or is well known.
    #[must_use]
    pub fn or_code_in(mut self, message: &str) -> Self {
        const KNOWN: [&str; 4] = ["forbidden", "unauthenticated", "unauthorized", "validation"];
        let is_code = (3..=64).contains(&message.len())
            && message.starts_with(|first: char| first.is_ascii_lowercase())
            && message.contains('_')
            && message.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        self.code = self.code.or_else(|| (is_code || KNOWN.contains(&message)).then(|| message.into()));
        self
    }

    /// Takes the message from a string, or from a list of strings, which it joins with `; `.
    #[must_use]
    pub fn or_message(mut self, member: Option<&RawValue>) -> Self {
        let listed = || {
            let list: Vec<Cow<'_, str>> = serde_json::from_str(member?.get()).ok()?;
            (!list.is_empty()).then(|| list.join("; "))
        };
        self.message = self.message.or_else(|| text(member).map(Cow::into_owned).or_else(listed).map(Into::into));
        self
    }

    /// Takes the id of the request from a string.
    #[must_use]
    pub fn or_request_id(mut self, member: Option<&RawValue>) -> Self {
        self.request_id = self.request_id.or_else(|| text(member).as_deref().and_then(log_safe));
        self
    }
}

/// Returns the text if it may be logged: short, of plain characters, and not a number that could be a person's.
pub(crate) fn log_safe(text: &str) -> Option<Box<str>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
    let is_token = !text.is_empty() && text.len() <= 64 && text.chars().all(plain);
    // A request id of 32 hex digits may hold seven decimal ones in a row. A CPF has eleven digits and nothing else.
    let is_number =
        text.len() > 6 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '/' | 'X' | 'x'));
    (is_token && !is_number).then(|| text.into())
}

impl fmt::Debug for VendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorError")
            .field("code", &self.code)
            .field("request_id", &self.request_id)
            .field("is_auth", &self.is_auth)
            .field("is_not_found", &self.is_not_found)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &str) -> (Option<String>, Option<String>) {
        let error = VendorError::read(body.as_bytes());
        (error.code.map(Into::into), error.message.map(Into::into))
    }

    #[test]
    fn row_45_reads_common_formats() {
        for (body, code, message) in [
            (r#"{"error":"Invalid API Key"}"#, "", "Invalid API Key"),
            (r#"{"message":"Invalid API Key","code":"UNAUTHORIZED"}"#, "UNAUTHORIZED", "Invalid API Key"),
            (r#"{"code":5,"message":"process not found","details":[]}"#, "5", "process not found"),
            (r#""token is expired""#, "", "token is expired"),
            (r#""invalid_token""#, "invalid_token", "invalid_token"),
            (r#"{"error":"server_error","error_description":"Falha 1.2.7"}"#, "server_error", "Falha 1.2.7"),
            (r#"{"message":"Too Many Attempts."}"#, "", "Too Many Attempts."),
            (r#"{"message":"unauthorized"}"#, "unauthorized", "unauthorized"),
            // NestJS
            (
                r#"{"statusCode":400,"message":["cpf must be a string","limit is too large"],"error":"Bad Request"}"#,
                "",
                "cpf must be a string; limit is too large",
            ),
            (r#"{"message":["one"],"error":"Bad Request"}"#, "", "one"),
            (r#"{"message":[],"error":"Bad Request"}"#, "", "Bad Request"),
            (r#"{"message":[{"a":1}],"error":"Bad Request"}"#, "", "Bad Request"),
            // Nothing to understand
            ("", "", ""),
            ("<html><body>502</body></html>", "", ""),
            ("{", "", ""),
            ("[]", "", ""),
            ("null", "", ""),
            ("17", "", ""),
            (r#"{"errors":[]}"#, "", ""),
            (r#"{"errors":{},"error":[],"code":{},"message":7}"#, "", ""),
        ] {
            let said = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            assert_eq!(read(body), (said(code), said(message)), "{body}");
        }
    }

    #[test]
    fn row_49_a_code_is_never_personal_data() {
        for (body, code) in [
            (r#"{"code":"ana@example.com"}"#, None),
            (r#"{"code":"12345678909"}"#, None),
            (r#"{"code":12345678909}"#, None),
            (r#"{"code":"123.456.789-09"}"#, None),
            (r#"{"code":"Ana Souza"}"#, None),
            (r#"{"code":"a\nb"}"#, None),
            (r#"{"code":""}"#, None),
            (r#""Ana""#, None),
            (r#""joaodasilva""#, None),
            (r#"{"error":"joaodasilva"}"#, None),
            (r#"{"code":"12.345.678-X"}"#, None),
            (r#"{"error":"Ana Souza not found"}"#, None),
            (r#"{"code":"1.2.22"}"#, Some("1.2.22".to_owned())),
        ] {
            assert_eq!(read(body).0, code, "{body}");
        }
        let shown = format!("{:?}", VendorError::read(br#"{"message":"CANARY"}"#));
        assert!(!shown.contains("CANARY"), "{shown}");
    }

    #[test]
    fn row_45_large_bodies_are_not_searched() {
        let body = format!(r#"{{"code":"A","errors":[{}1]}}"#, "1,".repeat(50_000));
        assert_eq!(read(&body), (None, None));
    }

    proptest! {
        #[test]
        fn survives_any_body(body in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = VendorError::read(&body);
        }

        #[test]
        fn survives_any_json_like_body(body in r#"[\[\]{}":,a-z0-9. ]{0,64}"#) {
            let _ = VendorError::read(body.as_bytes());
            let _ = VendorError::read(format!(r#"{{"message":[{body}],"error":{body}}}"#).as_bytes());
        }
    }
}
