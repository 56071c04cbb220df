//! Durable accepts: many at once against a bare log, and one at rest against one `fdatasync`.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_inbox::{AcceptOutcome, Inbox};
use tokio::task::JoinSet;

use super::{
    deliveries::{Deliveries, Delivery, Subjects},
    engine::{Engine, Fresh, folder},
    log::{Log, Preallocated},
    sqlx::Sqlx,
};
use crate::{Effort, Outcome, Verdict, measure::Rounds};

pub(super) const CALLERS: usize = 32;

pub(super) async fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let store = Fresh::new(Engine::Sqlite)?;
    let inbox = Inbox::open(&store.url).await?;
    let log = Log::start(Preallocated::new(&folder()?.join("log"))?);
    let mut deliveries = Deliveries::new(0)?;
    many(effort, verdict, &inbox, &log, &mut deliveries).await?;
    one(effort, verdict, &inbox, &log, &mut deliveries).await?;
    inbox.close().await;
    Ok(())
}

async fn many(
    effort: Effort,
    verdict: &mut Verdict,
    inbox: &Inbox,
    log: &Log,
    deliveries: &mut Deliveries,
) -> Outcome<()> {
    let (rounds, count, rows) = effort.pick((11, 8192, 1_000_000), (2, 64, 100));
    println!("\n## Inbox: durable accepts with {CALLERS} callers, {count} a round, {rows} rows there,");
    println!("   medians of {rounds} rounds\n");
    let peer = Fresh::new(Engine::Sqlite)?;
    Inbox::open(&peer.url).await?.close().await;
    let peer = Sqlx::open(&peer).await?;
    for first in (0..rows).step_by(10_000) {
        let some = deliveries.verified((rows - first).min(10_000), Subjects::Different)?;
        accept_all(inbox, &some, 512).await?;
        peer.fill(&some).await?;
    }
    let known = deliveries.verified(count, Subjects::Different)?;
    accept_all(inbox, &known, CALLERS).await?;
    let [mut kept, mut logged, mut again, mut inserted] = [(); 4].map(|()| Rounds::default());
    for round in 0..=rounds {
        let batch = deliveries.verified(count, Subjects::Different)?;
        let mut took = [Duration::ZERO; 4];
        for turn in 0..4 {
            let who = (round + turn) % 4;
            took[who] = match who {
                0 => accept_all(inbox, &batch, CALLERS).await?,
                1 => append_all(log, &batch).await?,
                2 => accept_all(inbox, &known, CALLERS).await?,
                _ => peer.insert_all(&batch).await?,
            };
        }
        // The first one warms up.
        if round > 0 {
            for (rounds, took) in [&mut kept, &mut logged, &mut again, &mut inserted].into_iter().zip(took) {
                rounds.push(count as f64 / took.as_secs_f64());
            }
        }
    }
    let line = |name: &str, rounds: &Rounds| {
        let median = rounds.median();
        println!("{name:<56} {median:>10.0}/s {:>8.2} µs each {:>6.2}x", 1e6 / median, rounds.ratio(&logged));
    };
    line("a bare log, grouped the same way", &logged);
    line("sqlx, the same rows one by one", &inserted);
    line("Inbox::accept on SQLite", &kept);
    line("Inbox::accept of duplicates: nothing to write", &again);
    let what = |against: &str| format!("accepts/s, {CALLERS} callers, {rows} rows, SQLite{against}");
    verdict.at_least(what(""), kept.median(), 15_000.0, Some(25_000.0))?;
    verdict.at_least(what(" against sqlx"), kept.ratio(&inserted), 2.0, None)
}

async fn one(
    effort: Effort,
    verdict: &mut Verdict,
    inbox: &Inbox,
    log: &Log,
    deliveries: &mut Deliveries,
) -> Outcome<()> {
    let (rounds, count) = effort.pick((41, 50), (2, 5));
    println!("\n## Inbox: one accept at rest, by one caller, {count} a round, medians of {rounds} rounds\n");
    let known = deliveries.verified(count, Subjects::Different)?;
    accept_all(inbox, &known, CALLERS).await?;
    let mut file = Preallocated::new(&folder()?.join("file"))?;
    let mut contestants: [Rounds; 4] = Default::default();
    for round in 0..rounds {
        let batch = deliveries.verified(count, Subjects::Different)?;
        for turn in 0..contestants.len() {
            let who = (round + turn) % contestants.len();
            let mut times = Rounds::default();
            for delivery in if who == 3 { &known } else { &batch } {
                let started = Instant::now();
                match who {
                    0 => file.append(delivery.body())?,
                    1 => log.append(delivery.body().clone()).await?,
                    2 => accept(inbox, delivery).await?,
                    _ => accept(inbox, delivery).await?,
                }
                times.push(started.elapsed().as_secs_f64() * 1e6);
            }
            contestants[who].push(times.median());
        }
    }
    let names = [
        "one fdatasync of an append",
        "a bare log, through its thread",
        "Inbox::accept on SQLite",
        "Inbox::accept of a duplicate: nothing to write",
    ];
    let [synced, _, kept, _] = &contestants;
    for (name, rounds) in names.iter().zip(&contestants) {
        println!("{name:<56} {:>10.1} µs {:>6.2}x", rounds.median(), rounds.ratio(synced));
    }
    verdict.at_most("one accept at rest, SQLite, against one fdatasync".to_owned(), kept.ratio(synced), 2.0, Some(1.3))
}

async fn accept(inbox: &Inbox, delivery: &Delivery) -> Outcome<()> {
    match inbox.accept(delivery).await? {
        AcceptOutcome::Conflict { .. } => Err("two deliveries have one key".into()),
        _ => Ok(()),
    }
}

/// The time until all of them are on disk.
pub(super) async fn accept_all(inbox: &Inbox, deliveries: &[Delivery], callers: usize) -> Outcome<Duration> {
    let inbox = inbox.clone();
    all(deliveries, callers, move |delivery| {
        let inbox = inbox.clone();
        async move { accept(&inbox, &delivery).await }
    })
    .await
}

async fn append_all(log: &Log, deliveries: &[Delivery]) -> Outcome<Duration> {
    let log = log.clone();
    all(deliveries, CALLERS, move |delivery| {
        let log = log.clone();
        async move { log.append(delivery.body().clone()).await }
    })
    .await
}

/// Has each of `callers` do its share, one after the other.
pub(super) async fn all<F>(
    deliveries: &[Delivery],
    callers: usize,
    call: impl Fn(Delivery) -> F + Clone + Send + Sync + 'static,
) -> Outcome<Duration>
where
    F: Future<Output = Outcome<()>> + Send,
{
    let shares: Vec<Arc<[Delivery]>> = deliveries.chunks(deliveries.len().div_ceil(callers)).map(Arc::from).collect();
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for share in shares {
        let call = call.clone();
        tasks.spawn(async move {
            for delivery in share.iter() {
                call(delivery.clone()).await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(started.elapsed())
}
