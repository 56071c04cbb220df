#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod convert;
#[cfg(feature = "inbox")]
mod store;
mod webhook;

#[cfg(feature = "inbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "inbox")))]
pub use idhooks_tower::InboxService;
#[cfg(feature = "tenants")]
#[cfg_attr(docsrs, doc(cfg(feature = "tenants")))]
pub use idhooks_tower::Tenants;
pub use idhooks_tower::{CapturedRequest, Captures, Receiver, Refusal, Rejection};
#[cfg(feature = "inbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "inbox")))]
pub use store::store;
pub use webhook::{Rejected, Webhook};
