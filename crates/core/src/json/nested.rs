//! How many readers may be at work inside each other.
//!
//! `serde_json` stops at 128 open brackets, but counts anew in each reader. A field that is read from its own text has
//! a reader of its own, so a type that holds itself in such a field would follow a body down until the stack ends.

use std::cell::Cell;

/// Far deeper than types of payloads go.
const DEEPEST: u8 = 32;

thread_local! {
    static DEPTH: Cell<u8> = const { Cell::new(0) };
}

/// A reader of a text out of another one, as long as it lives.
pub(super) struct Nested(());

impl Nested {
    /// `None` if there are too many already.
    pub(super) fn enter() -> Option<Self> {
        let deeper = DEPTH.get() + 1;
        (deeper <= DEEPEST).then(|| {
            DEPTH.set(deeper);
            Self(())
        })
    }
}

impl Drop for Nested {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}
