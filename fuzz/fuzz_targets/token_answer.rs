//! Any answer of a token endpoint, to the two ways tokens are fetched: client credentials (Caf) and signed assertions
//! (Unico). The next call carries exactly the token that was given, or there is no next call.
//!
//! The input's first line is the status; header lines, an empty line and the body follow.

#![no_main]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_ENCODING};
use idhooks_client::{Error, Retry, Transport, async_trait};
use idhooks_fixtures::rest;
use idhooks_fuzz::{
    assert_plain,
    canned::{self, Canned},
    head::Message,
    reference::{Object, Slot, text},
    seeds,
};
use idhooks_unico::{Account, Environment, ProcessId, Sign, SignError, TokenErrorCode, WebClient};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: seeds::plant(seeds()), |input: &[u8]| {
    let Some(answer) = Message::read(input).response() else { return };
    if answer.headers().contains_key(CONTENT_ENCODING) {
        return; // an encoded body is an error, as the target of error answers shows
    }
    let wanted = if answer.status().is_success() { token(answer.body()) } else { None };

    let (transport, carried) = host(&answer);
    let client = idhooks_caf::Client::builder(idhooks_caf::Credentials::new("id", "secret")).transport(transport).retry(Retry::none());
    let client = client.build().expect("a client");
    let error = canned::run(client.get_face_attempt(&"a-1".into())).err();
    judge(error, &carried, wanted.as_deref());

    let (transport, carried) = host(&answer);
    let transport = Arc::new(transport);
    let account = Account::builder("account@tenant.iam.acesso.io", Signer, Environment::Sandbox)
        .transport(Arc::clone(&transport))
        .retry(Retry::none());
    let account = account.build().expect("an account");
    let client = WebClient::builder(&account).transport(transport).retry(Retry::none()).build().expect("a client");
    let error = canned::run(client.get_process(&ProcessId::from("p-1"))).err();
    if let Some(code) = error.as_ref().and_then(TokenErrorCode::of) {
        assert!(answer.body().windows(code.as_str().len()).any(|part| part == code.as_str().as_bytes()), "{code}");
        assert!(code.as_str().len() <= 8);
    }
    judge(error, &carried, wanted.as_deref());
});

/// The token in a good answer: the one text `access_token`, if it can stand in a header.
fn token(body: &[u8]) -> Option<String> {
    let object = Object::of(body)?;
    if matches!(object.slot("expires_in"), Slot::Twice) {
        return None;
    }
    let token = text(object.get("access_token"))?;
    let can_stand = |c: char| c == '\t' || c == ' ' || c.is_ascii_graphic();
    (!token.is_empty() && token.chars().all(can_stand)).then_some(token)
}

fn judge(error: Option<Error>, carried: &Mutex<Vec<String>>, wanted: Option<&str>) {
    let carried = carried.lock().expect("one thread");
    match wanted {
        Some(token) => {
            let sent = format!("Bearer {token}");
            assert!(carried.iter().all(|header| *header == sent) && carried.len() == 1, "{carried:?} {token:?}");
            assert!(error.is_none(), "{error:?}");
        }
        None => {
            assert!(carried.is_empty(), "{carried:?}");
            let error = error.expect("no token, no answer");
            assert!(error.is_login() && !error.may_have_taken_effect());
            assert_plain(&error.to_string());
            drop(format!("{error:?}"));
        }
    }
}

/// Gives `answer` for a token and a good answer for anything else, and keeps what authorised that.
fn host(answer: &http::Response<Bytes>) -> (impl Transport + use<>, Arc<Mutex<Vec<String>>>) {
    let carried = Arc::<Mutex<Vec<String>>>::default();
    let (answer, kept) = (answer.clone(), Arc::clone(&carried));
    let transport = Canned(move |request: &http::Request<Bytes>| {
        if request.uri().path() == "/oauth2/token" {
            return answer.clone();
        }
        let header = request.headers().get(AUTHORIZATION).expect("a call with a token");
        kept.lock().expect("one thread").push(String::from_utf8_lossy(header.as_bytes()).into_owned());
        http::Response::new(Bytes::from_static(br#"{"process":{"id":"p-1"},"status":"a","data":{"id":"a-1"}}"#))
    });
    (transport, carried)
}

struct Signer;

#[async_trait]
impl Sign for Signer {
    async fn sign(&self, _: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(vec![0; 256])
    }
}

fn seeds() -> impl Iterator<Item = Vec<u8>> {
    let about_tokens = rest::all().filter(|sample| sample.name.contains("token") || sample.name.contains("oauth"));
    let spelled = [
        r#"{"access_token":"t\u1477","expires_in":"60"}"#,
        r#"{"access_token":"a\tb ","expires_in":1e9}"#,
        r#"{"access_token":"t","access_token":"u"}"#,
        r#"{"access_token":"t","expires_in":-0.5,"expires_in":1}"#,
    ];
    about_tokens
        .map(|sample| sample.body)
        .chain(spelled.map(str::as_bytes))
        .flat_map(|body| ["200", "400", "401", "429", "500"].map(|status| [status.as_bytes(), b"\n\n", body].concat()))
}
