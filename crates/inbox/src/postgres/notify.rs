//! Tells other programs on the same store that something is ready, and hears it from them.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    task::AbortHandle,
    time::{sleep, timeout},
};

use super::{
    errors::failed,
    param::params,
    pool::{Pool, TIMEOUT},
    session::{Purpose, Session, Target},
};
use crate::{Error, ErrorKind};

/// One notification is for everything that was committed in so much time. It is sent after those commits, because inside
/// them it would make every commit of the database wait for the one before.
const INTERVAL: Duration = Duration::from_millis(25);

/// The first wait after the connection was lost; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(100);

/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How often to check that the connection still works.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// What wakes workers.
#[derive(Default)]
pub(super) struct Signals {
    /// Something may be ready.
    changed: Notify,
    /// Wakes the task that notifies other programs.
    tell: Notify,
    listening: AtomicBool,
    tasks: Mutex<Tasks>,
}

/// Tasks that start when they are first needed: a receiver without a worker does not listen.
#[derive(Default)]
struct Tasks {
    listen: Option<AbortHandle>,
    tell: Option<AbortHandle>,
    stopped: bool,
}

impl Signals {
    /// Wakes the workers of this program.
    pub(super) fn tell_here(&self) {
        self.changed.notify_one();
    }

    /// Wakes the workers of this program and of others.
    pub(super) fn tell_all(self: &Arc<Self>, pool: &Pool, channel: &Arc<str>) {
        self.changed.notify_one();
        self.tell.notify_one();
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if tasks.tell.is_none() && !tasks.stopped {
            let tell = tell(Arc::downgrade(self), pool.clone(), Arc::clone(channel));
            tasks.tell = Some(tokio::spawn(tell).abort_handle());
        }
    }

    /// Begins to listen, unless a pooler makes that impossible.
    pub(super) fn listen(self: &Arc<Self>, target: &Arc<Target>, channel: &Arc<str>) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if tasks.listen.is_none() && !tasks.stopped && !target.config.transaction_pooler {
            let listen = keep_listening(Arc::clone(target), Arc::clone(channel), Arc::downgrade(self));
            tasks.listen = Some(tokio::spawn(listen).abort_handle());
        }
    }

    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    pub(super) fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Relaxed)
    }

    pub(super) fn stop(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        tasks.stopped = true;
        for task in [tasks.listen.take(), tasks.tell.take()].into_iter().flatten() {
            task.abort();
        }
    }
}

type Weak = std::sync::Weak<Signals>;

async fn tell(signals: Weak, pool: Pool, channel: Arc<str>) {
    while let Some(here) = signals.upgrade() {
        here.tell.notified().await;
        let channel = Arc::clone(&channel);
        let told = pool.run(TIMEOUT, |mut session| async move { notify(&mut session, &channel).await });
        match told.await {
            Ok(()) => sleep(INTERVAL).await,
            Err(error) if error.kind() == ErrorKind::Closed => return,
            Err(_) => {
                sleep(LONGEST_WAIT).await;
                here.tell.notify_one();
            }
        }
    }
}

async fn notify(session: &mut Session, channel: &str) -> Result<(), Error> {
    // A notification that is lost in a crash is no loss: workers also poll.
    let no_wait = "SELECT set_config('synchronous_commit', 'off', true)";
    let channel = params![&channel];
    let statements: [(&str, &[_]); 2] = [(no_wait, &[]), ("SELECT pg_notify($1, '')", &channel)];
    session.transaction(Purpose::Write, &statements).await?;
    Ok(())
}

async fn keep_listening(target: Arc<Target>, channel: Arc<str>, signals: Weak) {
    let mut wait = FIRST_WAIT;
    loop {
        let heard = Heard(Weak::clone(&signals));
        // The cause does not matter: workers that use the store report what is wrong with it.
        drop(listen(&target, &channel, &heard, &mut wait).await);
        drop(heard);
        sleep(wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
        wait = wait.saturating_mul(2).min(LONGEST_WAIT);
    }
}

/// Notes that nothing is heard any more when it is dropped, also at the runtime's end.
struct Heard(Weak);

impl Drop for Heard {
    fn drop(&mut self) {
        if let Some(signals) = self.0.upgrade() {
            signals.listening.store(false, Ordering::Relaxed);
        }
    }
}

async fn listen(target: &Arc<Target>, channel: &str, heard: &Heard, wait: &mut Duration) -> Result<(), Error> {
    let signals = Weak::clone(&heard.0);
    let wake = move || {
        if let Some(signals) = signals.upgrade() {
            signals.tell_here();
        }
    };
    let session = Session::open(target, wake).await?;
    let late = |_| Error::unavailable("the store did not respond in time");
    let begin = format!("LISTEN {channel}");
    timeout(TIMEOUT, session.client().batch_execute(&begin)).await.map_err(late)?.map_err(failed)?;
    if let Some(signals) = heard.0.upgrade() {
        signals.listening.store(true, Ordering::Relaxed);
        // For notifications from before this session listened.
        signals.tell_here();
    }
    *wait = FIRST_WAIT;
    loop {
        sleep(HEARTBEAT).await;
        timeout(TIMEOUT, session.client().batch_execute("")).await.map_err(late)?.map_err(failed)?;
    }
}
