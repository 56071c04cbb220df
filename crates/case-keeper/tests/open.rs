//! Who may knock, and that knocking proves nothing.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

use std::time::{Duration, SystemTime};

use idhooks_case_keeper::{
    Event, OpenEndpoint,
    core::{AuthMethod, Credential, Credentials, DedupKey, Unverified, Verify, VerifyError, WebhookEvent as _},
};
use idhooks_fixtures::{Fixture, find};

const SECRET: &str = "Zf9qk2c71d4n8w0x";
const NO_HEADERS: &[(&str, &str)] = &[];

fn sample() -> &'static Fixture {
    find("case-keeper", "verification-created").expect("a fixture")
}

fn with(headers: &[(&str, &str)], verifier: &OpenEndpoint) -> Result<Unverified<Event>, VerifyError> {
    verifier.verify(headers, sample().body)
}

fn at(path: &str, verifier: &OpenEndpoint) -> Result<Unverified<Event>, VerifyError> {
    verifier.verify_with_path(path, NO_HEADERS, sample().body)
}

#[test]
fn an_open_door_gives_hints() {
    let verifier = OpenEndpoint::new();
    for hint in [with(NO_HEADERS, &verifier), with(&[("authorization", "Bearer x"); 2], &verifier), at("/x", &verifier)]
    {
        let hint = hint.expect("a hint");
        assert_eq!(hint.authentication().method(), AuthMethod::Nothing);
        assert!(!hint.authentication().method().covers_body());
        assert_eq!(hint.decode().expect("an event").key.as_str(), "verification.created");
        assert_eq!(&hint.body()[..], sample().body);
    }
}

#[test]
fn an_unreadable_hint_is_not_admitted() {
    use idhooks_case_keeper::core::Delivery as _;
    let verifier = OpenEndpoint::new();
    assert!(with(NO_HEADERS, &verifier).expect("a hint").admit().is_ok());
    for body in [&b"{}"[..], b"", b"[]", br#"{"key":"verification.created"}"#] {
        let hint = verifier.verify(NO_HEADERS, body).expect("a hint");
        assert!(hint.admit().is_err());
    }
}

#[test]
fn a_path_is_a_door() {
    let verifier = OpenEndpoint::with_shared_secret(Credential::path(SECRET).expect("a credential"));
    for path in [format!("/hooks/{SECRET}"), format!("/{SECRET}"), format!("/a/b/{SECRET}/")] {
        assert_eq!(at(&path, &verifier).expect("a hint").authentication().method(), AuthMethod::Path, "{path}");
    }
    for path in [
        "",
        "/",
        "/hooks",
        "/hooks/",
        "/hooks/guessed",
        "/Zf9qk2c71d4n8w0x/hooks",
        "/hooks/zf9qk2c71d4n8w0x",
        "/hooks/Zf9qk2c71d4n8w0",
        "/hooks/Zf9qk2c71d4n8w0xx",
        "/hooks/Zf9qk2c71d4n8w0%78",
    ] {
        assert_eq!(at(path, &verifier).err(), Some(VerifyError::Mismatch), "{path}");
    }
    assert_eq!(with(NO_HEADERS, &verifier).err(), Some(VerifyError::MissingHeader), "the path was not given");
}

#[test]
fn a_header_is_a_door() {
    let verifier = OpenEndpoint::with_shared_secret(Credential::in_header("X-Gateway", SECRET).expect("a credential"));
    let given = [("x-gateway", SECRET)];
    assert_eq!(with(&given, &verifier).expect("a hint").authentication().method(), AuthMethod::ApiKey);
    for (headers, reason) in [
        (NO_HEADERS, VerifyError::MissingHeader),
        (&[("x-gateway", "")], VerifyError::Malformed),
        (&[("x-gateway", "guessed")], VerifyError::Mismatch),
        (&[("x-gateway-2", SECRET)], VerifyError::MissingHeader),
        (&[given[0], given[0]], VerifyError::RepeatedHeader),
        (&[given[0], ("X-GATEWAY", "guessed")], VerifyError::RepeatedHeader),
    ] {
        assert_eq!(with(headers, &verifier).err(), Some(reason), "{headers:?}");
    }
    let long = "x".repeat(2 * 1024);
    assert_eq!(with(&[("x-gateway", &long)], &verifier).err(), Some(VerifyError::Malformed));
}

#[test]
fn row_05_several_doors_and_new_locks() {
    let old = Credential::path("old-path-secret").expect("a credential").with_label("old");
    let new = Credential::path("new-path-secret").expect("a credential").with_label("new");
    let doors = Credentials::new([old.clone(), new.clone()]).expect("two credentials");
    let verifier = OpenEndpoint::with_shared_secret(doors.clone());
    assert_eq!(at("/new-path-secret", &verifier).expect("a hint").authentication().label(), Some("new"));
    assert_eq!(at("/old-path-secret", &verifier).expect("a hint").authentication().label(), Some("old"));
    doors.replace([new]).expect("one credential");
    assert_eq!(at("/old-path-secret", &verifier).err(), Some(VerifyError::Mismatch));
}

#[test]
fn row_06_the_old_path_is_shut_once_its_time_is_over() {
    let [old, new, newest] = ["old-path-secret", "new-path-secret", "newest-path-secret"]
        .map(|text| Credential::path(text).expect("a credential"));
    let doors = Credentials::from(old);
    let verifier = OpenEndpoint::with_shared_secret(doors.clone());
    let now = SystemTime::now();
    doors.rotate(new, now + Duration::from_secs(3600)).expect("room");
    assert!(at("/old-path-secret", &verifier).is_ok() && at("/new-path-secret", &verifier).is_ok());
    doors.rotate(newest, now).expect("room");
    assert_eq!(at("/old-path-secret", &verifier).err(), Some(VerifyError::Mismatch));
    assert_eq!(at("/new-path-secret", &verifier).err(), Some(VerifyError::Mismatch));
    assert!(at("/newest-path-secret", &verifier).is_ok());
}

#[test]
fn row_07_another_tenants_door_stays_shut() {
    let [bangkok, phuket] = ["secret-of-bangkok", "secret-of-phuket"]
        .map(|text| OpenEndpoint::with_shared_secret(Credential::path(text).expect("a credential")).endpoint(text));
    assert!(at("/secret-of-bangkok", &bangkok).is_ok() && at("/secret-of-phuket", &phuket).is_ok());
    assert_eq!(at("/secret-of-phuket", &bangkok).err(), Some(VerifyError::Mismatch));
    assert_eq!(at("/secret-of-bangkok", &phuket).err(), Some(VerifyError::Mismatch));
    let hint = |verifier| at("/x", verifier).expect("a hint");
    let [here, there] = ["a", "b"].map(|name| OpenEndpoint::new().endpoint(name));
    assert_ne!(hint(&here).endpoint(), hint(&there).endpoint(), "an open door says at least which one it was");
}

/// Row 50: what a stranger could learn is the same whatever they sent.
#[test]
fn row_50_reasons_are_constant_and_say_nothing() {
    let verifier =
        OpenEndpoint::with_shared_secret(Credential::path(SECRET).expect("a credential")).endpoint("bangkok");
    let refused = at("/CANARY", &verifier).expect_err("a wrong path");
    assert_eq!(refused.to_string(), "no accepted secret fits the delivery");
    assert_eq!(refused.as_str(), "mismatch");
    let shown = format!("{refused:?} {verifier:?} {:?}", at(&format!("/{SECRET}"), &verifier));
    assert!(!shown.contains(SECRET) && !shown.contains("CANARY"), "{shown}");
    assert!(shown.contains("bangkok"), "{shown}");
}

#[test]
fn a_delivery_says_what_glue_needs() {
    assert_eq!(Event::VENDOR, "case-keeper");
    assert_eq!(<OpenEndpoint as Verify>::MAX_BODY, 2 * 1024 * 1024);

    let hint = with(NO_HEADERS, &OpenEndpoint::new().endpoint("bangkok")).expect("a hint");
    assert_eq!(hint.endpoint(), Some("bangkok"));
    assert_eq!(hint.envelope().event_name(), Some("verification.created"));
    assert_eq!(
        hint.envelope().subject_id(),
        Some(hint.decode().expect("an event").verification_id().expect("a verification").as_str())
    );
    assert_eq!(hint.envelope().time(), None);
    assert!(matches!(hint.dedup_key(), DedupKey::BodyDigest(_)), "the vendor gives no id of a delivery");
}

/// Two changes of one verification can have the same bytes, and no retry is documented that would justify a long window.
#[test]
fn a_second_change_is_soon_news_again() {
    let updated = br#"{"key":"verification.updated","data":{"id":"v-1"}}"#;
    let deliver = || OpenEndpoint::new().verify(NO_HEADERS, &updated[..]).expect("open");
    assert_eq!(deliver().dedup_key(), deliver().dedup_key());
    assert_eq!(Event::DEDUP_WINDOW, Duration::from_secs(10 * 60));
}
