//! Checks and how far they are.

use idhooks_core::open_enum;

open_enum! {
    /// A check a verification can hold.
    ///
    /// Two generations of the vendor's API are alive. v2 was seen in public recordings of 2024-04,
    /// v3 in public code of 2024-03 and 2026-03; the vendor's pages name no version.
    pub enum Process {
        /// Front of the Thai ID card.
        FrontIdCard = "frontIdCard",
        /// Back of the Thai ID card.
        BackIdCard = "backIdCard",
        /// Passport, by picture or chip.
        Passport = "passport",
        /// Liveness and face match in one; v2.
        IdFaceRecognition = "idFaceRecognition",
        /// Liveness; v3.
        Liveness = "liveness",
        /// Face match; v3.
        FaceRecognition = "faceRecognition",
        /// DOPA, the Thai civil registry.
        Dopa = "dopa",
        /// The ID card's chip, read by an agent.
        DipChip = "dipChip",
        /// The registry's check of what the chip said; v3.
        ChipDopa = "chipDopa",
        /// AMLO, the Thai anti-money-laundering office; v2.
        Amlo = "amlo",
        /// Criminal record; v2.
        CriminalCheck = "criminalCheck",
        /// Employment record; v2.
        EmploymentVerification = "employmentVerification",
        /// Bankruptcy; v2.
        Bankruptcy = "bankruptcy",
        /// Sanction lists; v2.
        Sanction = "sanction",
        /// Education; v2.
        EducationCheck = "educationCheck",
        /// Income; v2.
        IncomeCheck = "incomeCheck",
        /// References; v2.
        ReferenceCheck = "referenceCheck",
        /// Vaccine passport; seen in requests of 2022 only.
        VaccinePassport = "vaccinePassport",
    }
}

open_enum! {
    /// How far a verification, or a group of its checks, is.
    ///
    /// Recorded in the order `open`, `accepted`, `in_progress`, then `completed`, or `verified` when
    /// all passed. Which of the others may still change is not documented, so there is no
    /// `is_final` here: ask for `verified` when that is what you need.
    ///
    /// Source: observed in public code, 2024-03 and 2024-04.
    pub enum VerificationStatus {
        /// Not asked for.
        Unspecified = "unspecified",
        /// Created, not begun.
        Open = "open",
        /// The end user went through the welcome and consent pages (inferred).
        Accepted = "accepted",
        /// Under way.
        InProgress = "in_progress",
        /// Something is missing (inferred).
        Incomplete = "incomplete",
        /// Every check was done. **Not** "passed": recorded with a face match that had failed.
        Completed = "completed",
        /// Every check passed.
        Verified = "verified",
        /// Blocked; by what is not documented.
        Blocked = "blocked",
        /// `expiresAt` went by (inferred).
        Expired = "expired",
        /// Cancelled.
        Cancelled = "cancelled",
    }
}

open_enum! {
    /// What a person decided about a verification.
    ///
    /// Source: observed in public code, 2024-03 (the last three) and 2024-04 (the first).
    pub enum ApprovalStatus {
        /// Not decided; v2.
        InProgress = "inProgress",
        /// Not asked for; seen on v3 background checks.
        Unspecified = "unspecified",
        /// Approved; seen on v3 background checks.
        Approved = "approved",
        /// Rejected; seen on v3 background checks.
        Rejected = "rejected",
    }
}

open_enum! {
    /// How the end user is told about a verification
    /// ([documented](https://case-keeper-core.readme.io/docs/verification-configuration)).
    pub enum NotifyType {
        /// Not at all.
        None = "none",
        /// By text message to `phoneNumber`.
        Sms = "sms",
        /// By e-mail to `email`.
        Email = "email",
    }
}

open_enum! {
    /// Whether a document arrived; observed in public code, 2024-03 and 2024-04.
    pub enum DocumentStatus {
        /// Not asked for.
        Unspecified = "unspecified",
        /// It arrived.
        Received = "received",
    }
}
