//! The one thread that writes: it takes what has gathered, and commits it together.

use std::{ops::ControlFlow, thread};

use tokio::sync::{mpsc, oneshot};

use super::{closed, failed, write::Write};
use crate::{Error, observe};

/// How many changes wait at most; who comes then waits to be let in.
const WAITING: usize = 4096;

/// How many changes are committed together at most.
const TOGETHER: usize = 512;

/// Sends changes to the thread.
pub(super) struct Writer(mpsc::Sender<Command>);

enum Command {
    Change(Box<dyn Change>),
    /// Writes the log into the file, and empties it, unless somebody reads it.
    Checkpoint(oneshot::Sender<Result<bool, Error>>),
    Close(oneshot::Sender<()>),
}

/// A change to be made inside a transaction, and whoever waits for it.
trait Change: Send {
    /// Makes it. It may be made again, if the transaction it was part of failed.
    fn make(&mut self, write: &mut Write) -> Result<(), Error>;

    /// Tells who waits that it is on disk, or what `make` said.
    fn tell(self: Box<Self>, committed: Result<(), Error>);
}

struct Asked<F, T> {
    run: F,
    done: Option<T>,
    reply: oneshot::Sender<Result<T, Error>>,
    /// Not made if nobody waits for it any more.
    for_asker: bool,
}

impl<F, T> Change for Asked<F, T>
where
    F: FnMut(&mut Write) -> Result<T, Error> + Send,
    T: Send,
{
    fn make(&mut self, write: &mut Write) -> Result<(), Error> {
        if self.for_asker && self.reply.is_closed() {
            return Ok(());
        }
        self.done = Some((self.run)(write)?);
        Ok(())
    }

    fn tell(self: Box<Self>, committed: Result<(), Error>) {
        let Self { run, done, reply, .. } = *self;
        // What it holds on to is free again when it is answered: a body's room, for the next one.
        drop(run);
        let none = || Error::unavailable("the change was not made");
        let answer = committed.and_then(|()| done.ok_or_else(none));
        // Whoever asked may have stopped waiting.
        let _ = reply.send(answer);
    }
}

impl Writer {
    pub(super) fn start(write: Write) -> Result<Self, Error> {
        let (send, receive) = mpsc::channel(WAITING);
        let thread = thread::Builder::new().name("idhooks-inbox".to_owned());
        let started = thread.spawn(move || work(write, receive));
        started.map_err(|error| Error::unavailable("no thread could be started").caused_by(error))?;
        Ok(Self(send))
    }

    /// Makes a change, and returns once it is on disk.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut Write) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(run, false).await
    }

    /// As [`run`](Self::run), unless whoever asked has stopped waiting before it is made: a lease that is given to
    /// nobody is an attempt.
    pub(super) async fn run_for_asker<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut Write) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.ask(run, true).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        run: impl FnMut(&mut Write) -> Result<T, Error> + Send + 'static,
        for_asker: bool,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Change(Box::new(Asked { run, done: None, reply, for_asker }))).await?;
        answer.await.map_err(|_| closed())?
    }

    pub(super) async fn checkpoint(&self) -> Result<bool, Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Command::Checkpoint(reply)).await?;
        answer.await.map_err(|_| closed())?
    }

    pub(super) async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.send(Command::Close(reply)).await.is_ok() {
            // An error means that it was closed already.
            let _ = answer.await;
        }
    }

    async fn send(&self, command: Command) -> Result<(), Error> {
        self.0.send(command).await.map_err(|_| closed())
    }
}

fn work(mut write: Write, mut commands: mpsc::Receiver<Command>) {
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
        // Nothing that was told depends on it; it is tried again after the next changes.
        if let Err(error) = write.settle() {
            observe::store_failed(&error);
        }
        if finish(&mut write, other).is_break() {
            return;
        }
    }
}

fn finish(write: &mut Write, command: Option<Command>) -> ControlFlow<()> {
    match command {
        Some(Command::Checkpoint(reply)) => {
            let _ = reply.send(write.checkpoint());
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

/// All in one transaction, those too that come while it is being made; if that fails, each in one of its own, so that
/// one that cannot be made does no harm to the others. `changes` is empty before and after.
fn commit(write: &mut Write, changes: &mut Vec<Box<dyn Change>>, mut next: impl FnMut() -> Option<Box<dyn Change>>) {
    let Some(first) = next() else { return };
    changes.push(first);
    if let Err(error) = write.begin() {
        // The store's fault and no change's: each by itself would only wait for it again.
        changes.extend(std::iter::from_fn(&mut next).take(TOGETHER - 1));
        for change in changes.drain(..) {
            change.tell(Err(failed(same(&error))));
        }
        return;
    }
    let together = complete(write, |write| {
        let mut made = 0;
        while let Some(change) = changes.get_mut(made) {
            change.make(write)?;
            made += 1;
            if made == changes.len() && made < TOGETHER {
                changes.extend(next());
            }
        }
        Ok(())
    });
    if together.is_err() && changes.len() > 1 {
        for mut change in changes.drain(..) {
            let alone = transact(write, |write| change.make(write));
            change.tell(alone);
        }
        return;
    }
    let mut together = Some(together);
    for change in changes.drain(..) {
        change.tell(together.take().unwrap_or(Ok(())));
    }
}

/// An error for each of those it befell.
fn same(error: &rusqlite::Error) -> rusqlite::Error {
    error.sqlite_error().map_or(rusqlite::Error::InvalidQuery, |code| rusqlite::Error::SqliteFailure(*code, None))
}

fn transact(write: &mut Write, make: impl FnOnce(&mut Write) -> Result<(), Error>) -> Result<(), Error> {
    write.begin().map_err(failed)?;
    complete(write, make)
}

/// What is left of a transaction that was begun.
fn complete(write: &mut Write, make: impl FnOnce(&mut Write) -> Result<(), Error>) -> Result<(), Error> {
    let made = make(write).and_then(|()| write.commit().map_err(failed));
    if made.is_err() {
        write.roll_back();
    }
    made
}
