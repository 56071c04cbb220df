//! A client against bare reqwest doing the same request, and ten thousand calls at once through one client.

mod server;

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_case_keeper::{Client, Credentials, Verification, VerificationId};
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
            let ratio = overhead(Pair::of(&server)?, callers, rounds).await?;
            verdict.at_most(format!("client against bare reqwest, {callers} at a time"), ratio, 1.15, None)?;
        }
        at_once(&server, effort).await
    })
}

fn client(server: &Vendor) -> Outcome<Client> {
    let base = server.url().clone();
    let token = base.join("/token")?;
    Ok(Client::builder(Credentials::new("id", "secret"), base).token_url(token).build()?)
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

/// Both, for the same question.
#[derive(Clone)]
struct Pair {
    bare: Bare,
    ours: Client,
    id: Arc<VerificationId>,
}

impl Pair {
    fn of(server: &Vendor) -> Outcome<Self> {
        Ok(Self { bare: Bare::new(server)?, ours: client(server)?, id: Arc::new(VerificationId::from(ID)) })
    }

    async fn by_hand(&self) -> Outcome<()> {
        self.bare.get().await.map(drop)
    }

    async fn by_client(&self) -> Outcome<()> {
        Ok(self.ours.get_verification(&self.id).await.map(drop)?)
    }
}

async fn overhead(pair: Pair, callers: usize, rounds: usize) -> Outcome<f64> {
    let (mut with_client, mut with_bare) = (Rounds::default(), Rounds::default());
    for round in 0..=rounds {
        let (hand, client) = match callers {
            1 => tokio::spawn(in_turn(pair.clone())).await??,
            _ => one_then_the_other(&pair, callers, round % 2 == 0).await?,
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

/// Nanoseconds a call of each, call by call. A lone call takes half as long again while the kernel keeps the server
/// on another core than the caller, which changes from one hundred calls to the next, and both have to meet that alike.
async fn in_turn(pair: Pair) -> Outcome<(f64, f64)> {
    async fn took(call: impl Future<Output = Outcome<()>>) -> Outcome<f64> {
        let started = Instant::now();
        call.await?;
        Ok(started.elapsed().as_nanos() as f64)
    }
    let (mut hand, mut client) = (0.0, 0.0);
    for call in 0..CALLS {
        if call % 2 == 0 {
            hand += took(pair.by_hand()).await?;
            client += took(pair.by_client()).await?;
        } else {
            client += took(pair.by_client()).await?;
            hand += took(pair.by_hand()).await?;
        }
    }
    Ok((hand / CALLS as f64, client / CALLS as f64))
}

/// Nanoseconds a call of each, all callers at one and then all at the other.
async fn one_then_the_other(pair: &Pair, callers: usize, hand_first: bool) -> Outcome<(f64, f64)> {
    let (one, other) = (pair.clone(), pair.clone());
    let by_hand = timed(callers, move || {
        let pair = one.clone();
        async move { pair.by_hand().await }
    });
    let by_client = timed(callers, move || {
        let pair = other.clone();
        async move { pair.by_client().await }
    });
    // Whoever comes second finds the machine warmer.
    if hand_first {
        let hand = by_hand.await?;
        Ok((hand, by_client.await?))
    } else {
        let client = by_client.await?;
        Ok((by_hand.await?, client))
    }
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
