//! The settings of a client.

use idhooks_client::{Auth, BuildError, SecretText, Settings, env};

use super::{Client, error, operation::REQUEST_ID};

/// Builds a [`Client`]. `Debug` hides the key.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use idhooks_autentique::{Client, http_client::{Retry, Url}};
///
/// let client = Client::builder("the key")
///     .base_url(Url::parse("https://gateway.example.com/autentique")?)
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(60))
///     .retry(Retry::new().attempts(5).cap(Duration::from_secs(30)))
///     .max_response_bytes(1024 * 1024)
///     .concurrency(4)
///     .build()?;
/// # let _ = client;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ClientBuilder {
    settings: Settings,
    // `build` reports an invalid key, so that one expression makes a client.
    api_key: Result<SecretText, BuildError>,
    #[cfg(feature = "__tls")]
    downloader: idhooks_client::DownloaderBuilder,
}

impl ClientBuilder {
    pub(super) fn new(api_key: &str) -> Self {
        Self::with(SecretText::new("API key", api_key))
    }

    fn with(api_key: Result<SecretText, BuildError>) -> Self {
        let agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let settings = Settings::new("autentique", agent).base_url_str(Client::PRODUCTION);
        Self {
            settings: settings.request_id(REQUEST_ID).vendor_errors(error::read),
            api_key,
            #[cfg(feature = "__tls")]
            downloader: idhooks_client::Downloader::builder(&super::files::HOSTS),
        }
    }

    /// Reads the key from `AUTENTIQUE_API_KEY`, and the base URL from `AUTENTIQUE_BASE_URL` if that is set.
    ///
    /// ```no_run
    /// let client = idhooks_autentique::ClientBuilder::from_env()?.concurrency(4).build()?;
    /// # Ok::<(), idhooks_autentique::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// When the key is not set, or one of the two is invalid. The error names the variable, never its text.
    pub fn from_env() -> Result<Self, BuildError> {
        let builder = Self::with(Ok(env::secret("AUTENTIQUE_API_KEY")?));
        Ok(match env::url("AUTENTIQUE_BASE_URL")? {
            Some(base) => builder.base_url(base),
            None => builder,
        })
    }

    idhooks_client::settings!(settings);

    #[cfg(feature = "__tls")]
    idhooks_client::downloader!(downloader);

    /// Builds the client. Sends nothing, so a wrong key shows at the first call.
    ///
    /// # Errors
    /// When the key is empty, has leading or trailing whitespace or cannot be sent in a header, a setting is invalid,
    /// or the transport is missing.
    pub fn build(self) -> Result<Client, BuildError> {
        let api_key = self.api_key?;
        Ok(Client {
            api: self.settings.build(Auth::bearer(api_key.expose())?)?,
            #[cfg(feature = "__tls")]
            downloader: super::files::with_key(self.downloader, self.settings.base(), api_key).build()?,
        })
    }
}
