//! Links and the files behind them.

use idhooks_case_keeper::http_client::ErrorKind;
use idhooks_case_keeper::{FileError, FoundLink, PresignedLink, links_in};

use super::*;

/// A client that may fetch from this machine.
fn fetching(server: &Server) -> Client {
    builder(server)
        .extra_download_host("127.0.0.1")
        .downloader(|files| files.allow_loopback())
        .build()
        .expect("a client")
}

fn found(name: &str, link: &str) -> FoundLink {
    let body = json!({ name: link }).to_string();
    links_in(body.as_bytes()).expect("links").remove(0)
}

const PLACE: &str = "frontIdCardResults[0].idCardImageUrl";

#[tokio::test]
async fn fresh_links_are_at_the_same_place() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    let links = client.links(&id(double::VERIFIED)).await.expect("links");
    let sent = links_in(sample("case-keeper", "verification-v3-verified").body).expect("links");
    let places = |links: &[FoundLink]| links.iter().map(|found| found.path.clone()).collect::<Vec<_>>();
    assert_eq!(places(&links), places(&sent));
    assert_eq!(server.last().line(), format!("GET {V3}/verifications/{}", double::VERIFIED));

    for place in [PLACE.to_owned(), format!("data.{PLACE}")] {
        let link = client.fresh_link(&id(double::VERIFIED), &place).await.expect("an answer").expect("a link");
        assert!(link.as_str().contains("/files/front/card.jpg?"), "{place}");
    }
    for place in ["frontIdCardResults[1].idCardImageUrl", "firstName", ""] {
        assert_eq!(client.fresh_link(&id(double::VERIFIED), place).await.expect("an answer"), None);
    }
    assert!(client.fresh_link(&id(double::FOREIGN), PLACE).await.expect_err("denied").is_auth());
    let other = api(|_| Reply::json(200, r#"{"id":"v-2","aUrl":"https://example.com/a"}"#)).await;
    assert!(super::client(&other).fresh_link(&id("v-1"), "aUrl").await.is_err(), "another verification's link");
}

#[tokio::test]
async fn row_43_files_are_fetched_without_the_token() {
    let server = double::start().await.expect("a server");
    let client = fetching(&server);
    let link = client.fresh_link(&id(double::VERIFIED), PLACE).await.expect("an answer").expect("a link");
    let file = client.download(&link).await.expect("a file");
    assert_eq!((&file.body()[..], file.content_type()), (double::FILE, Some("image/jpeg")));
    assert_eq!(server.last().line(), "GET /files/front/card.jpg");
    assert_eq!(server.last().header("authorization"), None);
}

#[tokio::test]
async fn row_43_links_that_lead_elsewhere_are_not_followed() {
    let server = double::start().await.expect("a server");
    let client = client(&server);
    let here = server.url().join("/files/a.jpg").expect("a URL").to_string();
    for link in [
        &*here,
        "http://example-bucket.s3.ap-southeast-1.amazonaws.com/a.jpg",
        "https://s3.ap-southeast-1.amazonaws.com/bucket/a.jpg",
        "https://example-bucket.s3.ap-southeast-1.amazonaws.com.example.com/a.jpg",
        "https://example-bucket.s3.ap-southeast-1.amazonaws.com@example.com/a.jpg",
        "https://example-bucket.s3.ap-southeast-1.amazonaws.com:8443/a.jpg",
        "https://example-bucket.s3.us-east-1.amazonaws.com/a.jpg",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "no link",
    ] {
        let error = client.download(&PresignedLink::from(link)).await.expect_err(link);
        assert!(error.kind() == ErrorKind::InvalidRequest, "{link}: {error}");
        assert!(!format!("{error:?}").contains("amazonaws"));
    }
    assert!(server.received().is_empty());
}

#[tokio::test]
async fn a_link_that_is_over_is_replaced() {
    let server = double::start().await.expect("a server");
    let client = fetching(&server);
    let here = server.url().to_string();
    let files = |server: &Server| calls(server).into_iter().map(|call| call.path).collect::<Vec<_>>();
    let again = format!("{V3}/verifications/{}", double::VERIFIED);

    // By its own times: the store is not even asked.
    let over = found("faceImageUrl", &format!("{here}files/old.jpg?X-Amz-Date=20200101T000000Z&X-Amz-Expires=300"));
    let file = client.download_or_refresh(&id(double::VERIFIED), &over).await.expect("a file");
    assert_eq!(&file.body()[..], double::FILE);
    assert_eq!(files(&server), [&*again, "/files/face.jpg"]);

    // Without times, so it is tried; the store says that it is over.
    let unknown = found("faceImageUrl", &format!("{here}files/odd.jpg"));
    client.download_or_refresh(&id(double::VERIFIED), &unknown).await.expect("a file");
    assert_eq!(files(&server)[2..], ["/files/odd.jpg", &*again, "/files/face.jpg"]);

    // Still good: nothing is read again.
    let good = client.links(&id(double::VERIFIED)).await.expect("links").remove(0);
    let before = files(&server).len();
    client.download_or_refresh(&id(double::VERIFIED), &good).await.expect("a file");
    assert_eq!(files(&server)[before..], ["/files/face.jpg"]);

    // No such place any more, nobody's verification, and a link that must not be followed.
    let elsewhere = found("noSuchUrl", &format!("{here}files/odd.jpg"));
    let error = client.download_or_refresh(&id(double::VERIFIED), &elsewhere).await.expect_err("no link");
    assert!(matches!(error, FileError::NoLink) && !error.is_transient(), "{error}");
    let error = client.download_or_refresh(&id(double::FOREIGN), &over).await.expect_err("denied");
    assert!(matches!(&error, FileError::Read(why) if why.is_auth()), "{error}");
    let before = server.received().len();
    let strange = found("faceImageUrl", "https://example.com/a.jpg?X-Amz-Signature=CANARY");
    let error = client.download_or_refresh(&id(double::VERIFIED), &strange).await.expect_err("refused");
    assert!(matches!(&error, FileError::Download(why) if why.kind() == ErrorKind::InvalidRequest), "{error}");
    assert_eq!(server.received().len(), before);
    assert!(!format!("{error} {error:?} {strange:?}").contains("CANARY"));
}
