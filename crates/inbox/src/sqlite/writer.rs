//! The thread that writes: it commits pending changes in batches (group commit).

use std::{ops::ControlFlow, thread};

use tokio::sync::{mpsc, oneshot};

use super::{closed, failed, write::WriteConnection};
use crate::Error;

/// How many changes may wait; later callers wait until there is room.
const MAX_WAITING: usize = 4096;

/// How many changes one commit holds at most.
const MAX_BATCH: usize = 512;

/// Sends changes to the thread.
pub(super) struct WriterHandle(mpsc::Sender<Command>);

enum Command {
    Change(Box<dyn Change>),
    /// Copies the log into the file and empties it.
    EmptyLog(oneshot::Sender<Result<bool, Error>>),
    Close(oneshot::Sender<()>),
}

/// A change to make inside a transaction, and its caller.
trait Change: Send {
    /// Makes the change; again, if the transaction failed.
    fn make(&mut self, write: &mut WriteConnection) -> Result<(), Error>;

    /// Responds to the caller once the change is on disk, or failed.
    fn respond(self: Box<Self>, committed: Result<(), Error>);
}

struct Pending<F, T> {
    run: F,
    done: Option<T>,
    reply: oneshot::Sender<Result<T, Error>>,
    /// Skipped if the caller no longer waits.
    if_awaited: bool,
}

impl<F, T> Change for Pending<F, T>
where
    F: FnMut(&mut WriteConnection) -> Result<T, Error> + Send,
    T: Send,
{
    fn make(&mut self, write: &mut WriteConnection) -> Result<(), Error> {
        if self.if_awaited && self.reply.is_closed() {
            return Ok(());
        }
        self.done = Some((self.run)(write)?);
        Ok(())
    }

    fn respond(self: Box<Self>, committed: Result<(), Error>) {
        let Self { run, done, reply, .. } = *self;
        // Before the response, so that the memory of the body is free for the caller's next delivery.
        drop(run);
        let none = || Error::unavailable("the store did not make the change");
        let answer = committed.and_then(|()| done.ok_or_else(none));
        // The caller may no longer wait.
        let _ = reply.send(answer);
    }
}

impl WriterHandle {
    pub(super) fn start(write: WriteConnection) -> Result<Self, Error> {
        let (send, receive) = mpsc::channel(MAX_WAITING);
        let thread = thread::Builder::new().name("idhooks-inbox".to_owned());
        let started = thread.spawn(move || work(write, receive));
        started.map_err(|error| Error::unavailable("cannot start a thread").caused_by(error))?;
        Ok(Self(send))
    }

    /// Makes a change and returns when it is on disk.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut WriteConnection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(run, false).await
    }

    /// Does nothing if the caller no longer waits when its turn comes: no worker would hold the lease.
    pub(super) async fn run_if_awaited<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut WriteConnection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(run, true).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut WriteConnection) -> Result<T, Error> + Send + 'static,
        if_awaited: bool,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Change(Box::new(Pending { run, done: None, reply, if_awaited }))).await?;
        answer.await.map_err(|_| closed())?
    }

    pub(super) async fn empty_log(&self) -> Result<bool, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::EmptyLog(reply)).await?;
        answer.await.map_err(|_| closed())?
    }

    pub(super) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Command::Close(reply)).await.is_ok() {
            // An error means that it is closed already.
            let _ = answer.await;
        }
    }

    async fn send(&self, command: Command) -> Result<(), Error> {
        self.0.send(command).await.map_err(|_| closed())
    }
}

fn work(mut write: WriteConnection, mut commands: mpsc::Receiver<Command>) {
    let mut changes = Vec::new();
    while let Some(first) = commands.blocking_recv() {
        let mut next = Some(first);
        let mut other = None;
        commit(&mut write, &mut changes, || match next.take().or_else(|| commands.try_recv().ok())? {
            Command::Change(change) => Some(change),
            command => {
                other = Some(command);
                None
            }
        });
        write.maintain();
        if finish(&mut write, other).is_break() {
            return;
        }
    }
}

fn finish(write: &mut WriteConnection, command: Option<Command>) -> ControlFlow<()> {
    match command {
        Some(Command::EmptyLog(reply)) => {
            let _ = reply.send(write.empty_log());
        }
        Some(Command::Close(reply)) => {
            write.close();
            let _ = reply.send(());
            return ControlFlow::Break(());
        }
        Some(Command::Change(_)) | None => {}
    }
    ControlFlow::Continue(())
}

/// Commits all pending changes in one transaction, also those that arrive meanwhile. If that fails, each change gets a
/// transaction of its own, so that one bad change does not fail the others. `changes` is empty before and after.
fn commit(
    write: &mut WriteConnection,
    changes: &mut Vec<Box<dyn Change>>,
    mut next: impl FnMut() -> Option<Box<dyn Change>>,
) {
    let Some(first) = next() else { return };
    changes.push(first);
    if let Err(error) = write.begin() {
        // No change is at fault, so each one alone would only wait again.
        changes.extend(std::iter::from_fn(&mut next).take(MAX_BATCH - 1));
        for change in changes.drain(..) {
            change.respond(Err(failed(same(&error))));
        }
        return;
    }
    let together = complete(write, |write| {
        let mut made = 0;
        while let Some(change) = changes.get_mut(made) {
            change.make(write)?;
            made += 1;
            if made == changes.len() && made < MAX_BATCH {
                changes.extend(next());
            }
        }
        Ok(())
    });
    if together.is_err() && changes.len() > 1 {
        for mut change in changes.drain(..) {
            let alone = transact(write, |write| change.make(write));
            change.respond(alone);
        }
        return;
    }
    let mut together = Some(together);
    for change in changes.drain(..) {
        change.respond(together.take().unwrap_or(Ok(())));
    }
}

/// Copies an error for each caller.
fn same(error: &rusqlite::Error) -> rusqlite::Error {
    error.sqlite_error().map_or(rusqlite::Error::InvalidQuery, |code| rusqlite::Error::SqliteFailure(*code, None))
}

fn transact(
    write: &mut WriteConnection,
    make: impl FnOnce(&mut WriteConnection) -> Result<(), Error>,
) -> Result<(), Error> {
    write.begin().map_err(failed)?;
    complete(write, make)
}

/// Completes a transaction that was begun.
fn complete(
    write: &mut WriteConnection,
    make: impl FnOnce(&mut WriteConnection) -> Result<(), Error>,
) -> Result<(), Error> {
    let made = make(write).and_then(|()| write.commit().map_err(failed));
    if made.is_err() {
        write.roll_back();
    }
    made
}
