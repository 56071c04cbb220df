//! A PostgreSQL server of our own is stopped in the middle of the load, as by a power cut, and started again.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_inbox::Inbox;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::{process::Child, time::sleep};

use super::Books;
use crate::{
    child::{self, Crew, Role},
    deliveries,
    drive::{entries, settle},
    engine::{Place, psql, succeed},
    options::Options,
    send::{Sender, doors},
    table::Row,
    work::{Manner, Settings},
};

/// Who runs a server; it does not run for root.
const USER: &str = "postgres";

/// Why there is no server to stop.
pub(crate) fn unavailable() -> Option<String> {
    if programs().is_none() {
        return Some("there is no initdb and postgres in /usr/lib/postgresql or PATH".to_owned());
    }
    let is_root = rustix::process::geteuid().is_root();
    let user = || succeed(Command::new("setpriv").args(["--reuid", USER, "--clear-groups", "true"]));
    if is_root { user().err() } else { None }
}

/// The folder of the newest server that is installed.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let installed = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut found: Vec<PathBuf> = installed.chain(std::env::split_paths(&path)).collect();
    found.retain(|folder| ["initdb", "postgres"].iter().all(|name| folder.join(name).exists()));
    found.sort_by_key(|folder| {
        let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok());
        version.unwrap_or_default()
    });
    found.pop()
}

/// A server and its files, both gone when dropped.
pub(crate) struct Server {
    running: Option<Child>,
    port: u16,
    folder: TempDir,
}

impl Server {
    pub(crate) async fn new() -> Result<Self, String> {
        let mut builder = tempfile::Builder::new();
        // Another user's files are to lie in it.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        let folder = builder.prefix("idhooks-crash-").permissions(open).tempdir().map_err(|error| error.to_string())?;
        let data = folder.path().join("data");
        std::fs::create_dir(&data).map_err(|error| error.to_string())?;
        if rustix::process::geteuid().is_root() {
            succeed(Command::new("chown").arg(USER).arg(&data))?;
        }
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|error| error.to_string())?.port();
        let mut server = Self { running: None, port, folder };
        let words = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "--pgdata"];
        succeed(as_user("initdb")?.args(words).arg(&data))?;
        server.start().await?;
        Ok(server)
    }

    pub(crate) fn store(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    async fn start(&mut self) -> Result<(), String> {
        let mut command = as_user("postgres")?;
        command.arg("-D").arg(self.folder.path().join("data")).args(["-p", &self.port.to_string()]);
        command.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = tokio::process::Command::from(command).kill_on_drop(true).spawn();
        self.running = Some(child.map_err(|error| format!("postgres: {error}"))?);
        let until = Instant::now() + Duration::from_secs(30);
        while let Err(problem) = psql(&self.store(), "SELECT 1") {
            if Instant::now() > until {
                return Err(problem);
            }
            sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// As `pg_ctl stop -m immediate`: nothing is written any more, and the next start recovers from the log.
    async fn stop(&mut self) -> Result<(), String> {
        let Some(mut child) = self.running.take() else { return Ok(()) };
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        kill_process(pid.ok_or("the server ended by itself")?, Signal::QUIT).map_err(|error| error.to_string())?;
        child.wait().await.map(drop).map_err(|error| error.to_string())
    }
}

/// A program of the server, run by who may run it.
fn as_user(name: &str) -> Result<Command, String> {
    let program = programs().ok_or("PostgreSQL is gone")?.join(name);
    if !rustix::process::geteuid().is_root() {
        return Ok(Command::new(program));
    }
    let mut command = Command::new("setpriv");
    // Ends with the thread that started it, which is the driver's first.
    command.args(["--reuid", USER, "--clear-groups", "--pdeathsig", "QUIT"]).arg(program).current_dir("/");
    Ok(command)
}

pub(crate) async fn stopped(place: &Place, server: &mut Server, options: &Options) -> Result<Vec<Row>, String> {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let (count, stops) = if options.quick { (300, 1) } else { (3_000, 4) };
    let made: Arc<[_]> = deliveries::make(count, count / 20, &mut random)?.into();
    let doors = doors(2);
    let crew = Crew::new(&place.store);
    let worker = Role::Worker(Settings { journal: place.journal(), seed: options.seed, manner: Manner::Lively });
    let mut members = Vec::new();
    for role in doors.iter().map(|door| Role::Receiver(Arc::clone(door))).chain([worker.clone(), worker]) {
        members.push(crew.enlist(&role).await?);
    }
    let sender = Sender::new(&doors, &made, random.u64(..))?;
    let stopping = async {
        for stop in 1..=stops {
            let enough = (count / (stops + 1) * stop) as usize;
            let until = Instant::now() + Duration::from_secs(20);
            while sender.tally().acknowledged.len() < enough && Instant::now() < until {
                sleep(Duration::from_millis(5)).await;
            }
            server.stop().await?;
            sleep(Duration::from_millis(random.u64(100..1500))).await;
            server.start().await?;
        }
        Ok::<_, String>(())
    };
    let (tally, stopping) = tokio::join!(sender.send(), stopping);
    stopping?;
    let inbox = child::open(Inbox::builder(), &place.store).await?;
    let stuck = settle(&inbox).await?;
    let books = Books::close(place, &crew, count, tally?, stuck, entries(&inbox).await?)?;
    let mut rows = vec![
        Row::any("stops", u64::from(stops)),
        Row::at_least(1, "answers 503, sent again", books.tally.busy),
        Row::any("handled more than once (allowed)", books.handled.again),
    ];
    rows.extend(books.promises_in_short());
    inbox.close().await;
    for member in members {
        member.kill().await?;
    }
    Ok(rows)
}
