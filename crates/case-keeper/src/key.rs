//! What happened, and its grammar.

use idhooks_core::{open_enum, text_id};

text_id! {
    /// What happened, in the vendor's words: one of 36 documented keys, or a newer one.
    ///
    /// A key reads `verification.<action>`, `verification.<target>.<action>` or
    /// `verification.<target>.<field>.<action>` (the grammar is inferred from the 36). Its parts are
    /// read from unknown keys too; a key of another form has none, and fails nothing.
    ///
    /// Trust the key, not the vendor's prose about it: some descriptions are copied from the wrong
    /// row (passport *confirmed* talks about face recognition).
    ///
    /// Source: [documented](https://case-keeper-core.readme.io/docs/handling-case-keeper-webhook-events).
    ///
    /// ```
    /// use idhooks_case_keeper::{Action, EventKey, Target};
    ///
    /// let key = EventKey::from("verification.criminalCheckResult.resultDocumentUrl.read");
    /// assert_eq!(key.target(), Some(Target::CriminalCheckResult));
    /// assert_eq!(key.field(), Some("resultDocumentUrl"));
    /// assert_eq!(key.action(), Some(Action::Read));
    ///
    /// let newer = EventKey::from("verification.livenessResult.created");
    /// assert!(!newer.is_known());
    /// assert_eq!(newer.target(), Some(Target::LivenessResult));
    /// ```
    pub struct EventKey;
}

open_enum! {
    /// The part of a verification that a key is about.
    ///
    /// Eleven stand in documented keys. The others are result objects of a verification whose keys
    /// nobody has seen; that they follow the grammar is inferred.
    pub enum Target {
        /// Front of the Thai ID card.
        FrontIdCardResult = "frontIdCardResult",
        /// Back of the Thai ID card.
        BackIdCardResult = "backIdCardResult",
        /// The check against DOPA, the Thai civil registry.
        DopaResult = "dopaResult",
        /// Passport, by picture or chip.
        PassportResult = "passportResult",
        /// Liveness and face match in one; v2.
        IdFaceRecognitionResult = "idFaceRecognitionResult",
        /// The ID card's chip, read by an agent.
        DipChipResult = "dipChipResult",
        /// The agent's visit.
        Appointment = "appointment",
        /// Criminal record.
        CriminalCheckResult = "criminalCheckResult",
        /// Employment record.
        EmploymentVerificationResult = "employmentVerificationResult",
        /// Sanction lists. The object is called `sanctionResult`, the key says `sanction`.
        Sanction = "sanction",
        /// Bankruptcy.
        BankruptcyResult = "bankruptcyResult",
        /// Liveness; v3. Key not seen.
        LivenessResult = "livenessResult",
        /// Face match; v3. Key not seen.
        FaceRecognitionResult = "faceRecognitionResult",
        /// The registry's check of what the chip said; v3. Key not seen.
        ChipDopaResult = "chipDopaResult",
        /// AMLO, the Thai anti-money-laundering office; v2. Key not seen.
        AmloResult = "amloResult",
        /// Education; v2. Key not seen.
        EducationCheckResult = "educationCheckResult",
        /// Income; v2. Key not seen.
        IncomeCheckResult = "incomeCheckResult",
        /// References; v2. Key not seen.
        ReferenceCheckResult = "referenceCheckResult",
    }
}

open_enum! {
    /// What was done to it.
    ///
    /// None of them says *passed*: `completed` means that every check was done, whatever came out.
    pub enum Action {
        /// It came to be: a verification was opened, a check has its first result.
        Created = "created",
        /// It changed. Without a target: the end user went through the welcome and consent pages.
        Updated = "updated",
        /// The end user confirmed it.
        Confirmed = "confirmed",
        /// Every check was verified.
        Verified = "verified",
        /// Every check was done, not necessarily passed (inferred).
        Completed = "completed",
        /// It was deleted.
        Deleted = "deleted",
        /// The system validated the appointment.
        Validated = "validated",
        /// The document behind the field was downloaded.
        Read = "read",
    }
}

impl EventKey {
    /// The 36 documented keys.
    pub const KNOWN: &'static [&'static str] = &[
        "verification.created",
        "verification.updated",
        "verification.verified",
        "verification.completed",
        "verification.deleted",
        "verification.frontIdCardResult.created",
        "verification.frontIdCardResult.confirmed",
        "verification.frontIdCardResult.updated",
        "verification.backIdCardResult.created",
        "verification.backIdCardResult.confirmed",
        "verification.backIdCardResult.updated",
        "verification.dopaResult.created",
        "verification.dopaResult.confirmed",
        "verification.dopaResult.updated",
        "verification.passportResult.created",
        "verification.passportResult.confirmed",
        "verification.passportResult.updated",
        "verification.idFaceRecognitionResult.created",
        "verification.idFaceRecognitionResult.confirmed",
        "verification.idFaceRecognitionResult.updated",
        "verification.dipChipResult.created",
        "verification.dipChipResult.confirmed",
        "verification.dipChipResult.updated",
        "verification.appointment.created",
        "verification.appointment.updated",
        "verification.appointment.validated",
        "verification.criminalCheckResult.created",
        "verification.criminalCheckResult.confirmed",
        "verification.criminalCheckResult.updated",
        "verification.criminalCheckResult.resultDocumentUrl.read",
        "verification.employmentVerificationResult.created",
        "verification.employmentVerificationResult.confirmed",
        "verification.employmentVerificationResult.updated",
        "verification.employmentVerificationResult.resultDocumentUrl.read",
        "verification.sanction.created",
        "verification.bankruptcyResult.created",
    ];

    /// Returns whether it is one of the 36 documented keys.
    #[must_use]
    pub fn is_known(&self) -> bool {
        Self::KNOWN.contains(&self.as_str())
    }

    /// Returns whether it is about a verification, and not about something else such as a flow.
    #[must_use]
    pub fn is_about_verification(&self) -> bool {
        self.as_str().starts_with("verification.")
    }

    /// Returns the part of the verification it is about; `None` if it is about the whole, or not of the
    /// known form.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        self.parts()?.target.map(Target::from)
    }

    /// Returns the field of the target it is about; only `resultDocumentUrl` was documented.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.parts()?.field
    }

    /// Returns the action; `None` if the key does not have the known form.
    #[must_use]
    pub fn action(&self) -> Option<Action> {
        self.parts().map(|parts| Action::from(parts.action))
    }

    fn parts(&self) -> Option<Parts<'_>> {
        let mut words = self.as_str().strip_prefix("verification.")?.split('.');
        let (first, second, third) = (words.next()?, words.next(), words.next());
        let (target, field, action) = match (second, third) {
            (None, _) => (None, None, first),
            (Some(action), None) => (Some(first), None, action),
            (Some(field), Some(action)) => (Some(first), Some(field), action),
        };
        let is_whole = words.next().is_none() && ![Some(action), target, field].contains(&Some(""));
        is_whole.then_some(Parts { target, field, action })
    }
}

struct Parts<'a> {
    target: Option<&'a str>,
    field: Option<&'a str>,
    action: &'a str,
}
