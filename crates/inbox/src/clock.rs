//! Clocks: the wall clock, and one that cannot be set and also counts the time in which the machine sleeps.

use std::time::Duration;
#[cfg(feature = "sqlite")]
use std::time::{SystemTime, UNIX_EPOCH};

/// Returns microseconds since 1970, negative before.
#[cfg(feature = "sqlite")]
pub(crate) fn micros(time: SystemTime) -> i64 {
    let number = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    time.duration_since(UNIX_EPOCH).map_or_else(|before| -number(before.duration()), number)
}

/// Returns the time of so many microseconds since 1970.
#[cfg(feature = "sqlite")]
pub(crate) fn time(micros: i64) -> SystemTime {
    let span = Duration::from_micros(micros.unsigned_abs());
    let time = if micros < 0 { UNIX_EPOCH.checked_sub(span) } else { UNIX_EPOCH.checked_add(span) };
    time.unwrap_or(UNIX_EPOCH)
}

/// Returns the time since the machine started, its sleep included, where the system counts that.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn uptime() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(u64::try_from(now.tv_sec).unwrap_or_default(), u32::try_from(now.tv_nsec).unwrap_or_default())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn uptime() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "sqlite")]
    #[test]
    fn row_12_times_before_1970_and_out_of_range_are_numbers() {
        for micros in [0, 1, -1, 1_795_000_000_000_000, -62_135_596_800_000_000] {
            assert_eq!(super::micros(time(micros)), micros);
        }
        assert_eq!(time(i64::MIN), time(i64::MIN), "no panic");
    }

    #[test]
    fn uptime_grows() {
        let before = uptime();
        std::thread::sleep(Duration::from_millis(2));
        assert!(uptime() > before);
    }
}
