//! Signatures.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use idhooks_autentique::{
    Event, Verifier,
    core::{AuthMethod, Secret, Secrets, VerifyError},
    sign,
};
use idhooks_fixtures::{find, signature_rows};

signature_rows!(Event, find("autentique", "signature-accepted-2025-02").expect("a fixture").body);

/// The body is PHP's JSON, with `\/` and `\u00e3`: parse it and write it again, and nothing fits.
// openssl dgst -sha256 -hmac 'example endpoint secret' fixtures/autentique/signature-rejected--constructed.json
const OPENSSL: &str = "c3726f20af2c50269e94890cba94ae72d546ff63da2d692301e15c7f4bf846a7";

#[test]
fn signs_as_openssl_does() {
    let body = find("autentique", "signature-rejected").expect("a fixture").body;
    let secret = Secret::new("example endpoint secret").unwrap();
    assert_eq!(sign(&secret, body), ("x-autentique-signature", OPENSSL.to_owned()));

    let verifier = Verifier::new(secret);
    for name in ["X-Autentique-Signature", "x-autentique-signature", "X-AUTENTIQUE-SIGNATURE"] {
        let delivery = verifier.verify(&[(name, OPENSSL)], body).unwrap();
        assert_eq!(delivery.authentication().method(), AuthMethod::Signature);
        assert_eq!(delivery.decode().unwrap().body.name(), "signature.rejected");
    }

    let again = serde_json::to_vec(&serde_json::from_slice::<serde_json::Value>(body).unwrap()).unwrap();
    assert_eq!(verifier.check(&[("x-autentique-signature", OPENSSL)], &again).err(), Some(VerifyError::Mismatch));
}

/// Documents and signatures need two endpoints, each with a secret, often on one URL.
#[test]
fn several_endpoints_share_one_url() {
    let secret = |name: &str| Secret::new(format!("secret of {name}")).unwrap().with_label(name);
    let verifier = Verifier::new(Secrets::new(["documents", "signatures", "members"].map(secret)).unwrap());
    for (name, fixture) in
        [("documents", "document-created"), ("signatures", "signature-viewed"), ("members", "member-created")]
    {
        let body = find("autentique", fixture).expect("a fixture").body;
        let delivery = verifier.verify(&[sign(&secret(name), body)], body).unwrap();
        assert_eq!(delivery.authentication().label(), Some(name));
        assert_eq!(
            verifier.check(&[sign(&secret("another organisation"), body)], body).err(),
            Some(VerifyError::Mismatch)
        );
    }
}
