//! The thing all of this is about.

use idhooks_core::{List, Pii, RawJson, Timestamp, object};

use crate::{
    Appointment, ApprovalStatus, BackIdCardResult, BankruptcyResult, ChipDopaResult, CommonResult, CriminalCheckResult,
    DipChipResult, DocumentStatus, DopaResult, EmploymentVerificationResult, FaceRecognitionResult, FrontIdCardResult,
    IdFaceRecognitionResult, LivenessResult, Masterdata, NotifyType, PassportResult, PresignedLink, Process,
    ProcessConfig, ResultId, SanctionResult, UserId, VerificationId, VerificationStatus,
};

object! {
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
        pub id: VerificationId = "id",
        /// When it was created.
        pub created_at: Timestamp = "createdAt",
        /// When it last changed: the one order there is among deliveries.
        pub updated_at: Timestamp = "updatedAt",
        /// When it was deleted; `null` unless it was. v2.
        pub deleted_at: Timestamp = "deletedAt",
        /// How far it is.
        pub status: VerificationStatus = "status",
        /// The **parent**, if results of it are reused; never this verification's own id.
        pub verification_id: VerificationId = "verificationId",
        /// The parent in full, as sent.
        pub verification: RawJson = "verification",
        /// The children in full, as sent.
        pub verifications: RawJson = "verifications",
        /// Checks whose results were reused from the parent ([documented](https://case-keeper-core.readme.io/docs/reuse-verification)).
        pub reused_results: List<Process> = "reusedResults",
        /// Your own reference.
        pub reference: Box<str> = "ref",
        /// The user who owns it.
        pub user_id: UserId = "userId",
        /// That user in full, as sent.
        pub user: RawJson = "user",
        /// How the end user is told.
        pub notify_type: NotifyType = "notifyType",
        /// How often, as an ISO 8601 duration (`P2D`; [documented](https://case-keeper-core.readme.io/docs/verification-configuration)).
        pub notify_interval: Box<str> = "notifyInterval",
        /// When they are told next (inferred).
        pub notifies_at: Timestamp = "notifiesAt",
        /// When it expires.
        pub expires_at: Timestamp = "expiresAt",
        /// When it was verified, by its name. It was recorded on a verification that was `completed` with
        /// a failed face match, so it proves nothing: ask `status`.
        pub verified_at: Timestamp = "verifiedAt",
        /// The citizen's number, 13 digits.
        pub citizen_id: Pii<Box<str>> = "citizenId",
        /// The passport's number.
        pub passport_number: Pii<Box<str>> = "passportNumber",
        /// The code on the back of the card, such as `AB1-1234567-12`.
        pub laser_code: Pii<Box<str>> = "laserCode",
        /// Given name, in Thai or Latin letters.
        pub first_name: Pii<Box<str>> = "firstName",
        /// Middle name.
        pub middle_name: Pii<Box<str>> = "middleName",
        /// Family name.
        pub last_name: Pii<Box<str>> = "lastName",
        /// Birth date: `YYYY-MM-DD`, where day and month may be `00`, sometimes with a time after it.
        pub date_of_birth: Pii<Box<str>> = "dateOfBirth",
        /// Title.
        pub title: Box<Masterdata> = "title",
        /// E-mail address.
        pub email: Pii<Box<str>> = "email",
        /// Telephone number.
        pub phone_number: Pii<Box<str>> = "phoneNumber",
        /// What the end user thought of it.
        pub feedback: Pii<Box<str>> = "feedback",
        /// Whether the end user consented to the use of their data.
        pub pdpa_consented: bool = "pdpaConsented",
        /// Whether the end user went past the welcome page. Seen from the sub-module for end users only.
        pub welcome_confirmed: bool = "welcomeConfirmed",
        /// Whether background checks are off. Seen from the sub-module for end users only.
        pub disable_background_check: bool = "disableBackgroundCheck",
        /// The person's position; v2.
        pub position: Box<Masterdata> = "position",
        /// The person's department; v2.
        pub department: Box<Masterdata> = "department",
        /// Your own data, as you gave it.
        pub meta: RawJson = "meta",
        /// What a person decided; v2.
        pub approval_status: ApprovalStatus = "approvalStatus",
        /// What they said about it, as sent; v2.
        pub approval_remark: RawJson = "approvalRemark",
        /// The text message; v2.
        pub sms_notify_content: Pii<Box<str>> = "smsNotifyContent",
        /// The e-mail's text; v2.
        pub email_notify_content: Pii<Box<str>> = "emailNotifyContent",
        /// The e-mail's subject; v2.
        pub email_notify_subject: Pii<Box<str>> = "emailNotifySubject",
        /// The agent's visit.
        pub appointment: Box<Appointment> = "appointment",
        /// How far the identity checks are, taken together.
        pub kyc_status: VerificationStatus = "kycStatus",
        /// When the identity checks were verified.
        pub kyc_verified_at: Timestamp = "kycVerifiedAt",
        /// How far the reading of the chip is; `unspecified` when not asked for. v2.
        pub dip_chip_status: VerificationStatus = "dipChipStatus",
        /// When it was verified.
        pub dip_chip_verified_at: Timestamp = "dipChipVerifiedAt",
        /// How far the check of the criminal record is; `unspecified` when not asked for. v2.
        pub criminal_check_status: VerificationStatus = "criminalCheckStatus",
        /// When it was verified.
        pub criminal_check_verified_at: Timestamp = "criminalCheckVerifiedAt",
        /// How far the check of the employment record is; `unspecified` when not asked for. v2.
        pub employment_verification_status: VerificationStatus = "employmentVerificationStatus",
        /// When it was verified.
        pub employment_verification_verified_at: Timestamp = "employmentVerificationVerifiedAt",
        /// How far the look into bankruptcies is; `unspecified` when not asked for. v2.
        pub bankruptcy_status: VerificationStatus = "bankruptcyStatus",
        /// When it was verified.
        pub bankruptcy_verified_at: Timestamp = "bankruptcyVerifiedAt",
        /// How far the look into sanction lists is; `unspecified` when not asked for. v2.
        pub sanction_status: VerificationStatus = "sanctionStatus",
        /// When it was verified.
        pub sanction_verified_at: Timestamp = "sanctionVerifiedAt",
        /// How far the check of education is; `unspecified` when not asked for. v2.
        pub education_check_status: VerificationStatus = "educationCheckStatus",
        /// When it was verified.
        pub education_check_verified_at: Timestamp = "educationCheckVerifiedAt",
        /// How far the check of income is; `unspecified` when not asked for. v2.
        pub income_check_status: VerificationStatus = "incomeCheckStatus",
        /// When it was verified.
        pub income_check_verified_at: Timestamp = "incomeCheckVerifiedAt",
        /// How far the check of references is; `unspecified` when not asked for. v2.
        pub reference_check_status: VerificationStatus = "referenceCheckStatus",
        /// When it was verified.
        pub reference_check_verified_at: Timestamp = "referenceCheckVerifiedAt",
        /// Whether the document on education arrived.
        pub education_check_document_status: DocumentStatus = "educationCheckDocumentStatus",
        /// The end user's face; v3.
        pub face_image_url: PresignedLink = "faceImageUrl",
        /// What you asked of the front of the Thai ID card.
        pub front_id_card_config: Box<ProcessConfig> = "frontIdCardConfig",
        /// The latest attempt at the front of the Thai ID card.
        pub front_id_card_result: Box<FrontIdCardResult> = "frontIdCardResult",
        /// Every attempt at the front of the Thai ID card.
        pub front_id_card_results: List<FrontIdCardResult> = "frontIdCardResults",
        /// Id of the latest attempt at the front of the Thai ID card.
        pub front_id_card_result_id: ResultId = "frontIdCardResultId",
        /// What you asked of the back of the Thai ID card.
        pub back_id_card_config: Box<ProcessConfig> = "backIdCardConfig",
        /// The latest attempt at the back of the Thai ID card.
        pub back_id_card_result: Box<BackIdCardResult> = "backIdCardResult",
        /// Every attempt at the back of the Thai ID card.
        pub back_id_card_results: List<BackIdCardResult> = "backIdCardResults",
        /// Id of the latest attempt at the back of the Thai ID card.
        pub back_id_card_result_id: ResultId = "backIdCardResultId",
        /// What you asked of the passport.
        pub passport_config: Box<ProcessConfig> = "passportConfig",
        /// The latest attempt at the passport.
        pub passport_result: Box<PassportResult> = "passportResult",
        /// Every attempt at the passport.
        pub passport_results: List<PassportResult> = "passportResults",
        /// Id of the latest attempt at the passport.
        pub passport_result_id: ResultId = "passportResultId",
        /// What you asked of liveness and face match in one; v2.
        pub id_face_recognition_config: Box<ProcessConfig> = "idFaceRecognitionConfig",
        /// The latest attempt at liveness and face match in one; v2.
        pub id_face_recognition_result: Box<IdFaceRecognitionResult> = "idFaceRecognitionResult",
        /// Every attempt at liveness and face match in one; v2.
        pub id_face_recognition_results: List<IdFaceRecognitionResult> = "idFaceRecognitionResults",
        /// Id of the latest attempt at liveness and face match in one.
        pub id_face_recognition_result_id: ResultId = "idFaceRecognitionResultId",
        /// What you asked of liveness; v3.
        pub liveness_config: Box<ProcessConfig> = "livenessConfig",
        /// The latest attempt at liveness; v3.
        pub liveness_result: Box<LivenessResult> = "livenessResult",
        /// Every attempt at liveness; v3.
        pub liveness_results: List<LivenessResult> = "livenessResults",
        /// Id of the latest attempt at liveness.
        pub liveness_result_id: ResultId = "livenessResultId",
        /// What you asked of the face match; v3.
        pub face_recognition_config: Box<ProcessConfig> = "faceRecognitionConfig",
        /// The latest attempt at the face match; v3.
        pub face_recognition_result: Box<FaceRecognitionResult> = "faceRecognitionResult",
        /// Every attempt at the face match; v3.
        pub face_recognition_results: List<FaceRecognitionResult> = "faceRecognitionResults",
        /// Id of the latest attempt at the face match.
        pub face_recognition_result_id: ResultId = "faceRecognitionResultId",
        /// What you asked of the civil registry.
        pub dopa_config: Box<ProcessConfig> = "dopaConfig",
        /// The latest attempt at the civil registry.
        pub dopa_result: Box<DopaResult> = "dopaResult",
        /// Every attempt at the civil registry.
        pub dopa_results: List<DopaResult> = "dopaResults",
        /// Id of the latest attempt at the civil registry.
        pub dopa_result_id: ResultId = "dopaResultId",
        /// What you asked of the ID card's chip.
        pub dip_chip_config: Box<ProcessConfig> = "dipChipConfig",
        /// The latest attempt at the ID card's chip.
        pub dip_chip_result: Box<DipChipResult> = "dipChipResult",
        /// Every attempt at the ID card's chip.
        pub dip_chip_results: List<DipChipResult> = "dipChipResults",
        /// Id of the latest attempt at the ID card's chip.
        pub dip_chip_result_id: ResultId = "dipChipResultId",
        /// What you asked of the civil registry on what the chip said; v3.
        pub chip_dopa_config: Box<ProcessConfig> = "chipDopaConfig",
        /// The latest attempt at the civil registry on what the chip said; v3.
        pub chip_dopa_result: Box<ChipDopaResult> = "chipDopaResult",
        /// Every attempt at the civil registry on what the chip said; v3.
        pub chip_dopa_results: List<ChipDopaResult> = "chipDopaResults",
        /// Id of the latest attempt at the civil registry on what the chip said.
        pub chip_dopa_result_id: ResultId = "chipDopaResultId",
        /// What you asked of the anti-money-laundering office; v2.
        pub amlo_config: Box<ProcessConfig> = "amloConfig",
        /// The latest attempt at the anti-money-laundering office; v2.
        pub amlo_result: Box<CommonResult> = "amloResult",
        /// Every attempt at the anti-money-laundering office; v2.
        pub amlo_results: List<CommonResult> = "amloResults",
        /// Id of the latest attempt at the anti-money-laundering office.
        pub amlo_result_id: ResultId = "amloResultId",
        /// What you asked of the criminal record; v2.
        pub criminal_check_config: Box<ProcessConfig> = "criminalCheckConfig",
        /// The latest attempt at the criminal record; v2.
        pub criminal_check_result: Box<CriminalCheckResult> = "criminalCheckResult",
        /// Every attempt at the criminal record; v2.
        pub criminal_check_results: List<CriminalCheckResult> = "criminalCheckResults",
        /// Id of the latest attempt at the criminal record.
        pub criminal_check_result_id: ResultId = "criminalCheckResultId",
        /// What you asked of the employment record; v2.
        pub employment_verification_config: Box<ProcessConfig> = "employmentVerificationConfig",
        /// The latest attempt at the employment record; v2.
        pub employment_verification_result: Box<EmploymentVerificationResult> = "employmentVerificationResult",
        /// Every attempt at the employment record; v2.
        pub employment_verification_results: List<EmploymentVerificationResult> = "employmentVerificationResults",
        /// Id of the latest attempt at the employment record.
        pub employment_verification_result_id: ResultId = "employmentVerificationResultId",
        /// What you asked of bankruptcy; v2.
        pub bankruptcy_config: Box<ProcessConfig> = "bankruptcyConfig",
        /// The latest attempt at bankruptcy; v2.
        pub bankruptcy_result: Box<BankruptcyResult> = "bankruptcyResult",
        /// Every attempt at bankruptcy; v2.
        pub bankruptcy_results: List<BankruptcyResult> = "bankruptcyResults",
        /// Id of the latest attempt at bankruptcy.
        pub bankruptcy_result_id: ResultId = "bankruptcyResultId",
        /// What you asked of sanction lists; v2.
        pub sanction_config: Box<ProcessConfig> = "sanctionConfig",
        /// The latest attempt at sanction lists; v2.
        pub sanction_result: Box<SanctionResult> = "sanctionResult",
        /// Every attempt at sanction lists; v2.
        pub sanction_results: List<SanctionResult> = "sanctionResults",
        /// Id of the latest attempt at sanction lists.
        pub sanction_result_id: ResultId = "sanctionResultId",
        /// What you asked of education; v2.
        pub education_check_config: Box<ProcessConfig> = "educationCheckConfig",
        /// The latest attempt at education; v2.
        pub education_check_result: Box<CommonResult> = "educationCheckResult",
        /// Every attempt at education; v2.
        pub education_check_results: List<CommonResult> = "educationCheckResults",
        /// Id of the latest attempt at education.
        pub education_check_result_id: ResultId = "educationCheckResultId",
        /// What you asked of income; v2.
        pub income_check_config: Box<ProcessConfig> = "incomeCheckConfig",
        /// The latest attempt at income; v2.
        pub income_check_result: Box<CommonResult> = "incomeCheckResult",
        /// Every attempt at income; v2.
        pub income_check_results: List<CommonResult> = "incomeCheckResults",
        /// Id of the latest attempt at income.
        pub income_check_result_id: ResultId = "incomeCheckResultId",
        /// What you asked of references; v2.
        pub reference_check_config: Box<ProcessConfig> = "referenceCheckConfig",
        /// The latest attempt at references; v2.
        pub reference_check_result: Box<CommonResult> = "referenceCheckResult",
        /// Every attempt at references; v2.
        pub reference_check_results: List<CommonResult> = "referenceCheckResults",
        /// Id of the latest attempt at references.
        pub reference_check_result_id: ResultId = "referenceCheckResultId",
        /// The sanction result under the name the event key has; not seen. See [`Verification::sanction`].
        pub sanction: Box<SanctionResult> = "sanction",
        /// What you asked of the vaccine passport; seen in requests of 2022 only.
        pub vaccine_passport_config: Box<ProcessConfig> = "vaccinePassportConfig",
    }
}

impl Verification {
    /// The latest look into sanction lists: `sanctionResult`, which was observed, or `sanction`, as
    /// the event key calls it.
    #[must_use]
    pub fn sanction(&self) -> Option<&SanctionResult> {
        self.sanction_result.as_deref().or(self.sanction.as_deref())
    }
}
