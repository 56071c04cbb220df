//! Whether and when to retry. Pure functions, so that tests are a table.

use std::time::Duration;

use http::StatusCode;

use crate::TransportErrorKind;

/// Whether a call may be retried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums, reason = "a vendor crate must choose one for each call")]
pub enum RetrySafety {
    /// Never, not even after 429 or a failed connection, because the vendor counts attempts. A rejected token is
    /// still replaced once.
    Never,
    /// Only if the vendor cannot have started: no connection, or 429.
    IfNotSent,
    /// After every transient error: the call only reads, or a second time changes nothing.
    Idempotent,
}

/// How often and how long a client retries.
///
/// Waits double from `base` up to `cap`. Each is cut to a random part of itself ("full jitter"), so that many callers
/// do not return at once. The client waits for a `Retry-After` first. If that is longer than `cap`, it returns the
/// error instead.
///
/// ```
/// use std::time::Duration;
/// use idhooks_client::Retry;
///
/// let patient = Retry::new().attempts(5).base(Duration::from_secs(1)).cap(Duration::from_secs(60));
/// let never = Retry::none();
/// # let _ = (patient, never);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    base: Duration,
    cap: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self::new()
    }
}

impl Retry {
    /// Retries with the defaults.
    #[must_use]
    pub const fn new() -> Self {
        Self { attempts: 3, base: Duration::from_millis(500), cap: Duration::from_secs(20) }
    }

    /// Never retries: one attempt.
    #[must_use]
    pub const fn none() -> Self {
        Self { attempts: 1, ..Self::new() }
    }

    /// Sets the number of attempts, the first one included; 0 counts as 1. Defaults to 3.
    #[must_use]
    pub const fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }

    /// Sets the longest wait after the first attempt. Defaults to 0.5 seconds.
    #[must_use]
    pub const fn base(self, base: Duration) -> Self {
        Self { base, ..self }
    }

    /// Sets the longest wait of all, also for a `Retry-After`. Defaults to 20 seconds.
    #[must_use]
    pub const fn cap(self, cap: Duration) -> Self {
        Self { cap, ..self }
    }

    /// Returns how long to wait after failed attempt number `done` (from 1), or `None` to give up. `jitter` is from 0
    /// to 1.
    pub(crate) fn wait(
        &self,
        done: u32,
        safety: RetrySafety,
        outcome: Result<StatusCode, TransportErrorKind>,
        retry_after: Option<Duration>,
        jitter: f64,
    ) -> Option<Duration> {
        let again = match outcome {
            Err(TransportErrorKind::Connect) | Ok(StatusCode::TOO_MANY_REQUESTS) => safety != RetrySafety::Never,
            Err(TransportErrorKind::TooLarge) => false,
            Err(TransportErrorKind::Timeout | TransportErrorKind::Interrupted) => safety == RetrySafety::Idempotent,
            Ok(status) => safety == RetrySafety::Idempotent && is_transient(status),
        };
        if !again || done >= self.attempts {
            return None;
        }
        let doublings = done.saturating_sub(1).min(16);
        let step = self.base.saturating_mul(1 << doublings).min(self.cap).mul_f64(jitter.clamp(0.0, 1.0));
        match retry_after {
            Some(asked) if asked > self.cap => None,
            Some(asked) => Some(asked.saturating_add(step)),
            None => Some(step),
        }
    }
}

/// Returns whether the same request may succeed later. Every 5xx counts, because proxies and CDNs invent their own (520
/// to 530), except those that say that the request itself cannot be served: 501, 505 and 511.
pub(crate) fn is_transient(status: StatusCode) -> bool {
    match status.as_u16() {
        501 | 505 | 511 => false,
        408 | 429 | 500..=599 => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn rows_45_46_retries_by_outcome_and_safety() {
        let retry = Retry::new();
        let ok = |status: u16| Ok(StatusCode::from_u16(status).unwrap());
        let table = [
            // outcome, Never, IfNotSent, Idempotent
            (Err(TransportErrorKind::Connect), [false, true, true]),
            (Err(TransportErrorKind::Timeout), [false, false, true]),
            (Err(TransportErrorKind::Interrupted), [false, false, true]),
            (Err(TransportErrorKind::TooLarge), [false, false, false]),
            (ok(429), [false, true, true]),
            (ok(408), [false, false, true]),
            (ok(500), [false, false, true]),
            (ok(502), [false, false, true]),
            (ok(503), [false, false, true]),
            (ok(504), [false, false, true]),
            (ok(520), [false, false, true]),
            (ok(521), [false, false, true]),
            (ok(522), [false, false, true]),
            (ok(524), [false, false, true]),
            (ok(529), [false, false, true]),
            (ok(530), [false, false, true]),
            (ok(501), [false, false, false]),
            (ok(505), [false, false, false]),
            (ok(511), [false, false, false]),
            (ok(600), [false, false, false]),
            (ok(301), [false, false, false]),
            (ok(400), [false, false, false]),
            (ok(401), [false, false, false]),
            (ok(403), [false, false, false]),
            (ok(404), [false, false, false]),
            (ok(409), [false, false, false]),
        ];
        for (outcome, wanted) in table {
            let got = [RetrySafety::Never, RetrySafety::IfNotSent, RetrySafety::Idempotent]
                .map(|repeat| retry.wait(1, repeat, outcome, None, 0.5).is_some());
            assert_eq!(got, wanted, "{outcome:?}");
        }
    }

    #[test]
    fn waits_double_to_the_cap_and_shrink_by_jitter() {
        let retry = Retry::new().attempts(100).base(MS(200)).cap(MS(1_000));
        let wait =
            |done, jitter| retry.wait(done, RetrySafety::Idempotent, Err(TransportErrorKind::Timeout), None, jitter);
        assert_eq!(wait(1, 1.0), Some(MS(200)));
        assert_eq!(wait(2, 1.0), Some(MS(400)));
        assert_eq!(wait(3, 1.0), Some(MS(800)));
        assert_eq!(wait(4, 1.0), Some(MS(1_000)));
        assert_eq!(wait(99, 1.0), Some(MS(1_000)));
        assert_eq!(wait(100, 1.0), None);
        assert_eq!(wait(2, 0.0), Some(MS(0)));
        assert_eq!(wait(2, 0.5), Some(MS(200)));
        assert_eq!(wait(2, f64::INFINITY), Some(MS(400)));
    }

    #[test]
    fn row_45_a_retry_after_is_kept_unless_absurd() {
        let retry = Retry::new().base(MS(100)).cap(MS(20_000));
        let wait = |asked, jitter| {
            retry.wait(1, RetrySafety::IfNotSent, Ok(StatusCode::TOO_MANY_REQUESTS), Some(asked), jitter)
        };
        assert_eq!(wait(MS(5_000), 0.0), Some(MS(5_000)));
        assert_eq!(wait(MS(5_000), 1.0), Some(MS(5_100)), "callers told the same do not come back at once");
        assert_eq!(wait(MS(20_000), 0.0), Some(MS(20_000)));
        assert_eq!(wait(MS(20_001), 0.0), None);
        assert_eq!(wait(Duration::MAX, 1.0), None);
        assert_eq!(wait(Duration::ZERO, 1.0), Some(MS(100)));
    }

    #[test]
    fn one_attempt_is_one() {
        for retry in [Retry::none(), Retry::new().attempts(0), Retry::new().attempts(1)] {
            assert_eq!(retry.wait(1, RetrySafety::Idempotent, Err(TransportErrorKind::Connect), None, 0.0), None);
        }
    }
}
