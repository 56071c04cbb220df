#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod body;
mod budget;
#[cfg(feature = "inbox")]
mod intake;
mod receiver;
mod rejection;
mod webhook;

#[cfg(feature = "inbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "inbox")))]
pub use intake::Intake;
pub use receiver::{Receiver, receive};
pub use rejection::Rejection;
pub use webhook::Webhook;
