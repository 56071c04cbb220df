//! Links: where they may point, and what is downloaded.

#![allow(clippy::unwrap_used, reason = "test code: a panic is the finding")]
#![cfg(feature = "__reqwest")]

mod support;

use std::{io, net::IpAddr, time::Duration};

use idhooks_client::{
    Downloader, DownloaderBuilder, Error, ErrorKind, Resolve, SecretText, TransportErrorKind, async_trait,
    http::StatusCode,
};
use idhooks_fixtures::server::{Reply, Server};
use support::{chain, server};

/// Every name is at these addresses.
struct At(&'static [&'static str]);

#[async_trait]
impl Resolve for At {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        if self.0.is_empty() {
            return Err(io::Error::other("no such host"));
        }
        Ok(self.0.iter().map(|address| address.parse().unwrap()).collect())
    }
}

const HOSTS: &[&str] =
    &["files.example.com", "*.store.example.com", "127.0.0.1", "10.0.0.1", "1.1.1.1", "[::1]", "localhost"];

fn local() -> DownloaderBuilder {
    Downloader::builder(&["127.0.0.1", "localhost", "files.example.com"]).allow_loopback()
}

fn is_rejected(error: &Error) -> bool {
    error.kind() == ErrorKind::InvalidRequest && error.status().is_none()
}

fn link(server: &Server, path: &str) -> String {
    server.url().join(path).unwrap().into()
}

#[tokio::test]
async fn row_43_rejects_untrusted_links() {
    let downloader = Downloader::builder(HOSTS).resolver(At(&["127.0.0.1"])).build().unwrap();
    let host = "invalid request: the host or port of the link is not allowed";
    let address = "invalid request: the address of the link is not public";
    for (link, why) in [
        ("CANARY", "invalid request: the link is not a valid URL"),
        ("", "invalid request: the link is not a valid URL"),
        ("https://user:CANARY@files.example.com/", "invalid request: the link is not a valid URL"),
        ("http://files.example.com/CANARY", "invalid request: the link is not https"),
        ("file:///etc/passwd", "invalid request: the link is not https"),
        ("ftp://files.example.com/", "invalid request: the link is not https"),
        ("https://evil.example.com/CANARY", host),
        ("https://files.example.com.evil.test/", host),
        ("https://files.example.com:8443/", host),
        ("https://files.example.com./", host),
        ("https://store.example.com/", host),
        ("https://127.0.0.1/CANARY", address),
        ("https://10.0.0.1/", address),
        ("https://[::1]/", address),
        ("https://2130706433/", address), // 127.0.0.1 as one number
        ("https://0x7f.1/", address),
        ("https://files.example.com/CANARY", address),
        ("https://a.b.store.example.com/", address),
        ("https://localhost/", address),
        ("HTTPS://FILES.EXAMPLE.COM/", address),
    ] {
        let error = downloader.download(link).await.unwrap_err();
        assert_eq!(error.to_string(), why, "{link}");
        assert!(is_rejected(&error) && !error.is_transient(), "{link}");
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn row_43_rejects_private_addresses() {
    for addresses in [
        &["10.0.0.7"][..],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:192.168.0.1"],
        &["fe80::1"],
        &["1.1.1.1", "127.0.0.1"], // one good address does not excuse the other
        &["64:ff9b::a00:1"],
    ] {
        let downloader = Downloader::builder(HOSTS).resolver(At(addresses)).build().unwrap();
        let error = downloader.download("https://files.example.com/a").await.unwrap_err();
        assert!(is_rejected(&error), "{addresses:?}: {error}");
    }
    let downloader = Downloader::builder(HOSTS).resolver(At(&[])).build().unwrap();
    let error = downloader.download("https://files.example.com/a").await.unwrap_err();
    assert_eq!(error.to_string(), "request failed");
    assert!(chain(&error).starts_with("request failed: no connection: "), "{}", chain(&error));
    assert!(!is_rejected(&error) && error.is_transient());
}

#[tokio::test]
async fn downloads_a_file_with_its_type() {
    let server = server(|_| Reply::new(200, "application/pdf", vec![7; 100_000])).await;
    let downloader = local().build().unwrap();
    let file = downloader.download(&link(&server, "a/b.pdf?X-Amz-Signature=1")).await.unwrap();
    assert_eq!((file.body().len(), file.content_type()), (100_000, Some("application/pdf")));
    assert_eq!(format!("{file:?}"), r#"Download { content_type: Some("application/pdf"), bytes: 100000 }"#);
    let sent = server.last();
    assert_eq!((sent.line().as_str(), sent.query.as_str()), ("GET /a/b.pdf", "X-Amz-Signature=1"));
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(sent.header("referer"), None);
    assert_eq!(sent.header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn row_43_the_token_goes_to_its_host_only() {
    let server = server(|_| Reply::new(200, "application/pdf", "x")).await;
    let token = SecretText::new("token", "CANARY").unwrap();
    let downloader = local().bearer_for("127.0.0.1", token).build().unwrap();
    assert!(!format!("{downloader:?}").contains("CANARY"));
    downloader.download(&link(&server, "a")).await.unwrap();
    assert_eq!(server.last().header("authorization"), Some("Bearer CANARY"));
    let other = link(&server, "a").replace("127.0.0.1", "localhost");
    downloader.download(&other).await.unwrap();
    assert_eq!(server.last().header("authorization"), None);
}

#[tokio::test]
async fn row_43_redirects_are_not_followed() {
    let server = server(|request| match request.path.as_str() {
        "/away" => Reply::status(302).header("location", "/there"),
        _ => Reply::new(200, "text/plain", "secret"),
    })
    .await;
    let error = local().build().unwrap().download(&link(&server, "away")).await.unwrap_err();
    assert_eq!(error.to_string(), "the vendor returned 302, and redirects are not followed");
    assert_eq!(error.status(), Some(StatusCode::FOUND));
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn row_43_size_and_time_are_bounded() {
    let server = server(|request| match request.path.as_str() {
        "/slow" => Reply::status(200).after(Duration::from_secs(5)),
        "/gone" => Reply::status(404),
        "/cut" => Reply::new(200, "a/b", "x").cut(),
        _ => Reply::new(200, "a/b", vec![0; 1001]),
    })
    .await;
    let downloader = local().max_bytes(1000).timeout(Duration::from_millis(100)).build().unwrap();
    let error = downloader.download(&link(&server, "big")).await.unwrap_err();
    assert_eq!(
        (chain(&error).as_str(), error.transport_kind()),
        ("request failed: response larger than the limit", Some(TransportErrorKind::TooLarge))
    );
    let error = downloader.download(&link(&server, "slow")).await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient(), "{error}");
    let error = downloader.download(&link(&server, "gone")).await.unwrap_err();
    assert!(error.status() == Some(StatusCode::NOT_FOUND) && !error.is_transient() && !is_rejected(&error));
    assert!(downloader.download(&link(&server, "cut")).await.unwrap_err().is_transient());
}

#[tokio::test]
async fn names_an_unexpected_content_encoding() {
    let server = server(|request| {
        let encoding = request.path.trim_start_matches('/').to_owned();
        Reply::new(200, "application/pdf", "x").header("content-encoding", &encoding)
    })
    .await;
    let downloader = local().build().unwrap();
    let error = downloader.download(&link(&server, "gzip")).await.unwrap_err();
    assert_eq!(
        chain(&error),
        "invalid response (status 200): unexpected content encoding gzip: the client asked for identity"
    );
    assert!(error.status() == Some(StatusCode::OK) && !error.is_transient() && !is_rejected(&error));
    assert!(downloader.download(&link(&server, "aws-chunked")).await.is_ok());
}

#[tokio::test]
async fn row_43_an_extra_host_never_gets_the_token() {
    let server = server(|_| Reply::new(200, "application/pdf", "x")).await;
    let token = || SecretText::new("token", "CANARY").unwrap();
    let downloader = Downloader::builder(&["127.0.0.1"]).bearer_for("127.0.0.1", token()).allow_loopback();
    let other = link(&server, "a").replace("127.0.0.1", "localhost");
    let error = downloader.clone().build().unwrap().download(&other).await.unwrap_err();
    assert!(is_rejected(&error));
    downloader.allow_host("localhost").build().unwrap().download(&other).await.unwrap();
    assert_eq!(server.last().header("authorization"), None);
}

#[tokio::test]
async fn row_49_errors_show_neither_link_nor_body() {
    let server = server(|_| Reply::new(404, "text/plain", "CANARY")).await;
    let downloader = local().build().unwrap();
    for link in ["https://evil.example.com/CANARY", &link(&server, "CANARY")] {
        let error = downloader.download(link).await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("CANARY") && !shown.contains("evil"), "{shown}");
        assert!(error.body().is_none_or(|body| body.is_empty()));
    }
}
