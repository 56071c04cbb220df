//! Whether a process fits a notice: decided without a network, so that a table can test it.

use idhooks_client::{Confirmation, Error};
use idhooks_core::Delivery;

use crate::{
    CheckStatus, CheckUpdate, Event, ProcessFinished, ProcessResult,
    rest::{api, web},
};

pub(super) fn event(notice: &impl Delivery<Event = Event>) -> Result<Event, Error> {
    notice.decode().map_err(|why| Error::other("decoding the notice failed", why))
}

/// Only what was re-read goes into the judgement.
pub(super) fn judge<T>(answer: Result<T, Error>, bears_out: impl FnOnce(&T) -> bool) -> Result<Confirmation<T>, Error> {
    match answer {
        Ok(process) if bears_out(&process) => Ok(Confirmation::Confirmed(process)),
        Ok(process) => Ok(Confirmation::Contradicted(process)),
        Err(error) if error.is_not_found() && !is_a_page(&error) => Ok(Confirmation::Gone),
        Err(error) => Err(error),
    }
}

/// HTML comes from something in between, most likely because the base URL is wrong: it says nothing of the process.
pub(super) fn is_a_page(error: &Error) -> bool {
    error.body().is_some_and(|body| body.trim_ascii_start().starts_with(b"<"))
}

pub(super) fn finished(notice: &ProcessFinished, process: &web::Process) -> bool {
    process.is_finished() && same_result(&notice.result, &process.result)
}

fn same_result(said: &Option<ProcessResult>, read: &Option<web::ProcessResult>) -> bool {
    match said {
        None => true,
        Some(ProcessResult::Ok) => *read == Some(web::ProcessResult::Ok),
        Some(ProcessResult::Expired) => *read == Some(web::ProcessResult::Expired),
        Some(ProcessResult::InvalidIdentity) => *read == Some(web::ProcessResult::InvalidIdentity),
        Some(_) => false,
    }
}

pub(super) fn checked(notice: &CheckUpdate, process: &api::Process) -> bool {
    same_status(*notice.data.status, *process.status)
}

fn same_status(said: Option<CheckStatus>, read: Option<CheckStatus>) -> bool {
    match (said, read) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(CheckStatus::PROCESSING | CheckStatus::DIVERGENCE), Some(read)) if read.is_final() => true,
        (Some(said), Some(read)) => said == read,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_bear_out_those_of_the_same_name() {
        for (said, read, wanted) in [
            (None, None, true),
            (None, Some("PROCESS_RESULT_ERROR"), true),
            (Some("ok"), Some("PROCESS_RESULT_OK"), true),
            (Some("ok"), Some("PROCESS_RESULT_EXPIRED"), false),
            (Some("ok"), Some("PROCESS_RESULT_INVALID_IDENTITY"), false),
            (Some("ok"), Some("ok"), false),
            (Some("ok"), None, false),
            (Some("expired"), Some("PROCESS_RESULT_EXPIRED"), true),
            (Some("expired"), Some("PROCESS_RESULT_OK"), false),
            (Some("invalid_identity"), Some("PROCESS_RESULT_INVALID_IDENTITY"), true),
            (Some("invalid_identity"), Some("PROCESS_RESULT_OK"), false),
            (Some("approved"), Some("PROCESS_RESULT_OK"), false),
            (Some("approved"), Some("approved"), false),
        ] {
            let got = same_result(&said.map(ProcessResult::from), &read.map(web::ProcessResult::from));
            assert_eq!(got, wanted, "{said:?} {read:?}");
        }
    }

    #[test]
    fn a_status_is_the_same_or_has_moved_on() {
        for (said, read, wanted) in [
            (None, None, true),
            (None, Some(5), true),
            (Some(3), None, false),
            (Some(2), Some(2), true),
            (Some(2), Some(1), false),
            (Some(2), Some(3), true),
            (Some(1), Some(5), true),
            (Some(3), Some(3), true),
            (Some(3), Some(2), false),
            (Some(3), Some(5), false),
            (Some(99), Some(3), false),
            (Some(99), Some(99), true),
        ] {
            let got = same_status(said.map(CheckStatus::from), read.map(CheckStatus::from));
            assert_eq!(got, wanted, "{said:?} {read:?}");
        }
    }
}
