//! Calls over real connections: requests, responses, retries.

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
    Auth, Bytes, ErrorKind, HttpTransport, Limits, Request, Retry, RetrySafety, SecretText, Settings, Transport,
    TransportError, Url, async_trait,
    http::{self, HeaderName, HeaderValue, Method},
};
use idhooks_core::payload;
use idhooks_fixtures::server::{Reply, Server};
use support::{AGENT, api, chain, hasty, server, settings, status};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

payload! {
    struct Thing {
        id: Box<str> = "id",
    }
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
async fn sends_the_request() {
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
    assert_eq!(api.fetch::<Thing>(call).await.unwrap().into_inner(), Thing { id: "a".into() });

    let sent = server.last();
    assert_eq!(sent.line(), "PATCH /api/v3/things/%C3%A7%C3%A3o%201/parts/p%3F%2F");
    assert_eq!(sent.query, "limit=50&key-%24in=a%26b");
    assert_eq!(sent.header("x-key"), Some("k-1"));
    assert_eq!(sent.header("apikey"), Some("k-2"));
    assert_eq!(sent.header("x-mode"), Some("live"));
    assert_eq!(sent.header("accept"), Some("application/json"));
    assert_eq!(sent.header("accept-encoding"), Some("identity"));
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
async fn row_45_rejects_responses_that_do_not_fit() {
    for (reply, text) in [
        (
            Reply::new(200, "text/html", "<html>"),
            "GET /things/{id}: invalid response (status 200): the body is not valid JSON: line 1, column 1",
        ),
        (Reply::status(204), "GET /things/{id}: invalid response (status 204): the body is empty"),
        (
            Reply::json(200, r#"{"id":"#),
            "GET /things/{id}: invalid response (status 200): the body is not valid JSON: line 1, column 6",
        ),
        (
            Reply::json(200, r#"{"id":7}"#),
            "GET /things/{id}: invalid response (status 200): id is of another type than documented",
        ),
    ] {
        let server = in_turn(vec![reply]).await;
        let error = api(&server).fetch::<Thing>(get()).await.unwrap_err();
        assert_eq!(chain(&error), text);
        assert!(!error.is_transient() && error.may_have_taken_effect());
        assert_eq!(server.received().len(), 1, "asking again would give the same");
    }
    // The type is not the server's to say: what reads as JSON is JSON.
    let server = in_turn(vec![Reply::new(200, "text/plain", r#"{"id":"a"}"#)]).await;
    assert!(api(&server).fetch::<Thing>(get()).await.is_ok());
}

#[tokio::test]
async fn row_45_reads_error_responses_of_every_kind() {
    let coded = r#"{"code":"RATE","message":"CANARY Ana Souza"}"#;
    for (reply, wanted, code, text) in [
        (Reply::json(400, coded), 400, Some("RATE"), "GET /things/{id}: the vendor returned 400 (code RATE)"),
        (Reply::status(404), 404, None, "GET /things/{id}: the vendor returned 404"),
        (Reply::new(502, "text/html", "<h1>CANARY</h1>"), 502, None, "GET /things/{id}: the vendor returned 502"),
        (Reply::json(500, r#"{"code":"#), 500, None, "GET /things/{id}: the vendor returned 500"),
        (
            Reply::status(302).header("location", "https://evil.example.com/CANARY"),
            302,
            None,
            "GET /things/{id}: the vendor returned 302, and redirects are not followed",
        ),
    ] {
        let server = in_turn(vec![reply]).await;
        let error = api(&server).fetch::<Thing>(get()).await.unwrap_err();
        assert_eq!((status(&error), error.code()), (Some(wanted), code));
        assert_eq!(error.to_string(), text);
        assert!(!format!("{error:?}").contains("CANARY"));
        let transient = matches!(wanted, 500 | 502);
        assert_eq!(error.is_transient(), transient);
        assert_eq!(server.received().len(), if transient { 3 } else { 1 });
    }
    let server = in_turn(vec![Reply::json(400, coded)]).await;
    let error = api(&server).send(get()).await.unwrap_err();
    assert_eq!(error.message(), Some("CANARY Ana Souza"));
    assert_eq!(error.body().map(|body| &body[..]), Some(coded.as_bytes()));
}

#[tokio::test]
async fn errors_have_the_request_id() {
    let server = in_turn(vec![Reply::json(409, "{}").header("x-trace", "trace-7")]).await;
    let api = settings(&server).request_id(HeaderName::from_static("x-trace")).build(Auth::none()).unwrap();
    let error = api.send(get()).await.unwrap_err();
    assert_eq!(error.request_id(), Some("trace-7"));
    assert_eq!(error.to_string(), "GET /things/{id}: the vendor returned 409 (request trace-7)");

    let server = in_turn(vec![Reply::json(200, "{}").header("x-trace", "trace-8")]).await;
    let api = settings(&server).request_id(HeaderName::from_static("x-trace")).build(Auth::none()).unwrap();
    assert_eq!(api.send(get()).await.unwrap().request_id(), Some("trace-8"));
    let error = api.fetch::<Thing>(get()).await.unwrap_err();
    assert_eq!(chain(&error), "GET /things/{id}: invalid response (status 200, request trace-8): id is missing");
}

#[tokio::test]
async fn row_45_cuts_off_large_responses() {
    const MIB: usize = 1024 * 1024;
    for (size, fits) in [(8 * MIB, true), (8 * MIB + 1, false), (10 * MIB, false)] {
        let server = in_turn(vec![Reply::new(200, "application/json", vec![b' '; size])]).await;
        let answered = api(&server).send(get()).await;
        assert_eq!(answered.is_ok(), fits, "{size}");
        if let Err(error) = answered {
            assert_eq!(chain(&error), "GET /things/{id}: request failed: response larger than the limit");
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
    let error = api.send(get()).await.unwrap_err();
    assert_eq!(chain(&error), "GET /things/{id}: request failed: response larger than the limit");
}

#[tokio::test]
async fn row_46_does_not_retry_what_may_have_taken_effect() {
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
        let answered = api.fetch::<Thing>(post(repeat)).await;
        assert_eq!(server.received().len(), sent, "{shown}");
        match answered {
            Ok(_) => assert_eq!(sent, 2, "{shown}"),
            Err(error) => assert_eq!(error.may_have_taken_effect(), doubtful, "{shown}"),
        }
    }
}

#[tokio::test]
async fn row_46_retries_without_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let api = Settings::new("test", AGENT).base_url(base).retry(hasty()).build(Auth::none()).unwrap();
    let error = api.send(post(RetrySafety::IfNotSent)).await.unwrap_err();
    assert!(error.is_transient() && !error.may_have_taken_effect());
    assert_eq!(error.to_string(), "POST /things: request failed");
    assert!(chain(&error).starts_with("POST /things: request failed: no connection: "), "{}", chain(&error));
    let shown = format!("{error:?}");
    assert!(shown.contains("refused"), "the source is shown: {shown}");
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
async fn row_45_resets_and_partial_responses() {
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
        let wanted = "POST /things: request failed: connection closed before the response was complete: ";
        assert!(chain(&error).starts_with(wanted), "{}", chain(&error));
        assert!(error.may_have_taken_effect() && error.is_transient());
        assert_eq!(count.load(Ordering::SeqCst), 1);
        assert!(api.send(get()).await.is_err());
        assert_eq!(count.load(Ordering::SeqCst), 4, "a reading call is tried three times");
    }
}

#[tokio::test]
async fn row_46_a_slow_response_times_out() {
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
    assert!(chain(&error).starts_with("GET /things/{id}: request failed: timeout"), "{}", chain(&error));
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
async fn row_45_waits_for_retry_after_in_both_forms() {
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
async fn row_45_returns_a_retry_after_that_is_too_long() {
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
async fn calls_beyond_the_concurrency_wait() {
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
async fn a_waiting_call_holds_no_permit() {
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
    assert_eq!(status(&busy.unwrap_err()), Some(429));
}

#[tokio::test]
async fn survives_extreme_durations() {
    let absurd = Reply::status(429).header("retry-after", "99999999999999999999");
    let server = in_turn(vec![absurd]).await;
    let retry = Retry::new().cap(Duration::MAX);
    let api =
        settings(&server).deadline(Duration::MAX).timeout(Duration::MAX).retry(retry).build(Auth::none()).unwrap();
    assert_eq!(status(&api.send(get()).await.unwrap_err()), Some(429));
}

#[test]
fn rejects_proxies_that_would_be_bypassed() {
    let proxy = |url: &str| HttpTransport::builder().proxy(Url::parse(url).unwrap()).build();
    assert!(proxy("http://user:pass@proxy.example:3128").is_ok());
    for url in ["ftp://proxy.example", "socks5://proxy.example:1080", "corp:CANARY@proxy:3128", "data:CANARY"] {
        let error = proxy(url).unwrap_err();
        assert_eq!(error.to_string(), "the proxy is not of the form http://host:port or https://host:port", "{url}");
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}

#[test]
fn everything_is_send_and_sync() {
    fn sendable<T: Send + Sync + Clone>() {}
    sendable::<idhooks_client::ApiClient>();
    sendable::<idhooks_client::Error>();
    sendable::<idhooks_client::BuildError>();
    sendable::<idhooks_client::Response>();
    sendable::<idhooks_client::TokenCache>();
    sendable::<idhooks_client::Downloader>();
    sendable::<Settings>();
    sendable::<HttpTransport>();
    sendable::<Arc<dyn Transport>>();
    fn transport<T: Transport>() {}
    transport::<Arc<dyn Transport>>();
    fn sent<T: Send + Sync>() {}
    sent::<idhooks_client::Pages<Thing>>();
}

#[test]
fn rejects_base_urls_that_expose_credentials() {
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
        ("http://api.example.com", "the base URL is plain http, which would expose the credentials"),
        ("http://localhost.example.com", "the base URL is plain http, which would expose the credentials"),
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
    assert_eq!(none.to_string(), "the base URL is missing: this client has no default");
}

#[test]
fn row_49_prints_no_secret() {
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
    assert_eq!(error.to_string(), "the key cannot be sent in a header");
}

#[tokio::test]
async fn names_an_unexpected_content_encoding() {
    let gzip =
        |status| Reply::new(status, "application/json", vec![0x1f, 0x8b, 8, 0]).header("content-encoding", "gzip");
    let why = "unexpected content encoding gzip: the client asked for identity";
    let server = in_turn(vec![gzip(200)]).await;
    let error = api(&server).fetch::<Thing>(get()).await.unwrap_err();
    assert_eq!(chain(&error), format!("GET /things/{{id}}: invalid response (status 200): {why}"));
    assert_eq!(error.kind(), ErrorKind::InvalidResponse);
    assert!(error.may_have_taken_effect() && !error.is_transient());

    // An error status still counts.
    let server = in_turn(vec![gzip(503)]).await;
    let error = api(&server).send(get()).await.unwrap_err();
    assert_eq!(chain(&error), format!("GET /things/{{id}}: the vendor returned 503: {why}"));
    assert_eq!(server.received().len(), 3);

    for (encoding, shown) in [
        ("identity, br", "encoding br:"),
        ("Deflate", "encoding deflate:"),
        ("ana@example.com", "encoding (unprintable):"),
        ("12345678909", "encoding (unprintable):"),
    ] {
        let server = in_turn(vec![Reply::json(200, r#"{"id":"a"}"#).header("content-encoding", encoding)]).await;
        let error = api(&server).send(get()).await.unwrap_err();
        assert!(chain(&error).contains(shown), "{encoding}: {}", chain(&error));
    }
    for encoding in ["identity", "", "utf-8", "aws-chunked"] {
        let server = in_turn(vec![Reply::json(200, r#"{"id":"a"}"#).header("content-encoding", encoding)]).await;
        assert!(api(&server).send(get()).await.is_ok(), "{encoding}");
    }
}

#[tokio::test]
async fn retries_after_the_status_codes_of_proxies() {
    for (failed, attempts) in [(520, 3), (521, 3), (522, 3), (524, 3), (529, 3), (530, 3), (501, 1), (505, 1), (511, 1)]
    {
        let server = in_turn(vec![Reply::status(failed)]).await;
        let error = api(&server).send(get()).await.unwrap_err();
        assert_eq!((server.received().len(), error.is_transient()), (attempts, attempts == 3), "{failed}");
        assert!(api(&server).send(post(RetrySafety::IfNotSent)).await.unwrap_err().may_have_taken_effect());
        assert_eq!(server.received().len(), attempts + 1, "{failed}");
    }
}

#[tokio::test]
async fn message_lists_are_joined() {
    let nest = r#"{"statusCode":400,"message":["cpf must be a string","limit is too large"],"error":"Bad Request"}"#;
    let server = in_turn(vec![Reply::json(400, nest)]).await;
    let error = api(&server).send(get()).await.unwrap_err();
    assert_eq!(error.message(), Some("cpf must be a string; limit is too large"));
}

/// Ignores the limits it is given.
struct Careless(usize);

#[async_trait]
impl Transport for Careless {
    async fn send(&self, _: http::Request<Bytes>, _: Limits) -> Result<http::Response<Bytes>, TransportError> {
        Ok(http::Response::new(vec![b' '; self.0].into()))
    }
}

#[tokio::test]
async fn the_response_limit_holds_for_every_transport() {
    let settings = Settings::new("test", AGENT).base_url_str("https://api.example.com").max_response_bytes(10);
    assert!(settings.clone().transport(Careless(10)).build(Auth::none()).unwrap().send(get()).await.is_ok());
    let error = settings.transport(Careless(11)).build(Auth::none()).unwrap().send(get()).await.unwrap_err();
    assert_eq!(chain(&error), "GET /things/{id}: request failed: response larger than the limit");
}
