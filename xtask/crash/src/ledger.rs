//! A table that handlers write to in the transaction that completes their job.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use idhooks_core::Delivery;
use idhooks_inbox::{CompleteStatement, Job, Outcome};
use tokio::time::sleep;
use tokio_postgres::{Client, NoTls};

use crate::journal::Ended;

const CREATE: &str = "CREATE TABLE ledger (delivery bigint NOT NULL, number bigint NOT NULL)";
const INSERT: &str = "INSERT INTO ledger (delivery, number) VALUES ($1, $2)";
const COUNT: &str = "SELECT count(*) AS lines, count(DISTINCT number) AS numbers,
    (SELECT count(*) FROM idhooks_deliveries WHERE state = 3) AS done,
    (SELECT count(*) FROM idhooks_deliveries AS d
        WHERE state = 3 AND NOT EXISTS (SELECT FROM ledger WHERE delivery = d.id)) AS done_without_line
    FROM ledger";

/// The ledger, and the idle connections to it.
pub(crate) struct Ledger {
    url: String,
    idle: Mutex<Vec<Client>>,
}

/// The contents of the ledger, beside the inbox.
pub(crate) struct Totals {
    pub(crate) lines: u64,
    pub(crate) numbers: u64,
    pub(crate) done: u64,
    pub(crate) done_without_line: u64,
}

impl Ledger {
    /// Connects when a handler first needs it.
    pub(crate) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), idle: Mutex::default() }
    }

    pub(crate) async fn create(&self) -> Result<(), String> {
        self.connect().await?.batch_execute(CREATE).await.map_err(|error| error.to_string())
    }

    pub(crate) async fn totals(&self) -> Result<Totals, String> {
        let row = self.connect().await?.query_one(COUNT, &[]).await.map_err(|error| error.to_string())?;
        let count = |name: &str| {
            let count: i64 = row.try_get(name).map_err(|error| error.to_string())?;
            u64::try_from(count).map_err(|error| error.to_string())
        };
        Ok(Totals {
            lines: count("lines")?,
            numbers: count("numbers")?,
            done: count("done")?,
            done_without_line: count("done_without_line")?,
        })
    }

    /// Handles a job: fails before the commit, after it, or not at all.
    pub(crate) async fn handle<D: Delivery>(
        &self,
        job: &Job<D>,
        number: u32,
        mut random: fastrand::Rng,
    ) -> (Outcome, Ended) {
        let retry = |why: String| (Outcome::retry(why), Ended::Retry);
        let complete = match job.complete_in() {
            Ok(complete) => complete,
            Err(error) => return (Outcome::dead_letter(error.to_string()), Ended::GaveUp),
        };
        let fails = random.u8(..100);
        match self.write(&complete, number, fails < 5, &mut random).await {
            Ok(()) if fails < 10 => retry("asked to fail after the commit".to_owned()),
            Ok(()) => (Outcome::Done, Ended::Done),
            Err(problem) => retry(problem),
        }
    }

    async fn write(
        &self,
        complete: &CompleteStatement,
        number: u32,
        fails: bool,
        random: &mut fastrand::Rng,
    ) -> Result<(), String> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut client = match idle {
            Some(client) => client,
            None => self.connect().await?,
        };
        // Kills arrive at each of these places.
        let mut pause = || Duration::from_micros(random.u64(200..3_000));
        let pauses = [pause(), pause(), pause()];
        let done = async {
            let transaction = client.transaction().await?;
            sleep(pauses[0]).await;
            transaction.execute(INSERT, &[&complete.id(), &i64::from(number)]).await?;
            sleep(pauses[1]).await;
            if fails {
                transaction.rollback().await?;
                return Ok(false);
            }
            transaction.execute(complete.sql(), &[&complete.id(), &complete.token()]).await?;
            sleep(pauses[2]).await;
            transaction.commit().await?;
            Ok::<_, tokio_postgres::Error>(true)
        };
        // After an error the connection is dropped, and its transaction with it.
        let committed = done.await.map_err(|error| error.to_string())?;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(client);
        if committed { Ok(()) } else { Err("asked to fail before the commit".to_owned()) }
    }

    async fn connect(&self) -> Result<Client, String> {
        let (client, connection) =
            tokio_postgres::connect(&self.url, NoTls).await.map_err(|error| format!("the ledger: {error}"))?;
        tokio::spawn(connection);
        Ok(client)
    }
}
