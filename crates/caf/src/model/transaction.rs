//! Transactions: one run of a query template over one person.

use idhooks_core::{Pii, Timestamp, open_enum, record, text_id};

text_id! {
    /// Caf's id of a transaction: 26 characters in webhook samples, 24 hex digits in REST.
    pub struct TransactionId;
}

text_id! {
    /// Caf's id of your account, a UUID in the samples.
    pub struct TenantId;
}

text_id! {
    /// Caf's id of an onboarding.
    pub struct OnboardingId;
}

text_id! {
    /// Name or id of the query template.
    pub struct TemplateId;
}

open_enum! {
    /// State of a transaction.
    ///
    /// Two vocabularies arrive in the same field: how far the run got (`STARTED`, `IN_PROGRESS`,
    /// `COMPLETED`, documented for the events) and what came out (`APPROVED`, `REPROVED`, `PENDING`,
    /// `PROCESSING`, documented for REST and observed in public code, July 2026). `COMPLETED` is no
    /// verdict, so nothing here is called final: read the transaction before you act.
    pub enum TransactionStatus {
        /// The run began.
        Started = "STARTED",
        /// The run goes on.
        InProgress = "IN_PROGRESS",
        /// The run ended, with whatever verdict.
        Completed = "COMPLETED",
        /// Verdict: approved.
        Approved = "APPROVED",
        /// Verdict: reproved.
        Reproved = "REPROVED",
        /// Verdict: waits for a decision.
        Pending = "PENDING",
        /// Verdict: not there yet.
        Processing = "PROCESSING",
    }
}

impl TransactionStatus {
    /// Whether it says what came out, rather than how far the run got.
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        matches!(self, Self::Approved | Self::Reproved | Self::Pending | Self::Processing)
    }
}

record! {
    /// A transaction started, asked for a check of forged documents (*documentscopy*), or changed state.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    #[serde(rename_all = "camelCase")]
    pub struct Transaction {
        required {
            /// Caf's id of the transaction.
            pub id: TransactionId,
        }
        optional {
            /// Your account at Caf.
            pub tenant_id: TenantId,
            /// Described as the address of a report, shown as an id: take it as either. Hidden, because
            /// an address of that kind opens the report.
            pub report: Pii<Box<str>>,
            /// State now, in one of two vocabularies.
            pub status: TransactionStatus,
            /// When it came into that state.
            pub date: Timestamp,
            /// The onboarding it belongs to; only for those done on the web.
            pub onboarding_id: OnboardingId,
            /// The query template it ran.
            pub template_id: TemplateId,
            /// A status of your own making, from Caf's Trust panel.
            pub custom_status: Box<str>,
        }
    }
}
