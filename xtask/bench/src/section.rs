//! What can be measured by itself.

use crate::{Effort, Outcome, Verdict, client, growth, inbox, memory, receive, receiver};

/// Measures, and judges what it found.
pub type Section = fn(Effort, &mut Verdict) -> Outcome<()>;

/// What each section does, under the name it is asked for by.
pub const ALL: [(&str, Section); 6] = [
    ("receive", receive::run),
    ("memory", memory::run),
    ("axum", receiver::run),
    ("growth", growth::run),
    ("client", client::run),
    ("inbox", inbox::run),
];
