//! A process that came to its end, as IDCloud's current notice tells it.

use idhooks_core::{Lenient, Pii, open_enum, payload, text_id};

text_id! {
    /// Unico's id of a process, a UUID in the samples.
    ///
    /// Any text: vendors change formats. Kept as sent, and compared without regard to ASCII case:
    /// Unico's current pages write ids in lower case, its oldest ones in upper case
    /// ([documented](https://developers.unico.io/en/docs/IDunico/Integracao/IDUnico_ID99)), and both
    /// name the same process (inferred). The same identifier is `id` in answers of the REST API
    /// ([documented](https://developer.unico.io/resources/glossary/index.html)). `Display` escapes
    /// characters that could disturb a log.
    ///
    /// ```
    /// use idhooks_unico::ProcessId;
    ///
    /// let id = ProcessId::from("8263A268-5388-492a-bca2-28e1ff4a69f0");
    /// assert_eq!(id, ProcessId::from("8263a268-5388-492a-bca2-28e1ff4a69f0"));
    /// assert_eq!(id.as_str(), "8263A268-5388-492a-bca2-28e1ff4a69f0");
    /// ```
    pub struct ProcessId ignoring case;
}

open_enum! {
    /// State of a process. A webhook tells of the end alone
    /// ([documented](https://developer.unico.io/developers/webhooks-and-events/setup)).
    pub enum ProcessState {
        /// The process is at its end, with whatever outcome.
        Finished = "PROCESS_STATE_FINISHED",
        /// The same, as the previous portal
        /// [writes it](https://devcenter.unico.io/idcloud/en/integrations/webhook). Whether it was
        /// ever sent so is not confirmed.
        FinishedLegacy = "finished",
    }
}

impl ProcessState {
    /// Returns whether the process is at its end, in the current or the previous spelling. Says nothing
    /// about the outcome.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(self, Self::Finished | Self::FinishedLegacy)
    }
}

open_enum! {
    /// How a process came to its end, in the webhook's own words.
    ///
    /// **`ok` does not approve the person.** It says that the process ran through; what came out
    /// (liveness, identity, fraud, score) stands only in the answer to `GetProcess`. Nor is this
    /// that answer's `result`: that one reads `PROCESS_RESULT_OK` and so on, has more values, and the
    /// vendor says in so many words that the two are not the same. Hence no predicate here says
    /// "approved", and one that did would be wrong.
    ///
    /// Source: [documented](https://developer.unico.io/developers/webhooks-and-events/event-types).
    pub enum ProcessResult {
        /// The process ran through. Not an approval.
        Ok = "ok",
        /// The person did not come to the end in time; see [`ProcessFinished::last_event`].
        Expired = "expired",
        /// The identity could not be validated. Whether to reject the person or to let them try
        /// again, the vendor's pages answer differently; `GetProcess` has the details.
        InvalidIdentity = "invalid_identity",
    }
}

open_enum! {
    /// The last thing that happened in a process that expired. The vendor announces that the list
    /// may grow.
    ///
    /// Source: [documented](https://developer.unico.io/developers/webhooks-and-events/event-types).
    pub enum LastEvent {
        /// The process was created.
        ProcessCreated = "EVENT_TYPE_PROCESS_CREATED",
        /// The QR code was read.
        QrCodeRead = "EVENT_TYPE_QR_CODE_READ",
        /// The person began.
        ProcessStartedByUser = "EVENT_TYPE_PROCESS_STARTED_BY_USER",
        /// The identity step was done.
        IdentityValidationStepFinished = "EVENT_TYPE_IDENTITY_VALIDATION_STEP_FINISHED",
        /// The document step began.
        DocumentStepStarted = "EVENT_TYPE_DOCUMENT_STEP_STARTED",
        /// A document was photographed.
        DocumentPhotoCaptured = "EVENT_TYPE_DOCUMENT_PHOTO_CAPTURED",
        /// A picture of a document was taken from the gallery.
        DocumentUploadedFromGallery = "EVENT_TYPE_DOCUMENT_UPLOADED_FROM_GALLERY",
        /// The document step was done.
        DocumentStepFinished = "EVENT_TYPE_DOCUMENT_STEP_FINISHED",
        /// The session timed out, or a newer one took its place.
        SessionEnded = "EVENT_TYPE_SESSION_ENDED",
        /// The document step failed.
        ErrorOnDocumentStep = "EVENT_TYPE_ERROR_ON_DOCUMENT_STEP",
    }
}

open_enum! {
    /// The kind of process that was asked for: a bundle of capabilities.
    ///
    /// These are the values a process may be created with
    /// ([documented](https://devcenter.unico.io/unico-idcloud/by-unico-integration/by-unico-api/api-reference/create-process)).
    /// Others exist: tenants define flows of their own
    /// ([documented](https://developer.unico.io/developers/api-reference/web-sdk/post-process-document/index.html)).
    pub enum Flow {
        /// `idlive`.
        IdLive = "idlive",
        /// `id`.
        Id = "id",
        /// `idlivetrust`.
        IdLiveTrust = "idlivetrust",
        /// `idcheck`.
        IdCheck = "idcheck",
        /// `iddocs`.
        IdDocs = "iddocs",
        /// `idsign`.
        IdSign = "idsign",
        /// `iddocssign`.
        IdDocsSign = "iddocssign",
        /// `idchecktrust`.
        IdCheckTrust = "idchecktrust",
        /// `idchecktrustdocs`.
        IdCheckTrustDocs = "idchecktrustdocs",
        /// `idchecktrustsign`.
        IdCheckTrustSign = "idchecktrustsign",
        /// `idchecktrustdocssign`.
        IdCheckTrustDocsSign = "idchecktrustdocssign",
        /// `idcheckserpro`.
        IdCheckSerpro = "idcheckserpro",
        /// `idcheckserprodocs`.
        IdCheckSerproDocs = "idcheckserprodocs",
        /// `idcheckserprodocssign`.
        IdCheckSerproDocsSign = "idcheckserprodocssign",
        /// `creditoconsignado`, payroll credit.
        CreditoConsignado = "creditoconsignado",
        /// `idtrust`.
        IdTrust = "idtrust",
        /// `idunicodocs`.
        IdUnicoDocs = "idunicodocs",
        /// `idunicosign`.
        IdUnicoSign = "idunicosign",
        /// `idunicodocssign`.
        IdUnicoDocsSign = "idunicodocssign",
        /// `idunicoserprodocssign`.
        IdUnicoSerproDocsSign = "idunicoserprodocssign",
        /// `idtrustdocs`.
        IdTrustDocs = "idtrustdocs",
        /// `idtrustsign`.
        IdTrustSign = "idtrustsign",
        /// `idtrustdocssign`.
        IdTrustDocsSign = "idtrustdocssign",
        /// `idtoken`.
        IdToken = "idtoken",
        /// `idtokentrust`.
        IdTokenTrust = "idtokentrust",
        /// `idtokensign`.
        IdTokenSign = "idtokensign",
        /// `idsmart`.
        IdSmart = "idsmart",
        /// `idage`.
        IdAge = "idage",
        /// `idagedocumentless`.
        IdAgeDocumentless = "idagedocumentless",
    }
}

payload! {
    /// A process came to its end. What came out is not in here: fetch it with `GetProcess`.
    ///
    /// Source: [documented](https://developer.unico.io/developers/webhooks-and-events/event-types).
    pub struct ProcessFinished {
        /// Unico's id of the process; ask `GetProcess` for it.
        pub process_id: ProcessId = "processId",
        /// One of the two spellings of "finished".
        pub state: ProcessState = "state",
        /// The kind of process. Documented without condition, yet not promised.
        pub flow: Lenient<Flow> = "flow",
        /// How it ended, which is **not** whether the person is approved: see [`ProcessResult`].
        /// Documented, and absent from the same page as observed on 2026-09-02: do without it.
        pub result: Lenient<ProcessResult> = "result",
        /// The last thing that happened; only when `result` is `expired`.
        pub last_event: Lenient<LastEvent> = "lastEvent",
        /// The same in prose; only when `result` is `expired`. The vendor's own sentence in the one
        /// sample there is. Free text all the same, and nobody promises that it never says
        /// something about the person, so it is treated as personal.
        pub last_event_description: Lenient<Pii<Box<str>>> = "lastEventDescription",
    }
}
