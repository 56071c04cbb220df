#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod event;
mod kyc;
mod transaction;
mod verify;

pub use event::{Event, EventFamily, ExternalUserId};
pub use kyc::{Kyc, KycEvent};
pub use transaction::{Transaction, TransactionEvent, TransactionId};
pub use verify::{Verifier, sign};

pub use idhooks_core as core;
