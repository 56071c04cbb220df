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
    deliveries::{Deliveries, Delivery, Subjects},
    engine::{Engine, Fresh},
};
use crate::{Effort, Outcome, Verdict};

pub(super) async fn run(engine: Engine, effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let (usual, lanes, most) = effort.pick(
        (10_000, [1_000, 10_000, 100_000], Duration::from_secs(5)),
        (200, [50, 100, 200], Duration::from_millis(500)),
    );
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
    let mut rates = Vec::new();
    for backlog in lanes {
        let rate = handled(engine, Subjects::One, backlog, 16, most).await?;
        println!("{:<60} {rate:>9.0}/s", format!("a backlog of {backlog}, one subject"));
        rates.push(rate);
    }
    let [small, .., large] = rates[..] else { return Err("no lanes".into()) };
    let what = format!("one subject: rate with {} waiting against {}", lanes[2], lanes[0]);
    verdict.at_least(what, large / small, 0.5, Some(0.8))
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
