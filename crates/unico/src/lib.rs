#![doc = include_str!("../README.md")]
#![cfg_attr(feature = "client", doc = "")]
#![cfg_attr(feature = "client", doc = include_str!("../CLIENT.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod check;
#[cfg(feature = "client")]
mod client;
mod event;
mod process;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub mod rest;
mod verify;

pub use check::{CheckEvent, CheckStatus, CheckUpdate, CheckedProcess};
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use client::{
    Account, AccountBuilder, ApiClient, ApiClientBuilder, Environment, Sign, SignError, TokenErrorCode, WebClient,
    WebClientBuilder,
};
#[cfg(feature = "aws-lc-rs")]
#[cfg_attr(docsrs, doc(cfg(feature = "aws-lc-rs")))]
pub use client::{KeyError, RsaKey};
pub use event::Event;
pub use process::{Flow, LastEvent, ProcessFinished, ProcessId, ProcessResult, ProcessState};
pub use verify::{BearerVerifier, OpenEndpoint, Verifier, present};

#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client as http_client;
#[cfg(feature = "client")]
#[cfg_attr(docsrs, doc(cfg(feature = "client")))]
pub use idhooks_client::{BuildError, Confirmation, Error};
pub use idhooks_core as core;
