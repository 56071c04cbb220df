//! Handlers that never come out, and what counts them.

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

/// Counts what goes in, and never comes out.
pub(crate) fn hanging(entered: &Arc<AtomicU32>) -> Handlers {
    hanging_until_stopped(entered, &Arc::default())
}

pub(crate) fn hanging_until_stopped(entered: &Arc<AtomicU32>, stopped: &Arc<AtomicU32>) -> Handlers {
    let (entered, stopped) = (Arc::clone(entered), Arc::clone(stopped));
    Handlers::new().on(move |_: Capa| {
        entered.fetch_add(1, Ordering::SeqCst);
        let stopped = Stopped(Arc::clone(&stopped));
        async move {
            let _stopped = stopped;
            std::future::pending::<()>().await;
        }
    })
}

pub(crate) async fn entered(count: &AtomicU32, number: u32) {
    eventually("handlers run", || async { (count.load(Ordering::SeqCst) >= number).then_some(()) }).await;
}
