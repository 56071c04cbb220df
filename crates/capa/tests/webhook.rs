//! What each fixture says, and each way a body may drift.

#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::{collections::HashMap, time::Duration};

use idhooks_capa::{Event, EventFamily, Kyc, KycEvent, Transaction, TransactionEvent, Verifier};
use idhooks_core::{Decimal, Secret, WebhookEvent, testing::verified};
use idhooks_fixtures::{CAPA, find};

fn body(name: &str) -> &'static [u8] {
    find("capa", name).expect("a fixture").body
}

fn kyc(body: &[u8]) -> Kyc {
    match Event::decode(body).expect("readable") {
        Event::Kyc(kyc) => kyc,
        other => panic!("{other:?}"),
    }
}

fn transaction(body: &[u8]) -> Transaction {
    match Event::decode(body).expect("readable") {
        Event::Transaction(transaction) => transaction,
        other => panic!("{other:?}"),
    }
}

fn error(text: &str) -> String {
    Event::decode(text.as_bytes()).expect_err("does not fit").to_string()
}

fn digits(amount: &Option<Decimal>) -> Option<&str> {
    amount.as_ref().map(Decimal::as_str)
}

#[test]
fn identity_checks() {
    for (name, event) in [
        ("kyc-created", KycEvent::CreatedKyc),
        ("kyc-verified", KycEvent::VerifiedUser),
        ("kyc-rejected", KycEvent::RejectedKyc),
        ("kyc-review-needed", KycEvent::ReviewNeededKyc),
    ] {
        let kyc = kyc(body(name));
        assert_eq!((kyc.family, kyc.event), (EventFamily::Kyc, event), "{name}");
        let user = kyc.external_user_id.as_ref().map(|id| id.as_str());
        assert_eq!(user, Some("61561e29-cb8f-475a-b913-7d70430badfe"), "{name}");
    }
}

#[test]
fn an_external_user_id_may_be_null_or_absent() {
    let null = kyc(body("kyc-verified-without-external-user"));
    assert!(null.external_user_id.is_absent());
    assert_eq!(kyc(br#"{"type":"KYC","event":"VERIFIED_USER"}"#), null);

    let ramp = transaction(br#"{"type":"TRANSACTION","event":"CREATED_ON_RAMP","transactionId":"t1"}"#);
    assert!(ramp.external_user_id.is_absent());
}

#[test]
fn transactions() {
    for (name, event, id, first, last) in [
        ("created-on-ramp", TransactionEvent::CreatedOnRamp, "14f6ba28-d285-4658-8dd7-8a1d903838c8", "Martin", "Smith"),
        (
            "fiat-received-on-ramp",
            TransactionEvent::FiatReceivedOnRamp,
            "bf08852e-6b1a-444d-bf87-9a9f1837cfc5",
            "SATOSHI",
            "NAKAMOTO",
        ),
        (
            "cancelled-on-ramp",
            TransactionEvent::CancelledOnRamp,
            "00000000-0000-4000-8000-00000000c004",
            "JOSÉ",
            "PEÑA EJEMPLO",
        ),
        (
            "created-off-ramp",
            TransactionEvent::CreatedOffRamp,
            "00000000-0000-4000-8000-00000000c003",
            "JOSÉ",
            "PEÑA EJEMPLO",
        ),
        (
            "created-cross-ramp",
            TransactionEvent::CreatedCrossRamp,
            "00000000-0000-4000-8000-00000000c005",
            "JOSÉ",
            "PEÑA EJEMPLO",
        ),
    ] {
        let ramp = transaction(body(name));
        assert_eq!((ramp.family, ramp.event), (EventFamily::Transaction, event), "{name}");
        assert_eq!(ramp.transaction_id.as_str(), id, "{name}");
        assert_eq!(ramp.first_name.as_ref().map(|name| &**name.expose()), Some(first), "{name}");
        assert_eq!(ramp.last_name.as_ref().map(|name| &**name.expose()), Some(last), "{name}");
        assert!(ramp.external_user_id.is_some(), "{name}");
        let amounts = [&ramp.fiat_amount, &ramp.crypto_amount, &ramp.exchange_rate];
        assert!(amounts.iter().all(|amount| amount.is_absent()), "{name}");
    }
}

/// Row 26: which amounts a completed exchange comes with depends on the edition.
#[test]
fn completed_exchanges() {
    type Amounts = [Option<&'static str>; 3];
    let all: [(&str, TransactionEvent, [&str; 3], Amounts); 4] = [
        (
            "completed-on-ramp",
            TransactionEvent::CompletedOnRamp,
            ["Polygon PoS", "USDC", "MXN"],
            [Some("10.00"), Some("0.578031"), Some("17.300119008048114")],
        ),
        (
            "completed-on-ramp-legacy",
            TransactionEvent::CompletedOnRamp,
            ["Ethereum", "ETH", "USD"],
            [Some("1000"), None, None],
        ),
        (
            "completed-off-ramp",
            TransactionEvent::CompletedOffRamp,
            ["Polygon PoS", "USDC", "DOP"],
            [Some("5921.50"), Some("100.000000"), Some("59.215000000000000")],
        ),
        (
            "completed-off-ramp-legacy",
            TransactionEvent::CompletedOffRamp,
            ["Bitcoin", "BTC", "EUR"],
            [None, Some("0.05"), None],
        ),
    ];
    for (name, event, [chain, token, money], amounts) in all {
        let ramp = transaction(body(name));
        assert_eq!(ramp.event, event, "{name}");
        assert_eq!(ramp.blockchain.as_deref(), Some(chain), "{name}");
        assert_eq!(ramp.crypto_currency.as_deref(), Some(token), "{name}");
        assert_eq!(ramp.fiat_currency.as_deref(), Some(money), "{name}");
        let found = [&ramp.fiat_amount, &ramp.crypto_amount, &ramp.exchange_rate].map(|amount| digits(amount));
        assert_eq!(found, amounts, "{name}");
    }
}

/// Rows 23 and 25: a number or a text that holds one, and never a float.
#[test]
fn amounts_are_equal_as_number_and_as_text_and_keep_their_digits() {
    let with = |amount: &str| {
        let text = format!(
            r#"{{"type":"TRANSACTION","event":"COMPLETED_ON_RAMP","transactionId":"t1","fiatAmount":{amount}}}"#
        );
        transaction(text.as_bytes())
    };
    assert_eq!(with("10.00"), with("\"10.00\""));
    assert_eq!(with("10.00"), with("\"10\""));
    for amount in ["10.00", "0.578031", "17.300119008048114", "9007199254740993", "1e-8", "-0.10"] {
        for sent in [amount.to_owned(), format!("\"{amount}\"")] {
            let ramp = with(&sent);
            assert_eq!(digits(&ramp.fiat_amount), Some(amount));
            let written = serde_json::to_string(&ramp).expect("writes");
            assert!(written.contains(&format!("\"fiatAmount\":{sent}")), "{written}");
        }
    }
    let odd = with("\"ten\"");
    assert!(odd.fiat_amount.is_none() && odd.fiat_amount.error().is_some());
}

#[test]
fn old_and_new_names_of_one_event_are_one_and_written_back_as_sent() {
    let old = transaction(body("received-user-crypto"));
    let new = transaction(body("crypto-received-off-ramp"));
    assert_eq!(
        (&old.event, &new.event),
        (&TransactionEvent::ReceivedUserCrypto, &TransactionEvent::CryptoReceivedOffRamp)
    );
    assert!(old.event.is_crypto_received() && new.event.is_crypto_received());
    assert_eq!((old.event.as_str(), new.event.as_str()), ("RECEIVED_USER_CRYPTO", "CRYPTO_RECEIVED_OFF_RAMP"));
    let others = TransactionEvent::KNOWN.iter().filter(|name| TransactionEvent::from(**name).is_crypto_received());
    assert_eq!(others.count(), 2);
}

/// Exhaustive over the names; a new one must be thought about here.
#[test]
fn names_are_the_vendors_own() {
    for fixture in CAPA {
        let event = Event::decode(fixture.body).expect("readable");
        assert_eq!(event.name(), fixture.event, "{fixture:?}");
        assert!(event.is_known(), "{fixture:?}");
    }
    let names = CAPA.iter().map(|fixture| fixture.event);
    for known in TransactionEvent::KNOWN.iter().chain(KycEvent::KNOWN) {
        assert!(names.clone().any(|name| name == *known), "{known} has no fixture");
    }
}

/// A name counts in its own family only; anything else is kept whole.
#[test]
fn unknown_families_and_names_are_kept() {
    for (text, family, name) in [
        (r#"{"type":"KYB","event":"VERIFIED_BUSINESS","n":1.10}"#, "KYB", "VERIFIED_BUSINESS"),
        (r#"{"type":"TRANSACTION","event":"CANCELLED_OFF_RAMP"}"#, "TRANSACTION", "CANCELLED_OFF_RAMP"),
        (r#"{"type":"TRANSACTION","event":"VERIFIED_USER","transactionId":"t1"}"#, "TRANSACTION", "VERIFIED_USER"),
        (r#"{"type":"KYC","event":"COMPLETED_ON_RAMP","transactionId":"t1"}"#, "KYC", "COMPLETED_ON_RAMP"),
        (r#"{"type":"kyc","event":"VERIFIED_USER"}"#, "kyc", "VERIFIED_USER"),
        (r#"{"type":"","event":""}"#, "", ""),
    ] {
        match Event::decode(text.as_bytes()).expect("readable") {
            Event::Other { family: f, name: n, body, .. } => {
                assert_eq!((f.as_str(), &*n, body.get()), (family, name, text));
            }
            known => panic!("{known:?}"),
        }
    }
}

#[test]
fn a_known_event_that_does_not_fit_is_an_error_that_says_where() {
    for (text, why) in [
        (r#"{"event":"VERIFIED_USER"}"#, "type is missing"),
        (r#"{"type":"KYC"}"#, "event is missing"),
        (r#"{"type":null,"event":"VERIFIED_USER"}"#, "type is missing"),
        (r#"{"type":"TRANSACTION","event":"CREATED_ON_RAMP"}"#, "transactionId is missing"),
        (r#"{"type":"TRANSACTION","event":"CREATED_ON_RAMP","transactionId":null}"#, "transactionId is missing"),
        (
            r#"{"type":"TRANSACTION","event":"CREATED_ON_RAMP","transactionId":7}"#,
            "transactionId is of another type than documented",
        ),
        (r#"{"type":"KYC","type":"TRANSACTION","event":"VERIFIED_USER"}"#, "type is there more than once"),
        (
            r#"{"type":"TRANSACTION","event":"CREATED_ON_RAMP","transactionId":"a","transactionId":"b"}"#,
            "transactionId is there more than once",
        ),
    ] {
        assert_eq!(error(text), why, "{text}");
    }
}

/// There is no id of an event, so only the bytes tell two apart: a second rejection of the same
/// person has the first one's key, and a re-formatted repetition has another.
#[test]
fn keys_are_digests_of_the_body() {
    let key = |body: &[u8]| verified::<Event>(body.to_vec()).dedup_key().to_string();
    // openssl dgst -sha256 kyc-verified-without-external-user--constructed.json, in `fixtures/capa`
    let wanted = "sha256:186f71bec9faa0fe18530d5c78b8fe4f78091cc568f7318ed3888b343b82c433";
    assert_eq!(key(body("kyc-verified-without-external-user")), wanted);
    let keys: std::collections::BTreeSet<_> = CAPA.iter().map(|fixture| key(fixture.body)).collect();
    assert_eq!(keys.len(), CAPA.len());
    let rejected = body("kyc-rejected");
    assert_eq!(key(rejected), key(rejected));
}

/// A rejected user files again: the second pair of events has the bytes of the first. Only the time separates a retry from a new event.
#[test]
fn the_window_is_longer_than_retries_and_shorter_than_a_resubmission() {
    let verifier = Verifier::new(Secret::new("made-up-capa-secret-0001").expect("a secret"));
    let key = |name: &str, signature: &str| {
        verifier.verify(&[("capa-signature", signature)], body(name)).expect("signed").dedup_key().clone()
    };
    let created = ("kyc-created-resubmission", "c8c8f71de1a7e9a529e620c2dc413fe9043ceb2c5ef250c6506c96b4321c07b3");
    let rejected = ("kyc-rejected-resubmission", "0490215ec0485d840268e83097b28be4b42a90e8b103c5fe8c05a10fba9d5269");
    let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
    // When each came, in minutes.
    let sent = [(created, 0), (rejected, 10), (created, 130), (rejected, 240)];
    let mut seen = HashMap::new();
    for ((name, signature), at) in sent {
        let before = seen.insert(key(name, signature), minutes(at));
        assert!(before.is_none_or(|before| minutes(at) - before > Event::DEDUP_WINDOW), "{name} at {at} is news");
    }
    assert_eq!(seen.len(), 2, "equal bytes have equal keys");
    // At once, and after 1, 5, 10 and 15 minutes.
    assert!(Event::DEDUP_WINDOW > minutes(1 + 5 + 10 + 15), "the last retry is a duplicate");
}

#[test]
fn facts_name_the_transaction_or_the_user() {
    let of = |name: &str| {
        let delivery = verified::<Event>(body(name));
        let envelope = delivery.envelope();
        (
            envelope.event_name().map(str::to_owned),
            envelope.subject_id().map(str::to_owned),
            envelope.time().map(str::to_owned),
        )
    };
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        of("completed-on-ramp"),
        (text("COMPLETED_ON_RAMP"), text("bf08852e-6b1a-444d-bf87-9a9f1837cfc5"), None)
    );
    assert_eq!(of("kyc-rejected"), (text("REJECTED_KYC"), text("61561e29-cb8f-475a-b913-7d70430badfe"), None));
    assert_eq!(of("kyc-verified-without-external-user"), (text("VERIFIED_USER"), None, None));
}

/// The user stands in for a transaction that is not there, never for one that cannot be read.
#[test]
fn row_22_an_unusable_transaction_has_no_stand_in() {
    let subject = |id: &str| {
        let body = format!(r#"{{"type":"TRANSACTION","event":"CREATED_ON_RAMP"{id},"externalUserId":"u"}}"#);
        Event::envelope(body.as_bytes()).subject_id().map(str::to_owned)
    };
    assert_eq!(subject("").as_deref(), Some("u"));
    assert_eq!(subject(r#","transactionId":null"#).as_deref(), Some("u"));
    assert_eq!(subject(r#","transactionId":"t""#).as_deref(), Some("t"));
    for unusable in
        [r#","transactionId":7"#, r#","transactionId":"\ud800""#, r#","transactionId":"t","transactionId":"u""#]
    {
        assert_eq!(subject(unusable), None, "{unusable}");
    }
}
