//! The driver.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use idhooks_inbox::{DeliverySummary, Filter, Inbox, Stats};
use tokio::{runtime::Builder, time::sleep};

use crate::{
    engine::{Engine, Place},
    options::Options,
    parts::{Part, disk, kills, server, stopped},
    table::Row,
};

/// How long nothing may become of any delivery, with workers at work, before the rest is stuck: many leases, and the
/// longest back-off.
const QUIET: Duration = Duration::from_secs(10);

/// Tries every engine, and says what was counted.
pub(crate) fn drive(options: &Options) -> Result<(), String> {
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        tokio::select! {
            done = all(options) => done,
            // Dropping what runs kills the processes.
            _ = tokio::signal::ctrl_c() => Err("interrupted".to_owned()),
        }
    })
}

async fn all(options: &Options) -> Result<(), String> {
    let mut bad = Vec::new();
    for engine in options.engines.iter().copied() {
        match engine.unavailable()? {
            Some(why) => eprintln!("\nskipped: the crash proof of {}: {why}", engine.name()),
            None if one(engine, options).await? => {}
            None => bad.push(engine.name()),
        }
    }
    if bad.is_empty() {
        Ok(())
    } else {
        Err(format!("counts are wrong: {}; again: --seed {}", bad.join(", "), options.seed))
    }
}

/// Whether every count is what it must be.
async fn one(engine: Engine, options: &Options) -> Result<bool, String> {
    eprintln!("\n{}: {} deliveries, seed {}", engine.name(), options.deliveries(), options.seed);
    let mut good = true;
    let parts: &[Part] = match engine {
        Engine::Sqlite => &[Part::Kills, Part::Stopped, Part::Disk],
        Engine::Postgres => &[Part::Kills, Part::Ledger, Part::Stopped, Part::Server],
    };
    for part in parts.iter().copied() {
        if let Some(why) = part.unavailable() {
            eprintln!("skipped: {}: {why}", part.name());
            continue;
        }
        let started = Instant::now();
        let (place, rows) = match part {
            Part::Kills => on(Place::new(engine)?, async |place| kills::kills(place, options).await).await?,
            Part::Ledger => on(Place::new(engine)?, async |place| kills::ledger(place, options).await).await?,
            Part::Stopped => on(Place::new(engine)?, async |place| stopped::stopped(place, options).await).await?,
            Part::Disk => {
                let mut place = Place::with_store(String::new())?;
                let mut disk = disk::Disk::mount(place.folder())?;
                place.store = disk.store();
                let done = on(place, async |place| disk::full(place, &disk, options).await).await;
                disk.keep = !matches!(&done, Ok((_, rows)) if rows.iter().all(Row::is_good));
                done?
            }
            Part::Server => {
                let mut server = server::Server::new().await?;
                let place = Place::with_store(server.store())?;
                on(place, async |place| server::stopped(place, &mut server, options).await).await?
            }
        };
        eprintln!("{}: {:.1} s", part.name(), started.elapsed().as_secs_f64());
        rows.iter().for_each(|row| eprintln!("{row}"));
        if !rows.iter().all(Row::is_good) {
            good = false;
            eprintln!("  {}", place.keep());
        }
    }
    Ok(good)
}

/// Tries a part, and leaves its place if it could not be tried to the end.
async fn on(
    place: Place,
    part: impl AsyncFnOnce(&Place) -> Result<Vec<Row>, String>,
) -> Result<(Place, Vec<Row>), String> {
    match part(&place).await {
        Ok(rows) => Ok((place, rows)),
        Err(problem) => Err(format!("{problem}\n  {}", place.keep())),
    }
}

/// What the store says, once it can say it.
pub(crate) async fn stats(inbox: &Inbox) -> Result<Stats, String> {
    let until = Instant::now() + QUIET;
    loop {
        match inbox.stats().await {
            Ok(stats) => return Ok(stats),
            Err(error) if Instant::now() > until => return Err(error.to_string()),
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

/// Whether something still becomes of deliveries.
pub(crate) struct Progress {
    unfinished: u64,
    since: Instant,
}

impl Progress {
    pub(crate) fn new() -> Self {
        Self { unfinished: 0, since: Instant::now() }
    }

    /// Whether nothing became of any for a long time.
    pub(crate) fn has_ended(&mut self, stats: &Stats) -> bool {
        let unfinished = stats.waiting() + stats.running;
        if unfinished != self.unfinished {
            *self = Self { unfinished, ..Self::new() };
        }
        self.since.elapsed() > QUIET
    }
}

/// Waits until everything is handled, or nothing more becomes of it. Gives how many are stuck.
pub(crate) async fn settle(inbox: &Inbox) -> Result<u64, String> {
    let mut progress = Progress::new();
    loop {
        let stats = stats(inbox).await?;
        let unfinished = stats.waiting() + stats.running;
        if unfinished == 0 || progress.has_ended(&stats) {
            return Ok(unfinished + stats.undecodable);
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// All there is.
pub(crate) async fn entries(inbox: &Inbox) -> Result<HashMap<i64, DeliverySummary>, String> {
    let mut all = HashMap::new();
    let mut filter = Filter::new().limit(1000);
    loop {
        let page = inbox.list(&filter).await.map_err(|error| error.to_string())?;
        all.extend(page.deliveries.into_iter().map(|entry| (entry.id.get(), entry)));
        match page.next {
            Some(last) => filter = Filter::new().limit(1000).before(last),
            None => return Ok(all),
        }
    }
}
