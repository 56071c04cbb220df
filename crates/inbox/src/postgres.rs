//! The engine for several machines: a PostgreSQL database.

mod accept;
mod failed;
mod finish;
mod lease;
mod notify;
mod pool;
mod promise;
mod read;
mod schema;
mod url;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;

use self::{
    failed::failed,
    notify::{Listener, Signals},
    pool::Pool,
};
use crate::{
    Accepted, Details, EntryId, Error, Filter, Page, Purged, State, Stats,
    store::{Arrival, Batch, LeaseRequest, Route, Store, Token, Verdict},
};

/// Connections for what arrives.
const RECEIVING: usize = 8;

/// Connections for everything else, so that a worker can renew its leases however much arrives.
const WORKING: usize = 8;

/// How often to look for what no notification tells of: what was given back when a lease ran out, or came due again.
const POLL: Duration = Duration::from_secs(1);

/// The same while notifications are not heard.
const POLL_DEAF: Duration = Duration::from_millis(200);

/// A database that any number of programs use at the same time.
pub(crate) struct Postgres {
    receiving: Pool,
    working: Pool,
    signals: Arc<Signals>,
    listener: Listener,
}

impl Postgres {
    /// Opens the store behind the URL, and makes its tables first if they are not there.
    pub(crate) async fn open(url: &str) -> Result<Self, Error> {
        let config = url::read(url)?;
        let receiving = Pool::new(config.clone(), RECEIVING)?;
        let working = Pool::new(config.clone(), WORKING)?;
        let (mut session, _) = working.take().await?;
        schema::migrate(&mut session).await?;
        // Of its own for each schema of the database.
        let find = "SELECT 'idhooks_' || 'idhooks_deliveries'::regclass::oid";
        let channel = session.client().query_one_scalar(find, &[]).await.map_err(failed)?;
        let signals = Arc::new(Signals::default());
        let listener = Listener::start(config, channel, Arc::clone(&signals));
        Ok(Self { receiving, working, signals, listener })
    }
}

#[async_trait]
impl Store for Postgres {
    async fn accept(&self, arrival: Arrival) -> Result<Accepted, Error> {
        let (mut session, watch) = self.receiving.take().await?;
        let accepted = watch.wait(accept::accept(&mut session, &arrival)).await?;
        if matches!(accepted, Accepted::New { .. }) {
            self.signals.tell_all();
        }
        Ok(accepted)
    }

    async fn lease(&self, request: LeaseRequest) -> Result<Batch, Error> {
        let (session, watch) = self.working.take().await?;
        let batch = watch.wait(lease::lease(&session, &request)).await?;
        if batch.leased.len() >= request.most {
            // There may be more, for another worker of this program.
            self.signals.tell_here();
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
        let (session, watch) = self.working.take().await?;
        watch.wait(read::unfinished(&session)).await
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

    async fn purge(&self, older_than: Duration, dead: bool) -> Result<Purged, Error> {
        let (session, watch) = self.working.take().await?;
        let state = if dead { State::Dead } else { State::Done };
        Ok(Purged { deliveries: finish::purge(&session, &watch, older_than, state).await? })
    }

    async fn stats(&self) -> Result<Stats, Error> {
        let (session, watch) = self.working.take().await?;
        watch.wait(read::stats(&session)).await
    }

    async fn close(&self) {
        self.listener.stop();
        self.receiving.close();
        self.working.close();
    }
}

fn seconds(duration: Duration) -> f64 {
    /// Longer than anything that is waited for, and short enough for a time of PostgreSQL.
    const LONGEST: Duration = Duration::from_secs(1000 * 365 * 24 * 3600);
    duration.min(LONGEST).as_secs_f64()
}

/// A NUL has no place in a text of PostgreSQL.
fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests;
