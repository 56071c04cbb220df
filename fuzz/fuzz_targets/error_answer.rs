//! Any answer with any status and headers, to what reads why a call failed: the shapes all vendors share,
//! `Retry-After`, Autentique's GraphQL errors under a status that says yes, and Capa's envelope.
//!
//! The input's first line is the status; header lines, an empty line and the body follow.

#![no_main]

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, header};
use idhooks_autentique::errors_of;
use idhooks_client::{Auth, Error, Request, Retry, RetrySafety, Settings, VendorError};
use idhooks_fixtures::rest;
use idhooks_fuzz::{assert_plain, canned, head::Message, reference::Object, seeds};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::plant(seeds()), |input: &[u8]| {
    let Some(answer) = Message::read(input).response() else { return };
    drop(format!("{:?}", VendorError::read(answer.body())));

    let settings = Settings::new("fuzz", "idhooks-fuzz")
        .base_url_str("https://vendor.example")
        .transport(canned::always(&answer))
        .request_id(header::HeaderName::from_static("x-request-id"))
        .retry(Retry::none());
    let api = settings.build(Auth::none()).expect("an API client");
    let before = SystemTime::now();
    match canned::run(api.send(Request::post("/thing", RetrySafety::Never).json("thing"))) {
        Ok(given) => {
            assert!(answer.status().is_success());
            assert_eq!(given.body(), answer.body());
        }
        Err(error) if answer.status().is_success() => {
            assert!(answer.headers().contains_key(header::CONTENT_ENCODING), "{error:?}");
            assert_plain(&error.to_string());
        }
        Err(error) => {
            check(&error, &answer);
            assert_retry_after(error.retry_after(), answer.headers(), before);
        }
    }

    autentique(&answer);
    capa(&answer);
});

/// What is promised about any error of a call that was answered.
fn check(error: &Error, answer: &http::Response<Bytes>) {
    let status = answer.status().as_u16();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    assert_plain(&error.to_string());
    assert_plain(&format!("{error:?}").replace('\n', " "));
    for token in [error.code(), error.request_id()].into_iter().flatten() {
        assert!(token.len() <= 64 && !token.is_empty() && !token.contains(' '), "{token:?}");
        let is_long_number = token.len() > 6 && token.bytes().all(|byte| byte.is_ascii_digit());
        assert!(!is_long_number, "{token:?}");
    }
    assert!(error.body().is_none_or(|body| body.len() <= 16 * 1024));
    assert!(!error.is_login() && !error.is_timeout());
    assert!(error.is_auth() || !matches!(status, 401 | 403));
    assert!(error.is_not_found() || !matches!(status, 404 | 410));
}

/// Seconds, or the time until an HTTP date by the vendor's clock or ours; nothing for anything else.
fn assert_retry_after(asked: Option<Duration>, headers: &HeaderMap, before: SystemTime) {
    let date = |name| httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok();
    let said = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::trim);
    let Some(said) = said.filter(|said| !said.is_empty()) else { return assert_eq!(asked, None) };
    if said.chars().all(|c| c.is_ascii_digit()) {
        return assert_eq!(asked, Some(said.parse().map_or(Duration::from_secs(u64::MAX), Duration::from_secs)));
    }
    let Some(end) = date(header::RETRY_AFTER) else { return assert_eq!(asked, None) };
    let asked = asked.expect("a date");
    let theirs = headers.get(header::DATE).and_then(|value| httpdate::parse_http_date(value.to_str().ok()?).ok());
    match theirs {
        Some(now) => assert_eq!(asked, end.duration_since(now).unwrap_or_default()),
        None => assert!(asked <= end.duration_since(before).unwrap_or_default()),
    }
}

/// A list of errors is an error whatever the status says.
fn autentique(answer: &http::Response<Bytes>) {
    let client = idhooks_autentique::Client::builder("key").transport(canned::always(answer)).retry(Retry::none());
    let client = client.build().expect("a client");
    let read = canned::run(client.get_document(&"d-1".into()));
    let errors = Object::of(answer.body()).and_then(|object| object.get("errors").map(|raw| raw.get().to_owned()));
    match read {
        Ok(_) => {
            assert!(answer.status().is_success());
            let is_empty = |list: &str| list == "null" || list.trim_start_matches('[').trim_ascii() == "]";
            assert!(errors.as_deref().is_none_or(is_empty), "{errors:?}");
        }
        Err(error) => {
            assert_plain(&error.to_string());
            for item in errors_of(&error) {
                drop((format!("{item:?}"), item.code()));
                for violation in item.violations() {
                    drop(format!("{violation:?}"));
                }
            }
        }
    }
}

/// An envelope that says no is an error whatever the status says.
fn capa(answer: &http::Response<Bytes>) {
    let client = idhooks_capa::Client::builder("key").transport(canned::always(answer)).retry(Retry::none());
    let client = client.build().expect("a client");
    let says_no = Object::of(answer.body()).and_then(|object| Some(object.get("success")?.get() == "false"));
    match canned::run(client.update_webhook_settings(None)) {
        Ok(_) => assert!(answer.status().is_success() && says_no != Some(true)),
        Err(error) => assert_plain(&error.to_string()),
    }
    if let Err(error) = canned::run(client.retry_webhook_notification(&"n-1".into())) {
        drop(format!("{error} {error:?}"));
    }
}

fn seeds() -> impl Iterator<Item = Vec<u8>> {
    let heads = [
        "200\n",
        "400\nretry-after: 3\n",
        "401\nx-request-id: 6cb8093c-14ef-4fd1-810b-ee9fa5f9aae9\n",
        "404\n",
        "409\n",
        "429\nretry-after: Sun, 22 Nov 2026 10:00:30 GMT\ndate: Sun, 22 Nov 2026 10:00:00 GMT\n",
        "503\nretry-after: 99999999999999999999\n",
        "302\nlocation: /elsewhere\n",
    ];
    let samples = rest::all().filter(|sample| sample.body.len() < 4096);
    samples.zip(heads.into_iter().cycle()).map(|(sample, head)| [head.as_bytes(), b"\n", sample.body].concat())
}
