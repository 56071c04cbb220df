//! The processes that get killed, seen from both sides.

use std::{
    io::{self, Read as _, Write as _},
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU16, AtomicU64, Ordering},
    },
    time::Duration,
};

use idhooks_inbox::{Inbox, InboxBuilder};
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, ChildStdin, Command},
    runtime::{Builder, Runtime},
    sync::watch,
    time::{sleep, timeout},
};

use crate::{count::Deaths, journal::now, work::Settings};

/// In the child: ends the process when the driver is gone, however it went.
pub(crate) fn end_with_parent() {
    std::thread::spawn(|| {
        let mut rest = [0; 64];
        while !matches!(io::stdin().read(&mut rest), Ok(0) | Err(_)) {}
        std::process::exit(4);
    });
}

/// In the child: enough threads that a handler which blocks one does not stop the worker.
pub(crate) fn runtime() -> Result<Runtime, String> {
    Builder::new_multi_thread().worker_threads(12).enable_all().build().map_err(|error| error.to_string())
}

/// In the child: opens the store, and waits for one that is not available yet.
pub(crate) async fn open(builder: InboxBuilder, store: &str) -> Result<Inbox, String> {
    loop {
        match builder.clone().open(store).await {
            Ok(inbox) => return Ok(inbox),
            Err(error) if error.is_unavailable() => sleep(Duration::from_millis(50)).await,
            Err(error) => return Err(format!("{store}: {error}")),
        }
    }
}

/// In the child: tells the driver that work begins, and where.
pub(crate) fn say_ready(port: u16) -> Result<(), String> {
    writeln!(io::stdout(), "{port}").map_err(|error| error.to_string())
}

/// What a process is for.
#[derive(Clone)]
pub(crate) enum Role {
    /// With where to put its port; 0 while there is none.
    Receiver(Arc<AtomicU16>),
    Worker(Settings),
}

/// Starts processes on one store, and remembers how each ended.
#[derive(Clone)]
pub(crate) struct Crew(Arc<Shared>);

struct Shared {
    store: String,
    deaths: Mutex<Deaths>,
    receivers_killed: AtomicU64,
    workers_killed: AtomicU64,
    ended_by_themselves: AtomicU64,
}

impl Crew {
    pub(crate) fn new(store: &str) -> Self {
        Self(Arc::new(Shared {
            store: store.to_owned(),
            deaths: Mutex::default(),
            receivers_killed: AtomicU64::new(0),
            workers_killed: AtomicU64::new(0),
            ended_by_themselves: AtomicU64::new(0),
        }))
    }

    pub(crate) fn deaths(&self) -> Deaths {
        self.0.deaths.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Receivers, workers, and those that ended without being killed.
    pub(crate) fn killed(&self) -> [u64; 3] {
        let Shared { receivers_killed, workers_killed, ended_by_themselves, .. } = &*self.0;
        [receivers_killed, workers_killed, ended_by_themselves].map(|count| count.load(Ordering::Relaxed))
    }

    fn start(&self, role: &Role) -> Result<Member, String> {
        let program = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut command = Command::new(program);
        match role {
            Role::Receiver(_) => command.args(["receive", &self.0.store]),
            Role::Worker(settings) => command.args(["work", &self.0.store]).args(settings.words()),
        };
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true).spawn();
        let mut child = child.map_err(|error| format!("a process could not be started: {error}"))?;
        let pid = child.id().ok_or("a process ended before it began")?;
        let life_line = child.stdin.take();
        Ok(Member { crew: self.clone(), role: role.clone(), child, pid, _life_line: life_line })
    }

    /// Starts one and waits until it works.
    pub(crate) async fn enlist(&self, role: &Role) -> Result<Member, String> {
        let mut member = self.start(role)?;
        if member.ready().await { Ok(member) } else { Err("a process ended at its start".to_owned()) }
    }

    /// Starts one and kills it, again and again, until `stop`; gives one that works.
    pub(crate) async fn torment(
        self,
        role: Role,
        mut random: fastrand::Rng,
        mut stop: watch::Receiver<bool>,
    ) -> Result<Member, String> {
        while !*stop.borrow_and_update() {
            let mut member = self.start(&role)?;
            let mercy = Duration::from_millis(random.u64(50..700));
            // Some die while they open the store.
            if random.u8(..4) == 0 {
                let _ = timeout(mercy, member.live(mercy, &mut stop)).await;
            } else {
                member.live(mercy, &mut stop).await;
            }
            member.kill().await?;
        }
        self.enlist(&role).await
    }
}

/// A process at work.
pub(crate) struct Member {
    crew: Crew,
    role: Role,
    child: Child,
    pid: u32,
    /// Held apart, because waiting for the child would close it, and the child ends when it is closed.
    _life_line: Option<ChildStdin>,
}

impl Member {
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits until it works, and for some time more, unless it ends by itself or is to stop.
    async fn live(&mut self, mercy: Duration, stop: &mut watch::Receiver<bool>) {
        let mercy = if self.ready().await { mercy } else { Duration::from_secs(1) };
        tokio::select! {
            () = sleep(mercy) => {}
            _ = stop.changed() => {}
            _ = self.child.wait() => {}
        }
    }

    /// Whether it says that it works, before it ends.
    async fn ready(&mut self) -> bool {
        let Some(stdout) = self.child.stdout.take() else { return false };
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line).await;
        let Some(port) = read.ok().and_then(|_| line.trim().parse().ok()) else { return false };
        if let Role::Receiver(slot) = &self.role {
            slot.store(port, Ordering::Relaxed);
        }
        true
    }

    /// `kill -9`.
    pub(crate) async fn kill(mut self) -> Result<(), String> {
        if let Role::Receiver(slot) = &self.role {
            slot.store(0, Ordering::Relaxed);
        }
        let Shared { deaths, receivers_killed, workers_killed, ended_by_themselves, .. } = &*self.crew.0;
        let text = |error: io::Error| error.to_string();
        if self.child.try_wait().map_err(text)?.is_some() {
            ended_by_themselves.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        // Before, not after: nobody else can have what it held for most of a lease yet.
        deaths.lock().unwrap_or_else(PoisonError::into_inner).killed.insert(self.pid, now());
        self.child.kill().await.map_err(text)?;
        let killed = if matches!(self.role, Role::Receiver(_)) { receivers_killed } else { workers_killed };
        killed.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// `kill -STOP`: it is there, and does nothing.
    pub(crate) fn stop(&self) -> Result<(), String> {
        let mut deaths = self.crew.0.deaths.lock().unwrap_or_else(PoisonError::into_inner);
        deaths.stopped.entry(self.pid).or_default().push(now());
        self.signal(Signal::STOP)
    }

    /// `kill -CONT`.
    pub(crate) fn go_on(&self) -> Result<(), String> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<(), String> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).ok_or("not a process")?;
        kill_process(pid, signal).map_err(|error| error.to_string())
    }
}
