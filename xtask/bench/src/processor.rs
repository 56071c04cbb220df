//! How long processes were on a processor.

use std::{fs, time::Duration};

/// Of the main thread of `process`, which is all of it where there is one thread. `None` where the
/// kernel does not tell.
pub(crate) fn time_of(process: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{process}/schedstat")).ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Of the calling thread.
pub(crate) fn time_of_this_thread() -> Option<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}
