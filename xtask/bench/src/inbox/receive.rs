//! The time from a request to its 200, and the memory of a receiver, with an empty store and with a backlog.

use idhooks_inbox::Inbox;

use super::{
    accept::accept_all,
    deliveries::{Deliveries, Subjects},
    engine::{Engine, Fresh},
    load,
    process::{SERVE, Worker, resident, settle},
};
use crate::{Effort, Outcome, Verdict, child::Server, measure::Rounds};

const CONNECTIONS: usize = 64;

pub(super) async fn run(engine: Engine, effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let (rounds, count, backlog) = effort.pick((7, 8_000, 100_000), (1, 100, 300));
    println!(
        "\n## Inbox: time from a request to its 200 on {}, {CONNECTIONS} connections kept alive, requests at half the top",
        engine.as_str()
    );
    println!("   rate whether answered or not; medians of {rounds} rounds of {count}\n");
    let mut deliveries = Deliveries::new(1)?;
    let stores = [Fresh::new(engine)?, Fresh::new(engine)?];
    fill(&stores[1].url, &mut deliveries, backlog).await?;

    let top = top_rate(engine, rounds, count, &mut deliveries)?;
    println!("top rate: {top:.0}/s\n");

    let heading = ["p50", "p99", "memory", "after", "most"];
    print!("{:<56}", "");
    heading.iter().for_each(|name| print!(" {name:>10}"));
    println!();
    for worker in [Worker::None, Worker::Same] {
        let mut contestants = [
            Contestant::new("an empty store", &stores[0], worker)?,
            Contestant::new(&format!("a backlog of {backlog}, just opened"), &stores[1], worker)?,
        ];
        for round in 0..rounds {
            for turn in 0..2 {
                contestants[(round + turn) % 2].run(&mut deliveries, count, top / 2.0)?;
            }
        }
        for contestant in &contestants {
            contestant.print();
        }
        let [empty, full] = &contestants;
        let what = format!("p50 to a 200, {backlog} waiting, {}, against none", worker.as_str());
        verdict.at_most(what, full.p50.ratio(&empty.p50), 1.2, None)?;
        if worker == Worker::Same {
            let what = format!("p50 to a 200 in ms, {backlog} waiting, {}, {}", worker.as_str(), engine.as_str());
            verdict.at_most(what, full.p50.median() / 1000.0, 20.0, None)?;
        }
    }
    Ok(())
}

pub(super) async fn fill(url: &str, deliveries: &mut Deliveries, count: usize) -> Outcome<()> {
    let inbox = Inbox::open(url).await?;
    let mut left = count;
    while left > 0 {
        let some = left.min(10_000);
        accept_all(&inbox, &deliveries.verified(some, Subjects::Different)?, 512).await?;
        left -= some;
    }
    inbox.close().await;
    Ok(())
}

fn top_rate(engine: Engine, rounds: usize, count: usize, deliveries: &mut Deliveries) -> Outcome<f64> {
    let store = Fresh::new(engine)?;
    let server = Server::spawn(&[SERVE, &store.url, Worker::None.as_str()])?;
    let mut rates = Rounds::default();
    for _ in 0..rounds {
        rates.push(load::run(server.address(), CONNECTIONS, &deliveries.requests(count), None)?.a_second);
    }
    Ok(rates.median())
}

/// A receiver in a process of its own.
struct Contestant {
    name: String,
    server: Server,
    p50: Rounds,
    p99: Rounds,
    /// Megabytes before anything came.
    at_rest: f64,
}

impl Contestant {
    fn new(store: &str, fresh: &Fresh, worker: Worker) -> Outcome<Self> {
        let server = Server::spawn(&[SERVE, &fresh.url, worker.as_str()])?;
        settle();
        let at_rest = resident(server.id()).map_or(f64::NAN, |[now, _]| now);
        let name = format!("{store}, {}", worker.as_str());
        Ok(Self { name, server, p50: Rounds::default(), p99: Rounds::default(), at_rest })
    }

    fn run(&mut self, deliveries: &mut Deliveries, count: usize, rate: f64) -> Outcome<()> {
        let answers = load::run(self.server.address(), CONNECTIONS, &deliveries.requests(count), Some(rate))?;
        self.p50.push(answers.percentile(50));
        self.p99.push(answers.percentile(99));
        Ok(())
    }

    fn print(&self) {
        let [after, most] = resident(self.server.id()).unwrap_or([f64::NAN; 2]);
        let [p50, p99] = [&self.p50, &self.p99].map(Rounds::median);
        println!(
            "{:<56} {p50:>7.0} µs {p99:>7.0} µs {:>7.1} MB {after:>7.1} MB {most:>7.1} MB",
            self.name, self.at_rest
        );
    }
}
