//! Answers of the API contract ("by Client"): `ApiClient`.
//!
//! Which members an answer has depends on the `APIKEY`, because the key selects product and capabilities
//! ([documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html)).

use idhooks_core::{Decimal, Lenient, Pii, Timestamp, integer, open_enum, payload, text_id};

use crate::{CheckStatus, ProcessId};

open_enum! {
    /// Whether the face belongs to the document number.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html).
    pub enum UnicoIdResult {
        /// It does. A `yes` already includes a passed check of liveness
        /// ([documented](https://devcenter.unico.io/idcloud/en/integrations/integration-by-client/api/response-scenarios)).
        Yes = "yes",
        /// It does not.
        No = "no",
        /// Not known; the score has more to say, where it is active.
        Inconclusive = "inconclusive",
    }
}

open_enum! {
    /// Whether the face is that of a known fraudster.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html).
    pub enum IdentityFraudstersResult {
        /// It is.
        Yes = "yes",
        /// None was found, which is not the same as none.
        Inconclusive = "inconclusive",
    }
}

open_enum! {
    /// The recommendation of IDCloud's own rules. Observed in a third party's summary of the vendor's error page,
    /// 2026-09; where it stands and when it comes were not read, so decide nothing on it alone.
    pub enum IdCloudResult {
        /// `approved`.
        Approved = "approved",
        /// `denied`.
        Denied = "denied",
        /// `critical-risk`.
        CriticalRisk = "critical-risk",
        /// `high-risk`.
        HighRisk = "high-risk",
        /// `retry`.
        Retry = "retry",
        /// `inconclusive`.
        Inconclusive = "inconclusive",
    }
}

integer! {
    /// The result of the liveness check. Every number is kept.
    ///
    /// **1 does not prove that a living person was there.** With Identity Verification but without Liveness it is always 1,
    /// and no check has run
    /// ([documented](https://devcenter.unico.io/idcloud/en/integrations/integration-by-client/api/api-reference/liveness-+-identity-verification-+-behavior-alert));
    /// for a 1:1 validation without Liveness it is absent instead. And it is left out of most answers whose
    /// `unicoId` says `yes`, because that already includes it. So the meaning of a 1 depends on the product that your key was issued for.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html).
    pub struct Liveness(i64);
}

impl Liveness {
    /// 1: passed, or never checked.
    pub const PASSED: Self = Self(1);
    /// 2: failed.
    pub const FAILED: Self = Self(2);
}

payload! {
    /// Identity verification.
    pub struct UnicoId {
        /// Whether the face belongs to the document number.
        pub result: Lenient<UnicoIdResult> = "result",
    }
}

payload! {
    /// Search among the faces of known fraudsters.
    pub struct IdentityFraudsters {
        /// Whether the face is one of them.
        pub result: Lenient<IdentityFraudstersResult> = "result",
    }
}

payload! {
    /// What registers of the Brazilian state gave.
    pub struct Government {
        /// Score of the comparison with Serpro: 0 to 100, or -1 or -2, whose meanings were not read.
        pub serpro: Lenient<Decimal> = "serpro",
    }
}

payload! {
    /// IDCloud's own rules.
    pub struct IdCloud {
        /// Their recommendation.
        pub result: Lenient<IdCloudResult> = "result",
    }
}

text_id! {
    /// Unico's id of a transaction, in the answer of version 2.
    pub struct TransactionId;
}

payload! {
    /// What version 2 adds.
    ///
    /// Source: [documented](https://devcenter.unico.io/idcloud/en/integrations/integracao-by-client/apis/getprocess?fallback=true)
    /// on the previous portal only.
    pub struct ProcessAdditionalInfo {
        /// Id of the transaction.
        pub transaction_id: Lenient<TransactionId> = "transactionId",
        /// Name of the person.
        pub person_name: Lenient<Pii<Box<str>>> = "personName",
        /// Document number of the person.
        pub person_document: Lenient<Pii<Box<str>>> = "personDocument",
        /// Signed address of the picture: anyone who has it can open it.
        pub person_image: Lenient<Pii<Box<str>>> = "personImage",
        /// When the process came to its end. A local time, without an offset; which zone is not stated.
        pub finished_at: Lenient<Timestamp> = "finishedAt",
    }
}

payload! {
    /// A process of the API contract. It is flat, and only the id is always there: an answer with status 5 has
    /// nothing but id and status, under HTTP 200
    /// ([documented](https://devcenter.unico.io/idcloud/en/integrations/integration-by-client/api/api-reference/liveness-+-validation-1-1)).
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/api/get-processes-by-id/index.html), where
    /// a field does not say otherwise.
    pub struct Process {
        /// Unico's id of the process.
        pub id: ProcessId = "id",
        /// State now. Decide only on [`CheckStatus::FINISHED`]; see [`Process::is_finished`].
        pub status: Lenient<CheckStatus> = "status",
        /// Identity verification.
        pub unico_id: Lenient<UnicoId> = "unicoId",
        /// Search among known fraudsters.
        pub identity_fraudsters: Lenient<IdentityFraudsters> = "identityFraudsters",
        /// Registers of the state.
        pub government: Lenient<Government> = "government",
        /// Liveness. **1 may mean that nothing was checked**: see [`Liveness`].
        pub liveness: Lenient<Liveness> = "liveness",
        /// Risk score: negative, zero and positive all mean something. Only with an inconclusive identity, where
        /// the risk score is active.
        pub score: Lenient<Decimal> = "score",
        /// Outcome of a 1:1 validation
        /// ([documented](https://devcenter.unico.io/idcloud/en/~gitbook/pdf?only=yes&page=8YfkSiQaTRdJP69UOElf)
        /// on the previous portal).
        pub authenticated: Lenient<bool> = "authenticated",
        /// IDCloud's own rules. Observed by a third party only: see [`IdCloudResult`].
        pub id_cloud: Lenient<IdCloud> = "idCloud",
        /// Only in version 2.
        pub process_additional_info: Lenient<ProcessAdditionalInfo> = "processAdditionalInfo",
    }
}

impl Process {
    /// Returns whether its status says that it finished, the one state to decide on; `false` if there is none. Says
    /// nothing about the outcome.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        *self.status == Some(CheckStatus::FINISHED)
    }

    /// Returns whether its status will not change any more: finished, cancelled or ended in an error. A divergence is
    /// not final, because the risk score is still running.
    #[must_use]
    pub fn is_final(&self) -> bool {
        self.status.is_some_and(CheckStatus::is_final)
    }
}
