//! How a client is made.

use std::sync::{Arc, Mutex};

use idhooks_capa::{
    BuildError, Client, ClientBuilder,
    http_client::{Bytes, ErrorKind, Limits, Transport, TransportError, Url, async_trait, http},
    rest::{KycMedia, NotificationId},
};
use idhooks_fixtures::server::{Reply, Server};

use super::KEY;

/// Remembers where the request was to go.
#[derive(Clone, Default)]
struct Echo(Arc<Mutex<String>>);

#[async_trait]
impl Transport for Echo {
    async fn send(&self, request: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        *self.0.lock().unwrap() = request.uri().to_string();
        Ok(http::Response::new(Bytes::from_static(br#"{"id":"n"}"#)))
    }
}

async fn asked(builder: ClientBuilder) -> String {
    let echo = Echo::default();
    let client = builder.transport(echo.clone()).build().unwrap();
    client.get_webhook_notification(&NotificationId::from("n")).await.unwrap();
    let asked = echo.0.lock().unwrap();
    asked.clone()
}

#[tokio::test]
async fn bases() {
    let path = "/api/partner/v2/webhook-notifications/n";
    assert_eq!(asked(Client::builder(KEY)).await, format!("https://production-api.capa.fi{path}"));
    assert_eq!(asked(Client::builder(KEY).staging()).await, format!("https://staging-api.capa.fi{path}"));
    let own = Url::parse("https://gateway.example.com/capa/").unwrap();
    assert_eq!(asked(Client::builder(KEY).base_url(own)).await, format!("https://gateway.example.com/capa{path}"));
}

#[test]
fn rejects_invalid_keys() {
    let error = |key: &str| Client::builder(key).build().unwrap_err().to_string();
    assert_eq!(error(""), "the API key is empty");
    assert_eq!(error("CANARY\n"), "the API key has leading or trailing whitespace");
    assert_eq!(error("CAN\0ARY"), "the key cannot be sent in a header");
}

#[test]
fn the_key_is_not_sent_in_the_clear() {
    let plain = Url::parse("http://production-api.capa.fi").unwrap();
    let error = Client::builder(KEY).base_url(plain).build().unwrap_err();
    assert!(error.to_string().contains("plain http"), "{error}");
}

/// Runs itself again with other variables: to change those of a running program is not safe.
#[test]
fn from_the_environment() {
    const ASKED: &str = "IDHOOKS_CAPA_TEST_FROM_ENV";
    if std::env::var_os(ASKED).is_some() {
        let base = |builder: ClientBuilder| format!("{builder:?}");
        let shown = format!("<{}>", ClientBuilder::from_env().map_or_else(|error: BuildError| error.to_string(), base));
        std::io::Write::write_all(&mut std::io::stdout(), shown.as_bytes()).unwrap();
        return;
    }
    let run = |variables: &[(&str, &str)]| {
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["builder::from_the_environment", "--exact", "--nocapture"])
            .env_remove("CAPA_API_KEY")
            .env_remove("CAPA_BASE_URL")
            .env(ASKED, "1")
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(run(&[]).contains("<the environment variable CAPA_API_KEY is not set>"));
    let padded = run(&[("CAPA_API_KEY", "CANARY\n")]);
    assert!(padded.contains("CAPA_API_KEY") && !padded.contains("CANARY"), "{padded}");
    let no_url = run(&[("CAPA_API_KEY", KEY), ("CAPA_BASE_URL", "CANARY")]);
    assert!(no_url.contains("<the environment variable CAPA_BASE_URL is not a URL>"), "{no_url}");
    let production = run(&[("CAPA_API_KEY", KEY)]);
    assert!(production.contains("production-api.capa.fi") && !production.contains("CANARY"), "{production}");
    let own = run(&[("CAPA_API_KEY", KEY), ("CAPA_BASE_URL", "https://gateway.example.com")]);
    assert!(own.contains("gateway.example.com"), "{own}");
}

/// The pictures come from Capa's own host alone, and never with the key.
#[tokio::test]
async fn downloads_of_pictures() {
    let server = Server::start(|_| Reply::new(200, "image/jpeg", "picture")).await.unwrap();
    let client = Client::builder(KEY).downloader(|files| files.allow_loopback()).build().unwrap();
    for link in [
        server.url().join("selfie.jpg").unwrap().as_str(),
        "https://cdn.capa.fi.example.com/selfie.jpg",
        "https://example.com/cdn.capa.fi",
        "https://capa.fi/selfie.jpg",
        "http://cdn.capa.fi/selfie.jpg",
        "https://cdn.capa.fi:8443/selfie.jpg",
    ] {
        assert!(client.download(link).await.unwrap_err().kind() == ErrorKind::InvalidRequest, "{link}");
    }
    assert!(server.received().is_empty());

    // The documented link passes the list: what stops it here is a resolver that knows nobody.
    let media: KycMedia = serde_json::from_str(r#"{"selfieImageUrl":"https://cdn.capa.fi/selfie.jpg"}"#).unwrap();
    let client = Client::builder(KEY).downloader(|files| files.resolver(Nobody)).build().unwrap();
    let error = client.download(media.selfie_image_url.as_ref().unwrap().expose()).await.unwrap_err();
    assert!(error.kind() != ErrorKind::InvalidRequest, "{error}");
    assert!(!format!("{error} {error:?}").contains("selfie"), "{error:?}");
}

#[tokio::test]
async fn an_extra_host_never_gets_the_key() {
    let server = Server::start(|_| Reply::new(200, "image/jpeg", "picture")).await.unwrap();
    let client = Client::builder(KEY)
        .extra_download_host("127.0.0.1")
        .downloader(|files| files.allow_loopback())
        .build()
        .unwrap();
    client.download(server.url().join("selfie.jpg").unwrap().as_str()).await.unwrap();
    assert!(!format!("{:?}", server.last().headers).contains(KEY));
}

struct Nobody;

#[async_trait]
impl idhooks_capa::http_client::Resolve for Nobody {
    async fn resolve(&self, host: &str) -> std::io::Result<Vec<std::net::IpAddr>> {
        assert_eq!(host, "cdn.capa.fi");
        Err(std::io::ErrorKind::NotFound.into())
    }
}
