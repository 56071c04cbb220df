//! Why a notification was not retried.

use std::{error, fmt};

use idhooks_client::Error;

/// Why [`Client::retry_webhook_notification`](crate::Client::retry_webhook_notification) did not queue a delivery.
///
/// Capa answers two of these with one status and one code, so they are told apart by the message; if its words change,
/// they become [`Self::Other`].
///
/// Source: [documented](https://docs.capa.fi/reference/webhooknotificationpartnerv2controller_retrynotification).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RetryError {
    /// It has not failed: it was sent, is still being sent, or never could be for lack of a URL (409).
    NotFailed(Error),
    /// It was retried by hand three times already (409). It will not be delivered again.
    LimitReached(Error),
    /// Ten retries within a minute, of all your notifications together (429). Try again in a few seconds.
    RateLimited(Error),
    /// There is none of that id (404).
    NotFound(Error),
    /// Anything else, also that no answer came: look at the notification before you ask again, because the retry may
    /// have been queued and counted.
    Other(Error),
}

impl RetryError {
    /// Returns the error of the call.
    #[must_use]
    pub fn error(&self) -> &Error {
        match self {
            Self::NotFailed(error)
            | Self::LimitReached(error)
            | Self::RateLimited(error)
            | Self::NotFound(error)
            | Self::Other(error) => error,
        }
    }

    pub(super) fn of(error: Error) -> Self {
        let says = |words: &str| error.message().is_some_and(|message| message.to_ascii_lowercase().contains(words));
        match error.status().map(|status| status.as_u16()) {
            Some(409) if says("not in failed status") => Self::NotFailed(error),
            Some(409) if says("maximum number of manual retries") => Self::LimitReached(error),
            Some(429) => Self::RateLimited(error),
            _ if error.is_not_found() => Self::NotFound(error),
            _ => Self::Other(error),
        }
    }
}

impl fmt::Display for RetryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFailed(_) => "the notification has not failed",
            Self::LimitReached(_) => "the notification has reached its retry limit",
            Self::RateLimited(_) => "too many retries within a minute",
            Self::NotFound(_) => "the notification does not exist",
            Self::Other(error) => return error.fmt(f),
        })
    }
}

impl error::Error for RetryError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            // `Display` shows its text already.
            Self::Other(error) => error::Error::source(error),
            _ => Some(self.error()),
        }
    }
}

impl From<RetryError> for Error {
    fn from(error: RetryError) -> Self {
        match error {
            RetryError::NotFailed(error)
            | RetryError::LimitReached(error)
            | RetryError::RateLimited(error)
            | RetryError::NotFound(error)
            | RetryError::Other(error) => error,
        }
    }
}
