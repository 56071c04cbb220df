#![doc = include_str!("../README.md")]
#![cfg_attr(feature = "client", doc = include_str!("../CLIENT.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(feature = "client")]
mod client;
mod event;
mod kyc;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod rest;
mod stringify;
mod transaction;
mod verify;

pub use event::{Event, EventFamily, ExternalUserId};
pub use kyc::{Kyc, KycEvent};
pub use transaction::{Transaction, TransactionEvent, TransactionId};
pub use verify::{Verifier, sign};

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use client::{Client, ClientBuilder, RetryError};
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client::{BuildError, Error};

/// What the clients of all vendors share: [`Retry`](http_client::Retry), [`Pages`](http_client::Pages),
/// [`Transport`](http_client::Transport) and more.
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client as http_client;
pub use idhooks_core as core;
