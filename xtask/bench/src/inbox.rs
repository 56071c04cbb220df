//! The inbox: how fast deliveries are put on disk, acknowledged and handled, and what that takes.

mod accept;
mod deliveries;
mod engine;
mod load;
mod log;
mod many;
mod peers;
mod process;
mod receive;
mod sqlx;
mod work;

use std::fs;

pub use process::{ACCEPT, SERVE, WORK, accept as accept_in_process, serve, work as work_in_process};

use crate::{Effort, Outcome, Verdict};
use engine::Engine;

pub(crate) fn run(effort: Effort, verdict: &mut Verdict) -> Outcome<()> {
    let folder = engine::folder()?;
    fs::create_dir_all(&folder)?;
    println!("\n## Inbox: records of 1 KB, all on one disk, {}", file_system(&folder).as_deref().unwrap_or("unknown"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut engines = vec![Engine::Sqlite];
        match engine::no_postgres() {
            Some(why) => println!("\nPostgres is not measured: {why}"),
            None => engines.push(Engine::Postgres),
        }
        if engines.contains(&Engine::Postgres) {
            peers::run(effort, verdict).await?;
        }
        for engine in engines {
            receive::run(engine, effort, verdict).await?;
            work::run(engine, effort, verdict).await?;
            many::run(engine, effort).await?;
        }
        accept::run(effort, verdict).await
    })
}

/// Kind and device of the file system `folder` is on.
fn file_system(folder: &std::path::Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/mounts").ok()?;
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (device, place, kind) = (words.next()?, words.next()?, words.next()?);
        folder.starts_with(place).then(|| (place.len(), format!("{kind} on {device}")))
    });
    mounts.max_by_key(|(depth, _)| *depth).map(|(_, shown)| shown)
}
