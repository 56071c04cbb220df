//! `capa-signature`, over the raw body and over one written again.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use idhooks_capa::{Event, Verifier, sign};
use idhooks_core::{AuthMethod, Secret, VerifyError};
use idhooks_fixtures::{find, signature_rows};

fn body(name: &str) -> &'static [u8] {
    find("capa", name).expect("a fixture").body
}

fn secret() -> Secret {
    Secret::new("a webhook secret").expect("a secret")
}

signature_rows!(Event, body("cancelled-on-ramp"));

/// Made by another tool, in `fixtures/capa`:
/// `openssl dgst -sha256 -hmac 'a webhook secret' cancelled-on-ramp--constructed.json` and so on.
#[test]
fn signs_as_another_tool_does() {
    for (name, signature) in [
        ("cancelled-on-ramp", "577c6f3c173f7275c6f4d14083413bd3e65365448f95abc64325193b52ac2aca"),
        ("completed-on-ramp", "f5a5c381b188fff1ac97d385eafd553ba9dabce7a600eae32dce9478eb85a736"),
    ] {
        assert_eq!(sign(&secret(), body(name)), ("capa-signature", signature.to_owned()));
        let verifier = Verifier::new(secret());
        let delivery = verifier.verify(&[("Capa-Signature", signature)], body(name)).expect("signed");
        assert_eq!(delivery.authentication().method(), AuthMethod::Signature);
        assert!(matches!(delivery.decode(), Ok(Event::Transaction(_))));
    }
}

/// The one public sample of a secret is 64 hex digits, and is used as text:
/// `openssl dgst -sha256 -hmac "$secret" cancelled-on-ramp--constructed.json`
#[test]
fn a_secret_that_looks_like_hex_is_text() {
    let secret = "4f6e9b0c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f405162738495a6b7c8";
    let secret = Secret::new(secret).expect("a secret");
    let (_, signature) = sign(&secret, body("cancelled-on-ramp"));
    assert_eq!(signature, "f1d7b5ebe52bb07816b778f2cc3124c19e6e6017c2dbec7c321a32c5d6f86f03");
}

/// Other products' header names, which third parties read, are no signature.
#[test]
fn only_the_documented_header_counts_unless_told() {
    let verifier = Verifier::new(secret());
    let (_, signature) = sign(&secret(), body("kyc-verified"));
    for name in ["x-capa-signature", "x-webhook-signature", "signature"] {
        let refused = verifier.check(&[(name, &signature)], body("kyc-verified"));
        assert_eq!(refused.err(), Some(VerifyError::MissingHeader), "{name}");
    }
    let renamed = Verifier::new(secret()).header(http::HeaderName::from_static("x-capa-signature"));
    assert!(renamed.check(&[("X-Capa-Signature", &signature)], body("kyc-verified")).is_ok());
}

/// What the vendor's sample hashes: `JSON.stringify` of the parsed body. Node prints the same for
/// `JSON.stringify(JSON.parse(fs.readFileSync('completed-on-ramp--documented.json')))`.
const COMPACT: &str = r#"{"type":"TRANSACTION","event":"COMPLETED_ON_RAMP","externalUserId":"customer_1753744084024","transactionId":"bf08852e-6b1a-444d-bf87-9a9f1837cfc5","blockchain":"Polygon PoS","cryptoCurrency":"USDC","fiatCurrency":"MXN","firstName":"SATOSHI","lastName":"NAKAMOTO","fiatAmount":"10.00","cryptoAmount":"0.578031","exchangeRate":"17.300119008048114"}"#;

/// `printf '%s' "$COMPACT" | openssl dgst -sha256 -hmac 'a webhook secret'`
const COMPACT_SIGNATURE: &str = "ce168d178e5cf826a896fb7c9ffb0b26dc76d75c36650b34fa70613721984bbf";

/// Rows 20 and 27: something in front re-formatted the body that Capa had signed compactly.
#[test]
fn row_27_a_reformatted_body_is_refused_by_default() {
    let pretty = body("completed-on-ramp");
    let headers = [("capa-signature", COMPACT_SIGNATURE)];
    assert_eq!(Verifier::new(secret()).check(&headers, pretty).err(), Some(VerifyError::Mismatch));

    let authentication = Verifier::new(secret()).check(&headers, COMPACT.as_bytes()).expect("as it was signed");
    assert_eq!(authentication.method(), AuthMethod::Signature);
}

#[test]
fn row_27_a_reformatted_body_is_accepted_when_told() {
    let verifier = Verifier::new(secret()).accept_reserialized();
    let headers = [("capa-signature", COMPACT_SIGNATURE)];
    let escaped = COMPACT.replace("SATOSHI", "\\u0053ATOSHI");
    let spaced = COMPACT.replace(',', " ,\r\n\t").replace(':', " : ");
    for reformatted in [body("completed-on-ramp"), escaped.as_bytes(), spaced.as_bytes()] {
        let delivery = verifier.verify(&headers, reformatted.to_vec()).expect("the same JSON");
        assert_eq!(delivery.authentication().method(), AuthMethod::ReserializedSignature);
        assert_eq!(delivery.body(), reformatted, "handed on as it came");
        assert!(delivery.authentication().method().covers_body());
    }
    // The raw bytes are still tried first, and still say so.
    let authentication = verifier.check(&headers, COMPACT.as_bytes()).expect("as it was signed");
    assert_eq!(authentication.method(), AuthMethod::Signature);
    let pretty = body("completed-on-ramp");
    let authentication = verifier.check(&[sign(&secret(), pretty)], pretty).expect("as it was signed");
    assert_eq!(authentication.method(), AuthMethod::Signature, "pretty, and signed pretty");
}

/// Whoever recorded a delivery can write its JSON in any number of ways that all fit its signature.
#[test]
fn row_27_however_a_body_was_reformatted_it_is_one_delivery() {
    let verifier = Verifier::new(secret()).accept_reserialized();
    let headers = [("capa-signature", COMPACT_SIGNATURE)];
    let key = |body: &[u8]| verifier.verify(&headers, body.to_vec()).expect("the same JSON").dedup_key().clone();
    let as_signed = key(COMPACT.as_bytes());
    let escaped = COMPACT.replace("SATOSHI", "\\u0053ATOSHI");
    let spaced = COMPACT.replace(',', " ,\r\n\t");
    for reformatted in [body("completed-on-ramp"), escaped.as_bytes(), spaced.as_bytes()] {
        assert_eq!(key(reformatted), as_signed);
    }

    let pretty = body("completed-on-ramp");
    let signed_pretty = verifier.verify(&[sign(&secret(), pretty)], pretty).expect("as it was signed");
    assert_ne!(*signed_pretty.dedup_key(), as_signed, "other bytes were signed");
}

#[test]
fn row_27_a_changed_body_is_refused_all_the_same() {
    let verifier = Verifier::new(secret()).accept_reserialized();
    let headers = [("capa-signature", COMPACT_SIGNATURE)];
    for (what, changed) in [
        ("a value", COMPACT.replace("10.00", "99.00")),
        ("a digit less", COMPACT.replace("10.00", "10.0")),
        ("a number for a text", COMPACT.replace("\"10.00\"", "10.00")),
        ("a name", COMPACT.replace("fiatAmount", "cryptoAmount")),
        ("letter case", COMPACT.replace("SATOSHI", "Satoshi")),
        ("a blank inside a text", COMPACT.replace("Polygon PoS", "Polygon  PoS")),
        ("a member more", COMPACT.replace("{\"type\"", "{\"admin\":true,\"type\"")),
        ("a member more, at the end", COMPACT.replace("114\"}", "114\",\"admin\":true}")),
        ("a member twice", COMPACT.replace("{\"type\"", "{\"fiatAmount\":\"99.00\",\"type\"")),
        ("a member less", COMPACT.replace(",\"fiatAmount\":\"10.00\"", "")),
        (
            "another order",
            COMPACT.replace(
                "\"firstName\":\"SATOSHI\",\"lastName\":\"NAKAMOTO\"",
                "\"lastName\":\"NAKAMOTO\",\"firstName\":\"SATOSHI\"",
            ),
        ),
        ("a list around it", format!("[{COMPACT}]")),
        ("two of them", format!("{COMPACT}{COMPACT}")),
        ("the end cut off", COMPACT[..COMPACT.len() - 1].to_owned()),
        ("a comma too many", COMPACT.replace("114\"}", "114\",}")),
        ("nothing", String::new()),
    ] {
        assert_ne!(changed, COMPACT, "{what}");
        assert_eq!(verifier.check(&headers, changed.as_bytes()).err(), Some(VerifyError::Mismatch), "{what}");
    }
    let other = Verifier::new(Secret::new("another secret").expect("a secret")).accept_reserialized();
    assert_eq!(other.check(&headers, body("completed-on-ramp")).err(), Some(VerifyError::Mismatch));
    let none: [(&str, &str); 0] = [];
    assert_eq!(verifier.check(&none, body("completed-on-ramp")).err(), Some(VerifyError::MissingHeader));
}

/// Row 49.
#[test]
fn row_49_no_secret_is_ever_printed() {
    const CANARY: &str = "CANARY-5e1f-do-not-print";
    let secret = Secret::new(CANARY).expect("a secret");
    let verifier = Verifier::new(secret.clone()).accept_reserialized();
    let signed = [sign(&secret, body("kyc-verified"))];
    let delivery = verifier.verify(&signed, body("kyc-verified")).expect("signed");
    let shown = format!("{verifier:?} {verifier:#?} {delivery:?} {secret:?} {:?}", Secret::new(format!("{CANARY} ")));
    assert!(!shown.contains("CANARY") && signed.iter().all(|(_, value)| !shown.contains(value)), "{shown}");
}
