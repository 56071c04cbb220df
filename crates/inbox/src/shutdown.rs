//! The signals that shut a program down.

/// Completes when the process is asked to stop: at Ctrl-C, and on Unix at `SIGTERM`, which Docker, Kubernetes and systemd
/// send. Give it to the server and to the worker, so that both drain:
///
/// ```no_run
/// use idhooks_inbox::{Handlers, Inbox, shutdown_signal};
///
/// # async fn run(inbox: Inbox, handlers: Handlers) -> Result<(), Box<dyn std::error::Error>> {
/// inbox.worker().with_graceful_shutdown(shutdown_signal()).run(handlers).await?;
/// # Ok(())
/// # }
/// ```
///
/// The signals no longer end the process by themselves from the first call on. Every call sees the same signals.
/// Without a signal handler, because the system allows none, it never completes.
pub async fn shutdown_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        if let (Ok(mut interrupt), Ok(mut terminate)) = signals {
            tokio::select! {
                _ = interrupt.recv() => return,
                _ = terminate.recv() => return,
            }
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_ok() {
        return;
    }
    std::future::pending().await
}
