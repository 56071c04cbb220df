//! The default transport.

use std::{fmt, time::Duration};

use bytes::Bytes;
use reqwest::{Certificate, Client, Identity, Proxy, redirect};
use url::Url;

use crate::{BuildError, Limits, Transport, TransportError, TransportErrorKind};

/// The time to connect.
const CONNECT: Duration = Duration::from_secs(10);

/// HTTP/1.1 over TLS, with a connection pool.
///
/// It follows no redirects, stores no cookies, decompresses nothing and retries nothing. It takes proxies from
/// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. A client with a plain `http` base URL uses no proxy, because a proxy
/// could read the credentials. The system decides which certificate authorities are trusted.
///
/// Connections belong to the Tokio runtime that made them: give each runtime a client of its own.
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use idhooks_client::HttpTransport;
///
/// let (chain, key) = (std::fs::read("client.crt")?, std::fs::read("client.key")?);
/// let transport = HttpTransport::builder().client_certificate(&chain, &key).build()?;
/// # let _ = transport;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: Client,
}

/// Builds an [`HttpTransport`].
///
/// ```no_run
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use idhooks_client::HttpTransport;
///
/// let own_authority = std::fs::read("authority.pem")?;
/// let through = HttpTransport::builder().proxy("http://proxy.example.com:3128".parse()?).build()?;
/// let direct = HttpTransport::builder().no_proxy().add_root_certificate(&own_authority).build()?;
/// # let _ = (through, direct);
/// # Ok(())
/// # }
/// ```
#[derive(Default)]
pub struct HttpTransportBuilder {
    identity: Option<(Vec<u8>, Vec<u8>)>,
    roots: Vec<Vec<u8>>,
    proxy: Option<Option<Url>>,
}

impl HttpTransport {
    /// Makes a transport with the defaults.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// Starts a transport with other settings.
    #[must_use]
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::default()
    }
}

impl HttpTransportBuilder {
    /// Authenticates with this certificate (mutual TLS). Both in PEM: the certificate with its chain, and the private
    /// key in PKCS#8, not encrypted. Defaults to no certificate.
    #[must_use]
    pub fn client_certificate(mut self, chain: &[u8], key: &[u8]) -> Self {
        self.identity = Some((chain.to_vec(), key.to_vec()));
        self
    }

    /// Trusts this certificate authority as well, given in PEM. Defaults to the system's authorities only.
    #[must_use]
    pub fn add_root_certificate(mut self, authority: &[u8]) -> Self {
        self.roots.push(authority.to_vec());
        self
    }

    /// Sends everything through this proxy. Defaults to the proxy of the environment variables.
    #[must_use]
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.proxy = Some(Some(proxy));
        self
    }

    /// Uses no proxy. Defaults to the proxy of the environment variables.
    #[must_use]
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Some(None);
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    /// When a certificate, key or proxy is invalid, or TLS cannot be set up.
    pub fn build(self) -> Result<HttpTransport, BuildError> {
        let mut client = client()?;
        for root in &self.roots {
            let root = Certificate::from_pem(root).map_err(|error| {
                BuildError::invalid("root certificate", "cannot be read").with_source(error.without_url())
            })?;
            client = client.add_root_certificate(root);
        }
        if let Some((chain, key)) = &self.identity {
            client = client.identity(identity(chain, key)?);
        }
        client = match self.proxy {
            None => client,
            Some(None) => client.no_proxy(),
            Some(Some(proxy)) => client.proxy(checked(proxy)?),
        };
        Ok(HttpTransport { client: finish(client)? })
    }
}

/// Checks the proxy, because reqwest silently bypasses one whose scheme it does not know.
fn checked(proxy: Url) -> Result<Proxy, BuildError> {
    if !matches!(proxy.scheme(), "http" | "https") || !proxy.has_host() {
        return Err(BuildError::invalid("proxy", "is not of the form http://host:port or https://host:port"));
    }
    Proxy::all(proxy).map_err(|error| BuildError::invalid("proxy", "cannot be used").with_source(error.without_url()))
}

/// The settings that the transport and the downloader share.
pub(crate) fn client() -> Result<reqwest::ClientBuilder, BuildError> {
    // Also beside native-tls: if both features are on, rustls is used.
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(BuildError::new(
            "rustls has no crypto provider: install one with CryptoProvider::install_default before the first client",
        ));
    }
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        // Another crate of the program may enable these features of reqwest.
        .http1_only()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .no_hickory_dns();
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    let client = client.tls_backend_rustls();
    Ok(client)
}

pub(crate) fn finish(client: reqwest::ClientBuilder) -> Result<Client, BuildError> {
    client.build().map_err(|error| BuildError::new("TLS cannot be set up").with_source(error.without_url()))
}

#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn identity(chain: &[u8], key: &[u8]) -> Result<Identity, BuildError> {
    let both = zeroize::Zeroizing::new([chain, b"\n", key].concat());
    Identity::from_pem(&both).map_err(|error| {
        BuildError::invalid("client certificate or its key", "cannot be read").with_source(error.without_url())
    })
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn identity(chain: &[u8], key: &[u8]) -> Result<Identity, BuildError> {
    Identity::from_pkcs8_pem(chain, key).map_err(|error| {
        BuildError::invalid("client certificate or its key", "cannot be read").with_source(error.without_url())
    })
}

#[async_trait::async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        limits: Limits,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut request = reqwest::Request::try_from(request).map_err(failed)?;
        *request.timeout_mut() = Some(limits.timeout);
        let response = self.client.execute(request).await.map_err(failed)?;
        read(response, limits.max_body).await
    }
}

/// Reads the whole response, if its body is no larger than `max_body`.
pub(crate) async fn read(
    mut response: reqwest::Response,
    max_body: usize,
) -> Result<http::Response<Bytes>, TransportError> {
    // An announced length can only reject: memory is allocated for what has arrived.
    if response.content_length().unwrap_or_default() > max_body as u64 {
        return Err(TransportErrorKind::TooLarge.into());
    }
    let mut whole = http::Response::new(Bytes::new());
    *whole.status_mut() = response.status();
    *whole.headers_mut() = std::mem::take(response.headers_mut());
    let Some(first) = response.chunk().await.map_err(failed)? else { return Ok(whole) };
    if first.len() > max_body {
        return Err(TransportErrorKind::TooLarge.into());
    }
    // Most bodies arrive in one chunk, which needs no copy.
    let mut body = None;
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        let body = body.get_or_insert_with(|| first.to_vec());
        if body.len() + chunk.len() > max_body {
            return Err(TransportErrorKind::TooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(whole.map(|_| body.map_or(first, Bytes::from)))
}

/// Converts the error, without its URL, which may hold personal data.
pub(crate) fn failed(error: reqwest::Error) -> TransportError {
    let failure = if error.is_connect() || error.is_builder() {
        TransportErrorKind::Connect
    } else if error.is_timeout() {
        TransportErrorKind::Timeout
    } else {
        TransportErrorKind::Interrupted
    };
    TransportError::new(failure, error.without_url())
}

impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder")
            .field("client_certificate", &self.identity.is_some())
            .field("authorities", &self.roots.len())
            .finish_non_exhaustive()
    }
}
