//! The table of requests and responses that all frameworks share, on hyper with the limits that a server should have.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

#[path = "support/transport.rs"]
mod transport;

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::Response;
use http_body_util::Empty;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use idhooks_caf as caf;
use idhooks_core::{Secret, Verify};
use idhooks_tower::Receiver;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

struct Hyper;

impl transport::Framework for Hyper {
    async fn serve<V: Verify + Clone + 'static>(
        listener: TcpListener,
        receiver: Receiver,
        verifier: V,
        reached: Arc<AtomicUsize>,
    ) {
        loop {
            let (stream, peer) = listener.accept().await.unwrap();
            let (receiver, verifier, reached) = (receiver.clone(), verifier.clone(), Arc::clone(&reached));
            let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
                let (receiver, verifier, reached) = (receiver.clone(), verifier.clone(), Arc::clone(&reached));
                request.extensions_mut().insert::<SocketAddr>(peer);
                async move {
                    let response = match receiver.receive(request, &verifier).await {
                        Ok(_) => {
                            reached.fetch_add(1, Ordering::SeqCst);
                            Response::new(Empty::<Bytes>::new())
                        }
                        Err(rejection) => rejection.response(),
                    };
                    Ok::<_, Infallible>(response)
                }
            });
            tokio::spawn(
                http1::Builder::new()
                    .timer(TokioTimer::new())
                    .header_read_timeout(Duration::from_secs(2))
                    .half_close(true)
                    .serve_connection(TokioIo::new(stream), service),
            );
        }
    }
}

transport::suite! { Hyper }

async fn start(receiver: Receiver) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let verifier = caf::Verifier::new(Secret::new("the secret").unwrap()).endpoint("acme");
    tokio::spawn(<Hyper as transport::Framework>::serve(listener, receiver, verifier, Arc::default()));
    address
}

#[tokio::test]
async fn a_client_that_half_closes_gets_its_response() {
    let mut stream = TcpStream::connect(start(Receiver::new()).await).await.unwrap();
    let (name, value) = caf::sign(&Secret::new("the secret").unwrap(), b"{}");
    let request = format!("POST / HTTP/1.1\r\nhost: x\r\n{name}: {value}\r\ncontent-length: 2\r\n\r\n{{}}");
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut response = String::new();
    timeout(Duration::from_secs(5), stream.read_to_string(&mut response)).await.unwrap().unwrap();
    assert!(response.starts_with("HTTP/1.1 200"), "{response}");
}

#[tokio::test]
async fn unfinished_headers_meet_the_timeout() {
    let mut stream = TcpStream::connect(start(Receiver::new()).await).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nhost: x\r\nx-pad: ").await.unwrap();
    let (started, mut response) = (Instant::now(), Vec::new());
    let _ = timeout(Duration::from_secs(10), stream.read_to_end(&mut response)).await.expect("the server closes");
    assert!(started.elapsed() >= Duration::from_millis(1500), "not before the timeout");
}

#[tokio::test]
async fn a_rejection_names_everything_but_values() {
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    let captures = idhooks_tower::Captures::new(2);
    let receiver = Receiver::new().capture(captures.clone()).on_rejected(move |refusal| {
        assert_eq!((refusal.vendor(), refusal.endpoint()), ("caf", Some("acme")));
        send.send((refusal.to_string(), format!("{refusal:?}"), refusal.peer())).unwrap();
    });
    let address = start(receiver).await;
    for number in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let body = format!("CANARY-{number}");
        let request = format!(
            "POST /hooks/acme?CANARY HTTP/1.1\r\nhost: CANARY\r\nconnection: close\r\nx-caf-signatur: CANARY\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        assert!(response.starts_with("HTTP/1.1 401") && !response.contains("CANARY"), "{response}");
        let (line, debug, peer) = receive.recv().await.unwrap();
        assert_eq!(peer, Some(stream.local_addr().unwrap()));
        assert_eq!(
            line,
            format!(
                "caf delivery rejected at endpoint acme: the header that proves the sender is missing; path /hooks/acme; \
                 peer {}; expected x-caf-signature; headers host, connection, x-caf-signatur, content-length",
                stream.local_addr().unwrap()
            )
        );
        assert_eq!(debug, format!("Refusal({line})"));
    }
    let captured = captures.take();
    let bodies: Vec<_> = captured.iter().map(|request| request.body.as_ref().unwrap().expose().clone()).collect();
    assert_eq!(bodies, ["CANARY-1", "CANARY-2"], "only the most recent");
    assert!(!format!("{captured:?} {captures:?}").contains("CANARY"));
    assert!(captures.take().is_empty());
}
