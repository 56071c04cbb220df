//! Private keys: those that are taken, and those that are not, each with its reason.
#![cfg(feature = "client-rustls")]
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::process::Command;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use idhooks_unico::{AccountBuilder, ApiClientBuilder, KeyError, RsaKey, Sign as _, WebClientBuilder};
use rustls_pki_types::{PrivateKeyDer, pem::PemObject as _};

const PKCS8: &str = include_str!("keys/pkcs8.pem");
const PKCS1: &str = include_str!("keys/pkcs1.pem");

/// The vector was made with another tool.
#[tokio::test]
async fn both_forms_sign_as_openssl_does() {
    let der = |pem: &str| PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("PEM").secret_der().to_vec();
    let windows = PKCS8.replace('\n', "\r\n");
    let with_words = format!("Bag Attributes\n    friendlyName: unico\n{PKCS8}");
    let keys = [
        RsaKey::from_pem(PKCS8),
        RsaKey::from_pem(PKCS1),
        RsaKey::from_pem(windows),
        RsaKey::from_pem(with_words),
        RsaKey::from_der(der(PKCS8)),
        RsaKey::from_der(der(PKCS1)),
    ];
    let expected = STANDARD.decode(include_str!("keys/signature.txt")).expect("base64");
    for key in keys {
        let key = key.expect("a key");
        assert_eq!(key.sign(b"an assertion").await.expect("a signature"), expected);
        assert_eq!(format!("{key:?}"), "RsaKey");
    }
}

#[test]
fn what_is_no_usable_key_says_why() {
    let cut = &PKCS8[..PKCS8.len() / 2];
    let damaged = PKCS8.replace("MII", "AAA");
    let rubbish = "-----BEGIN PRIVATE KEY-----\n%%%\n-----END PRIVATE KEY-----\n";
    for (pem, why, text) in [
        (include_str!("keys/encrypted.pem"), KeyError::Encrypted, "the private key is encrypted with a passphrase"),
        (
            include_str!("keys/encrypted-pkcs1.pem"),
            KeyError::Encrypted,
            "the private key is encrypted with a passphrase",
        ),
        (include_str!("keys/public.pem"), KeyError::PublicKey, "this is a public key, and the private one is needed"),
        (
            include_str!("keys/certificate.pem"),
            KeyError::Certificate,
            "this is a certificate, and the private key is needed",
        ),
        (include_str!("keys/ec.pem"), KeyError::NotRsa, "the private key is not an RSA key"),
        (include_str!("keys/ec-sec1.pem"), KeyError::NotRsa, "the private key is not an RSA key"),
        (include_str!("keys/small.pem"), KeyError::TooSmall, "the private key has less than 2048 bits"),
        ("/etc/unico/key.pem", KeyError::NotPem, "the private key is not PEM"),
        ("", KeyError::NotPem, "the private key is not PEM"),
        (cut, KeyError::Unreadable, "the private key cannot be read"),
        (&damaged, KeyError::Unreadable, "the private key cannot be read"),
        (rubbish, KeyError::Unreadable, "the private key cannot be read"),
    ] {
        let error = RsaKey::from_pem(pem).expect_err("no usable key");
        assert_eq!((error, error.to_string().as_str()), (why, text), "{pem:.40}");
    }
    for der in [&b""[..], b"\0", PKCS8.as_bytes(), &[0x30; 40]] {
        assert_eq!(RsaKey::from_der(der).expect_err("no DER"), KeyError::Unreadable);
    }
}

const NAMES: [&str; 5] =
    ["UNICO_SERVICE_ACCOUNT", "UNICO_ENVIRONMENT", "UNICO_PRIVATE_KEY", "UNICO_PRIVATE_KEY_FILE", "UNICO_API_KEY"];

/// Runs [`in_a_process_of_its_own`] with just these variables, because a test cannot change its own.
fn built_with(variables: &[(&str, &str)]) -> String {
    let mut child = Command::new(std::env::current_exe().expect("this file"));
    child.args(["--exact", "in_a_process_of_its_own", "--ignored", "--nocapture"]);
    NAMES.iter().for_each(|name| {
        child.env_remove(name);
    });
    let output = child.envs(variables.iter().copied()).output().expect("the child ran");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = text.lines().find_map(|line| line.strip_prefix("built: "));
    said.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stdout))).to_owned()
}

#[test]
#[ignore = "run by the test below, with variables set"]
fn in_a_process_of_its_own() {
    let said = match (AccountBuilder::from_env(), WebClientBuilder::from_env(), ApiClientBuilder::from_env()) {
        (Ok(account), Ok(_), Ok(_)) => format!("{account:?}"),
        (Ok(_), Ok(_), Err(error)) | (_, Err(error), _) | (Err(error), _, _) => idhooks_fixtures::error_chain(&error),
    };
    eprintln!("\nbuilt: {said}");
}

#[test]
fn from_env_takes_what_is_documented() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/keys/pkcs1.pem");
    let one_line = PKCS8.replace('\n', "\\n");
    let account = ("UNICO_SERVICE_ACCOUNT", "tester@tenant-1.iam.acesso.io");
    let (sandbox, api_key) = (("UNICO_ENVIRONMENT", "sandbox"), ("UNICO_API_KEY", "CANARY-key"));
    let key = ("UNICO_PRIVATE_KEY", PKCS8);
    for good in [key, ("UNICO_PRIVATE_KEY", &one_line), ("UNICO_PRIVATE_KEY_FILE", file)] {
        let said = built_with(&[account, sandbox, api_key, good]);
        assert!(said.starts_with("AccountBuilder { name: \"tester@tenant-1") && said.contains("Sandbox"), "{said}");
    }
    let production = built_with(&[account, ("UNICO_ENVIRONMENT", "production"), api_key, key]);
    assert!(production.contains("Production"), "{production}");

    for (variables, wanted) in [
        (
            &[][..],
            "the environment variable UNICO_SERVICE_ACCOUNT is not set; the environment variable UNICO_ENVIRONMENT is not \
             set; the environment variable UNICO_PRIVATE_KEY is not set",
        ),
        (&[account, key, api_key], "the environment variable UNICO_ENVIRONMENT is not set"),
        (
            &[account, key, api_key, ("UNICO_ENVIRONMENT", "uat")],
            "the environment variable UNICO_ENVIRONMENT is neither sandbox nor production",
        ),
        (&[account, sandbox, api_key], "the environment variable UNICO_PRIVATE_KEY is not set"),
        (
            &[account, sandbox, api_key, key, ("UNICO_PRIVATE_KEY_FILE", file)],
            "UNICO_PRIVATE_KEY and UNICO_PRIVATE_KEY_FILE are both set: set only one",
        ),
        (
            &[account, sandbox, api_key, ("UNICO_PRIVATE_KEY", "CANARY")],
            "the environment variable UNICO_PRIVATE_KEY holds no usable key: the private key is not PEM",
        ),
        (&[account, sandbox, key], "the environment variable UNICO_API_KEY is not set"),
    ] {
        assert_eq!(built_with(variables), wanted);
    }
    let said = built_with(&[account, sandbox, api_key, ("UNICO_PRIVATE_KEY_FILE", "/no/such/CANARY")]);
    let wanted = "the environment variable UNICO_PRIVATE_KEY_FILE names a file that cannot be read: ";
    assert!(said.starts_with(wanted) && !said.contains("CANARY"), "{said}");
}
