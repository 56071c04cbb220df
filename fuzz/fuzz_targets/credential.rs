//! Any path and headers to the checks of a shared credential: Basic, an API key, a bearer token, a secret in the path.
//! Each accepts if, and only if, what it asks for is there once and is the very one.
//!
//! The input's first line is the path; header lines follow.

#![no_main]

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use idhooks_case_keeper::OpenEndpoint as Guard;
use idhooks_core::{Credential, VerifyError};
use idhooks_fuzz::{canned, head::Message, seeds};
use idhooks_unico::{BearerVerifier, Verifier};
use libfuzzer_sys::fuzz_target;

const PAIR: &str = "vendor:a long password";
const KEY: (&str, &str) = ("x-api-key", "a long key");
const TOKEN: &str = "eyJh.bGci-_~+/x=";
const PART: &str = "Zf9qk2c71d4n8w0x";

fuzz_target!(init: seeds::plant(SEEDS.iter().copied()), |input: &[u8]| {
    let message = Message::read(input);
    let body = b"{}".as_slice();

    let basic = Verifier::new(Credential::basic_pair(PAIR).expect("a credential"));
    let given = basic.check(&message.headers).map(drop);
    let authorization = single(&message.values("authorization"), 1024);
    assert_rejection(&given, &authorization);
    let encoded = authorization.ok().and_then(|value| after(value, "basic "));
    let decoded = encoded.and_then(without_padding).map(|text| BASE64_STANDARD_NO_PAD.decode(text));
    // Padding may be left out; anything else about the text must be right.
    assert_eq!(given.is_ok(), matches!(decoded, Some(Ok(pair)) if pair == PAIR.as_bytes()), "{message:?}");

    let key = Verifier::new(Credential::in_header(KEY.0, KEY.1).expect("a credential"));
    let given = key.check(&message.headers).map(drop);
    let value = single(&message.values(KEY.0), 1024);
    assert_rejection(&given, &value);
    assert_eq!(given.is_ok(), value == Ok(KEY.1.as_bytes()), "{message:?}");

    let bearer = BearerVerifier::fixed(TOKEN).expect("a token");
    let given = canned::run(bearer.verify(&message.headers, body)).map(drop);
    let value = single(&message.values("authorization"), 8 * 1024);
    assert_rejection(&given, &value);
    let token = value.ok().and_then(|value| after(value, "bearer "));
    assert_eq!(given.is_ok(), token == Some(TOKEN.as_bytes()), "{message:?}");

    let Ok(path) = std::str::from_utf8(message.first) else { return };
    let guard = Guard::with_shared_secret(Credential::path(PART).expect("a credential"));
    let given = guard.verify_with_path(path, &message.headers, body).map(drop);
    let is_last = path.trim_end_matches('/').split('/').next_back() == Some(PART);
    assert_eq!(given, if is_last { Ok(()) } else { Err(VerifyError::Mismatch) }, "{message:?}");

    if let Some(map) = message.header_map() {
        assert_eq!(basic.check(&map), basic.check(&message.headers));
        assert_eq!(key.check(&map), key.check(&message.headers));
    }
});

/// The one value under a header, without the blanks around it.
fn single<'a>(values: &[&'a [u8]], longest: usize) -> Result<&'a [u8], VerifyError> {
    match values {
        [] => Err(VerifyError::MissingHeader),
        [value] => match value.trim_ascii() {
            b"" => Err(VerifyError::Malformed),
            value if value.len() > longest || !value.is_ascii() => Err(VerifyError::Malformed),
            value => Ok(value),
        },
        _ => Err(VerifyError::RepeatedHeader),
    }
}

/// Where there is no value to compare, the error says why.
fn assert_rejection(given: &Result<(), VerifyError>, value: &Result<&[u8], VerifyError>) {
    if let Err(why) = value {
        assert_eq!(given.as_ref(), Err(why));
    }
}

/// What follows a scheme and its blank; schemes have no case.
fn after<'a>(value: &'a [u8], scheme: &str) -> Option<&'a [u8]> {
    let (name, rest) = value.split_at_checked(scheme.len())?;
    name.eq_ignore_ascii_case(scheme.as_bytes()).then(|| rest.trim_ascii())
}

/// What stands before the padding, of which there may be less than would make fours, and no more.
fn without_padding(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    (text.len() - end <= (4 - end % 4) % 4).then(|| &text[..end])
}

const SEEDS: &[&str] = &[
    "/hooks/Zf9qk2c71d4n8w0x\nauthorization: Basic dmVuZG9yOmEgbG9uZyBwYXNzd29yZA==\nx-api-key: a long key\n",
    "/hooks/Zf9qk2c71d4n8w0x/\nAuthorization: basic  dmVuZG9yOmEgbG9uZyBwYXNzd29yZA \nX-API-Key:\ta long key \n",
    "/Zf9qk2c71d4n8w0x?a=b\nauthorization: Bearer eyJh.bGci-_~+/x=\nx-api-key: another key\n",
    "Zf9qk2c71d4n8w0x\nauthorization: Bearer eyJh.bGci-_~+/x=\nauthorization: Bearer eyJh.bGci-_~+/x=\n",
    "/hooks/\nauthorization: Basic dmVuZG9yOmEgbG9uZyBwYXNzd29yZA===\n",
    "/hooks/\nauthorization: Basic dmVuZG9yOm5v\nx-api-key: a long key\nx-api-key: a long key\n",
    "\nauthorization:\nx-api-key: \n",
    "/hooks/%5Af9qk2c71d4n8w0x\nauthorization: Digest a=b\n",
];
