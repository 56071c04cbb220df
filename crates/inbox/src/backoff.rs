//! The delay between attempts.

use std::time::Duration;

use crate::Error;

/// The delay between attempts: it doubles up to a limit, less a random part of up to a half, so that deliveries that
/// failed together are not retried together.
///
/// ```
/// use std::time::Duration;
/// use idhooks_inbox::Backoff;
///
/// let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60))?;
/// assert_eq!(backoff.wait(3, 0.0), Duration::from_secs(4));
/// # Ok::<(), idhooks_inbox::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
}

impl Backoff {
    /// No delay: a failed delivery is retried at once. For tests, and with
    /// [`Worker::until_idle`](crate::Worker::until_idle).
    pub const NONE: Self = Self { first: Duration::ZERO, longest: Duration::ZERO };

    /// Creates a backoff that starts with `first` and doubles up to `longest`.
    ///
    /// # Errors
    /// If `longest` is shorter than `first`.
    pub fn new(first: Duration, longest: Duration) -> Result<Self, Error> {
        if longest < first {
            return Err(Error::config("invalid backoff: the longest delay is shorter than the first one"));
        }
        Ok(Self { first, longest })
    }

    /// Returns the first delay.
    #[must_use]
    pub fn first(&self) -> Duration {
        self.first
    }

    /// Returns the longest delay.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.longest
    }

    /// Returns the delay after attempt number `attempt`, counted from 1. A `jitter` from 0 to 1 takes off up to a half.
    #[must_use]
    pub fn wait(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = self.first.saturating_mul(1 << attempt.saturating_sub(1).min(30)).min(self.longest);
        let jitter = if jitter.is_nan() { 0.0 } else { jitter.clamp(0.0, 1.0) };
        // Half of the longest duration cannot overflow, a product close to it could.
        doubled - doubled.mul_f64(jitter / 2.0)
    }
}

impl Default for Backoff {
    /// From ten seconds to one hour: 25 attempts take most of a day.
    fn default() -> Self {
        Self { first: Duration::from_secs(10), longest: Duration::from_secs(3600) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_the_limit_and_leaves_out_at_most_half() {
        let backoff = Backoff::new(Duration::from_secs(10), Duration::from_secs(3600)).unwrap();
        let seconds = |attempt| backoff.wait(attempt, 0.0).as_secs();
        assert_eq!([1, 2, 3, 9, 10, 25, u32::MAX].map(seconds), [10, 20, 40, 2560, 3600, 3600, 3600]);
        assert_eq!(seconds(0), 10);
        assert_eq!(backoff.wait(2, 1.0), Duration::from_secs(10));
        assert_eq!([7.0, -7.0, f64::NAN].map(|odd| backoff.wait(2, odd).as_secs()), [10, 20, 20]);
        assert!(Backoff::new(Duration::MAX, Duration::ZERO).is_err(), "else 25 attempts would end in no time");
        let endless = Backoff::new(Duration::MAX, Duration::MAX).unwrap();
        assert_eq!(endless.wait(3, 0.0), Duration::MAX);
    }

    #[test]
    fn the_default_attempts_take_most_of_a_day() {
        let whole: Duration = (1..25).map(|attempt| Backoff::default().wait(attempt, 0.5)).sum();
        assert!((12 * 3600..18 * 3600).contains(&whole.as_secs()), "{whole:?}");
    }
}
