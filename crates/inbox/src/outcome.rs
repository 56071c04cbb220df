//! The result of an attempt.

use std::{any::type_name, borrow::Cow, error, fmt, time::Duration};

use crate::record::without_nul;

/// The longest reason that is stored, in bytes.
const MAX_REASON: usize = 1000;

/// The result of an attempt.
///
/// A handler returns anything that converts into it: `()` and `Ok(())` mean [`Done`](Self::Done), an `Err` of
/// [`HandlerError`] means a retry.
///
/// ```
/// use std::time::Duration;
/// use idhooks_inbox::Outcome;
///
/// assert_eq!(Outcome::from(()), Outcome::Done);
/// let later = Outcome::retry_after(Duration::from_secs(60), "the ledger is closed");
/// assert!(matches!(later, Outcome::Retry { after: Some(_), .. }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// The delivery was handled.
    Done,
    /// The delivery is to be handled again.
    Retry {
        /// How long to wait; `None` for the worker's backoff. Capped at 30 days.
        after: Option<Duration>,
        /// Why, for lists. Stored up to 1000 bytes, so it must not hold personal data.
        reason: Cow<'static, str>,
    },
    /// The delivery can never be handled.
    DeadLetter {
        /// Why, for lists. Stored up to 1000 bytes, so it must not hold personal data.
        reason: Cow<'static, str>,
    },
    /// The decoder of this release failed. Workers set it.
    #[doc(hidden)]
    Undecodable {
        /// The version of the decoder.
        decoder_version: i64,
        /// Why, for lists.
        reason: Cow<'static, str>,
    },
    /// The worker shuts down, as if it had never claimed the delivery. Workers set it.
    #[doc(hidden)]
    Released,
}

impl Outcome {
    /// Creates a retry after the worker's backoff.
    ///
    /// The reason is stored and listed: write one of your own, not an error's text, which may quote personal data.
    #[must_use]
    pub fn retry(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Retry { after: None, reason: reason.into() }
    }

    /// Creates a retry that waits for `after`, up to 30 days.
    #[must_use]
    pub fn retry_after(after: Duration, reason: impl Into<Cow<'static, str>>) -> Self {
        Self::Retry { after: Some(after), reason: reason.into() }
    }

    /// Creates a dead letter.
    #[must_use]
    pub fn dead_letter(reason: impl Into<Cow<'static, str>>) -> Self {
        Self::DeadLetter { reason: reason.into() }
    }

    /// Returns a short constant name, fit for a metric's label.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retry { .. } => "retry",
            Self::DeadLetter { .. } => "dead_letter",
            Self::Undecodable { .. } => "undecodable",
            Self::Released => "released",
        }
    }

    /// Returns the reason, if there is one.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Done | Self::Released => None,
            Self::Retry { reason, .. } | Self::DeadLetter { reason } | Self::Undecodable { reason, .. } => Some(reason),
        }
    }

    /// Shortens the reason to what every store can hold: an outcome that cannot be written would be tried forever.
    pub(crate) fn storable(mut self) -> Self {
        match &mut self {
            Self::Done | Self::Released => {}
            Self::Retry { reason, .. } | Self::DeadLetter { reason } | Self::Undecodable { reason, .. } => {
                if let Cow::Owned(shorter) = storable_reason(reason) {
                    *reason = shorter.into();
                }
            }
        }
        self
    }
}

/// Returns the part of a reason that every store can hold.
pub(crate) fn storable_reason(reason: &str) -> Cow<'_, str> {
    if reason.len() <= MAX_REASON {
        return without_nul(reason);
    }
    let end = (0..=MAX_REASON).rev().find(|end| reason.is_char_boundary(*end)).unwrap_or_default();
    without_nul(reason.get(..end).unwrap_or_default()).into_owned().into()
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::Done
    }
}

impl<T: Into<Self>> From<Result<T, HandlerError>> for Outcome {
    fn from(result: Result<T, HandlerError>) -> Self {
        match result {
            Ok(outcome) => outcome.into(),
            Err(HandlerError { reason }) => Self::retry(reason),
        }
    }
}

/// The error of a handler, which `?` creates from any error.
///
/// It keeps the text of an idhooks error, which never quotes a delivery. Of any other error it keeps the name of the type and
/// none of the text, because reasons are logged and listed. Log what you need before you return the error.
pub struct HandlerError {
    reason: Cow<'static, str>,
}

impl HandlerError {
    /// Creates an error with a reason of your own, for types that do not implement [`std::error::Error`], such as
    /// `anyhow::Error`.
    ///
    /// ```
    /// use idhooks_inbox::{HandlerError, Outcome};
    ///
    /// let failed: Result<(), HandlerError> = Err(HandlerError::new("the ledger is away"));
    /// assert_eq!(Outcome::from(failed), Outcome::retry("the ledger is away"));
    /// ```
    #[must_use]
    pub fn new(reason: &'static str) -> Self {
        Self { reason: reason.into() }
    }
}

impl<E: error::Error> From<E> for HandlerError {
    fn from(error: E) -> Self {
        let name = type_name::<E>();
        let is_ours = name.starts_with("idhooks");
        Self { reason: if is_ours { error.to_string().into() } else { name.into() } }
    }
}

impl fmt::Debug for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HandlerError({})", self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(), HandlerError> {
        let _: u32 = text.parse()?;
        Ok(())
    }

    #[test]
    fn handler_error_takes_a_reason() {
        let failed = || -> Result<(), HandlerError> {
            Err(Box::<dyn error::Error>::from("canary")).map_err(|_| HandlerError::new("the ledger is away"))?;
            Ok(())
        };
        assert_eq!(Outcome::from(failed()), Outcome::retry("the ledger is away"));
    }

    #[test]
    fn row_49_handler_error_keeps_the_type_and_not_the_text() {
        assert_eq!(Outcome::from(parse("7")), Outcome::Done);
        assert_eq!(Outcome::from(parse("canary")), Outcome::retry("core::num::error::ParseIntError"));
        let decided: Result<Outcome, HandlerError> = Ok(Outcome::dead_letter("no such customer"));
        assert_eq!(Outcome::from(decided), Outcome::dead_letter("no such customer"));
    }

    #[test]
    fn reasons_are_shortened_to_what_a_store_can_hold() {
        let long = "é".repeat(600);
        assert_eq!(Outcome::retry(long).storable().reason().unwrap().len(), 1000);
        assert_eq!(Outcome::dead_letter("a\0b").storable(), Outcome::dead_letter("a\u{fffd}b"));
        assert_eq!(Outcome::retry("short").storable(), Outcome::retry("short"));
    }
}
