//! Any headers and body to the HMAC check: it accepts if, and only if, the one signature header there is holds the
//! signature of these very bytes by an accepted secret.
//!
//! The input has an empty first line, then header lines, an empty line, and the body. So that signed bodies are found
//! at all, `{1}`, `{2}` and `{3}` in a header's value stand for the body's signature by three secrets, of which the
//! first two are accepted, and `{J}` for the first one's of the body as JavaScript would write it again.

#![no_main]

use hmac::{Hmac as Mac, KeyInit as _, Mac as _};
use idhooks_core::{AuthMethod, Credential, Hmac, HmacSigned, Secret, Secrets, VerifyError, WebhookEvent};
use idhooks_fuzz::{head::Message, reference::hex, seeds};
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;

const SECRETS: [&str; 3] = ["the first secret", "another one", "nobody's"];
const KEY: (&str, &str) = ("x-api-key", "a long key");

fuzz_target!(init: seeds::plant(seeds()), |input: &[u8]| {
    let mut message = Message::read(input);
    sign(&mut message);
    let body = message.body;

    let raw = |header| judge(&message.values(header), &[body]);
    check::<idhooks_autentique::Event>(&verifier(), &message, raw("x-autentique-signature"));

    let both = raw("x-caf-signature").and_then(|place| key(&message).map(|()| place));
    let key = Credential::in_header(KEY.0, KEY.1).expect("a credential");
    check::<idhooks_caf::Event>(&verifier().also(key), &message, both);

    let again = idhooks_capa::Event::reserialize(body);
    let signed: Vec<_> = [Some(body), again.as_ref().map(String::as_bytes)].into_iter().flatten().collect();
    let either = judge(&message.values("capa-signature"), &signed);
    check::<idhooks_capa::Event>(&verifier().accept_reserialized(), &message, either);
    check::<idhooks_capa::Event>(&verifier(), &message, raw("capa-signature"));
});

fn verifier<E: HmacSigned>() -> Hmac<E> {
    let secrets = SECRETS[..2].iter().map(|secret| Secret::new(secret).expect("a secret"));
    Hmac::new(Secrets::new(secrets).expect("two secrets"))
}

fn check<E: HmacSigned>(verifier: &Hmac<E>, message: &Message<'_>, wanted: Result<usize, VerifyError>) {
    let found = verifier.check(&message.headers, message.body);
    assert_eq!(found.as_ref().map(|found| found.secret_index()), wanted.as_ref().map(|place| Some(*place)));
    if let Ok(authentication) = &found {
        assert!(matches!(authentication.method(), AuthMethod::Signature | AuthMethod::ReserializedSignature));
        let delivery = verifier.verify(&message.headers, message.body.to_vec()).expect("the same answer");
        assert_eq!(delivery.body(), message.body);
        assert!(!format!("{delivery:?} {verifier:?}").contains(SECRETS[0]));
    }
    // What an HTTP server hands out, where it lets the request through at all.
    if let Some(map) = message.header_map() {
        assert_eq!(verifier.check(&map, message.body), found);
    }
}

/// The rule, said slowly: the place of the secret that signed one of `bodies`, or why there is none.
fn judge(values: &[&[u8]], bodies: &[&[u8]]) -> Result<usize, VerifyError> {
    let value = match values {
        [] => return Err(VerifyError::MissingHeader),
        [value] => value.trim_ascii(),
        _ => return Err(VerifyError::RepeatedHeader),
    };
    if value.len() != 64 || !value.iter().all(u8::is_ascii_hexdigit) {
        return Err(VerifyError::Malformed);
    }
    let given = value.to_ascii_lowercase();
    bodies
        .iter()
        .find_map(|body| SECRETS[..2].iter().position(|secret| signature(secret, body).as_bytes() == given))
        .ok_or(VerifyError::Mismatch)
}

/// The API key that is asked for besides.
fn key(message: &Message<'_>) -> Result<(), VerifyError> {
    match message.values(KEY.0)[..] {
        [] => Err(VerifyError::MissingHeader),
        [value] => match value.trim_ascii() {
            b"" => Err(VerifyError::Malformed),
            value if value.len() > 1024 || !value.is_ascii() => Err(VerifyError::Malformed),
            value if value == KEY.1.as_bytes() => Ok(()),
            _ => Err(VerifyError::Mismatch),
        },
        _ => Err(VerifyError::RepeatedHeader),
    }
}

fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Mac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body);
    hex(&mac.finalize().into_bytes())
}

/// Puts signatures in place of what stands for them.
fn sign(message: &mut Message<'_>) {
    for (_, value) in &mut message.headers {
        let Ok(text) = std::str::from_utf8(value).map(str::to_owned) else { continue };
        let mut text = text;
        for (stands_for, secret) in [("{1}", SECRETS[0]), ("{2}", SECRETS[1]), ("{3}", SECRETS[2])] {
            if text.contains(stands_for) {
                text = text.replacen(stands_for, &signature(secret, message.body), 2);
            }
        }
        if text.contains("{J}") {
            let again = idhooks_capa::Event::reserialize(message.body).unwrap_or_default();
            text = text.replacen("{J}", &signature(SECRETS[0], again.as_bytes()), 1);
        }
        *value = text.into_bytes();
    }
}

fn seeds() -> Vec<String> {
    let mut seeds = Vec::new();
    for header in ["x-autentique-signature", "x-caf-signature", "capa-signature"] {
        for value in ["{1}", " {2}\t", "{3}", "{J}", "sha256={1}", "{1}{1}", "", "00"] {
            seeds.push(format!("\n{header}: {value}\nx-api-key: a long key\n\n{{\"event\": \"ping\"}}"));
        }
        seeds.push(format!("\n{header}: {{1}}\n{header}: {{1}}\n\n{{}}"));
        seeds.push(format!("\n{header}: {{1}}\nx-api-key: a wrong key\n\n{{}}"));
        seeds.push(format!("\n{header}: {{1}}\n\n[1.0, 1e21, \"\\u00e3\"]"));
    }
    seeds
}
