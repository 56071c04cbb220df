//! Keeps together what arrives together: one statement and one wait for the disk, for many.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use tokio::{
    sync::{mpsc, oneshot},
    task::AbortHandle,
    time::Instant,
};
use tokio_postgres::error::SqlState;

use super::{
    accept::{self, Found},
    failed::failed,
    pool::Pool,
};
use crate::{Error, store::Arrival};

/// How many arrivals wait at most; who comes then waits to be let in.
const WAITING: usize = 1024;

/// How many are kept together at most, and about how many bytes of bodies.
const TOGETHER: usize = 64;
const TOGETHER_BYTES: usize = 1024 * 1024;

/// A failure that took longer is that of all who wait.
const LONG: Duration = Duration::from_secs(1);

/// Sends arrivals to the task that keeps them.
pub(super) struct Gather {
    send: mpsc::Sender<Waiting>,
    task: AbortHandle,
}

struct Waiting {
    arrival: Arc<Arrival>,
    reply: oneshot::Sender<Result<Option<Found>, Error>>,
}

impl Gather {
    pub(super) fn start(pool: Arc<Pool>) -> Self {
        let (send, receive) = mpsc::channel(WAITING);
        Self { send, task: tokio::spawn(work(receive, pool)).abort_handle() }
    }

    pub(super) fn stop(&self) {
        self.task.abort();
    }

    /// What stands under the key of an arrival now. `None` if it must be looked at alone.
    pub(super) async fn keep(&self, arrival: Arc<Arrival>) -> Result<Option<Found>, Error> {
        let (reply, answer) = oneshot::channel();
        // There is no task any more if its runtime has ended before the store.
        if self.send.send(Waiting { arrival, reply }).await.is_err() {
            return Ok(None);
        }
        answer.await.unwrap_or(Ok(None))
    }
}

/// Ends once no more can come.
async fn work(mut receive: mpsc::Receiver<Waiting>, pool: Arc<Pool>) {
    loop {
        let together = take(&mut receive).await;
        if together.is_empty() {
            return;
        }
        let asked = Instant::now();
        let kept = keep(&pool, &together).await;
        if let Err(Failure::Stores(error)) = &kept
            && asked.elapsed() > LONG
        {
            // Who has waited all that time would only wait as long again.
            while let Ok(waiting) = receive.try_recv() {
                let _ = waiting.reply.send(Err(error.same()));
            }
        }
        answer(together, kept);
    }
}

/// What has gathered; nothing once no more can come. Of several with the same key only the first: the others are told
/// to look alone, and find it.
async fn take(receive: &mut mpsc::Receiver<Waiting>) -> Vec<Waiting> {
    let (mut together, mut keys, mut bytes) = (Vec::new(), HashSet::new(), 0);
    let mut next = receive.recv().await;
    while let Some(waiting) = next.take() {
        bytes += waiting.arrival.body().len();
        if keys.insert(waiting.arrival.dedup) {
            together.push(waiting);
        } else {
            let _ = waiting.reply.send(Ok(None));
        }
        if together.len() < TOGETHER && bytes < TOGETHER_BYTES {
            next = receive.try_recv().ok();
        }
    }
    together
}

type Kept = Result<HashMap<Vec<u8>, Found>, Failure>;

enum Failure {
    /// One of them is to blame.
    Theirs,
    /// The store is.
    Stores(Error),
}

async fn keep(pool: &Pool, together: &[Waiting]) -> Kept {
    let (session, watch) = pool.take().await.map_err(Failure::Stores)?;
    let arrivals: Vec<&Arrival> = together.iter().map(|waiting| &*waiting.arrival).collect();
    let kept = async { Ok(accept::keep(&session, &arrivals).await) };
    watch.wait(kept).await.map_err(Failure::Stores)?.map_err(blame)
}

/// Data that cannot be stored, or is too large, is one arrival's fault; the others must not suffer from it.
fn blame(error: tokio_postgres::Error) -> Failure {
    let class = error.code().map(SqlState::code).and_then(|code| code.get(..2));
    if matches!(class, Some("22" | "54")) { Failure::Theirs } else { Failure::Stores(failed(error)) }
}

fn answer(together: Vec<Waiting>, mut kept: Kept) {
    for Waiting { arrival, reply } in together {
        let answer = match &mut kept {
            Ok(found) => Ok(found.remove(&arrival.dedup[..])),
            Err(Failure::Theirs) => Ok(None),
            Err(Failure::Stores(error)) => Err(error.same()),
        };
        // Whoever asked may have stopped waiting.
        let _ = reply.send(answer);
    }
}
