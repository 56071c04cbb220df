//! PostgreSQL against its own pgbench and against graphile-worker, in one run.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use idhooks_inbox::{Handlers, Inbox, Job};
use tokio::sync::Notify;

use super::{
    accept::{CALLERS, accept_all},
    deliveries::{Deliveries, Delivery, Subjects},
    engine::{Engine, Fresh},
    receive::fill,
};
use crate::{Effort, Outcome, Verdict, measure::Rounds};

/// How many deliveries a worker handles at the same time.
const CONCURRENCY: usize = 64;

pub(super) async fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    accepts(effort, verdict).await?;
    handled(effort, verdict).await?;
    old_snapshot(effort, verdict).await
}

async fn accepts(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let (rounds, count, seconds) = effort.pick((7, 20_000, "3"), (1, 200, "1"));
    println!("\n## Inbox: durable accepts on PostgreSQL, {CALLERS} callers, medians of {rounds} rounds\n");
    let store = Fresh::new(Engine::Postgres)?;
    let inbox = Inbox::open(&store.url).await?;
    let mut deliveries = Deliveries::new(3)?;
    let [mut accepted, mut inserted] = [(); 2].map(|()| Rounds::default());
    for _ in 0..rounds {
        let batch = deliveries.verified(count, Subjects::Different)?;
        accepted.push(count as f64 / accept_all(&inbox, &batch, CALLERS).await?.as_secs_f64());
        inserted.push(pgbench(&store.url, seconds)?);
    }
    inbox.close().await;
    println!("{:<56} {:>10.0}/s", "pgbench, 32 clients, the same rows one by one", inserted.median());
    println!("{:<56} {:>10.0}/s {:>6.2}x", "Inbox::accept", accepted.median(), accepted.ratio(&inserted));
    let what = "durable accepts on PostgreSQL against pgbench".to_owned();
    verdict.at_least(what, accepted.ratio(&inserted), 2.0, Some(3.0))
}

/// Returns transactions a second.
fn pgbench(url: &str, seconds: &str) -> Outcome<f64> {
    let script = peers().join("insert.sql");
    let mut pgbench = Command::new("pgbench");
    pgbench.args(["-n", "-M", "prepared", "-c", "32", "-j", "2", "-T", seconds, "-f"]).arg(script).arg(url);
    let output = pgbench.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.ok_or_else(|| format!("pgbench: {}", String::from_utf8_lossy(&output.stderr)).into())
}

async fn handled(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let (rounds, count) = effort.pick((5, 40_000), (1, 500));
    println!("\n## Inbox: handled a second on PostgreSQL, {CONCURRENCY} at a time, handlers that do nothing,");
    println!("   a backlog of {count} with distinct subjects, medians of {rounds} rounds\n");
    let peer = graphile_installed();
    if let Err(why) = &peer {
        println!("skipped: graphile-worker is not measured: {why}");
    }
    let [mut ours, mut theirs] = [(); 2].map(|()| Rounds::default());
    for round in 0..rounds {
        let store = Fresh::new(Engine::Postgres)?;
        fill(&store.url, &mut Deliveries::new(4 + round)?, count).await?;
        ours.push(drain(&store.url, count).await?.rate(0, count));
        if peer.is_ok() {
            theirs.push(graphile(&Fresh::new(Engine::Postgres)?.url, count)?);
        }
    }
    println!("{:<56} {:>10.0}/s", "Worker::run", ours.median());
    if peer.is_ok() {
        println!("{:<56} {:>10.0}/s", "graphile-worker, localQueue and batched completion", theirs.median());
        let what = "handled a second on PostgreSQL against graphile-worker".to_owned();
        verdict.at_least(what, ours.ratio(&theirs), 1.0, Some(1.5))?;
    }
    Ok(())
}

async fn old_snapshot(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let count = effort.pick(100_000, 500);
    println!("\n## Inbox: {count} handled on PostgreSQL while an old snapshot stays open\n");
    let store = Fresh::new(Engine::Postgres)?;
    fill(&store.url, &mut Deliveries::new(50)?, count).await?;
    let hold = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM idhooks_deliveries; SELECT pg_sleep(600)";
    let mut snapshot = Command::new("psql").args(["-X", "-q", "-c", hold, &store.url]).stdout(Stdio::null()).spawn()?;
    std::thread::sleep(Duration::from_millis(500));
    let times = drain(&store.url, count).await;
    snapshot.kill()?;
    snapshot.wait()?;
    let times = times?;
    let tenth = count / 10;
    let (first, last) = (times.rate(0, tenth), times.rate(count - tenth, count));
    println!("{:<56} {first:>10.0}/s", "the first tenth");
    println!("{:<56} {last:>10.0}/s", "the last tenth");
    verdict.at_least("handled under an old snapshot, last tenth against first".to_owned(), last / first, 0.8, None)
}

/// When each delivery was handled.
struct Times {
    started: Instant,
    handled: Vec<Instant>,
}

impl Times {
    /// Returns deliveries a second between two places in the order.
    fn rate(&self, from: usize, to: usize) -> f64 {
        let at = |place: usize| place.checked_sub(1).and_then(|place| self.handled.get(place)).unwrap_or(&self.started);
        (to - from) as f64 / at(to).duration_since(*at(from)).as_secs_f64()
    }
}

async fn drain(url: &str, count: usize) -> Outcome<Times> {
    let inbox = Inbox::open(url).await?;
    let (place, all) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let handled: Arc<std::sync::Mutex<Vec<Instant>>> = Arc::default();
    let handlers = Handlers::new().on({
        let (place, all, handled) = (Arc::clone(&place), Arc::clone(&all), Arc::clone(&handled));
        move |_: Job<Delivery>| {
            handled.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(Instant::now());
            if place.fetch_add(1, Ordering::Relaxed) + 1 == count {
                all.notify_one();
            }
            async {}
        }
    });
    let started = Instant::now();
    let until = async move { drop(tokio::time::timeout(Duration::from_secs(300), all.notified()).await) };
    // The shutdown waits until the last outcomes are written.
    inbox.worker().concurrency(CONCURRENCY).with_graceful_shutdown(until).run(handlers).await?;
    let ended = Instant::now();
    inbox.close().await;
    let mut handled = std::mem::take(&mut *handled.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    if handled.len() < count {
        return Err(format!("only {} of {count} were handled in time", handled.len()).into());
    }
    if let Some(last) = handled.last_mut() {
        *last = ended;
    }
    Ok(Times { started, handled })
}

fn graphile(url: &str, count: usize) -> Outcome<f64> {
    let mut node = Command::new("node");
    let arguments = [url, &count.to_string(), &CONCURRENCY.to_string()].map(str::to_owned);
    let output = node.arg("graphile.mjs").args(arguments).current_dir(peers()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = text.lines().filter_map(|line| line.trim().parse().ok()).next_back();
    rate.ok_or_else(|| format!("graphile-worker: {}", String::from_utf8_lossy(&output.stderr)).into())
}

/// Installs graphile-worker once.
fn graphile_installed() -> Result<(), String> {
    if peers().join("node_modules/graphile-worker").is_dir() {
        return Ok(());
    }
    let npm = Command::new("npm").args(["ci", "--silent", "--no-audit", "--no-fund"]).current_dir(peers()).status();
    match npm {
        Ok(status) if status.success() => Ok(()),
        _ => Err("install Node.js and npm".to_owned()),
    }
}

fn peers() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("peers")
}
