//! Several processes on one store: receivers, and workers.

use std::time::{Duration, Instant};

use idhooks_inbox::Inbox;

use super::{
    deliveries::Deliveries,
    engine::{Engine, Fresh},
    process::{ACCEPT, Part, WORK},
    receive::fill,
};
use crate::{Effort, Outcome, measure::Rounds};

pub(super) async fn run(engine: Engine, effort: Effort) -> Outcome<()> {
    let (rounds, count, backlog) = effort.pick((5, 4096, 5_000), (1, 64, 100));
    println!("\n## Inbox: several processes on one store of {}, medians of {rounds} rounds\n", engine.as_str());
    let mut series = 100;
    for processes in [1, 2, 4] {
        let mut rates = Rounds::default();
        for _ in 0..rounds {
            rates.push(accepts(engine, processes, count, &mut series)?);
        }
        println!("{:<60} {:>9.0}/s", format!("accepts, {processes} receivers with 32 callers each"), rates.median());
    }
    for processes in [1, 2] {
        let mut rates = Rounds::default();
        for _ in 0..rounds {
            rates.push(handled(engine, processes, backlog).await?);
        }
        println!("{:<60} {:>9.0}/s", format!("handled, {processes} workers with 16 at a time each"), rates.median());
    }
    Ok(())
}

fn accepts(engine: Engine, processes: usize, count: usize, series: &mut u32) -> Outcome<f64> {
    let store = Fresh::new(engine)?;
    let mut start = |_| {
        *series += 1;
        Part::start(&[ACCEPT, &store.url, &series.to_string(), &count.to_string()])
    };
    let mut parts = (0..processes).map(&mut start).collect::<Outcome<Vec<_>>>()?;
    let started = Instant::now();
    parts.iter_mut().try_for_each(Part::tell)?;
    parts.iter_mut().try_for_each(|part| part.wait_for("done"))?;
    Ok((processes * count) as f64 / started.elapsed().as_secs_f64())
}

async fn handled(engine: Engine, processes: usize, backlog: usize) -> Outcome<f64> {
    let store = Fresh::new(engine)?;
    fill(&store.url, &mut Deliveries::new(99)?, backlog).await?;
    let inbox = Inbox::open(&store.url).await?;
    let mut parts = (0..processes).map(|_| Part::start(&[WORK, &store.url, "16"])).collect::<Outcome<Vec<_>>>()?;
    let started = Instant::now();
    parts.iter_mut().try_for_each(Part::tell)?;
    while let stats = inbox.stats().await?
        && stats.waiting() + stats.running > 0
    {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = started.elapsed();
    for part in &mut parts {
        part.tell()?;
        part.wait_for("done")?;
    }
    inbox.close().await;
    Ok(backlog as f64 / took.as_secs_f64())
}
