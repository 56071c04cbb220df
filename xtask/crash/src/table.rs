//! What was counted, and what it should have been.

use std::fmt;

/// One count.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    what: String,
    count: u64,
    wanted: Wanted,
}

#[derive(Clone, Copy, Debug)]
enum Wanted {
    Exactly(u64),
    AtLeast(u64),
    Any,
}

impl Row {
    pub(crate) fn zero(what: impl Into<String>, count: u64) -> Self {
        Self::exactly(0, what, count)
    }

    pub(crate) fn exactly(wanted: u64, what: impl Into<String>, count: u64) -> Self {
        Self { what: what.into(), count, wanted: Wanted::Exactly(wanted) }
    }

    /// Else the proof did not take place.
    pub(crate) fn at_least(wanted: u64, what: impl Into<String>, count: u64) -> Self {
        Self { what: what.into(), count, wanted: Wanted::AtLeast(wanted) }
    }

    pub(crate) fn any(what: impl Into<String>, count: u64) -> Self {
        Self { what: what.into(), count, wanted: Wanted::Any }
    }

    pub(crate) fn is_good(&self) -> bool {
        match self.wanted {
            Wanted::Exactly(wanted) => self.count == wanted,
            Wanted::AtLeast(wanted) => self.count >= wanted,
            Wanted::Any => true,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wanted = match self.wanted {
            Wanted::Exactly(wanted) => format!("= {wanted}"),
            Wanted::AtLeast(wanted) => format!(">= {wanted}"),
            Wanted::Any => String::new(),
        };
        write!(f, "  {:<62} {:>7}  {wanted:<8}", self.what, self.count)?;
        f.write_str(if self.is_good() { "" } else { "WRONG" })
    }
}
