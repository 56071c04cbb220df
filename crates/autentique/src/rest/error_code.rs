//! Codes of errors.

use idhooks_core::open_enum;

open_enum! {
    /// What Autentique has against a call or a field.
    ///
    /// Source: [documented](https://docs.autentique.com.br/api/integration-basics/mensagens-de-erro), where most are
    /// listed without more than their name; those marked so were observed in public code, 2026-09.
    pub enum ErrorCode {
        /// Some fields were refused; [`ErrorItem::violations`](super::ErrorItem::violations) says which.
        Validation = "validation",
        /// The key is not known.
        Unauthorized = "unauthorized",
        /// The token lacks the scope for this call. Comes with status 200 (observed).
        MissingScope = "Unauthorized",
        /// The account has no Corporate plan (observed).
        NoEnterpriseAccess = "no_enterprise_access",
        /// The key's owner may not do that.
        WithoutPermission = "without_permission",
        /// The key's owner does not belong to that organisation.
        NotAMemberOfOrganization = "not_a_member_of_organization",
        /// There is no such document, or none that the key's owner may see.
        DocumentNotFound = "document_not_found",
        /// There is no such folder.
        FolderNotFound = "folder_not_found",
        /// There is no such signature.
        SignatureNotFound = "signature_not_found",
        /// The document is signed already.
        DocumentSigned = "document_signed",
        /// Others sign first.
        NotYourTurn = "not_your_turn",
        /// Every signer that was named got an e-mail a short while ago.
        TooManyResentEmails = "too_many_resent_emails",
        /// No SMS is sent for documents of that country.
        SmsDeliveryNotAllowedOnForeignDocuments = "sms_delivery_not_allowed_on_foreign_documents",
        /// The account is out of credits.
        UnavailableCredits = "unavailable_credits",
        /// The account is out of credits for identity checks.
        UnavailableVerificationsCredits = "unavailable_verifications_credits",
        /// A field is missing.
        FieldRequired = "field_required",
        /// A field is no text.
        MustBeAString = "must_be_a_string",
        /// A field is no list.
        MustBeAnArray = "must_be_an_array",
        /// A field is no date.
        NotAValidDate = "not_a_valid_date",
        /// A field is no date.
        InvalidDate = "invalid_date",
        /// A field is no e-mail address.
        MustBeAValidEmailAddress = "must_be_a_valid_email_address",
        /// A field is no file.
        MustBeAFile = "must_be_a_file",
        /// A file is of a kind that is not taken.
        MustBeAValidFile = "must_be_a_valid_file",
        /// A file did not arrive.
        FailedToUpload = "failed_to_upload",
        /// A file could not be stored.
        CouldNotUploadFile = "could_not_upload_file",
        /// A field is too large; the parameter says what is allowed.
        MayNotBeGreaterThan = "may_not_be_greater_than",
        /// A field is too small; the parameter says what is asked for.
        MustBeAtLeast = "must_be_at_least",
        /// A field is too short; the parameter says how many characters are asked for.
        MustBeAtLeastCharacters = "must_be_at_least_characters",
        /// A field is not in the form it should have.
        FormatIsInvalid = "format_is_invalid",
    }
}

impl ErrorCode {
    /// Returns whether it says that what was asked for is not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::DocumentNotFound | Self::FolderNotFound | Self::SignatureNotFound)
    }

    /// Returns whether it says that the key is not known, or that its owner may not do this.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized
                | Self::MissingScope
                | Self::NoEnterpriseAccess
                | Self::WithoutPermission
                | Self::NotAMemberOfOrganization
        )
    }

    /// The code a message consists of; `None` for prose.
    pub(crate) fn of_message(message: &str) -> Option<Self> {
        let code = Self::from(message);
        let is_word = |text: &str| {
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        };
        (code.is_known() || is_word(message)).then_some(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_a_code_or_prose() {
        for (message, code) in [
            ("document_not_found", Some("document_not_found")),
            ("Unauthorized", Some("Unauthorized")),
            ("some_new_code", Some("some_new_code")),
            ("validation", Some("validation")),
            ("Folder not found", None),
            ("Variable \"$x\" got invalid value", None),
            ("ana@example.com", None),
            ("", None),
        ] {
            assert_eq!(ErrorCode::of_message(message).as_ref().map(ErrorCode::as_str), code, "{message}");
        }
        assert_eq!(ErrorCode::of_message(&"a".repeat(65)), None);
    }
}
