//! Rows 10, 14 to 19 and 50 of the hostile list, over real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Extension, Router, http::StatusCode, routing::post};
use idhooks_axum::{Receiver, Webhook};
use idhooks_caf as caf;
use idhooks_core::Secret;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

const BODY: &[u8] =
    br#"{"specversion":"1.0","type":"PROFILEUPDATEDEVENT","source":"SMARTAUTH","id":"e","data":{"profileId":"p"}}"#;

fn secret() -> Secret {
    Secret::new("the secret").unwrap()
}

struct Server {
    address: SocketAddr,
    reached: Arc<AtomicUsize>,
    refused: Arc<std::sync::Mutex<Vec<&'static str>>>,
}

impl Server {
    async fn start(receiver: Receiver) -> Self {
        let reached = Arc::new(AtomicUsize::new(0));
        let refused = Arc::new(std::sync::Mutex::new(Vec::new()));
        let (count, list) = (Arc::clone(&reached), Arc::clone(&refused));
        let receiver = receiver.on_refused(move |vendor, rejection| {
            assert_eq!(vendor, "caf");
            list.lock().unwrap().push(rejection.as_str());
        });
        let handler = move |Webhook(delivery): Webhook<caf::Verifier>| async move {
            count.fetch_add(1, Ordering::SeqCst);
            assert!(!delivery.body().is_empty());
            StatusCode::OK
        };
        let app =
            Router::new().route("/", post(handler)).with_state(caf::Verifier::new(secret())).layer(Extension(receiver));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, reached, refused }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends the bytes and reads the whole answer.
    async fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The server may answer and close before it has taken everything.
        drop(stream.write_all(request).await);
        answer(&mut stream).await
    }

    fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    fn refused(&self) -> Vec<&'static str> {
        self.refused.lock().unwrap().clone()
    }
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    drop(timeout(Duration::from_secs(20), stream.read_to_end(&mut read)).await.expect("an answer in time"));
    String::from_utf8(read).unwrap()
}

fn head(method: &str, more: &str) -> Vec<u8> {
    let (name, value) = caf::sign(&secret(), BODY);
    format!("{method} / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{name}: {value}\r\n{more}\r\n").into_bytes()
}

fn request(more: &str) -> Vec<u8> {
    [head("POST", &format!("content-length: {}\r\n{more}", BODY.len())), BODY.to_vec()].concat()
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("none")
}

/// Row 50: no refusal has a body, and none says which check failed.
fn tells_nothing(answer: &str) -> bool {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let harmless = ["HTTP/1.1", "content-length: 0", "date:", "allow: POST", "retry-after:", "connection: close"];
    body.is_empty() && head.lines().all(|line| harmless.iter().any(|fine| line.starts_with(fine)))
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_what_the_vendor_sends_in_either_framing() {
    let server = Server::start(Receiver::new()).await;
    assert_eq!(status(&server.exchange(&request("content-type: application/json\r\n")).await), "200");
    assert_eq!(status(&server.exchange(&request("content-type: Application/JSON; charset=utf-8\r\n")).await), "200");
    assert_eq!(status(&server.exchange(&request("content-encoding: identity\r\n")).await), "200");
    assert_eq!(status(&server.exchange(&request("")).await), "200", "a proxy dropped the content type");

    let mut chunked = head("POST", "transfer-encoding: chunked\r\n");
    for byte in BODY {
        chunked.extend(format!("1\r\n{}\r\n", char::from(*byte)).bytes());
    }
    chunked.extend(b"0\r\n\r\n");
    assert_eq!(status(&server.exchange(&chunked).await), "200");
    assert_eq!(server.reached(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn row_10_row_18_row_19_row_50_refusals_are_bare() {
    let server = Server::start(Receiver::new().max_body(1000)).await;
    let unsigned = format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", BODY.len());
    let bad = [head("POST", "content-length: 2\r\n"), b"{}".to_vec()].concat();
    let large = head("POST", "content-length: 1001\r\n");
    let cases = [
        ("401", "missing_header", [unsigned.into_bytes(), BODY.to_vec()].concat()),
        ("401", "mismatch", bad),
        ("415", "content_type", request("content-type: text/plain\r\n")),
        ("415", "content_type", request("content-type: application/json\r\ncontent-type: text/plain\r\n")),
        ("415", "content_encoding", request("content-encoding: gzip\r\n")),
        ("415", "content_encoding", request("content-encoding: identity, br\r\n")),
        ("413", "too_large", large),
    ];
    let mut reasons = Vec::new();
    for (wanted, reason, request) in cases {
        let answer = server.exchange(&request).await;
        assert_eq!(status(&answer), wanted, "{reason}");
        assert!(tells_nothing(&answer), "{answer}");
        reasons.push(reason);
    }
    assert_eq!(server.refused(), reasons, "the hook is told each of them");
    assert_eq!(server.reached(), 0);

    let got = server.exchange(&head("GET", "")).await;
    assert_eq!(status(&got), "405");
    assert!(got.to_lowercase().contains("allow: post"), "{got}");
}

/// Row 14: nothing is set aside for a declared length, and no framing gets past the cap.
#[tokio::test(flavor = "multi_thread")]
async fn row_14_lengths_that_lie() {
    let server = Server::start(Receiver::new().read_deadline(Duration::from_millis(500))).await;
    let huge = head("POST", "content-length: 1000000000000\r\n");
    assert_eq!(status(&server.exchange(&huge).await), "413");
    let over = head("POST", "content-length: 18446744073709551615\r\n");
    let over = server.exchange(&over).await;
    assert!(status(&over).starts_with('4'), "the HTTP server itself may refuse it: {over}");

    // Declares more than it sends: the deadline ends it.
    let short = [head("POST", &format!("content-length: {}\r\n", BODY.len() + 10)), BODY.to_vec()].concat();
    assert_eq!(status(&server.exchange(&short).await), "408");
    // Declares less than it sends: what was declared is the body, and its signature does not fit.
    let long = [head("POST", &format!("content-length: {}\r\n", BODY.len() - 1)), BODY.to_vec()].concat();
    assert_eq!(status(&server.exchange(&long).await), "401");
    // None at all: an empty body.
    assert_eq!(status(&server.exchange(&head("POST", "")).await), "401");

    // Chunks without end.
    let mut stream = server.connect().await;
    stream.write_all(&head("POST", "transfer-encoding: chunked\r\n")).await.unwrap();
    let chunk = [b"10000\r\n".to_vec(), vec![b' '; 0x10000], b"\r\n".to_vec()].concat();
    for _ in 0..64 {
        if stream.write_all(&chunk).await.is_err() {
            break;
        }
    }
    let started = Instant::now();
    while server.refused().last() != Some(&"too_large") {
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", server.refused());
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.reached(), 0);
}

/// Row 15: the sender goes away; the request ends, and the server goes on.
#[tokio::test(flavor = "multi_thread")]
async fn row_15_aborted_uploads_end() {
    let server = Server::start(Receiver::new()).await;
    for _ in 0..50 {
        let mut stream = server.connect().await;
        stream.write_all(&head("POST", "content-length: 500000\r\n")).await.unwrap();
        stream.write_all(&[b' '; 1000]).await.unwrap();
        drop(stream);
    }
    let started = Instant::now();
    while server.refused().len() < 50 && started.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.refused(), ["interrupted"; 50]);
    assert_eq!(status(&server.exchange(&request("")).await), "200");
}

/// Row 16: one byte a second.
#[tokio::test(flavor = "multi_thread")]
async fn row_16_a_slow_body_meets_the_deadline() {
    let server = Server::start(Receiver::new().read_deadline(Duration::from_millis(700))).await;
    let mut stream = server.connect().await;
    stream.write_all(&head("POST", &format!("content-length: {}\r\n", BODY.len()))).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let drip = tokio::spawn(async move {
        for byte in BODY {
            if writer.write_all(&[*byte]).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(200)).await;
        }
    });
    let mut read = Vec::new();
    let started = Instant::now();
    drop(timeout(Duration::from_secs(10), reader.read_to_end(&mut read)).await.expect("an answer"));
    drip.abort();
    assert_eq!(status(&String::from_utf8(read).unwrap()), "408");
    assert!(started.elapsed() >= Duration::from_millis(500), "not before the deadline");
    assert_eq!(server.refused(), ["deadline"]);
}

/// Row 17: a thousand large uploads at once share one bounded memory, and a genuine delivery still gets in.
#[tokio::test(flavor = "multi_thread")]
async fn row_17_a_thousand_uploads_share_the_memory() {
    let server = Server::start(Receiver::new().max_memory(1024 * 1024).read_deadline(Duration::from_secs(8))).await;
    let mut uploads = Vec::new();
    for _ in 0..1000 {
        let mut stream = server.connect().await;
        stream.write_all(&head("POST", "content-length: 200000\r\n")).await.unwrap();
        uploads.push(tokio::spawn(async move {
            drop(stream.write_all(&vec![b' '; 100_000]).await);
            stream // kept open: the rest never comes
        }));
    }
    let started = Instant::now();
    while server.refused().iter().filter(|reason| **reason == "busy").count() < 900 {
        assert!(started.elapsed() < Duration::from_secs(7), "{} refused", server.refused().len());
        sleep(Duration::from_millis(20)).await;
    }
    // One MiB holds at most twelve bodies of 84 kB above what is free.
    assert_eq!(status(&server.exchange(&request("")).await), "200", "a small delivery is always read");
    let busy = server.exchange(&[head("POST", "content-length: 200000\r\n"), vec![b' '; 200_000]].concat()).await;
    if !busy.is_empty() {
        assert_eq!(status(&busy), "503");
        assert!(busy.contains("retry-after: 10") && tells_nothing(&busy), "{busy}");
    }
    drop(uploads);
}

/// An unverified delivery must at least be decodable.
#[tokio::test(flavor = "multi_thread")]
async fn row_19_unverified_deliveries_that_cannot_be_decoded_are_400() {
    use idhooks_unico as unico;
    let app = Router::new()
        .route(
            "/",
            post(|Webhook(delivery): Webhook<unico::OpenEndpoint>| async move { delivery.dedup_key().to_string() }),
        )
        .with_state(unico::OpenEndpoint::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let server = Server { address, reached: Arc::default(), refused: Arc::default() };
    let post = |body: &str| {
        format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    for body in [
        "",
        "[]",
        "\"x\"",
        "{}",
        "\u{feff}{}",
        "{\"processId\":\"a\",\"processId\":\"b\",\"state\":\"PROCESS_STATE_FINISHED\"}",
    ] {
        let answer = server.exchange(post(body).as_bytes()).await;
        assert_eq!(status(&answer), "400", "{body}");
        assert!(tells_nothing(&answer), "{answer}");
    }
    let sound = post("{\"processId\":\"a\",\"state\":\"PROCESS_STATE_FINISHED\"}");
    assert_eq!(status(&server.exchange(sound.as_bytes()).await), "200");
}

/// Verified and unreadable is kept: 200, and the handler has the bytes.
#[tokio::test(flavor = "multi_thread")]
async fn verified_but_unreadable_reaches_the_handler() {
    let server = Server::start(Receiver::new()).await;
    let body = b"[1, 2";
    let (name, value) = caf::sign(&secret(), body);
    let request = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{name}: {value}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    assert_eq!(status(&server.exchange(&[request.as_bytes(), body].concat()).await), "200");
    assert_eq!(server.reached(), 1);
}

/// Row 17: a check that hangs holds its bodies, so they stay counted, and it is ended.
#[tokio::test(flavor = "multi_thread")]
async fn row_17_a_hanging_check_is_bounded() {
    use idhooks_core::CheckUnavailable;
    use idhooks_unico as unico;
    let verifier = unico::BearerVerifier::new(|_| async {
        sleep(Duration::from_secs(3600)).await;
        Err(CheckUnavailable::new())
    });
    let receiver = Receiver::new().max_memory(500_000).verify_deadline(Duration::from_millis(800));
    let app = Router::new()
        .route("/", post(|Webhook(_): Webhook<unico::BearerVerifier>| async { StatusCode::OK }))
        .with_state(verifier)
        .layer(Extension(receiver));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let upload = |len: usize| async move {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer t\r\ncontent-length: {len}\r\n\r\n"
        );
        drop(stream.write_all(&[head.as_bytes(), &vec![b' '; len]].concat()).await);
        let started = Instant::now();
        (status(&answer(&mut stream).await).to_owned(), started.elapsed())
    };
    let first = tokio::spawn(upload(300_000));
    sleep(Duration::from_millis(300)).await;
    let (second, waited) = upload(300_000).await;
    assert!(second != "200" && waited < Duration::from_millis(400), "{second} after {waited:?}: the memory is taken");
    let (first, waited) = first.await.unwrap();
    assert_eq!(first, "503", "no decision in time");
    assert!(waited >= Duration::from_millis(700));
    assert_eq!(upload(300_000).await.0, "503", "the memory was given back, so the check is asked again");
}

/// A bearer check that is unavailable asks the sender to retry.
#[tokio::test(flavor = "multi_thread")]
async fn check_unavailable_is_503() {
    use idhooks_core::CheckUnavailable;
    use idhooks_unico as unico;
    let verifier = unico::BearerVerifier::new(|token: String| async move {
        if token == "good" { Ok(true) } else { Err(CheckUnavailable::new()) }
    });
    let app = Router::new()
        .route("/", post(|Webhook(_): Webhook<unico::BearerVerifier>| async { StatusCode::OK }))
        .with_state(verifier);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let server = Server { address, reached: Arc::default(), refused: Arc::default() };
    let post = |token: &str| {
        format!(
            "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-length: 2\r\n\r\n{{}}"
        )
    };
    assert_eq!(status(&server.exchange(post("good").as_bytes()).await), "200");
    let answer = server.exchange(post("bad").as_bytes()).await;
    assert_eq!(status(&answer), "503");
    assert!(answer.contains("retry-after: 10") && tells_nothing(&answer), "{answer}");
}
