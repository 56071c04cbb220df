//! How much memory bodies of unknown senders may take, all together.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// A body this small is always read: a flood of large ones cannot shut out the vendors' own.
const FREE: usize = 16 * 1024;

/// Bytes left for bodies that are being read.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<AtomicUsize>);

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self(Arc::new(AtomicUsize::new(bytes)))
    }

    pub(crate) fn share(&self) -> Share<'_> {
        Share { left: &self.0, taken: 0 }
    }
}

/// What one body has taken; given back when it is dropped.
pub(crate) struct Share<'b> {
    left: &'b AtomicUsize,
    taken: usize,
}

impl Share<'_> {
    /// Makes room for a body of `len` bytes in all; `false` if there is none.
    pub(crate) fn cover(&mut self, len: usize) -> bool {
        let Some(more) = len.saturating_sub(FREE).checked_sub(self.taken).filter(|more| *more > 0) else {
            return true;
        };
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(more));
        if taken.is_ok() {
            self.taken += more;
        }
        taken.is_ok()
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        if self.taken > 0 {
            self.left.fetch_add(self.taken, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_above_what_is_free_and_gives_back() {
        let budget = Budget::new(1000);
        {
            let mut one = budget.share();
            assert!(one.cover(FREE) && one.cover(FREE + 600) && one.cover(FREE + 600) && one.cover(10));
            let mut two = budget.share();
            assert!(two.cover(FREE), "a small body is always read");
            assert!(!two.cover(FREE + 401));
            assert!(two.cover(FREE + 400));
        }
        assert!(budget.share().cover(FREE + 1000));
    }
}
