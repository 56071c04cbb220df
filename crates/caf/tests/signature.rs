//! `X-Caf-Signature`, and the credential that may be asked for besides.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use idhooks_caf::{Event, Verifier, sign};
use idhooks_core::{AuthMethod, Credential, Credentials, HmacSigned, Secret, SecretError, Secrets, VerifyError};
use idhooks_fixtures::{find, signature_rows};

const SIGNATURE: &str = "0608cf9263550bcdb2e8a50c518f0a524c003c6b1fd4a418ecc61c0c8d174b2f";

fn body() -> &'static [u8] {
    find("caf", "signature-vector").expect("a fixture").body
}

fn secret() -> Secret {
    Secret::new("dummysecret").expect("a secret")
}

signature_rows!(Event, find("caf", "profile-updated").expect("a fixture").body);

/// Made by another tool, in `fixtures/caf`:
/// `openssl dgst -sha256 -hmac dummysecret signature-vector--constructed.json`
#[test]
fn signs_as_another_tool_does() {
    assert_eq!(sign(&secret(), body()), ("x-caf-signature", SIGNATURE.to_owned()));
    let verifier = Verifier::new(secret());
    let delivery = verifier.verify(&[("X-Caf-Signature", SIGNATURE)], body()).expect("signed");
    assert_eq!(delivery.authentication().method(), AuthMethod::Signature);
    assert_eq!(delivery.decode().expect("readable").id.as_str(), "01JZNK5ZQBNF623MB5KE64GNQB");
}

/// The pages disagree on which secret signs; both may be given, and the evidence tells.
#[test]
fn either_of_two_secrets_may_sign() {
    let webhook = secret().with_label("webhook");
    let application = Secret::new("the client secret").expect("a secret").with_label("application");
    let verifier = Verifier::new(Secrets::new([application.clone(), webhook.clone()]).expect("a set"));
    for (secret, place, label) in [(&application, 0, "application"), (&webhook, 1, "webhook")] {
        let authentication = verifier.check(&[sign(secret, body())], body()).expect("signed");
        assert_eq!((authentication.secret_index(), authentication.label()), (Some(place), Some(label)));
    }
}

#[test]
fn a_credential_is_asked_for_besides_the_signature_and_never_instead() {
    const { assert!(Event::OFFERS_CREDENTIAL) };
    let credentials = [
        Credential::basic("caf", "a long password").expect("a credential"),
        Credential::api_key("X-API-Key:a long key").expect("a credential"),
    ];
    for credential in credentials {
        let verifier = Verifier::new(secret()).also(credential.clone());
        let signed = ("X-Caf-Signature", SIGNATURE);
        let (name, value) = credential.header().expect("a header");
        let presented = (name, value);
        let check = |headers: &[(&str, &str)]| verifier.check(headers, body());

        let authentication = check(&[signed, presented]).expect("both");
        assert_eq!(authentication.method(), AuthMethod::Signature, "what covers the body");
        assert_eq!(check(&[signed]).err(), Some(VerifyError::MissingHeader));
        assert_eq!(check(&[presented]).err(), Some(VerifyError::MissingHeader));
        assert_eq!(check(&[]).err(), Some(VerifyError::MissingHeader));
        assert!(check(&[signed, (name, "nothing we know")]).is_err());
        assert_eq!(check(&[signed, presented, presented]).err(), Some(VerifyError::RepeatedHeader));
        let forged = ("X-Caf-Signature", &*"0".repeat(64));
        assert_eq!(check(&[forged, presented]).err(), Some(VerifyError::Mismatch));
        let mut changed = body().to_vec();
        changed.push(b' ');
        assert_eq!(verifier.check(&[signed, presented], &changed).err(), Some(VerifyError::Mismatch));
    }
}

#[test]
fn one_of_several_credentials_is_enough_and_none_is_not_offered() {
    let credentials = Credentials::new([
        Credential::basic("caf", "a long password").expect("a credential"),
        Credential::api_key("X-API-Key:a long key").expect("a credential"),
    ]);
    let verifier = Verifier::new(secret()).also(credentials.expect("a set"));
    let signed = ("X-Caf-Signature", SIGNATURE);
    assert!(verifier.check(&[signed, ("x-api-key", "a long key")], body()).is_ok());
    assert_eq!(verifier.check(&[signed, ("x-api-key", "another key")], body()).err(), Some(VerifyError::Mismatch));
    assert_eq!(Credentials::new([]).err(), Some(SecretError::NoneGiven));
}

/// Should the brand change take the header along.
#[test]
fn the_header_can_be_renamed() {
    let verifier = Verifier::new(secret()).header(http::HeaderName::from_static("x-certta-signature"));
    assert!(verifier.check(&[("X-Certta-Signature", SIGNATURE)], body()).is_ok());
    assert_eq!(verifier.check(&[("X-Caf-Signature", SIGNATURE)], body()).err(), Some(VerifyError::MissingHeader));
}

/// Row 49.
#[test]
fn row_49_no_secret_is_ever_printed() {
    const CANARY: &str = "CANARY-5e1f-do-not-print";
    let credential = Credential::basic("caf", CANARY).expect("a credential");
    let verifier = Verifier::new(Secret::new(CANARY).expect("a secret")).also(credential.clone());
    let signed = sign(&Secret::new(CANARY).expect("a secret"), body());
    let (name, value) = credential.header().expect("a header");
    let headers = [(signed.0, &*signed.1), (name, value)];
    let delivery = verifier.verify(&headers, body()).expect("both");
    let shown =
        format!("{verifier:?} {verifier:#?} {delivery:?} {credential:?} {:?}", Secret::new(format!("{CANARY} ")));
    assert!(!shown.contains("CANARY") && !shown.contains(&signed.1) && !shown.contains(value), "{shown}");
}
