//! Warns about deliveries that no handler takes.

use std::{collections::BTreeSet, time::Duration};

use tokio::time::sleep;

use crate::{DeliveryKind, Handlers, Inbox, observe};

/// How often a worker looks, after its start.
pub(crate) const INTERVAL: Duration = Duration::from_secs(60);

/// Warns when deliveries wait that this worker has no handler for, and takes the warning back. Never completes.
pub(crate) async fn watch(inbox: Inbox, handlers: Handlers, interval: Duration) {
    let mut known = BTreeSet::new();
    loop {
        // A store that fails is reported where the worker claims.
        if let Ok(kinds) = inbox.0.store.unfinished_kinds().await {
            let missing: BTreeSet<DeliveryKind> =
                handlers.missing(kinds.into_iter().chain(inbox.sources())).into_iter().collect();
            missing.difference(&known).for_each(observe::no_handler);
            known.difference(&missing).for_each(observe::handler_found);
            known = missing;
        }
        sleep(interval).await;
    }
}

#[cfg(all(test, feature = "sqlite", feature = "metrics"))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
pub(crate) mod tests {
    use std::{
        collections::BTreeMap,
        sync::{
            Arc, Mutex,
            atomic::{AtomicU64, Ordering},
        },
        time::Instant,
    };

    use idhooks_caf as caf;
    use idhooks_capa as capa;
    use idhooks_case_keeper as case_keeper;
    use idhooks_core::{Unverified, Verified, testing::verified};
    use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};

    use super::*;
    use crate::Job;

    /// Gauges by name and labels.
    #[derive(Default)]
    pub(crate) struct Gauges(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

    impl Recorder for Gauges {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
            Counter::noop()
        }

        fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
            let labels: Vec<_> = key.labels().map(|label| format!(" {}={}", label.key(), label.value())).collect();
            let name = format!("{}{}", key.name(), labels.concat());
            Gauge::from_arc(Arc::clone(self.0.lock().unwrap().entry(name).or_default()))
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    impl Gauges {
        pub(crate) fn set(&self, name: &str, value: f64) {
            self.0.lock().unwrap().get(name).unwrap().store(value.to_bits(), Ordering::SeqCst);
        }

        pub(crate) fn value(&self, name: &str) -> Option<f64> {
            Some(f64::from_bits(self.0.lock().unwrap().get(name)?.load(Ordering::SeqCst)))
        }

        async fn comes_to(&self, name: &str, value: f64) {
            let started = Instant::now();
            while self.value(name) != Some(value) {
                assert!(started.elapsed() < Duration::from_secs(30), "{name} is {:?}", self.value(name));
                sleep(Duration::from_millis(5)).await;
            }
        }
    }

    #[tokio::test]
    async fn warns_about_deliveries_without_a_handler() {
        let gauges = Gauges::default();
        let _here = metrics::set_default_local_recorder(&gauges);
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(&format!("sqlite:{}", folder.path().join("inbox.db").display())).await.unwrap();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let mut worker = inbox.worker();
        worker.unhandled_interval = Duration::from_millis(5);
        let handlers = Handlers::new().on(|_: Job<Verified<capa::Event>>| async {}).handled_elsewhere("unico");
        let run = worker.with_graceful_shutdown(async { drop(stopped.await) }).run(handlers);
        let look = async {
            inbox.register_source::<Verified<idhooks_unico::Event>>();
            let (of_caf, of_case_keeper) = (
                "idhooks_inbox_no_handler vendor=caf kind=verified",
                "idhooks_inbox_no_handler vendor=case-keeper kind=unverified",
            );
            let body = r#"{"type":"PROFILEUPDATEDEVENT","source":"SMARTAUTH","id":"e1"}"#;
            let id = inbox.accept(&verified::<caf::Event>(body)).await.unwrap().id();
            gauges.comes_to(of_caf, 1.0).await;
            inbox.register_source::<Unverified<case_keeper::Event>>();
            gauges.comes_to(of_case_keeper, 1.0).await;
            inbox.dead_letter(id, "it has no handler").await.unwrap();
            gauges.comes_to(of_caf, 0.0).await;
            assert_eq!(gauges.value(of_case_keeper), Some(1.0));
            assert_eq!(gauges.value("idhooks_inbox_no_handler vendor=unico kind=verified"), None);
            drop(stop);
        };
        let (ran, ()) = tokio::join!(run, look);
        ran.unwrap();
    }
}
