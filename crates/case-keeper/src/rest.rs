//! What the REST calls take and give, beside the types webhooks have too.
//!
//! The response to a read is the same [`Verification`](crate::Verification) of which an event carries a part.

mod event_filter;
mod event_record;
mod supports;
mod version;

pub use event_filter::{EventFilter, EventOrder};
pub(crate) use event_record::EventPage;
pub use event_record::EventRecord;
pub use supports::supports;
pub use version::{ApiMode, ApiVersion, UnknownVersion};
