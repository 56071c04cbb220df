//! Ctrl-C, and what a container is stopped with.

use std::process;

use tokio::sync::watch;

use crate::print;

/// Has receiver and worker stop. Clones are the same.
#[derive(Clone)]
pub(crate) struct Stop(watch::Sender<bool>);

impl Stop {
    /// Told by the first signal; the second one ends the program where it stands.
    pub(crate) fn on_signal() -> Self {
        let stop = Self(watch::Sender::new(false));
        let told = stop.clone();
        tokio::spawn(async move {
            signal().await;
            print::line(format_args!("\nstopping, once what was begun has ended; again to stop at once"));
            told.tell();
            signal().await;
            process::exit(130);
        });
        stop
    }

    pub(crate) fn tell(&self) {
        self.0.send_replace(true);
    }

    pub(crate) async fn told(self) {
        // It cannot fail: `self` is one who could tell.
        let _ = self.0.subscribe().wait_for(|stop| *stop).await;
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};

    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
