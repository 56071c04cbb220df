//! A worker is stopped in the middle of its handlers, past its leases, and goes on when others have taken over.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use idhooks_inbox::{Inbox, State};
use tokio::time::sleep;

use super::Books;
use crate::{
    child::{self, Crew, Role},
    deliveries,
    drive::{entries, settle},
    engine::Place,
    journal::{self, Ended},
    options::Options,
    send::{Sender, doors},
    table::Row,
    work::{LEASE, Manner, Settings},
};

pub(crate) async fn stopped(place: &Place, options: &Options) -> Result<Vec<Row>, String> {
    let mut random = fastrand::Rng::with_seed(options.seed);
    let (count, rounds) = if options.quick { (48, 1) } else { (240, 4) };
    // Hardly any two are about the same, so that a worker has its hands full.
    let made: Arc<[_]> = deliveries::make(count, 1_000_000, &mut random)?.into();
    let doors = doors(1);
    let crew = Crew::new(&place.store);
    let mut receivers = Vec::new();
    for door in doors.iter() {
        receivers.push(crew.enlist(&Role::Receiver(Arc::clone(door))).await?);
    }
    let tally = Sender::new(&doors, &made, random.u64(..))?.send().await?;

    let worker = Role::Worker(Settings { journal: place.journal(), seed: options.seed, manner: Manner::Slow });
    let stopping = crew.enlist(&worker).await?;
    let mut others = Vec::new();
    for _ in 0..rounds {
        let open = open_entries(place, stopping.pid(), 4).await?;
        sleep(Duration::from_millis(random.u64(20..200))).await;
        stopping.stop()?;
        if others.is_empty() {
            others.push(crew.enlist(&worker).await?);
        }
        // In vain if it holds the lock of a file: then nobody can do anything until it goes on.
        taken_over(place, stopping.pid(), &open).await?;
        stopping.go_on()?;
        sleep(LEASE).await;
    }
    let inbox = child::open(Inbox::builder(), &place.store).await?;
    let stuck = settle(&inbox).await?;
    let books = Books::close(place, &crew, count, tally, stuck, entries(&inbox).await?)?;
    let gave_up = |entry: &i64| matches!(books.handled.ended.get(entry), Some((2.., Some(Ended::GaveUp))));
    let taken = books.entries.keys().filter(|id| gave_up(id)).count() as u64;
    let finished =
        books.entries.values().filter(|entry| gave_up(&entry.id.get()) && entry.state == State::Done).count();
    let mut rows = vec![
        Row::at_least(1, "deliveries taken over by another worker", taken),
        Row::zero("finished by the worker that had lost them", finished as u64),
        Row::any("handlers beside one that was stopped (cannot be helped)", books.handled.beside_a_stopped_one),
    ];
    rows.extend(books.promises_in_short());
    inbox.close().await;
    for member in receivers.into_iter().chain(others).chain([stopping]) {
        member.kill().await?;
    }
    Ok(rows)
}

/// Entries whose handlers run in that process, once there are so many; fewer if there is not enough to do.
async fn open_entries(place: &Place, pid: u32, enough: usize) -> Result<HashSet<i64>, String> {
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        let mut open = HashMap::new();
        for line in journal::read(&place.journal())?.into_iter().filter(|line| line.run.pid == pid) {
            open.insert(line.run.entry, line.ended.is_none());
        }
        let open: HashSet<i64> = open.into_iter().filter(|(_, is_open)| *is_open).map(|(entry, _)| entry).collect();
        if open.len() >= enough || Instant::now() > until {
            return Ok(open);
        }
        sleep(Duration::from_millis(10)).await;
    }
}

/// Waits until other processes have handled all of these; no longer than a few leases.
async fn taken_over(place: &Place, pid: u32, open: &HashSet<i64>) -> Result<(), String> {
    let until = Instant::now() + 3 * LEASE;
    while Instant::now() < until {
        let lines = journal::read(&place.journal())?;
        let others = lines.iter().filter(|line| line.run.pid != pid && line.ended.is_some());
        let handled: HashSet<i64> = others.map(|line| line.run.entry).collect();
        if open.is_subset(&handled) {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
