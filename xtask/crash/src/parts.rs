//! What is done to the processes and the store.

pub(crate) mod disk;
pub(crate) mod kills;
pub(crate) mod server;
pub(crate) mod stopped;

use std::collections::HashMap;

use idhooks_inbox::{DeliverySummary, State};

use crate::{
    child::Crew,
    count::Handled,
    engine::Place,
    journal,
    send::Tally,
    table::Row,
    work::{GIVEN_UP, TAKEN_OVER},
};

/// One thing that is done.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    Kills,
    Ledger,
    Stopped,
    Disk,
    Server,
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kills => "receivers and workers killed with -9",
            Self::Ledger => "receivers and workers killed with -9, handlers that complete in their own transaction",
            Self::Stopped => "a worker stopped past its leases, and continued",
            Self::Disk => "the disk full, and free again",
            Self::Server => "the database stopped at once, and started",
        }
    }

    /// Why it cannot be done here.
    pub(crate) fn unavailable(self) -> Option<String> {
        match self {
            Self::Kills | Self::Ledger | Self::Stopped => None,
            Self::Disk => disk::unavailable(),
            Self::Server => server::unavailable(),
        }
    }
}

/// What the senders, the store and the workers have to say at the end.
pub(crate) struct Books {
    /// How many deliveries there are.
    pub(crate) deliveries: u32,
    pub(crate) tally: Tally,
    pub(crate) stuck: u64,
    pub(crate) entries: HashMap<i64, DeliverySummary>,
    pub(crate) handled: Handled,
    pub(crate) ended_by_themselves: u64,
}

impl Books {
    pub(crate) fn close(
        place: &Place,
        crew: &Crew,
        deliveries: u32,
        tally: Tally,
        stuck: u64,
        entries: HashMap<i64, DeliverySummary>,
    ) -> Result<Self, String> {
        let handled = Handled::count(&journal::read(&place.journal())?, &crew.deaths())?;
        let [_, _, ended_by_themselves] = crew.killed();
        Ok(Self { deliveries, tally, stuck, entries, handled, ended_by_themselves })
    }

    /// What holds whatever was done.
    pub(crate) fn promises(&self) -> Vec<Row> {
        let Self { deliveries, tally, stuck, entries, handled, ended_by_themselves } = self;
        let count =
            |test: &dyn Fn(&DeliverySummary) -> bool| entries.values().filter(|entry| test(entry)).count() as u64;
        let is_there =
            |number: &&u32| handled.last.get(number).is_some_and(|ids| ids.iter().any(|id| entries.contains_key(id)));
        let lost = tally.acknowledged.iter().filter(|number| !is_there(number)).count() as u64;
        let asked_for = |entry: &DeliverySummary| matches!(entry.reason.as_deref(), Some(GIVEN_UP | TAKEN_OVER));
        let conflicts = entries.values().map(|entry| u64::from(entry.conflicts)).sum();
        let of_conflicts = handled.last.keys().filter(|number| **number >= *deliveries).count() as u64;
        let twice = handled.last.values().filter(|ids| ids.len() > 1).count() as u64;
        for entry in entries.values().filter(|entry| entry.state == State::DeadLetter && !asked_for(entry)).take(5) {
            eprintln!("  dead: {} of {}: {}", entry.id, entry.vendor, entry.reason.as_deref().unwrap_or("no reason"));
        }
        vec![
            Row::exactly(u64::from(*deliveries), "acknowledged (200)", tally.acknowledged.len() as u64),
            Row::exactly(u64::from(*deliveries), "in the store", entries.len() as u64),
            Row::zero("acknowledged, and not in the store or never handled: LOST", lost),
            Row::zero("not handled after a quiet time with workers: STUCK", *stuck),
            Row::zero("one delivery with two handlers at once", handled.of_one_delivery),
            Row::zero("one subject with two handlers at once", handled.of_one_subject),
            Row::zero(
                "done in the store, and no handler was done",
                count(&|entry| entry.state == State::Done && !handled.done.contains(&entry.id.get())),
            ),
            Row::zero("kept as two", twice),
            Row::zero("later attempt without a higher token", handled.tokens_not_growing),
            Row::zero(
                "dead letters that no handler asked for",
                count(&|entry| entry.state == State::DeadLetter && !asked_for(entry)),
            ),
            Row::zero("duplicates not answered 200", tally.duplicates_not_200),
            Row::zero("answers other than 200 and 503", tally.strange),
            Row::exactly(tally.conflicts, "other bodies under a taken key, kept beside the first", conflicts),
            Row::zero("of those: not answered 200, or handled", tally.conflicts_not_200 + of_conflicts),
            Row::zero("processes that ended by themselves", *ended_by_themselves),
        ]
    }

    /// The same in one line, and each that does not hold.
    pub(crate) fn promises_in_short(&self) -> Vec<Row> {
        let mut rows = self.promises();
        let count = rows.len();
        rows.retain(|row| !row.is_good());
        rows.insert(
            0,
            Row::zero(
                format!("of {} deliveries: wrong among the {count} counts that must hold", self.deliveries),
                rows.len() as u64,
            ),
        );
        rows
    }

    /// What was done, for scale.
    pub(crate) fn scale(&self) -> Vec<Row> {
        let Self { tally, entries, handled, .. } = self;
        let dead = entries.values().filter(|entry| entry.state == State::DeadLetter).count() as u64;
        vec![
            Row::any("requests", tally.requests),
            Row::at_least(1, "duplicates sent on purpose, at once and later", tally.duplicates),
            Row::any("requests cut off before the answer, sent again", tally.unanswered),
            Row::any("times that no receiver was there to send to", tally.nobody_there),
            Row::any("answers 503, sent again", tally.busy),
            Row::any("handlers killed at work", handled.cut_off),
            Row::any("handled more than once (allowed)", handled.again),
            Row::any("given up as the handler asked", dead),
        ]
    }
}
