//! Verifiers as they are built from the environment.

use super::*;
use crate::{AuthMethod, Envelope, setup::tests::Fixed};

crate::payload! {
    struct Ping {
        number: crate::Lenient<u8> = "number",
    }
}

impl crate::WebhookEvent for Ping {
    const VENDOR: &'static str = "ping-pong";

    fn envelope(_: &[u8]) -> Envelope {
        Envelope::new()
    }
}

impl Verifiable for Ping {}

impl HmacSigned for Ping {
    const SIGNATURE_HEADER: &'static str = "x-ping-signature";
    const OFFERS_CREDENTIAL: bool = true;
}

impl PresentsCredential for Ping {}

const BODY: &[u8] = b"{}";

fn signed(secret: &str) -> (&'static str, String) {
    Hmac::<Ping>::sign(&crate::Secret::new(secret).unwrap(), BODY)
}

#[test]
fn a_signature_needs_its_variable_and_takes_numbered_ones() {
    let error = Hmac::<Ping>::from_variables(&Fixed(&[])).unwrap_err();
    assert_eq!(error.variable(), "PING_PONG_WEBHOOK_SECRET");

    let variables =
        Fixed(&[("PING_PONG_WEBHOOK_SECRET", "first secret"), ("PING_PONG_WEBHOOK_SECRET_7", "seventh secret")]);
    let verifier = Hmac::<Ping>::from_variables(&variables).unwrap();
    for (secret, place) in [("first secret", 0), ("seventh secret", 1)] {
        assert_eq!(verifier.check(&[signed(secret)], BODY).unwrap().secret_index(), Some(place));
    }
}

#[test]
fn a_credential_besides_is_asked_for_once_its_variable_is_set() {
    let variables =
        Fixed(&[("PING_PONG_WEBHOOK_SECRET", "first secret"), ("PING_PONG_WEBHOOK_API_KEY", "x-key:the key")]);
    let verifier = Hmac::<Ping>::from_variables(&variables).unwrap();
    assert_eq!(verifier.check(&[signed("first secret")], BODY), Err(VerifyError::MissingHeader));
    let both = [signed("first secret"), ("x-key", "the key".to_owned())];
    assert_eq!(verifier.check(&both, BODY).unwrap().method(), AuthMethod::Signature);
    assert_eq!(verifier.check(&[("x-key", "the key")], BODY), Err(VerifyError::MissingHeader), "never instead");

    let padded = Fixed(&[("PING_PONG_WEBHOOK_SECRET", "first secret"), ("PING_PONG_WEBHOOK_BASIC", "no colon")]);
    assert_eq!(Hmac::<Ping>::from_variables(&padded).unwrap_err().variable(), "PING_PONG_WEBHOOK_BASIC");
}

#[test]
fn a_shared_credential_needs_one_of_two_variables() {
    let error = SharedCredential::<Ping>::from_variables(&Fixed(&[])).unwrap_err();
    assert!(error.is_missing());
    assert_eq!(
        error.to_string(),
        "neither of the environment variables PING_PONG_WEBHOOK_BASIC and PING_PONG_WEBHOOK_API_KEY is set",
    );
    let verifier =
        SharedCredential::<Ping>::from_variables(&Fixed(&[("PING_PONG_WEBHOOK_BASIC", "user:password")])).unwrap();
    // printf user:password | base64
    let presented = [("authorization", "Basic dXNlcjpwYXNzd29yZA==")];
    assert_eq!(verifier.check(&presented).unwrap().method(), AuthMethod::Basic);
}

#[test]
fn an_open_endpoint_is_open_by_name_or_guarded() {
    let none: [(&str, &str); 0] = [];
    assert_eq!(
        Unauthenticated::<Ping>::new().verify(&none, BODY).unwrap().authentication().method(),
        AuthMethod::Nothing
    );

    let error =
        Unauthenticated::<Ping>::from_variables(&Fixed(&[("PING_PONG_WEBHOOK_PAHT", "a-long-part")])).unwrap_err();
    assert_eq!(error.variable(), "PING_PONG_WEBHOOK_PATH", "a guard that is misspelt is not silently none");

    let with_shared_secret =
        Unauthenticated::<Ping>::from_variables(&Fixed(&[("PING_PONG_WEBHOOK_PATH", "a-long-part")])).unwrap();
    assert_eq!(
        with_shared_secret.verify_with_path("/hooks/a-long-part", &none, BODY).unwrap().authentication().method(),
        AuthMethod::Path
    );
    assert_eq!(with_shared_secret.verify_with_path("/hooks/another", &none, BODY), Err(VerifyError::Mismatch));
    assert_eq!(with_shared_secret.verify(&none, BODY), Err(VerifyError::MissingHeader));
}
