//! The notice of the API contract ("by client", formerly Unico Check): another envelope altogether.

use idhooks_core::{Decimal, Lenient, Timestamp, integer, open_enum, payload};

use crate::ProcessId;

open_enum! {
    /// What happened, in a Check notice. Observed in public code, sample of April 2023.
    pub enum CheckEvent {
        /// Something about a process changed.
        UpdateProcess = "update_process",
    }
}

integer! {
    /// State of a process in the API contract. Every number is kept.
    ///
    /// ```
    /// use idhooks_unico::CheckStatus;
    ///
    /// let say = |status| match status {
    ///     CheckStatus::FINISHED => "read the answer",
    ///     CheckStatus::DIVERGENCE => "the score is still running",
    ///     status if status.is_final() => "it will not finish any more",
    ///     _ => "wait",
    /// };
    /// assert_eq!(say(CheckStatus::from(2)), "the score is still running");
    /// assert_eq!(say(CheckStatus::from(99)), "wait");
    /// ```
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html).
    pub struct CheckStatus(i64);
}

impl CheckStatus {
    /// 1: being worked on. Not among the states that are
    /// [notified](https://empresas.unico.io/hc/pt-br/articles/11624904586644-Webhook) (documented).
    pub const PROCESSING: Self = Self(1);
    /// 2: divergence; the risk score is still running, so this is not the end.
    pub const DIVERGENCE: Self = Self(2);
    /// 3: finished. The one state to decide on, after reading the answer.
    pub const FINISHED: Self = Self(3);
    /// 4: cancelled, for instance because it took too long.
    pub const CANCELLED: Self = Self(4);
    /// 5: ended in an error.
    pub const ERROR: Self = Self(5);

    /// Returns whether the process is at its end: 3, 4 or 5, no other number
    /// ([documented](https://devcenter.unico.io/idcloud/en/integrations/integracao-by-client/apis/getprocess?fallback=true)
    /// on the previous portal). Says nothing about the outcome.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::FINISHED | Self::CANCELLED | Self::ERROR)
    }
}

payload! {
    /// A process of the API contract changed. Comes at states 2, 3, 4 and 5
    /// ([documented](https://empresas.unico.io/hc/pt-br/articles/11624904586644-Webhook)), so more
    /// than once for the same process: 2 and then 3, or a later score.
    ///
    /// The shape is observed in public code, sample of April 2023; the vendor's own page with it was
    /// not found.
    pub struct CheckUpdate {
        /// The name of the event.
        pub event: CheckEvent = "event",
        /// To which process.
        pub data: CheckedProcess = "data",
        /// When. Seven digits after the second in the sample.
        pub event_date: Lenient<Timestamp> = "eventDate",
    }
}

payload! {
    /// A process of the API contract.
    pub struct CheckedProcess {
        /// Unico's id of the process.
        pub id: ProcessId = "id",
        /// State now.
        pub status: Lenient<CheckStatus> = "status",
        /// Risk score: negative, zero and positive all mean something. In REST it is there only while
        /// the identity is inconclusive and the risk score is active
        /// ([documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html)),
        /// so a notice may well do without.
        pub score: Lenient<Decimal> = "score",
    }
}
