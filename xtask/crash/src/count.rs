//! What the journal of the workers says.

use std::collections::{HashMap, HashSet};

use crate::journal::{Ended, Line, Run};

/// When processes were killed, and when they were stopped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deaths {
    pub(crate) killed: HashMap<u32, i64>,
    pub(crate) stopped: HashMap<u32, Vec<i64>>,
}

/// A handler's time.
#[derive(Clone, Debug)]
struct Interval {
    run: Run,
    start: i64,
    /// Its own end, or that of its process.
    end: i64,
    /// The same, but a process that is stopped has ended for everybody else.
    alive_until: i64,
    ended: Option<Ended>,
}

/// What all handlers together did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Handled {
    /// Entry and number of each delivery of which a handler was done, or gave it up.
    pub(crate) last: HashMap<u32, HashSet<i64>>,
    /// Entries of which a handler was done.
    pub(crate) done: HashSet<i64>,
    /// Handlers that were done with, or gave up, what another one was done with or gave up before.
    pub(crate) again: u64,
    /// Handlers that were killed with their process.
    pub(crate) cut_off: u64,
    /// Handlers that started while another one had the same delivery.
    pub(crate) of_one_delivery: u64,
    /// Handlers that started while another one had a delivery of the same subject.
    pub(crate) of_one_subject: u64,
    /// As both, while the other one's process was stopped.
    pub(crate) beside_a_stopped_one: u64,
    /// Later handlers of a delivery whose token was not higher.
    pub(crate) tokens_not_growing: u64,
    /// How the last handler of each entry ended.
    pub(crate) ended: HashMap<i64, (u32, Option<Ended>)>,
}

impl Handled {
    /// Reads the journal; an end without its start is an error.
    pub(crate) fn count(lines: &[Line], deaths: &Deaths) -> Result<Self, String> {
        let intervals = intervals(lines, deaths)?;
        let mut handled = Self::default();
        let mut of_deliveries: HashMap<String, Vec<&Interval>> = HashMap::new();
        let mut of_subjects: HashMap<String, Vec<&Interval>> = HashMap::new();
        for interval in &intervals {
            let Interval { run, ended, .. } = interval;
            if ended.is_some_and(Ended::is_last) {
                handled.last.entry(run.number).or_default().insert(run.entry);
            }
            if *ended == Some(Ended::Done) {
                handled.done.insert(run.entry);
            }
            handled.cut_off += u64::from(ended.is_none());
            handled.ended.insert(run.entry, (run.attempt, *ended));
            of_deliveries.entry(run.entry.to_string()).or_default().push(interval);
            of_subjects.entry(run.lane.clone()).or_default().push(interval);
        }
        let lasts = intervals.iter().filter(|interval| interval.ended.is_some_and(Ended::is_last)).count() as u64;
        handled.again = lasts - handled.last.values().map(HashSet::len).sum::<usize>() as u64;
        for (count, groups) in
            [(&mut handled.of_one_delivery, &of_deliveries), (&mut handled.of_one_subject, &of_subjects)]
        {
            for group in groups.values() {
                let alive = overlaps(group, |interval| interval.alive_until);
                *count += alive;
                handled.beside_a_stopped_one += overlaps(group, |interval| interval.end) - alive;
            }
        }
        for group in of_deliveries.values() {
            let grows = |pair: &[&Interval]| matches!(pair, [one, next] if one.run.token < next.run.token);
            handled.tokens_not_growing += group.windows(2).filter(|pair| !grows(pair)).count() as u64;
        }
        Ok(handled)
    }
}

/// In the order they started.
fn intervals(lines: &[Line], deaths: &Deaths) -> Result<Vec<Interval>, String> {
    let mut all: Vec<Interval> = Vec::new();
    let mut places = HashMap::new();
    for Line { run, at, ended } in lines {
        let key = (run.pid, run.token);
        if ended.is_some() {
            let open = places.remove(&key).and_then(|place: usize| all.get_mut(place));
            let open = open.ok_or_else(|| format!("a handler ended that had not begun: {run:?}"))?;
            (open.end, open.ended) = (*at, *ended);
        } else {
            places.insert(key, all.len());
            let end = deaths.killed.get(&run.pid).copied().unwrap_or(i64::MAX);
            all.push(Interval { run: run.clone(), start: *at, end, alive_until: end, ended: None });
        }
    }
    for interval in &mut all {
        // It may have written a line between the clock and the kill.
        interval.end = interval.end.max(interval.start);
        let stops = deaths.stopped.get(&interval.run.pid).into_iter().flatten().copied();
        let stop = stops.filter(|at| (interval.start..interval.end).contains(at)).min();
        interval.alive_until = stop.unwrap_or(interval.end);
    }
    all.sort_by_key(|interval| interval.start);
    Ok(all)
}

/// How many started before one that started earlier had ended.
fn overlaps(group: &[&Interval], end: impl Fn(&Interval) -> i64) -> u64 {
    let mut until = i64::MIN;
    let mut overlaps = 0;
    for interval in group {
        overlaps += u64::from(interval.start < until);
        until = until.max(end(interval));
    }
    overlaps
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entry, lane, token, process, start, and end.
    type Told = (i64, &'static str, i64, u32, i64, Option<(i64, Ended)>);

    fn count(told: &[Told], deaths: &Deaths) -> Handled {
        let mut lines = Vec::new();
        for (entry, lane, token, pid, start, end) in told.iter().copied() {
            let run = Run { entry, number: entry as u32, lane: lane.to_owned(), token, attempt: 1, pid };
            lines.push(Line { run: run.clone(), at: start, ended: None });
            if let Some((at, ended)) = end {
                lines.push(Line { run, at, ended: Some(ended) });
            }
        }
        Handled::count(&lines, deaths).unwrap()
    }

    fn killed(pid: u32, at: i64) -> Deaths {
        Deaths { killed: HashMap::from([(pid, at)]), ..Deaths::default() }
    }

    #[test]
    fn a_killed_handler_ends_with_its_process() {
        let done = Some((40, Ended::Done));
        let told = [(1, "a", 1, 7, 10, None), (1, "a", 2, 8, 30, done)];
        let good = count(&told, &killed(7, 20));
        assert_eq!((good.of_one_delivery, good.of_one_subject, good.cut_off, good.again), (0, 0, 1, 0));
        assert_eq!(good.last.len(), 1);
        let bad = count(&told, &killed(7, 35));
        assert_eq!((bad.of_one_delivery, bad.of_one_subject), (1, 1));
        let never = count(&told, &Deaths::default());
        assert_eq!(never.of_one_delivery, 1, "one that nobody killed goes on");
    }

    #[test]
    fn two_deliveries_of_one_subject_do_not_overlap() {
        let end = |at| Some((at, Ended::Done));
        let apart = [(1, "a", 1, 7, 10, end(20)), (2, "a", 2, 8, 20, end(30)), (3, "b", 3, 8, 25, end(26))];
        assert_eq!(count(&apart, &Deaths::default()).of_one_subject, 0);
        let together = [(1, "a", 1, 7, 10, end(20)), (2, "a", 2, 7, 19, end(30))];
        let counted = count(&together, &Deaths::default());
        assert_eq!((counted.of_one_delivery, counted.of_one_subject), (0, 1), "in one process too");
    }

    #[test]
    fn what_overlaps_a_stopped_process_is_told_apart() {
        let told = [(1, "a", 1, 7, 10, Some((50, Ended::Done))), (1, "a", 2, 8, 30, Some((40, Ended::GaveUp)))];
        let stopped = Deaths { stopped: HashMap::from([(7, vec![20])]), ..Deaths::default() };
        let counted = count(&told, &stopped);
        assert_eq!((counted.of_one_delivery, counted.beside_a_stopped_one, counted.again), (0, 2, 1));
        let too_late = Deaths { stopped: HashMap::from([(7, vec![35])]), ..Deaths::default() };
        assert_eq!(count(&told, &too_late).of_one_delivery, 1);
    }

    #[test]
    fn tokens_grow_with_each_lease_of_a_delivery() {
        let end = |at| Some((at, Ended::Retry));
        let grown = [(1, "a", 1, 7, 10, end(20)), (2, "b", 3, 7, 20, end(30)), (1, "a", 2, 7, 30, end(40))];
        assert_eq!(count(&grown, &Deaths::default()).tokens_not_growing, 0);
        let same = [(1, "a", 2, 7, 10, end(20)), (1, "a", 2, 8, 30, end(40))];
        assert_eq!(count(&same, &Deaths::default()).tokens_not_growing, 1);
    }
}
