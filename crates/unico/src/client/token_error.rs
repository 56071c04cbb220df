//! Why a token was refused.

use std::time::Duration;

use idhooks_client::Error;
use idhooks_core::open_enum;

open_enum! {
    /// Why the token host gave no token. Unico writes it into a sentence ("Falha na autenticação 1.2.7"), under the
    /// error `server_error` also where the caller is at fault; this crate takes it out, and
    /// [`Error::code`](crate::Error::code) has it. Others may exist: the list was not read to its end.
    ///
    /// ```
    /// use idhooks_unico::TokenErrorCode;
    ///
    /// assert_eq!(TokenErrorCode::from("1.2.7"), TokenErrorCode::AssertionUsed);
    /// assert!(TokenErrorCode::from("1.2.18").is_locked());
    /// ```
    ///
    /// Source: [documented](https://devcenter.unico.io/idcloud/en/~gitbook/pdf?only=yes&page=V0EbK5avtgvJOifFaJ5q).
    pub enum TokenErrorCode {
        /// The tenant in the account's name is wrong.
        WrongTenant = "1.0.1",
        /// The application is not active.
        ApplicationInactive = "1.0.14",
        /// `scope` is missing. This crate sends it.
        ScopeMissing = "1.1.1",
        /// The assertion has expired: is this machine's clock right?
        AssertionExpired = "1.2.4",
        /// The assertion cannot be validated.
        AssertionInvalid = "1.2.5",
        /// The key was withdrawn.
        KeyWithdrawn = "1.2.6",
        /// The assertion was used before. This crate tries once more, with another.
        AssertionUsed = "1.2.7",
        /// The account is not active.
        AccountInactive = "1.2.11",
        /// The account lacks a permission.
        AccountNotPermitted = "1.2.14",
        /// The account is locked for a time, after too many failures.
        AccountLocked = "1.2.18",
        /// The account may not act for another. This crate never asks for it.
        ImpersonationNotAllowed = "1.2.19",
        /// The assertion cannot be decoded.
        AssertionUnreadable = "1.2.20",
        /// The assertion cannot be decoded, or, on the
        /// [current page](https://developer.unico.io/developers/api-reference/error-codes), the private key is wrong.
        AssertionUnreadableOrWrongKey = "1.2.21",
        /// There are claims besides the five. This crate sends none.
        ExtraClaims = "1.2.22",
    }
}

impl TokenErrorCode {
    /// Returns the code of an error of the token host; `None` for any other error.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        error.code().filter(|code| find(code) == Some(code)).map(Self::from)
    }

    /// Returns whether another assertion may be taken where this one was refused: used or expired. Anything else needs
    /// a person to look at account, key or clock.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::AssertionExpired | Self::AssertionUsed)
    }

    /// Returns whether the account is locked for a time. More tries make it longer at best.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::AccountLocked)
    }
}

/// Three numbers with dots between them, the first such in a sentence. Of two digits at most each: a code may be
/// logged, and `123.456.789-09` is somebody's.
pub(super) fn find(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_digit() && c != '.').map(|word| word.trim_matches('.')).find(|word| {
        let numbers = word.split('.');
        numbers.clone().count() == 3 && numbers.clone().all(|number| matches!(number.len(), 1..=2))
    })
}

/// How long the token host is left alone after it has refused `failures` times in a row: too many failures lock the
/// account. The figures are this crate's own; Unico gives none.
pub(super) fn pause(failures: u32, code: Option<&TokenErrorCode>) -> Duration {
    if code.is_some_and(TokenErrorCode::is_locked) {
        return Duration::from_secs(300);
    }
    let seconds = 1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX);
    Duration::from_secs(seconds.min(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_found_in_a_sentence() {
        for (text, code) in [
            ("Falha na autenticação 1.2.7", Some("1.2.7")),
            ("Authentication failure (1.2.18).", Some("1.2.18")),
            ("1.0.14: not active", Some("1.0.14")),
            ("see 1.2 or 3, then 1.2.22.", Some("1.2.22")),
            ("Falha na autenticação x.x.x", None),
            ("from 10.0.0.1", None),
            ("CPF 123.456.789-09", None),
            ("1..2", None),
            ("...", None),
            ("", None),
        ] {
            assert_eq!(find(text), code, "{text}");
        }
    }

    #[test]
    fn the_pause_grows_and_ends() {
        let locked = TokenErrorCode::AccountLocked;
        for (failures, code, seconds) in [
            (1, None, 1),
            (2, None, 2),
            (3, Some(&TokenErrorCode::KeyWithdrawn), 4),
            (6, None, 32),
            (7, None, 60),
            (64, None, 60),
            (u32::MAX, None, 60),
            (1, Some(&locked), 300),
        ] {
            assert_eq!(pause(failures, code), Duration::from_secs(seconds), "{failures} {code:?}");
        }
    }

    #[test]
    fn what_each_code_asks_for() {
        for code in TokenErrorCode::KNOWN.iter().map(|code| TokenErrorCode::from(*code)) {
            assert_eq!(code.is_retryable(), matches!(code.as_str(), "1.2.4" | "1.2.7"), "{code}");
            assert_eq!(code.is_locked(), code.as_str() == "1.2.18", "{code}");
        }
    }
}
