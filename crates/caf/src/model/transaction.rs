//! Transactions: one run of a query template over one person.

use idhooks_core::{Lenient, Pii, Timestamp, open_enum, payload, text_id};

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
    /// Returns whether it is a result rather than the progress of the run.
    ///
    /// ```
    /// use idhooks_caf::TransactionStatus;
    ///
    /// assert!(TransactionStatus::Approved.is_verdict() && !TransactionStatus::Completed.is_verdict());
    /// ```
    #[must_use]
    pub fn is_verdict(&self) -> bool {
        matches!(self, Self::Approved | Self::Reproved | Self::Pending | Self::Processing)
    }
}

payload! {
    /// A transaction started, asked for a check of forged documents (*documentscopy*), or changed state.
    ///
    /// Source: [documented](https://docs.caf.io/caf-api/caf-connect/webhook/events).
    pub struct Transaction {
        /// Caf's id of the transaction.
        pub id: TransactionId = "id",
        /// Your account at Caf.
        pub tenant_id: Lenient<TenantId> = "tenantId",
        /// Described as the address of a report, shown as an id: take it as either. Hidden, because
        /// an address of that kind opens the report.
        pub report: Lenient<Pii<Box<str>>> = "report",
        /// State now, in one of two vocabularies.
        pub status: Lenient<TransactionStatus> = "status",
        /// When it came into that state.
        pub date: Lenient<Timestamp> = "date",
        /// The onboarding it belongs to; only for those done on the web.
        pub onboarding_id: Lenient<OnboardingId> = "onboardingId",
        /// The query template it ran.
        pub template_id: Lenient<TemplateId> = "templateId",
        /// A status of your own making, from Caf's Trust panel.
        pub custom_status: Lenient<Box<str>> = "customStatus",
    }
}
