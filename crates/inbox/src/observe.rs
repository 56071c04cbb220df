//! Metrics, spans and log events. Labels have few values, and nothing comes from inside a body. Without the features
//! these functions do nothing.

use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

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
        // The outage is reported once.
        Err(error) => {
            let _ = error;
            event!(debug, vendor, outcome, ?error, "delivery not accepted");
        }
    }
}

pub(crate) fn started(record: &DeliveryRecord) {
    let lag = SystemTime::now().duration_since(record.due_at).unwrap_or_default().as_secs_f64();
    seconds!("idhooks_inbox_lag_seconds", lag, "vendor" => record.kind.vendor.clone());
}

/// A delivery in the log: nothing comes from inside the body but the name of the event.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "only log events need all of them"))]
pub(crate) struct Logged<'a> {
    pub(crate) id: i64,
    pub(crate) vendor: &'a str,
    pub(crate) endpoint: Option<&'a str>,
    pub(crate) event: Option<&'a str>,
    pub(crate) attempt: u32,
}

/// Logs with the fields of a [`Logged`].
macro_rules! delivery_event {
    ($level:ident, $delivery:expr, $($rest:tt)*) => {
        event!(
            $level,
            id = $delivery.id,
            vendor = $delivery.vendor,
            endpoint = $delivery.endpoint,
            event = $delivery.event.map(|event| tracing::field::display(idhooks_core::Escaped(event))),
            attempt = $delivery.attempt,
            $($rest)*
        );
    };
}

/// Counts and logs an attempt that ended. The outcome is done, retry, dead_letter, undecodable, lease_lost or released.
pub(crate) fn ended(delivery: &Logged<'_>, outcome: &'static str, reason: Option<&str>, took: Duration) {
    let vendor = delivery.vendor;
    counter!("idhooks_inbox_handled_total", "vendor" => vendor.to_owned(), "outcome" => outcome);
    seconds!("idhooks_inbox_handle_seconds", took.as_secs_f64(), "vendor" => vendor.to_owned());
    let _ = reason;
    match outcome {
        "retry" => {
            delivery_event!(warn, delivery, reason, "attempt failed; the worker retries");
        }
        "dead_letter" => {
            delivery_event!(error, delivery, reason, "attempt failed; the delivery is a dead letter");
        }
        "undecodable" => {
            delivery_event!(warn, delivery, reason, "delivery cannot be decoded; a later release tries again");
        }
        "lease_lost" => {
            delivery_event!(warn, delivery, "lease lost; another worker handles the delivery");
        }
        _ => {
            delivery_event!(debug, delivery, outcome, "attempt ended");
        }
    }
}

/// Counts and logs, once per name, an event that this release does not know.
pub(crate) fn unknown_event(delivery: &Logged<'_>) {
    static LOGGED: Mutex<BTreeSet<(String, String)>> = Mutex::new(BTreeSet::new());
    counter!(
        "idhooks_inbox_unknown_event_total",
        "vendor" => delivery.vendor.to_owned(),
        "endpoint" => delivery.endpoint.unwrap_or_default().to_owned()
    );
    let name = (delivery.vendor.to_owned(), delivery.event.unwrap_or_default().to_owned());
    let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    // Bounded, because unauthenticated senders choose the name.
    if logged.len() < 100 && logged.insert(name) {
        delivery_event!(warn, delivery, "this release does not know the event; the handler gets it as it arrived");
    }
}

pub(crate) fn lease_expired(vendor: &str, dead: bool) {
    counter!("idhooks_inbox_lease_expired_total", "vendor" => vendor.to_owned());
    if dead {
        counter!("idhooks_inbox_handled_total", "vendor" => vendor.to_owned(), "outcome" => "dead_letter");
    }
    event!(warn, vendor, dead, "lease expired: the worker died or lost the store");
}

/// Whether the store fails. It is logged once when an outage begins and once when it ends.
#[derive(Default)]
pub(crate) struct Outage(AtomicBool);

impl Outage {
    /// Notes the result of a call. Errors that say nothing about the store do not count.
    pub(crate) fn note<T>(&self, result: &Result<T, Error>) {
        match result {
            Ok(_) => {
                if self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed) {
                    store_up(true);
                    event!(warn, "the store works again");
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::Unavailable | ErrorKind::NotDurable) => {
                counter!("idhooks_inbox_store_errors_total");
                if !self.0.swap(true, Ordering::Relaxed) {
                    store_up(false);
                    event!(error, ?error, "the store fails; receivers respond with 503, workers wait");
                }
            }
            Err(_) => {}
        }
    }
}

fn store_up(up: bool) {
    #[cfg(feature = "metrics")]
    metrics::gauge!("idhooks_inbox_store_up").set(f64::from(u8::from(up)));
    let _ = up;
}

/// Describes every metric to the recorder, with its unit.
pub(crate) fn describe() {
    #[cfg(feature = "metrics")]
    {
        use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

        describe_counter!("idhooks_inbox_accepted_total", Unit::Count, "Deliveries passed to the inbox, by outcome");
        describe_histogram!("idhooks_inbox_accept_seconds", Unit::Seconds, "Time until a delivery is on disk");
        describe_histogram!("idhooks_inbox_lag_seconds", Unit::Seconds, "Time from due to claimed");
        describe_counter!("idhooks_inbox_handled_total", Unit::Count, "Attempts that ended, by outcome");
        describe_histogram!("idhooks_inbox_handle_seconds", Unit::Seconds, "Duration of an attempt");
        describe_counter!("idhooks_inbox_lease_expired_total", Unit::Count, "Leases that expired, as after a crash");
        describe_counter!("idhooks_inbox_unknown_event_total", Unit::Count, "Events that this release does not know");
        describe_counter!("idhooks_inbox_store_errors_total", Unit::Count, "Calls to the store that failed");
        describe_gauge!("idhooks_inbox_store_up", Unit::Count, "1 while the store works, 0 during an outage");
        describe_gauge!("idhooks_inbox_log_bytes", Unit::Bytes, "Size of SQLite's write-ahead log");
        describe_gauge!("idhooks_inbox_no_handler", Unit::Count, "1 if deliveries wait that no handler takes");
        describe_gauge!("idhooks_inbox_deliveries", Unit::Count, "Unfinished deliveries and dead letters, by state");
        describe_gauge!("idhooks_inbox_oldest_seconds", Unit::Seconds, "Age of the oldest delivery that is ready");
        store_up(true);
    }
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

#[cfg(all(test, feature = "tracing"))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::sync::Arc;

    use tracing::{Event, Metadata, Subscriber, field::Field, span};

    use super::*;

    /// The messages of log events.
    #[derive(Clone, Default)]
    struct Messages(Arc<Mutex<Vec<String>>>);

    impl tracing::field::Visit for Messages {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            if field.name() == "message" {
                self.0.lock().unwrap().push(format!("{value:?}"));
            }
        }
    }

    impl Subscriber for Messages {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn event(&self, event: &Event<'_>) {
            event.record(&mut self.clone());
        }

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }

    fn logged(work: impl FnOnce()) -> Vec<String> {
        let messages = Messages::default();
        tracing::subscriber::with_default(messages.clone(), work);
        let logged = messages.0.lock().unwrap();
        logged.clone()
    }

    #[test]
    fn an_outage_is_logged_when_it_begins_and_when_it_ends() {
        let lines = logged(|| {
            let (outage, fails) = (Outage::default(), || Err::<(), _>(Error::unavailable("the disk is full")));
            outage.note(&Ok(()));
            for _ in 0..100 {
                outage.note(&fails());
                outage.note(&Err::<(), _>(Error::busy("too many bytes wait")));
                outage.note(&Err::<(), _>(Error::closed()));
            }
            outage.note(&Ok(()));
            outage.note(&Ok(()));
        });
        assert_eq!(lines, ["the store fails; receivers respond with 503, workers wait", "the store works again"]);
    }

    #[test]
    fn an_unknown_event_is_logged_once() {
        let delivery = |event| Logged { id: 1, vendor: "a test", endpoint: None, event: Some(event), attempt: 1 };
        let lines = logged(|| {
            for event in ["NEW", "NEWER", "NEW"] {
                unknown_event(&delivery(event));
            }
        });
        assert_eq!(lines.len(), 2, "{lines:?}");
    }
}
