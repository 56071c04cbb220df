#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod accepted;
mod arrival;
mod backoff;
mod entry;
mod error;
mod handlers;
mod inbox;
mod job;
#[doc(hidden)]
pub mod observe;
mod outcome;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
pub mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod unhandled;
mod worker;

pub use accepted::Accepted;
pub use backoff::Backoff;
pub use entry::{Attempt, Conflicting, Details, Entry, EntryId, Filter, Page, Purged, State, Stats};
pub use error::Error;
pub use handlers::{Handlers, NoHandler};
pub use inbox::{Inbox, InboxBuilder};
pub use job::Job;
pub use outcome::{Failed, Outcome};
pub use worker::{RunError, Worker};
