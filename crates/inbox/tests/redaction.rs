//! Secrets and personal data are in nothing that is printed, logged or counted.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod support;

use std::{fmt::Debug, sync::Mutex, time::Duration};

use idhooks_capa as capa;
use idhooks_core::{Secret, Verified};
use idhooks_inbox::{
    AcceptOutcome, Filter, HandlerError, Handlers, Inbox, Job, Outcome, State,
    store::{ClaimRequest, DeliveryRecord},
};

use support::{
    PATIENCE, all_done, caf, capa, claim, details, eager, engine::Engine, eventually, faulty::faulty, request,
    signed_caf, signed_capa, start,
};

/// In every body, subject, secret and panic.
const CANARY: &str = "canary-7d3f";

fn clean(what: impl AsRef<str>) {
    assert!(!what.as_ref().to_lowercase().contains(CANARY), "{}", what.as_ref());
}

fn shown(what: &impl Debug) {
    clean(format!("{what:?}"));
    clean(format!("{what:#?}"));
}

fn subject(name: &str) -> String {
    format!("{CANARY}-{name}")
}

/// Prints everything that a program can hold, after everything went wrong that can.
async fn print_everything(engine: &Engine) {
    let (inbox, faults) = faulty(engine.open().await);
    shown(&inbox);
    shown(&Inbox::builder());

    // With a canary in the secret, and in what only the body holds: `cpf` is a tax number.
    let secret = Secret::new(format!("{CANARY}-secret")).unwrap();
    let body = String::from_utf8(support::caf_body("event-1", &subject("profile"))).unwrap();
    let body = body.replace("12345678901", &subject("cpf"));
    let verifier = idhooks_caf::Verifier::new(secret.clone());
    let delivery = verifier.verify(&[idhooks_caf::sign(&secret, body.as_bytes())], body.into_bytes()).unwrap();
    let accepted = inbox.accept(&delivery).await.unwrap();
    shown(&accepted);
    shown(&DeliveryRecord::new(&delivery, Duration::ZERO));
    let other = signed_caf(support::caf_body_of("event-1", &subject("profile"), CANARY));
    assert!(matches!(inbox.accept(&other).await.unwrap(), AcceptOutcome::Conflict { .. }));
    assert!(matches!(inbox.accept(&delivery).await.unwrap(), AcceptOutcome::Duplicate { .. }));
    for name in ["panics", "fails", "hangs", "again", "good"] {
        inbox.accept(&capa(&subject(name))).await.unwrap();
    }
    let undecodable = format!(r#"{{"type":"TRANSACTION","event":"CREATED_ON_RAMP","externalUserId":"{CANARY}"}}"#);
    inbox.accept(&signed_capa(undecodable)).await.unwrap();

    async fn handle(job: Job<Verified<capa::Event>>) -> Result<Outcome, HandlerError> {
        shown(&job);
        let subject = job.delivery().envelope().subject_id().unwrap().to_owned();
        match subject.rsplit('-').next() {
            Some("panics") => panic!("{subject}"),
            Some("fails") => Err(std::io::Error::other(subject))?,
            Some("hangs") => std::future::pending().await,
            Some("again") if job.attempt() == 1 => return Ok(Outcome::retry("not now")),
            _ => {}
        }
        Ok(Outcome::Done)
    }
    let handlers = Handlers::new().on(handle).on(|job: Job<Verified<idhooks_caf::Event>>| async move {
        shown(&job);
        shown(&job.into_parts());
        Outcome::dead_letter("no such customer")
    });
    shown(&handlers);
    let worker = || eager(&inbox).max_attempts(2).handler_timeout(Duration::from_millis(100));
    shown(&worker());
    let working = start(worker(), handlers.clone());
    eventually("all have ended", || async {
        let stats = inbox.stats().await.unwrap();
        shown(&stats);
        (support::count_done(&inbox).await == 2 && stats.dead_letters == 4 && stats.undecodable == 1).then_some(())
    })
    .await;
    working.stop().await;

    shown(&inbox.dead_letters().await.unwrap());
    let filter = Filter::new().vendor("capa").subject(&subject("good"));
    shown(&filter);
    let page = inbox.list(&filter).await.unwrap();
    assert_eq!(page.deliveries.len(), 1);
    shown(&page);
    for delivery in support::all(&inbox).await {
        let details = details(&inbox, delivery.id).await;
        shown(&details);
        if delivery.state == State::DeadLetter {
            clean(details.summary.reason.unwrap());
            details.failed_attempts.iter().for_each(|attempt| clean(&attempt.reason));
        }
    }

    inbox.accept(&caf("event-2", &subject("other"))).await.unwrap();
    let claimed = claim(&inbox, ClaimRequest { limit: 1, ..request() }).await;
    shown(&claimed);
    shown(&support::completion(&claimed[0], Outcome::dead_letter("no such customer")));
    errors(&inbox, &faults).await;
    shown(&inbox.erase("caf", &subject("other")).await.unwrap());
    shown(&inbox.erase("capa", &subject("good")).await.unwrap());
    shown(&inbox.purge(Duration::ZERO).await.unwrap());
}

async fn errors(inbox: &Inbox, faults: &support::faulty::Faults) {
    inbox.register_source::<Verified<capa::Event>>();
    let error = inbox.worker().run(Handlers::new()).await.unwrap_err();
    shown(&error);
    clean(error.to_string());
    let mut without_vendor = Filter::new().vendor("capa").subject(CANARY);
    without_vendor.vendor = None;
    faults.set(&faults.accept, true);
    let errors = [
        inbox.list(&without_vendor).await.unwrap_err(),
        inbox.accept(&capa(CANARY)).await.unwrap_err(),
        inbox.replay(idhooks_inbox::DeliveryId::new(i64::MAX)).await.unwrap_err(),
        Inbox::open(&format!("postgres://user:{CANARY}@127.0.0.1:1/no-such-database")).await.unwrap_err(),
        Inbox::open(&format!("mysql://user:{CANARY}@localhost/x")).await.unwrap_err(),
    ];
    faults.set(&faults.accept, false);
    for error in errors {
        shown(&error);
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = cause {
            clean(error.to_string());
            cause = error.source();
        }
    }
}

/// Everything that is logged or counted. In one place, because a program has one recorder, subscriber and logger.
static TOLD: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn tell(what: String) {
    TOLD.lock().unwrap().push(what);
}

#[cfg(feature = "metrics")]
mod recorder {
    use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

    pub(super) struct Telling;

    fn tell(key: &Key) {
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        super::tell(format!("metric {}{{{}}}", key.name(), labels.join(",")));
    }

    impl Recorder for Telling {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            tell(key);
            Counter::noop()
        }

        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            tell(key);
            Gauge::noop()
        }

        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            tell(key);
            Histogram::noop()
        }
    }
}

#[cfg(feature = "tracing")]
mod subscriber {
    use std::fmt::{Debug, Write as _};

    use tracing::{
        Event, Metadata, Subscriber,
        field::{Field, Visit},
        span,
    };

    pub(super) struct Telling;

    struct Fields(String);

    impl Visit for Fields {
        fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
            write!(self.0, " {field}={value:?}").unwrap();
        }
    }

    impl Subscriber for Telling {
        /// Also what drivers and the runtime log, at every level.
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }

        fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
            let mut fields = Fields(format!("span {}", span.metadata().name()));
            span.record(&mut fields);
            super::tell(fields.0);
            span::Id::from_u64(1)
        }

        fn record(&self, _: &span::Id, values: &span::Record<'_>) {
            let mut fields = Fields("record".to_owned());
            values.record(&mut fields);
            super::tell(fields.0);
        }

        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

        fn event(&self, event: &Event<'_>) {
            let mut fields = Fields("event".to_owned());
            event.record(&mut fields);
            super::tell(fields.0);
        }

        fn enter(&self, _: &span::Id) {}

        fn exit(&self, _: &span::Id) {}
    }
}

/// Logs the rest: a lease that expires, and one that is lost.
async fn log_the_rest(engine: &Engine) {
    let (inbox, faults) = faulty(engine.open().await);
    inbox.accept(&capa(&subject("a"))).await.unwrap();
    support::claim_briefly(&inbox).await;
    let stuck = Handlers::new().on(|_: Job<Verified<capa::Event>>| std::future::pending::<()>());
    let worker = eager(&inbox).lease(Duration::from_millis(300)).shutdown_timeout(Duration::ZERO);
    let working = start(worker, stuck);
    eventually("it is held", || async { (inbox.stats().await.unwrap().running == 1).then_some(()) }).await;
    faults.set(&faults.loses, true);
    let is_told = |what: &str| TOLD.lock().unwrap().iter().any(|told| told.contains(what));
    if cfg!(feature = "metrics") {
        eventually("it is lost", || async { is_told("outcome=lease_lost").then_some(()) }).await;
    }
    faults.set(&faults.loses, false);
    faults.set(&faults.claim, true);
    eventually("it fails", || async { (faults.failed() > 0).then_some(()) }).await;
    faults.set(&faults.claim, false);
    working.stop().await;
    let working = start(eager(&inbox), Handlers::new().on(|_: Job<Verified<capa::Event>>| async {}));
    all_done(&inbox, 1).await;
    working.stop().await;
}

/// Collects the lines that drivers log through the `log` crate, at every level.
struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        tell(format!("log {} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

async fn engines() -> Vec<Engine> {
    let sqlite = Some(Engine::sqlite());
    #[cfg(feature = "postgres")]
    let postgres = Engine::postgres().await;
    #[cfg(not(feature = "postgres"))]
    let postgres = None;
    sqlite.into_iter().chain(postgres).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn row_49_row_55_canaries_are_in_nothing_that_is_printed_logged_or_counted() {
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    #[cfg(feature = "metrics")]
    assert!(metrics::set_global_recorder(recorder::Telling).is_ok());
    #[cfg(feature = "tracing")]
    tracing::subscriber::set_global_default(subscriber::Telling).unwrap();

    for engine in engines().await {
        tokio::time::timeout(2 * PATIENCE, print_everything(&engine)).await.unwrap();
    }
    for engine in engines().await {
        tokio::time::timeout(2 * PATIENCE, log_the_rest(&engine)).await.unwrap();
    }
    log::trace!("the logger logs");

    let told = TOLD.lock().unwrap();
    told.iter().for_each(clean);
    let has = |what: &str| assert!(told.iter().any(|told| told.contains(what)), "{what} is not logged");
    has("the logger logs");
    if cfg!(feature = "metrics") {
        for (vendor, outcome) in [("caf", "new"), ("caf", "duplicate"), ("caf", "conflict"), ("capa", "unavailable")] {
            has(&format!("metric idhooks_inbox_accepted_total{{vendor={vendor},outcome={outcome}}}"));
        }
        for outcome in ["done", "retry", "dead_letter", "undecodable", "lease_lost"] {
            has(&format!("metric idhooks_inbox_handled_total{{vendor=capa,outcome={outcome}}}"));
        }
        for metric in [
            "idhooks_inbox_accept_seconds{vendor=caf}",
            "idhooks_inbox_lag_seconds{vendor=capa}",
            "idhooks_inbox_handle_seconds{vendor=capa}",
            "idhooks_inbox_lease_expired_total{vendor=capa}",
            "idhooks_inbox_store_errors_total{}",
            "idhooks_inbox_store_up{}",
            "idhooks_inbox_deliveries{state=dead_letter}",
            "idhooks_inbox_oldest_seconds{}",
        ] {
            has(&format!("metric {metric}"));
        }
    }
    if cfg!(feature = "tracing") {
        for line in [
            "span idhooks.handle vendor=\"capa\"",
            "attempt=2",
            "same key and other content",
            "lease expired",
            "the store fails; receivers respond with 503, workers wait",
            "the store works again",
            "attempt failed; the worker retries",
            "attempt=1 reason=\"handler panicked\"",
            "attempt=1 reason=\"handler timed out\"",
            "reason=\"std::io::error::Error\"",
            "attempt failed; the delivery is a dead letter",
            "delivery cannot be decoded",
            "lease lost",
        ] {
            has(line);
        }
    }
}
