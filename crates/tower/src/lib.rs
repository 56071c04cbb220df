#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod body;
mod budget;
mod capture;
#[cfg(feature = "inbox")]
mod inbox_service;
mod observe;
mod receiver;
mod refusal;
mod rejection;
#[cfg(feature = "tenants")]
mod tenants;

pub use capture::{CapturedRequest, Captures};
#[cfg(feature = "inbox")]
#[cfg_attr(docsrs, doc(cfg(feature = "inbox")))]
pub use inbox_service::InboxService;
pub use receiver::{Receiver, receive};
pub use refusal::Refusal;
pub use rejection::Rejection;
#[cfg(feature = "tenants")]
#[cfg_attr(docsrs, doc(cfg(feature = "tenants")))]
pub use tenants::Tenants;
