//! A proxy to the server that can be cut like a network: both ends keep their sockets and hear nothing.

use std::{sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Whole,
    /// What is sent is lost, and its connection with it; connections that are made now are lost from the start.
    Cut,
    /// What is sent comes later, once it is whole again.
    Stalled,
}

/// Cut for good when it is dropped.
pub(crate) struct Link {
    pub(crate) port: u16,
    state: Arc<watch::Sender<State>>,
    task: JoinHandle<()>,
}

impl Link {
    /// To a host and port.
    pub(crate) async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(watch::Sender::new(State::Whole));
        let watched = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                tokio::spawn(connect(here, server.clone(), watched.subscribe()));
            }
        });
        Self { port, state, task }
    }

    pub(crate) fn set(&self, state: State) {
        self.state.send_replace(state);
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn connect(here: TcpStream, server: String, state: watch::Receiver<State>) {
    let there = TcpStream::connect(server).await.unwrap();
    let ((from_here, to_here), (from_there, to_there)) = (here.into_split(), there.into_split());
    tokio::join!(pass_on(from_here, to_there, state.clone()), pass_on(from_there, to_here, state));
}

async fn pass_on(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, mut state: watch::Receiver<State>) {
    let (mut buffer, mut lost) = ([0; 16 * 1024], false);
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        if state.wait_for(|state| *state != State::Stalled).await.is_err() {
            return;
        }
        lost |= *state.borrow() == State::Cut;
        if !lost && to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    // Nor is it heard that the other end closed.
    while lost || *state.borrow() != State::Whole {
        sleep(Duration::from_millis(20)).await;
        if state.has_changed().is_err() {
            return;
        }
    }
}
