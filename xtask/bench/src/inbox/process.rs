//! This program once more, in one of the parts a service with an inbox has.

use std::{
    io::{self, BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use axum::Router;
use idhooks_axum::InboxService;
use idhooks_caf as caf;
use idhooks_core::Secret;
use idhooks_inbox::{Handlers, Inbox, Job};

use super::{
    accept::{CALLERS, accept_all},
    deliveries::{Deliveries, Delivery, Subjects},
};
use crate::{Outcome, child, contestants::SECRET};

/// The words that make this program one of the parts.
pub const SERVE: &str = "serve-inbox";
pub const ACCEPT: &str = "accept-inbox";
pub const WORK: &str = "work-inbox";

/// Whether the receiver handles what it takes in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Worker {
    None,
    Same,
}

impl Worker {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::None => "without a worker",
            Self::Same => "with a worker",
        }
    }
}

/// A receiver. Prints its address.
pub fn serve(url: &str, worker: &str) -> Outcome<()> {
    child::end_with_parent();
    runtime()?.block_on(async {
        let inbox = Inbox::open(url).await?;
        if worker == Worker::Same.as_str() {
            let inbox = inbox.clone();
            tokio::spawn(async move { inbox.run(handlers()).await });
        }
        let app = Router::new().route_service("/", InboxService::new(inbox, caf::Verifier::new(Secret::new(SECRET)?)));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        Ok(axum::serve(listener, app).await?)
    })
}

/// Makes `count` deliveries, says so, and accepts them once told to.
pub fn accept(url: &str, series: &str, count: &str) -> Outcome<()> {
    runtime()?.block_on(async {
        let inbox = Inbox::open(url).await?;
        let deliveries = Deliveries::new(series.parse()?)?.verified(count.parse()?, Subjects::Different)?;
        println!("ready");
        io::stdin().read_line(&mut String::new())?;
        accept_all(&inbox, &deliveries, CALLERS).await?;
        println!("done");
        inbox.close().await;
        Ok(())
    })
}

/// Handles what there is until told to stop.
pub fn work(url: &str, concurrency: &str) -> Outcome<()> {
    let concurrency = concurrency.parse()?;
    runtime()?.block_on(async {
        let inbox = Inbox::open(url).await?;
        println!("ready");
        io::stdin().read_line(&mut String::new())?;
        let stop = async { drop(tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new())).await) };
        inbox.worker().concurrency(concurrency).with_graceful_shutdown(stop).run(handlers()).await?;
        println!("done");
        Ok(())
    })
}

/// They do nothing.
pub(super) fn handlers() -> Handlers {
    Handlers::new().on(|_: Job<Delivery>| async {})
}

fn runtime() -> Outcome<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// A part that says when it is ready and done, and is told when to begin and to end.
pub(super) struct Part {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Part {
    pub(super) fn start(arguments: &[&str]) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut process = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let input = process.stdin.take().ok_or("no input")?;
        let output = BufReader::new(process.stdout.take().ok_or("no output")?);
        let mut part = Self { process, input, output };
        part.wait_for("ready")?;
        Ok(part)
    }

    pub(super) fn tell(&mut self) -> Outcome<()> {
        Ok(self.input.write_all(b"\n")?)
    }

    pub(super) fn wait_for(&mut self, word: &str) -> Outcome<()> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        if line.trim() == word { Ok(()) } else { Err(format!("a process did not say {word}").into()) }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Megabytes a process holds, and the most it ever held. `None` where the kernel does not tell.
pub(super) fn resident(process: u32) -> Option<[f64; 2]> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let megabytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok()? / 1024.0)
    };
    Some([megabytes("VmRSS:")?, megabytes("VmHWM:")?])
}

/// So that what was started has come to rest.
pub(super) fn settle() {
    std::thread::sleep(Duration::from_millis(200));
}
