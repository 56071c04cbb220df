//! Two receivers and two workers, each killed with `kill -9` and started again, over and over.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_inbox::{DeliverySummary, Inbox};
use tokio::{sync::watch, task::JoinSet, time::sleep};

use super::Books;
use crate::{
    child::{self, Crew, Role},
    deliveries,
    drive::{Progress, entries, settle, stats},
    engine::Place,
    ledger::{Ledger, Totals},
    options::Options,
    send::{Sender, Tally, doors},
    table::Row,
    work::{Manner, Settings},
};

/// When killing stops, however much is left.
const LONGEST: Duration = Duration::from_secs(300);

/// Everything that handlers do, with the journal as the witness.
pub(crate) async fn kills(place: &Place, options: &Options) -> Result<Vec<Row>, String> {
    let Aftermath { deliveries, crew, tally, stuck, entries } = torment(place, options, Manner::Lively).await?;
    let books = Books::close(place, &crew, deliveries, tally, stuck, entries)?;
    let mut rows = killed(&crew);
    rows.extend(books.scale());
    rows.extend(books.promises());
    Ok(rows)
}

/// Handlers that complete in their own transaction, with the ledger as the witness.
pub(crate) async fn ledger(place: &Place, options: &Options) -> Result<Vec<Row>, String> {
    let ledger = Ledger::new(&place.store);
    ledger.create().await?;
    let Aftermath { deliveries, crew, tally, stuck, .. } = torment(place, options, Manner::Ledger).await?;
    let Totals { lines, numbers, done, done_without_line } = ledger.totals().await?;
    let deliveries = u64::from(deliveries);
    let [_, _, ended_by_themselves] = crew.killed();
    let mut rows = killed(&crew);
    rows.extend([
        Row::exactly(deliveries, "acknowledged (200)", tally.acknowledged.len() as u64),
        Row::exactly(deliveries, "done in the store", done),
        Row::exactly(deliveries, "lines in the ledger", lines),
        Row::exactly(deliveries, "deliveries with a line in the ledger", numbers),
        Row::zero("effects that happened more than once", lines.saturating_sub(numbers)),
        Row::zero("done in the store without a line in the ledger", done_without_line),
        Row::zero("not handled after a quiet time with workers: STUCK", stuck),
        Row::zero("processes that ended by themselves", ended_by_themselves),
    ]);
    Ok(rows)
}

fn killed(crew: &Crew) -> Vec<Row> {
    let [receivers, workers, _] = crew.killed();
    vec![Row::at_least(4, "receivers killed", receivers), Row::at_least(4, "workers killed", workers)]
}

/// Everything there is to count once the killing has ended.
struct Aftermath {
    deliveries: u32,
    crew: Crew,
    tally: Tally,
    stuck: u64,
    entries: HashMap<i64, DeliverySummary>,
}

/// Sends and kills until everything is handled.
async fn torment(place: &Place, options: &Options, manner: Manner) -> Result<Aftermath, String> {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let count = options.deliveries();
    let made: Arc<[_]> = deliveries::make(count, count / 20, &mut random)?.into();
    let doors = doors(2);
    let worker = Role::Worker(Settings { journal: place.journal(), seed: options.seed, manner });
    let crew = Crew::new(&place.store);
    let (stop, stopped) = watch::channel(false);
    let mut tormented = JoinSet::new();
    let receivers = doors.iter().map(|door| Role::Receiver(Arc::clone(door)));
    for role in receivers.chain([worker.clone(), worker]) {
        tormented.spawn(crew.clone().torment(role, random.fork(), stopped.clone()));
    }
    let started = Instant::now();
    let sender = Sender::new(&doors, &made, random.u64(..))?;
    let tally = tokio::select! {
        tally = sender.send() => tally?,
        Some(ended) = tormented.join_next() => return Err(format!("a process cannot be started: {:?}", ended.map(|_| ()))),
    };
    let inbox = child::open(Inbox::builder(), &place.store).await?;
    // The last few are left to workers that live, or the end would be a matter of luck.
    let mut progress = Progress::new();
    while started.elapsed() < LONGEST {
        let stats = stats(&inbox).await?;
        if stats.waiting() + stats.running <= u64::from(count / 20) || progress.has_ended(&stats) {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    stop.send(true).map_err(|error| error.to_string())?;
    let mut alive = Vec::new();
    while let Some(ended) = tormented.join_next().await {
        alive.push(ended.map_err(|error| error.to_string())??);
    }
    let stuck = settle(&inbox).await?;
    let entries = entries(&inbox).await?;
    inbox.close().await;
    for member in alive {
        member.kill().await?;
    }
    Ok(Aftermath { deliveries: count, crew, tally, stuck, entries })
}
