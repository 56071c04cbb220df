//! A transaction that is read back.

use idhooks_core::{Lenient, RawJson, payload};

use crate::{TransactionId, TransactionStatus, rest::RequestId};

payload! {
    /// One transaction, as far as public code reads it.
    ///
    /// Source: observed in public code, July 2026.
    pub struct TransactionDetails {
        /// Caf's id of this request.
        pub request_id: Lenient<RequestId> = "requestId",
        /// Caf's id of the transaction.
        pub id: Lenient<TransactionId> = "id",
        /// State now; a verdict where [`TransactionStatus::is_verdict`] says so.
        pub status: Lenient<TransactionStatus> = "status",
        /// The result of each check, by its name. Status codes and similarities in it are texts (documented for the
        /// older Core API).
        pub sections: Lenient<RawJson> = "sections",
        /// The rules that were applied, with codes in snake case such as `facematch_is_equal`.
        pub validations: Lenient<RawJson> = "validations",
        /// The reasons of a manual rejection: numeric codes with reasons in Portuguese.
        pub manual_reproval_reasons: Lenient<RawJson> = "manualReprovalReasons",
        /// The input of the run.
        pub parameters: Lenient<RawJson> = "parameters",
        /// The known data of the person.
        pub attributes: Lenient<RawJson> = "attributes",
    }
}

/// What to put into the answer about a transaction beside the usual; nothing by default.
///
/// The names are observed in public code, July 2026. That the switches are turned on with `true`, and what each adds,
/// is inferred from them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionOptions {
    /// `_includeCroppedImages`: pictures as they were cut out.
    pub include_cropped_images: bool,
    /// `_includePfRelationships`: people the person is related to.
    pub include_pf_relationships: bool,
    /// `_includeExecutionDetails`: how each step ran.
    pub include_execution_details: bool,
    /// `_lang`: language of the texts; `pt` is the one seen.
    pub lang: Option<Box<str>>,
}

impl TransactionOptions {
    /// Asks for the usual answer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for pictures as they were cut out.
    #[must_use]
    pub fn include_cropped_images(self) -> Self {
        Self { include_cropped_images: true, ..self }
    }

    /// Asks for the people the person is related to.
    #[must_use]
    pub fn include_pf_relationships(self) -> Self {
        Self { include_pf_relationships: true, ..self }
    }

    /// Asks how each step ran.
    #[must_use]
    pub fn include_execution_details(self) -> Self {
        Self { include_execution_details: true, ..self }
    }

    /// Asks for texts in that language.
    #[must_use]
    pub fn lang(self, lang: &str) -> Self {
        Self { lang: Some(lang.into()), ..self }
    }
}
