#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod body;
mod budget;
mod receiver;
mod rejection;
mod webhook;

pub use receiver::{Receiver, receive};
pub use rejection::Rejection;
pub use webhook::Webhook;
