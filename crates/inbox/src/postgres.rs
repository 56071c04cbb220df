//! The engine for several machines: a PostgreSQL database, used by any number of receivers and workers at once.
//!
//! What it promises, and on what that rests:
//! - **A program dies.** What was answered is in the database. What was not may be there or not; the sender comes again.
//!   What the program held is handed out again when its leases run out, and it can no longer finish it.
//! - **The database or its machine dies.** What was answered was in the log on disk before: `fsync`, `full_page_writes`
//!   and `synchronous_commit` are read on every new session, and again while it is used, and a weaker one is refused.
//!   While the database is away every method says so within seconds; when it is back, the same store works again.
//! - **A standby takes over.** It has what was answered only if the primary waited for it: set
//!   `synchronous_standby_names`, which no program can see the sense of from here. Without, the last moments before the
//!   failover are lost, tokens of leases may be given a second time, and the numbers of deliveries too.
//! - **A part of the network is cut off.** Whoever cannot reach the database accepts nothing and finishes nothing. A
//!   worker that is cut off stops its handlers when its leases are over by its own clock; others take over when they are
//!   over by the database's. Two handlers overlap only if one does not stop where it waits, and then only one finishes.
//! - **The database's clock is set.** Leases and times to retry are told by it, so they end that much sooner or later.
//!   Ending sooner costs a second attempt, never a second "done".
//!
//! `sslmode=require` in the URL verifies the server's name and certificate, and so do `verify-ca` and `verify-full`;
//! `sslrootcert` names a file of certificates to trust in place of the system's.
//! `prefer`, the default, encrypts where that can be had, and guards against nobody who can change what is sent.
//!
//! A pooler between that hands a session to many programs in turn (`pool_mode = transaction`) cannot be used: statements
//! are prepared, settings are set and notifications are heard for a whole session.

/// What a worker has handlers for; `$1` and `$2` are the vendors, of what is verified and of what is not.
macro_rules! wanted {
    () => {
        "vendor = ANY (CASE WHEN verified THEN $1::text[] ELSE $2::text[] END)"
    };
}

/// What could be leased now, lanes left aside; in the words of the index that finds it.
macro_rules! due {
    () => {
        concat!("state = 0 AND NOT behind AND due_at <= statement_timestamp() AND ", wanted!())
    };
}

mod accept;
mod failed;
mod finish;
mod gather;
mod lease;
mod notify;
mod pool;
mod promise;
mod read;
mod schema;
mod tidy;
#[cfg(feature = "postgres-rustls")]
mod tls;
mod url;

use std::{borrow::Cow, sync::Arc, time::Duration};

use async_trait::async_trait;
use tokio::time::timeout;

use self::{
    failed::failed,
    gather::Gather,
    notify::{Listener, Signals},
    pool::Pool,
    tidy::Tidy,
};
use crate::{
    Accepted, Details, EntryId, Error, Filter, Page, Purged, State, Stats,
    store::{Arrival, Batch, LeaseRequest, Route, Store, Token, Verdict},
};

/// Connections for what arrives: it is gathered, so a few do.
const RECEIVING: usize = 4;

/// Connections for everything else, so that a worker can renew its leases however much arrives.
const WORKING: usize = 8;

/// How often to look for what no notification tells of: what was given back when a lease ran out, or came due again.
const POLL: Duration = Duration::from_secs(1);

/// The same while notifications are not heard.
const POLL_DEAF: Duration = Duration::from_millis(200);

/// For how long whoever got nothing is kept from looking again at what stood in the way, unless something changes.
const IN_THE_WAY: Duration = Duration::from_millis(50);

/// A database that any number of programs use at the same time.
pub(crate) struct Postgres {
    receiving: Arc<Pool>,
    working: Pool,
    gather: Gather,
    tidy: Tidy,
    signals: Arc<Signals>,
    listener: Listener,
}

impl Postgres {
    /// Opens the store behind the URL, and makes its tables first if they are not there.
    pub(crate) async fn open(url: &str) -> Result<Self, Error> {
        let target = url::read(url)?;
        let receiving = Arc::new(Pool::new(target.clone(), RECEIVING)?);
        let working = Pool::new(target.clone(), WORKING)?;
        let (mut session, _) = working.take().await?;
        schema::migrate(&mut session).await?;
        // Of its own for each schema of the database.
        let find = "SELECT 'idhooks_' || 'idhooks_deliveries'::regclass::oid";
        let channel = session.client().query_one_scalar(find, &[]).await.map_err(failed)?;
        let signals = Arc::new(Signals::default());
        let listener = Listener::start(target, channel, Arc::clone(&signals));
        let gather = Gather::start(Arc::clone(&receiving));
        let tidy = Tidy::new(working.clone(), Arc::clone(&signals));
        Ok(Self { receiving, working, gather, tidy, signals, listener })
    }
}

#[async_trait]
impl Store for Postgres {
    async fn accept(&self, arrival: Arrival) -> Result<Accepted, Error> {
        let arrival = Arc::new(arrival);
        let found = self.gather.keep(Arc::clone(&arrival)).await?;
        let accepted = match found.as_ref().and_then(|found| accept::clear(&arrival, found)) {
            Some(accepted) => accepted,
            None => {
                let (mut session, watch) = self.receiving.take().await?;
                watch.wait(accept::settle(&mut session, &arrival, found)).await?
            }
        };
        if matches!(accepted, Accepted::New { .. }) {
            self.signals.tell_all();
        }
        Ok(accepted)
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Batch, Error> {
        let (session, watch) = self.working.take().await?;
        let (batch, untidy) = watch.wait(lease::lease(&session, &request)).await?;
        drop(session);
        if untidy {
            self.tidy.start(Vendors::of(&request.routes));
        }
        if batch.leased.len() >= request.most {
            // There may be more, for another worker of this program.
            self.signals.tell_here();
        }
        if batch.leased.is_empty() && batch.next == Some(Duration::ZERO) {
            let _ = timeout(IN_THE_WAY, self.signals.changed()).await;
        }
        Ok(batch)
    }

    async fn renew(&self, tokens: &[Token], time: Duration) -> Result<Vec<Token>, Error> {
        let (session, watch) = self.working.take().await?;
        watch.wait(lease::renew(&session, tokens, time)).await
    }

    async fn finish(&self, id: EntryId, token: Token, verdict: Verdict) -> Result<bool, Error> {
        let (session, watch) = self.working.take().await?;
        let finished = watch.wait(finish::finish(&session, id, token, &verdict)).await?;
        // Another delivery of the same subject may be next; whoever finished has a hand free for it.
        self.signals.tell_here();
        Ok(finished)
    }

    async fn changed(&self) {
        self.signals.changed().await;
    }

    fn poll_interval(&self) -> Duration {
        if self.signals.listening() { POLL } else { POLL_DEAF }
    }

    async fn unfinished(&self) -> Result<Vec<Route>, Error> {
        let (mut session, watch) = self.working.take().await?;
        watch.wait_long(read::unfinished(&mut session)).await
    }

    async fn list(&self, filter: &Filter) -> Result<Page, Error> {
        let (session, watch) = self.working.take().await?;
        watch.wait(read::list(&session, filter)).await
    }

    async fn get(&self, id: EntryId) -> Result<Option<Details>, Error> {
        let (mut session, watch) = self.working.take().await?;
        watch.wait(read::get(&mut session, id)).await
    }

    async fn replay(&self, id: EntryId) -> Result<(), Error> {
        let (mut session, watch) = self.working.take().await?;
        watch.wait(finish::replay(&mut session, id)).await?;
        self.signals.tell_all();
        Ok(())
    }

    async fn give_up(&self, id: EntryId, reason: &str) -> Result<(), Error> {
        let (mut session, watch) = self.working.take().await?;
        watch.wait(finish::give_up(&mut session, id, reason)).await
    }

    async fn purge(&self, older_than: Duration, dead: bool) -> Result<Purged, Error> {
        let (session, watch) = self.working.take().await?;
        let state = if dead { State::Dead } else { State::Done };
        Ok(Purged { deliveries: finish::purge(&session, &watch, older_than, state).await?, ..Purged::default() })
    }

    async fn stats(&self) -> Result<Stats, Error> {
        let (mut session, watch) = self.working.take().await?;
        watch.wait_long(read::stats(&mut session)).await
    }

    async fn close(&self) {
        self.listener.stop();
        self.gather.stop();
        self.receiving.close();
        self.working.close();
    }
}

/// What a worker has handlers for, as statements name it.
struct Vendors {
    verified: Vec<String>,
    unverified: Vec<String>,
}

impl Vendors {
    fn of(routes: &[Route]) -> Self {
        let vendors = |verified| {
            let routes = routes.iter().filter(|route| route.verified == verified);
            routes.map(|route| route.vendor.clone().into_owned()).collect()
        };
        Self { verified: vendors(true), unverified: vendors(false) }
    }
}

fn seconds(duration: Duration) -> f64 {
    /// Longer than anything that is waited for, and short enough for a time of PostgreSQL.
    const LONGEST: Duration = Duration::from_secs(1000 * 365 * 24 * 3600);
    duration.min(LONGEST).as_secs_f64()
}

/// A NUL has no place in a text of PostgreSQL.
fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { text.replace('\0', "\u{fffd}").into() } else { text.into() }
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests;
