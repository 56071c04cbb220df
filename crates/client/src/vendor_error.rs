//! What an error answer says, in any of the shapes the vendors use.

use std::{borrow::Cow, fmt};

use idhooks_core::json::{members, members_of, text};
use serde::de::{Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Longer bodies are not searched: an explanation is short.
const MOST: usize = 64 * 1024;

/// What an error answer says. Empty where it says nothing, as HTML from a gateway does.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VendorError {
    /// The vendor's code. Numbers are kept as text.
    pub code: Option<Box<str>>,
    /// The vendor's explanation. It may quote personal data, so it is never part of an error's text.
    pub message: Option<Box<str>>,
    /// The vendor's id of the request, where the body has one.
    pub request_id: Option<Box<str>>,
    /// Whether it says that the credential may not do this, where the status does not: for
    /// [`Error::is_auth`](crate::Error::is_auth). Set by a vendor crate, which knows the codes.
    pub is_auth: bool,
    /// Whether it says that there is no such thing, where the status does not: for
    /// [`Error::is_not_found`](crate::Error::is_not_found). Set by a vendor crate, which knows the codes.
    pub is_not_found: bool,
}

impl VendorError {
    /// Reads any of the shapes the vendors use. Never fails: what can not be read says nothing.
    ///
    /// | shape | who |
    /// |---|---|
    /// | `{"error":{"code","message"}}` or `description` in it | Capa, Unico |
    /// | `{"code":5,"message":"…"}`, `errorCode`, `Message`, `requestId` | Capa, Unico, Caf |
    /// | `{"error":"invalid_client","error_description":"…"}` | token endpoints |
    /// | `{"error":"…"}`, a bare string | Capa, Unico |
    /// | `{"errors":[{"msg","code"}]}` | Case Keeper |
    /// | `{"errors":[{"message","extensions":{"category"}}]}` | Autentique |
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        if body.len() > MOST {
            return Self::default();
        }
        if let Ok(bare) = serde_json::from_slice::<Cow<'_, str>>(body) {
            return Self { code: code_in_words(&bare), message: Some(bare.into()), ..Self::default() };
        }
        let names = ["error", "errors", "code", "errorCode", "message", "Message", "error_description", "requestId"];
        let [error, errors, code, error_code, message, capital, description, request_id] = members(body, names);
        let [inner_code, inner_message, inner_description] = members_of(error, ["code", "message", "description"]);
        let item = errors.and_then(first);
        let [item_code, item_msg, item_message, extensions] =
            members_of(item, ["code", "msg", "message", "extensions"]);
        let [category] = members_of(extensions, ["category"]);
        let words = text(error);

        let said = [inner_message, inner_description, description, message, capital, item_msg, item_message]
            .into_iter()
            .find_map(text)
            .or_else(|| words.clone());
        let named = [inner_code, code, error_code, item_code].into_iter().find_map(code_of);
        let code = named
            .or_else(|| words.as_deref().and_then(code_in_words))
            .or_else(|| [item_message, message].into_iter().find_map(|said| code_in_words(&text(said)?)))
            .or_else(|| text(category).as_deref().and_then(code_in_words));
        let request_id = text(request_id).as_deref().and_then(token);
        Self { code, message: said.map(Into::into), request_id, ..Self::default() }
    }
}

/// A member that is a code: a text or a number.
fn code_of(member: Option<&RawValue>) -> Option<Box<str>> {
    let raw = member?.get();
    match text(member) {
        Some(text) => token(&text),
        None if raw.starts_with(|first: char| first.is_ascii_digit() || first == '-') => token(raw),
        None => None,
    }
}

/// Text that may stand in a log: short, of plain characters, and no number long enough to be
/// somebody's.
pub(crate) fn token(text: &str) -> Option<Box<str>> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/');
    let is_token = !text.is_empty() && text.len() <= 64 && text.chars().all(plain);
    // A request id of 32 hex digits may well hold seven decimal ones in a row; a CPF has eleven and
    // nothing but digits.
    let is_number =
        text.len() > 6 && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '/' | 'X' | 'x'));
    (is_token && !is_number).then(|| text.into())
}

/// A message that is itself a code, as `too_many_resent_emails` is. A single word may be anybody's name, so only those
/// are taken that are known.
fn code_in_words(message: &str) -> Option<Box<str>> {
    const KNOWN: [&str; 4] = ["forbidden", "unauthenticated", "unauthorized", "validation"];
    let is_code = (3..=64).contains(&message.len())
        && message.starts_with(|first: char| first.is_ascii_lowercase())
        && message.contains('_')
        && message.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    (is_code || KNOWN.contains(&message)).then(|| message.into())
}

/// The first element of an array; the rest is passed over.
fn first(array: &RawValue) -> Option<&RawValue> {
    struct First<'a>(Option<&'a RawValue>);

    impl<'de> Deserialize<'de> for First<'de> {
        fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            struct Elements;

            impl<'de> Visitor<'de> for Elements {
                type Value = First<'de>;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an array")
                }

                fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<First<'de>, A::Error> {
                    let first = elements.next_element()?;
                    while elements.next_element::<IgnoredAny>()?.is_some() {}
                    Ok(First(first))
                }
            }

            input.deserialize_seq(Elements)
        }
    }

    serde_json::from_str::<First<'_>>(array.get()).ok()?.0
}

impl fmt::Debug for VendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VendorError")
            .field("code", &self.code)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(body: &str) -> (Option<String>, Option<String>) {
        let problem = VendorError::read(body.as_bytes());
        (problem.code.map(Into::into), problem.message.map(Into::into))
    }

    #[test]
    fn row_45_every_shape_of_the_vendors_is_understood() {
        for (body, code, message) in [
            // Capa
            (
                r#"{"success":false,"error":{"message":"Not found","id":"","code":"NOT_FOUND"}}"#,
                "NOT_FOUND",
                "Not found",
            ),
            (r#"{"success":false,"error":{"message":"Not found","id":""}}"#, "", "Not found"),
            (r#"{"error":"Invalid API Key"}"#, "", "Invalid API Key"),
            (r#"{"message":"Invalid API Key","errorCode":"UNAUTHORIZED"}"#, "UNAUTHORIZED", "Invalid API Key"),
            (r#"{"message":"Invalid API Key","code":"UNAUTHORIZED"}"#, "UNAUTHORIZED", "Invalid API Key"),
            // Unico
            (r#"{"code":5,"message":"process not found","details":[]}"#, "5", "process not found"),
            (r#""token is expired""#, "", "token is expired"),
            (r#"{"error":{"code":"10502","description":"token expirado"}}"#, "10502", "token expirado"),
            (r#"{"error":{"code":404,"message":"nope"}}"#, "404", "nope"),
            (r#"{"error":"server_error","error_description":"Falha 1.2.7"}"#, "server_error", "Falha 1.2.7"),
            // Case Keeper
            (
                r#"{"errors":[{"msg":"Permission denied.","code":"permissionDenied"}]}"#,
                "permissionDenied",
                "Permission denied.",
            ),
            (r#"{"errors":[{"msg":"Entity could not be found."}]}"#, "", "Entity could not be found."),
            // Caf
            (r#"{"Message":"User is not authorized"}"#, "", "User is not authorized"),
            // Autentique
            (r#"{"message":"Too Many Attempts."}"#, "", "Too Many Attempts."),
            (r#"{"message":"unauthorized"}"#, "unauthorized", "unauthorized"),
            (
                r#"{"errors":[{"message":"too_many_resent_emails"}],"data":null}"#,
                "too_many_resent_emails",
                "too_many_resent_emails",
            ),
            (r#"{"errors":[{"message":"Folder not found","path":["folder"]}]}"#, "", "Folder not found"),
            (r#"{"errors":[{"message":"No.","extensions":{"category":"validation"}}]}"#, "validation", "No."),
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
    fn request_ids_come_from_the_body() {
        let problem = VendorError::read(br#"{"requestId":"6cb8093c-14ef-4fd1-810b-ee9fa5f9aae9","message":"no"}"#);
        assert_eq!(problem.request_id.as_deref(), Some("6cb8093c-14ef-4fd1-810b-ee9fa5f9aae9"));
    }

    #[test]
    fn row_49_what_could_be_a_person_is_no_code() {
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
        fn any_body_is_survived(body in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = VendorError::read(&body);
        }

        #[test]
        fn any_json_like_body_is_survived(body in r#"[\[\]{}":,a-z0-9. ]{0,64}"#) {
            let _ = VendorError::read(body.as_bytes());
            let _ = VendorError::read(format!(r#"{{"errors":[{body}],"error":{body}}}"#).as_bytes());
        }
    }
}
