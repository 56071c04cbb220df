//! A limit on the memory that one body may take.

use std::cell::Cell;

/// Bytes that any body may take, however small it is.
const FREE: usize = 256 * 1024;

/// Bytes that a body of unknown size may take.
const UNKNOWN: usize = 2 * 1024 * 1024;

/// The bytes that lists and boxes read from one body may still take.
///
/// Three bytes of JSON (`{},`) can require a struct of a kilobyte, so [`List`](crate::List) and `Box` fail when they
/// would take too much memory for the size of the body.
#[derive(Debug)]
pub struct Budget(Cell<usize>);

impl Budget {
    /// Makes the limit for a body of `len` bytes: half as much again, because a growing list briefly exists twice.
    pub(crate) fn for_body(len: usize) -> Self {
        Self(Cell::new(len.saturating_add(len / 2).saturating_add(FREE)))
    }

    /// Makes the limit for plain `serde`, which does not know the size of the body.
    pub(crate) fn unknown_body() -> Self {
        Self(Cell::new(UNKNOWN))
    }

    /// Takes `bytes` if they are left.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        let left = self.0.get().checked_sub(bytes);
        self.0.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Returns the bytes that are left, for [`restore`](Self::restore).
    pub(super) fn left(&self) -> usize {
        self.0.get()
    }

    /// Gives back what was taken since `left`, because it is freed.
    pub(super) fn restore(&self, left: usize) {
        self.0.set(left);
    }
}
