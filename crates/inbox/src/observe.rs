//! Everything that is told to the outside: metrics and spans, with labels of bounded number and nothing from inside
//! a body. Without the features these functions do nothing.
//!
//! Public for the intake of `idhooks-axum` alone.

use std::time::{Duration, SystemTime};

use crate::{
    Accepted, Error, Stats,
    store::{Leased, Route},
};

macro_rules! counter {
    ($name:literal $(, $label:literal => $value:expr)*) => {
        #[cfg(feature = "metrics")]
        metrics::counter!($name $(, $label => $value)*).increment(1);
        #[cfg(not(feature = "metrics"))]
        { $(let _ = &$value;)* }
    };
}

macro_rules! seconds {
    ($name:literal, $seconds:expr $(, $label:literal => $value:expr)*) => {
        #[cfg(feature = "metrics")]
        metrics::histogram!($name $(, $label => $value)*).record($seconds);
        #[cfg(not(feature = "metrics"))]
        { let _ = $seconds; $(let _ = &$value;)* }
    };
}

macro_rules! event {
    ($level:ident, $($field:tt)*) => {
        #[cfg(feature = "tracing")]
        tracing::$level!($($field)*);
    };
}

/// A request was turned away before it came to the inbox.
pub fn refused(vendor: &'static str, reason: &'static str) {
    counter!("idhooks_refused_total", "vendor" => vendor, "reason" => reason);
    event!(debug, vendor, reason, "refused");
}

/// A request was answered.
pub fn acknowledged(vendor: &'static str, took: Duration) {
    seconds!("idhooks_ack_seconds", took.as_secs_f64(), "vendor" => vendor);
}

pub(crate) fn accepted(vendor: &'static str, accepted: &Result<Accepted, Error>, took: Duration) {
    let outcome = match accepted {
        Ok(accepted) => accepted.as_str(),
        Err(error) if error.is_busy() => "busy",
        Err(_) => "unavailable",
    };
    counter!("idhooks_inbox_accepted_total", "vendor" => vendor, "outcome" => outcome);
    seconds!("idhooks_inbox_accept_seconds", took.as_secs_f64(), "vendor" => vendor);
    match accepted {
        Ok(Accepted::Conflict { id }) => {
            let _ = id;
            event!(warn, vendor, id = id.get(), "the key of a delivery was taken by another body");
        }
        Ok(accepted) => {
            let _ = accepted;
            event!(debug, vendor, outcome, id = accepted.id().get(), "accepted");
        }
        Err(error) => {
            let _ = error;
            event!(warn, vendor, outcome, %error, "not accepted");
        }
    }
}

pub(crate) fn started(leased: &Leased) {
    let lag = SystemTime::now().duration_since(leased.due_at).unwrap_or_default().as_secs_f64();
    seconds!("idhooks_inbox_lag_seconds", lag, "vendor" => leased.route.vendor.clone());
}

/// `outcome` is done, retry, dead, unreadable, lease_lost or released.
pub(crate) fn ended(vendor: &str, outcome: &'static str, took: Duration) {
    counter!("idhooks_inbox_handled_total", "vendor" => vendor.to_owned(), "outcome" => outcome);
    seconds!("idhooks_inbox_handle_seconds", took.as_secs_f64(), "vendor" => vendor.to_owned());
    if matches!(outcome, "dead" | "lease_lost") {
        event!(warn, vendor, outcome, "a delivery was not handled");
    }
}

pub(crate) fn lease_expired(vendor: &str, dead: bool) {
    counter!("idhooks_inbox_lease_expired_total", "vendor" => vendor.to_owned());
    if dead {
        counter!("idhooks_inbox_handled_total", "vendor" => vendor.to_owned(), "outcome" => "dead");
    }
    event!(warn, vendor, dead, "a lease ran out: its worker died, or lost the store");
}

pub(crate) fn store_failed(error: &Error) {
    counter!("idhooks_inbox_store_errors_total");
    let _ = error;
    event!(warn, %error, "the store failed; it is tried again");
}

/// Deliveries wait, or are expected, that no handler of this worker takes.
pub(crate) fn no_handler(route: &Route) {
    unhandled(route, true);
    event!(warn, vendor = &*route.vendor, kind = kind(route), "deliveries wait that no handler of this worker takes");
}

/// They do no longer.
pub(crate) fn handler_found(route: &Route) {
    unhandled(route, false);
}

fn unhandled(route: &Route, waits: bool) {
    #[cfg(feature = "metrics")]
    metrics::gauge!("idhooks_inbox_no_handler", "vendor" => route.vendor.clone(), "kind" => kind(route))
        .set(f64::from(u8::from(waits)));
    let _ = (route, waits);
}

#[cfg(any(feature = "metrics", feature = "tracing"))]
fn kind(route: &Route) -> &'static str {
    if route.verified { "verified" } else { "unverified" }
}

pub(crate) fn stats(stats: &Stats) {
    #[cfg(feature = "metrics")]
    {
        #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
        for state in crate::State::ALL {
            metrics::gauge!("idhooks_inbox_deliveries", "state" => state.as_str()).set(stats.of(state) as f64);
        }
        metrics::gauge!("idhooks_inbox_oldest_seconds").set(stats.lag.unwrap_or_default().as_secs_f64());
    }
    #[cfg(not(feature = "metrics"))]
    let _ = stats;
}

/// Runs a handler inside a span.
pub(crate) async fn handling<T>(leased: (i64, u32, &str), run: impl Future<Output = T>) -> T {
    #[cfg(feature = "tracing")]
    {
        use tracing::Instrument as _;
        let (id, attempt, vendor) = leased;
        run.instrument(tracing::info_span!("idhooks.handle", vendor, id, attempt)).await
    }
    #[cfg(not(feature = "tracing"))]
    {
        let _ = leased;
        run.await
    }
}
