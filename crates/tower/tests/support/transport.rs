//! One table of requests and responses for every framework, over real sockets.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use idhooks_autentique as autentique;
use idhooks_caf as caf;
use idhooks_core::{CheckUnavailable, Secret, Verify};
use idhooks_tower::Receiver;
use idhooks_unico as unico;
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

/// A web framework with a handler that counts the deliveries it gets and responds with 200.
pub(crate) trait Framework {
    /// Serves `verifier` at every path, until the runtime ends.
    fn serve<V: Verify + Clone + 'static>(
        listener: TcpListener,
        receiver: Receiver,
        verifier: V,
        reached: Arc<AtomicUsize>,
    ) -> impl Future<Output = ()> + Send;
}

/// Makes a test of each function of the suite for one framework.
macro_rules! suite {
    ($framework:ty: $($test:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $test() {
            transport::$test::<$framework>().await;
        }
    )*};
    ($framework:ty) => {
        transport::suite! { $framework:
            accepts_either_framing
            content_type_never_decides
            only_a_real_coding_is_415
            rejections_are_bare
            lengths_that_lie
            aborted_uploads_end
            slow_body_meets_the_timeout
            thousand_uploads_share_the_memory
            undecodable_unverified_deliveries_are_400
            undecodable_verified_deliveries_reach_the_handler
            hanging_check_is_bounded
            unavailable_and_panicking_checks_are_503
            many_signers_fit
        }
    };
}
pub(crate) use suite;

struct Server {
    address: SocketAddr,
    reached: Arc<AtomicUsize>,
    rejected: Arc<Mutex<Vec<&'static str>>>,
}

impl Server {
    async fn caf<F: Framework + 'static>(receiver: Receiver) -> Self {
        Self::start::<F, _>(receiver, caf::Verifier::new(secret())).await
    }

    async fn start<F: Framework + 'static, V: Verify + Clone + 'static>(receiver: Receiver, verifier: V) -> Self {
        let (reached, rejected) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let list = Arc::clone(&rejected);
        let receiver = receiver.on_rejected(move |refusal| list.lock().unwrap().push(refusal.rejection().as_str()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(F::serve(listener, receiver, verifier, Arc::clone(&reached)));
        Self { address, reached, rejected }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends the bytes and reads the whole response.
    async fn exchange(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The server may respond and close before it has taken everything.
        drop(stream.write_all(request).await);
        answer(&mut stream).await
    }

    fn reached(&self) -> usize {
        self.reached.load(Ordering::SeqCst)
    }

    fn rejected(&self) -> Vec<&'static str> {
        self.rejected.lock().unwrap().clone()
    }
}

async fn answer(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    drop(timeout(Duration::from_secs(20), stream.read_to_end(&mut read)).await.expect("a response in time"));
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

/// Returns whether the response has no body, and says nothing about the check that failed.
fn tells_nothing(answer: &str) -> bool {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let harmless = ["HTTP/1.1", "content-length: 0", "date:", "allow: POST", "retry-after:", "connection: close"];
    body.is_empty() && head.lines().all(|line| harmless.iter().any(|fine| line.starts_with(fine)))
}

pub(crate) async fn accepts_either_framing<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new()).await;
    assert_eq!(status(&server.exchange(&request("content-type: application/json\r\n")).await), "200");
    let mut chunked = head("POST", "transfer-encoding: chunked\r\n");
    for byte in BODY {
        chunked.extend(format!("1\r\n{}\r\n", char::from(*byte)).bytes());
    }
    chunked.extend(b"0\r\n\r\n");
    assert_eq!(status(&server.exchange(&chunked).await), "200");
    assert_eq!(server.reached(), 2);
}

/// Gateways relabel, CloudEvents has a type of its own, and the signature decides.
pub(crate) async fn content_type_never_decides<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new()).await;
    let types = [
        "",
        "content-type: Application/JSON; charset=utf-8\r\n",
        "content-type: application/cloudevents+json\r\n",
        "content-type: text/plain\r\n",
        "content-type: application/json\r\ncontent-type: text/plain\r\n",
    ];
    for headers in types {
        assert_eq!(status(&server.exchange(&request(headers)).await), "200", "{headers}");
    }
    assert_eq!(server.reached(), types.len());
}

pub(crate) async fn only_a_real_coding_is_415<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new()).await;
    for value in ["identity", "UTF-8", "utf8", "", "iso-8859-1"] {
        let response = server.exchange(&request(&format!("content-encoding: {value}\r\n"))).await;
        assert_eq!(status(&response), "200", "{value}");
    }
    for value in ["gzip", "GZIP", " br ", "deflate", "zstd", "x-gzip", "identity, br"] {
        let response = server.exchange(&request(&format!("content-encoding: {value}\r\n"))).await;
        assert_eq!(status(&response), "415", "{value}");
        assert!(tells_nothing(&response), "{response}");
    }
    assert_eq!((server.reached(), server.rejected()), (5, vec!["content_encoding"; 7]));
}

pub(crate) async fn rejections_are_bare<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new().max_body(1000)).await;
    let unsigned = format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", BODY.len());
    let cases = [
        ("401", "missing_header", [unsigned.into_bytes(), BODY.to_vec()].concat()),
        ("401", "mismatch", [head("POST", "content-length: 2\r\n"), b"{}".to_vec()].concat()),
        ("413", "too_large", head("POST", "content-length: 1001\r\n")),
        ("405", "method", head("GET", "")),
    ];
    let mut reasons = Vec::new();
    for (wanted, reason, request) in cases {
        let response = server.exchange(&request).await;
        assert_eq!(status(&response), wanted, "{reason}");
        assert!(tells_nothing(&response), "{response}");
        assert_eq!(response.to_lowercase().contains("allow: post"), wanted == "405", "{response}");
        reasons.push(reason);
    }
    assert_eq!(server.rejected(), reasons, "the hook gets each of them");
    assert_eq!(server.reached(), 0);
}

pub(crate) async fn lengths_that_lie<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new().read_timeout(Duration::from_millis(500))).await;
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
    while server.rejected().last() != Some(&"too_large") {
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", server.rejected());
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.reached(), 0);
}

pub(crate) async fn aborted_uploads_end<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new()).await;
    for _ in 0..50 {
        let mut stream = server.connect().await;
        stream.write_all(&head("POST", "content-length: 500000\r\n")).await.unwrap();
        stream.write_all(&[b' '; 1000]).await.unwrap();
        drop(stream);
    }
    let started = Instant::now();
    while server.rejected().len() < 50 && started.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(server.rejected(), ["interrupted"; 50]);
    assert_eq!(status(&server.exchange(&request("")).await), "200");
}

pub(crate) async fn slow_body_meets_the_timeout<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new().read_timeout(Duration::from_millis(700))).await;
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
    drop(timeout(Duration::from_secs(10), reader.read_to_end(&mut read)).await.expect("a response"));
    drip.abort();
    assert_eq!(status(&String::from_utf8(read).unwrap()), "408");
    assert!(started.elapsed() >= Duration::from_millis(500), "not before the deadline");
    assert_eq!(server.rejected(), ["timeout"]);
}

pub(crate) async fn thousand_uploads_share_the_memory<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new().max_memory(1024 * 1024).read_timeout(Duration::from_secs(8))).await;
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
    while server.rejected().iter().filter(|reason| **reason == "busy").count() < 900 {
        assert!(started.elapsed() < Duration::from_secs(7), "{} rejected", server.rejected().len());
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

fn unsigned(more: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{more}content-length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(crate) async fn undecodable_unverified_deliveries_are_400<F: Framework + 'static>() {
    let server = Server::start::<F, _>(Receiver::new(), unico::OpenEndpoint::new()).await;
    let twice = "{\"processId\":\"a\",\"processId\":\"b\",\"state\":\"PROCESS_STATE_FINISHED\"}";
    for body in ["", "[]", "\"x\"", "{}", "\u{feff}{}", twice] {
        let response = server.exchange(&unsigned("", body.as_bytes())).await;
        assert_eq!(status(&response), "400", "{body}");
        assert!(tells_nothing(&response), "{response}");
    }
    let sound = unsigned("", b"{\"processId\":\"a\",\"state\":\"PROCESS_STATE_FINISHED\"}");
    assert_eq!(status(&server.exchange(&sound).await), "200");
}

pub(crate) async fn undecodable_verified_deliveries_reach_the_handler<F: Framework + 'static>() {
    let server = Server::caf::<F>(Receiver::new()).await;
    let (name, value) = caf::sign(&secret(), b"[1, 2");
    let request = unsigned(&format!("{name}: {value}\r\n"), b"[1, 2");
    assert_eq!(status(&server.exchange(&request).await), "200");
    assert_eq!(server.reached(), 1);
}

/// A check that hangs holds its bodies, so they stay counted, and it ends in time.
pub(crate) async fn hanging_check_is_bounded<F: Framework + 'static>() {
    let verifier = unico::BearerVerifier::new(|_| async {
        sleep(Duration::from_secs(3600)).await;
        Err(CheckUnavailable::new())
    });
    let receiver = Receiver::new().max_memory(500_000).verify_timeout(Duration::from_millis(800));
    let server = Arc::new(Server::start::<F, _>(receiver, verifier).await);
    let upload = |server: Arc<Server>| async move {
        let mut stream = server.connect().await;
        let started = Instant::now();
        drop(stream.write_all(&unsigned("authorization: Bearer t\r\n", &vec![b' '; 300_000])).await);
        // Until the status line: some servers close the connection later.
        let mut line = [0; 12];
        let read = timeout(Duration::from_secs(20), stream.read_exact(&mut line)).await.expect("a response in time");
        let line = if read.is_ok() { String::from_utf8(line.to_vec()).unwrap() } else { String::new() };
        (status(&line).to_owned(), started.elapsed())
    };
    let first = tokio::spawn(upload(Arc::clone(&server)));
    sleep(Duration::from_millis(300)).await;
    let (second, waited) = upload(Arc::clone(&server)).await;
    assert!(second != "200" && waited < Duration::from_millis(400), "{second} after {waited:?}: the memory is taken");
    let (first, waited) = first.await.unwrap();
    assert_eq!(first, "503", "no decision in time");
    assert!(waited >= Duration::from_millis(700));
    assert_eq!(upload(server).await.0, "503", "the memory is free again, so the receiver asks the check");
}

pub(crate) async fn unavailable_and_panicking_checks_are_503<F: Framework + 'static>() {
    let verifier = unico::BearerVerifier::new(|token: String| {
        assert!(token != "panics-at-once", "the check panics");
        async move {
            assert!(token != "panics-later", "the check panics");
            if token == "good" { Ok(true) } else { Err(CheckUnavailable::new()) }
        }
    });
    let server = Server::start::<F, _>(Receiver::new(), verifier).await;
    let post = |token: &str| unsigned(&format!("authorization: Bearer {token}\r\n"), b"{}");
    assert_eq!(status(&server.exchange(&post("good")).await), "200");
    for token in ["bad", "panics-at-once", "panics-later"] {
        let response = server.exchange(&post(token)).await;
        assert_eq!(status(&response), "503", "{token}");
        assert!(response.contains("retry-after: 10") && tells_nothing(&response), "{response}");
    }
}

/// 400 signers with four events each are more than a megabyte.
pub(crate) async fn many_signers_fit<F: Framework + 'static>() {
    let verifier = autentique::Verifier::new(secret());
    let server = Server::start::<F, _>(Receiver::new(), verifier).await;
    let mut body = br#"{"object":"webhook","event":{"id":"e","type":"document.finished","data":{"id":"d","object":"document","pad":""#.to_vec();
    body.resize(1_072_800, b'x');
    body.extend_from_slice(br#""}}}"#);
    let (name, value) = autentique::sign(&secret(), &body);
    let response = server.exchange(&unsigned(&format!("{name}: {value}\r\n"), &body)).await;
    assert_eq!((status(&response), server.reached()), ("200", 1));
    let response = server.exchange(&unsigned(&format!("{name}: {value}\r\n"), &vec![b' '; 4 * 1024 * 1024 + 1])).await;
    assert!(response.is_empty() || status(&response) == "413", "{response}");
}
