//! The transport most people use.

use std::{fmt, time::Duration};

use bytes::Bytes;
use reqwest::{Certificate, Client, Identity, Proxy, redirect};
use url::Url;

use crate::{BuildError, Limits, Transport, TransportError, TransportErrorKind};

/// A connection that is not there by then does not come.
const CONNECT: Duration = Duration::from_secs(10);

/// HTTP/1.1 over TLS, with kept connections.
///
/// It follows no redirect, keeps no cookie, decompresses nothing and repeats nothing. Proxies are taken from
/// `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as programs on the same machine do; a client whose base is plain `http`
/// makes itself one without, because a proxy would read along. Which authorities are trusted is the system's setting.
///
/// Connections belong to the Tokio runtime they were made on: give each runtime a client of its own.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: Client,
}

/// Builds an [`HttpTransport`] that differs.
#[derive(Default)]
pub struct HttpTransportBuilder {
    identity: Option<(Vec<u8>, Vec<u8>)>,
    roots: Vec<Vec<u8>>,
    proxy: Option<Option<Url>>,
}

impl HttpTransport {
    /// With the defaults.
    ///
    /// # Errors
    /// When TLS can not be set up.
    pub fn new() -> Result<Self, BuildError> {
        Self::builder().build()
    }

    /// One that differs.
    #[must_use]
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::default()
    }
}

impl HttpTransportBuilder {
    /// Shows this certificate to the server (mutual TLS). Both in PEM: the certificate with its chain,
    /// and the private key, PKCS#8, not encrypted.
    #[must_use]
    pub fn client_certificate(mut self, chain: &[u8], key: &[u8]) -> Self {
        self.identity = Some((chain.to_vec(), key.to_vec()));
        self
    }

    /// Trusts this authority too, given in PEM.
    #[must_use]
    pub fn add_root_certificate(mut self, authority: &[u8]) -> Self {
        self.roots.push(authority.to_vec());
        self
    }

    /// Sends everything through this proxy, whatever the environment says.
    #[must_use]
    pub fn proxy(mut self, proxy: Url) -> Self {
        self.proxy = Some(Some(proxy));
        self
    }

    /// Uses no proxy, whatever the environment says.
    #[must_use]
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Some(None);
        self
    }

    /// The transport.
    ///
    /// # Errors
    /// When a certificate or key can not be read, or TLS can not be set up.
    pub fn build(self) -> Result<HttpTransport, BuildError> {
        let mut client = client()?;
        for root in &self.roots {
            let root = Certificate::from_pem(root).map_err(|error| {
                BuildError::unusable("authority's certificate", "can not be read").because(error.without_url())
            })?;
            client = client.add_root_certificate(root);
        }
        if let Some((chain, key)) = &self.identity {
            client = client.identity(identity(chain, key)?);
        }
        client = match self.proxy {
            None => client,
            Some(None) => client.no_proxy(),
            Some(Some(proxy)) => client.proxy(usable(proxy)?),
        };
        Ok(HttpTransport { client: finish(client)? })
    }
}

/// reqwest passes a proxy by that it does not know how to talk to, and sends to the server itself.
fn usable(proxy: Url) -> Result<Proxy, BuildError> {
    if !matches!(proxy.scheme(), "http" | "https") || !proxy.has_host() {
        return Err(BuildError::unusable("proxy", "is not of the form http://host:port or https://host:port"));
    }
    Proxy::all(proxy).map_err(|error| BuildError::unusable("proxy", "can not be used").because(error.without_url()))
}

/// What the transport and the downloads share.
pub(crate) fn client() -> Result<reqwest::ClientBuilder, BuildError> {
    // Also beside native-tls: where both are on, rustls is used.
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        return Err(BuildError::said(
            "rustls has no crypto provider: install one with CryptoProvider::install_default before the first client",
        ));
    }
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        // Other crates of the program may have switched these on for reqwest; here they stay off.
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
    client.build().map_err(|error| BuildError::said("TLS can not be set up").because(error.without_url()))
}

#[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
fn identity(chain: &[u8], key: &[u8]) -> Result<Identity, BuildError> {
    let both = zeroize::Zeroizing::new([chain, b"\n", key].concat());
    Identity::from_pem(&both).map_err(|error| {
        BuildError::unusable("client certificate or its key", "can not be read").because(error.without_url())
    })
}

#[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
fn identity(chain: &[u8], key: &[u8]) -> Result<Identity, BuildError> {
    Identity::from_pkcs8_pem(chain, key).map_err(|error| {
        BuildError::unusable("client certificate or its key", "can not be read").because(error.without_url())
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

/// The whole answer, if it is no larger than `max_body`.
pub(crate) async fn read(
    mut response: reqwest::Response,
    max_body: usize,
) -> Result<http::Response<Bytes>, TransportError> {
    // What is announced may be refused, but is never believed: space is made for what has come.
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
    // Most answers come in one piece, which is taken as it is.
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

/// Without the URL, which may hold somebody's number.
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
