//! What a handler says of a delivery.

use std::{any::type_name, borrow::Cow, error, fmt, time::Duration};

/// Longest reason that is kept, in bytes.
const LONGEST_REASON: usize = 1000;

/// What a handler says of a delivery. `()` is [`done`](Self::done), so is `Ok(())`; a handler that returns
/// `Result<_, Failed>` may use `?` on whatever implements [`std::error::Error`], which means [`retry`](Self::retry).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Done,
    Retry { after: Option<Duration>, reason: Cow<'static, str> },
    GiveUp { reason: Cow<'static, str> },
}

impl Outcome {
    /// It was handled.
    #[must_use]
    pub fn done() -> Self {
        Self(Kind::Done)
    }

    /// It is to be handled again, after the worker's back-off, as long as attempts are left.
    ///
    /// The reason is kept and listed, its first thousand bytes: write one of your own, never an error's text, which
    /// may quote a person's data.
    #[must_use]
    pub fn retry(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Retry { after: None, reason: keepable(reason.into()) })
    }

    /// As [`retry`](Self::retry), and not before that much time has passed; at most thirty days are waited.
    #[must_use]
    pub fn retry_after(after: Duration, reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::Retry { after: Some(after), reason: keepable(reason.into()) })
    }

    /// It can never be handled: it becomes a dead letter, with the reason.
    #[must_use]
    pub fn give_up(reason: impl Into<Cow<'static, str>>) -> Self {
        Self(Kind::GiveUp { reason: keepable(reason.into()) })
    }

    pub(crate) fn into_kind(self) -> Kind {
        self.0
    }
}

/// A reason that every store can keep: a verdict that cannot be written down would be tried forever.
pub(crate) fn keepable(mut reason: Cow<'_, str>) -> Cow<'_, str> {
    if reason.len() > LONGEST_REASON {
        let mut end = LONGEST_REASON;
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        reason.to_mut().truncate(end);
    }
    // A NUL ends a text in more than one database.
    if reason.contains('\0') { reason.replace('\0', "\u{fffd}").into() } else { reason }
}

impl From<()> for Outcome {
    fn from((): ()) -> Self {
        Self::done()
    }
}

impl<T: Into<Self>> From<Result<T, Failed>> for Outcome {
    fn from(result: Result<T, Failed>) -> Self {
        match result {
            Ok(outcome) => outcome.into(),
            Err(Failed { reason }) => Self::retry(reason),
        }
    }
}

/// An error of a handler, made by `?`.
///
/// It keeps the name of the error's type and nothing of its text, because that text may quote what was being
/// handled, and reasons are listed. Log what you need to know before you return it.
pub struct Failed {
    reason: &'static str,
}

impl Failed {
    /// With a reason of your own, for an error that is none of the standard library's kind, such as `anyhow::Error`.
    #[must_use]
    pub fn because(reason: &'static str) -> Self {
        Self { reason }
    }
}

impl<E: error::Error> From<E> for Failed {
    fn from(_: E) -> Self {
        Self { reason: type_name::<E>() }
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failed({})", self.reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(), Failed> {
        let _: u32 = text.parse()?;
        Ok(())
    }

    #[test]
    fn an_error_of_another_kind_is_given_a_reason() {
        let failed = || -> Result<(), Failed> {
            Err(Box::<dyn error::Error>::from("canary")).map_err(|_| Failed::because("the ledger was away"))?;
            Ok(())
        };
        assert_eq!(Outcome::from(failed()), Outcome::retry("the ledger was away"));
    }

    #[test]
    fn row_49_an_error_leaves_its_type_and_not_its_text() {
        assert_eq!(Outcome::from(parse("7")), Outcome::done());
        assert_eq!(Outcome::from(parse("canary")), Outcome::retry("core::num::error::ParseIntError"));
        let decided: Result<Outcome, Failed> = Ok(Outcome::give_up("no such customer"));
        assert_eq!(Outcome::from(decided), Outcome::give_up("no such customer"));
    }
}
