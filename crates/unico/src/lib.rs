#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod check;
mod event;
mod process;
mod verify;

pub use check::{CheckEvent, CheckStatus, CheckUpdate, CheckedProcess};
pub use event::Event;
pub use process::{Flow, LastEvent, ProcessFinished, ProcessId, ProcessResult, ProcessState};
pub use verify::{BearerVerifier, OpenEndpoint, Verifier, present};

pub use idhooks_core as core;
