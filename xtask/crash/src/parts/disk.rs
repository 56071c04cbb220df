//! The disk of a SQLite file runs full under load, and is free again.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_inbox::Inbox;
use tokio::time::sleep;

use super::Books;
use crate::{
    child::{self, Crew, Role},
    deliveries,
    drive::{entries, settle},
    engine::{Place, sqlite, succeed},
    options::Options,
    send::{Sender, Tally, doors},
    table::Row,
    work::{Manner, Settings},
};

/// Why no disk can be had for it.
pub(crate) fn unavailable() -> Option<String> {
    if !cfg!(target_os = "linux") || !rustix::process::geteuid().is_root() {
        return Some("a small disk can be mounted by root on Linux only".to_owned());
    }
    let trial = tempfile::tempdir().map_err(|error| error.to_string());
    trial.and_then(|folder| Disk::mount(folder.path()).map(drop)).err()
}

/// A small disk, gone when dropped unless it is to be kept.
pub(crate) struct Disk {
    place: PathBuf,
    pub(crate) keep: bool,
}

impl Disk {
    pub(crate) fn mount(folder: &Path) -> Result<Self, String> {
        let place = folder.join("disk");
        std::fs::create_dir(&place).map_err(|error| error.to_string())?;
        succeed(Command::new("mount").args(["-t", "tmpfs", "-o", "size=8m,mode=700", "idhooks-crash"]).arg(&place))?;
        Ok(Self { place, keep: false })
    }

    pub(crate) fn store(&self) -> String {
        sqlite(&self.place)
    }

    fn ballast(&self) -> PathBuf {
        self.place.join("ballast")
    }

    /// Until nothing more fits.
    fn fill(&self) -> Result<(), String> {
        let mut file = File::create(self.ballast()).map_err(|error| error.to_string())?;
        let mut step = 64 * 1024;
        while step > 0 {
            match file.write(&vec![0; step]) {
                Ok(1..) => {}
                Ok(0) | Err(_) => step /= 2,
            }
        }
        Ok(())
    }

    fn free(&self) -> Result<(), String> {
        std::fs::remove_file(self.ballast()).map_err(|error| error.to_string())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily, because processes that are being killed may still have files there.
        if !self.keep
            && let Err(problem) = succeed(Command::new("umount").arg("--lazy").arg(&self.place))
        {
            eprintln!("crash: {} is still mounted: {problem}", self.place.display());
        }
    }
}

pub(crate) async fn full(place: &Place, disk: &Disk, options: &Options) -> Result<Vec<Row>, String> {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let count = 400;
    let made: Arc<[_]> = deliveries::make(count, 40, &mut random)?.into();
    let doors = doors(1);
    let crew = Crew::new(&place.store);
    let worker = Role::Worker(Settings { journal: place.journal(), seed: options.seed, manner: Manner::Lively });
    let mut members = vec![crew.enlist(&worker).await?];
    for door in doors.iter() {
        members.push(crew.enlist(&Role::Receiver(Arc::clone(door))).await?);
    }
    let sender = Sender::new(&doors, &made, random.u64(..))?;
    let filled = async {
        until(&sender, |tally| tally.acknowledged.len() > 40).await;
        disk.fill()?;
        until(&sender, |tally| tally.busy > 50).await;
        disk.free()
    };
    let (tally, filled) = tokio::join!(sender.send(), filled);
    filled?;
    let inbox = child::open(Inbox::builder(), &place.store).await?;
    let stuck = settle(&inbox).await?;
    let books = Books::close(place, &crew, count, tally?, stuck, entries(&inbox).await?)?;
    let mut rows = vec![Row::at_least(1, "answers 503, sent again", books.tally.busy)];
    rows.extend(books.promises_in_short());
    inbox.close().await;
    for member in members {
        member.kill().await?;
    }
    Ok(rows)
}

async fn until(sender: &Sender, there: impl Fn(&Tally) -> bool) {
    let until = Instant::now() + Duration::from_secs(10);
    while !there(&sender.tally()) && Instant::now() < until {
        sleep(Duration::from_millis(5)).await;
    }
}
