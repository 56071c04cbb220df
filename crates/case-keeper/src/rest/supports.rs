//! Whether a verification bears out an event.

use idhooks_core::{Lenient, List};

use crate::{Action, EventKey, Target, Verification, VerificationStatus};

/// Returns whether the state of `verification` fits what `key` says happened to it. It says nothing about who sent the
/// key, or that nothing else happened since: a later state than the event's is normal and fits.
///
/// | key | fits if the verification has |
/// |---|---|
/// | `verification.verified` | `status` `verified` |
/// | `verification.completed` | `status` `completed` or `verified` |
/// | `verification.deleted` | a `deletedAt` |
/// | `verification.created`, `.updated` | nothing further: it exists |
/// | `verification.appointment.validated` | an `appointment` with `validated` true |
/// | `verification.appointment.…` | an `appointment` |
/// | `verification.sanction.…` | a `sanctionResult`, or a `sanction`, as the key calls it |
/// | `verification.idFaceRecognitionResult.…` | that result, or `livenessResult` or `faceRecognitionResult`, which v3 has instead (inferred) |
/// | `verification.<result>.…`, also with a field | that result, or an attempt in its list |
/// | `verification.<result>.verified` (not seen) | that result with `verified` true |
/// | `verification.<result>.deleted` (not seen) | nothing further: an older attempt may be left, or none |
/// | any other, such as `flow.created` | nothing further: no rule is known |
///
/// Never asked are `verifiedAt` and `completed`, which were recorded beside a check that had failed (2024-04), and
/// `confirmed`, which a later attempt takes back.
///
/// ```
/// use idhooks_case_keeper::{EventKey, Verification, core::json, rest::supports};
///
/// let open: Verification = json::decode(br#"{"id":"v-1","status":"open"}"#)?;
/// assert!(supports(&EventKey::from("verification.created"), &open));
/// assert!(!supports(&EventKey::from("verification.verified"), &open));
/// # Ok::<(), idhooks_case_keeper::core::DecodeError>(())
/// ```
#[must_use]
pub fn supports(key: &EventKey, verification: &Verification) -> bool {
    let Some(action) = key.action() else { return true };
    match key.target() {
        None => whole(&action, verification),
        Some(Target::Appointment) => appointment(&action, verification),
        Some(target) => match (results(&target, verification), action) {
            (None, _) | (_, Action::Deleted) => true,
            (Some(results), Action::Verified) => results.verified,
            (Some(results), _) => results.any,
        },
    }
}

fn whole(action: &Action, verification: &Verification) -> bool {
    let status = verification.status.as_ref();
    match action {
        Action::Verified => status == Some(&VerificationStatus::Verified),
        Action::Completed => {
            matches!(status, Some(VerificationStatus::Completed | VerificationStatus::Verified))
        }
        Action::Deleted => verification.deleted_at.as_ref().is_some_and(|at| !at.as_str().is_empty()),
        _ => true,
    }
}

fn appointment(action: &Action, verification: &Verification) -> bool {
    match action {
        Action::Deleted => true,
        Action::Validated => verification.appointment.as_ref().is_some_and(|visit| *visit.validated == Some(true)),
        _ => is_there(&verification.appointment),
    }
}

/// What a verification has of one check.
#[derive(Clone, Copy)]
struct Results {
    /// A result, or an earlier attempt.
    any: bool,
    /// The latest attempt passed.
    verified: bool,
}

/// An object, also one that this release cannot read. `false`, `""` or `[]` in its place is not one: the vendor writes
/// an empty string where it has nothing to say.
fn is_there<T>(object: &Lenient<Box<T>>) -> bool {
    object.is_some() || object.error().is_some_and(|error| !error.path().is_empty())
}

/// Every result type has the same common fields, but no common type.
macro_rules! results_of {
    ($verification:ident, $latest:ident, $all:ident) => {
        Results {
            any: is_there(&$verification.$latest) || has_any(&$verification.$all),
            verified: $verification.$latest.as_ref().is_some_and(|result| *result.verified == Some(true)),
        }
    };
}

fn has_any<T>(list: &Lenient<List<T>>) -> bool {
    list.as_ref().is_some_and(|list| !list.is_empty())
}

/// `None` for a target this release does not know.
fn results(target: &Target, v: &Verification) -> Option<Results> {
    Some(match target {
        Target::FrontIdCardResult => results_of!(v, front_id_card_result, front_id_card_results),
        Target::BackIdCardResult => results_of!(v, back_id_card_result, back_id_card_results),
        Target::DopaResult => results_of!(v, dopa_result, dopa_results),
        Target::PassportResult => results_of!(v, passport_result, passport_results),
        Target::IdFaceRecognitionResult => {
            let both = results_of!(v, id_face_recognition_result, id_face_recognition_results);
            let live = results_of!(v, liveness_result, liveness_results);
            let face = results_of!(v, face_recognition_result, face_recognition_results);
            Results {
                any: both.any || live.any || face.any,
                verified: both.verified || (live.verified && face.verified),
            }
        }
        Target::DipChipResult => results_of!(v, dip_chip_result, dip_chip_results),
        Target::CriminalCheckResult => results_of!(v, criminal_check_result, criminal_check_results),
        Target::EmploymentVerificationResult => {
            results_of!(v, employment_verification_result, employment_verification_results)
        }
        Target::Sanction => Results {
            any: is_there(&v.sanction_result) || is_there(&v.sanction) || has_any(&v.sanction_results),
            verified: v.sanction().is_some_and(|result| *result.verified == Some(true)),
        },
        Target::BankruptcyResult => results_of!(v, bankruptcy_result, bankruptcy_results),
        Target::LivenessResult => results_of!(v, liveness_result, liveness_results),
        Target::FaceRecognitionResult => results_of!(v, face_recognition_result, face_recognition_results),
        Target::ChipDopaResult => results_of!(v, chip_dopa_result, chip_dopa_results),
        Target::AmloResult => results_of!(v, amlo_result, amlo_results),
        Target::EducationCheckResult => results_of!(v, education_check_result, education_check_results),
        Target::IncomeCheckResult => results_of!(v, income_check_result, income_check_results),
        Target::ReferenceCheckResult => results_of!(v, reference_check_result, reference_check_results),
        Target::Appointment | Target::Unknown(_) => return None,
    })
}
