//! The settings of a client.

use idhooks_client::{Auth, BuildError, SecretText, Settings, env, http::HeaderName};

use super::{Client, error};

/// Builds a [`Client`]. `Debug` hides the key.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use std::time::Duration;
/// use idhooks_capa::{Client, http_client::{Retry, Url}};
///
/// let client = Client::builder("the key")
///     .base_url(Url::parse("https://gateway.example.com/capa")?)
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(20))
///     .retry(Retry::new().attempts(2))
///     .max_response_bytes(1024 * 1024)
///     .concurrency(8)
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
        Self {
            settings: Settings::new("capa", agent).base_url_str(Client::PRODUCTION).vendor_errors(error::read),
            api_key,
            #[cfg(feature = "__tls")]
            downloader: idhooks_client::Downloader::builder(&["cdn.capa.fi"]),
        }
    }

    /// Reads the key from `CAPA_API_KEY`, and the base URL from `CAPA_BASE_URL` if that is set.
    ///
    /// ```no_run
    /// let client = idhooks_capa::ClientBuilder::from_env()?.concurrency(8).build()?;
    /// # Ok::<(), idhooks_capa::BuildError>(())
    /// ```
    ///
    /// # Errors
    /// When the key is not set, or one of the two is invalid. The error names the variable, never its text.
    pub fn from_env() -> Result<Self, BuildError> {
        let builder = Self::with(Ok(env::secret("CAPA_API_KEY")?));
        Ok(match env::url("CAPA_BASE_URL")? {
            Some(base) => builder.base_url(base),
            None => builder,
        })
    }

    /// Uses [`Client::STAGING`]. Defaults to [`Client::PRODUCTION`].
    ///
    /// ```no_run
    /// let client = idhooks_capa::Client::builder("the key").staging().build()?;
    /// # Ok::<(), idhooks_capa::BuildError>(())
    /// ```
    #[must_use]
    pub fn staging(self) -> Self {
        Self { settings: self.settings.base_url_str(Client::STAGING), ..self }
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
        let auth = Auth::header(HeaderName::from_static("partner-api-key"), self.api_key?.expose())?;
        Ok(Client {
            api: self.settings.build(auth)?,
            #[cfg(feature = "__tls")]
            downloader: self.downloader.build()?,
        })
    }
}
