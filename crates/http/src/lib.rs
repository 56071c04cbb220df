#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod access;
mod answer;
mod api;
mod build_error;
mod call;
mod client_credentials;
mod confirmation;
#[cfg(feature = "__reqwest")]
mod download;
pub mod env;
mod error;
mod explain;
#[cfg(feature = "__reqwest")]
mod http_transport;
mod pages;
mod problem;
mod retry;
mod retry_after;
mod secret_text;
mod sensitive;
mod settings;
mod token;
mod trace;
mod transport;

pub use access::Access;
pub use answer::Answer;
pub use api::Api;
pub use build_error::BuildError;
pub use call::Call;
pub use client_credentials::ClientCredentials;
pub use confirmation::Confirmation;
#[cfg(feature = "__reqwest")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))))]
pub use download::{Download, DownloadError, Downloads, DownloadsBuilder, Resolve};
pub use error::Error;
#[cfg(feature = "__reqwest")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))))]
pub use http_transport::{HttpTransport, HttpTransportBuilder};
pub use pages::{Page, Pages, Position};
pub use problem::Problem;
pub use retry::{Repeat, Retry};
pub use secret_text::SecretText;
pub use settings::Settings;
pub use token::{Token, TokenAge, TokenSource, Tokens};
pub use transport::{Failure, Limits, Transport, TransportError};

pub use async_trait::async_trait;
pub use bytes::Bytes;
pub use http;
pub use url::Url;
