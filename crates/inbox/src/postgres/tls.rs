//! TLS for tokio-postgres. Its ready-made glue to rustls reads certificates with crates of its own, for a channel binding
//! that guards only against an authority which signs for the wrong one; this does without.

use std::{
    io,
    path::Path,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::{
    Socket,
    config::SslMode,
    tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream},
};
use tokio_rustls::{TlsConnector, client};

use super::config::PostgresConfig;
use crate::Error;

/// Verifies the server's certificate against the roots of a file, or the system's (those of the file that
/// `SSL_CERT_FILE` names, where there is one).
#[derive(Clone)]
pub(super) struct Tls(TlsConnector);

impl Tls {
    /// Returns what the settings ask for; `None` if they ask for no TLS.
    pub(super) fn of(config: &PostgresConfig) -> Result<Option<Self>, Error> {
        match (config.server.get_ssl_mode(), config.roots.as_deref()) {
            (SslMode::Disable, _) => Ok(None),
            // Where TLS is not required, a machine without root certificates is no obstacle.
            (SslMode::Prefer, None) => Ok(Self::new(None).ok()),
            (_, roots) => Self::new(roots).map(Some),
        }
    }

    fn new(roots: Option<&Path>) -> Result<Self, Error> {
        let provider = CryptoProvider::get_default().cloned();
        let provider = provider.unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let no_tls = |_| Error::config("TLS cannot be set up: are there root certificates?");
        let config = config.map_err(no_tls)?;
        let config = match roots {
            Some(file) => config.with_root_certificates(read(file)?),
            None => config.with_platform_verifier().map_err(no_tls)?,
        };
        Ok(Self(TlsConnector::from(Arc::new(config.with_no_client_auth()))))
    }
}

fn read(file: &Path) -> Result<RootCertStore, Error> {
    let certificates = CertificateDer::pem_file_iter(file).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let unreadable = "the file of `sslrootcert` in the store's URL cannot be read as certificates in PEM";
    let certificates = certificates.map_err(|_| Error::config(unreadable))?;
    let mut roots = RootCertStore::empty();
    if roots.add_parsable_certificates(certificates).0 == 0 {
        return Err(Error::config(
            "the file of `sslrootcert` in the store's URL has no certificate that can be trusted",
        ));
    }
    Ok(roots)
}

impl MakeTlsConnect<Socket> for Tls {
    type Stream = Stream;
    type TlsConnect = Handshake;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> io::Result<Handshake> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(Handshake { tls: self.clone(), name })
    }
}

/// A connection to be encrypted.
pub(super) struct Handshake {
    tls: Tls,
    name: ServerName<'static>,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Stream;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move { Ok(Stream(self.tls.0.connect(self.name, socket).await?)) })
    }
}

/// An encrypted connection.
pub(super) struct Stream(client::TlsStream<Socket>);

impl TlsStream for Stream {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
