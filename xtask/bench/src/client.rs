//! A client against bare reqwest doing the same request, and ten thousand calls at once through one client.

mod server;

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_case_keeper::{Client, Verification, VerificationId};
use idhooks_core::json;
use reqwest::Url;
use tokio::task::JoinSet;

pub use server::{SERVE, serve};

use crate::{Effort, Outcome, Verdict, measure::Rounds};
use server::Vendor;

const ID: &str = "00000000-0000-4000-8000-000000000002";
/// Calls one after the other in each half of a round.
const CALLS: usize = 200;

pub(crate) fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let rounds = effort.pick(31, 1);
    println!("\n## Client: the same request with it and with bare reqwest, medians of {rounds} interleaved rounds\n");
    let server = Vendor::spawn()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        for callers in [1, 64] {
            let ratio = overhead(&server, callers, rounds).await?;
            verdict.at_most(format!("client against bare reqwest, {callers} at a time"), ratio, 1.15, None)?;
        }
        at_once(&server, effort).await
    })
}

fn client(server: &Vendor) -> Outcome<Client> {
    let base = server.url().clone();
    let token = base.join("/token")?;
    Ok(Client::builder("id", "secret", base).token_url(token).build()?)
}

/// What anyone would write: the same request, with the same headers and timeout, read into the same type.
#[derive(Clone)]
struct Bare {
    client: reqwest::Client,
    url: Url,
}

impl Bare {
    fn new(server: &Vendor) -> Outcome<Self> {
        let url = server.url().join(&format!("/api/v3/case-keeper/verifications/{ID}"))?;
        Ok(Self { client: reqwest::Client::builder().tcp_nodelay(true).build()?, url })
    }

    async fn get(&self) -> Outcome<Verification> {
        let request = self.client.get(self.url.clone()).bearer_auth("token").timeout(Duration::from_secs(30));
        let request = request.header("accept", "application/json").header("user-agent", "bench/1");
        let answer = request.send().await?.error_for_status()?.bytes().await?;
        Ok(json::decode(&answer)?)
    }
}

async fn overhead(server: &Vendor, callers: usize, rounds: usize) -> Outcome<f64> {
    let (ours, bare) = (client(server)?, Bare::new(server)?);
    let id = Arc::new(VerificationId::from(ID));
    let (mut with_client, mut with_bare) = (Rounds::default(), Rounds::default());
    for round in 0..=rounds {
        let (bare, ours, id) = (bare.clone(), ours.clone(), Arc::clone(&id));
        let by_hand = timed(callers, move || {
            let bare = bare.clone();
            async move { bare.get().await.map(drop) }
        });
        let by_client = timed(callers, move || {
            let (ours, id) = (ours.clone(), Arc::clone(&id));
            async move { Ok(ours.get_verification(&id).await.map(drop)?) }
        });
        // Whoever comes second finds the machine warmer.
        let (hand, client) = if round % 2 == 0 {
            let hand = by_hand.await?;
            (hand, by_client.await?)
        } else {
            let client = by_client.await?;
            (by_hand.await?, client)
        };
        // The first round connects.
        if round > 0 {
            with_bare.push(hand);
            with_client.push(client);
        }
    }
    let ratio = with_client.ratio(&with_bare);
    println!(
        "{callers:>3} at a time: bare reqwest {:.1} µs a call, the client {:.1} µs, {ratio:.3}x",
        with_bare.median() / 1e3,
        with_client.median() / 1e3,
    );
    Ok(ratio)
}

/// Nanoseconds a call.
async fn timed<F>(callers: usize, call: impl Fn() -> F + Clone + Send + 'static) -> Outcome<f64>
where
    F: Future<Output = Outcome<()>> + Send + 'static,
{
    let each = CALLS.max(callers * 20) / callers;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let call = call.clone();
        tasks.spawn(async move {
            for _ in 0..each {
                call().await?;
            }
            Outcome::Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(started.elapsed().as_nanos() as f64 / (callers * each) as f64)
}

async fn at_once(server: &Vendor, effort: Effort) -> Outcome<()> {
    let at_once = effort.pick(10_000, 200);
    println!("\n{at_once} calls at once through one client, tokens good for 2 s and so renewed after 1 s:");
    println!("{:>6} {:>9} {:>10} {:>12} {:>7} {:>8}", "round", "seconds", "calls/s", "RSS", "files", "tokens");
    let client = client(server)?;
    let id = Arc::new(VerificationId::from(ID));
    let (began, tokens) = (Instant::now(), server.tokens().await?);
    for round in 1..=effort.pick(6, 1) {
        let started = Instant::now();
        let mut calls = JoinSet::new();
        for _ in 0..at_once {
            let (client, id) = (client.clone(), Arc::clone(&id));
            calls.spawn(async move { client.get_verification(&id).await.map(drop) });
        }
        let waiting = resident()?;
        while let Some(done) = calls.join_next().await {
            done??;
        }
        let seconds = started.elapsed().as_secs_f64();
        println!(
            "{round:>6} {seconds:>9.2} {:>10.0} {:>5.1}–{:>4.1} MB {:>7} {:>8}",
            at_once as f64 / seconds,
            waiting,
            resident()?,
            open_files()?,
            server.tokens().await? - tokens,
        );
    }
    println!("{:.1} s in all: one token each second at most", began.elapsed().as_secs_f64());
    Ok(())
}

/// Resident memory of this process in MB; the server is another one.
fn resident() -> Outcome<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0)
}

fn open_files() -> Outcome<usize> {
    Ok(fs::read_dir("/proc/self/fd")?.count())
}
