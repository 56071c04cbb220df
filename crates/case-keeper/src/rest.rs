//! What the REST calls take and give, beside the types webhooks have too.
//!
//! A verification that was read is the same [`Verification`](crate::Verification) a hint carries a part of.

mod event_filter;
mod event_record;
mod supports;
mod version;

pub use event_filter::{EventFilter, EventOrder};
pub(crate) use event_record::EventPage;
pub use event_record::EventRecord;
pub use supports::supports;
pub use version::{ApiMode, ApiVersion, UnknownVersion};
