//! The process itself.

use idhooks_core::{Lenient, List, Pii, RawJson, Timestamp, json, open_enum, payload};

use super::{AuthenticationInfo, Document, Person, document};
use crate::{Flow, ProcessId};

open_enum! {
    /// State of a process, in the words of `GetProcess`.
    ///
    /// Look at it first: a `result` counts only once this is [`Finished`](Self::Finished)
    /// ([documented](https://developer.unico.io/developers/webhooks-and-events/fallback)).
    ///
    /// Sources: documented on the
    /// [previous portal](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/api-reference/get-process)
    /// and, for `Unspecified` and `Canceled`, on the
    /// [oldest one](https://developers.unico.io/orquestrador/additional-resources/api_guide/api-reference).
    pub enum ProcessState {
        /// Created; it still takes new sessions.
        Created = "PROCESS_STATE_CREATED",
        /// At its end, with whatever outcome; it takes no more sessions.
        Finished = "PROCESS_STATE_FINISHED",
        /// It could not be created properly. Called deprecated on the oldest portal.
        Failed = "PROCESS_STATE_FAILED",
        /// Cancelled. Called deprecated on the oldest portal; whether it still comes is not known.
        Canceled = "PROCESS_STATE_CANCELED",
        /// Not stated.
        Unspecified = "PROCESS_STATE_UNSPECIFIED",
        /// The document of the person has still to be set, in flows that allow it. Written
        /// [without a prefix](https://developer.unico.io/developers/api-reference/web-sdk/post-process-document/index.html).
        AwaitingForDocument = "AWAITING_FOR_DOCUMENT",
    }
}

impl ProcessState {
    /// Returns whether the process is at its end. Says nothing about the outcome.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(self, Self::Finished)
    }
}

open_enum! {
    /// How a process ended, in the words of `GetProcess`.
    ///
    /// **`PROCESS_RESULT_OK` does not approve the person**: it says that the process ran through, and since some time
    /// also for an inconclusive one
    /// ([documented](https://developers.unico.io/en/docs/orquestrador/integracao/api-guides/get-process)). What was
    /// found out stands in [`AuthenticationInfo`]. Nor is it the webhook's [`ProcessResult`](crate::ProcessResult).
    ///
    /// Sources: documented on the
    /// [previous portal](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/api-reference/get-process)
    /// but for the last three.
    pub enum ProcessResult {
        /// The process ran through. Not an approval.
        Ok = "PROCESS_RESULT_OK",
        /// An error; the vendor advises to let the person try again.
        Error = "PROCESS_RESULT_ERROR",
        /// The identity could not be validated. The vendor's pages disagree whether to reject the person or to let
        /// them try again: look at liveness and authentication.
        InvalidIdentity = "PROCESS_RESULT_INVALID_IDENTITY",
        /// The person did not come to the end in time.
        Expired = "PROCESS_RESULT_EXPIRED",
        /// Not stated: the process is not at its end.
        Unspecified = "PROCESS_RESULT_UNSPECIFIED",
        /// Finished, with warnings. Only in a
        /// [list of the oldest portal](https://developers.unico.io/orquestrador/additional-resources/api_guide/api-reference).
        Warning = "PROCESS_RESULT_WARNING",
        /// VerifyError. Only in the same list.
        VerifyError = "PROCESS_RESULT_REFUSED",
        /// Failed. Observed in a third party's summary of the error page, 2026-09.
        Failed = "PROCESS_RESULT_FAILED",
    }
}

open_enum! {
    /// A capability the process was made of. The current portal's example writes two of them in another way.
    ///
    /// Sources: documented
    /// ([current](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html),
    /// [oldest portal](https://developers.unico.io/orquestrador/additional-resources/api_guide/api-reference)).
    pub enum Capacity {
        /// `PROCESS_CAPACITY_IDLIVE`.
        IdLive = "PROCESS_CAPACITY_IDLIVE",
        /// `PROCESS_CAPACITY_IDUNICO`.
        IdUnico = "PROCESS_CAPACITY_IDUNICO",
        /// `PROCESS_CAPACITY_IDCHECK`.
        IdCheck = "PROCESS_CAPACITY_IDCHECK",
        /// `PROCESS_CAPACITY_IDDOCS`.
        IdDocs = "PROCESS_CAPACITY_IDDOCS",
        /// `PROCESS_CAPACITY_IDSIGN`.
        IdSign = "PROCESS_CAPACITY_IDSIGN",
        /// `PROCESS_CAPACITY_IDTOKEN`.
        IdToken = "PROCESS_CAPACITY_IDTOKEN",
        /// `PROCESS_CAPACITY_IDTRUST`.
        IdTrust = "PROCESS_CAPACITY_IDTRUST",
        /// `PROCESS_CAPACITY_IDSERPRO`.
        IdSerpro = "PROCESS_CAPACITY_IDSERPRO",
        /// `PROCESS_CAPACITY_UNSPECIFIED`.
        Unspecified = "PROCESS_CAPACITY_UNSPECIFIED",
        /// `liveness`, as the current portal's example writes it.
        Liveness = "liveness",
        /// `face_match`, as the current portal's example writes it.
        FaceMatch = "face_match",
    }
}

open_enum! {
    /// What the process is for, as it was created.
    ///
    /// Sources: documented for
    /// [creating](https://developer.unico.io/developers/api-reference/web-sdk/post-process); `VERIFICATION` stands in
    /// the example of [reading](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html) only.
    pub enum Purpose {
        /// Credit.
        CreditProcess = "creditprocess",
        /// Onboarding by biometry.
        BiometryOnboarding = "biometryonboarding",
        /// Purchase of a car.
        CarPurchase = "carpurchase",
        /// Verification of age.
        AgeVerification = "ageverification",
        /// `VERIFICATION`.
        Verification = "VERIFICATION",
    }
}

payload! {
    /// The company the process belongs to: your own branch.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html).
    pub struct CompanyData {
        /// Branch; may be empty.
        pub branch_id: Lenient<Box<str>> = "branchId",
        /// Country: `BR` on the current page, `BRA` on the previous one.
        pub country_code: Lenient<Box<str>> = "countryCode",
    }
}

payload! {
    /// The company the process belongs to, in the oldest shape.
    ///
    /// Source: [documented](https://developers.unico.io/en/docs/orquestrador/integracao/api-guides/get-process/get-process-IDdocsign)
    /// on the oldest portal.
    pub struct Company {
        /// Short name.
        pub code: Lenient<Box<str>> = "code",
        /// Name to show.
        pub friendly_name: Lenient<Box<str>> = "friendlyName",
        /// Where its logo is.
        pub logo_url: Lenient<Box<str>> = "logoUrl",
    }
}

payload! {
    /// A process of the Web & SDK contract.
    ///
    /// Decide in the vendor's order: first `state` is finished, then `result`, then `authentication_info`
    /// ([documented](https://devcenter.unico.io/idcloud/en/integrations/integration-by-unico/api/api-reference/getprocess)).
    /// No page says which members are always there, so only the id is required.
    ///
    /// Source: [documented](https://developer.unico.io/developers/api-reference/web-sdk/get-process/index.html), where
    /// a field does not say otherwise.
    pub struct Process {
        /// Unico's id of the process, `processId` in a webhook.
        pub id: ProcessId = "id",
        /// Whether it is at its end. See [`Process::is_finished`].
        pub state: Lenient<ProcessState> = "state",
        /// How it ended, which is **not** whether the person is approved.
        pub result: Lenient<ProcessResult> = "result",
        /// The kind of process.
        pub flow: Lenient<Flow> = "flow",
        /// The findings about the person.
        pub authentication_info: Lenient<AuthenticationInfo> = "authenticationInfo",
        /// The person.
        pub person: Lenient<Person> = "person",
        /// When it was created, in UTC.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// When it came to its end, in UTC. Absent from one finished example.
        pub finished_at: Lenient<Timestamp> = "finishedAt",
        /// Until when the person may come to the end, in UTC.
        pub expires_at: Lenient<Timestamp> = "expiresAt",
        /// Its purpose.
        pub purpose: Lenient<Purpose> = "purpose",
        /// Your own reference, as it was created with.
        pub client_reference: Lenient<Box<str>> = "clientReference",
        /// Use case, as it was created with: `smart_revalidation`, `USE_CASE_LOGIN`.
        pub use_case: Lenient<Box<str>> = "useCase",
        /// Capabilities it is made of.
        pub capacities: Lenient<List<Capacity>> = "capacities",
        /// Where the person is sent at the end; may be `/`.
        pub callback_uri: Lenient<Pii<Box<str>>> = "callbackUri",
        /// Where the person goes through the process. Anyone who has it can open it.
        pub user_redirect_url: Lenient<Pii<Box<str>>> = "userRedirectUrl",
        /// Token for the SDK, which opens the process as well; may be empty.
        pub token: Lenient<Pii<Box<str>>> = "token",
        /// Your branch.
        pub company_data: Lenient<CompanyData> = "companyData",
        /// Your company, in answers of the oldest shape
        /// ([documented](https://developers.unico.io/en/docs/orquestrador/integracao/api-guides/get-process/get-process-IDdocsign)).
        pub company: Lenient<Company> = "company",
        /// The earlier process this one was compared with; its members are known in part only, so it is kept as
        /// sent. See [`Process::reference_process_id`].
        pub bio_token_data: Lenient<RawJson> = "bioTokenData",
        /// The results for documents and signatures, in more than one shape: `[]` or an object. Kept as sent; see
        /// [`Process::documents`].
        pub services: Lenient<RawJson> = "services",
    }
}

impl Process {
    /// Returns whether its `state` says that it is at its end; `false` if there is no state. Says nothing about the
    /// outcome.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.state.as_ref().is_some_and(ProcessState::is_finished)
    }

    /// Returns the earlier process this one was compared with, from `bio_token_data`.
    #[must_use]
    pub fn reference_process_id(&self) -> Option<ProcessId> {
        let raw = self.bio_token_data.as_ref()?;
        let [id] = json::members(raw.get().as_bytes(), ["referenceProcessId"]);
        json::text(id).map(|id| ProcessId::from(&*id))
    }

    /// Returns the fields read from documents, from each place in `services` that the vendor's pages name: `docs.documents` or
    /// `documents`. Empty if there is none, or in another shape than these.
    #[must_use]
    pub fn documents(&self) -> Vec<Document> {
        self.services.as_ref().map(document::of).unwrap_or_default()
    }
}
