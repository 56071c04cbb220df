//! The ways Unico can present a credential, each refusal by itself, and what must not be refused.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{
    future::poll_fn,
    pin::pin,
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

use idhooks_core::{
    AuthMethod, CheckUnavailable, Credential, Credentials, Delivery, EnvError, SecretError, Verify, VerifyError,
};
use idhooks_fixtures::find;
use idhooks_unico::{BearerVerifier, Event, OpenEndpoint, Verifier, present};

fn body() -> &'static [u8] {
    find("unico", "finished-ok").expect("a fixture").body
}

fn basic() -> Credential {
    Credential::basic("unico", "a pass:word: with colons").expect("a credential")
}

fn key(text: &str) -> Credential {
    Credential::api_key(text).expect("a credential")
}

/// Every form a credential can be registered in.
fn forms() -> [(Credential, AuthMethod); 4] {
    [
        (basic(), AuthMethod::Basic),
        (key("X-API-Key:a long key"), AuthMethod::ApiKey),
        (key("a-long-key"), AuthMethod::ApiKey),
        (key("Authorization:Bearer abc"), AuthMethod::ApiKey),
    ]
}

fn refused(verifier: &Verifier, headers: &[(&str, &str)]) -> VerifyError {
    verifier.verify(headers, body()).expect_err("refused")
}

/// Drives a future that never sleeps.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

#[test]
fn the_headers_are_the_documented_ones() {
    // printf 'unico:a pass:word: with colons' | base64
    let wanted = [
        ("authorization", "Basic dW5pY286YSBwYXNzOndvcmQ6IHdpdGggY29sb25z"),
        ("x-api-key", "a long key"),
        ("authorization", "a-long-key"),
        ("authorization", "Bearer abc"),
    ];
    for ((credential, _), header) in forms().iter().zip(wanted) {
        assert_eq!(present(credential), Some(header));
    }
    assert_eq!(present(&key("X-API-Key: a:b:c")), Some(("x-api-key", "a:b:c")), "split at the first colon only");
    assert_eq!(present(&key(" X-API-Key :\tabc")), Some(("x-api-key", "abc")), "blanks around the colon");
    assert_eq!(present(&Credential::path("a-long-part").expect("a credential")), None);
}

#[test]
fn each_form_is_accepted_and_the_body_is_handed_on() {
    for (credential, proof) in forms() {
        let (name, value) = present(&credential).map(|(n, v)| (n.to_owned(), v.to_owned())).expect("a header");
        let verifier = Verifier::new(credential.with_label("first")).endpoint("tenant-a");
        for name in [name.clone(), name.to_uppercase(), name.to_lowercase()] {
            for value in [value.clone(), format!(" {value}"), format!("\t {value} \t")] {
                let delivery = verifier.verify(&[(&*name, &*value)], body()).expect("accepted");
                assert_eq!(delivery.body(), body());
                assert_eq!(
                    (delivery.authentication().method(), delivery.authentication().secret_index()),
                    (proof, Some(0))
                );
                assert_eq!((delivery.authentication().label(), delivery.endpoint()), (Some("first"), Some("tenant-a")));
                assert!(!proof.covers_body());
                assert!(matches!(delivery.decode(), Ok(Event::Finished(_))));
            }
        }
        // The body is not covered: another one is accepted just the same.
        let headers = [(name, value)];
        assert!(verifier.verify(&headers, &b"{}"[..]).is_ok());
        assert!(verifier.check(&headers).is_ok());
    }
}

#[test]
fn row_02_missing_repeated_and_odd_headers_are_refused() {
    for (credential, _) in forms() {
        let (name, value) = present(&credential).map(|(n, v)| (n.to_owned(), v.to_owned())).expect("a header");
        let verifier = Verifier::new(credential);
        assert_eq!(refused(&verifier, &[]), VerifyError::MissingHeader);
        assert_eq!(refused(&verifier, &[("x-other", &value)]), VerifyError::MissingHeader);
        assert_eq!(refused(&verifier, &[(&name, &value), (&name, &value)]), VerifyError::RepeatedHeader);
        assert_eq!(refused(&verifier, &[(&name, &value), (&name.to_uppercase(), "x")]), VerifyError::RepeatedHeader);
        assert_eq!(refused(&verifier, &[(&name, ""), (&name, &value)]), VerifyError::RepeatedHeader);
        let long = format!("{value}{}", "a".repeat(1024));
        for odd in ["", "  ", "é", &long, &"a".repeat(1 << 20)] {
            assert_eq!(refused(&verifier, &[(&name, odd)]), VerifyError::Malformed, "{odd:.20}");
        }
    }
}

/// Rows 3, 7 and 9: compared whole, and never up to the shorter one.
#[test]
fn row_03_row_09_near_misses_are_refused() {
    for (credential, proof) in forms() {
        let (name, value) = present(&credential).map(|(n, v)| (n.to_owned(), v.to_owned())).expect("a header");
        let verifier = Verifier::new(credential);
        let near = [&value[..value.len() - 1], &value[1..], &format!("{value}a"), &format!("{value}, {value}"), "a"];
        for near in near {
            let why = refused(&verifier, &[(&name, near)]);
            assert!(matches!(why, VerifyError::Mismatch | VerifyError::Malformed), "{near}: {why}");
            assert!(proof == AuthMethod::Basic || why == VerifyError::Mismatch, "{near}: {why}");
        }
        for at in 0..value.len() {
            let mut near = value.clone();
            near.replace_range(at..=at, if &value[at..=at] == "Q" { "R" } else { "Q" });
            assert!(verifier.check(&[(&*name, &*near)]).is_err(), "{near}");
        }
    }
    let exact = Verifier::new(key("a-long-key"));
    assert_eq!(refused(&exact, &[("authorization", "A-LONG-KEY")]), VerifyError::Mismatch);
    let scheme = Verifier::new(key("Authorization:Bearer abc"));
    assert_eq!(refused(&scheme, &[("authorization", "abc")]), VerifyError::Mismatch);
    assert_eq!(refused(&scheme, &[("authorization", "Bearer  abc")]), VerifyError::Mismatch);
}

#[test]
fn basic_is_read_as_rfc_7617_has_it() {
    let verifier = Verifier::basic("unico", "pässwörd").expect("a credential");
    // printf 'unico:pässwörd' | base64
    let padded = "dW5pY286cMOkc3N3w7ZyZA==";
    let unpadded = padded.trim_end_matches('=');
    for value in [
        format!("Basic {padded}"),
        format!("basic {padded}"),
        format!("BASIC {padded}"),
        format!("bAsIc {unpadded}"),
        format!("Basic   {padded}  "),
    ] {
        assert!(verifier.check(&[("Authorization", &value)]).is_ok(), "{value}");
    }
    for malformed in [
        padded,
        "Basic",
        "Basic ",
        &format!("Basic{padded}"),
        &format!("Basic\t{padded}"),
        &format!("Bearer {padded}"),
        &format!("Digest {padded}"),
        &format!("Basic Basic {padded}"),
        "Basic !!!!",
        "Basic dW5pY286cMOk c3N3w7ZyZA==",
        &format!("Basic {padded}="),
        &format!("Basic {padded}{padded}"),
        &format!("Basic {padded},Basic {padded}"),
        // The letters of the URL-safe alphabet.
        "Basic dW5pY286_-_-",
    ] {
        assert_eq!(refused(&verifier, &[("Authorization", malformed)]), VerifyError::Malformed, "{malformed}");
    }
    // printf … | base64: another user, another password, an empty one, no colon, a line end more.
    for mismatch in
        ["b3RoZXI6cMOkc3N3w7ZyZA==", "dW5pY286cGFzc3dvcmQ=", "dW5pY286", "dW5pY28=", "dW5pY286cMOkc3N3w7ZyZAo="]
    {
        let value = format!("Basic {mismatch}");
        assert_eq!(refused(&verifier, &[("Authorization", &value)]), VerifyError::Mismatch, "{mismatch}");
    }
}

#[test]
fn colons_belong_to_the_password_and_never_to_the_user() {
    let pair = Credential::basic_pair("unico:a pass:word: with colons").expect("a credential");
    assert_eq!(present(&pair), present(&basic()));
    assert_eq!(Verifier::basic("un:ico", "password").err(), Some(SecretError::NotUserPassword));
    assert_eq!(Credential::basic_pair("unico").err(), Some(SecretError::NotUserPassword));
    // The same bytes on the wire, so no second reading of them may exist.
    assert!(Verifier::new(pair).check(&[present(&basic()).expect("a header")]).is_ok());
}

/// Row 1: what cannot protect anything is refused when the verifier is built.
#[test]
fn row_01_unusable_credentials_are_refused_when_built() {
    for password in ["", " ", "\t\n"] {
        assert_eq!(Verifier::basic("unico", password).err(), Some(SecretError::Empty), "{password:?}");
    }
    assert_eq!(Verifier::basic("unico", "secret\n").err(), Some(SecretError::Padded));
    for (text, why) in [
        ("", SecretError::Empty),
        ("  ", SecretError::Empty),
        ("X-API-Key:", SecretError::Empty),
        ("X-API-Key:  ", SecretError::Empty),
        ("X-API-Key:ab", SecretError::TooShort),
        ("ab", SecretError::TooShort),
        ("X-API-Key:abc\n", SecretError::Padded),
        ("abc ", SecretError::Padded),
        (":abc", SecretError::NotAHeader),
        ("X API Key:abc", SecretError::NotAHeader),
        ("X-API-Key:a\nb", SecretError::NotAHeader),
        ("X-API-Key:aéb", SecretError::NotAHeader),
    ] {
        assert_eq!(Verifier::api_key(text).err(), Some(why), "{text:?}");
    }
    assert_eq!(Credentials::new([]).err(), Some(SecretError::NoneGiven), "no verifier without a credential");
    assert_eq!(Credentials::new(vec![basic(); 17]).err(), Some(SecretError::TooMany));
    let missing: EnvError = Verifier::from_env().expect_err("this process has no such variables");
    assert_eq!((missing.variable(), missing.is_missing()), ("UNICO_WEBHOOK_BASIC", true));
}

/// Row 5: any of several, of whatever form, and the evidence says which.
#[test]
fn row_05_any_of_several_is_accepted() {
    let names = ["basic", "header", "bare", "scheme"];
    let all = || forms().into_iter().zip(names).map(|((credential, _), name)| credential.with_label(name));
    let verifier = Verifier::new(Credentials::new(all()).expect("a set"));
    for (place, credential) in all().enumerate() {
        let authentication = verifier.check(&[present(&credential).expect("a header")]).expect("accepted");
        assert_eq!((authentication.secret_index(), authentication.label()), (Some(place), names.get(place).copied()));
    }
    // None fits: the refusal that got furthest.
    assert_eq!(refused(&verifier, &[]), VerifyError::MissingHeader);
    assert_eq!(refused(&verifier, &[("authorization", "nothing we know")]), VerifyError::Mismatch);
    assert_eq!(refused(&verifier, &[("x-api-key", "nothing we know")]), VerifyError::Mismatch);
    // A second header of another form does no harm.
    let (name, value) = ("x-api-key", "a long key");
    assert!(verifier.check(&[(name, value), ("authorization", "Digest x")]).is_ok());
}

/// Row 6: swapped while in use; the old one stops at its expiry and not a moment later.
#[test]
fn row_06_the_old_one_stops_at_its_expiry() {
    for (old, _) in forms() {
        let header = present(&old).map(|(n, v)| (n.to_owned(), v.to_owned())).expect("a header");
        let credentials = Credentials::from(old);
        let verifier = Verifier::new(credentials.clone());
        let until = SystemTime::now() + Duration::from_secs(3600);
        let next = key("X-Next-Key:the next one");
        credentials.rotate(next.clone(), until).expect("room");
        let (old, new) = ([header], [present(&next).expect("a header")]);
        let second = Duration::from_secs(1);
        assert!(verifier.check(&old).is_ok() && verifier.check(&new).is_ok());
        assert!(verifier.check_at_time(&old, until - second).is_ok());
        assert!(verifier.check_at_time(&old, until).is_err());
        assert!(verifier.check_at_time(&old, until + second).is_err());
        assert!(verifier.check_at_time(&new, until + second).is_ok());
    }
}

/// Row 7: another tenant's credential, under the right header.
#[test]
fn row_07_another_tenants_credential_is_refused() {
    let here = Verifier::basic("unico", "tenant a's password").expect("a credential").endpoint("a");
    let there = Credential::basic("unico", "tenant b's password").expect("a credential");
    assert_eq!(refused(&here, &[present(&there).expect("a header")]), VerifyError::Mismatch);
}

#[test]
fn bearer_tokens_are_decided_by_the_check() {
    // Waits once, as a call to a server does.
    async fn introspect(token: String) -> Result<bool, CheckUnavailable> {
        let mut asked = false;
        poll_fn(|context| {
            if asked {
                return Poll::Ready(());
            }
            asked = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        match token.as_str() {
            "ours" => Ok(true),
            "down" => Err(CheckUnavailable::new()),
            _ => Ok(false),
        }
    }
    let verifier = BearerVerifier::new(introspect).endpoint("tenant-a");
    let verify = |headers: &[(&str, &str)]| run(verifier.verify(headers, body()));

    let delivery = verify(&[("authorization", "Bearer ours")]).expect("accepted");
    assert_eq!(delivery.body(), body());
    assert_eq!((delivery.authentication().method(), delivery.endpoint()), (AuthMethod::Bearer, Some("tenant-a")));
    assert_eq!(verify(&[("authorization", "Bearer theirs")]).err(), Some(VerifyError::Mismatch));
    assert_eq!(verify(&[("authorization", "Bearer down")]).err(), Some(VerifyError::Unavailable), "503, not 401");

    for value in ["bearer ours", "BEARER ours", "Bearer   ours ", " Bearer ours"] {
        assert!(verify(&[("Authorization", value)]).is_ok(), "{value}");
    }
    // Row 2.
    assert_eq!(verify(&[]).err(), Some(VerifyError::MissingHeader));
    let twice = [("authorization", "Bearer ours"), ("Authorization", "Bearer ours")];
    assert_eq!(verify(&twice).err(), Some(VerifyError::RepeatedHeader));
    let long = format!("Bearer {}", "a".repeat(8 * 1024));
    for malformed in
        ["", "ours", "Bearer", "Bearer ", "Bearerours", "Basic ours", "Bearer ou rs", "Bearer \"ours\"", "é", &long]
    {
        assert_eq!(verify(&[("authorization", malformed)]).err(), Some(VerifyError::Malformed), "{malformed:.20}");
    }
    // Signed tokens run to kilobytes.
    let token = format!("Bearer {}", "a".repeat(4 * 1024));
    assert_eq!(verify(&[("authorization", &token)]).err(), Some(VerifyError::Mismatch));
}

#[test]
fn a_fixed_bearer_token_is_compared_whole() {
    let verifier = BearerVerifier::fixed("abc-123").expect("a token");
    let verify = |value: &str| run(verifier.verify(&[("authorization", value)], body()));
    assert!(verify("Bearer abc-123").is_ok());
    for near in ["Bearer abc-12", "Bearer abc-1234", "Bearer ABC-123", "Bearer a"] {
        assert_eq!(verify(near).err(), Some(VerifyError::Mismatch), "{near}");
    }
    assert_eq!(BearerVerifier::fixed(" ").err(), Some(SecretError::Empty));
}

#[test]
fn an_open_endpoint_proves_nothing_and_says_so() {
    let hint = OpenEndpoint::new().verify::<[(&str, &str)]>(&[], body()).expect("everything is taken");
    assert_eq!((hint.authentication().method(), hint.authentication().secret_index()), (AuthMethod::Nothing, None));
    assert!(hint.admit().is_ok());
    let junk = OpenEndpoint::new().verify::<[(&str, &str)]>(&[], &b"junk"[..]).expect("everything is taken");
    assert!(junk.admit().is_err(), "a hint that cannot be read is not stored");

    // Whoever knows its ids must not take the place of the event itself.
    let claims = r#"{"processId":"p","state":"PROCESS_STATE_FINISHED"}"#;
    let hint = |body: String| OpenEndpoint::new().verify::<[(&str, &str)]>(&[], body).expect("everything is taken");
    assert_ne!(hint(claims.to_owned()).dedup_key(), hint(claims.replace('}', r#","result":"ok"}"#)).dedup_key());

    let with_shared_secret = OpenEndpoint::with_shared_secret(Credential::path("hard-to-guess").expect("a part"));
    let none: [(&str, &str); 0] = [];
    assert!(with_shared_secret.verify_with_path("/hooks/unico/hard-to-guess", &none, body()).is_ok());
    assert_eq!(with_shared_secret.verify_with_path("/hooks/unico", &none, body()).err(), Some(VerifyError::Mismatch));
    assert_eq!(with_shared_secret.verify(&none, body()).err(), Some(VerifyError::MissingHeader));
}

#[test]
fn the_bounds_of_a_request() {
    // No size and no content type are documented.
    assert_eq!(<Verifier as Verify>::MAX_BODY, 1024 * 1024);
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Verifier>();
    shared::<BearerVerifier>();
    shared::<OpenEndpoint>();
    shared::<Event>();
}

/// Row 49.
#[test]
fn row_49_no_secret_is_ever_printed() {
    const CANARY: &str = "CANARY-5e1f-do-not-print";
    let encoded = "Q0FOQVJZLTVlMWYtZG8tbm90LXByaW50"; // printf '%s' "$CANARY" | base64
    let mut shown = Vec::new();
    let credentials = [
        Credential::basic("unico", CANARY),
        Credential::api_key(&format!("X-API-Key:{CANARY}")),
        Credential::api_key(CANARY),
        Credential::api_key(&format!("Authorization:Bearer {CANARY}")),
        Credential::path(CANARY),
    ];
    for credential in credentials.map(|credential| credential.expect("a credential").with_label("label")) {
        let verifier = Verifier::new(credential.clone()).endpoint("tenant-a");
        shown.push(format!("{credential:?} {verifier:?} {verifier:#?}"));
        let Some((name, value)) = present(&credential) else { continue };
        let delivery = verifier.verify(&[(name, value)], body()).expect("accepted");
        shown.push(format!("{delivery:?} {:?}", delivery.authentication()));
        let why = refused(&verifier, &[(name, &format!("{value}x"))]);
        shown.push(format!("{why} {why:?} {}", why.as_str()));
        let open = OpenEndpoint::with_shared_secret(credential.clone());
        shown.push(format!("{open:?} {:?}", open.verify(&[(name, value)], body())));
    }
    for error in [
        Verifier::basic("unico", &format!("{CANARY}\n")).err(),
        Verifier::basic(&format!("{CANARY}:"), CANARY).err(),
        Credential::basic_pair(CANARY).err(),
        Verifier::api_key(&format!("{CANARY} ")).err(),
        Verifier::api_key(&format!("no header {CANARY}:{CANARY}")).err(),
    ] {
        let error = error.expect("unusable");
        shown.push(format!("{error} {error:?}"));
    }
    let seen = BearerVerifier::fixed(CANARY).expect("a token");
    let accepted = run(seen.verify(&[("authorization", format!("Bearer {CANARY}"))], body()));
    let refused = run(seen.verify(&[("authorization", format!("Bearer {CANARY}x"))], body()));
    shown.push(format!("{seen:?} {accepted:?} {refused:?}"));
    for text in shown {
        assert!(!text.contains(CANARY) && !text.contains(encoded) && !text.contains("CANARY"), "{text}");
    }
}
