//! Handlers that never end, and what counts them.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use idhooks_capa as capa;
use idhooks_core::Verified;
use idhooks_inbox::{Handlers, Job};

use super::eventually;

pub(crate) type Capa = Job<Verified<capa::Event>>;

pub(crate) fn subject(job: &Capa) -> String {
    job.delivery().envelope().subject_id().unwrap().to_owned()
}

/// Counts handlers that were stopped.
struct Stopped(Arc<AtomicU32>);

impl Drop for Stopped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// Handlers of Capa that do nothing.
pub(crate) fn nothing() -> Handlers {
    Handlers::new().on(|_: Capa| async {})
}

/// Counts handlers that start and never end.
pub(crate) fn hanging(started: &Arc<AtomicU32>) -> Handlers {
    hanging_until_stopped(started, &Arc::default())
}

pub(crate) fn hanging_until_stopped(started: &Arc<AtomicU32>, stopped: &Arc<AtomicU32>) -> Handlers {
    let (started, stopped) = (Arc::clone(started), Arc::clone(stopped));
    Handlers::new().on(move |_: Capa| {
        started.fetch_add(1, Ordering::SeqCst);
        let stopped = Stopped(Arc::clone(&stopped));
        async move {
            let _stopped = stopped;
            std::future::pending::<()>().await;
        }
    })
}

/// Waits until the count is that high.
pub(crate) async fn reached(count: &AtomicU32, number: u32) {
    eventually("the count rises", || async { (count.load(Ordering::SeqCst) >= number).then_some(()) }).await;
}
