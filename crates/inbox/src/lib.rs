#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod accept;
mod backoff;
mod clock;
mod error;
mod handlers;
mod inbox;
mod job;
mod listing;
mod observe;
mod outcome;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg_attr(not(feature = "unstable-store"), allow(unnameable_types, reason = "only `store` names them"))]
mod record;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod row;
mod shutdown;
#[cfg(feature = "sqlite")]
mod sqlite;
#[cfg(feature = "unstable-store")]
pub mod store;
#[cfg(not(feature = "unstable-store"))]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "engines outside the crate need it, which is a feature")]
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod unhandled;
mod worker;

pub use accept::AcceptOutcome;
pub use backoff::Backoff;
pub use error::{Error, ErrorKind};
pub use handlers::{Handlers, InvalidHandlers};
pub use inbox::{Inbox, InboxBuilder};
pub use job::{CompleteStatement, Job};
pub use listing::{
    Conflict, DeliveryDetails, DeliverySummary, Erased, FailedAttempt, Filter, Page, Purged, Retention, Stats,
};
pub use outcome::{HandlerError, Outcome};
#[cfg(feature = "postgres")]
pub use postgres::{Durability, PostgresConfig};
pub use record::{DeliveryId, DeliveryKind, FencingToken, State};
pub use shutdown::shutdown_signal;
pub use worker::Worker;
