//! A document's files.

use idhooks_client::{Download, DownloaderBuilder, Error, SecretText, Url};

use super::Client;

/// The hosts of links to files: the first in responses and webhooks, the second in the vendor's documentation.
pub(super) const HOSTS: [&str; 2] = [API_HOST, "painel.autentique.com.br"];

/// The only host that gets the key.
const API_HOST: &str = "api.autentique.com.br";

#[cfg_attr(
    docsrs,
    doc(cfg(any(feature = "client-rustls", feature = "client-rustls-no-provider", feature = "client-native-tls")))
)]
impl Client {
    /// Downloads a file from a link of [`Files`](crate::Files), whether a webhook or the API gave it.
    ///
    /// Follows links to `api.autentique.com.br` and `painel.autentique.com.br` by `https`, without redirects. Sends the
    /// key to the first of the two only, which responds with 403 without it (observed in public code). The vendor's
    /// sample has a link to `storage.googleapis.com`: allow other hosts with
    /// [`extra_download_host`](super::ClientBuilder::extra_download_host). They never get the key. Never retries.
    ///
    /// **`signed` is a link even before anyone has signed**, and right after `document.finished` the PDF may not be
    /// there yet (observed in public code): try again later, also after an error.
    ///
    /// ```no_run
    /// # use idhooks_autentique::{Client, DocumentId};
    /// # async fn fetch(id: &DocumentId) -> Result<(), Box<dyn std::error::Error>> {
    /// let client = Client::builder("the key")
    ///     .downloader(|files| files.max_bytes(20 * 1024 * 1024))
    ///     .extra_download_host("storage.googleapis.com")
    ///     .build()?;
    /// let document = client.get_document(id).await?;
    /// if let Some(link) = document.files.as_ref().and_then(|files| files.signed.as_ref()) {
    ///     std::fs::write("signed.pdf", client.download(link.expose()).await?.body())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::InvalidRequest`](idhooks_client::ErrorKind::InvalidRequest) if the link is rejected. Otherwise as
    /// any call.
    pub async fn download(&self, link: &str) -> Result<Download, Error> {
        self.downloader.download(link).await
    }
}

/// Adds the key for the API's host.
///
/// A client whose base URL is on this machine, for a test, allows links to it as well and gives it the key. Such links
/// also need [`allow_loopback`](DownloaderBuilder::allow_loopback).
pub(super) fn with_key(downloader: DownloaderBuilder, base: Option<&Url>, api_key: SecretText) -> DownloaderBuilder {
    match base.and_then(Url::host_str).filter(|host| matches!(*host, "localhost" | "127.0.0.1" | "[::1]")) {
        Some(host) => downloader.allow_host(host).bearer_for(host, api_key),
        None => downloader.bearer_for(API_HOST, api_key),
    }
}
