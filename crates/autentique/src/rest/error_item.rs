//! What stands in `errors` beside, or in place of, `data`.

use idhooks_core::{Lenient, List, Pii, RawJson, json, open_enum, payload};

use super::error_code::ErrorCode;
use crate::model::raw_members::RawMembers;

open_enum! {
    /// What sort of error it is; only one was seen yet.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/mensagens-de-erro).
    pub enum ErrorCategory {
        /// Fields were refused.
        Validation = "validation",
    }
}

payload! {
    /// One thing Autentique has against a call. They come with status 200, beside `data`, which may be partly filled.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/mensagens-de-erro).
    pub struct ErrorItem {
        /// A code (see [`ErrorItem::code`]) or prose, which may quote what you sent: hidden from `Debug`.
        pub message: Lenient<Pii<Box<str>>> = "message",
        /// Where in the answer, as a list of names and numbers (`["document","signatures",1]`).
        pub path: Lenient<RawJson> = "path",
        /// More about it.
        pub extensions: Lenient<ErrorDetails> = "extensions",
    }
}

payload! {
    /// More about an error.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/mensagens-de-erro).
    pub struct ErrorDetails {
        /// The sort of error.
        pub category: Lenient<ErrorCategory> = "category",
        /// Fields that were refused, each with a list of codes: read it with [`ErrorItem::violations`].
        pub validation: Lenient<RawJson> = "validation",
    }
}

/// A field that was refused, and why.
///
/// A field with two codes makes two of these.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The field, as in `folder.name`.
    pub field: Box<str>,
    /// What is wrong with it.
    pub code: ErrorCode,
    /// What the code leaves open: `3` in `must_be_at_least_characters:3`.
    pub parameter: Option<Box<str>>,
}

impl ErrorItem {
    /// Returns the code, which the vendor writes into `message`; `None` if that holds prose (`Folder not found`).
    #[must_use]
    pub fn code(&self) -> Option<ErrorCode> {
        ErrorCode::of_message(self.message.as_ref()?.expose())
    }

    /// Returns the fields that were refused, with each code.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let Some(fields) = self.extensions.as_ref().and_then(|details| details.validation.as_ref()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        for (field, codes) in RawMembers::of(fields) {
            let codes: List<Box<str>> = json::decode(codes.get().as_bytes()).unwrap_or_default();
            found.extend(codes.into_iter().map(|code| Violation::read(&field, &code)));
        }
        found
    }
}

impl Violation {
    fn read(field: &str, text: &str) -> Self {
        let (code, parameter) = match text.split_once(':') {
            Some((code, parameter)) => (code, Some(parameter.into())),
            None => (text, None),
        };
        Self { field: field.into(), code: ErrorCode::from(code), parameter }
    }
}

payload! {
    /// An answer, of which only the errors count.
    struct Response {
        errors: Lenient<List<ErrorItem>> = "errors",
    }
}

/// The errors in an answer; none if there are none, or if they cannot be read.
pub(crate) fn errors_in(body: &[u8]) -> Vec<ErrorItem> {
    let answer: Option<Response> = json::decode(body).ok();
    answer.and_then(|answer| answer.errors.into_option()).map(List::into_vec).unwrap_or_default()
}
