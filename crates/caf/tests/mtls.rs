//! Caf's other host demands a client certificate: so does this one.

#![cfg(feature = "client-rustls")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{net::SocketAddr, sync::Arc};

use idhooks_caf::{
    Client, ClientBuilder, Credentials,
    http_client::{HttpTransport, Retry, Url},
    rest::NewTransaction,
};
use idhooks_fixtures::{
    error_chain,
    server::caf::{CLIENT_ID, CLIENT_SECRET, start},
};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::aws_lc_rs::default_provider,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
        server::WebPkiClientVerifier,
    },
};

/// Signs certificates.
struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([]).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, name: &str, usage: ExtendedKeyUsagePurpose) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        params.extended_key_usages = vec![usage];
        (params.signed_by(&key, &self.issuer).expect("a certificate"), key)
    }
}

/// Stands in front of `plain` and lets through only those whose certificate `authority` signed.
async fn guard(plain: SocketAddr, authority: &Authority) -> Url {
    let provider = Arc::new(default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).expect("a root");
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone()).build();
    let (certificate, key) = authority.sign("localhost", ExtendedKeyUsagePurpose::ServerAuth);
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_client_cert_verifier(verifier.expect("a verifier"))
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate that fits its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await?;
                let mut inside = TcpStream::connect(plain).await?;
                copy_bidirectional(&mut outside, &mut inside).await
            });
        }
    });
    Url::parse(&format!("https://localhost:{port}/")).expect("a URL")
}

fn builder(at: Url) -> ClientBuilder {
    Client::builder(Credentials::new(CLIENT_ID, CLIENT_SECRET)).base_url(at).retry(Retry::none())
}

#[tokio::test]
async fn a_client_certificate_opens_the_other_host() {
    let (server, authority) = (start().await.expect("a port"), Authority::new());
    let at = guard(server.address(), &authority).await;
    let (certificate, key) = authority.sign("client", ExtendedKeyUsagePurpose::ClientAuth);
    let transport = HttpTransport::builder()
        .add_root_certificate(authority.certificate.pem().as_bytes())
        .client_certificate(certificate.pem().as_bytes(), key.serialize_pem().as_bytes())
        .build()
        .expect("a transport");
    let client = builder(at).transport(transport).build().expect("a client");
    let created = client.create_transaction(&NewTransaction::new("t")).await.expect("created");
    assert_eq!(created.id.as_str(), "6021a21b3811c35ecb8dea20");
    // Nothing says that the certificate replaces the token, so both are sent.
    assert!(server.last().header("authorization").is_some_and(|value| value.starts_with("Bearer ")));
}

#[tokio::test]
async fn without_one_or_with_a_strangers_it_stays_shut() {
    let (server, authority) = (start().await.expect("a port"), Authority::new());
    let at = guard(server.address(), &authority).await;
    let trusting = || HttpTransport::builder().add_root_certificate(authority.certificate.pem().as_bytes());
    let (certificate, key) = Authority::new().sign("client", ExtendedKeyUsagePurpose::ClientAuth);
    let strangers = trusting().client_certificate(certificate.pem().as_bytes(), key.serialize_pem().as_bytes());
    for transport in [trusting(), strangers] {
        let transport = transport.build().expect("a transport");
        let client = builder(at.clone()).transport(transport).build().expect("a client");
        let error = client.create_transaction(&NewTransaction::new("t")).await.expect_err("shut");
        assert_eq!(error.status(), None);
        assert!(error.is_login() && !error.may_have_taken_effect(), "{error}");
        let shown = error_chain(&error);
        assert!(shown.starts_with("POST /oauth2/token: login failed: request failed: connection closed"), "{shown}");
        assert!(shown.contains("received fatal alert"), "{shown}");
    }
    assert!(server.received().is_empty());
}
