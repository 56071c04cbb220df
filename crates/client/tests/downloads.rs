//! Links: where they may lead, and what is taken from there.

#![allow(clippy::unwrap_used, reason = "test code: a panic is the finding")]
#![cfg(feature = "__reqwest")]

mod support;

use std::{io, net::IpAddr, time::Duration};

use idhooks_client::{Downloader, DownloaderBuilder, Resolve, SecretText, async_trait};
use idhooks_fixtures::server::{Reply, Server};
use support::server;

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

fn link(server: &Server, path: &str) -> String {
    server.url().join(path).unwrap().into()
}

#[tokio::test]
async fn row_43_links_that_are_not_followed() {
    let downloads = Downloader::builder(HOSTS).resolver(At(&["127.0.0.1"])).build().unwrap();
    let host = "the link leads to a host or port that is not on the list";
    let address = "the link leads to an address that is not public";
    for (link, why) in [
        ("CANARY", "this is no link that can be followed"),
        ("", "this is no link that can be followed"),
        ("https://user:CANARY@files.example.com/", "this is no link that can be followed"),
        ("http://files.example.com/CANARY", "the link is not https"),
        ("file:///etc/passwd", "the link is not https"),
        ("ftp://files.example.com/", "the link is not https"),
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
        let error = downloads.get(link).await.unwrap_err();
        assert_eq!(error.to_string(), why, "{link}");
        assert!(error.is_refused() && !error.is_transient(), "{link}");
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn row_43_names_that_lead_inside_are_refused() {
    for addresses in [
        &["10.0.0.7"][..],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:192.168.0.1"],
        &["fe80::1"],
        &["1.1.1.1", "127.0.0.1"], // one good address does not excuse the other
        &["64:ff9b::a00:1"],
    ] {
        let downloads = Downloader::builder(HOSTS).resolver(At(addresses)).build().unwrap();
        let error = downloads.get("https://files.example.com/a").await.unwrap_err();
        assert!(error.is_refused(), "{addresses:?}: {error}");
    }
    let downloads = Downloader::builder(HOSTS).resolver(At(&[])).build().unwrap();
    let error = downloads.get("https://files.example.com/a").await.unwrap_err();
    assert_eq!(error.to_string(), "no connection could be made");
    assert!(!error.is_refused() && error.is_transient());
}

#[tokio::test]
async fn a_file_comes_with_its_type() {
    let server = server(|_| Reply::new(200, "application/pdf", vec![7; 100_000])).await;
    let downloads = local().build().unwrap();
    let file = downloads.get(&link(&server, "a/b.pdf?X-Amz-Signature=1")).await.unwrap();
    assert_eq!((file.body().len(), file.content_type()), (100_000, Some("application/pdf")));
    assert_eq!(format!("{file:?}"), r#"Download { content_type: Some("application/pdf"), bytes: 100000 }"#);
    let sent = server.last();
    assert_eq!((sent.line().as_str(), sent.query.as_str()), ("GET /a/b.pdf", "X-Amz-Signature=1"));
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(sent.header("referer"), None);
}

#[tokio::test]
async fn row_43_the_token_goes_to_its_host_alone() {
    let server = server(|_| Reply::new(200, "application/pdf", "x")).await;
    let token = SecretText::new("token", "CANARY").unwrap();
    let downloads = local().bearer_for("127.0.0.1", token).build().unwrap();
    assert!(!format!("{downloads:?}").contains("CANARY"));
    downloads.get(&link(&server, "a")).await.unwrap();
    assert_eq!(server.last().header("authorization"), Some("Bearer CANARY"));
    let other = link(&server, "a").replace("127.0.0.1", "localhost");
    downloads.get(&other).await.unwrap();
    assert_eq!(server.last().header("authorization"), None);
}

#[tokio::test]
async fn row_43_redirects_are_not_followed() {
    let server = server(|request| match request.path.as_str() {
        "/away" => Reply::status(302).header("location", "/there"),
        _ => Reply::new(200, "text/plain", "secret"),
    })
    .await;
    let error = local().build().unwrap().get(&link(&server, "away")).await.unwrap_err();
    assert_eq!(error.to_string(), "the server answered 302, a redirect, which is not followed");
    assert_eq!(error.status(), Some(302));
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
    let downloads = local().max_bytes(1000).timeout(Duration::from_millis(100)).build().unwrap();
    let error = downloads.get(&link(&server, "big")).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), error.is_too_large()), ("the file is larger than allowed", true));
    let error = downloads.get(&link(&server, "slow")).await.unwrap_err();
    assert!(error.is_timeout() && error.is_transient(), "{error}");
    let error = downloads.get(&link(&server, "gone")).await.unwrap_err();
    assert!(error.status() == Some(404) && !error.is_transient() && !error.is_refused());
    assert!(downloads.get(&link(&server, "cut")).await.unwrap_err().is_transient());
}
