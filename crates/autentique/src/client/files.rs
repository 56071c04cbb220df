//! A document's files.

use idhooks_client::{Downloader, DownloaderBuilder, Url};

use super::Client;

/// Where links to files lead: the first in what is sent, the second in the vendor's documentation.
const HOSTS: [&str; 2] = ["api.autentique.com.br", "painel.autentique.com.br"];

/// The one host that gets the key.
const API_HOST: &str = "api.autentique.com.br";

impl Client {
    /// Fetches files behind the links of [`Files`](crate::Files), whether a webhook or the API gave them.
    ///
    /// Links are followed to `api.autentique.com.br` and `painel.autentique.com.br` alone, by `https`, and redirects
    /// are not followed; the key goes to the first of the two alone, which answers 403 without it (observed in public
    /// code).
    ///
    /// **`signed` is a link before anyone has signed**, and right after `document.finished` the PDF behind it may not
    /// be there yet (observed in public code): try again later, after an error too.
    ///
    /// ```no_run
    /// # use idhooks_autentique::{Client, DocumentId};
    /// # async fn fetch(client: &Client, id: &DocumentId) -> Result<(), Box<dyn std::error::Error>> {
    /// let downloads = client.downloads().max_bytes(20 * 1024 * 1024).build()?;
    /// let document = client.get_document(id).await?.ok_or("there is no such document")?;
    /// if let Some(link) = document.files.as_ref().and_then(|files| files.signed.as_ref()) {
    ///     std::fs::write("signed.pdf", downloads.get(link.expose()).await?.body())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A client whose base is on this machine, for a test, follows links to it as well and gives the key to it instead;
    /// they need [`allow_loopback`](DownloaderBuilder::allow_loopback) too.
    #[must_use]
    pub fn downloads(&self) -> DownloaderBuilder {
        let local = self.base.as_ref().and_then(Url::host_str).filter(|host| is_this_machine(host));
        let [first, second] = HOSTS;
        match local {
            Some(host) => Downloader::builder(&[first, second, host]).bearer_for(host, self.api_key.clone()),
            None => Downloader::builder(&HOSTS).bearer_for(API_HOST, self.api_key.clone()),
        }
    }
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}
