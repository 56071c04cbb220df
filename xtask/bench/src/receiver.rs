//! An axum server that verifies and decodes, against the same server answering 200 to everything.

mod load;
mod server;

use std::time::Duration;

pub use server::{SERVE, serve};

use crate::{Effort, Outcome, Verdict, child::Server, clock, measure::Rounds, sample::compact};

use load::{Load, request};
use server::KINDS;

const CONNECTIONS: usize = 32;

/// One kind of server under load, round by round.
struct Contestant {
    kind: &'static str,
    server: Server,
    load: Load,
    requests_a_second: Rounds,
    /// Microseconds on the processor, for each request.
    own_time: Rounds,
    /// Share of the time that the server was on a processor.
    busy: Rounds,
    /// The same of the load.
    load_busy: Rounds,
}

impl Contestant {
    fn new(kind: &'static str, body: &str) -> Outcome<Self> {
        let server = Server::spawn(&[SERVE, kind])?;
        let mut load = Load::connect(server.address(), CONNECTIONS, request(body, body)?)?;
        // A server that takes forgeries would be quick.
        let forgery = load.status_of(&request(body, "something else")?)?;
        let wanted = if kind == KINDS[0] { 200 } else { 401 };
        if forgery != wanted {
            return Err(format!("{kind} answered {forgery} to a forgery, not {wanted}").into());
        }
        let (requests_a_second, own_time) = (Rounds::default(), Rounds::default());
        let (busy, load_busy) = (Rounds::default(), Rounds::default());
        Ok(Self { kind, server, load, requests_a_second, own_time, busy, load_busy })
    }

    fn run(&mut self, slice: Duration) -> Outcome<()> {
        let times = |server: &Server| Some((clock::of_process(server.id())?, clock::now()));
        let before = times(&self.server);
        let (answered, took) = self.load.run(slice)?;
        self.requests_a_second.push(answered as f64 / took.as_secs_f64());
        if let Some((before, after)) = before.zip(times(&self.server)) {
            let (served, sent) = ((after.0 - before.0).as_secs_f64(), (after.1 - before.1).as_secs_f64());
            self.own_time.push(served * 1e6 / answered as f64);
            self.busy.push(served / took.as_secs_f64());
            self.load_busy.push(sent / took.as_secs_f64());
        }
        Ok(())
    }
}

pub(crate) fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let (rounds, slice) = effort.pick((21, Duration::from_millis(300)), (2, Duration::from_millis(30)));
    println!(
        "\n## axum: 400-byte events on loopback, {CONNECTIONS} connections kept alive, one request at a time on each;"
    );
    println!("   each server and the load have one thread and a process of their own; medians of {rounds} rounds\n");
    let body = compact("caf", "signature-vector")?;
    let mut contestants = KINDS.iter().map(|kind| Contestant::new(kind, &body)).collect::<Outcome<Vec<_>>>()?;
    let count = contestants.len();
    for round in 0..=rounds {
        for turn in 0..count {
            let contestant = &mut contestants[(round + turn) % count];
            if round == 0 {
                contestant.load.run(slice)?; // warms up
            } else {
                contestant.run(slice)?;
            }
        }
    }
    print(&contestants);
    let [everything, ours, _] = &contestants[..] else { return Err("a server is missing".into()) };
    let ratio = ours.requests_a_second.ratio(&everything.requests_a_second);
    verdict.at_least("axum, requests a second against 200 to everything".to_owned(), ratio, 0.78, Some(0.85))
}

fn print(contestants: &[Contestant]) {
    println!(
        "{:<32} {:>11} {:>7} {:>18} {:>7} {:>12} {:>12}",
        "", "requests/s", "", "server's time each", "", "server busy", "load busy"
    );
    for contestant in contestants {
        println!(
            "{:<32} {:>11.0} {:>6.2}x {:>15.2} µs {:>6.2}x {:>11.0}% {:>11.0}%",
            contestant.kind,
            contestant.requests_a_second.median(),
            contestant.requests_a_second.ratio(&contestants[0].requests_a_second),
            contestant.own_time.median(),
            contestant.own_time.ratio(&contestants[0].own_time),
            contestant.busy.median() * 100.0,
            contestant.load_busy.median() * 100.0,
        );
    }
    println!("(a server that is less busy than the load waits for it, and would serve more than is shown)");
}
