//! Two receivers and two workers, each killed with `kill -9` and started again, over and over.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_inbox::Inbox;
use tokio::{sync::watch, task::JoinSet, time::sleep};

use super::Books;
use crate::{
    child::{self, Crew, Role},
    deliveries,
    drive::{Progress, entries, settle, stats},
    engine::Place,
    options::Options,
    send::{Sender, doors},
    table::Row,
    work::{Manner, Settings},
};

/// When killing stops, however much is left.
const LONGEST: Duration = Duration::from_secs(300);

pub(crate) async fn kills(place: &Place, options: &Options) -> Result<Vec<Row>, String> {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let count = options.deliveries();
    let made: Arc<[_]> = deliveries::make(count, count / 20, &mut random)?.into();
    let doors = doors(2);
    let worker = Role::Worker(Settings { journal: place.journal(), seed: options.seed, manner: Manner::Lively });
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
    let books = Books::close(place, &crew, count, tally, stuck, entries(&inbox).await?)?;
    let [receivers, workers, _] = crew.killed();
    let mut rows = vec![Row::at_least(4, "receivers killed", receivers), Row::at_least(4, "workers killed", workers)];
    rows.extend(books.scale());
    rows.extend(books.promises());
    inbox.close().await;
    for member in alive {
        member.kill().await?;
    }
    Ok(rows)
}
