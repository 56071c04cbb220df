//! Metrics, spans and log events. Labels have few values, and nothing comes from inside a body. Without the features
//! these functions do nothing.

use std::time::{Duration, SystemTime};

use crate::{AcceptOutcome, DeliveryKind, Error, ErrorKind, Stats, record::DeliveryRecord};

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

pub(crate) fn accepted(vendor: &'static str, accepted: &Result<AcceptOutcome, Error>, took: Duration) {
    let outcome = match accepted {
        Ok(accepted) => accepted.as_str(),
        Err(error) if error.kind() == ErrorKind::Busy => "busy",
        Err(_) => "unavailable",
    };
    counter!("idhooks_inbox_accepted_total", "vendor" => vendor, "outcome" => outcome);
    seconds!("idhooks_inbox_accept_seconds", took.as_secs_f64(), "vendor" => vendor);
    match accepted {
        Ok(AcceptOutcome::Conflict { id }) => {
            let _ = id;
            event!(warn, vendor, id = id.get(), "another delivery has the same key and other content");
        }
        Ok(accepted) => {
            let _ = accepted;
            event!(debug, vendor, outcome, id = accepted.id().get(), "delivery accepted");
        }
        Err(error) => {
            let _ = error;
            event!(warn, vendor, outcome, %error, "delivery not accepted");
        }
    }
}

pub(crate) fn started(record: &DeliveryRecord) {
    let lag = SystemTime::now().duration_since(record.due_at).unwrap_or_default().as_secs_f64();
    seconds!("idhooks_inbox_lag_seconds", lag, "vendor" => record.kind.vendor.clone());
}

/// Counts an attempt that ended. The outcome is done, retry, dead_letter, undecodable, lease_lost or released.
pub(crate) fn ended(vendor: &str, outcome: &'static str, took: Duration) {
    counter!("idhooks_inbox_handled_total", "vendor" => vendor.to_owned(), "outcome" => outcome);
    seconds!("idhooks_inbox_handle_seconds", took.as_secs_f64(), "vendor" => vendor.to_owned());
    if matches!(outcome, "dead_letter" | "lease_lost") {
        event!(warn, vendor, outcome, "delivery not handled");
    }
}

pub(crate) fn lease_expired(vendor: &str, dead: bool) {
    counter!("idhooks_inbox_lease_expired_total", "vendor" => vendor.to_owned());
    if dead {
        counter!("idhooks_inbox_handled_total", "vendor" => vendor.to_owned(), "outcome" => "dead_letter");
    }
    event!(warn, vendor, dead, "lease expired: the worker died or lost the store");
}

pub(crate) fn store_failed(error: &Error) {
    counter!("idhooks_inbox_store_errors_total");
    let _ = error;
    event!(warn, %error, "the store failed; retrying");
}

/// Warns about a setting that the inbox replaced by another one.
#[cfg(feature = "postgres")]
pub(crate) fn setting_replaced(message: &str) {
    let _ = message;
    event!(warn, "{message}");
}

/// Warns about SQLite's log, which grows while another program keeps reading.
#[cfg(feature = "sqlite")]
pub(crate) fn log_grows(bytes: u64) {
    #[cfg(feature = "metrics")]
    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!("idhooks_inbox_log_bytes").set(bytes as f64);
    event!(warn, bytes, "SQLite's log grows: another program has been reading the store for a long time");
    let _ = bytes;
}

/// Warns that deliveries wait which no handler of this worker takes.
pub(crate) fn no_handler(kind: &DeliveryKind) {
    set_no_handler(kind, true);
    event!(
        warn,
        vendor = &*kind.vendor,
        verified = kind.verified,
        "no handler of this worker takes waiting deliveries"
    );
}

/// Takes that warning back.
pub(crate) fn handler_found(kind: &DeliveryKind) {
    set_no_handler(kind, false);
}

fn set_no_handler(kind: &DeliveryKind, waits: bool) {
    #[cfg(feature = "metrics")]
    {
        let verified = if kind.verified { "verified" } else { "unverified" };
        metrics::gauge!("idhooks_inbox_no_handler", "vendor" => kind.vendor.clone(), "kind" => verified)
            .set(f64::from(u8::from(waits)));
    }
    let _ = (kind, waits);
}

pub(crate) fn stats(stats: &Stats) {
    #[cfg(feature = "metrics")]
    #[allow(clippy::cast_precision_loss, reason = "a gauge is a float")]
    {
        for state in crate::State::ALL.into_iter().filter(|state| *state != crate::State::Done) {
            metrics::gauge!("idhooks_inbox_deliveries", "state" => state.as_str()).set(stats.of(state) as f64);
        }
        metrics::gauge!("idhooks_inbox_oldest_seconds").set(stats.oldest_ready.unwrap_or_default().as_secs_f64());
        metrics::gauge!("idhooks_inbox_log_bytes").set(stats.log_bytes as f64);
    }
    let _ = stats;
}

/// Runs a handler inside a span.
pub(crate) async fn handling<T>(delivery: (i64, u32, &str), run: impl Future<Output = T>) -> T {
    #[cfg(feature = "tracing")]
    {
        use tracing::Instrument as _;
        let (id, attempt, vendor) = delivery;
        run.instrument(tracing::info_span!("idhooks.handle", vendor, id, attempt)).await
    }
    #[cfg(not(feature = "tracing"))]
    {
        let _ = delivery;
        run.await
    }
}
