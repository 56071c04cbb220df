//! The REST calls.

mod builder;
mod envelope;
mod error;
mod retry_error;
mod transactions;
mod verification;
mod webhooks;

pub use builder::ClientBuilder;
pub use retry_error::RetryError;

use idhooks_client::{ApiClient, BuildError, Count, Error, Fetched, Page, Position, Request};
use idhooks_core::{Lenient, List, RawJson, json::Payload};

/// A client for Capa's partner API, version 2.
///
/// Cheap to clone. Clones share connections. `Debug` shows neither the key nor any response. Calls need a Tokio runtime
/// with its timer.
///
/// Every call sends the key in `partner-api-key` and can fail with `UNAUTHORIZED` (401, [`Error::is_auth`]) or
/// `INTERNAL_SERVER_ERROR` (500, [`Error::is_transient`]).
///
/// Source: [documented](https://docs.capa.fi/reference).
///
/// ```no_run
/// # async fn read(id: &idhooks_capa::TransactionId) -> Result<(), Box<dyn std::error::Error>> {
/// let client = idhooks_capa::Client::new("the key")?;
/// println!("{:?}", client.get_transaction(id).await?.status);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    api: ApiClient,
    #[cfg(feature = "__tls")]
    downloader: idhooks_client::Downloader,
}

impl Client {
    /// The base URL in production (from the vendor's SDK).
    pub const PRODUCTION: &'static str = "https://production-api.capa.fi";

    /// The base URL of the staging environment. It has its own keys, users and webhook settings, and delivers webhooks.
    pub const STAGING: &'static str = "https://staging-api.capa.fi";

    /// Builds a client with the default settings, for a partner's API key from the dashboard under Settings, Dev Tools.
    ///
    /// ```no_run
    /// let client = idhooks_capa::Client::new("the key")?;
    /// # Ok::<(), idhooks_capa::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub fn new(api_key: &str) -> Result<Self, BuildError> {
        Self::builder(api_key).build()
    }

    /// Builds a client from environment variables. [`ClientBuilder::from_env`] lists them.
    ///
    /// ```no_run
    /// let client = idhooks_capa::Client::from_env()?;
    /// # Ok::<(), idhooks_capa::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// As [`ClientBuilder::from_env`] and [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, BuildError> {
        ClientBuilder::from_env()?.build()
    }

    /// Starts a client with other settings. [`ClientBuilder::build`] reports an invalid key.
    ///
    /// ```no_run
    /// let client = idhooks_capa::Client::builder("the key").staging().build()?;
    /// # Ok::<(), idhooks_capa::BuildError>(())
    /// ```
    #[must_use]
    pub fn builder(api_key: &str) -> ClientBuilder {
        ClientBuilder::new(api_key)
    }

    /// Downloads a picture from a link of [`KycMedia`](crate::rest::KycMedia), without the API key.
    ///
    /// Follows links to `cdn.capa.fi`, where those of the sample point, and to
    /// [extra hosts](ClientBuilder::extra_download_host). Never retries.
    ///
    /// ```no_run
    /// # async fn front(
    /// #     client: &idhooks_capa::Client, media: &idhooks_capa::rest::KycMedia,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// if let Some(link) = media.front_id_image_url.as_ref() {
    ///     println!("{} bytes", client.download(link.expose()).await?.body().len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](idhooks_client::ErrorKind::InvalidRequest) if the link is rejected. Otherwise as
    /// any call.
    #[cfg(feature = "__tls")]
    #[cfg_attr(
        docsrs,
        doc(cfg(any(
            feature = "client-rustls",
            feature = "client-rustls-no-provider",
            feature = "client-native-tls"
        )))
    )]
    pub async fn download(&self, link: &str) -> Result<idhooks_client::Download, Error> {
        self.downloader.download(link).await
    }

    /// Sends `call` and decodes the content of the response's envelope.
    async fn fetch<T: for<'de> Payload<'de>>(&self, call: Request) -> Result<Fetched<T>, Error> {
        envelope::read(&self.api.send(call).await?)
    }
}

/// The size of a page unless a limit is sent.
const DEFAULT_LIMIT: u32 = 20;

/// Asks for the page at that position.
fn paged(call: Request, at: Position, limit: Option<u32>) -> Request {
    let call = call.query("skip", at.offset);
    match limit {
        Some(limit) => call.query("limit", limit),
        None => call,
    }
}

/// Makes a page. The list ends at `total`, and without a total with a short page.
///
/// A total no larger than the page may be that of the page alone, because the two lists count different things. It says
/// nothing about the list, so a full page is then followed by another one.
fn page<T>(raw: RawJson, items: List<T>, total: Lenient<Count>, at: Position, limit: Option<u32>) -> Page<T> {
    let items = items.into_vec();
    let total = total.into_option().map(Count::get);
    let count = items.len() as u64;
    let is_last = match total {
        Some(total) if total > count => total <= at.offset + count,
        _ => count < u64::from(limit.unwrap_or(DEFAULT_LIMIT)),
    };
    Page::new(raw, "data", items, total, is_last)
}

/// Rejects an empty id or filter: Capa might ignore it and respond with the data of others.
fn query_text(text: &str) -> Result<&str, Error> {
    if text.is_empty() { Err(Error::invalid_request("an id or filter is empty")) } else { Ok(text) }
}
