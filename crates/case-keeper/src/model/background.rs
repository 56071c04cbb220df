//! Background checks: criminal and employment record, sanction lists, bankruptcy.
//!
//! Of the v2 objects little more than the names was seen. The fields are those of their v3 cousins,
//! which live in an entity of their own; that v2 has the same is inferred, and nothing is required.

use idhooks_core::{Lenient, List, Pii, RawJson, Timestamp, open_enum, payload, text_id};

use super::{masterdata::Translations, result::result};
use crate::PresignedLink;

text_id! {
    /// The vendor's id of one finding (observed in public code, 2024-03).
    pub struct FindingId;
}

open_enum! {
    /// How far a background check is; observed in public code, 2024-03 (v3).
    pub enum BackgroundCheckStatus {
        /// Not asked for.
        Unspecified = "unspecified",
        /// Created, not begun.
        Open = "open",
        /// Blocked.
        Blocked = "blocked",
        /// Waits for you.
        PendingClient = "pendingClient",
        /// Waits for the vendor's staff.
        PendingOperation = "pendingOperation",
        /// Cannot be decided.
        Unverifiable = "unverifiable",
        /// Done, not necessarily passed (inferred).
        Completed = "completed",
        /// Passed.
        Verified = "verified",
        /// Rejected.
        Rejected = "rejected",
        /// Its time went by.
        Expired = "expired",
    }
}

result! {
    /// A check of the criminal record; v2.
    ///
    /// Source: `resultDocumentUrl` by the
    /// [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events) key
    /// `verification.criminalCheckResult.resultDocumentUrl.read`; the rest from the v3 cousin
    /// `criminalRecord`, observed in public code, 2024-03.
    pub struct CriminalCheckResult {
        /// Lasting name of the result's document.
        pub result_document_key: Pii<Box<str>> = "resultDocumentKey",
        /// The result's document.
        pub result_document_url: PresignedLink = "resultDocumentUrl",
        /// Whether the request was handed in.
        pub submitted: bool = "submitted",
        /// When it was handed in.
        pub submitted_at: Timestamp = "submittedAt",
        /// How far the vendor's staff is (that it has this type is inferred).
        pub operation_status: BackgroundCheckStatus = "operationStatus",
        /// What was found, source by source.
        pub results: List<Finding> = "results",
        /// Lasting name of the consent.
        pub consent_document_key: Pii<Box<str>> = "consentDocumentKey",
        /// The person's consent.
        pub consent_document_url: PresignedLink = "consentDocumentUrl",
        /// Remarks of the vendor's staff.
        pub remarks: List<Pii<Box<str>>> = "remarks",
        /// Lasting name of the power of attorney.
        pub poa_consent_document_key: Pii<Box<str>> = "poaConsentDocumentKey",
        /// The power of attorney.
        pub poa_consent_document_url: PresignedLink = "poaConsentDocumentUrl",
        /// Lasting name of the copy of the card.
        pub id_card_photocopy_document_key: Pii<Box<str>> = "idCardPhotocopyDocumentKey",
        /// The copy of the card.
        pub id_card_photocopy_document_url: PresignedLink = "idCardPhotocopyDocumentUrl",
        /// Anything else, as sent.
        pub additional_info: RawJson = "additionalInfo",
    }
}

result! {
    /// A check of the employment record; v2.
    ///
    /// Source: `resultDocumentUrl` by the
    /// [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events) key
    /// `verification.employmentVerificationResult.resultDocumentUrl.read`; the rest from the v3
    /// cousin `socialSecurityHistory`, observed in public code, 2024-03.
    pub struct EmploymentVerificationResult {
        /// Lasting name of the result's document.
        pub result_document_key: Pii<Box<str>> = "resultDocumentKey",
        /// The result's document.
        pub result_document_url: PresignedLink = "resultDocumentUrl",
        /// Whether the request was handed in.
        pub submitted: bool = "submitted",
        /// When it was handed in.
        pub submitted_at: Timestamp = "submittedAt",
        /// How far the vendor's staff is (that it has this type is inferred).
        pub operation_status: BackgroundCheckStatus = "operationStatus",
        /// What was found, source by source.
        pub results: List<Finding> = "results",
        /// Lasting name of the consent.
        pub consent_document_key: Pii<Box<str>> = "consentDocumentKey",
        /// The person's consent.
        pub consent_document_url: PresignedLink = "consentDocumentUrl",
        /// Remarks of the vendor's staff.
        pub remarks: List<Pii<Box<str>>> = "remarks",
    }
}

payload! {
    /// What one source said.
    ///
    /// Source: observed in public code, 2024-03 (v3).
    pub struct Finding {
        /// Its id.
        pub id: Lenient<FindingId> = "id",
        /// The source.
        pub inspection_system: Lenient<Box<str>> = "inspectionSystem",
        /// Whether it has a record of the person.
        pub found_record: Lenient<bool> = "foundRecord",
        /// What the record says.
        pub detail: Lenient<Pii<Box<str>>> = "detail",
        /// A remark.
        pub remark: Lenient<Pii<Box<str>>> = "remark",
        /// First day it covers; `YYYY-MM-DD` (inferred).
        pub start_date: Lenient<Box<str>> = "startDate",
        /// Last day it covers; `YYYY-MM-DD` (inferred).
        pub end_date: Lenient<Box<str>> = "endDate",
    }
}

result! {
    /// A look into sanction lists; v2. The event key calls it `sanction`.
    ///
    /// Source: the name observed in public recordings, 2024-04; `persons` from the v3 cousin,
    /// observed in public code, 2024-03.
    pub struct SanctionResult {
        /// People on a list who may be this one.
        pub persons: List<SanctionPerson> = "persons",
    }
}

payload! {
    /// A person on a sanction list.
    ///
    /// Source: observed in public code, 2024-03 (v3).
    pub struct SanctionPerson {
        /// Other names.
        pub aliases: Lenient<List<Pii<Box<str>>>> = "aliases",
        /// Sex.
        pub gender: Lenient<Pii<Box<str>>> = "gender",
        /// Remarks.
        pub remark: Lenient<List<Pii<Box<str>>>> = "remark",
        /// What fits, such as `name`.
        pub match_by: Lenient<List<Box<str>>> = "matchBy",
        /// Birth date, as sent.
        pub birth_date: Lenient<RawJson> = "birthDate",
        /// Whose list it is.
        pub sanction_by: Lenient<Box<str>> = "sanctionBy",
        /// Citizenship.
        pub citizenship: Lenient<Pii<Box<str>>> = "citizenship",
        /// The document on the list.
        pub identification_documents: Lenient<SanctionDocument> = "identificationDocuments",
    }
}

payload! {
    /// A document on a sanction list.
    ///
    /// Source: observed in public code, 2024-03 (v3).
    pub struct SanctionDocument {
        /// A note.
        pub note: Lenient<Pii<Box<str>>> = "note",
        /// Kind of document.
        pub kind: Lenient<Pii<Box<str>>> = "type",
        /// Its number.
        pub number: Lenient<Pii<Box<str>>> = "number",
        /// Date of issue.
        pub issue_date: Lenient<Pii<Box<str>>> = "issueDate",
        /// Country that issued it.
        pub country_of_issuer: Lenient<Pii<Box<str>>> = "countryOfIssuer",
    }
}

result! {
    /// A look into bankruptcies; v2.
    ///
    /// Source: the name observed in public recordings, 2024-04; the fields from the v3 cousin,
    /// observed in public code, 2024-03.
    pub struct BankruptcyResult {
        /// Whether there is a record of the person.
        pub found_record: bool = "foundRecord",
        /// The record; absent when there is none (inferred).
        pub result: Box<BankruptcyCase> = "result",
        /// Lasting name of the document.
        pub document_key: Pii<Box<str>> = "documentKey",
        /// The document.
        pub document_url: PresignedLink = "documentUrl",
    }
}

payload! {
    /// A bankruptcy case.
    ///
    /// Source: observed in public code, 2024-03 (v3).
    pub struct BankruptcyCase {
        /// The case's number.
        pub case_no: Lenient<Pii<Box<str>>> = "caseNo",
        /// The court.
        pub court: Lenient<Pii<Box<str>>> = "court",
        /// Number of the case while undecided ("black").
        pub bankruptcy_black_case_no: Lenient<Pii<Box<str>>> = "bankruptcyBlackCaseNo",
        /// Number of the case once decided ("red").
        pub bankruptcy_red_case_no: Lenient<Pii<Box<str>>> = "bankruptcyRedCaseNo",
        /// Who brought it.
        pub by_plaintiff: Lenient<Pii<Box<str>>> = "byPlaintiff",
        /// The record as a table: rows of named values.
        pub data: Lenient<List<List<BankruptcyField>>> = "data",
    }
}

payload! {
    /// A named value in a bankruptcy record.
    ///
    /// Source: observed in public code, 2024-03 (v3).
    pub struct BankruptcyField {
        /// Its name.
        pub translation: Lenient<Translations> = "translation",
        /// Its value.
        pub value: Lenient<Pii<Box<str>>> = "value",
    }
}
