//! What workers write down of each handler, outside the store that is on trial.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use rustix::time::{ClockId, clock_gettime};

/// Microseconds of a clock that all processes of the machine share and nobody can set.
pub(crate) fn now() -> i64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.saturating_mul(1_000_000).saturating_add(now.tv_nsec / 1000)
}

/// A file that several processes append to.
pub(crate) struct Journal(File);

impl Journal {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(OpenOptions::new().append(true).create(true).open(path)?))
    }

    /// One call, so that a line is there as a whole or not at all.
    pub(crate) fn write(&self, line: &Line) {
        let text = line.to_text();
        if (&self.0).write(text.as_bytes()).ok() != Some(text.len()) {
            // A proof with holes proves nothing; the driver counts programs that end by themselves.
            eprintln!("crash: the journal cannot be written");
            std::process::exit(3);
        }
    }
}

/// One handler, one lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Number of the entry.
    pub(crate) entry: i64,
    /// Number of the delivery, from its body.
    pub(crate) number: u32,
    /// Vendor and subject.
    pub(crate) lane: String,
    pub(crate) token: i64,
    pub(crate) attempt: u32,
    pub(crate) pid: u32,
}

/// A line of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) run: Run,
    pub(crate) at: i64,
    /// How it ended; it began if this is `None`.
    pub(crate) ended: Option<Ended>,
}

/// How a handler ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Done,
    GaveUp,
    Retry,
    /// By a panic, or stopped from outside.
    Dropped,
}

impl Ended {
    const ALL: [(Self, &str); 4] =
        [(Self::Done, "done"), (Self::GaveUp, "gave-up"), (Self::Retry, "retry"), (Self::Dropped, "dropped")];

    /// Whether the delivery needs no other handler.
    pub(crate) fn is_last(self) -> bool {
        matches!(self, Self::Done | Self::GaveUp)
    }
}

impl Line {
    fn to_text(&self) -> String {
        let Self { run: Run { entry, number, lane, token, attempt, pid }, at, ended } = self;
        let name = Ended::ALL.iter().find(|(kind, _)| Some(*kind) == *ended).map_or("start", |(_, name)| name);
        format!("{name} {entry} {number} {lane} {token} {attempt} {pid} {at}\n")
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let name = words.next()?;
        let ended = Ended::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind);
        if ended.is_none() && name != "start" {
            return None;
        }
        let run = Run {
            entry: words.next()?.parse().ok()?,
            number: words.next()?.parse().ok()?,
            lane: words.next()?.to_owned(),
            token: words.next()?.parse().ok()?,
            attempt: words.next()?.parse().ok()?,
            pid: words.next()?.parse().ok()?,
        };
        let at = words.next()?.parse().ok()?;
        words.next().is_none().then_some(Self { run, at, ended })
    }
}

/// All of it.
pub(crate) fn read(path: &Path) -> Result<Vec<Line>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    let read = |line: &str| Line::parse(line).ok_or_else(|| format!("{}: not a line: {line}", path.display()));
    text.lines().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let run = Run { entry: 1, number: 2, lane: "caf/s".to_owned(), token: 3, attempt: 4, pid: 5 };
        for ended in [None].into_iter().chain(Ended::ALL.map(|(kind, _)| Some(kind))) {
            let line = Line { run: run.clone(), at: 6, ended };
            assert_eq!(Line::parse(line.to_text().trim_end()), Some(line));
        }
        for bad in ["", "start 1 2 caf/s 3 4 5", "begin 1 2 caf/s 3 4 5 6", "start 1 2 caf/s 3 4 5 6 7"] {
            assert_eq!(Line::parse(bad), None);
        }
    }
}
