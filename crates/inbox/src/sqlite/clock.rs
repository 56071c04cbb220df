//! Two clocks: the wall's, and one that no one can set.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Microseconds since 1970, negative before.
pub(super) fn micros(time: SystemTime) -> i64 {
    let number = |duration: Duration| i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    time.duration_since(UNIX_EPOCH).map_or_else(|before| -number(before.duration()), number)
}

/// The time of so many microseconds since 1970.
pub(super) fn time(micros: i64) -> SystemTime {
    let span = Duration::from_micros(micros.unsigned_abs());
    let time = if micros < 0 { UNIX_EPOCH.checked_sub(span) } else { UNIX_EPOCH.checked_add(span) };
    time.unwrap_or(UNIX_EPOCH)
}

/// What time it is. Tests bring their own.
pub(super) trait Clock: Send + 'static {
    /// Microseconds since 1970, for people and for times that are far off.
    fn wall(&self) -> i64;

    /// Microseconds since the machine started, for leases: the same in all its processes, and nobody can set it.
    fn uptime(&self) -> i64;

    /// Which start of the machine that was.
    fn boot(&self) -> &str;
}

/// The machine's.
pub(super) struct Machine {
    boot: String,
}

impl Machine {
    pub(super) fn new() -> Self {
        // Where there is no such file leases are told by the wall's clock, which is the same after a restart too.
        let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Self { boot: boot.trim().to_owned() }
    }
}

impl Clock for Machine {
    fn wall(&self) -> i64 {
        micros(SystemTime::now())
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn uptime(&self) -> i64 {
        if self.boot.is_empty() {
            return self.wall();
        }
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        now.tv_sec.saturating_mul(1_000_000).saturating_add(now.tv_nsec / 1000)
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn uptime(&self) -> i64 {
        self.wall()
    }

    fn boot(&self) -> &str {
        &self.boot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_12_times_before_1970_and_out_of_range_are_numbers_too() {
        for micros in [0, 1, -1, 1_795_000_000_000_000, -62_135_596_800_000_000] {
            assert_eq!(super::micros(time(micros)), micros);
        }
        assert_eq!(time(i64::MIN), time(i64::MIN), "no panic");
    }

    #[test]
    fn the_machines_own_clock_goes_forward() {
        let machine = Machine::new();
        let (wall, uptime) = (machine.wall(), machine.uptime());
        assert!(wall > 1_700_000_000_000_000 && uptime > 0);
        assert!(machine.uptime() >= uptime);
    }
}
