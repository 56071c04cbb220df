//! How fast a backlog is handled, by handlers that do nothing.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use idhooks_inbox::{Handlers, Inbox, Job};
use tokio::sync::Notify;

use super::{
    accept::accept_all,
    deliveries::{Deliveries, Delivery, Subjects, is_one},
    engine::{Engine, Fresh},
};
use crate::{Effort, Outcome, Verdict};

pub(super) async fn run(engine: Engine, effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let (usual, waiting, most) =
        effort.pick((20_000, 100_000, Duration::from_secs(20)), (200, 200, Duration::from_millis(500)));
    println!(
        "\n## Inbox: deliveries handled a second on {}, by handlers that do nothing, for at most {most:?}\n",
        engine.as_str()
    );
    for concurrency in [16, 64] {
        let rate = handled(engine, Subjects::Different, usual, concurrency, most).await?;
        println!(
            "{:<60} {rate:>9.0}/s",
            format!("a backlog of {usual}, all subjects different, {concurrency} at a time")
        );
    }
    let alone = handled(engine, Subjects::Different, usual, 16, most).await?;
    let beside = beside_one_subject(engine, waiting, usual, most).await?;
    println!("{:<60} {alone:>9.0}/s", format!("a backlog of {usual}, all subjects different, nothing else"));
    println!("{:<60} {beside:>9.0}/s", format!("the same beside one subject with {waiting} waiting"));
    let what = format!("rate of others beside one subject with {waiting} waiting, {}", engine.as_str());
    verdict.at_least(what, beside / alone, 0.9, None)
}

/// Returns the rate of other subjects while one subject has a long backlog, which came first.
async fn beside_one_subject(engine: Engine, waiting: usize, usual: usize, most: Duration) -> Outcome<f64> {
    let store = Fresh::new(engine)?;
    let inbox = Inbox::open(&store.url).await?;
    let mut deliveries = Deliveries::new(7)?;
    for (count, subjects) in [(waiting, Subjects::One), (usual, Subjects::Different)] {
        for first in (0..count).step_by(10_000) {
            accept_all(&inbox, &deliveries.verified((count - first).min(10_000), subjects)?, 512).await?;
        }
    }
    let (others, all) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let handlers = Handlers::new().on({
        let (others, all) = (Arc::clone(&others), Arc::clone(&all));
        move |job: Job<Delivery>| {
            let is_other = !job.delivery().envelope().subject_id().is_some_and(is_one);
            if is_other && others.fetch_add(1, Ordering::Relaxed) + 1 == usual {
                all.notify_one();
            }
            async {}
        }
    });
    let started = Instant::now();
    let until = async move { drop(tokio::time::timeout(most, all.notified()).await) };
    inbox.worker().concurrency(16).with_graceful_shutdown(until).run(handlers).await?;
    let rate = others.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    inbox.close().await;
    Ok(rate)
}

async fn handled(
    engine: Engine,
    subjects: Subjects,
    backlog: usize,
    concurrency: usize,
    most: Duration,
) -> Outcome<f64> {
    let store = Fresh::new(engine)?;
    let inbox = Inbox::open(&store.url).await?;
    let mut deliveries = Deliveries::new(2)?;
    for first in (0..backlog).step_by(10_000) {
        let some = deliveries.verified((backlog - first).min(10_000), subjects)?;
        accept_all(&inbox, &some, 512).await?;
    }
    let (count, all) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let handlers = Handlers::new().on({
        let (count, all) = (Arc::clone(&count), Arc::clone(&all));
        move |_: Job<Delivery>| {
            if count.fetch_add(1, Ordering::Relaxed) + 1 == backlog {
                all.notify_one();
            }
            async {}
        }
    });
    let started = Instant::now();
    let until = async move { drop(tokio::time::timeout(most, all.notified()).await) };
    inbox.worker().concurrency(concurrency).with_graceful_shutdown(until).run(handlers).await?;
    let rate = count.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    inbox.close().await;
    Ok(rate)
}
