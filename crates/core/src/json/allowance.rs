//! How much memory the lists of one body may take.
//!
//! Three bytes of JSON (`{},`) can ask for a struct of a kilobyte, so a list grows only as long as
//! what it takes stays in proportion to the body. It is kept beside the thread because `serde`'s
//! derived code passes no state along.

use std::cell::Cell;

/// Bytes any body may take, however small it is.
const FREE: usize = 64 * 1024;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// While it lives, lists on this thread share an allowance; then the former one is back.
pub(crate) struct Allowance {
    before: usize,
}

impl Allowance {
    pub(crate) fn for_body(len: usize) -> Self {
        Self { before: LEFT.replace(len.saturating_mul(2).saturating_add(FREE)) }
    }

    /// What is left now, to be given back by [`Self::restore`] when a list is dropped half-way.
    pub(super) fn left() -> usize {
        LEFT.get()
    }

    pub(super) fn restore(left: usize) {
        LEFT.set(left);
    }

    /// Takes `bytes`, if they are left.
    pub(super) fn take(bytes: usize) -> bool {
        match LEFT.get().checked_sub(bytes) {
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
        LEFT.set(self.before);
    }
}
