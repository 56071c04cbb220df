#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod api_client;
mod auth;
mod build_error;
mod chain;
mod checks;
mod client_credentials;
mod confirmation;
mod content_encoding;
mod count;
#[cfg(feature = "__reqwest")]
mod download;
pub mod env;
mod error;
mod eventually;
mod fetched;
#[cfg(feature = "__reqwest")]
mod http_transport;
mod pages;
mod request;
mod response;
mod retry;
mod retry_after;
mod secret_text;
mod sensitive;
mod settings;
mod token_cache;
mod trace;
mod transport;
mod vendor_error;

pub use api_client::ApiClient;
pub use auth::Auth;
pub use build_error::BuildError;
pub use client_credentials::Credentials;
pub use confirmation::Confirmation;
pub use count::Count;
#[cfg(feature = "__reqwest")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))))]
pub use download::{Download, Downloader, DownloaderBuilder, Resolve};
pub use error::{Error, ErrorKind};
pub use fetched::Fetched;
#[cfg(feature = "__reqwest")]
#[cfg_attr(docsrs, doc(cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))))]
pub use http_transport::{HttpTransport, HttpTransportBuilder};
pub use pages::{Page, Pages, Position};
pub use request::Request;
pub use response::Response;
pub use retry::{Retry, RetrySafety};
pub use secret_text::SecretText;
pub use settings::Settings;
pub use token_cache::{AccessToken, TokenAge, TokenCache, TokenSource};
pub use transport::{Limits, Transport, TransportError, TransportErrorKind};
pub use vendor_error::VendorError;

pub use async_trait::async_trait;
pub use bytes::Bytes;
pub use http;
pub use url::Url;
