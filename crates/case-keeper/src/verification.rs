//! The thing all of this is about.

use idhooks_core::{Lenient, List, Pii, RawJson, Timestamp, payload};

use crate::{
    Appointment, ApprovalStatus, BackIdCardResult, BankruptcyResult, ChipDopaResult, CommonResult, CriminalCheckResult,
    DipChipResult, DocumentStatus, DopaResult, EmploymentVerificationResult, FaceRecognitionResult, FrontIdCardResult,
    IdFaceRecognitionResult, LivenessResult, Masterdata, NotifyType, PassportResult, PresignedLink, Process,
    ProcessConfig, ResultId, SanctionResult, UserId, VerificationId, VerificationStatus,
};

payload! {
    /// One person's verification, as far as a delivery tells it.
    ///
    /// Every field may be absent: deliveries are partial, and each of the vendor's two generations
    /// sends its own set. Times are RFC 3339, UTC, with milliseconds.
    ///
    /// **Passed or not?** Only `status` (or `kyc_status`) `verified` says passed. `completed` says
    /// that every check was done; `verified_at` was recorded beside a failed check. There is no
    /// telling which states are final, so no method here claims to.
    ///
    /// Parent, children and owner stay raw: they are verifications and users in full, and a body
    /// can nest them without end.
    ///
    /// Source: no page of the vendor lists the fields. Observed in public code, 2024-03 (v3), and
    /// public recordings, 2024-04 (v2), unless a field says otherwise. The `…_result_id` fields were
    /// recorded from the sub-module for end users, those of v3 checks are inferred.
    pub struct Verification {
        /// The vendor's id. Absent from a delivery that names it as `dataId` only.
        pub id: Lenient<VerificationId> = "id",
        /// When it was created.
        pub created_at: Lenient<Timestamp> = "createdAt",
        /// When it last changed: the one order there is among deliveries.
        pub updated_at: Lenient<Timestamp> = "updatedAt",
        /// When it was deleted; `null` unless it was. v2.
        pub deleted_at: Lenient<Timestamp> = "deletedAt",
        /// How far it is.
        pub status: Lenient<VerificationStatus> = "status",
        /// The **parent**, if results of it are reused; never this verification's own id.
        pub verification_id: Lenient<VerificationId> = "verificationId",
        /// The parent in full, as sent.
        pub verification: Lenient<RawJson> = "verification",
        /// The children in full, as sent.
        pub verifications: Lenient<RawJson> = "verifications",
        /// Checks whose results were reused from the parent ([documented](https://case-keeper-core.readme.io/docs/reuse-verification)).
        pub reused_results: Lenient<List<Process>> = "reusedResults",
        /// Your own reference.
        pub reference: Lenient<Box<str>> = "ref",
        /// The user who owns it.
        pub user_id: Lenient<UserId> = "userId",
        /// That user in full, as sent.
        pub user: Lenient<RawJson> = "user",
        /// How the end user is told.
        pub notify_type: Lenient<NotifyType> = "notifyType",
        /// How often, as an ISO 8601 duration (`P2D`; [documented](https://case-keeper-core.readme.io/docs/verification-configuration)).
        pub notify_interval: Lenient<Box<str>> = "notifyInterval",
        /// When they are told next (inferred).
        pub notifies_at: Lenient<Timestamp> = "notifiesAt",
        /// When it expires.
        pub expires_at: Lenient<Timestamp> = "expiresAt",
        /// When it was verified, by its name. It was recorded on a verification that was `completed` with
        /// a failed face match, so it proves nothing: ask `status`.
        pub verified_at: Lenient<Timestamp> = "verifiedAt",
        /// The citizen's number, 13 digits.
        pub citizen_id: Lenient<Pii<Box<str>>> = "citizenId",
        /// The passport's number.
        pub passport_number: Lenient<Pii<Box<str>>> = "passportNumber",
        /// The code on the back of the card, such as `AB1-1234567-12`.
        pub laser_code: Lenient<Pii<Box<str>>> = "laserCode",
        /// Given name, in Thai or Latin letters.
        pub first_name: Lenient<Pii<Box<str>>> = "firstName",
        /// Middle name.
        pub middle_name: Lenient<Pii<Box<str>>> = "middleName",
        /// Family name.
        pub last_name: Lenient<Pii<Box<str>>> = "lastName",
        /// Birth date: `YYYY-MM-DD`, where day and month may be `00`, sometimes with a time after it.
        pub date_of_birth: Lenient<Pii<Box<str>>> = "dateOfBirth",
        /// Title.
        pub title: Lenient<Box<Masterdata>> = "title",
        /// E-mail address.
        pub email: Lenient<Pii<Box<str>>> = "email",
        /// Telephone number.
        pub phone_number: Lenient<Pii<Box<str>>> = "phoneNumber",
        /// What the end user thought of it.
        pub feedback: Lenient<Pii<Box<str>>> = "feedback",
        /// Whether the end user consented to the use of their data.
        pub pdpa_consented: Lenient<bool> = "pdpaConsented",
        /// Whether the end user went past the welcome page. Seen from the sub-module for end users only.
        pub welcome_confirmed: Lenient<bool> = "welcomeConfirmed",
        /// Whether background checks are off. Seen from the sub-module for end users only.
        pub disable_background_check: Lenient<bool> = "disableBackgroundCheck",
        /// The person's position; v2.
        pub position: Lenient<Box<Masterdata>> = "position",
        /// The person's department; v2.
        pub department: Lenient<Box<Masterdata>> = "department",
        /// Your own data, as you gave it.
        pub meta: Lenient<RawJson> = "meta",
        /// What a person decided; v2.
        pub approval_status: Lenient<ApprovalStatus> = "approvalStatus",
        /// What they said about it, as sent; v2.
        pub approval_remark: Lenient<RawJson> = "approvalRemark",
        /// The text message; v2.
        pub sms_notify_content: Lenient<Pii<Box<str>>> = "smsNotifyContent",
        /// The e-mail's text; v2.
        pub email_notify_content: Lenient<Pii<Box<str>>> = "emailNotifyContent",
        /// The e-mail's subject; v2.
        pub email_notify_subject: Lenient<Pii<Box<str>>> = "emailNotifySubject",
        /// The agent's visit.
        pub appointment: Lenient<Box<Appointment>> = "appointment",
        /// How far the identity checks are, taken together.
        pub kyc_status: Lenient<VerificationStatus> = "kycStatus",
        /// When the identity checks were verified.
        pub kyc_verified_at: Lenient<Timestamp> = "kycVerifiedAt",
        /// How far the reading of the chip is; `unspecified` when not asked for. v2.
        pub dip_chip_status: Lenient<VerificationStatus> = "dipChipStatus",
        /// When it was verified.
        pub dip_chip_verified_at: Lenient<Timestamp> = "dipChipVerifiedAt",
        /// How far the check of the criminal record is; `unspecified` when not asked for. v2.
        pub criminal_check_status: Lenient<VerificationStatus> = "criminalCheckStatus",
        /// When it was verified.
        pub criminal_check_verified_at: Lenient<Timestamp> = "criminalCheckVerifiedAt",
        /// How far the check of the employment record is; `unspecified` when not asked for. v2.
        pub employment_verification_status: Lenient<VerificationStatus> = "employmentVerificationStatus",
        /// When it was verified.
        pub employment_verification_verified_at: Lenient<Timestamp> = "employmentVerificationVerifiedAt",
        /// How far the look into bankruptcies is; `unspecified` when not asked for. v2.
        pub bankruptcy_status: Lenient<VerificationStatus> = "bankruptcyStatus",
        /// When it was verified.
        pub bankruptcy_verified_at: Lenient<Timestamp> = "bankruptcyVerifiedAt",
        /// How far the look into sanction lists is; `unspecified` when not asked for. v2.
        pub sanction_status: Lenient<VerificationStatus> = "sanctionStatus",
        /// When it was verified.
        pub sanction_verified_at: Lenient<Timestamp> = "sanctionVerifiedAt",
        /// How far the check of education is; `unspecified` when not asked for. v2.
        pub education_check_status: Lenient<VerificationStatus> = "educationCheckStatus",
        /// When it was verified.
        pub education_check_verified_at: Lenient<Timestamp> = "educationCheckVerifiedAt",
        /// How far the check of income is; `unspecified` when not asked for. v2.
        pub income_check_status: Lenient<VerificationStatus> = "incomeCheckStatus",
        /// When it was verified.
        pub income_check_verified_at: Lenient<Timestamp> = "incomeCheckVerifiedAt",
        /// How far the check of references is; `unspecified` when not asked for. v2.
        pub reference_check_status: Lenient<VerificationStatus> = "referenceCheckStatus",
        /// When it was verified.
        pub reference_check_verified_at: Lenient<Timestamp> = "referenceCheckVerifiedAt",
        /// Whether the document on education arrived.
        pub education_check_document_status: Lenient<DocumentStatus> = "educationCheckDocumentStatus",
        /// The end user's face; v3.
        pub face_image_url: Lenient<PresignedLink> = "faceImageUrl",
        /// What you asked of the front of the Thai ID card.
        pub front_id_card_config: Lenient<Box<ProcessConfig>> = "frontIdCardConfig",
        /// The latest attempt at the front of the Thai ID card.
        pub front_id_card_result: Lenient<Box<FrontIdCardResult>> = "frontIdCardResult",
        /// Every attempt at the front of the Thai ID card.
        pub front_id_card_results: Lenient<List<FrontIdCardResult>> = "frontIdCardResults",
        /// Id of the latest attempt at the front of the Thai ID card.
        pub front_id_card_result_id: Lenient<ResultId> = "frontIdCardResultId",
        /// What you asked of the back of the Thai ID card.
        pub back_id_card_config: Lenient<Box<ProcessConfig>> = "backIdCardConfig",
        /// The latest attempt at the back of the Thai ID card.
        pub back_id_card_result: Lenient<Box<BackIdCardResult>> = "backIdCardResult",
        /// Every attempt at the back of the Thai ID card.
        pub back_id_card_results: Lenient<List<BackIdCardResult>> = "backIdCardResults",
        /// Id of the latest attempt at the back of the Thai ID card.
        pub back_id_card_result_id: Lenient<ResultId> = "backIdCardResultId",
        /// What you asked of the passport.
        pub passport_config: Lenient<Box<ProcessConfig>> = "passportConfig",
        /// The latest attempt at the passport.
        pub passport_result: Lenient<Box<PassportResult>> = "passportResult",
        /// Every attempt at the passport.
        pub passport_results: Lenient<List<PassportResult>> = "passportResults",
        /// Id of the latest attempt at the passport.
        pub passport_result_id: Lenient<ResultId> = "passportResultId",
        /// What you asked of liveness and face match in one; v2.
        pub id_face_recognition_config: Lenient<Box<ProcessConfig>> = "idFaceRecognitionConfig",
        /// The latest attempt at liveness and face match in one; v2.
        pub id_face_recognition_result: Lenient<Box<IdFaceRecognitionResult>> = "idFaceRecognitionResult",
        /// Every attempt at liveness and face match in one; v2.
        pub id_face_recognition_results: Lenient<List<IdFaceRecognitionResult>> = "idFaceRecognitionResults",
        /// Id of the latest attempt at liveness and face match in one.
        pub id_face_recognition_result_id: Lenient<ResultId> = "idFaceRecognitionResultId",
        /// What you asked of liveness; v3.
        pub liveness_config: Lenient<Box<ProcessConfig>> = "livenessConfig",
        /// The latest attempt at liveness; v3.
        pub liveness_result: Lenient<Box<LivenessResult>> = "livenessResult",
        /// Every attempt at liveness; v3.
        pub liveness_results: Lenient<List<LivenessResult>> = "livenessResults",
        /// Id of the latest attempt at liveness.
        pub liveness_result_id: Lenient<ResultId> = "livenessResultId",
        /// What you asked of the face match; v3.
        pub face_recognition_config: Lenient<Box<ProcessConfig>> = "faceRecognitionConfig",
        /// The latest attempt at the face match; v3.
        pub face_recognition_result: Lenient<Box<FaceRecognitionResult>> = "faceRecognitionResult",
        /// Every attempt at the face match; v3.
        pub face_recognition_results: Lenient<List<FaceRecognitionResult>> = "faceRecognitionResults",
        /// Id of the latest attempt at the face match.
        pub face_recognition_result_id: Lenient<ResultId> = "faceRecognitionResultId",
        /// What you asked of the civil registry.
        pub dopa_config: Lenient<Box<ProcessConfig>> = "dopaConfig",
        /// The latest attempt at the civil registry.
        pub dopa_result: Lenient<Box<DopaResult>> = "dopaResult",
        /// Every attempt at the civil registry.
        pub dopa_results: Lenient<List<DopaResult>> = "dopaResults",
        /// Id of the latest attempt at the civil registry.
        pub dopa_result_id: Lenient<ResultId> = "dopaResultId",
        /// What you asked of the ID card's chip.
        pub dip_chip_config: Lenient<Box<ProcessConfig>> = "dipChipConfig",
        /// The latest attempt at the ID card's chip.
        pub dip_chip_result: Lenient<Box<DipChipResult>> = "dipChipResult",
        /// Every attempt at the ID card's chip.
        pub dip_chip_results: Lenient<List<DipChipResult>> = "dipChipResults",
        /// Id of the latest attempt at the ID card's chip.
        pub dip_chip_result_id: Lenient<ResultId> = "dipChipResultId",
        /// What you asked of the civil registry on what the chip said; v3.
        pub chip_dopa_config: Lenient<Box<ProcessConfig>> = "chipDopaConfig",
        /// The latest attempt at the civil registry on what the chip said; v3.
        pub chip_dopa_result: Lenient<Box<ChipDopaResult>> = "chipDopaResult",
        /// Every attempt at the civil registry on what the chip said; v3.
        pub chip_dopa_results: Lenient<List<ChipDopaResult>> = "chipDopaResults",
        /// Id of the latest attempt at the civil registry on what the chip said.
        pub chip_dopa_result_id: Lenient<ResultId> = "chipDopaResultId",
        /// What you asked of the anti-money-laundering office; v2.
        pub amlo_config: Lenient<Box<ProcessConfig>> = "amloConfig",
        /// The latest attempt at the anti-money-laundering office; v2.
        pub amlo_result: Lenient<Box<CommonResult>> = "amloResult",
        /// Every attempt at the anti-money-laundering office; v2.
        pub amlo_results: Lenient<List<CommonResult>> = "amloResults",
        /// Id of the latest attempt at the anti-money-laundering office.
        pub amlo_result_id: Lenient<ResultId> = "amloResultId",
        /// What you asked of the criminal record; v2.
        pub criminal_check_config: Lenient<Box<ProcessConfig>> = "criminalCheckConfig",
        /// The latest attempt at the criminal record; v2.
        pub criminal_check_result: Lenient<Box<CriminalCheckResult>> = "criminalCheckResult",
        /// Every attempt at the criminal record; v2.
        pub criminal_check_results: Lenient<List<CriminalCheckResult>> = "criminalCheckResults",
        /// Id of the latest attempt at the criminal record.
        pub criminal_check_result_id: Lenient<ResultId> = "criminalCheckResultId",
        /// What you asked of the employment record; v2.
        pub employment_verification_config: Lenient<Box<ProcessConfig>> = "employmentVerificationConfig",
        /// The latest attempt at the employment record; v2.
        pub employment_verification_result: Lenient<Box<EmploymentVerificationResult>> = "employmentVerificationResult",
        /// Every attempt at the employment record; v2.
        pub employment_verification_results: Lenient<List<EmploymentVerificationResult>> = "employmentVerificationResults",
        /// Id of the latest attempt at the employment record.
        pub employment_verification_result_id: Lenient<ResultId> = "employmentVerificationResultId",
        /// What you asked of bankruptcy; v2.
        pub bankruptcy_config: Lenient<Box<ProcessConfig>> = "bankruptcyConfig",
        /// The latest attempt at bankruptcy; v2.
        pub bankruptcy_result: Lenient<Box<BankruptcyResult>> = "bankruptcyResult",
        /// Every attempt at bankruptcy; v2.
        pub bankruptcy_results: Lenient<List<BankruptcyResult>> = "bankruptcyResults",
        /// Id of the latest attempt at bankruptcy.
        pub bankruptcy_result_id: Lenient<ResultId> = "bankruptcyResultId",
        /// What you asked of sanction lists; v2.
        pub sanction_config: Lenient<Box<ProcessConfig>> = "sanctionConfig",
        /// The latest attempt at sanction lists; v2.
        pub sanction_result: Lenient<Box<SanctionResult>> = "sanctionResult",
        /// Every attempt at sanction lists; v2.
        pub sanction_results: Lenient<List<SanctionResult>> = "sanctionResults",
        /// Id of the latest attempt at sanction lists.
        pub sanction_result_id: Lenient<ResultId> = "sanctionResultId",
        /// What you asked of education; v2.
        pub education_check_config: Lenient<Box<ProcessConfig>> = "educationCheckConfig",
        /// The latest attempt at education; v2.
        pub education_check_result: Lenient<Box<CommonResult>> = "educationCheckResult",
        /// Every attempt at education; v2.
        pub education_check_results: Lenient<List<CommonResult>> = "educationCheckResults",
        /// Id of the latest attempt at education.
        pub education_check_result_id: Lenient<ResultId> = "educationCheckResultId",
        /// What you asked of income; v2.
        pub income_check_config: Lenient<Box<ProcessConfig>> = "incomeCheckConfig",
        /// The latest attempt at income; v2.
        pub income_check_result: Lenient<Box<CommonResult>> = "incomeCheckResult",
        /// Every attempt at income; v2.
        pub income_check_results: Lenient<List<CommonResult>> = "incomeCheckResults",
        /// Id of the latest attempt at income.
        pub income_check_result_id: Lenient<ResultId> = "incomeCheckResultId",
        /// What you asked of references; v2.
        pub reference_check_config: Lenient<Box<ProcessConfig>> = "referenceCheckConfig",
        /// The latest attempt at references; v2.
        pub reference_check_result: Lenient<Box<CommonResult>> = "referenceCheckResult",
        /// Every attempt at references; v2.
        pub reference_check_results: Lenient<List<CommonResult>> = "referenceCheckResults",
        /// Id of the latest attempt at references.
        pub reference_check_result_id: Lenient<ResultId> = "referenceCheckResultId",
        /// The sanction result under the name the event key has; not seen. See [`Verification::sanction`].
        pub sanction: Lenient<Box<SanctionResult>> = "sanction",
        /// What you asked of the vaccine passport; seen in requests of 2022 only.
        pub vaccine_passport_config: Lenient<Box<ProcessConfig>> = "vaccinePassportConfig",
    }
}

impl Verification {
    /// Returns the latest look into sanction lists: `sanctionResult`, which was observed, or `sanction`, as
    /// the event key calls it.
    #[must_use]
    pub fn sanction(&self) -> Option<&SanctionResult> {
        self.sanction_result.as_deref().or(self.sanction.as_deref())
    }
}
