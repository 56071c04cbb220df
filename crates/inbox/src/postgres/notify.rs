//! Tells other programs on the same store that something is due, and hears it from them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{sleep, timeout},
};
use tokio_postgres::AsyncMessage;

use super::{failed::failed, pool::Session, url::Target};
use crate::Error;

/// A notification is sent after the commits it is about, and for all that came in so much time: inside them it would
/// make every commit of the database wait for the one before.
const TOGETHER: Duration = Duration::from_millis(25);

/// The first wait after the connection was lost; it doubles.
const AGAIN: Duration = Duration::from_millis(100);

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(5);

/// How often the connection is tried, so that one that is dead is not waited on forever.
const BEAT: Duration = Duration::from_secs(20);

/// What wakes workers.
#[derive(Default)]
pub(super) struct Signals {
    /// Something may be due.
    changed: Notify,
    /// Others are to be told.
    tell: Notify,
    listening: AtomicBool,
}

impl Signals {
    /// Something is due now; tells this program and the others.
    pub(super) fn tell_all(&self) {
        self.changed.notify_one();
        self.tell.notify_one();
    }

    /// Something may be due now that only this program needs to know of.
    pub(super) fn tell_here(&self) {
        self.changed.notify_one();
    }

    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Whether others are heard.
    pub(super) fn listening(&self) -> bool {
        self.listening.load(Ordering::Relaxed)
    }
}

/// Ends the task when dropped.
pub(super) struct Listener(AbortHandle);

impl Listener {
    pub(super) fn start(target: Target, channel: String, signals: Arc<Signals>) -> Self {
        Self(tokio::spawn(stay(target, channel, signals)).abort_handle())
    }

    pub(super) fn stop(&self) {
        self.0.abort();
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn stay(target: Target, channel: String, signals: Arc<Signals>) {
    let mut wait = AGAIN;
    loop {
        let heard = Heard(Arc::clone(&signals));
        // How it ended does not matter: workers that use the store say what is wrong with it.
        drop(listen(&target, &channel, &heard, &mut wait).await);
        drop(heard);
        sleep(wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        wait = wait.saturating_mul(2).min(LONGEST);
    }
}

/// Says that nothing is heard any more when it is dropped, the runtime's end included.
struct Heard(Arc<Signals>);

impl Drop for Heard {
    fn drop(&mut self) {
        self.0.listening.store(false, Ordering::Relaxed);
    }
}

async fn listen(target: &Target, channel: &str, heard: &Heard, wait: &mut Duration) -> Result<(), Error> {
    let signals = &heard.0;
    let told = Arc::downgrade(signals);
    let session = Session::open(target, move |message| {
        if let (AsyncMessage::Notification(_), Some(signals)) = (message, told.upgrade()) {
            signals.tell_here();
        }
    });
    let session = session.await?;
    // Nothing is written here that must last, so a notification does not wait for the disk.
    let begin = format!("SET synchronous_commit = off; LISTEN {channel}");
    session.watch().wait(async { session.client().batch_execute(&begin).await.map_err(failed) }).await?;
    signals.listening.store(true, Ordering::Relaxed);
    // What was sent while this did not listen.
    signals.tell_here();
    *wait = AGAIN;
    let notify = format!("NOTIFY {channel}");
    loop {
        let say = match timeout(BEAT, signals.tell.notified()).await {
            Ok(()) => notify.as_str(),
            Err(_) => "",
        };
        let said = session.watch().wait(async { session.client().batch_execute(say).await.map_err(failed) }).await;
        if said.is_err() {
            // To be said on the next connection.
            signals.tell.notify_one();
        }
        said?;
        sleep(TOGETHER).await;
    }
}
