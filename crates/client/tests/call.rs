//! Calls over real connections: what is sent, what is understood, what is repeated.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code: a panic is the finding")]
#![cfg(feature = "__reqwest")]

mod support;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use idhooks_client::{
    Auth, Bytes, HttpTransport, Limits, Request, Retry, RetrySafety, SecretText, Settings, Transport, TransportError,
    Url, async_trait,
    http::{self, HeaderName, HeaderValue, Method},
};
use idhooks_fixtures::server::{Reply, Server};
use serde::Deserialize;
use support::{AGENT, api, hasty, server, settings};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

#[derive(Debug, Deserialize, PartialEq)]
struct Thing {
    id: String,
}

fn get() -> Request {
    Request::get("/things/{id}").with("id", "t-1")
}

fn post(repeat: RetrySafety) -> Request {
    Request::post("/things", repeat).json("body")
}

/// Answers each request with the next of `replies`, and with the last one from then on.
async fn in_turn(replies: Vec<Reply>) -> Server {
    let turn = AtomicUsize::new(0);
    server(move |_| replies[turn.fetch_add(1, Ordering::Relaxed).min(replies.len() - 1)].clone()).await
}

#[tokio::test]
async fn sends_what_the_call_says() {
    let server = server(|_| Reply::json(200, r#"{"id":"a","new":1}"#)).await;
    let mut base = server.url();
    base.set_path("/api/v3/");
    let access = Auth::header(HeaderName::from_static("x-key"), "k-1").unwrap();
    let access = access.and_header(HeaderName::from_static("apikey"), "k-2").unwrap();
    let api = settings(&server).base_url(base).build(access).unwrap();

    let call = Request::new(Method::PATCH, "/things/{id}/parts/{part}", RetrySafety::Never)
        .with("part", "p?/")
        .with("id", "ção 1")
        .query("limit", 50)
        .query("key-$in", "a&b")
        .header(HeaderName::from_static("x-mode"), HeaderValue::from_static("live"))
        .json(&["x"]);
    assert_eq!(api.json::<Thing>(call).await.unwrap(), Thing { id: "a".into() });

    let sent = server.last();
    assert_eq!(sent.line(), "PATCH /api/v3/things/%C3%A7%C3%A3o%201/parts/p%3F%2F");
    assert_eq!(sent.query, "limit=50&key-%24in=a%26b");
    assert_eq!(sent.header("x-key"), Some("k-1"));
    assert_eq!(sent.header("apikey"), Some("k-2"));
    assert_eq!(sent.header("x-mode"), Some("live"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    assert_eq!(sent.header("user-agent"), Some(AGENT));
    assert_eq!(sent.header("authorization"), None);
    assert_eq!(&sent.body[..], br#"["x"]"#);
}

#[tokio::test]
async fn bearer_keys_and_forms() {
    let server = server(|_| Reply::json(200, "{}")).await;
    let api = settings(&server).build(Auth::bearer("t-1").unwrap()).unwrap();
    api.send(Request::post("/form", RetrySafety::Never).form(&[("a", "1 &"), ("b", "é")])).await.unwrap();
    let sent = server.last();
    assert_eq!(sent.header("authorization"), Some("Bearer t-1"));
    assert_eq!(sent.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(sent.form(), [("a".into(), "1 &".into()), ("b".into(), "é".into())].into());
}

#[tokio::test]
async fn row_45_answers_that_are_no_answer() {
    for (reply, text) in [
        (
            Reply::new(200, "text/html", "<html>"),
            "GET /things/{id}: the answer 200 can not be read: the body is not JSON this crate reads (line 1, column 1)",
        ),
        (Reply::status(204), "GET /things/{id}: the answer 204 can not be read: the body is empty"),
        (
            Reply::json(200, r#"{"id":"#),
            "GET /things/{id}: the answer 200 can not be read: the body is not JSON this crate reads (line 1, column 6)",
        ),
        (
            Reply::json(200, r#"{"id":7}"#),
            "GET /things/{id}: the answer 200 can not be read: id is of another type than documented",
        ),
    ] {
        let server = in_turn(vec![reply]).await;
        let error = api(&server).json::<Thing>(get()).await.unwrap_err();
        assert_eq!(error.to_string(), text);
        assert!(!error.is_transient() && error.may_have_taken_effect());
        assert_eq!(server.received().len(), 1, "asking again would give the same");
    }
    // The type is not the server's to say: what reads as JSON is JSON.
    let server = in_turn(vec![Reply::new(200, "text/plain", r#"{"id":"a"}"#)]).await;
    assert!(api(&server).json::<Thing>(get()).await.is_ok());
}

#[tokio::test]
async fn row_45_error_answers_of_every_kind() {
    let coded = r#"{"error":{"code":"RATE","message":"CANARY Ana Souza"}}"#;
    for (reply, status, code, text) in [
        (Reply::json(400, coded), 400, Some("RATE"), "GET /things/{id}: the vendor answered 400 (code RATE)"),
        (Reply::status(404), 404, None, "GET /things/{id}: the vendor answered 404"),
        (Reply::new(502, "text/html", "<h1>CANARY</h1>"), 502, None, "GET /things/{id}: the vendor answered 502"),
        (Reply::json(500, r#"{"code":"#), 500, None, "GET /things/{id}: the vendor answered 500"),
        (
            Reply::status(302).header("location", "https://evil.example.com/CANARY"),
            302,
            None,
            "GET /things/{id}: the vendor answered 302, a redirect, which is not followed",
        ),
    ] {
        let server = in_turn(vec![reply]).await;
        let error = api(&server).json::<Thing>(get()).await.unwrap_err();
        assert_eq!((error.status(), error.code()), (Some(status), code));
        assert_eq!(error.to_string(), text);
        assert!(!format!("{error:?}").contains("CANARY"));
        let transient = matches!(status, 500 | 502);
        assert_eq!(error.is_transient(), transient);
        assert_eq!(server.received().len(), if transient { 3 } else { 1 });
    }
    let server = in_turn(vec![Reply::json(400, coded)]).await;
    let error = api(&server).send(get()).await.unwrap_err();
    assert_eq!(error.message(), Some("CANARY Ana Souza"));
    assert_eq!(error.body().map(|body| &body[..]), Some(coded.as_bytes()));
}

#[tokio::test]
async fn the_vendors_request_id_is_told() {
    let server = in_turn(vec![Reply::json(409, "{}").header("x-trace", "trace-7")]).await;
    let api = settings(&server).request_id(HeaderName::from_static("x-trace")).build(Auth::none()).unwrap();
    let error = api.send(get()).await.unwrap_err();
    assert_eq!(error.request_id(), Some("trace-7"));
    assert_eq!(error.to_string(), "GET /things/{id}: the vendor answered 409 (request trace-7)");

    let server = in_turn(vec![Reply::json(200, "{}").header("x-trace", "trace-8")]).await;
    let api = settings(&server).request_id(HeaderName::from_static("x-trace")).build(Auth::none()).unwrap();
    assert_eq!(api.send(get()).await.unwrap().request_id(), Some("trace-8"));
    let error = api.json::<Thing>(get()).await.unwrap_err();
    assert_eq!(error.to_string(), "GET /things/{id}: the answer 200 can not be read: id is missing (request trace-8)");
}

#[tokio::test]
async fn row_45_large_answers_are_cut_off() {
    const MIB: usize = 1024 * 1024;
    for (size, fits) in [(8 * MIB, true), (8 * MIB + 1, false), (10 * MIB, false)] {
        let server = in_turn(vec![Reply::new(200, "application/json", vec![b' '; size])]).await;
        let answered = api(&server).send(get()).await;
        assert_eq!(answered.is_ok(), fits, "{size}");
        if let Err(error) = answered {
            assert_eq!(error.to_string(), "GET /things/{id}: the answer is larger than allowed");
            assert!(!error.is_transient());
            assert_eq!(server.received().len(), 1);
        }
    }
    // Without a length, in chunks that never end, the cap holds as well.
    let (url, _) = rude(|mut stream| {
        tokio::spawn(async move {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await;
            while stream.write_all(b"10\r\n                \r\n").await.is_ok() {}
        });
    })
    .await
    .unwrap();
    let api = Settings::new("test", AGENT).base_url(url).max_response_bytes(10_000).build(Auth::none()).unwrap();
    assert_eq!(api.send(get()).await.unwrap_err().to_string(), "GET /things/{id}: the answer is larger than allowed");
}

#[tokio::test]
async fn row_46_what_may_have_been_carried_out_is_not_repeated() {
    let slow = || Reply::json(200, "{}").after(Duration::from_millis(400));
    let cut = || Reply::json(200, r#"{"id":"#).cut();
    let ok = || Reply::json(200, r#"{"id":"a"}"#);
    let busy = || Reply::status(429);
    for (first, repeat, sent, doubtful) in [
        (slow(), RetrySafety::Idempotent, 2, true),
        (slow(), RetrySafety::IfNotSent, 1, true),
        (slow(), RetrySafety::Never, 1, true),
        (cut(), RetrySafety::Idempotent, 2, true),
        (cut(), RetrySafety::IfNotSent, 1, true),
        (cut(), RetrySafety::Never, 1, true),
        (Reply::status(503), RetrySafety::Idempotent, 2, true),
        (Reply::status(503), RetrySafety::IfNotSent, 1, true),
        (Reply::status(503), RetrySafety::Never, 1, true),
        (busy(), RetrySafety::Idempotent, 2, false),
        (busy(), RetrySafety::IfNotSent, 2, false),
        (busy(), RetrySafety::Never, 1, false),
        (Reply::status(408), RetrySafety::Idempotent, 2, true),
        (Reply::status(408), RetrySafety::IfNotSent, 1, true),
        (Reply::status(303), RetrySafety::IfNotSent, 1, true),
        (Reply::status(307), RetrySafety::IfNotSent, 1, false),
        (Reply::status(400), RetrySafety::Idempotent, 1, false),
    ] {
        let shown = format!("{first:?} {repeat:?}");
        let server = in_turn(vec![first, ok()]).await;
        let api = settings(&server).timeout(Duration::from_millis(150)).build(Auth::none()).unwrap();
        let answered = api.json::<Thing>(post(repeat)).await;
        assert_eq!(server.received().len(), sent, "{shown}");
        match answered {
            Ok(_) => assert_eq!(sent, 2, "{shown}"),
            Err(error) => assert_eq!(error.may_have_taken_effect(), doubtful, "{shown}"),
        }
    }
}

#[tokio::test]
async fn row_46_no_connection_is_always_safe() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let api = Settings::new("test", AGENT).base_url(base).retry(hasty()).build(Auth::none()).unwrap();
    let error = api.send(post(RetrySafety::IfNotSent)).await.unwrap_err();
    assert!(error.is_transient() && !error.may_have_taken_effect());
    assert_eq!(error.to_string(), "POST /things: no connection could be made");
    let shown = format!("{error:?}");
    assert!(shown.contains("refused"), "the cause is told: {shown}");
}

/// A server that reads the request and then does `then` to the connection; counts them.
async fn rude(then: fn(tokio::net::TcpStream)) -> io::Result<(Url, Arc<AtomicUsize>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = Url::parse(&format!("http://{}", listener.local_addr()?)).unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0; 4096]).await;
            then(stream);
        }
    });
    Ok((url, count))
}

#[tokio::test]
async fn row_45_resets_and_half_answers() {
    let cases: [fn(tokio::net::TcpStream); 3] = [
        drop,
        |mut stream| {
            tokio::spawn(async move {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":").await;
            });
        },
        |mut stream| {
            tokio::spawn(async move {
                let _ = stream.write_all(b"HTTP/1.1 2").await;
            });
        },
    ];
    for then in cases {
        let (url, count) = rude(then).await.unwrap();
        let settings = Settings::new("test", AGENT).base_url(url).retry(hasty());
        let api = settings.build(Auth::none()).unwrap();
        let error = api.send(post(RetrySafety::Never)).await.unwrap_err();
        assert_eq!(error.to_string(), "POST /things: the connection broke before the answer was there");
        assert!(error.may_have_taken_effect() && error.is_transient());
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert!(api.send(get()).await.is_err());
        assert_eq!(count.load(Ordering::SeqCst), 4, "a reading call is tried three times");
    }
}

#[tokio::test]
async fn row_46_an_answer_that_trickles_meets_the_timeout() {
    let (url, _) = rude(|mut stream| {
        tokio::spawn(async move {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n").await;
            while stream.write_all(b" ").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
    })
    .await
    .unwrap();
    let settings = Settings::new("test", AGENT).base_url(url).retry(Retry::none());
    let api = settings.timeout(Duration::from_millis(100)).build(Auth::none()).unwrap();
    let error = api.send(get()).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_taken_effect());
    assert_eq!(error.to_string(), "GET /things/{id}: no answer came in time");
}

#[tokio::test]
async fn row_46_the_deadline_ends_the_whole_call() {
    let server = in_turn(vec![Reply::json(200, "{}").after(Duration::from_millis(200))]).await;
    let api = settings(&server)
        .retry(hasty().attempts(100))
        .timeout(Duration::from_millis(50))
        .deadline(Duration::from_millis(180))
        .build(Auth::none())
        .unwrap();
    let started = Instant::now();
    let error = api.send(get()).await.unwrap_err();
    assert!(error.is_timeout() && error.may_have_taken_effect());
    assert!(started.elapsed() < Duration::from_millis(400), "{:?}", started.elapsed());
    assert!((2..=6).contains(&server.received().len()));
}

#[tokio::test]
async fn row_45_a_retry_after_is_waited_for_in_both_forms() {
    let ok = || Reply::json(200, "{}");
    let date = |time| httpdate::fmt_http_date(time);
    let cases: [(&dyn Fn() -> String, u128); 5] = [
        (&|| "1".to_owned(), 900),
        (&|| date(SystemTime::now() + Duration::from_secs(2)), 500),
        (&|| date(SystemTime::now() - Duration::from_secs(60)), 0),
        (&|| "0".to_owned(), 0),
        (&|| "soon".to_owned(), 0),
    ];
    for (asked, at_least) in cases {
        let asked = asked();
        let server = in_turn(vec![Reply::status(429).header("retry-after", &asked), ok()]).await;
        let started = Instant::now();
        api(&server).send(get()).await.unwrap();
        let waited = started.elapsed().as_millis();
        assert!(waited >= at_least && waited < at_least + 5_000, "{asked}: {waited}");
    }
}

#[tokio::test]
async fn row_45_an_absurd_retry_after_is_told_instead() {
    for asked in ["3", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let server = in_turn(vec![Reply::status(429).header("retry-after", asked)]).await;
        let error = api(&server).send(get()).await.unwrap_err();
        assert!(error.retry_after() >= Some(Duration::from_secs(3)), "{asked}");
        assert_eq!(server.received().len(), 1, "{asked}");
    }
    // Nor is one that outlasts the call.
    let server = in_turn(vec![Reply::status(429).header("retry-after", "2")]).await;
    let api = settings(&server).deadline(Duration::from_secs(1)).build(Auth::none()).unwrap();
    let started = Instant::now();
    assert_eq!(api.send(get()).await.unwrap_err().retry_after(), Some(Duration::from_secs(2)));
    assert!(started.elapsed() < Duration::from_millis(500));
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_beyond_the_limit_wait_their_turn() {
    let now = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let server = server(|_| Reply::json(200, "{}").after(Duration::from_millis(20))).await;
    // Counts at the transport, which sees exactly the calls that were let through.
    struct Counting(HttpTransport, Arc<(AtomicUsize, AtomicUsize)>);
    #[async_trait]
    impl Transport for Counting {
        async fn send(
            &self,
            request: http::Request<Bytes>,
            limits: Limits,
        ) -> Result<http::Response<Bytes>, TransportError> {
            let running = self.1.0.fetch_add(1, Ordering::SeqCst) + 1;
            self.1.1.fetch_max(running, Ordering::SeqCst);
            let answered = self.0.send(request, limits).await;
            self.1.0.fetch_sub(1, Ordering::SeqCst);
            answered
        }
    }
    let transport = Counting(HttpTransport::new().unwrap(), Arc::clone(&now));
    let api = settings(&server).transport(transport).concurrency(3).build(Auth::none()).unwrap();
    let calls: Vec<_> = (0..20)
        .map(|_| {
            tokio::spawn({
                let api = api.clone();
                async move { api.send(get()).await }
            })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(now.1.load(Ordering::SeqCst), 3);

    // And one that never gets its turn says so, without having been sent.
    struct Deaf;
    #[async_trait]
    impl Transport for Deaf {
        async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
            std::future::pending().await
        }
    }
    let settings = settings(&server).transport(Deaf).concurrency(1).deadline(Duration::from_millis(10));
    let api = settings.build(Auth::none()).unwrap();
    let (first, second) = tokio::join!(api.send(get()), api.send(get()));
    assert!(first.unwrap_err().may_have_taken_effect(), "a transport that ignores its limits is left behind");
    let error = second.unwrap_err();
    assert!(error.is_timeout() && !error.may_have_taken_effect());
}

/// Others may be served while one waits to try again.
#[tokio::test]
async fn a_call_that_waits_takes_no_place() {
    let server = server(|request| match request.path.as_str() {
        "/busy" => Reply::status(429).header("retry-after", "1"),
        _ => Reply::json(200, "{}"),
    })
    .await;
    let api = settings(&server).concurrency(1).build(Auth::none()).unwrap();
    let (busy, _) = tokio::join!(api.send(Request::get("/busy")), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let started = Instant::now();
        api.send(get()).await.unwrap();
        assert!(started.elapsed() < Duration::from_millis(700), "{:?}", started.elapsed());
    });
    assert_eq!(busy.unwrap_err().status(), Some(429));
}

#[tokio::test]
async fn durations_beyond_reason_are_survived() {
    let absurd = Reply::status(429).header("retry-after", "99999999999999999999");
    let server = in_turn(vec![absurd]).await;
    let retry = Retry::new().cap(Duration::MAX);
    let api =
        settings(&server).deadline(Duration::MAX).timeout(Duration::MAX).retry(retry).build(Auth::none()).unwrap();
    assert_eq!(api.send(get()).await.unwrap_err().status(), Some(429));
}

#[test]
fn proxies_that_would_be_passed_by_are_refused() {
    let proxy = |url: &str| HttpTransport::builder().proxy(Url::parse(url).unwrap()).build();
    assert!(proxy("http://user:pass@proxy.example:3128").is_ok());
    for url in ["ftp://proxy.example", "socks5://proxy.example:1080", "corp:CANARY@proxy:3128", "data:CANARY"] {
        let error = proxy(url).unwrap_err();
        assert_eq!(error.to_string(), "the proxy is not of the form http://host:port or https://host:port", "{url}");
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}

#[test]
fn everything_can_cross_threads() {
    fn sendable<T: Send + Sync + Clone>() {}
    sendable::<idhooks_client::ApiClient>();
    sendable::<idhooks_client::Error>();
    sendable::<idhooks_client::BuildError>();
    sendable::<idhooks_client::Response>();
    sendable::<idhooks_client::TokenCache>();
    sendable::<idhooks_client::Downloader>();
    sendable::<idhooks_client::DownloadError>();
    sendable::<Settings>();
    sendable::<HttpTransport>();
    sendable::<Arc<dyn Transport>>();
    fn transport<T: Transport>() {}
    transport::<Arc<dyn Transport>>();
    fn sent<T: Send + Sync>() {}
    sent::<idhooks_client::Pages<Thing>>();
}

#[test]
fn bases_that_would_show_credentials_are_refused() {
    let build = |base: &str, settings: fn(Settings) -> Settings| {
        let settings = settings(Settings::new("test", AGENT).base_url(Url::parse(base).unwrap()));
        settings.build(Auth::none()).map(drop).map_err(|error| error.to_string())
    };
    for base in [
        "https://api.example.com",
        "https://api.example.com:8443/v1/",
        "http://localhost:1",
        "http://127.9.9.9",
        "http://[::1]:80",
    ] {
        assert_eq!(build(base, |settings| settings), Ok(()), "{base}");
    }
    for (base, why) in [
        ("http://api.example.com", "the base URL is plain http, which would show the credentials to anyone on the way"),
        (
            "http://localhost.example.com",
            "the base URL is plain http, which would show the credentials to anyone on the way",
        ),
        ("ftp://api.example.com", "the base URL is not https"),
        ("https://user:CANARY@api.example.com", "the base URL holds a user or password"),
        ("https://api.example.com?key=CANARY", "the base URL has a query or fragment"),
    ] {
        assert_eq!(build(base, |settings| settings), Err(why.to_owned()), "{base}");
    }
    assert_eq!(build("http://gateway.internal", |settings| settings.danger_allow_http("gateway.internal")), Ok(()));
    assert!(build("http://other.internal", |settings| settings.danger_allow_http("gateway.internal")).is_err());
    assert!(build("https://api.example.com", |settings| settings.timeout(Duration::ZERO)).is_err());
    assert!(build("https://api.example.com", |settings| settings.concurrency(0)).is_err());
    let none = Settings::new("test", AGENT).build(Auth::none()).unwrap_err();
    assert_eq!(none.to_string(), "no base URL was given, and there is no default");
}

#[test]
fn row_49_nothing_secret_is_printed() {
    let key = SecretText::new("API key", "CANARY").unwrap();
    let access = Auth::bearer(key.expose()).unwrap().and_header(HeaderName::from_static("apikey"), "CANARY").unwrap();
    let settings = Settings::new("test", AGENT).base_url_str("https://api.example.com");
    let api = settings.build(access.clone()).unwrap();
    let transport = HttpTransport::builder().client_certificate(b"CANARY", b"CANARY");
    let shown = format!("{key:?} {access:?} {settings:?} {api:?} {transport:?}");
    assert!(!shown.contains("CANARY"), "{shown}");
    let error = transport.build().unwrap_err();
    assert!(!format!("{error:?} {error}").contains("CANARY"), "{error:?}");
    assert!(error.to_string().contains("client certificate"), "{error}");
    let error = Auth::bearer("CANARY\n").unwrap_err();
    assert_eq!(error.to_string(), "the key can not stand in a header");
}
