//! How much memory what is read from one body may take.
//!
//! Three bytes of JSON (`{},`) can ask for a struct of a kilobyte, so records and lists are read only
//! as long as what they take stays in proportion to the body. It is kept beside the thread because
//! `serde`'s derived code passes no state along.

use std::cell::Cell;

/// Bytes any body may take, however small it is.
const FREE: usize = 64 * 1024;

/// Nothing is being counted: plain `serde` reads, outside [`decode`](super::decode()).
const UNCOUNTED: usize = usize::MAX;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(UNCOUNTED) };
}

/// While it lives, everything read on this thread shares the allowance of one body. Inside another
/// one it adds nothing: what is read on the way counts against the whole.
pub(crate) struct Allowance {
    at_start: usize,
    outermost: bool,
}

impl Allowance {
    pub(crate) fn for_body(len: usize) -> Self {
        let outermost = LEFT.get() == UNCOUNTED;
        if outermost {
            // Half as much again: a growing list holds its old place besides, and what did not fit is kept raw.
            LEFT.set(len.saturating_add(len / 2).saturating_add(FREE).min(UNCOUNTED - 1));
        }
        Self { at_start: LEFT.get(), outermost }
    }

    /// Starts again: what was read since has been dropped.
    pub(super) fn refill(&self) {
        LEFT.set(self.at_start);
    }

    /// What is left now, to be given back by [`Self::restore`] when something is dropped half-way.
    pub(super) fn left() -> usize {
        LEFT.get()
    }

    pub(super) fn restore(left: usize) {
        LEFT.set(left);
    }

    /// Takes `bytes`, if they are left.
    pub(crate) fn take(bytes: usize) -> bool {
        let left = LEFT.get();
        if left == UNCOUNTED {
            return true;
        }
        match left.checked_sub(bytes) {
            Some(left) => {
                LEFT.set(left);
                true
            }
            None => false,
        }
    }
}

impl Drop for Allowance {
    fn drop(&mut self) {
        if self.outermost {
            LEFT.set(UNCOUNTED);
        }
    }
}
